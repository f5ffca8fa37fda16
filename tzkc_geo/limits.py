"""The edges that may cut a parcel, and how sure the areas on their sides are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.geodesy import geodesic_length_m
from tzkc_geo.outlines import known_m

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.model import Edge

    Shapes = NDArray[np.object_]

NEAR_DEG: Final = 2e-7  # 2 cm: edges as near as this are one, and bound what they are this near to
CROSSING_DEG: Final = 10.0 * NEAR_DEG  # an edge that is this near for less than 0.2 m only crosses


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The e edges of a catalog, in the order in which they count."""

    lines: Shapes  # (e,) lon lat, EPSG:4490
    names: tuple[str, ...]  # (e,) edges of one name move together
    sigma_m: NDArray[np.float64]  # (e,) largest along the edge; nan where the band counts
    tree: shapely.STRtree


def limits(edges: Sequence[Edge], rank: Mapping[str, int]) -> Limits:
    """Return edges in the order in which they count, those of a unit of lower rank first.

    Parameters
    ----------
    edges
        Those of a catalog.
    rank
        Of each unit by its id.
    """
    order = sorted(range(len(edges)), key=lambda k: (rank[edges[k].unit_id], k))
    lines = np.empty(len(order), dtype=object)
    lines[:] = [shapely.LineString(edges[k].points) for k in order]
    return Limits(
        lines=lines,
        names=tuple(edges[k].line_id or f"edge {k}" for k in order),
        sigma_m=np.array([known_m(edges[k])[0].max() for k in order], dtype=np.float64),
        tree=shapely.STRtree(lines),
    )


def area_sigma_m2(
    shares: Sequence[BaseGeometry], parcel: BaseGeometry, known: Limits
) -> list[float | None]:
    """Return the standard deviation of the area of each share of one parcel (面积中误差).

    Parameters
    ----------
    shares
        Polygons that make up the parcel; lon lat, EPSG:4490.
    parcel
        The parcel as given.
    known
        The edges that may cut it.

    Returns
    -------
    list
        Square metres, order of ``shares``; None where an edge that bounds the share has a band
        and no standard deviation. A share that no edge cuts off has 0.

    Notes
    -----
    First order: an edge of standard deviation σ that cuts off a share along L metres moves its
    area by ``σ L``. All of a line moves together (fully correlated, so its parts add up); lines
    are independent of each other (so their squares add up). σ is the largest along the edge.
    Where edges of several units lie on each other, the first counts: cluster before zone before
    corridor, then the earlier unit. The sides of the parcel are taken as known, and ground that
    could come in across them is not counted; what is undecided tells of it.
    """
    interior = parcel.buffer(-NEAR_DEG)
    return [_sigma_m2(share.boundary.buffer(NEAR_DEG), interior, known) for share in shares]


def _sigma_m2(rim: BaseGeometry, interior: BaseGeometry, known: Limits) -> float | None:
    """Return the standard deviation of the area of one share, whose boundary is ``rim``."""
    shift_m2: dict[str, float] = defaultdict(float)
    free = rim.intersection(interior)
    for k in sorted(known.tree.query(free, predicate="intersects").tolist()):
        line = known.lines[k].intersection(free)
        length = sum(
            geodesic_length_m(shapely.get_coordinates(part))
            for part in shapely.get_parts(line)
            if part.length > CROSSING_DEG
        )
        if length > 0.0:
            if np.isnan(known.sigma_m[k]):
                return None
            shift_m2[known.names[k]] += float(known.sigma_m[k]) * length
            free = free.difference(line.buffer(NEAR_DEG))
    return float(np.hypot.reduce(list(shift_m2.values()))) if shift_m2 else 0.0
