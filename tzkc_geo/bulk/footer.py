"""The footer of a Parquet file: read it, and add columns to it.

Fields by number: apache/parquet-format, parquet.thrift.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.bulk.thrift import BINARY, I32, I64, LIST, STRUCT, Struct, decode, encode
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

MAGIC: Final = b"PAR1"
TAIL: Final = 8  # bytes: the length of the footer, and the magic
# FileMetaData
SCHEMA, ROW_GROUPS, KEY_VALUES, ORDERS = 2, 4, 5, 7
# SchemaElement
CHILDREN: Final = 5
# RowGroup
CHUNKS, BYTES, ROWS, COMPRESSED = 1, 2, 3, 6
# ColumnChunk
CHUNK_AT, CHUNK = 2, 3
# ColumnMetaData
CHUNK_BYTES, CHUNK_COMPRESSED, OFFSETS = 6, 7, (9, 10, 11)  # of data, index, dictionary


def read_footer(file: BinaryIO, *, name: str) -> tuple[Struct, int]:
    """Return the footer of a Parquet file, and where it begins.

    Raises
    ------
    DataError
        The bytes are no Parquet file, or an encrypted one.
    """
    size = file.seek(0, 2)
    file.seek(max(size - TAIL, 0))
    tail = file.read(TAIL)
    if tail[4:] != MAGIC or size < TAIL + len(MAGIC):
        msg = f"{name}: is no whole Parquet file, expected it to end with PAR1, got {tail[4:]!r}"
        raise DataError(msg)
    begin = size - TAIL - int(struct.unpack("<I", tail[:4])[0])
    file.seek(max(begin, 0))
    return decode(file.read(), name=name), begin


def footer_bytes(footer: Struct) -> bytes:
    """Return a footer as it stands at the end of a file."""
    data = encode(footer)
    return data + struct.pack("<I", len(data)) + MAGIC


def add_schema(footer: Struct, added: Struct) -> None:
    """Add the columns of another file at the end of the schema."""
    root, *columns = added[SCHEMA][1][1]
    elements = footer[SCHEMA][1][1]
    elements[0][CHILDREN] = I32, elements[0].get(CHILDREN, (I32, 0))[1] + root[CHILDREN][1]
    elements += columns
    if ORDERS in footer:
        footer[ORDERS][1][1].extend(added[ORDERS][1][1])


def add_chunks(group: Struct, added: Struct, *, moved: int) -> None:
    """Add the columns of another row group, whose bytes were moved by some bytes."""
    for chunk in added[CHUNKS][1][1]:
        facts = chunk[CHUNK][1]
        for number in OFFSETS:
            if number in facts:
                facts[number] = I64, facts[number][1] + moved
        chunk[CHUNK_AT] = I64, 0  # as writers do today; the offsets above count
        group[CHUNKS][1][1].append(chunk)
        for total, number in ((BYTES, CHUNK_BYTES), (COMPRESSED, CHUNK_COMPRESSED)):
            if total in group:
                group[total] = I64, group[total][1] + facts[number][1]


def row_groups(footer: Struct) -> list[Struct]:
    """Return the row groups of a footer."""
    groups: list[Struct] = footer[ROW_GROUPS][1][1]
    return groups


def rows_of(group: Struct) -> int:
    """Return the number of rows of a row group."""
    return int(group[ROWS][1])


def set_metadata(footer: Struct, values: Mapping[bytes, bytes]) -> None:
    """Set texts of the file by key; all others stay as they are."""
    kept = [pair for pair in _pairs(footer) if pair[1][1] not in values]
    new = [{1: (BINARY, key), 2: (BINARY, value)} for key, value in values.items()]
    footer[KEY_VALUES] = LIST, (STRUCT, kept + new)


def metadata(footer: Struct) -> dict[bytes, bytes]:
    """Return the texts of the file by key."""
    return {pair[1][1]: pair[2][1] for pair in _pairs(footer) if 2 in pair}  # noqa: PLR2004


def _pairs(footer: Struct) -> list[Struct]:
    _, (_, pairs) = footer.get(KEY_VALUES, (LIST, (STRUCT, [])))
    found: list[Any] = pairs
    return found
