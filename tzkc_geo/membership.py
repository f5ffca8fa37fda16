"""Which unit holds a point (归属), and how sure that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from tzkc_geo.cells import first_codes, first_of
from tzkc_geo.crs import Datum, allow_shift, check_position, to_cgcs2000
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import TIE_M, Measures, Outlines, measure, outlines
from tzkc_geo.plan_facts import plan_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow

    Codes = NDArray[np.int16]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SHIFTED = (Datum.GCJ02, Datum.BD09)  # what numbers from a Chinese map service may be on


class Level(StrEnum):
    """How far into the corridor a point lies (归属判定)."""

    IN_CLUSTER = "in_cluster"
    ZONE_ONLY = "zone_only"
    CORRIDOR_ONLY = "corridor_only"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


LEVELS = tuple(Level)


class Relation(StrEnum):
    """Where a point lies to one unit; ``edge`` is within 1 mm of the outline."""

    INSIDE = "inside"
    EDGE = "edge"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRelation:
    """How a point lies to one unit."""

    unit_id: str
    kind: str
    name_zh: str
    relation: Relation
    distance_m: float | None  # to the outline, positive inside; None: the unit has no edge
    edge: str | None  # name of the nearest edge
    sigma_m: float | None  # one sigma there; None: the stated band counts
    probability: float  # of being inside
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What the same numbers mean on another datum, where that changes the answer."""

    datum: Datum
    verdict: Level
    cluster: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Which units hold a point, with the grounds."""

    lon: float  # degrees, EPSG:4490
    lat: float
    declared: Datum | None  # None: nobody said, WGS84 was taken
    used: Datum
    undo_shift: bool = True  # False: GCJ-02 and BD-09 were not considered
    alternatives: tuple[Alternative, ...]
    verdict: Level
    cluster: str | None  # the most probable one where undecided
    zone: str | None  # core, z1, z2 or z3
    units: tuple[UnitRelation, ...]  # all, order of the catalog
    plan: dict[str, Any]  # what the plan says of the cluster, else of the zone
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``tzkc locate --json`` prints."""
        return {
            "position": {"lon": self.lon, "lat": self.lat, "crs": "EPSG:4490"},
            "datum": {
                "declared": self.declared,
                "used": self.used,
                "alternatives": [asdict(other) for other in self.alternatives],
                "undo_shift": self.undo_shift,
            },
            "verdict": self.verdict,
            "cluster": self.cluster,
            "zone": self.zone,
            "units": [asdict(row) for row in self.units],
            "plan": self.plan,
            "digest": self.digest,
        }


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
    zone = first_of(measures.inside, [*codes[UnitKind.CORE], *codes[UnitKind.ZONE]])
    zone = np.where(cluster == OUTSIDE, zone, known.parent[cluster])
    corridor = first_of(measures.inside, codes[UnitKind.CORRIDOR])
    deciding = _deciding(cluster, zone, known)
    undecided = (deciding & measures.unsure).any(axis=1)
    apart_m = np.nan_to_num(
        np.where(deciding, np.abs(measures.distance_m), np.inf), nan=np.inf, posinf=np.inf
    )
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
        nearest=np.where(apart_m.min(axis=1) < np.inf, apart_m.argmin(axis=1), OUTSIDE),
        deciding=deciding,
        measures=measures,
    )


def locate(
    lon: float,
    lat: float,
    catalog: Catalog,
    *,
    datum: Datum | str | None = None,
    undo_shift: bool = True,
) -> Verdict:
    """Return which units hold a position, with the grounds (定位).

    Parameters
    ----------
    lon, lat
        Degrees on ``datum``, longitude first; in a Gauss-Krueger zone metres, easting first.
    catalog
        Where the units come from.
    datum
        What the numbers are on. None: nobody said; WGS84 is taken, and the verdict lists what
        the numbers would mean on GCJ-02 and BD-09 where that changes the answer.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed. If not, they are refused when
        declared and left out of the list when nobody said.

    Returns
    -------
    Verdict
        With one row for each unit of the catalog. A position far away is ``outside``.

    Raises
    ------
    CrsError
        The position cannot be what its datum says (see `check_position`), the datum does not
        exist, or ``undo_shift`` is false and it is GCJ-02 or BD-09.
    """
    declared = None if datum is None else allow_shift(datum, undo_shift=undo_shift)
    used = Datum.WGS84 if declared is None else declared
    check_position(lon, lat, datum=used)
    readings = (used, *SHIFTED) if declared is None and undo_shift else (used,)
    pairs = [to_cgcs2000(lon, lat, reading) for reading in readings]
    lons, lats = np.array(pairs, dtype=np.float64).T
    found = decide(lons, lats, catalog)
    answers = [
        Alternative(datum=reading, verdict=LEVELS[level], cluster=_id(catalog.units, code))
        for reading, level, code in zip(readings, found.level, found.cluster, strict=True)
    ]
    first = answers[0]
    zone = _id(catalog.units, found.zone[0])
    return Verdict(
        lon=float(lons[0]),
        lat=float(lats[0]),
        declared=declared,
        used=used,
        undo_shift=undo_shift,
        alternatives=tuple(
            other
            for other in answers[1:]
            if (other.verdict, other.cluster) != (first.verdict, first.cluster)
        ),
        verdict=first.verdict,
        cluster=first.cluster,
        zone=zone,
        units=_relations(found.measures, catalog),
        plan=plan_facts(catalog, first.cluster or zone, float(lons[0]), float(lats[0])),
        digest=catalog.digest,
    )


def _flat(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return two arrays of shape (n,)."""
    return np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))


def _id(units: Sequence[UnitRow], code: int) -> str | None:
    """Return the id of the unit at a position, or None for `OUTSIDE`."""
    return None if code == OUTSIDE else units[code].unit_id


def _deciding(cluster: Codes, zone: Codes, known: Outlines) -> Flags:
    """Say for each point and unit, (n, u), whether crossing that outline changes the answer."""
    codes = np.arange(known.parent.size)
    clusters = np.zeros(codes.size, dtype=np.bool_)
    clusters[known.codes[UnitKind.CLUSTER]] = True
    inside, loose = cluster[:, None] != OUTSIDE, zone[:, None] == OUTSIDE
    own = (cluster[:, None] == codes) & inside
    for earlier, later in known.overlapping:
        own[cluster == later, earlier] = True
    free: Flags = clusters | loose | (zone[:, None] == codes)
    return np.where(inside, own, free)


def _relations(measures: Measures, catalog: Catalog) -> tuple[UnitRelation, ...]:
    """Return how the first point lies to every unit."""
    edges = outlines(catalog).edges
    columns = zip(
        catalog.units,
        measures.inside[0].tolist(),
        measures.distance_m[0].tolist(),
        measures.edge[0].tolist(),
        measures.sigma_m[0].tolist(),
        measures.probability[0].tolist(),
        strict=True,
    )
    return tuple(
        UnitRelation(
            unit_id=row.unit_id,
            kind=row.kind,
            name_zh=row.name_zh,
            relation=_relation(distance, inside=inside),
            distance_m=_or_none(distance),
            edge=edges[edge].name_zh if edge >= 0 else None,
            sigma_m=_or_none(sigma),
            probability=probability,
            grade=catalog.results[row.unit_id].grade,
        )
        for row, inside, distance, edge, sigma, probability in columns
    )


def _relation(distance_m: float, *, inside: bool) -> Relation:
    """Return the relation at a distance; nan where a unit has no edge."""
    if abs(distance_m) < TIE_M:
        return Relation.EDGE
    return Relation.INSIDE if inside else Relation.OUTSIDE


def _or_none(value: float) -> float | None:
    """Return a number, or None where there is none."""
    return value if isfinite(value) else None
