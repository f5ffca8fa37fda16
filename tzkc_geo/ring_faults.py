"""What is wrong with the rings of a polygon: the ring by its number, and the remedy."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import LinearRing, MultiPolygon, Polygon

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

MIN_POINTS: Final = 3  # that differ
REDRAW: Final = "; redraw it, or repair it with tzkc convert --repair"


def open_ring(rings: Sequence[Sequence[object]]) -> str:
    """Return what is wrong with the first ring that is not closed or too short, or "".

    Parameters
    ----------
    rings
        Of one polygon or of several, in order, the shell of each before its holes; each a
        sequence of points in any coordinates, closed if its last point is its first.

    Returns
    -------
    str
        A sentence that begins ``ring K``, K from 1, and ends with the remedy.
    """
    for number, ring in enumerate(rings, start=1):
        if not ring:
            return _empty(number)
        points = [tuple(point) if isinstance(point, list) else point for point in ring]
        differ = len(dict.fromkeys(points))
        if differ < MIN_POINTS:
            return few_points(number, differ)
        if points[0] != points[-1]:
            return f"ring {number} is not closed, expected its first point again at its end"
    return ""


def empty_rings(shapes: Shapes) -> dict[int, str]:
    """Return what is wrong with polygons that have a ring without points, by row.

    GEOS calls such a polygon valid, but cannot be trusted with it.

    Parameters
    ----------
    shapes
        Shape ``(n,)``; any geometry or None, not empty as a whole.

    Returns
    -------
    dict
        Of each polygon with an empty hole, and each multipolygon with an empty part or hole, a
        sentence that names the ring.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    holed = shapely.get_num_interior_rings(parts) > 0
    rings, ring_owner = shapely.get_rings(parts[holed], return_index=True)
    bad = {*owner[shapely.is_empty(parts)], *owner[holed][ring_owner[shapely.is_empty(rings)]]}
    return {int(row): _first_empty(shapes[row]) for row in sorted(bad)}


def _first_empty(shape: Polygon | MultiPolygon) -> str:
    numbered = enumerate(rings_of(shape), start=1)
    return _empty(next(number for number, ring in numbered if ring.is_empty))


def _empty(number: int) -> str:
    return f"ring {number} is empty, expected at least {MIN_POINTS} points; leave it out"


def few_points(number: int, got: int) -> str:
    """Return the sentence on a ring that has too few points that differ."""
    return (
        f"ring {number} has too few points, expected at least {MIN_POINTS} that differ,"
        f" got {got}; leave it out or add its points"
    )


def rings_of(shape: Polygon | MultiPolygon) -> list[LinearRing]:
    """Return all rings in order: of each part the shell, then its holes; empty ones too."""
    return [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]


def ring_fault(shape: Polygon | MultiPolygon) -> str:
    """Return what is wrong with a polygon that is not valid (OGC), and the remedy.

    Parameters
    ----------
    shape
        Any coordinates; not valid.

    Returns
    -------
    str
        A sentence that names the ring by its number from 1, of each part the shell before its
        holes: too few points, on one line, crossing itself, standing twice, or crossing another.
    """
    rings = rings_of(shape)
    for number, ring in enumerate(rings, start=1):
        if fault := _of_one(number, ring):
            return fault
    for (i, one), (j, other) in combinations(enumerate(rings, start=1), 2):
        if one.equals(other):
            return (
                f"ring {j} stands twice, expected rings that differ, got ring {i} again;"
                " leave one of them out"
            )
    reason = shapely.is_valid_reason(shape).lower()
    pair = next(
        (
            f"rings {i} and {j} do"
            for (i, one), (j, other) in combinations(enumerate(rings, start=1), 2)
            if _cross(one, other)
        ),
        "rings do",
    )
    return f"{pair} not fit each other, expected holes in their shell, got {reason}{REDRAW}"


def _of_one(number: int, ring: LinearRing) -> str:
    """Return what is wrong with one ring alone, or ""."""
    points = shapely.get_coordinates(ring)
    distinct = np.unique(points, axis=0)
    if len(distinct) < MIN_POINTS:
        return few_points(number, len(distinct))
    if _on_one_line(distinct):
        return f"ring {number} has no area, expected points that are not on one line; redraw it"
    face = shapely.Polygon(ring)
    if face.is_valid:
        return ""
    got = shapely.is_valid_reason(face).lower()
    return f"ring {number} is not simple, expected one that never crosses itself, got {got}{REDRAW}"


def _on_one_line(points: Floats) -> bool:
    """Say whether all points lie on one line, to the accuracy of their figures."""
    hull = shapely.MultiPoint(points).convex_hull
    scale = float(np.abs(points).max())
    return bool(hull.area <= np.finfo(np.float64).eps * scale * hull.length)


def _cross(one: LinearRing, other: LinearRing) -> bool:
    """Say whether two rings share a stretch or go through each other."""
    a, b = shapely.Polygon(one), shapely.Polygon(other)
    along = shapely.intersection(one, other).length > 0
    return bool(along or shapely.overlaps(a, b))
