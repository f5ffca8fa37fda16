"""CSV as a table of text cells: encoding and separator detected, nothing changed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.io.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tzkc_geo.features import Cells

SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
ENCODINGS: Final = ("utf-8-sig", "utf-8", "gbk", "gb18030")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """What a CSV file holds, and how it was written."""

    table: FeatureTable  # cells are text; without shapes
    encoding: str
    separator: str  # comma, semicolon or tab
    notes: tuple[str, ...] = ()


def parse_csv(data: bytes, *, name: str) -> CsvTable:
    """Return the rows of a CSV file; a row with too few or too many cells has a fault.

    Parameters
    ----------
    data
        All bytes. The first line names the columns.
    name
        Of the file, for messages.

    Raises
    ------
    DataError
        The file is empty or no text, the encoding or the separator is not clear, a column name
        stands twice, or a quote is not closed.
    """
    text, encoding = decode(data, name=name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        msg = f"{name}:{line}: holds a zero byte, expected text; save it as CSV in UTF-8"
        raise DataError(msg)
    separator = _separator(text, name=name)
    rows = _rows(text, separator, name=name)
    _, header = next(rows, (1, []))
    names = column_names(header, name=name, line=1)
    body: list[list[str | None]] = []
    lines: list[int] = []
    faults: list[str] = []
    for line, row in rows:
        fault = ""
        if len(row) != len(names):
            surplus = f", surplus {row[len(names) :]!r}" if len(row) > len(names) else ""
            fault = (
                f"{name}:{line}: row does not fit, expected {len(names)} cells, got"
                f" {len(row)}{surplus}"
            )
        body.append([*row[: len(names)], *[None] * (len(names) - len(row))])
        lines.append(line)
        faults.append(fault)
    columns = zip(*body, strict=True) if body else [()] * len(names)
    table = FeatureTable(
        columns={n: cells(c) for n, c in zip(names, columns, strict=True)},
        shapes=None,
        system=None,
        faults=tuple(faults),
        name=name,
        lines=np.array(lines, dtype=np.int64),
    )
    note = f"{name}:{lines[-1] if lines else 1}: last line has no end, the file may be cut off"
    whole = text.endswith(("\n", "\r"))
    return CsvTable(table, encoding, SEPARATORS[separator], () if whole else (note,))


def csv_bytes(table: FeatureTable, *, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    r"""Return the columns of a table as CSV; `parse_csv` gives the same cells back as text.

    Parameters
    ----------
    table
        Its columns; shapes are not written. None is an empty cell.
    encoding
        One of `ENCODINGS`; with BOM by default, so that Excel reads Chinese right.
    separator
        ``,`` ``;`` or a tab.

    Raises
    ------
    DataError
        The encoding is not known or lacks a character; the message names row and column.
    """
    if encoding not in ENCODINGS:
        msg = f"encoding: is not supported, expected one of {', '.join(ENCODINGS)}, got {encoding}"
        raise DataError(msg)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(_texts(column) for column in table.columns.values()), strict=True))
    try:
        return buffer.getvalue().encode(encoding)
    except UnicodeEncodeError as exc:
        line = exc.object.count("\n", 0, exc.start) + 1
        msg = (
            f"line {line}: {encoding} lacks a character, expected gb18030 or utf-8,"
            f" got {exc.object[exc.start]!r}"
        )
        raise DataError(msg) from exc


def column_names(header: Sequence[object], *, name: str, line: int) -> list[str]:
    """Return the names of columns, each of which may stand once; `DataError` otherwise."""
    names = [as_text(cell).strip() for cell in header]
    if not any(names):
        msg = f"{name}:{line}: is empty, expected a line of column names"
        raise DataError(msg)
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        msg = (
            f"{name}:{line}: column name {twice[0]!r} stands twice, expected names that differ;"
            " rename one"
        )
        raise DataError(msg)
    return names


def _texts(column: Cells) -> list[str]:
    return [as_text(cell) for cell in column]


def _separator(text: str, *, name: str) -> str:
    """Return the separator that splits the header into most names."""
    first = text.partition("\n")[0]
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in SEPARATORS}
    most = max(counts.values())
    found = [mark for mark, count in counts.items() if count == most]
    if most > 1 and len(found) > 1:
        got = " and ".join(SEPARATORS[mark] for mark in found)
        msg = f"{name}:1: separator is not clear, expected comma, semicolon or tab, got {got}"
        raise DataError(msg)
    return found[0]


def _rows(text: str, separator: str, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line of each row and its cells; blank lines are left out."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a WKT cell may be long
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as exc:
        msg = f"{name}:{line}: quotes do not fit, expected a quoted cell to be closed, got {exc}"
        raise DataError(msg) from exc
