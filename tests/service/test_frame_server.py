"""The real server on loopback: workers, signals, slow clients, cut bodies, a crowd."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.server import serve
from tzkc_geo.errors import DataError
from tzkc_geo.io.folder import shipped_folder

LIMITS = "[limits]\nbody_s = 1\nheader_s = 1\ndrain_s = 1\nconnections = 8\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Served:
    def __init__(self, process: subprocess.Popen[bytes], port: int, data: Path) -> None:
        self.process, self.port, self.data = process, port, data

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as reply:  # noqa: S310  (the same)
                return reply.status, reply.read()
        except urllib.error.HTTPError as exc:
            return exc.code, exc.read()

    def key(self) -> str:
        return str(json.loads(self.get("/ready")[1])["key"])

    def raw(self, *pieces: bytes, pause_s: float = 0.0) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            for piece in pieces:
                client.sendall(piece)
                time.sleep(pause_s)
            return client.recv(65536)

    def children(self) -> list[int]:
        pid = self.process.pid
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in words.split()]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    data, port = folder / "data", free_port()
    data.mkdir()
    (folder / "settings.toml").write_text('token = "t0ken"\n' + LIMITS, encoding="utf-8")
    words = ("--data", str(data), "serve", "--port", str(port), "--settings")
    code = "import sys; from tzkc_geo.cli import main; sys.exit(main(sys.argv[1:]))"
    log = folder / "log"  # a pipe that nobody reads would be full soon, and stop the server
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words, str(folder / "settings.toml"), *options],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stderr=file,
        )
    found = Served(process, port, data)
    try:
        until(lambda: _is_up(port) and found.get("/ready")[0] == 200)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in lines if "trace" in line]


def _is_up(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("one")) as found:
        yield found


@contextmanager
def load_on(found: Served) -> Iterator[list[int]]:
    states: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                states.append(found.get("/units")[0])
            except (OSError, urllib.error.URLError):
                states.append(0)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield states
    over.set()
    for thread in threads:
        thread.join()


def test_a_slow_body_is_given_up_and_a_slow_head_too(one: Served) -> None:
    head = b"POST /admin/reload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\n"
    assert one.raw(head[:30], pause_s=1.3) == b""
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as idle:
        assert idle.recv(1) == b""


def test_a_body_that_is_too_large_is_refused_before_it_is_read(one: Served) -> None:
    head = b"POST /units HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    reply = one.raw(head)
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in reply.lower()


def test_a_cut_body_does_no_harm(one: Served) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", one.port)) as client:
            client.sendall(b"POST /units HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    assert one.get("/health")[0] == 200


def test_a_crowd_is_sent_away_politely_and_the_next_is_served(one: Served) -> None:
    crowd = [socket.create_connection(("127.0.0.1", one.port)) for _ in range(10)]
    crowd[-1].sendall(b"GET /units HTTP/1.1\r\nHost: x\r\n\r\n")
    reply = crowd[-1].recv(65536).lower()
    assert reply.startswith(b"http/1.1 503 ")
    assert b"retry-after: " in reply
    for client in crowd:
        client.close()
    until(lambda: one.get("/units")[0] == 200)


def test_new_data_comes_in_under_load_with_no_error(one: Served) -> None:
    before = one.key()
    shipped = (shipped_folder().shipped / "promises.csv").read_bytes()
    with load_on(one) as states:
        shutil.copyfile(shipped_folder().shipped / "promises.csv", one.data / "promises.csv")
        one.process.send_signal(signal.SIGHUP)
        until(lambda: one.key() != before)
        fresh = one.key()
        (one.data / "promises.csv").write_bytes(shipped + b"broken,row\n")
        status, body = one.get("/admin/reload", "POST", Authorization="Bearer t0ken")
    assert (status, b"promises.csv:" in body) == (422, True)
    assert one.key() == fresh
    assert set(states) == {200}


def test_a_worker_that_is_killed_is_replaced_while_others_serve(tmp_path: Path) -> None:
    with served(tmp_path, "--workers", "2") as two:
        until(lambda: len(two.children()) == 2)
        with load_on(two) as states:
            victim = two.children()[0]
            os.kill(victim, signal.SIGKILL)
            until(lambda: victim not in two.children() and len(two.children()) == 2)
            time.sleep(0.3)
        assert states.count(200) > 10
        assert states.count(0) <= 3  # what the dead one had begun, one for each client
        assert set(states) <= {0, 200}
        before = two.key()
        shutil.copyfile(shipped_folder().shipped / "promises.csv", two.data / "promises.csv")
        two.process.send_signal(signal.SIGHUP)
        until(lambda: all(two.key() != before for _ in range(8)))
        assert b"tzkc_requests_total" in two.get("/metrics")[1]
        workers = two.children()
    assert two.process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_at_the_end_it_is_not_ready_and_finishes_what_it_has_begun(tmp_path: Path) -> None:
    with served(tmp_path) as ending:
        ending.process.send_signal(signal.SIGTERM)
        until(lambda: ending.get("/ready")[0] == 503)
        assert ending.get("/units")[0] == 200
    assert ending.process.returncode == -signal.SIGTERM


def test_it_listens_on_a_socket_file(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with served_on(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@contextmanager
def served_on(path: Path) -> Iterator[None]:
    code = "import sys; from pathlib import Path; from services.server import serve; "
    code += "serve(unix=Path(sys.argv[1]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(path))
        yield
    finally:
        process.kill()
        process.wait()


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    except OSError:
        return False
    return True


def test_an_address_that_is_taken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)
    monkeypatch.setattr("signal.pthread_sigmask", lambda *_: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match=f"127.0.0.1:{port}: cannot be listened on"):
            serve(port=port)
