"""A PostgreSQL server of the tests' own: on a socket, with a password, gone afterwards."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

PROGRAMS = Path("/usr/lib/postgresql")
USER, PASSWORD = "publisher", "s3cret-42"
SETTINGS = "-c listen_addresses= -c fsync=off -c unix_socket_directories="
OWNER = "postgres"  # the server does not run as root


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    folder: Path

    def address(self, name: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """Return the address of a database."""
        return f"postgresql://{user}:{quote(password)}@{quote(str(self.folder), safe='')}/{name}"


@contextmanager
def server() -> Iterator[Server]:
    """Start a server and stop it."""
    programs = max(PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
    owner = OWNER if os.geteuid() == 0 else None
    folder = Path(mkdtemp(prefix="tzkc-pg-"))  # short: a socket's path has at most 107 bytes
    secret, data = folder / "secret", folder / "data"
    secret.write_text(PASSWORD, encoding="ascii")
    if owner is not None:
        for path in (folder, secret):
            os.chown(path, pwd.getpwnam(owner).pw_uid, -1)
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    known = ["-U", USER, "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--no-sync"]
    try:
        _run([str(programs / "initdb"), "-D", str(data), "--locale=C", *known], folder, owner)
        _run([*control, "-o", f"{SETTINGS}{folder}", "start"], folder, owner)
        try:
            yield Server(folder)
        finally:
            _run([*control, "-m", "immediate", "stop"], folder, owner)
    finally:
        shutil.rmtree(folder)


def _run(words: Sequence[str], folder: Path, owner: str | None) -> None:
    groups: list[str] | None = None if owner is None else []
    subprocess.run(
        words,
        check=True,
        cwd=folder,
        user=owner,
        group=None if owner is None else pwd.getpwnam(owner).pw_gid,
        extra_groups=groups,
        stdout=subprocess.DEVNULL,
    )
