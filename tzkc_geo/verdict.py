"""Which units hold a site (归属判定): the verdict on one position, with its grounds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tzkc_geo.crs import Datum, allow_shift, check_position, readings_of
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import LEVELS, Level, Memberships, decide
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import TIE_M, Measures, outlines
from tzkc_geo.plan_facts import plan_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow

TIE_RULE: Final = (
    "a point on the outline of several units belongs to the first of them in the catalog,"
    " clusters before core and zones"
)


class Relation(StrEnum):
    """Where a point lies to one unit; ``edge`` is within 1 mm of the outline."""

    INSIDE = "inside"
    EDGE = "edge"
    OUTSIDE = "outside"


class UnitRelation(NamedTuple):
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
class Doubt:
    """An outline that may lie on the other side of the point, and would change the answer."""

    unit_id: str
    name_zh: str
    edge: str | None  # name of the nearest edge; another one may be in doubt too
    distance_m: float | None  # positive inside
    reach_m: float | None  # 95 % accuracy of that edge, or else its band
    grounds: str  # accuracy, band, or text: the plan names no limit of the unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A unit and how far it is."""

    unit_id: str
    name_zh: str
    distance_m: float


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
    probability: float  # of the unit that is named: the cluster, else the zone, else of outside
    on_edge_of: tuple[str, ...]  # units whose outline runs through the point; see TIE_RULE
    nearest_cluster: Near | None  # where no cluster holds the point
    undecided_by: tuple[Doubt, ...]  # why, if it is undecided
    units: tuple[UnitRelation, ...]  # all, order of the catalog
    plan: dict[str, Any]  # what the plan says of the cluster, else of the zone
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``tzkc locate --json`` prints."""
        near = self.nearest_cluster
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
            "units": [row._asdict() for row in self.units],
            "plan": self.plan,
            "digest": self.digest,
            "probability": self.probability,
            "on_edge_of": list(self.on_edge_of),
            "tie_rule": TIE_RULE,
            "nearest_cluster": None if near is None else asdict(near),
            "undecided_by": [asdict(doubt) for doubt in self.undecided_by],
        }


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
    readings, lons, lats = readings_of(lon, lat, used, others=declared is None and undo_shift)
    found = decide(lons, lats, catalog)
    answers = [
        Alternative(datum=reading, verdict=LEVELS[level], cluster=_id(catalog.units, code))
        for reading, level, code in zip(readings, found.level, found.cluster, strict=True)
    ]
    first = answers[0]
    zone = _id(catalog.units, found.zone[0])
    relations = _relations(found.measures, catalog)
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
        probability=_probability(found, catalog),
        on_edge_of=tuple(row.unit_id for row in relations if row.relation is Relation.EDGE),
        nearest_cluster=_nearest_cluster(relations) if first.cluster is None else None,
        undecided_by=_doubts(found, relations) if first.verdict is Level.UNDECIDED else (),
        units=relations,
        plan=plan_facts(catalog, first.cluster or zone, float(lons[0]), float(lats[0])),
        digest=catalog.digest,
    )


def _id(units: Sequence[UnitRow], code: int) -> str | None:
    """Return the id of the unit at a position, or None for `OUTSIDE`."""
    return None if code == OUTSIDE else units[code].unit_id


def _relations(measures: Measures, catalog: Catalog) -> tuple[UnitRelation, ...]:
    """Return how the first point lies to every unit."""
    ids, kinds, names, grades, edges = _texts(catalog)
    distances = measures.distance_m[0].tolist()
    columns = zip(
        ids,
        kinds,
        names,
        map(_relation, distances, measures.inside[0].tolist()),
        map(_or_none, distances),
        [edges[edge] for edge in measures.edge[0].tolist()],
        map(_or_none, measures.sigma_m[0].tolist()),
        measures.probability[0].tolist(),
        grades,
        strict=True,
    )
    return tuple(map(UnitRelation._make, columns))


@lru_cache(maxsize=8)
def _texts(catalog: Catalog) -> tuple[tuple[str | None, ...], ...]:
    """Return ids, kinds, names and grades of the units, and names of the edges, None at the end."""
    units = catalog.units
    return (
        tuple(row.unit_id for row in units),
        tuple(row.kind for row in units),
        tuple(row.name_zh for row in units),
        tuple(catalog.results[row.unit_id].grade for row in units),
        (*(edge.name_zh for edge in outlines(catalog).edges), None),
    )


def _relation(distance_m: float, inside: bool) -> Relation:  # noqa: FBT001  (mapped over columns)
    """Return the relation at a distance; nan where a unit has no edge."""
    if abs(distance_m) < TIE_M:
        return Relation.EDGE
    return Relation.INSIDE if inside else Relation.OUTSIDE


def _or_none(value: float) -> float | None:
    """Return a number, or None where there is none."""
    return value if isfinite(value) else None


def _probability(found: Memberships, catalog: Catalog) -> float:
    """Return how probable the answer for the first point is."""
    code = found.zone[0] if found.cluster[0] == OUTSIDE else found.cluster[0]
    chance = found.measures.probability[0]
    if code != OUTSIDE:
        return float(chance[code])
    whole = outlines(catalog).codes[UnitKind.CORRIDOR]
    return float(1.0 - chance[whole].max(initial=0.0))


def _nearest_cluster(relations: Sequence[UnitRelation]) -> Near | None:
    """Return the nearest cluster, or None where none has an edge."""
    clusters = [row for row in relations if row.kind == UnitKind.CLUSTER]
    apart = [(abs(row.distance_m), row) for row in clusters if row.distance_m is not None]
    if not apart:
        return None
    distance_m, row = min(apart, key=itemgetter(0))
    return Near(unit_id=row.unit_id, name_zh=row.name_zh, distance_m=distance_m)


def _doubts(found: Memberships, relations: Sequence[UnitRelation]) -> tuple[Doubt, ...]:
    """Return the outlines that leave the first point undecided."""
    unsure = found.deciding[0] & found.measures.unsure[0]
    if not unsure.any():
        row = relations[found.cluster[0]]  # its text names no limit
        return (_doubt(row, found.measures, found.cluster[0], grounds="text"),)
    codes = np.flatnonzero(unsure).tolist()
    return tuple(_doubt(relations[code], found.measures, code) for code in codes)


def _doubt(row: UnitRelation, measures: Measures, code: int, grounds: str = "") -> Doubt:
    """Return one outline in doubt."""
    known = "band" if row.sigma_m is None else "accuracy"
    return Doubt(
        unit_id=row.unit_id,
        name_zh=row.name_zh,
        edge=row.edge,
        distance_m=row.distance_m,
        reach_m=_or_none(float(measures.reach_m[0, code])),
        grounds=grounds or known,
    )
