"""Read and write structures in Thrift's compact protocol, in which a Parquet footer is kept.

A structure is a dict from the number of a field to its type and value, a list is the type of its
items and the items. Nothing is named or left out, so that what was read is written back as it was.
The protocol: Apache Thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from tzkc_geo.errors import DataError

TRUE: Final = 1
FALSE: Final = 2
BYTE: Final = 3
I16: Final = 4
I32: Final = 5
I64: Final = 6
DOUBLE: Final = 7
BINARY: Final = 8
LIST: Final = 9
SET: Final = 10
STRUCT: Final = 12
LONG_LIST: Final = 15  # the length of the list follows
WHOLE: Final = (I16, I32, I64)

Struct = dict[int, tuple[int, Any]]
List = tuple[int, list[Any]]


def decode(data: bytes, *, name: str) -> Struct:
    """Return the structure that bytes begin with.

    Raises
    ------
    DataError
        The bytes are not such a structure; ``name`` is named.
    """
    try:
        return _Reader(data).struct()
    except (IndexError, KeyError, struct.error) as exc:
        msg = f"{name}: footer cannot be read, expected Thrift compact, got {exc}"
        raise DataError(msg) from exc


def encode(fields: Struct) -> bytes:
    """Return the bytes of a structure."""
    out = bytearray()
    _write_struct(fields, out)
    return bytes(out)


class _Reader:
    """A place in bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        """Return a whole number of any length, seven bits a byte, lowest first."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004  (the last byte has no high bit)
                return value
            shift += 7

    def signed(self) -> int:
        """Return a whole number; the lowest bit is its sign (zigzag)."""
        value = self.unsigned()
        return (value >> 1) ^ -(value & 1)

    def take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        if len(taken) < size:
            raise IndexError(self.at)
        self.at += size
        return taken

    def struct(self) -> Struct:
        fields: Struct = {}
        number = 0
        while head := self.byte():
            kind, step = head & 0x0F, head >> 4
            number = number + step if step else self.signed()
            fields[number] = kind, kind == TRUE if kind <= FALSE else self.value(kind)
        return fields

    def value(self, kind: int) -> Any:  # noqa: ANN401  (a field is of any type)
        if kind in WHOLE:
            return self.signed()
        if kind == BINARY:
            return self.take(self.unsigned())
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            return self.items()
        if kind == DOUBLE:
            return struct.unpack("<d", self.take(8))[0]
        if kind in (TRUE, FALSE, BYTE):  # in a list a truth value is a byte
            return self.byte()
        raise KeyError(kind)

    def items(self) -> List:
        head = self.byte()
        size = head >> 4
        if size == LONG_LIST:
            size = self.unsigned()
        return head & 0x0F, [self.value(head & 0x0F) for _ in range(size)]


def _write_struct(fields: Struct, out: bytearray) -> None:
    before = 0
    for number, (kind, value) in sorted(fields.items()):
        step = number - before
        if 0 < step <= LONG_LIST:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _write_signed(number, out)
        if kind not in (TRUE, FALSE):
            _write_value(kind, value, out)
        before = number
    out.append(0)


def _write_value(kind: int, value: Any, out: bytearray) -> None:  # noqa: ANN401  (any type)
    if kind in WHOLE:
        _write_signed(value, out)
    elif kind == BINARY:
        _write_unsigned(len(value), out)
        out += value
    elif kind == STRUCT:
        _write_struct(value, out)
    elif kind in (LIST, SET):
        item, items = value
        if len(items) < LONG_LIST:
            out.append(len(items) << 4 | item)
        else:
            out.append(LONG_LIST << 4 | item)
            _write_unsigned(len(items), out)
        for each in items:
            _write_value(item, each, out)
    elif kind == DOUBLE:
        out += struct.pack("<d", value)
    else:
        out.append(value)


def _write_unsigned(value: int, out: bytearray) -> None:
    while value > 0x7F:  # noqa: PLR2004  (seven bits a byte)
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _write_signed(value: int, out: bytearray) -> None:
    _write_unsigned(value << 1 if value >= 0 else (-value << 1) - 1, out)
