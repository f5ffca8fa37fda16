"""Distances from points to the outlines of the units, with the edge and its accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from tzkc_geo import cells
from tzkc_geo.geodesy import metres_per_degree, spans_m
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge

    Codes = NDArray[np.int16]
    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Positions = NDArray[np.intp]

NORMAL_95: Final = 1.96  # 95 % accuracy = 1.96 standard deviations
TIE_M: Final = 0.001  # outlines nearer than this are equally near
POINTS_AT_A_TIME: Final = 128  # so that the working arrays stay in the cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """The segments of all edges; those that units share are measured once."""

    line: Floats  # (6, distinct) lon, lat of the start, from there to the end, squares; EPSG:4490
    known_m: Floats  # (4, distinct) sigma at the start, nan where the band counts, and how much
    # more at the end; 95 % accuracy, or else the band, the same
    which: Positions  # (segments,) position in the above; those of a unit stand together
    edge: Positions  # (segments,) position in the edges of the outlines
    owner: Positions  # (segments,) position in `units`
    units: Positions  # codes of the units that have an edge
    first: Positions  # of each of them the first segment
    lat_range: tuple[float, float]  # of all vertices

    @classmethod
    def of(cls, edges: Sequence[Edge], code: Positions) -> Segments:
        """Return the segments of edges, each of which belongs to the unit of its code."""
        none: list[Floats] = [np.empty((0, 8))]
        tables = [np.column_stack([edge.points, *known_m(edge)]) for edge in edges]
        pairs = np.vstack([*none, *(np.hstack([rows[:-1], rows[1:]]) for rows in tables)])
        edge = np.repeat(np.arange(len(edges)), [len(rows) - 1 for rows in tables])
        backward = (pairs[:, 4] < pairs[:, 0]) | (
            (pairs[:, 4] == pairs[:, 0]) & (pairs[:, 5] < pairs[:, 1])
        )
        pairs[backward] = np.roll(pairs[backward], 4, axis=1)  # neighbours walk opposite ways
        _, at, which = np.unique(  # rows with nan never equal each other
            np.nan_to_num(pairs, nan=-1.0), axis=0, return_index=True, return_inverse=True
        )
        distinct = pairs[at]
        units, first, owner = np.unique(code[edge], return_index=True, return_inverse=True)
        start, step = distinct[:, :2].T, (distinct[:, 4:6] - distinct[:, :2]).T
        sigma_m, reach_m = distinct[:, [2, 6]].T, distinct[:, [3, 7]].T
        squares = step**2
        squares[:, ~squares.any(axis=0)] = (
            1.0  # of a segment without length its start is the nearest
        )
        return cls(
            line=np.vstack([start, step, squares]),
            known_m=np.vstack(
                [sigma_m[0], sigma_m[1] - sigma_m[0], reach_m[0], reach_m[1] - reach_m[0]]
            ),
            which=which.ravel(),
            edge=edge,
            owner=owner,
            units=units,
            first=first,
            lat_range=(distinct[:, 1].min(initial=90.0), distinct[:, 1].max(initial=-90.0)),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlines:
    """The index over the units of a catalog, and the segments of all their edges."""

    index: cells.CellIndex
    codes: Mapping[UnitKind, Positions]  # of the units of each kind
    zones: Positions  # core and zones
    clusters: Flags  # (units,) which are clusters
    parent: Codes  # (units,) code of the unit that a unit is part of; OUTSIDE: of none
    parts: Positions  # codes of each unit and of all that are part of it, one unit after the other
    wholes: Positions  # (units,) of each unit where that begins
    edges: tuple[Edge, ...]  # those of a unit stand together
    segments: Segments
    textless: frozenset[int]  # clusters of which no edge follows from the text
    overlapping: tuple[tuple[int, int], ...]  # clusters that share ground, earlier one first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """How n points lie to the outlines of u units; see `measure`."""

    inside: Flags  # (n, u), the outline itself is inside
    distance_m: Floats  # (n, u), positive inside; nan where a unit has no edge
    edge: Positions  # (n, u), position in edges of the nearest edge; -1: none
    sigma_m: Floats  # (n, u), at the nearest point of that edge; nan where the band counts
    reach_m: Floats  # (n, u), 95 % accuracy there, or else the band
    probability: Floats  # (n, u), of being inside
    unsure: Flags  # (n, u), within the accuracy or the band


@lru_cache(maxsize=8)
def outlines(catalog: Catalog) -> Outlines:
    """Return the outlines of a catalog, ready to be measured against; made once for each."""
    position = {row.unit_id: code for code, row in enumerate(catalog.units)}
    edges = tuple(sorted(catalog.edges, key=lambda edge: position[edge.unit_id]))
    kinds = [row.kind for row in catalog.units]
    codes = {kind: np.flatnonzero([own is kind for own in kinds]) for kind in UnitKind}
    parent = np.array([position.get(row.parent_id or "", OUTSIDE) for row in catalog.units])
    parts = _parts(parent)
    return Outlines(
        index=cells.index([catalog.polygons[row.unit_id] for row in catalog.units], _rank(catalog)),
        codes=codes,
        zones=np.append(codes[UnitKind.CORE], codes[UnitKind.ZONE]),
        clusters=np.array([kind is UnitKind.CLUSTER for kind in kinds]),
        parent=parent.astype(np.int16),
        parts=np.concatenate(parts),
        wholes=np.cumsum([0, *map(len, parts[:-1])]),
        edges=edges,
        segments=Segments.of(edges, np.array([position[e.unit_id] for e in edges], dtype=np.intp)),
        textless=_textless(catalog, position),
        overlapping=_overlapping(catalog, position),
    )


def measure(lon: Floats, lat: Floats, known: Outlines) -> Measures:
    """Measure points against every unit.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``, finite.
    known
        From `outlines`.

    Returns
    -------
    Measures
        Arrays of shape ``(n, u)`` in the order of the points and of ``catalog.units``.

    Notes
    -----
    A point inside a unit is held there by all its edges: it is ``unsure`` as soon as one of them
    may lie behind it. A point outside is kept out by the nearest edge alone; where two edges are
    equally near (a corner) the better known of them keeps it out.

    The probability follows from the nearest edge alone. A cluster lies in its zone and a zone in
    the corridor by definition, so the whole is never less probable than its parts.

    Distances are lengths on the ellipsoid: the foot of the perpendicular is found in the plane
    about the point, and the length to it by `geodesy.lengths_m`.
    """
    from scipy.special import ndtr  # heavy, so not at start-up

    inside = cells.covering(lon, lat, known.index)
    begins = range(0, max(lon.size, 1), POINTS_AT_A_TIME)
    pieces = [slice(begin, begin + POINTS_AT_A_TIME) for begin in begins]
    tables = [_nearest(lon[part], lat[part], inside[part], known.segments) for part in pieces]
    found = _Nearest(*(np.concatenate(of) for of in zip(*tables, strict=True)))
    distance = np.where(inside, found.apart_m, -found.apart_m)
    chance = ndtr(distance / np.maximum(found.reach_m / NORMAL_95, 1e-9))
    if known.segments.units.size < inside.shape[1]:
        chance = np.where(found.edge < 0, inside, chance)
    return Measures(
        inside=inside,
        distance_m=distance,
        edge=found.edge,
        sigma_m=found.sigma_m,
        reach_m=found.reach_m,
        probability=np.maximum.reduceat(chance.take(known.parts, axis=1), known.wholes, axis=1),
        unsure=found.unsure,
    )


class _Nearest(NamedTuple):
    """The nearest segment of each unit, (n, u)."""

    edge: Positions  # -1: the unit has none
    apart_m: Floats
    sigma_m: Floats
    reach_m: Floats
    unsure: Flags


def _nearest(lon: Floats, lat: Floats, inside: Flags, known: Segments) -> _Nearest:
    """Return the nearest segment of every unit for some points."""
    if known.units.size < inside.shape[1]:
        return _with_edgeless(lon, lat, inside, known)
    x, y, along, distinct_m = _to_segments(lon, lat, known)
    sigma_m, more_sigma_m, start_m, more_m = known.known_m
    reach_m = start_m + along * more_m
    weak = (distinct_m < reach_m).take(known.which, axis=1)  # faster than an index
    apart_m = distinct_m.take(known.which, axis=1)
    least_m = np.minimum.reduceat(apart_m, known.first, axis=1)
    tied = np.flatnonzero(apart_m <= (least_m + TIE_M).take(known.owner, axis=1))
    row, segment = np.divmod(tied, known.which.size)  # few: from here on one behind the other
    group = row * known.units.size + known.owner.take(segment)
    begins = group.searchsorted(np.arange(least_m.size))
    at = row * along.shape[1] + known.which.take(segment)
    tied_m = distinct_m.take(at)
    surest_m = np.maximum.reduceat(tied_m - reach_m.take(at), begins).reshape(least_m.shape)
    numbers = np.where(tied_m == least_m.take(group), np.arange(tied.size), tied.size)
    nearest = np.minimum.reduceat(numbers, begins).reshape(least_m.shape)
    at, segment = at.take(nearest), segment.take(nearest)
    which = known.which.take(segment)
    held = np.logical_or.reduceat(weak, known.first, axis=1)
    return _Nearest(
        edge=known.edge.take(segment),
        apart_m=spans_m(lat[:, None], x.take(at), y.take(at)),
        sigma_m=sigma_m.take(which) + along.take(at) * more_sigma_m.take(which),
        reach_m=reach_m.take(at),
        unsure=np.where(inside, held, surest_m < 0.0),
    )


def _to_segments(
    lon: Floats, lat: Floats, known: Segments
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return for points and distinct segments: degrees to the nearest point, place on it, metres.

    A degree of longitude is measured half way between the two latitudes, to first order; its
    length ``N cos(lat)`` changes by ``-M sin(lat)`` a radian.
    """
    start_lon, start_lat, step_lon, step_lat, square_lon, square_lat = known.line
    low, high = known.lat_range
    middle = (lat + np.minimum(np.maximum(lat, low), high)) / 2.0
    east_m, north_m = metres_per_degree(middle)
    slope = -north_m * np.radians(np.sin(np.radians(middle)))
    east_m += slope * (lat - middle)
    squash = ((north_m / east_m) ** 2)[:, None]
    east = _same_turn(lon, start_lon[0])[:, None] - start_lon
    north = lat[:, None] - start_lat
    along = east * step_lon
    along += north * (step_lat * squash)
    along /= square_lon + square_lat * squash
    np.maximum(along, 0.0, out=along)
    np.minimum(along, 1.0, out=along)
    x, y = along * step_lon, along * step_lat
    x -= east
    y -= north
    east = x * (east_m[:, None] + y * (slope / 2.0)[:, None])
    north = y * north_m[:, None]
    east *= east
    north *= north
    east += north
    return x, y, along, np.sqrt(east, out=east)


def _same_turn(lon: Floats, near: float) -> Floats:
    """Return longitudes less than half a turn from another one."""
    turned: Floats = lon - np.round((lon - near) / 360.0) * 360.0
    return turned


def _with_edgeless(lon: Floats, lat: Floats, inside: Flags, known: Segments) -> _Nearest:
    """Return the nearest segments where some units have no edge."""
    filled = _Nearest(
        edge=np.full(inside.shape, -1),
        apart_m=np.full(inside.shape, np.nan),
        sigma_m=np.full(inside.shape, np.nan),
        reach_m=np.full(inside.shape, np.nan),
        unsure=np.zeros(inside.shape, dtype=np.bool_),
    )
    if known.units.size:
        found = _nearest(lon, lat, inside[:, known.units], known)
        for whole, part in zip(filled, found, strict=True):
            whole[:, known.units] = part
    return filled


def _parts(parent: Codes) -> list[list[int]]:
    """Return for each unit its own code and those of all that are part of it; they stand behind."""
    parts = [[code] for code in range(parent.size)]
    for code in reversed(range(parent.size)):
        if parent[code] != OUTSIDE:
            parts[parent[code]] += parts[code]
    return parts


def _rank(catalog: Catalog) -> list[int]:
    """Return the codes in the order in which they take a point: clusters, then core and zones."""
    kinds = (UnitKind.CLUSTER,), (UnitKind.CORE, UnitKind.ZONE)
    return [code for own in kinds for code, row in enumerate(catalog.units) if row.kind in own]


def known_m(edge: Edge) -> tuple[Floats, Floats]:
    """Return how well an edge is known at its vertices, metres, each of shape ``(n,)``.

    The first is one standard deviation, nan where the band counts; the second the 95 % accuracy,
    or else the band.
    """
    size = len(edge.points)
    if edge.accuracy_m is None:  # a formal sigma may stand in the tables, but the band counts
        return np.full(size, np.nan), np.full(size, edge.band_m)
    own = edge.accuracy_m / NORMAL_95
    sigma = np.full(size, own) if edge.sigma_m is None else edge.sigma_m
    return sigma, NORMAL_95 * sigma


def _textless(catalog: Catalog, position: dict[str, int]) -> frozenset[int]:
    """Return the clusters of which no edge was made by a clause of the plan or by a survey."""
    clusters = (row for row in catalog.units if row.kind is UnitKind.CLUSTER)
    return frozenset(
        position[row.unit_id] for row in clusters if not _grounded(catalog.edges_of(row.unit_id))
    )


def _grounded(edges: Sequence[Edge]) -> bool:
    """Say whether at least one of the edges follows from a clause or a survey."""
    return any(edge.how == "survey" or (edge.text_zh and edge.how != "infill") for edge in edges)


def _overlapping(catalog: Catalog, position: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Return the pairs of clusters whose interiors meet, the earlier one first."""
    ids = [row.unit_id for row in catalog.units if row.kind is UnitKind.CLUSTER]
    return tuple(
        (position[a], position[b])
        for a, b in combinations(ids, 2)
        if shapely.relate_pattern(catalog.polygons[a], catalog.polygons[b], "T********")
    )
