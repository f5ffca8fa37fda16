"""Boxes in metres and small worlds of clusters, to see who borders whom."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.toy.world import HIGH, SOUTH, WEST, WIDE, catalog, cluster_edges
from tzkc_geo.catalog import Catalog
from tzkc_geo.geodesy import metres_per_degree
from tzkc_geo.model import DeclaredException, ExceptionKind

ORIGIN = np.array([121.40, 28.65])
SCALE = np.array([float(s) for s in metres_per_degree(np.array(28.65))])
STEP_M = WIDE * SCALE[0]  # the width of a square of the toy world


def degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return lon lat of metres east and north of the south-west corner of c01."""
    moved: NDArray[np.float64] = metres / SCALE + ORIGIN
    return moved


def rect(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box in degrees from metres."""
    return shapely.transform(shapely.box(west, south, east, north), degrees)


def polygon(*metres: tuple[float, float]) -> shapely.Polygon:
    """Return a polygon in degrees from metres."""
    return shapely.Polygon(degrees(np.array(metres, dtype=np.float64)))


def moved(clusters: Mapping[str, shapely.Polygon], kinds: Mapping[str, str]) -> Catalog:
    """Return the toy world with some clusters moved and some lines of known kind."""
    toy = catalog()
    edges = [edge for edge in toy.edges if edge.unit_id not in clusters]
    made = [edge for name, box in clusters.items() for edge in cluster_edges(name, box)]
    return replace(
        toy,
        polygons={**toy.polygons, **clusters},
        edges=(*edges, *made),
        adjustment={"lines": [{"line_id": k, "kind": v} for k, v in kinds.items()]},
    )


def row_of_two(gap_m: float, **kinds: str) -> Catalog:
    """Return the toy world with c02 so far east of c01; c03 is out of the way."""
    west = WEST + WIDE + gap_m / SCALE[0]
    return moved(
        {
            "c02": shapely.box(west, SOUTH, west + WIDE, SOUTH + HIGH),
            "c03": shapely.box(WEST + 0.1, SOUTH, WEST + 0.11, SOUTH + HIGH),
        },
        {name.replace("_", "-"): kind for name, kind in kinds.items()},
    )


def allowed(kind: ExceptionKind, unit: str, other: str | None, limit: float) -> DeclaredException:
    """Return a declared exception."""
    return DeclaredException(
        exception_id=f"{unit}-{kind}",
        kind=kind,
        unit_id=unit,
        other_id=other,
        limit_m2=limit,
        reason="toy",
        source_id="toy",
    )
