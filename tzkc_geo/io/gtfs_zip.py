"""Write a GTFS feed: one zip of CSV tables, the same bytes for the same tables."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tzkc_geo.errors import DataError
from tzkc_geo.io.folder import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can state
UNIX: Final = 3
READABLE: Final = 0o644 << 16


def write_gtfs(path: Path, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Write the tables of `gtfs_tables` as one zip, whole or not at all.

    Parameters
    ----------
    path
        Ends in ``.zip``; its folder exists. A file that is there is replaced.
    tables
        Rows by file name; the first row of a table says its columns.

    Raises
    ------
    DataError
        The name does not end in ``.zip``, or the file cannot be written.
    """
    if path.suffix.lower() != ".zip":
        msg = (
            f"{path.name}: is no name of a GTFS feed, expected an ending .zip, got {path.suffix!r}"
        )
        raise DataError(msg)
    write_file(path, _zipped({name: _csv(rows) for name, rows in tables.items()}))


def _zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip that states no time and no system of its own."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, UNIX
            entry.external_attr = READABLE
            archive.writestr(entry, text)
    return buffer.getvalue()


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Return one table as CSV, RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
