"""Where the infill of core and zones may lie, and their filling one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from tzkc_geo import crs, geodesy
from tzkc_geo.derive import Walk, ring_of
from tzkc_geo.infill import GRID_M, Infill, fill, join
from tzkc_geo.model import LineKind, Side, UnitKind
from tzkc_geo.polyline import prolong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.adjust import Adjustment, Problem
    from tzkc_geo.catalog import Tables
    from tzkc_geo.model import UnitRow

__all__ = ["Infill", "fill_all", "frame", "members"]

FRAME_REACH_M = 60_000.0  # the four frame lines are prolonged until they meet
WATER_HALF_WIDTH_M = 450.0  # 椒江 on either side of mid-river: not filled
WATER_LINE = "jiaojiang-mid-river"


def members(tables: Tables, zone_id: str) -> frozenset[str]:
    """Return the ids of a zone's clusters."""
    return frozenset(u.unit_id for u in tables.units if u.parent_id == zone_id)


def frame(tables: Tables, adjustment: Adjustment) -> shapely.Polygon:
    """Return the frame that the corridor's own 四至 give, EPSG:4549."""
    clauses = sorted(
        (c for c in tables.clauses if c.unit_id == "corridor"),
        key=lambda c: (list(Side).index(c.side), c.step),
    )
    lines = {
        str(c.line_id): prolong(adjustment.lines[str(c.line_id)].points, FRAME_REACH_M)
        for c in clauses
    }
    seeds = next(r.seeds for r in tables.readings if r.unit_id == "corridor")
    seed = crs.to_metric(np.array(seeds[:1]))[0]
    ring = ring_of(Walk("corridor", 1, tuple(clauses), seed), lines)
    return shapely.Polygon(ring.points)


def fill_all(
    tables: Tables,
    problem: Problem,
    adjustment: Adjustment,
    clusters: Mapping[str, BaseGeometry],
) -> dict[str, Infill]:
    """Fill the core first, then the zones in their order; none enters another.

    Parameters
    ----------
    clusters
        Cluster polygons by unit id, EPSG:4549, metres.
    """
    bounds = frame(tables, adjustment).difference(_water(problem, adjustment))
    found: dict[str, Infill] = {}
    for zone in tables.units:
        if zone.kind not in (UnitKind.CORE, UnitKind.ZONE):
            continue
        own = members(tables, zone.unit_id)
        others = [shape for unit_id, shape in clusters.items() if unit_id not in own]
        taken = shapely.union_all([*others, *(f.polygon for f in found.values())], grid_size=GRID_M)
        land = shapely.union_all([_metric(tables.districts[d]) for d in zone.districts])
        within = shapely.intersection(bounds, land, grid_size=GRID_M)
        allowed = shapely.difference(within, taken, grid_size=GRID_M)
        union = join([clusters[unit_id] for unit_id in sorted(own)])
        found[zone.unit_id] = fill(union, allowed, _target_m2(zone), _area_m2)
    return found


def _target_m2(zone: UnitRow) -> float:
    return float(zone.reported_area_km2) * 1e6


def _area_m2(shape: BaseGeometry) -> float:
    return geodesy.polygon_area_m2(shapely.transform(shape, crs.to_geographic))


def _metric(shape: BaseGeometry) -> BaseGeometry:
    moved: BaseGeometry = shapely.transform(shape, crs.to_metric)
    return moved


def _water(problem: Problem, adjustment: Adjustment) -> BaseGeometry:
    """Return the river that infill may not cover, or nothing where no mid-river is known."""
    line = problem.lines.get(WATER_LINE)
    if line is None or line.kind is not LineKind.BANK:
        return shapely.Polygon()
    points = adjustment.lines[WATER_LINE].points
    return shapely.LineString(points).buffer(WATER_HALF_WIDTH_M, quad_segs=2)
