"""A table of features (要素表): rows in the order of a file, their shapes, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.errors import DataError
from tzkc_geo.ring_faults import empty_rings, ring_fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.systems import System

    Cells = NDArray[np.object_]

INVALID: Final = "shape is not valid"  # how the reason of an invalid polygon begins
FAULT: Final = "fault"  # the column that a written file gains if some row has a fault
_POINT, _POLYGON, _MULTIPOLYGON = 0, 3, 6  # GEOS type ids
USABLE: Final = (_POINT, _POLYGON, _MULTIPOLYGON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a 界址点 file says above its plots; empty for other files."""

    attributes: tuple[tuple[str, str], ...] = ()  # [属性描述]: key and value
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()  # other sections: name and lines

    def __bool__(self) -> bool:
        """Say whether anything stands in it."""
        return bool(self.attributes or self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """Rows of a file, in its order; nothing is left out.

    Raises
    ------
    DataError
        Columns, shapes, faults and lines are not of one length.
    """

    columns: Mapping[str, Cells]  # in order; each of shape (n,), cells as read
    shapes: Cells | None  # (n,), 2D shapely geometry or None; None: the file holds no shapes
    system: System | None  # of the shapes, see `systems`; None: not known
    faults: tuple[str, ...]  # (n,), "" or a sentence why the row cannot be used
    name: str = "table"  # of the file, for messages
    lines: NDArray[np.int64] | None = None  # (n,), line or row in the file; None: 1, 2, 3 …
    located: tuple[str, ...] = ()  # columns the shapes were made of: easting, northing; or WKT
    header: Header = field(default_factory=Header)

    def __post_init__(self) -> None:
        """Check that all columns are of one length."""
        sizes = {name: len(cells) for name, cells in self.columns.items()}
        sizes |= {} if self.shapes is None else {"the shapes": len(self.shapes)}
        sizes |= {} if self.lines is None else {"the lines": len(self.lines)}
        wrong = {name: size for name, size in sizes.items() if size != len(self)}
        if wrong:
            name, size = next(iter(wrong.items()))
            msg = f"{self.name}: column {name!r}: expected {len(self)} rows, got {size}"
            raise DataError(msg)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.faults)

    @property
    def epsg(self) -> int | None:
        """EPSG code of the shapes; None: not known, or a datum without a code (GCJ-02, BD-09)."""
        return self.system if isinstance(self.system, int) else None

    def where(self, row: int) -> str:
        """Return file and line of a row, such as ``points.csv:17``."""
        return f"{self.name}:{row + 1 if self.lines is None else self.lines[row]}"


def cells(values: Sequence[object]) -> Cells:
    """Return values as a column, shape ``(n,)``; nothing is converted."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def shape_faults(shapes: Cells) -> dict[int, str]:
    """Return why rows cannot be used, by row.

    Parameters
    ----------
    shapes
        Shape ``(n,)``; shapely geometry or None, any coordinates.

    Returns
    -------
    dict
        The reason of each row whose shape is missing or empty, has a coordinate that is not
        finite, is neither point nor polygon, has an empty ring, or is not valid (OGC), such as a
        bow-tie; see `ring_faults`.
    """
    kinds = shapely.get_type_id(shapes)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    infinite = np.zeros(len(shapes), dtype=bool)
    infinite[owner[~np.isfinite(xy).all(axis=1)]] = True
    missing = (shapely.is_missing(shapes) | shapely.is_empty(shapes)) & ~infinite
    other = ~np.isin(kinds, USABLE) & ~missing & ~infinite
    checkable = ~(missing | infinite | other)
    polygons = shapes.copy()
    polygons[~checkable] = None
    hollow = empty_rings(polygons)
    checkable[list(hollow)] = False
    invalid = np.zeros(len(shapes), dtype=bool)
    invalid[checkable] = ~shapely.is_valid(shapes[checkable])
    faults = dict.fromkeys(
        np.flatnonzero(missing).tolist(), "has no shape, expected a point or a polygon"
    )
    for row in np.flatnonzero(infinite).tolist():
        faults[row] = "a coordinate is not a finite number, expected metres or degrees"
    for row in np.flatnonzero(other).tolist():
        kind = shapes[row].geom_type
        faults[row] = f"is no plot and no site, expected a point or a polygon, got {kind}"
    for row, fault in hollow.items():
        faults[row] = f"{INVALID}: {fault}"
    for row in np.flatnonzero(invalid).tolist():
        faults[row] = f"{INVALID}: {ring_fault(shapes[row])}"
    return faults


def with_faults(table: FeatureTable, reasons: Mapping[int, str]) -> FeatureTable:
    """Return the table with reasons added to rows that have no fault yet.

    Parameters
    ----------
    table
        Any.
    reasons
        By row, without file and line: these are put in front.
    """
    faults = list(table.faults)
    for row, reason in reasons.items():
        faults[row] = faults[row] or f"{table.where(row)}: {reason}"
    return replace(table, faults=tuple(faults))


def marked(table: FeatureTable) -> FeatureTable:
    """Return the table with its faults as a last column `FAULT`, if some row has one.

    A column of that name that was read is kept where the row has no fault now.
    """
    if not any(table.faults):
        return table
    before = table.columns.get(FAULT, np.full(len(table), None, dtype=object))
    column = cells([new or old for new, old in zip(table.faults, before, strict=True)])
    rest = {name: column for name, column in table.columns.items() if name != FAULT}
    return replace(table, columns={**rest, FAULT: column})
