"""The repair of rings that cross, where the user asks for it, with the m2 that it moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.systems import checked, moved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.features import Cells, FeatureTable


def repaired(table: FeatureTable) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return the table with its invalid polygons made valid, and a sentence on each (修复).

    Rings are cut where they cross, and a hole that stands twice is one; holes stay holes, but a
    hole outside its shell becomes ground (the method ``structure`` of GEOS).
    Nothing else is touched: neither valid rows, nor rows with another fault. A polygon of which
    no ground is left keeps its fault.

    Parameters
    ----------
    table
        As `read_features` gives it, in any known system.

    Returns
    -------
    tuple
        The table, and for each repaired row what was wrong, and its statutory m2 as drawn
        (signed rings, so that loops of opposite direction cancel) and as repaired.

    Raises
    ------
    CrsError
        A row is to be repaired, and the system of the table is not known.
    """
    if table.shapes is None:
        return table, ()
    rows, made = _made_valid(table.shapes)
    if not rows:
        return table, ()
    shapes, faults = table.shapes.copy(), list(table.faults)
    for row, shape in zip(rows, made, strict=True):
        shapes[row], faults[row] = shape, ""
    done = checked(replace(table, shapes=shapes, faults=tuple(faults)))
    drawn_m2, made_m2 = _areas_m2(table, table.shapes, rows), _areas_m2(table, shapes, rows)
    notes = [
        f"{table.faults[row].split(';')[0]}; repaired as asked: {before:,.1f} m2 as drawn,"
        f" {after:,.1f} m2 now, {after - before:+,.1f} m2"
        for row, before, after in zip(rows, drawn_m2, made_m2, strict=True)
        if not done.faults[row]
    ]
    return done, tuple(notes)


def _made_valid(shapes: Cells) -> tuple[list[int], list[shapely.Geometry]]:
    """Return the rows of invalid polygons of which some ground is left, and that ground."""
    rows, made = [], []
    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6))  # polygon, multipolygon
    for row in np.flatnonzero(polygonal & ~shapely.is_valid(shapes)).tolist():
        if not np.isfinite(shapely.get_coordinates(shapes[row])).all():
            continue
        found = shapely.make_valid(shapes[row], method="structure", keep_collapsed=False)
        parts = [part for part in shapely.get_parts(found) if part.area > 0]
        if parts:
            rows.append(row)
            made.append(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
    return rows, made


def _areas_m2(table: FeatureTable, shapes: Cells, rows: list[int]) -> NDArray[np.float64]:
    """Return the statutory area of rows; nan where a row has no place on the ground."""
    chosen = np.full(len(shapes), None, dtype=object)
    chosen[rows] = shapes[rows]
    blank = replace(table, columns={}, located=(), shapes=chosen, faults=("",) * len(shapes))
    placed = checked(blank)
    stored = moved(placed, GEOGRAPHIC_EPSG).shapes
    areas = np.full(len(rows), np.nan)
    for k, row in enumerate(rows):
        if stored is not None and stored[row] is not None and not placed.faults[row]:
            areas[k] = polygon_areas_m2([stored[row]])[0]
    return areas
