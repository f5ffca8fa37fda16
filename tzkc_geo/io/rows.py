"""Read one CSV table: rows become dictionaries that know where they stand."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tzkc_geo.errors import DataError, DuplicateIdError
from tzkc_geo.io.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from enum import StrEnum
    from pathlib import Path

    Kind = TypeVar("Kind", bound=StrEnum)
    Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a CSV table and the place where it stands."""

    where: str  # file:line
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Return a cell as it is."""
        return self.cells[column]

    def required(self, column: str) -> str:
        """Return a cell that must not be empty."""
        value = self.cells[column]
        if not value:
            msg = f"{self.where}: {column} is empty, expected a value"
            raise DataError(msg)
        return value

    def optional(self, column: str) -> str | None:
        """Return a cell, or None if it is empty."""
        return self.cells[column] or None

    def number(self, column: str) -> float:
        """Return a finite number."""
        value = self.cells[column]
        try:
            number = float(value)
        except ValueError as exc:
            msg = f"{self.where}: {column} is not a number, expected a number, got {value!r}"
            raise DataError(msg) from exc
        if not math.isfinite(number):
            msg = f"{self.where}: {column} is not finite, expected a finite number, got {value!r}"
            raise DataError(msg)
        return number

    def positive(self, column: str) -> float:
        """Return a number above zero."""
        number = self.number(column)
        if number <= 0:
            msg = f"{self.where}: {column} is not positive, expected a number above 0, got {number}"
            raise DataError(msg)
        return number

    def integer(self, column: str, *, least: int) -> int:
        """Return a whole number that is not below ``least``."""
        value = self.cells[column]
        wanted = f"expected a whole number from {least}"
        try:
            number = int(value)
        except ValueError as exc:
            msg = f"{self.where}: {column} is not a whole number, {wanted}, got {value!r}"
            raise DataError(msg) from exc
        if number < least:
            msg = f"{self.where}: {column} is too small, {wanted}, got {value!r}"
            raise DataError(msg)
        return number

    def choice(self, column: str, kinds: type[Kind]) -> Kind:
        """Return the member of an enumeration that the cell names."""
        value = self.cells[column]
        try:
            return kinds(value)
        except ValueError as exc:
            allowed = ", ".join(kinds)
            msg = f"{self.where}: {column} {value!r} is not allowed, expected one of {allowed}"
            raise DataError(msg) from exc

    def flag(self, column: str) -> bool:
        """Return a yes or no."""
        value = self.cells[column]
        if value not in ("yes", "no"):
            msg = f"{self.where}: {column} {value!r} is not allowed, expected one of yes, no"
            raise DataError(msg)
        return value == "yes"

    def parts(self, column: str, separator: str = ";") -> tuple[str, ...]:
        """Return the parts of a list cell; empty if the cell is."""
        value = self.cells[column]
        return tuple(value.split(separator)) if value else ()


def read_rows(path: Path, columns: Sequence[str]) -> list[TableRow]:
    """Return the rows of a CSV table that must have the given columns.

    Raises
    ------
    DataError
        The file is missing, is not UTF-8, is not CSV, lacks a column or has it twice, or has a
        row of another length.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        names = list(reader.fieldnames or ())
        missing = [name for name in columns if name not in names]
        if missing:
            expected = ", ".join(columns)
            msg = f"{path.name}:1: column {missing[0]!r} is missing, expected {expected}"
            raise DataError(msg)
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            msg = f"{path.name}:1: column {twice[0]!r} stands twice, expected each column once"
            raise DataError(msg)
        return [_row(path, reader.line_num, cells) for cells in reader]
    except csv.Error as exc:
        line = max(reader.reader.line_num, 1)
        msg = f"{path.name}:{line}: is not CSV, expected a CSV row, got {exc}"
        raise DataError(msg) from exc


def _row(path: Path, line: int, cells: dict[str, str]) -> TableRow:
    where = f"{path.name}:{line}"
    surplus = cells.get(None, ())  # type: ignore[call-overload]  # where csv puts what is too much
    width = sum(key is not None for key in cells)
    count = sum(value is not None for key, value in cells.items() if key is not None)
    if surplus or count != width:
        got = count + len(surplus)
        msg = f"{where}: row has another length than the header, expected {width} cells, got {got}"
        raise DataError(msg)
    return TableRow(where, cells)


def records(
    rows: Iterable[TableRow],
    parse: Callable[[TableRow], Record],
    *,
    key: Callable[[Record], object],
) -> dict[object, tuple[Record, str]]:
    """Return the records of a table by key with the place of each; a key stands once."""
    found: dict[object, tuple[Record, str]] = {}
    for row in rows:
        record = parse(row)
        name = key(record)
        if name in found:
            msg = f"{row.where}: id {name!r} stands twice, first at {found[name][1]}"
            raise DuplicateIdError(msg)
        found[name] = (record, row.where)
    return found
