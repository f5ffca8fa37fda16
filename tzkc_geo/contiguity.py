"""Where the outlines of many shapes run together, by pairs of their sides; one array kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import check_position
from tzkc_geo.geodesy import lengths_m, metres_per_degree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    Codes = NDArray[np.intp]
    Floats = NDArray[np.float64]

TOUCH_M: Final = 0.01  # outlines nearer than this touch: ten times the 1 mm of a TXT exchange file
SAME_LINE_M: Final = 0.5  # sides of one named line nearer than this are one drawing of it
EDGE_MIN_M: Final = 0.1  # outlines that run together for less than this meet in a corner
PARALLEL: Final = 0.99  # sides run together if the cosine of their angle is at least this (8 deg)
SAME_SLOPE: Final = 1e-9  # sides that part by less than this share of the reach run level
COVERED: Final = 1.0 - 1e-9  # a side of which this share is shared is shared
NO_LINE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sides:
    """The m sides of many outlines, those of a shape together."""

    ends: Floats  # (m, 2, 2) start and end, lon lat, degrees, EPSG:4490
    plane: Floats  # (m, 2, 2) the same in metres about the middle; straight stays straight
    owner: Codes  # (m,) the shape
    line: Codes  # (m,) code of the line that made it, or NO_LINE
    origin: Floats  # (2,) lon lat of the zero of the plane
    scale: Floats  # (2,) metres of the plane a degree


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """The k stretches of a side along a side of another shape; each is found from both."""

    side: Codes  # (k,) position in the sides
    other: Codes  # (k,) the side that it runs along
    low: Floats  # (k,) where it begins on the side, 0 start to 1 end
    high: Floats  # (k,) and where it ends


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contacts:
    """The p pairs of shapes whose outlines touch, ordered by shape."""

    pairs: Codes  # (p, 2) positions, the smaller first
    shared_m: Floats  # (p,) how long they run together, geodesic; 0: in points only
    runs: Runs  # what it is made of

    @property
    def is_edge(self) -> NDArray[np.bool_]:
        """Say for each pair whether it shares an edge; else it meets in corners."""
        return self.shared_m >= EDGE_MIN_M


def sides_of_shapes(shapes: Sequence[Polygon | MultiPolygon]) -> Sides:
    """Return the sides of polygons and multipolygons, holes included; lon lat, EPSG:4490.

    Raises
    ------
    CrsError
        A coordinate is not finite or not in degrees.
    """
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    parts, part_owner = shapely.get_parts(array, return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    check_position(coords[:, 0], coords[:, 1], where="vertex")
    own = ring[1:] == ring[:-1]
    ends = np.stack([coords[:-1][own], coords[1:][own]], axis=1)
    return sides(ends, part_owner[ring_owner[ring[1:][own]]], np.full(len(ends), NO_LINE))


def sides(ends: Floats, owner: Codes, line: Codes) -> Sides:
    """Return sides from their ends, ``(m, 2, 2)`` lon lat; those of no length are left out."""
    long = np.any(ends[:, 0] != ends[:, 1], axis=1)
    kept = ends[long]
    middle = (kept.min(axis=(0, 1)) + kept.max(axis=(0, 1))) / 2.0 if kept.size else np.zeros(2)
    scale = np.array([float(s) for s in metres_per_degree(middle[1])])
    return Sides(
        ends=kept,
        plane=(kept - middle) * scale,
        owner=owner[long],
        line=line[long],
        origin=middle,
        scale=scale,
    )


def contacts(known: Sides) -> Contacts:
    """Return the pairs of shapes whose outlines touch, and how long they run together (共边).

    Parameters
    ----------
    known
        The sides of all shapes.

    Returns
    -------
    Contacts
        Pairs whose outlines come within `TOUCH_M` of each other, or along one named line within
        `SAME_LINE_M`. A T-junction needs no vertex on the other side.

    Notes
    -----
    Distances are in a plane of metres about the middle of all shapes; 10 km north or south of it
    a metre east is off by 0.1 %. Lengths are geodesic. A length is the mean of what is found
    along the one outline and along the other, so it does not depend on the order.
    """
    distinct = _distinct(known)
    touching, runs = _found(known, distinct)
    width = int(known.owner.max(initial=0)) + 1
    side_pair = _key(known, runs.side, runs.other, width)
    added = _merged(runs.side * width + known.owner[runs.other], runs.low, runs.high)
    metres = lengths_m(known.ends[:, 0], known.ends[:, 1])[runs.side] * added
    touched = np.unique(_key(known, *touching, width))
    keys, which = np.unique(np.concatenate([touched, side_pair]), return_inverse=True)
    shared = np.bincount(which[touched.size :], metres, minlength=len(keys)) / 2.0
    touches = np.zeros(len(keys), dtype=np.bool_)
    touches[which[: touched.size]] = True
    found = touches | (shared >= EDGE_MIN_M)
    return Contacts(
        pairs=np.stack([keys // width, keys % width], axis=1)[found],
        shared_m=shared[found],
        runs=runs,
    )


def free_sides(known: Sides, found: Contacts) -> Codes:
    """Return the sides along which, at least in part, no other shape runs."""
    runs = found.runs
    added = _merged(runs.side, runs.low, runs.high)
    covered = np.bincount(runs.side, added, minlength=len(known.owner))
    free: Codes = np.flatnonzero(covered < COVERED)
    return free


def _key(known: Sides, one: Codes, other: Codes, width: int) -> Codes:
    """Return one number for the two shapes of pairs of sides."""
    first, second = known.owner[one], known.owner[other]
    key: Codes = np.minimum(first, second) * width + np.maximum(first, second)
    return key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Distinct:
    """The d sides that differ, in place or line; neighbours share most of theirs to the bit."""

    plane: Floats  # (d, 2, 2)
    line: Codes  # (d,)
    first: Codes  # (d,) where its members begin
    count: Codes  # (d,) how many it has
    members: Codes  # (m,) sides; those of one stand together
    turned: NDArray[np.bool_]  # (m,) by side: it runs from end to start

    def pairs(self, one: Codes, other: Codes) -> tuple[Codes, Codes, Codes]:
        """Return all members of some with all of others, and from which row they come."""
        each = self.count[one] * self.count[other]
        row = np.repeat(np.arange(len(one)), each)
        k = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
        step = self.count[other][row]
        return (
            self.members[self.first[one][row] + k // step],
            self.members[self.first[other][row] + k % step],
            row,
        )


def _distinct(known: Sides) -> _Distinct:
    """Return the sides that differ, whichever way they run."""
    start, end = known.ends[:, 0], known.ends[:, 1]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)
    order = np.lexsort((known.line, *high.T, *low.T))
    rows = np.column_stack([low, high, known.line])[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    first = np.flatnonzero(new)
    own = order[first]
    plane = np.where(turned[own, None, None], known.plane[own, ::-1], known.plane[own])
    return _Distinct(
        plane=plane,
        line=known.line[own],
        first=first,
        count=np.diff(np.append(first, len(rows))),
        members=order,
        turned=turned,
    )


def _found(known: Sides, distinct: _Distinct) -> tuple[tuple[Codes, Codes], Runs]:
    """Return pairs of sides of different shapes that touch, and all runs, from both sides."""
    one, other = _candidates(distinct)
    frames = [_frame(distinct.plane, *order) for order in ((one, other), (other, one))]
    apart_m = np.minimum(*(frame.apart_m for frame in frames))
    apart_m[frames[0].crosses & frames[1].crosses] = 0.0
    same_line = (distinct.line[one] == distinct.line[other]) & (distinct.line[one] != NO_LINE)
    reach = np.where(same_line, SAME_LINE_M, TOUCH_M)
    many = np.flatnonzero(distinct.count > 1)
    runs = [_runs(known, distinct, (many, many), (np.zeros(len(many)), np.ones(len(many))))]
    near = apart_m <= reach
    for frame in frames:
        rows = np.flatnonzero(near & frame.parallel)
        interval = _together(frame, rows, reach[rows])
        runs.append(_runs(known, distinct, (frame.side[rows], frame.other[rows]), interval))
    touching = apart_m <= TOUCH_M
    sides_ = distinct.pairs(
        np.concatenate([one[touching], many]), np.concatenate([other[touching], many])
    )
    differ = known.owner[sides_[0]] != known.owner[sides_[1]]
    return (sides_[0][differ], sides_[1][differ]), Runs(
        side=np.concatenate([part.side for part in runs]),
        other=np.concatenate([part.other for part in runs]),
        low=np.concatenate([part.low for part in runs]),
        high=np.concatenate([part.high for part in runs]),
    )


def _runs(
    known: Sides,
    distinct: _Distinct,
    pair: tuple[Codes, Codes],
    interval: tuple[Floats, Floats],
) -> Runs:
    """Return the runs of the members of distinct sides along those of others."""
    side, other, row = distinct.pairs(*pair)
    low, high = interval[0][row], interval[1][row]
    kept = (high > low) & (known.owner[side] != known.owner[other])
    side, other, low, high = side[kept], other[kept], low[kept], high[kept]
    turned = distinct.turned[side]
    return Runs(
        side=side,
        other=other,
        low=np.where(turned, 1.0 - high, low),
        high=np.where(turned, 1.0 - low, high),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Frame:
    """How k sides lie to k others, seen along the first; plane metres."""

    side: Codes  # (k,)
    other: Codes  # (k,)
    length: Floats  # (k,) of the side
    along: Floats  # (2, k) where the ends of the other lie along the side
    off: Floats  # (2, k) and how far to its left

    @property
    def apart_m(self) -> Floats:
        """Return how far the nearer end of the other is from the side."""
        beyond = np.maximum(np.maximum(-self.along, self.along - self.length), 0.0)
        nearest: Floats = np.hypot(beyond, self.off).min(axis=0)
        return nearest

    @property
    def crosses(self) -> NDArray[np.bool_]:
        """Say whether the other has an end on either side of the line of the side."""
        across: NDArray[np.bool_] = self.off[0] * self.off[1] < 0.0
        return across

    @property
    def parallel(self) -> NDArray[np.bool_]:
        """Say whether the two run the same way or opposite ways."""
        run, rise = self.along[1] - self.along[0], self.off[1] - self.off[0]
        even: NDArray[np.bool_] = np.abs(run) >= PARALLEL * np.hypot(run, rise)
        return even


def _candidates(distinct: _Distinct) -> tuple[Codes, Codes]:
    """Return pairs of distinct sides whose boxes come near, each pair once."""
    reach = SAME_LINE_M if np.any(distinct.line != NO_LINE) else TOUCH_M
    low, high = distinct.plane.min(axis=1), distinct.plane.max(axis=1)
    boxes = shapely.box(*(low - reach / 2.0).T, *(high + reach / 2.0).T)
    one, other = shapely.STRtree(boxes).query(boxes)
    once = one < other
    return one[once], other[once]


def _frame(plane: Floats, one: Codes, other: Codes) -> _Frame:
    """Return how some sides lie to others; ``plane`` is ``(m, 2, 2)``."""
    start = plane[:, 0]
    step = plane[:, 1] - start
    length = np.hypot(step[:, 0], step[:, 1])
    east, north = (step / length[:, None])[one].T
    relative = plane[other] - start[one][:, None]
    x, y = relative[..., 0].T, relative[..., 1].T
    return _Frame(
        side=one,
        other=other,
        length=length[one],
        along=x * east + y * north,
        off=y * east - x * north,
    )


def _together(frame: _Frame, rows: Codes, reach_m: Floats) -> tuple[Floats, Floats]:
    """Return where a side runs along another one, as shares of its length; low >= high: nowhere.

    ``rows`` are those that are parallel, shape ``(r,)``, as the results. The offset of the other
    side is linear along this one, so the stretch within reach is an interval.
    """
    along, off, length = frame.along[:, rows], frame.off[:, rows], frame.length[rows]
    slope = (off[1] - off[0]) / (along[1] - along[0])
    even = np.abs(slope) * length < reach_m * SAME_SLOPE
    slope[even] = 1.0
    bounds = np.sort(along[0] + (np.stack([-reach_m, reach_m]) - off[0]) / slope, axis=0)
    bounds[:, even] = np.array([[-np.inf], [np.inf]])
    bounds[:, even & (np.abs(off[0]) > reach_m)] = np.inf  # beside it, all the way
    low = np.maximum(np.maximum(along.min(axis=0), bounds[0]), 0.0)
    high = np.minimum(np.minimum(along.max(axis=0), bounds[1]), length)
    return low / length, high / length


def _merged(group: Codes, low: Floats, high: Floats) -> Floats:
    """Return how much each interval adds to those of its group; what overlaps counts once.

    Intervals lie in 0 to 1; the sum over a group is the length of their union.
    """
    _, number = np.unique(group, return_inverse=True)
    order = np.lexsort((low, number))
    base = 2.0 * number[order]
    reached = np.maximum.accumulate(base + high[order])
    before = np.concatenate([[-1.0], reached[:-1]])
    added = np.empty_like(low)
    added[order] = np.maximum(base + high[order] - np.maximum(base + low[order], before), 0.0)
    return added
