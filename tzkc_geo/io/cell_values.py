"""Cells of a column as text, and as a column of one type."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.features import cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from tzkc_geo.features import Cells, FeatureTable

PLAIN: Final = (str, int, float, bool)


def as_text(cell: object) -> str:
    """Return a cell as text: None is empty, a date is ISO 8601, a number keeps all its bits."""
    if cell is None:
        return ""
    if isinstance(cell, np.generic):
        cell = cell.item()
    isoformat: Any = getattr(cell, "isoformat", None)
    return str(isoformat()) if isoformat else str(cell)


def plain_cell(cell: object) -> object:
    """Return a cell as JSON has it: a number that is not finite is None, a date is text."""
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell if cell is None or isinstance(cell, PLAIN) else as_text(cell)


def row_objects(table: FeatureTable) -> list[dict[str, object]]:
    """Return the rows of a table as objects for JSON, columns by name; shapes are left out."""
    names = list(table.columns)
    columns = [[plain_cell(cell) for cell in column] for column in table.columns.values()]
    rows = zip(*columns, strict=True) if columns else [()] * len(table)
    return [dict(zip(names, row, strict=True)) for row in rows]


def table_arrays(
    columns: Mapping[str, Cells], *, instants: bool = True, flags: bool = True
) -> dict[str, pa.Array]:
    """Return columns with the type of their cells; cells of several types become text.

    Parameters
    ----------
    columns
        By name.
    instants
        The format has date with time but no zone; else these become text (ISO 8601).
    flags
        The format has true and false; else these become text.
    """
    return {name: _array(column, instants, flags) for name, column in columns.items()}


def column_cells(array: pa.ChunkedArray) -> Cells:
    """Return an Arrow column as cells."""
    return cells(array.to_pylist())


def _array(column: Cells, instants: bool, flags: bool) -> pa.Array:  # noqa: FBT001
    import pyarrow as pa

    values = [cell.item() if isinstance(cell, np.generic) else cell for cell in column]
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    plain = not (dt.datetime in kinds and not instants) and not (bool in kinds and not flags)
    if len(kinds) == 1 and plain:
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            pass  # no one type holds them: they are written as text
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())
