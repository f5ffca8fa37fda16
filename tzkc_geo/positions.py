"""Turn two columns of cells, as files hold them, into stored positions, each bad row named."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.angles import read_angle
from tzkc_geo.crs import allow_shift, check_position, to_cgcs2000
from tzkc_geo.datum import Datum
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.faults import faults, faulty, swapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.angles import Axis

    Floats = NDArray[np.float64]
    Cells = Sequence[object] | NDArray[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """The positions of a table, and what is wrong with the rows that have none."""

    lon: Floats  # (n,) degrees, EPSG:4490; NaN where the row is bad
    lat: Floats  # (n,)
    reasons: tuple[str, ...]  # (n,) empty where the row is good


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """The cells of one column as numbers."""

    values: Floats  # (n,) NaN where a cell holds no number
    reasons: dict[int, str]  # by row, of the cells that hold none
    axes: dict[int, Axis]  # by row, where the cell states its axis


def read_positions(
    first: Cells, second: Cells, *, datum: Datum | None, undo_shift: bool = True
) -> Positions:
    """Return the positions that two columns hold (坐标列读取), in their order.

    Parameters
    ----------
    first, second
        Cells of one length ``(n,)``: lon, lat in degrees, or easting, northing in metres. A
        cell is a number, text (decimal or as `angles` reads it) or None. Numeric arrays are
        read without a look at the single cell.
    datum
        What the numbers are on; None: nobody said, WGS84 is taken.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed.

    Returns
    -------
    Positions
        With a sentence for each row that holds no position; the other rows do not notice.

    Raises
    ------
    CrsError
        The datum is GCJ-02 or BD-09 and ``undo_shift`` is false.
    DataError
        The columns differ in length.

    Notes
    -----
    The offset of an undeclared datum is never guessed. A far position is an answer.
    """
    used = allow_shift(Datum.WGS84 if datum is None else datum, undo_shift=undo_shift)
    names = ("easting", "northing") if used.is_metric else ("lon", "lat")
    one, other = (_column(c, n) for c, n in zip((first, second), names, strict=True))
    if one.values.shape != other.values.shape:
        msg = (
            f"{names[0]}, {names[1]}: columns differ in length, "
            f"expected a cell of each in a row, got {one.values.size} and {other.values.size}"
        )
        raise DataError(msg)
    reasons = other.reasons | one.reasons
    reasons |= {
        row: swapped(repr(first[row]), repr(second[row]))
        for row in one.axes.keys() | other.axes.keys()
        if row not in reasons and "lat" in (one.axes.get(row), _turned(other.axes.get(row)))
    }
    wrong = faulty(one.values, other.values, used)
    wrong[list(reasons)] = False  # these have a better reason
    rows = np.flatnonzero(wrong)
    sentences = faults(one.values[rows], other.values[rows], used)
    reasons |= dict(zip(rows.tolist(), sentences, strict=True))
    x, y = one.values.copy(), other.values.copy()
    bad = list(reasons)
    x[bad] = y[bad] = np.nan
    lon, lat = to_cgcs2000(x, y, used)
    return Positions(lon=lon, lat=lat, reasons=_row_by_row(reasons, x.size))


def read_pair(first: str, second: str) -> tuple[float, float]:
    """Return the two numbers that a person gave, on whatever datum, or say what is wrong.

    Parameters
    ----------
    first, second
        lon, lat in degrees (decimal or as `angles` reads them), or easting, northing.

    Returns
    -------
    tuple of float
        The numbers as given: whether they can be a position is for `crs.check_position`.

    Raises
    ------
    CrsError
        A text is no number and no angle, or a hemisphere shows that lat came first.
    """
    one, other = _column([first], "lon"), _column([second], "lat")
    for column in (one, other):
        for reason in column.reasons.values():
            msg = f"position: {reason}"
            raise CrsError(msg)
    if "lat" in (one.axes.get(0), _turned(other.axes.get(0))):
        msg = f"position: {swapped(repr(first), repr(second))}"
        raise CrsError(msg)
    return float(one.values[0]), float(other.values[0])


def read_position(
    first: str, second: str, *, datum: Datum | str | None, undo_shift: bool = True
) -> tuple[float, float]:
    """Return lon, lat in degrees, EPSG:4490, of what a person gave on a datum.

    Parameters
    ----------
    first, second
        As in `read_pair`.
    datum
        None: nobody said, WGS84 is taken.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed.

    Raises
    ------
    CrsError
        It is no position, or the datum does not exist or is not allowed.
    """
    x, y = read_pair(first, second)
    used = allow_shift(Datum.WGS84 if datum is None else datum, undo_shift=undo_shift)
    check_position(x, y, datum=used)
    lon, lat = to_cgcs2000(x, y, used, undo_shift=undo_shift)
    return float(lon), float(lat)


def _turned(axis: Axis | None) -> Axis | None:
    """Return the other axis, so that one question finds the fault in either column."""
    return {"lon": "lat", "lat": "lon", None: None}[axis]


def _column(cells: Cells, name: str) -> _Column:
    """Read one column."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "fiu":
        return _Column(values=cells.astype(np.float64), reasons={}, axes={})
    values = np.full(len(cells), np.nan)
    reasons: dict[int, str] = {}
    axes: dict[int, Axis] = {}
    for row, cell in enumerate(cells):
        try:
            values[row], axis = _cell(cell)
        except CrsError as exc:
            reasons[row] = f"{name}: {exc}"
        else:
            if axis is not None:
                axes[row] = axis
    return _Column(values=values, reasons=reasons, axes=axes)


def _cell(cell: object) -> tuple[float, Axis | None]:
    """Return the number in a cell and the axis that it states, or raise `CrsError`."""
    if isinstance(cell, str) and cell.strip():
        angle = read_angle(cell)
        return angle.degrees, angle.axis
    if isinstance(cell, Real) and not isinstance(cell, bool | np.bool_):
        try:
            return float(cell), None
        except OverflowError:  # an integer beyond 1e308
            return np.inf, None
    if cell is None or isinstance(cell, str):
        msg = "the cell is empty, expected a number"
    else:
        msg = f"not a number, expected one or text, got {cell!r}"
    raise CrsError(msg)


def _row_by_row(reasons: dict[int, str], size: int) -> tuple[str, ...]:
    """Return the reasons as one text a row."""
    texts = [""] * size
    for row, reason in reasons.items():
        texts[row] = reason
    return tuple(texts)
