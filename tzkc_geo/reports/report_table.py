"""A table of a report: cells are values; how they are shown is said by their column."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tzkc_geo.reports.html import number

if TYPE_CHECKING:
    from tzkc_geo.reports.labels import Lang

INDENT = "　"  # a level of the hierarchy; wide, as Chinese texts are indented

Cell = str | int | float | Decimal | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    title: str
    digits: int = 0  # of numbers that were measured
    signed: bool = False  # a difference, shown with its sign
    share: float = 1.0  # of the width of a sheet of paper, against the other columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """Rows of values: a Decimal is a printed figure and keeps its digits, None is no value."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def texts(self, lang: Lang) -> list[list[str]]:
        """Return the cells as a reader sees them."""
        return [
            [shown(cell, column, lang) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


def shown(cell: Cell, column: Column, lang: Lang) -> str:
    """Return one cell as a reader sees it: no minus zero, a dash where there is no value."""
    match cell:
        case bool():
            return lang.pick("是", "yes") if cell else lang.pick("否", "no")
        case float() | None:
            return number(cell, column.digits, signed=column.signed)
        case _:
            return str(cell)
