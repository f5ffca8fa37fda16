"""The ground cut up so that every bit counts once, and where that is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.geodesy import densify
from tzkc_geo.limits import Limits, limits
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import Outlines, known_m, outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog

    Shapes = NDArray[np.object_]

QUARTER: Final = 16  # segments of a quarter circle
CHORD_M: Final = 50.0  # a side of this length, straight in degrees, is straight in metres to 0.1 mm
STEP_M: Final = 500.0  # a chord of this length, straight in metres, is straight in degrees to 1 cm


class ShareKind(StrEnum):
    """What the ground of a share is (份额类别)."""

    CLUSTER = "cluster"
    ZONE_ONLY = "zone_only"
    CORRIDOR_ONLY = "corridor_only"
    OUTSIDE = "outside"


RANK: Final = {  # who takes ground first, and what is then left to it
    UnitKind.CLUSTER: (0, ShareKind.CLUSTER),
    UnitKind.CORE: (1, ShareKind.ZONE_ONLY),
    UnitKind.ZONE: (1, ShareKind.ZONE_ONLY),
    UnitKind.CORRIDOR: (2, ShareKind.CORRIDOR_ONLY),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Faces:
    """One face for each of u units, made once for a catalog; lon lat, EPSG:4490."""

    shapes: Shapes  # (u,) what the unit holds alone; they do not overlap
    whole: shapely.Polygon | shapely.MultiPolygon  # all faces together
    kinds: tuple[ShareKind, ...]  # (u + 1,), the last is outside
    unsure: Shapes  # (u + 1,) where an edge that decides may lie on the other side
    limits: Limits  # the edges between them


@lru_cache(maxsize=8)
def faces(catalog: Catalog) -> Faces:
    """Return the faces of a catalog (唯一归属分区); made once for each.

    Parameters
    ----------
    catalog
        Where the units come from.

    Returns
    -------
    Faces
        Order of ``catalog.units``; a face may be empty.

    Notes
    -----
    The tie rule is that of `tzkc_geo.membership.assign`: clusters take their ground first, then
    core and zones, then the corridor; of two that overlap the earlier one in the catalog has it.

    Which edges decide is the rule of `tzkc_geo.membership.decide`. Here each counts with one
    reach, its largest 95 % accuracy, or its band where it has none, and outside a unit all its
    edges count, not the nearest alone. What is unsure here therefore covers every point that
    `decide` calls undecided, and at corners and along edges of uneven accuracy a little more.
    """
    shapes = _faces(catalog)
    found = Faces(
        shapes=shapes,
        whole=shapely.union_all(shapes),
        kinds=(*(RANK[row.kind][1] for row in catalog.units), ShareKind.OUTSIDE),
        unsure=_unsure(catalog, shapes),
        limits=limits(catalog.edges, {row.unit_id: RANK[row.kind][0] for row in catalog.units}),
    )
    for prepared in (found.shapes, found.whole, found.unsure):
        shapely.prepare(prepared)
    return found


def _faces(catalog: Catalog) -> Shapes:
    """Return what each unit holds alone, ``(u,)``; untouched where no earlier one overlaps."""
    units = catalog.units
    whole = np.array([catalog.polygons[row.unit_id] for row in units], dtype=object)
    faces = whole.copy()
    order = sorted(range(len(units)), key=lambda code: (RANK[units[code].kind][0], code))
    for place, code in enumerate(order):
        earlier = whole[order[:place]]
        shared = earlier[shapely.relate_pattern(earlier, whole[code], "T********")]
        if shared.size:
            faces[code] = shapely.difference(whole[code], shapely.union_all(shared))
    return faces


def _unsure(catalog: Catalog, shapes: Shapes) -> Shapes:
    """Return for each face and for outside, ``(u + 1,)``, where the answer may be another."""
    known = outlines(catalog)
    near = _within_reach(known)
    kinds = [row.kind for row in catalog.units]
    clusters = {code for code, kind in enumerate(kinds) if kind is UnitKind.CLUSTER}
    everywhere = set(range(len(kinds)))
    regions = np.empty(len(kinds) + 1, dtype=object)
    for code, kind in enumerate(kinds):
        if kind is UnitKind.CLUSTER:
            deciding = {code, *(a for a, b in known.overlapping if b == code)}
        else:
            deciding = everywhere if kind is UnitKind.CORRIDOR else clusters | {code}
        touched = _union(near, known, sorted(deciding))
        regions[code] = shapes[code] if code in known.textless else touched
    regions[-1] = _union(near, known, sorted(everywhere))
    return regions


def _union(near: Shapes, known: Outlines, codes: Sequence[int]) -> shapely.MultiPolygon:
    """Return the ground within reach of the edges of some units."""
    owner = np.zeros(len(known.edges), dtype=np.intp)
    owner[known.segments.edge] = known.segments.units[known.segments.owner]
    return shapely.union_all(near[np.isin(owner, codes)])


def _within_reach(known: Outlines) -> Shapes:
    """Return the ground within reach of each edge, ``(edges,)``; no point of it is cut off."""
    lines = np.empty(len(known.edges), dtype=object)
    lines[:] = [shapely.LineString(to_metric(densify(e.points, CHORD_M))) for e in known.edges]
    reach_m = np.array([known_m(edge)[1].max() for edge in known.edges], dtype=np.float64)
    around = reach_m / np.cos(np.pi / (4 * QUARTER))  # chords touch the circle instead of cutting
    buffers = shapely.buffer(lines, around, quad_segs=QUARTER)
    found: Shapes = shapely.transform(shapely.segmentize(buffers, STEP_M), to_geographic)
    return found
