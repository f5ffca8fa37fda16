"""Read one table of a data folder, layer over layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from tzkc_geo.errors import DataError
from tzkc_geo.io.rows import TableRow, read_rows, records

if TYPE_CHECKING:
    from tzkc_geo.io.folder import DataFolder

Record = TypeVar("Record")
Located: TypeAlias = Mapping[object, tuple[Record, str]]  # by key, with file:line


def layered(
    folder: DataFolder,
    table: str,
    columns: Sequence[str],
    parse: Callable[[TableRow], Record],
    key: Callable[[Record], object],
) -> Located[Record]:
    """Return the records of one table; rows of a higher layer replace those below.

    Parameters
    ----------
    folder
        The data folder.
    table
        Name of the file, without ``.csv``.
    columns
        That it must have.
    parse
        Makes a record of a row, or raises `DataError`.
    key
        Of a record; it stands once in a file.

    Raises
    ------
    DataError
        The table is missing, or a row is wrong.
    """
    found: dict[object, tuple[Record, str]] = {}
    paths = folder.files(f"{table}.csv")
    if not paths:
        msg = f"{table}.csv: table is missing, expected it in the data folder"
        raise DataError(msg)
    for path in paths:
        found.update(records(read_rows(path, columns), parse, key=key))
    return found


def plain(found: Located[Record]) -> tuple[Record, ...]:
    """Return the records alone, in their order."""
    return tuple(record for record, _ in found.values())
