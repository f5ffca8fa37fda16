"""Who borders whom, how, how long, and along or across which line (邻接)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely.geometry import mapping

from tzkc_geo.contiguity import NO_LINE, Contacts, Sides, contacts, sides, sides_of_shapes
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.facing import Facing, facing, lines_at
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.model import LineKind, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.catalog import Catalog

# A gap along a line of these kinds, no wider than this in metres, is the line itself: an urban
# road with its green belts; a canal with its banks; 椒江 from dike to dike at its mouth, the widest
# reach that has units on both sides.
WIDEST_M: Final = {
    LineKind.ROAD: 100.0,
    LineKind.RAIL: 100.0,
    LineKind.CANAL: 200.0,
    LineKind.BANK: 2_000.0,
}
NEAR_M: Final = 100.0  # outlines nearer than this are neighbours, whatever lies between
WATER: Final = frozenset({LineKind.CANAL, LineKind.BANK})


class Relation(StrEnum):
    """How two units of one level lie to each other (邻接关系)."""

    EDGE = "edge"
    CORNER = "corner"
    ACROSS_ROAD = "across_road"
    ACROSS_WATER = "across_water"
    CONTAINS = "contains"
    NONE = "none"


LEVELS: Final[Mapping[str, tuple[UnitKind, ...]]] = {
    "cluster": (UnitKind.CLUSTER,),
    "zone": (UnitKind.CORE, UnitKind.ZONE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two units of one level; a stands before b in the catalog, but a contains b."""

    a: str
    b: str
    level: str  # cluster | zone
    relation: Relation
    shared_m: float  # length of the shared edge, geodesic; 0 without one
    gap_m: float | None  # smallest width of the gap; 0: they touch; None: a contains b
    gap_mean_m: float | None  # mean width where they face each other, across a line or near
    facing_m: float | None  # how long they do, the mean of both outlines
    line: str | None  # name of the line that they share or that lies between; None: no line
    line_id: str | None
    contact: BaseGeometry  # shared edge, corner or shortest link; lon lat, EPSG:4490


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A unit in the unit that it is part of."""

    parent: str
    child: str
    share: float  # of the child's statutory area that lies in the parent, 0 to 1
    outside_m2: float  # what lies outside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """The relations of all pairs within a level, and what is part of what."""

    pairs: tuple[Pair, ...]  # every pair of a level once, in the order of the catalog
    contains: tuple[Part, ...]
    digest: str

    def between(self, one: str, other: str) -> Pair:
        """Return the pair of two units in either order, or raise `UnknownIdError`."""
        for pair in self.pairs:
            if {pair.a, pair.b} == {one, other} and one != other:
                return pair
        msg = f"units {one!r} and {other!r}: no such pair, expected two units of one level"
        raise UnknownIdError(msg)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `tzkc adjacency --json` prints; lengths in metres."""
        keys = ("a", "b", "level", "relation", "shared_m", "gap_m", "gap_mean_m", "facing_m")
        return {
            "pairs": [
                {**{key: getattr(pair, key) for key in keys}, **_named(pair)} for pair in self.pairs
            ],
            "contains": [
                {
                    "parent": part.parent,
                    "child": part.child,
                    "share": part.share,
                    "outside_m2": part.outside_m2,
                }
                for part in self.contains
            ],
            "digest": self.digest,
        }

    def to_features(self) -> list[dict[str, Any]]:
        """Return a GeoJSON feature for every pair that has a relation: edge, corner or link."""
        rows = self.to_json()["pairs"]
        return [
            {"type": "Feature", "properties": row, "geometry": dict(mapping(pair.contact))}
            for row, pair in zip(rows, self.pairs, strict=True)
            if pair.relation is not Relation.NONE
        ]


def _named(pair: Pair) -> dict[str, str | None]:
    return {"line": pair.line, "line_id": pair.line_id}


def adjacency(catalog: Catalog, *, level: str | None = None) -> Adjacency:
    """Return how the units of each level lie to each other (邻接关系).

    Parameters
    ----------
    catalog
        Where the units, their edges and the kinds of lines come from.
    level
        ``cluster``, ``zone`` (core and zones), or None for both.

    Returns
    -------
    Adjacency
        Every pair of a level once. ``edge``: the outlines run together for at least
        `contiguity.EDGE_MIN_M`, within `contiguity.TOUCH_M`, or along one named line within
        `contiguity.SAME_LINE_M`; ``line`` is the one they run along longest. ``corner``: they
        touch, but no more. ``across_road`` and ``across_water``: they do not touch, and the gap
        lies along a line of that kind and is nowhere wider there than `WIDEST_M` allows for it.
        ``contains``: b lies in a. ``none``: none of these; the distance is still given.

    Raises
    ------
    DataError
        The level is not known.

    Notes
    -----
    Which line lies between: the sides that face each other vote with their length; a tie goes
    to water, then to the smaller id. Kinds come from the adjustment; a line of unknown kind is
    never taken for a road or a river. Two units that overlap have crossing outlines and are at
    least ``corner``; `tzkc_geo.coverage` says by how much they overlap.
    """
    if level is not None and level not in LEVELS:
        msg = f"level: {level!r} is not known, expected one of {', '.join(LEVELS)}"
        raise DataError(msg)
    names = [level] if level else list(LEVELS)
    lines = _Lines.of(catalog)
    pairs = tuple(pair for name in names for pair in _pairs(catalog, name, lines))
    return Adjacency(pairs=pairs, contains=_parts(catalog, names), digest=catalog.digest)


def contiguity(shapes: Sequence[Polygon | MultiPolygon]) -> Contacts:
    """Return the pairs of any polygons that touch; `contiguity.contacts` of their sides.

    Parameters
    ----------
    shapes
        Lon lat, EPSG:4490, degrees; no lines are known, so sides count within
        `contiguity.TOUCH_M`.

    Returns
    -------
    Contacts
        Only pairs that touch, so that ten thousand polygons are no burden.
    """
    return contacts(sides_of_shapes(shapes))


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a catalog by code."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[LineKind | None, ...]  # None: not known

    @classmethod
    def of(cls, catalog: Catalog) -> _Lines:
        """Return every line that made an edge, in order of id."""
        named = {edge.line_id: edge.name_zh for edge in catalog.edges if edge.line_id is not None}
        known = {
            row["line_id"]: LineKind(row["kind"]) for row in catalog.adjustment.get("lines", ())
        }
        ids = sorted(named)
        return cls(tuple(ids), tuple(named[i] for i in ids), tuple(known.get(i) for i in ids))

    def code(self, line_id: str | None) -> int:
        """Return the code of a line, or `NO_LINE`."""
        return NO_LINE if line_id is None else self.ids.index(line_id)

    def widest_m(self, code: int) -> float:
        """Return how wide a gap along a line may be to be the line itself; 0: it is no gap."""
        kind = None if code == NO_LINE else self.kinds[code]
        return 0.0 if kind is None else WIDEST_M.get(kind, 0.0)

    def heaviest(self, votes: Mapping[int, float]) -> int:
        """Return the line with most votes; a tie goes to water, then to the smaller id."""
        counted = {code: vote for code, vote in votes.items() if code != NO_LINE}
        if not counted:
            return NO_LINE
        return min(
            counted,
            key=lambda code: (-round(counted[code], 3), self.kinds[code] not in WATER, code),
        )


def _pairs(catalog: Catalog, level: str, lines: _Lines) -> Iterable[Pair]:
    """Yield every pair of one level in the order of the catalog."""
    ids = [row.unit_id for row in catalog.units if row.kind in LEVELS[level]]
    known = _sides(catalog, ids, lines)
    touching = contacts(known)
    numbers = {(int(a), int(b)): k for k, (a, b) in enumerate(touching.pairs)}
    shapes = [catalog.polygons[unit_id] for unit_id in ids]
    votes = _shared_votes(known, touching)
    for a, b in combinations(range(len(ids)), 2):
        facts = _contained(shapes, a, b)
        if not facts and (a, b) in numbers:
            facts = _touching(known, touching, numbers[a, b], lines.heaviest(votes[a, b]))
        if not facts:
            facts = _apart(known, (a, b), lines, shapes)
        code = facts.pop("code", NO_LINE)
        first, second = (b, a) if facts.pop("turned", False) else (a, b)
        yield Pair(
            a=ids[first],
            b=ids[second],
            level=level,
            line=None if code == NO_LINE else lines.names[code],
            line_id=None if code == NO_LINE else lines.ids[code],
            **{**NOTHING, **facts},
        )


NOTHING: Final[Mapping[str, Any]] = {
    "relation": Relation.NONE,
    "shared_m": 0.0,
    "gap_m": None,
    "gap_mean_m": None,
    "facing_m": None,
}


def _sides(catalog: Catalog, ids: Sequence[str], lines: _Lines) -> Sides:
    """Return the sides of some units with the lines that made them."""
    ends, owner, line = [np.empty((0, 2, 2))], [], []
    for number, unit_id in enumerate(ids):
        edges = catalog.edges_of(unit_id)
        if edges:
            made = [(edge.points, lines.code(edge.line_id)) for edge in edges]
        else:
            rings = shapely.get_rings(shapely.get_parts(catalog.polygons[unit_id]))
            made = [(shapely.get_coordinates(ring), NO_LINE) for ring in rings]
        for points, code in made:
            ends.append(np.stack([points[:-1], points[1:]], axis=1))
            owner += [number] * (len(points) - 1)
            line += [code] * (len(points) - 1)
    return sides(np.concatenate(ends), np.array(owner, np.intp), np.array(line, np.intp))


def _shared_votes(known: Sides, touching: Contacts) -> dict[tuple[int, int], dict[int, float]]:
    """Return for each pair how many metres it runs along each line, from both outlines."""
    votes: dict[tuple[int, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    runs = touching.runs
    step = np.diff(known.plane, axis=1)[:, 0]
    metres = (runs.high - runs.low) * np.hypot(*step[runs.side].T)
    for side, other, run in zip(runs.side, runs.other, metres, strict=True):
        a, b = sorted((int(known.owner[side]), int(known.owner[other])))
        votes[a, b][int(known.line[side])] += float(run)
    return votes


def _contained(shapes: Sequence[BaseGeometry], a: int, b: int) -> dict[str, Any]:
    """Return the facts of a pair of which one covers the other, else none."""
    for outer, inner in ((a, b), (b, a)):
        if shapely.covers(shapes[outer], shapes[inner]):
            contact = shapely.boundary(shapes[inner])
            return {"relation": Relation.CONTAINS, "turned": outer == b, "contact": contact}
    return {}


def _touching(known: Sides, touching: Contacts, number: int, code: int) -> dict[str, Any]:
    """Return the facts of a pair that touches."""
    pair = touching.pairs[number]
    if not touching.is_edge[number]:
        place = facing(known, int(pair[0]), int(pair[1]), limit_m=0.0).link[0]
        return {"relation": Relation.CORNER, "gap_m": 0.0, "contact": shapely.Point(place)}
    runs = touching.runs
    own = (known.owner[runs.side] == pair[0]) & (known.owner[runs.other] == pair[1])
    start, step = known.ends[runs.side[own], 0], np.diff(known.ends, axis=1)[runs.side[own], 0]
    stretches = [start + share[own, None] * step for share in (runs.low, runs.high)]
    merged = shapely.line_merge(
        shapely.multilinestrings(shapely.linestrings(np.stack(stretches, 1)))
    )
    return {
        "relation": Relation.EDGE,
        "shared_m": float(touching.shared_m[number]),
        "gap_m": 0.0,
        "contact": merged,
        "code": code,
    }


def _apart(
    known: Sides, pair: tuple[int, int], lines: _Lines, ground: Sequence[BaseGeometry]
) -> dict[str, Any]:
    """Return the facts of a pair that does not touch."""
    widest = max((lines.widest_m(code) for code in range(len(lines.ids))), default=0.0)
    found = facing(known, *pair, limit_m=max(widest, NEAR_M), ground=ground)
    code = lines.heaviest(_between(known, pair, found, lines))
    facts = {"gap_m": found.gap_m, "contact": shapely.LineString(found.link), "code": code}
    if code == NO_LINE and found.gap_m > NEAR_M:
        return facts
    mean, length = found.mean_within(max(lines.widest_m(code), NEAR_M))
    facts |= {"gap_mean_m": mean, "facing_m": length}
    if code != NO_LINE:
        water = lines.kinds[code] in WATER
        facts["relation"] = Relation.ACROSS_WATER if water else Relation.ACROSS_ROAD
    return facts


def _between(known: Sides, pair: tuple[int, int], found: Facing, lines: _Lines) -> dict[int, float]:
    """Return how many metres of outline name each line as what lies in the gap."""
    votes: dict[int, float] = defaultdict(float)
    for ends, width, weight in zip(found.lines, found.width_m, found.weight_m, strict=True):
        for code in {int(end) for end in ends}:
            votes[code] += float(weight) if width <= lines.widest_m(code) else 0.0
    if not votes and found.is_open:
        for shape, place in zip(pair, found.link, strict=True):
            for code in lines_at(known, shape, place):
                votes[code] += float(found.gap_m <= lines.widest_m(code))
    return {code: vote for code, vote in votes.items() if vote > 0.0}


def _parts(catalog: Catalog, levels: Sequence[str]) -> tuple[Part, ...]:
    """Return every unit of some levels in the unit that it is part of."""
    kinds = {kind for level in levels for kind in LEVELS[level]}
    rows = [row for row in catalog.units if row.kind in kinds and row.parent_id is not None]
    inner: NDArray[np.object_] = np.array([catalog.polygons[r.unit_id] for r in rows], dtype=object)
    outer = np.array([catalog.polygons[str(row.parent_id)] for row in rows], dtype=object)
    whole = polygon_areas_m2(list(inner))
    rest = shapely.get_parts(shapely.difference(inner, outer), return_index=True)
    areal = shapely.get_type_id(rest[0]) == shapely.GeometryType.POLYGON
    outside = np.zeros(len(rows))
    np.add.at(outside, rest[1][areal], polygon_areas_m2(list(rest[0][areal])))
    return tuple(
        Part(
            parent=str(row.parent_id),
            child=row.unit_id,
            share=float(1.0 - out / area),
            outside_m2=float(out),
        )
        for row, out, area in zip(rows, outside, whole, strict=True)
    )
