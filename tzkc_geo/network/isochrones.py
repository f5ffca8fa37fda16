"""Polygons of equal time (等时圈) from a field of travel times on a regular grid; for display."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import to_geographic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DECIMALS: Final = 3  # minutes are rounded to this before they are contoured
HALF_A_DIGIT: Final = 0.0005  # so that no time equals a level, and one equal to its minutes is in
ON_GRID: Final = 1e-8  # columns and rows


def isochrones(
    x: Floats, y: Floats, minutes: Floats, levels: Sequence[float]
) -> tuple[shapely.MultiPolygon, ...]:
    """Return the ground that is reached within each of some times (等时圈).

    Parameters
    ----------
    x, y
        Shapes ``(columns,)`` and ``(rows,)``, ascending; metres, EPSG:4549.
    minutes
        Shape ``(rows, columns)``; NaN where nothing is reached, such as in water.
    levels
        Minutes, ascending.

    Returns
    -------
    tuple of MultiPolygon
        One a level, EPSG:4490 lon lat, valid; empty where nothing is reached. Each covers those
        before it exactly: where they share a border, they share its vertices to the last bit.

    Notes
    -----
    Between four reached points of the grid the time is interpolated (marching squares, with
    the mean in the middle of a saddle), between three of them on their triangle; a field that
    is not reached is never entered. The rings between two levels are contoured, and a band is
    the union of the rings up to its level.
    """
    from contourpy import FillType, contour_generator

    if min(minutes.shape) < 2:  # noqa: PLR2004  (no square of the grid)
        return tuple(shapely.MultiPolygon() for _ in levels)
    field = np.round(minutes, DECIMALS)
    masked = np.ma.masked_invalid(field)
    contours = contour_generator(z=masked, corner_mask=True, fill_type=FillType.OuterOffset)
    ends = [-1.0, *(level + HALF_A_DIGIT for level in levels)]
    filled = [(pair, *contours.filled(*pair)) for pair in pairwise(ends)]
    points = [_exact(own, field, pair) for pair, shells, _ in filled for own in shells]
    lonlat = to_geographic(_at(np.vstack([np.empty((0, 2)), *points]), x, y))
    parts = iter(np.split(lonlat, np.cumsum([len(own) for own in points])))
    bands, whole = [], shapely.MultiPolygon()
    for _, _, offsets in filled:
        rings = [_polygon(next(parts), own) for own in offsets]
        whole = _joined([*shapely.get_parts(whole), *rings])
        bands.append(whole)
    return tuple(bands)


def _exact(points: Floats, field: Floats, levels: tuple[float, float]) -> Floats:
    """Return contour points, (n, 2) columns and rows, placed the same whoever asks for them.

    contourpy finds the point of an edge of the grid from the end that it comes from, so that
    it differs in the last bit from one polygon to the next. No time equals a level, so a
    point that is no point of the grid lies well inside one edge.
    """
    near = np.round(points)
    on_grid = np.abs(points - near) < ON_GRID
    begin = np.where(on_grid, near, np.floor(points)).astype(np.intp)
    end = np.where(on_grid, near, np.ceil(points)).astype(np.intp)
    across = ~on_grid.any(axis=1)  # the diagonal beside a corner that is not reached
    falling = across & np.isnan(field[begin[:, 1], begin[:, 0]] + field[end[:, 1], end[:, 0]])
    begin[falling, 1], end[falling, 1] = end[falling, 1], begin[falling, 1]
    first, last = (field[at[:, 1], at[:, 0]] for at in (begin, end))
    along = np.abs(points - begin).max(axis=1)
    rise = last - first
    time = first + along * rise
    level = np.where(time - levels[0] < levels[1] - time, *levels)
    inside = ~on_grid.all(axis=1)
    share = (level - first)[inside] / rise[inside]
    exact = begin.astype(np.float64)
    exact[inside] += share[:, None] * (end - begin)[inside]
    return exact


def _at(points: Floats, x: Floats, y: Floats) -> Floats:
    """Return metres of points in columns and rows."""
    columns, rows = points.T
    return np.column_stack(
        [np.interp(columns, np.arange(x.size), x), np.interp(rows, np.arange(y.size), y)]
    )


def _polygon(points: Floats, offsets: NDArray[np.uint32]) -> shapely.Polygon:
    """Return one polygon of contourpy: its shell first, then its holes."""
    shell, *holes = (points[begin:end] for begin, end in pairwise(offsets.tolist()))
    return shapely.Polygon(shell, holes)


def _joined(polygons: list[shapely.Polygon]) -> shapely.MultiPolygon:
    """Return the union of polygons whose common borders are equal to the last bit.

    A polygon of contourpy may touch itself in a corner; the union is made of its edges alone,
    and consists of sound polygons.
    """
    whole = shapely.coverage_union_all(polygons)
    return shapely.MultiPolygon(list(shapely.get_parts(whole)))
