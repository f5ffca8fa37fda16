"""Which unit holds a point (归属), and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.cells import first_codes
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import Measures, measure, outlines

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
UNDECIDED: Final = np.int8(LEVELS.index(Level.UNDECIDED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Memberships:
    """The verdicts of n points, as positions in ``catalog.units`` (`OUTSIDE`: none)."""

    level: NDArray[np.int8]  # (n,) position in LEVELS
    cluster: Codes  # (n,)
    zone: Codes  # (n,)
    nearest: Codes  # (n,) whose outline is the nearest of those that decide
    deciding: Flags  # (n, u) whether there is an outline, and to cross it changes the answer
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
    rules = _rules(catalog)
    measures = measure(*_flat(lon, lat), outlines(catalog))
    holder = np.where(measures.inside, rules.place, rules.level.size - 1).min(axis=1)
    deciding = rules.deciding.take(holder, axis=0)
    unsure = (deciding & measures.unsure).any(axis=1) | rules.textless.take(holder)
    apart_m = np.where(deciding, np.abs(measures.distance_m), np.inf)
    return Memberships(
        level=np.where(unsure, UNDECIDED, rules.level.take(holder)),
        cluster=rules.cluster.take(holder),
        zone=rules.zone.take(holder),
        nearest=np.where(rules.decidable.take(holder), apart_m.argmin(axis=1), OUTSIDE),
        deciding=deciding,
        measures=measures,
    )


def _flat(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return two arrays of shape (n,)."""
    return np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rules:
    """What follows from the unit that holds a point: a row for each, and one for none."""

    place: NDArray[np.intp]  # (u,) row of each unit: clusters, then core and zones, corridors
    level: NDArray[np.int8]  # (rows,) position in LEVELS
    cluster: Codes  # (rows,)
    zone: Codes  # (rows,)
    deciding: Flags  # (rows, u) whether the unit has an edge, and to cross it changes the answer
    decidable: Flags  # (rows,) whether there is one
    textless: Flags  # (rows,) whether the text names no limit of the cluster


@lru_cache(maxsize=8)
def _rules(catalog: Catalog) -> _Rules:
    """Return the rules of `decide` as tables."""
    known = outlines(catalog)
    clusters, corridors = known.codes[UnitKind.CLUSTER], known.codes[UnitKind.CORRIDOR]
    groups = clusters, known.zones, corridors, np.array([OUTSIDE])
    holders = np.concatenate(groups).astype(np.int16)
    kinds = Level.IN_CLUSTER, Level.ZONE_ONLY, Level.CORRIDOR_ONLY, Level.OUTSIDE
    level = np.repeat([LEVELS.index(kind) for kind in kinds], [group.size for group in groups])
    in_cluster, in_zone = (level == LEVELS.index(kind) for kind in kinds[:2])
    cluster = np.where(in_cluster, holders, OUTSIDE).astype(np.int16)
    zone = np.where(in_cluster, known.parent[holders], np.where(in_zone, holders, OUTSIDE))
    codes, place = np.arange(known.parent.size), np.empty(known.parent.size, dtype=np.intp)
    place[holders[:-1]] = np.arange(holders.size - 1)
    own = codes == holders[:, None]
    for earlier, later in known.overlapping:
        own[holders == later, earlier] = True
    free = known.clusters | (zone[:, None] == OUTSIDE) | (zone[:, None] == codes)
    deciding = np.where(in_cluster[:, None], own, free) & np.isin(codes, known.segments.units)
    return _Rules(
        place=place,
        level=level.astype(np.int8),
        cluster=cluster,
        zone=zone.astype(np.int16),
        deciding=deciding,
        decidable=deciding.any(axis=1),
        textless=np.isin(cluster, list(known.textless)),
    )
