"""Distances from points to the outlines of the units, with the edge and its accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final

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

    start: Floats  # (distinct, 2) lon lat, degrees, EPSG:4490
    delta: Floats  # (distinct, 2) from start to end
    known_m: Floats  # (distinct + 1, 4) sigma at start and end, nan where the band counts; reach
    which: Positions  # (segments + 1,) position in the above; those of a unit stand together
    edge: Positions  # (segments + 1,) position in the edges of the outlines; the last is none
    owner: Positions  # (segments,) position in units
    units: Positions  # codes of the units that have an edge
    first: Positions  # of each of them the first segment
    lat_range: tuple[float, float]  # of all vertices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nest:
    """Units of one depth and the units that they are part of."""

    parts: Positions  # codes; those of one whole stand together
    first: Positions  # of each whole the first of its parts
    wholes: Positions  # codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlines:
    """The index over the units of a catalog, and the segments of all their edges."""

    index: cells.CellIndex
    codes: Mapping[UnitKind, Positions]  # of the units of each kind
    zones: Positions  # core and zones
    clusters: Flags  # (units,) which are clusters
    parent: Codes  # (units,) code of the unit that a unit is part of; OUTSIDE: of none
    nests: tuple[Nest, ...]  # the same, the deepest first
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
    return Outlines(
        index=cells.index([catalog.polygons[row.unit_id] for row in catalog.units], _rank(catalog)),
        codes=codes,
        zones=np.append(codes[UnitKind.CORE], codes[UnitKind.ZONE]),
        clusters=np.array([kind is UnitKind.CLUSTER for kind in kinds]),
        parent=parent.astype(np.int16),
        nests=_nests(parent),
        edges=edges,
        segments=_segments(edges, np.array([position[e.unit_id] for e in edges], dtype=np.intp)),
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
    found = _Found.empty(inside.shape)
    if known.edges:
        for begin in range(0, lon.size, POINTS_AT_A_TIME):
            part = slice(begin, begin + POINTS_AT_A_TIME)
            _nearest(lon[part], lat[part], inside[part], known.segments, found.part(part))
    none = found.segment < 0  # the last of which and edge, and the row of nan
    start = known.segments.known_m[known.segments.which[found.segment]]
    sigma = start[..., 0] + found.along * (start[..., 1] - start[..., 0])
    reach = start[..., 2] + found.along * (start[..., 3] - start[..., 2])
    distance = np.where(inside, found.apart_m, -found.apart_m)
    chance = ndtr(distance / np.maximum(reach / NORMAL_95, 1e-9))
    return Measures(
        inside=inside,
        distance_m=distance,
        edge=known.segments.edge[found.segment],
        sigma_m=sigma,
        reach_m=reach,
        probability=_nested(np.where(none, inside.astype(np.float64), chance), known.nests),
        unsure=found.unsure,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The nearest segment of each unit, (n, u)."""

    segment: Positions  # -1: the unit has none
    along: Floats  # where the nearest point is on it, 0 start to 1 end
    apart_m: Floats
    unsure: Flags

    @classmethod
    def empty(cls, shape: tuple[int, ...]) -> _Found:
        """Return arrays for all units without an edge."""
        return cls(
            segment=np.full(shape, -1, dtype=np.intp),
            along=np.zeros(shape),
            apart_m=np.full(shape, np.nan),
            unsure=np.zeros(shape, dtype=np.bool_),
        )

    def part(self, rows: slice) -> _Found:
        """Return a view of some rows."""
        return _Found(
            segment=self.segment[rows],
            along=self.along[rows],
            apart_m=self.apart_m[rows],
            unsure=self.unsure[rows],
        )


def _nearest(lon: Floats, lat: Floats, inside: Flags, known: Segments, found: _Found) -> None:
    """Write the nearest segment of every unit for some points."""
    mine, first = known.units, known.first
    x, y, along, distinct_m = _to_segments(lon, lat, known)
    first_m, last_m = known.known_m[:-1, 2], known.known_m[:-1, 3]
    reach_m = first_m + along * (last_m - first_m)
    which = known.which[:-1]
    apart_m, spare_m = (  # take is faster than an index
        np.take(of, which, axis=1) for of in (distinct_m, distinct_m - reach_m)
    )
    least_m = np.minimum.reduceat(apart_m, first, axis=1)
    spread_m = np.take(least_m, known.owner, axis=1)
    tied = apart_m <= spread_m + TIE_M
    surest_m = np.maximum.reduceat(np.where(tied, spare_m, -np.inf), first, axis=1)
    weakest_m = np.minimum.reduceat(spare_m, first, axis=1)
    found.unsure[:, mine] = np.where(inside[:, mine], weakest_m, surest_m) < 0.0
    numbers = np.where(apart_m == spread_m, np.arange(tied.shape[1]), tied.shape[1])
    nearest = np.minimum.reduceat(numbers, first, axis=1)
    at = np.arange(lon.size)[:, None], which[nearest]
    found.segment[:, mine] = nearest
    found.along[:, mine] = along[at]
    found.apart_m[:, mine] = spans_m(lat[:, None], x[at], y[at])


def _to_segments(
    lon: Floats, lat: Floats, known: Segments
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return for each point and segment: degrees to its nearest point, place on it, metres.

    A degree of longitude is measured half way between the two latitudes, to first order; its
    length ``N cos(lat)`` changes by ``-M sin(lat)`` a radian.
    """
    start, delta = known.start, known.delta
    middle = (lat + np.clip(lat, *known.lat_range)) / 2.0
    east_m, north_m = (scale[:, None] for scale in metres_per_degree(middle))
    slope = -north_m * np.radians(np.sin(np.radians(middle)))[:, None]
    east_m = east_m + slope * (lat - middle)[:, None]
    x = start[:, 0] - _same_turn(lon, start[0, 0])[:, None]
    y = start[:, 1] - lat[:, None]
    squash = (north_m / east_m) ** 2
    along = x * delta[:, 0]
    along += y * (delta[:, 1] * squash)
    length = delta[:, 0] ** 2 + delta[:, 1] ** 2 * squash
    along /= -np.where(length > 0.0, length, 1.0)
    np.clip(along, 0.0, 1.0, out=along)
    x += along * delta[:, 0]
    y += along * delta[:, 1]
    east = x * (east_m + y * (slope / 2.0))
    return x, y, along, np.sqrt(east * east + (y * north_m) ** 2)


def _same_turn(lon: Floats, near: float) -> Floats:
    """Return longitudes less than half a turn from another one."""
    turned: Floats = lon - np.round((lon - near) / 360.0) * 360.0
    return turned


def _nested(probability: Floats, nests: Sequence[Nest]) -> Floats:
    """Return probabilities, (n, u), raised so that no unit has less than one of its parts."""
    for nest in nests:
        parts = np.maximum.reduceat(probability[:, nest.parts], nest.first, axis=1)
        probability[:, nest.wholes] = np.maximum(probability[:, nest.wholes], parts)
    return probability


def _nests(parent: Codes) -> tuple[Nest, ...]:
    """Return who is part of whom, the deepest first; parts stand after the whole."""
    depth = np.zeros(parent.size, dtype=np.intp)
    for code, whole in enumerate(parent.tolist()):
        depth[code] = 0 if whole == OUTSIDE else depth[whole] + 1
    nests = []
    for level in range(int(depth.max(initial=0)), 0, -1):
        parts = np.flatnonzero(depth == level)
        parts = parts[np.argsort(parent[parts], kind="stable")]
        wholes, first = np.unique(parent[parts], return_index=True)
        nests.append(Nest(parts=parts, first=first, wholes=wholes.astype(np.intp)))
    return tuple(nests)


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


def _segments(edges: Sequence[Edge], code: Positions) -> Segments:
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
    return Segments(
        start=distinct[:, :2],
        delta=distinct[:, 4:6] - distinct[:, :2],
        known_m=np.vstack([distinct[:, [2, 6, 3, 7]], np.full(4, np.nan)]),
        which=np.append(which.ravel(), -1),
        edge=np.append(edge, -1),
        owner=owner,
        units=units,
        first=first,
        lat_range=(distinct[:, 1].min(initial=90.0), distinct[:, 1].max(initial=-90.0)),
    )


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
