"""Read one text file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file without the mark at its start (BOM).

    Raises
    ------
    DataError
        The file cannot be read, or is not UTF-8; the message names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        msg = f"{path.name}: cannot be read, expected a text file, got {exc.strerror}"
        raise DataError(msg) from exc
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        msg = (
            f"{path.name}:{line}: is not UTF-8, expected UTF-8 text,"
            f" got byte {exc.object[exc.start]:#x}; save it as UTF-8"
        )
        raise DataError(msg) from exc
