"""Where the data folder is, and the layering of a user's folder over the shipped one."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import DataError
from tzkc_geo.io.text import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLES = (
    "sources",
    "units",
    "lines",
    "priors",
    "observations",
    "constraints",
    "clauses",
    "readings",
    "places",
    "stations",
    "exceptions",
    "editions",
)
SHAPES = ("lines", "districts", "surveys")
NETWORK_TABLES = (
    "junctions",
    "links",
    "timetable",
    "services",
    "impedances",
    "journeys",
    "promises",
)
NETWORK_SHAPES = ("barriers", "tracks")
DERIVED = "derived"
ENVIRONMENT = "TZKC_DATA"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The shipped folder and, if given, a user's folder layered over it."""

    shipped: Path
    user: Path | None = None

    @property
    def layers(self) -> tuple[Path, ...]:
        """Folders from the bottom up: later rows replace earlier ones of the same key."""
        return (self.shipped,) if self.user is None else (self.shipped, self.user)

    @property
    def derived(self) -> Path:
        """Where derived files are written: the top folder."""
        return self.layers[-1] / DERIVED

    def files(self, name: str) -> list[Path]:
        """Return the files of this name that exist, from the bottom up."""
        return [layer / name for layer in self.layers if (layer / name).is_file()]

    def input_files(self) -> list[Path]:
        """Return all files that the geometry follows from."""
        return self._all_files(TABLES, SHAPES)

    def network_files(self) -> list[Path]:
        """Return all files of the transport network; no geometry follows from them."""
        return self._all_files(NETWORK_TABLES, NETWORK_SHAPES)

    def _all_files(self, tables: Iterable[str], shapes: Iterable[str]) -> list[Path]:
        names = [*(f"{name}.csv" for name in tables), *(f"{name}.geojson" for name in shapes)]
        return [path for name in names for path in self.files(name)]

    def digest(self, version: str) -> str:
        """Return the sha256 of all files that the geometry follows from, and the version."""
        return self.digest_of(self.input_files(), version)

    def digest_of(self, paths: Iterable[Path], version: str) -> str:
        """Return the sha256 of some files of this folder and the version (内容摘要)."""
        total = hashlib.sha256(version.encode())
        for path in paths:
            holding = [layer for layer in self.layers if path.is_relative_to(layer)]
            layer = max(holding, key=lambda one: len(one.parts))  # one may lie in the other
            name = path.relative_to(layer).as_posix()
            total.update(f"\0{self.layers.index(layer)}/{name}\0".encode())
            total.update(path.read_bytes().replace(b"\r\n", b"\n"))
        return total.hexdigest()


def shipped_folder() -> DataFolder:
    """Return the shipped data folder alone; the environment does not count."""
    return DataFolder(Path(str(resources.files("boundaries"))))


def find_folder(user: str | os.PathLike[str] | None = None) -> DataFolder:
    """Return the shipped data folder with the user's folder over it, if there is one.

    Parameters
    ----------
    user
        A folder; None takes the environment variable ``TZKC_DATA``, if set.

    Raises
    ------
    DataError
        The user's folder does not exist, is not a folder or cannot be read.
    """
    shipped = shipped_folder().shipped
    given = user if user is not None else os.environ.get(ENVIRONMENT) or None
    if given is None:
        return DataFolder(shipped)
    folder = Path(given)
    try:
        next(folder.iterdir(), None)
    except OSError as exc:
        remedy = "; make it with mkdir" if isinstance(exc, FileNotFoundError) else ""
        msg = f"{folder}: no data folder, expected a folder to read, got {exc.strerror}{remedy}"
        raise DataError(msg) from exc
    return DataFolder(shipped, folder.resolve())


def user_folder(folder: DataFolder) -> Path:
    """Return the user's folder, or raise `DataError` if there is none."""
    if folder.user is None:
        msg = "--data: no user data folder, expected one for your own boundaries; give --data DIR"
        raise DataError(msg)
    return folder.user


def read_json(path: Path) -> Any:  # noqa: ANN401  (JSON is anything)
    """Return the JSON of a file, or raise `DataError` with file and line."""
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        msg = f"{path.name}:{exc.lineno}: is not JSON, expected JSON, got {exc.msg.lower()}"
        raise DataError(msg) from exc


def write_all(folder: Path, contents: Mapping[str, str | bytes], *, remedy: str = "") -> None:
    """Write several files, all of them or none; nothing is left half-written.

    Parameters
    ----------
    folder
        Where to; it is made if it does not exist.
    contents
        Text or bytes by name below the folder; a name may have a folder in it
        (``derived/x.json``).
    remedy
        Added to the message of an error, if there is exactly one.

    Raises
    ------
    DataError
        The folder cannot be written; what was there before is there again.
    """
    parts = {folder / n: (folder / n).with_name(f".{Path(n).name}.part") for n in contents}
    made = [p for p in dict.fromkeys(path.parent for path in parts) if not p.exists()]
    try:
        for (path, part), content in zip(parts.items(), contents.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content.encode() if isinstance(content, str) else content)
        _put_in_place(parts)
    except OSError as exc:
        for part in parts.values():
            _forget(part)
        for empty in made:
            _forget(empty)
        msg = f"{folder}: cannot be written, expected a writable folder, got {exc.strerror}"
        raise DataError(msg + (f"; {remedy}" if remedy else "")) from exc


def _put_in_place(parts: Mapping[Path, Path]) -> None:
    """Move every part into its place; where one fails, put the old files back."""
    old: dict[Path, bytes | None] = {}
    try:
        for path, part in parts.items():
            before = path.read_bytes() if path.exists() else None
            part.replace(path)
            old[path] = before
    except OSError:
        for path, data in old.items():
            if data is None:
                _forget(path)
            else:
                path.write_bytes(data)
        raise


def write_file(path: Path, content: str | bytes) -> None:
    """Write one file, whole or not at all; raises `DataError` if that cannot be done."""
    if not path.parent.is_dir():
        msg = f"{path.parent}: folder does not exist, expected a folder to write {path.name} to"
        raise DataError(msg)
    write_all(path.parent, {path.name: content})


def _forget(path: Path) -> None:
    """Remove a file or an empty folder if it is there and may be removed."""
    try:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return
