"""XLSX as a table: the first sheet, cells with their types; a zip bomb is not unpacked."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.csv_table import column_names
from tzkc_geo.io.zip_check import MAX_BYTES, MAX_RATIO, check_zip

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ROWS, MAX_CELL = 1_048_575, 32_767  # of the format: rows below the names, characters
EXACT: Final = 2.0**53
DATE, TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss.000"


def parse_xlsx(
    data: bytes, *, name: str, max_bytes: int = MAX_BYTES, max_ratio: float = MAX_RATIO
) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return the first sheet of a workbook, without shapes, and notes.

    Parameters
    ----------
    data
        All bytes. The first row names the columns.
    name
        Of the file, for messages.
    max_bytes, max_ratio
        A file that would unpack to more bytes, or to more than this many times its size (and
        16 MiB), is refused before it is unpacked.

    Returns
    -------
    tuple
        Cells are text, int, float, bool, date, datetime, time or timedelta; None where empty.
        A number without fraction is an int, as Excel shows it. The notes name other sheets.

    Raises
    ------
    DataError
        The file is no workbook, or is damaged; it is empty, or a column name stands twice.
    LimitError
        It unpacks to more than allowed.
    """
    import python_calamine

    check_zip(data, "a workbook (.xlsx)", name=name, max_bytes=max_bytes, max_ratio=max_ratio)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = book.sheet_names
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False) if sheets else []
        others = [s for s in sheets[1:] if book.get_sheet_by_name(s).height]
    except (python_calamine.CalamineError, OSError) as exc:
        msg = f"{name}: cannot be read, expected a workbook (.xlsx), got {exc}"
        raise DataError(msg) from exc
    if not rows:
        msg = f"{name}:1: is empty, expected a row of column names in the first sheet"
        raise DataError(msg)
    width = max((k for row in rows for k, c in enumerate(row, start=1) if c != ""), default=0)
    rows = [row[:width] for row in rows]
    names = column_names(rows[0], name=name, line=1)
    body = [(line, row) for line, row in enumerate(rows[1:], start=2) if any(c != "" for c in row)]
    columns: Iterable[Any] = zip(*(r for _, r in body), strict=True) if body else [()] * width
    table = FeatureTable(
        columns={n: cells([_cell(c) for c in col]) for n, col in zip(names, columns, strict=True)},
        shapes=None,
        system=None,
        faults=("",) * len(body),
        name=name,
        lines=np.array([line for line, _ in body], dtype=np.int64),
    )
    notes = [f"{name}: sheet {sheets[0]!r} is read, not {', '.join(others)}"] if others else []
    return table, tuple(notes)


def xlsx_bytes(table: FeatureTable) -> bytes:
    """Return the columns of a table as a workbook of one sheet; shapes are not written.

    Numbers keep 16 significant digits, which is below 1 nm for a coordinate.

    Raises
    ------
    LimitError
        There are more rows than a sheet holds, or a text is longer than a cell holds.
    """
    import xlsxwriter

    _check_limits(table)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "default_date_format": DATE}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})  # same bytes
        sheet = book.add_worksheet()
        time = book.add_format({"num_format": TIME})
        for number, (title, column) in enumerate(table.columns.items()):
            sheet.write_string(0, number, title)
            for row, cell in enumerate(column, start=1):
                _write(sheet, row, number, cell, time)
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any, time: Any) -> None:  # noqa: ANN401
    """Write one cell by its type."""
    match cell:
        case None:
            return
        case bool() | np.bool_():
            sheet.write_boolean(row, column, bool(cell))
        case int() | np.integer() if abs(int(cell)) < EXACT:
            sheet.write_number(row, column, int(cell))
        case float() | np.floating() if np.isfinite(cell):
            sheet.write_number(row, column, float(cell))
        case dt.datetime():
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), time)
        case dt.date():
            sheet.write_datetime(row, column, cell)
        case _:
            sheet.write_string(row, column, f"{cell}")


def _check_limits(table: FeatureTable) -> None:
    """Raise `LimitError` for what a sheet does not hold."""
    if len(table) > MAX_ROWS:
        msg = f"{table.name}: too many rows for a sheet, expected at most {MAX_ROWS}, got"
        msg += f" {len(table)}; write .parquet or .csv"
        raise LimitError(msg)
    for title, column in table.columns.items():
        for row, cell in enumerate(column):
            if isinstance(cell, str) and len(cell) > MAX_CELL:
                msg = f"{table.where(row)}: {title} is too long for a cell of a sheet, expected at"
                msg += f" most {MAX_CELL} characters, got {len(cell)}; write .csv or .gpkg"
                raise LimitError(msg)


def _cell(value: object) -> object:
    """Return a cell as Excel shows it: empty is None, a whole number is an int."""
    if value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value
