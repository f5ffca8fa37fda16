"""Core and zones: their clusters and the land between, up to the reported area (填充)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

CLOSING_MAX_M = 3_000.0  # gaps between a zone's own clusters wider than twice this stay open
REACH_MAX_M = 6_000.0  # how far a zone may grow outward after that
STEP_M = 1e-6  # the parameter is solved to this; the grid leaves a few m2 of the area
SEGMENTS = 16  # a quarter circle is drawn with this many segments; fewer let zones shrink
GRID_M = 1e-4  # overlays snap to 0.1 mm, the grid of the cluster vertices
CRUMB_M2 = 1.0  # parts and holes smaller than this are noise of the drawing


@dataclass(frozen=True, slots=True)
class Infill:
    """A zone with its infill; coordinates EPSG:4549, metres."""

    polygon: Polygon | MultiPolygon
    parameter_m: float  # the one printed parameter; 0: the clusters alone
    area_m2: float
    met: bool  # False: the clusters alone exceed the area, or the land does not suffice


def fill(
    clusters: BaseGeometry,
    allowed: BaseGeometry,
    target_m2: float,
    area_m2: Callable[[BaseGeometry], float],
) -> Infill:
    """Grow a zone from its clusters until it has the reported area.

    Up to ``CLOSING_MAX_M`` the parameter is the radius of a morphological closing: it fills
    between the clusters first. Beyond it the closed shape grows outward by equal distance.
    The result is cut to the allowed land; its area grows with the parameter. Where the area
    jumps over the target, a smaller shape grows into a larger one (`_between`).

    Parameters
    ----------
    clusters
        Union of the zone's clusters, EPSG:4549, metres.
    allowed
        Where infill may lie: own districts, inside the corridor's frame, on land, outside
        other zones and their clusters. The clusters themselves always belong to the zone.
    target_m2
        Reported area in m2.
    area_m2
        How an area is measured (statutory ellipsoid area).

    Returns
    -------
    Infill
        With ``met`` False and the nearest possible area where the target is out of reach.
    """
    shapely.prepare(clusters)

    def zone(parameter_m: float) -> Polygon | MultiPolygon:
        grown = shapely.intersection(_grown(clusters, parameter_m), allowed, grid_size=GRID_M)
        return join([clusters, _polygonal(grown)])

    def excess(parameter_m: float) -> float:
        return area_m2(zone(parameter_m)) - target_m2

    start = area_m2(clusters)
    if start > target_m2:
        return Infill(join([clusters]), 0.0, start, met=False)
    limit = CLOSING_MAX_M + REACH_MAX_M
    most = excess(limit)
    if most < 0:
        return Infill(zone(limit), limit, most + target_m2, met=False)
    low, high = _bisect(excess, limit)
    inner, outer = zone(low), zone(high)
    options = (inner, outer, _between(clusters, inner, outer, lambda s: area_m2(s) - target_m2))
    areas = [area_m2(option) for option in options]
    best = min(range(len(options)), key=lambda k: abs(areas[k] - target_m2))
    return Infill(options[best], low, areas[best], met=True)


def _between(
    clusters: BaseGeometry,
    inner: BaseGeometry,
    outer: BaseGeometry,
    excess: Callable[[BaseGeometry], float],
) -> Polygon | MultiPolygon:
    """Return the shape of the wanted area between one that is too small and one too large.

    A closing jumps: a gap with parallel sides fills all at once. In the jump the smaller shape
    grows by equal distance inside the larger one.
    """
    within = join([inner, outer])

    def shape(distance_m: float) -> Polygon | MultiPolygon:
        grown = inner.buffer(distance_m, quad_segs=SEGMENTS)
        cut = shapely.intersection(grown, within, grid_size=GRID_M)
        return join([clusters, _polygonal(cut)])

    west, south, east, north = within.bounds
    across = math.hypot(east - west, north - south)
    return shape(_bisect(lambda d: excess(shape(d)), across)[0])


def _bisect(excess: Callable[[float], float], limit: float) -> tuple[float, float]:
    """Return two parameters ``STEP_M`` apart, the target between them (it may jump there)."""
    low, high = 0.0, limit
    while high - low > STEP_M:
        middle = (low + high) / 2.0
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    return low, high


def _grown(clusters: BaseGeometry, parameter_m: float) -> BaseGeometry:
    radius = min(parameter_m, CLOSING_MAX_M)
    closed = clusters.buffer(radius, quad_segs=SEGMENTS).buffer(-radius, quad_segs=SEGMENTS)
    beyond = parameter_m - CLOSING_MAX_M
    return closed.buffer(beyond, quad_segs=SEGMENTS) if beyond > 0 else closed


def join(shapes: Sequence[BaseGeometry]) -> Polygon | MultiPolygon:
    """Join shapes on the common grid; drop crumbs, keep the vertices of the clusters."""
    joined = shapely.union_all(list(shapes), grid_size=GRID_M)
    parts = [_without_crumbs(part) for part in shapely.get_parts(joined)]
    kept = [part for part in parts if part.area > CRUMB_M2]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _without_crumbs(part: Polygon) -> Polygon:
    holes = [hole for hole in part.interiors if shapely.Polygon(hole).area > CRUMB_M2]
    return shapely.Polygon(part.exterior, holes)


def _polygonal(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the areal parts of a geometry."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
