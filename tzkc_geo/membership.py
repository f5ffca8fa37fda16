"""Which unit holds a point (归属), and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.cells import first_codes, first_of
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import Measures, Outlines, measure, outlines

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from tzkc_geo.catalog import Catalog

    Codes = NDArray[np.int16]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Level(StrEnum):
    """How far into the corridor a point lies (归属判定)."""

    IN_CLUSTER = "in_cluster"
    ZONE_ONLY = "zone_only"
    CORRIDOR_ONLY = "corridor_only"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memberships:
    """The verdicts of n points, as positions in ``catalog.units`` (`OUTSIDE`: none)."""

    level: NDArray[np.int8]  # (n,) position in LEVELS
    cluster: Codes  # (n,)
    zone: Codes  # (n,)
    nearest: Codes  # (n,) whose outline is the nearest of those that decide
    deciding: Flags  # (n, u) whether to cross that outline would change the answer
    measures: Measures


def assign(lon: ArrayLike, lat: ArrayLike, catalog: Catalog) -> Codes:
    """Return the position in ``catalog.units`` of the unit that holds each point (归属).

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``. NaN and infinities lie in no unit.
    catalog
        Where the units come from.

    Returns
    -------
    Codes
        Shape ``(n,)``, int16, order of the points: the cluster that covers the point, else
        the core or zone that does, else `OUTSIDE`. The outline belongs to the unit; where
        several cover the point the earlier unit has it.
    """
    return first_codes(*_flat(lon, lat), outlines(catalog).index)


def decide(lon: ArrayLike, lat: ArrayLike, catalog: Catalog) -> Memberships:
    """Return the verdict on each point, and the measures that it rests on.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``, finite.
    catalog
        Where the units come from.

    Returns
    -------
    Memberships
        Arrays of shape ``(n,)``, order of the points.

    Notes
    -----
    A point is undecided when the crossing of an outline that decides its answer may lie on its
    other side, within the accuracy (95 %) of the edge, or within its band where it has none.
    Which outlines decide: in a cluster its own, and that of an earlier cluster which overlaps
    it, because the earlier one would take the point; units do not overlap otherwise, so a
    neighbour that is badly known does not unsettle a point that is well inside. In a zone only:
    that of the zone and of every cluster. Outside: that of every unit. In a cluster for which
    the text names no limit everything is undecided.
    """
    lons, lats = _flat(lon, lat)
    known = outlines(catalog)
    measures = measure(lons, lats, known)
    codes = known.codes
    cluster = first_of(measures.inside, codes[UnitKind.CLUSTER])
    zone = first_of(measures.inside, known.zones)
    zone = np.where(cluster == OUTSIDE, zone, known.parent[cluster])
    corridor = first_of(measures.inside, codes[UnitKind.CORRIDOR])
    deciding = _deciding(cluster, zone, known)
    undecided = (deciding & measures.unsure).any(axis=1)
    decides = deciding & (measures.edge >= 0)
    apart_m = np.where(decides, np.abs(measures.distance_m), np.inf)
    for code in known.textless:
        undecided |= cluster == code
    level = np.full(cluster.shape, LEVELS.index(Level.OUTSIDE), dtype=np.int8)
    for answer, holds in (  # the last that holds counts
        (Level.CORRIDOR_ONLY, corridor != OUTSIDE),
        (Level.ZONE_ONLY, zone != OUTSIDE),
        (Level.IN_CLUSTER, cluster != OUTSIDE),
        (Level.UNDECIDED, undecided),
    ):
        level[holds] = LEVELS.index(answer)
    return Memberships(
        level=level,
        cluster=cluster,
        zone=zone,
        nearest=np.where(decides.any(axis=1), apart_m.argmin(axis=1), OUTSIDE),
        deciding=deciding,
        measures=measures,
    )


def _flat(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return two arrays of shape (n,)."""
    return np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))


def _deciding(cluster: Codes, zone: Codes, known: Outlines) -> Flags:
    """Say for each point and unit, (n, u), whether crossing that outline changes the answer."""
    codes = np.arange(known.parent.size)
    inside, loose = cluster[:, None] != OUTSIDE, zone[:, None] == OUTSIDE
    own = (cluster[:, None] == codes) & inside
    for earlier, later in known.overlapping:
        own[cluster == later, earlier] = True
    free: Flags = known.clusters | loose | (zone[:, None] == codes)
    return np.where(inside, own, free)
