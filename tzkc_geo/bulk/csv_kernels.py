"""Bytes of a table of text to positions and back: plain Python that numba can compile.

Cells are found and numbers read byte by byte, whatever the encoding: in UTF-8, GBK and GB18030
no byte of a character beyond ASCII is a separator, a quote, or an end of line.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Bytes = NDArray[Any] | bytes
    Ints = NDArray[Any]
    Floats = NDArray[Any]

SPACE, QUOTE, MINUS, POINT = 32, 34, 45, 46
LINE_FEED, CARRIAGE_RETURN = 10, 13
ZERO, NINE = 48, 57
READ: Final = 0  # both numbers were read
LOOK: Final = 1  # at a number, with Python's own float
UNEVEN: Final = 2  # the number of cells is not that of the header
BLANK: Final = 3  # no byte in the line: no row
MANTISSA: Final = 18  # digits that a 64-bit whole number holds for sure
POWERS: Final = np.array([float(10**k) for k in range(23)])  # all that a double holds
WHOLE: Final = 2**53  # up to here a double holds every whole number
SPLIT: Final = 134217729.0  # 2**27 + 1, Dekker's
DOUBT: Final = 2.0**-45  # far above the rounding errors of the second quotient, 2**-51


class Form(NamedTuple):
    """How the cells of a table stand."""

    separator: int
    cells: int  # in each record
    lon: int  # position of the cell, from 0
    lat: int


class Rows(NamedTuple):
    """What is found in some bytes, one entry a record."""

    lon: Floats
    lat: Floats
    begin: Ints  # first byte of the record
    stop: Ints  # the byte behind its last cell
    state: Ints
    spans: Ints  # (rows, 4): the bytes of the two cells, where one has to be looked at


class Texts(NamedTuple):
    """Texts one behind the other; text k is ``letters[ends[k]:ends[k + 1]]``."""

    letters: Ints
    ends: Ints


def line_feeds(data: Bytes) -> int:
    """Return the number of line feeds."""
    total = 0
    for byte in data:
        total += byte == LINE_FEED
    return total


def record_end(data: Bytes, begin: int, separator: int) -> int:
    """Return where the record that begins at a byte ends: at its line feed.

    Without one: the size of the data, or one more where a quoted cell is not closed. A quote
    opens a cell only at its start; in a quoted cell it is doubled.
    """
    quoted, fresh = False, True
    for p in range(begin, len(data)):
        byte = data[p]
        if byte == QUOTE and (quoted or fresh):
            quoted = not quoted
            fresh = True  # so that a doubled quote opens the cell again
        elif quoted:
            continue
        elif byte == LINE_FEED:
            return p
        else:
            fresh = byte == separator
    return len(data) + 1 if quoted else len(data)


def whole_records(data: Bytes, separator: int) -> int:
    """Return how many bytes whole records take; what follows is part of one."""
    begin = 0
    while True:
        end = record_end(data, begin, separator)
        if end >= len(data):
            return begin
        begin = end + 1


def scan(data: Bytes, form: Form, rows: Rows) -> int:
    """Find the records of lines that all end, read their positions, return their number."""
    lon, lat, begins, stops, states, spans = rows  # numba counts references to what it passes on
    separator, expected, lon_cell, lat_cell = form
    row = begin = 0
    while begin < len(data):
        cell, p, state = 0, begin, READ
        x = y = float("nan")
        while True:
            first = p
            if cell in (lon_cell, lat_cell):
                p, value, sure = number(data, first, separator)
                if not sure:
                    p, state = cell_end(data, first, separator), LOOK
                if cell == lon_cell:
                    x = value
                    spans[row, 0], spans[row, 1] = first, p
                if cell == lat_cell:
                    y = value
                    spans[row, 2], spans[row, 3] = first, p
            else:
                p = cell_end(data, first, separator)
            cell += 1
            if data[p] == LINE_FEED:
                break
            p += 1
        if cell != expected:
            x, y, state = float("nan"), float("nan"), UNEVEN
        stop = p - 1 if p > begin and data[p - 1] == CARRIAGE_RETURN else p
        lon[row], lat[row] = x, y
        begins[row], stops[row] = begin, stop
        states[row] = BLANK if stop == begin else state
        row += 1
        begin = p + 1
    return row


def cell_end(data: Bytes, begin: int, separator: int) -> int:
    """Return where a cell ends: at the separator or the line feed."""
    p, last = begin, len(data) - 1  # a line feed, though a quoted cell may hold it
    if data[p] == QUOTE:
        quoted = True
        while quoted or data[p + 1] == QUOTE:
            p += 1
            if p == last:
                return p
            if data[p] == QUOTE:
                quoted = not quoted
    while data[p] != separator and data[p] != LINE_FEED:
        p += 1
    return p


def number(data: Bytes, begin: int, separator: int) -> tuple[int, float, bool]:
    """Return where the number in a cell ends, the number, and whether that is sure.

    Digits with a point or without one, negative or not, quoted or not, are read here and rounded
    as Python rounds them; anything else is not sure. An empty cell is NaN.
    """
    p = begin
    quoted = data[p] == QUOTE
    p += quoted
    while data[p] == SPACE:
        p += 1
    negative = data[p] == MINUS
    p += negative
    first, point, digits = p, -1, 0
    while True:
        byte = data[p]
        if ZERO <= byte <= NINE:
            digits = digits * 10 + (byte - ZERO)
        elif byte == POINT and point < 0:
            point = p
        else:
            break
        p += 1
    size = p - first - (point >= 0)
    decimals = p - point - 1 if point >= 0 else 0
    if quoted and data[p] == QUOTE:
        p, quoted = p + 1, False
    empty = p == begin
    if data[p] == CARRIAGE_RETURN and data[p + 1] == LINE_FEED:
        p += 1
    ended = data[p] == LINE_FEED or data[p] == separator
    if quoted or not ended or size > MANTISSA or (size == 0 and not empty):
        return p, float("nan"), False
    if empty:
        return p, float("nan"), True
    value, sure = quotient(digits, decimals)
    return p, -value if negative else value, sure


def quotient(digits: int, decimals: int) -> tuple[float, bool]:
    """Return ``digits / 10**decimals`` rounded once, and whether that is sure.

    Notes
    -----
    The quotient is found in two parts, the second from the exact remainder of the first
    (Dekker 1971). Where the sum rounds to the same number with the second part a little
    smaller and a little larger, the true quotient rounds to it too (Ziv 1991).
    """
    if digits <= WHOLE:  # two numbers that a double holds: Clinger 1990
        return digits / POWERS[decimals], True
    high = float(digits)
    power = POWERS[decimals]
    low = float(digits - int(high))
    first = high / power
    product = first * power
    big = SPLIT * first
    first_high = big - (big - first)
    big = SPLIT * power
    power_high = big - (big - power)
    first_low, power_low = first - first_high, power - power_high
    lost = first_low * power_low - (
        ((product - first_high * power_high) - first_low * power_high) - first_high * power_low
    )
    second = ((high - product) - lost + low) / power
    value = first + second * (1.0 - DOUBT)
    return value, value == first + second * (1.0 + DOUBT)


def append(data: Ints, stops: Ints, keys: Ints, texts: Texts, out: Ints) -> int:
    """Write bytes with a text inserted at each stop, and return their number.

    ``keys`` says which text comes at each stop.
    """
    letters, ends = texts
    p = size = 0
    for row in range(len(stops)):
        stop, begin, end = stops[row], ends[keys[row]], ends[keys[row] + 1]
        out[size : size + stop - p] = data[p:stop]
        size += stop - p
        for at in range(begin, end):
            out[size + at - begin] = letters[at]
        size += end - begin
        p = stop
    out[size : size + len(data) - p] = data[p:]
    return size + len(data) - p


KERNELS: Final = (
    line_feeds,
    record_end,
    whole_records,
    quotient,
    number,
    cell_end,
    scan,
    append,
)


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name; see `machine_code`."""
    return machine_code(globals(), KERNELS)
