"""What cannot be crossed off the network: rivers, and railways at grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import to_metric
from tzkc_geo.transport import BarrierKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tzkc_geo.transport import Barrier

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

TOUCH_M: Final = 0.01  # a way that comes this near to a barrier meets it

MANY: Final = 3000  # ways from which on it is faster to go through the barriers one by one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Barriers:
    """The barriers of a network in the plane, EPSG:4549; made by `barriers_of`.

    Notes
    -----
    A way meets a barrier where it comes within `TOUCH_M` of its middle line, so a way that only
    touches or begins on it is blocked as well: where a road crosses a railway, nobody leaves it.
    Widths do not block. Half the width on each side of a river is water (`wet`).
    """

    rows: tuple[Barrier, ...]
    owner: NDArray[np.intp]  # (segments,) position in rows
    ends: Floats  # (segments, 2, 2) x y of both ends
    tree: shapely.STRtree  # over the segments of the middle lines
    water: shapely.Geometry  # the area of all rivers, prepared

    def blocked(self, x0: ArrayLike, y0: ArrayLike, x1: ArrayLike, y1: ArrayLike) -> Flags:
        """Return which straight ways meet a barrier.

        Parameters
        ----------
        x0, y0, x1, y1
            Both ends; metres, EPSG:4549, shape ``(n,)``, or scalars.

        Returns
        -------
        NDArray of bool
            Shape ``(n,)``; of a way without length: whether it stands on a barrier.
        """
        if len(np.atleast_1d(x0)) >= MANY:
            return _met_by_many(np.column_stack([x0, y0]), np.column_stack([x1, y1]), self.ends)
        ways = _ways(x0, y0, x1, y1)
        found = np.zeros(len(ways), dtype=np.bool_)
        found[self.tree.query(ways, predicate="dwithin", distance=TOUCH_M)[0]] = True
        return found

    def met(self, x0: float, y0: float, x1: float, y1: float) -> tuple[Barrier, ...]:
        """Return the barriers that one straight way meets, in the order of their rows."""
        way = _ways(x0, y0, x1, y1)
        segments = self.tree.query(way, predicate="dwithin", distance=TOUCH_M)[1]
        return tuple(self.rows[row] for row in np.unique(self.owner[segments]).tolist())

    def wet(self, x: ArrayLike, y: ArrayLike) -> Flags:
        """Return which points lie in a river, its banks included; metres, EPSG:4549."""
        eastings, northings = np.atleast_1d(x, y)
        flags: Flags = shapely.intersects_xy(self.water, eastings, northings)
        return flags


def barriers_of(rows: Sequence[Barrier]) -> Barriers:
    """Return barriers ready to be asked; no rows: nothing is blocked and nothing is wet."""
    lines = [to_metric(row.points) for row in rows]
    parts = [np.stack([line[:-1], line[1:]], axis=1) for line in lines]
    ends = np.concatenate([np.empty((0, 2, 2)), *parts])
    rivers = [
        (line, row.width_m / 2)
        for row, line in zip(rows, lines, strict=True)
        if row.kind is BarrierKind.WATER
    ]
    water = shapely.union_all([*map(_banked, rivers), *_joints(rivers)])
    shapely.prepare(water)
    return Barriers(
        rows=tuple(rows),
        ends=ends,
        owner=np.repeat(np.arange(len(rows)), [len(part) for part in parts]),
        tree=shapely.STRtree(shapely.linestrings(ends)),
        water=water,
    )


def _banked(river: tuple[NDArray[np.float64], float]) -> shapely.Geometry:
    """Return the area of one stretch of river: its line, so wide on each side, cut off square."""
    return shapely.LineString(river[0]).buffer(river[1], cap_style="flat")


def _joints(rivers: Sequence[tuple[NDArray[np.float64], float]]) -> list[shapely.Geometry]:
    """Return the area about the points where stretches of river end together."""
    halves: dict[tuple[float, float], list[float]] = {}
    for line, half_m in rivers:
        for x, y in line[[0, -1]].tolist():
            halves.setdefault((x, y), []).append(half_m)
    return [shapely.Point(end).buffer(min(own)) for end, own in halves.items() if len(own) > 1]


def _ways(x0: ArrayLike, y0: ArrayLike, x1: ArrayLike, y1: ArrayLike) -> NDArray[np.object_]:
    """Return straight ways as lines, and as points where both ends are the same."""
    ends = np.stack([np.atleast_1d(part) for part in np.broadcast_arrays(x0, y0, x1, y1)], axis=-1)
    pairs = ends.reshape(-1, 2, 2).astype(np.float64)
    ways: NDArray[np.object_] = shapely.linestrings(pairs)
    still = (pairs[:, 0] == pairs[:, 1]).all(axis=1)
    ways[still] = shapely.points(pairs[still, 0])
    return ways


def _met_by_many(begin: Floats, end: Floats, segments: Floats) -> Flags:
    """Return which ways come within `TOUCH_M` of a segment; the rule of the tree, for many ways.

    Ways stand in the order of their west ends, so that those near a segment are in one slice.
    """
    low, high = np.minimum(begin, end) - TOUCH_M, np.maximum(begin, end) + TOUCH_M
    order = np.argsort(low[:, 0])
    begin, end, low, high = (part[order] for part in (begin, end, low, high))
    west, widest = np.ascontiguousarray(low[:, 0]), (high[:, 0] - low[:, 0]).max()
    met = np.zeros(len(begin), dtype=np.bool_)
    for first, last in segments:
        least, most = np.minimum(first, last), np.maximum(first, last)
        some = slice(*np.searchsorted(west, [least[0] - widest, most[0]], side="left"))
        near = (low[some] <= most).all(axis=1) & (high[some] >= least).all(axis=1) & ~met[some]
        at = some.start + np.flatnonzero(near)
        if at.size:
            met[at] = _meets(begin[at], end[at], first, last)
    found = np.empty_like(met)
    found[order] = met
    return found


def _meets(begin: Floats, end: Floats, first: Floats, last: Floats) -> Flags:
    """Return which ways cross one segment or come within `TOUCH_M` of it."""
    way, along = end - begin, last - first
    sides = (_cross(along, begin - first) > 0.0) != (_cross(along, end - first) > 0.0)
    sides &= (_cross(way, first - begin) > 0.0) != (_cross(way, last - begin) > 0.0)
    apart = np.minimum(_square_m2(begin, first, along), _square_m2(end, first, along))
    apart = np.minimum(apart, _square_m2(first, begin, way))
    met: Flags = sides | (np.minimum(apart, _square_m2(last, begin, way)) <= TOUCH_M**2)
    return met


def _cross(a: Floats, b: Floats) -> Floats:
    """Return the turn from one vector to another."""
    turn: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return turn


def _square_m2(point: Floats, start: Floats, along: Floats) -> Floats:
    """Return the square of the distance from points to segments."""
    length = (along * along).sum(axis=-1)
    share = ((point - start) * along).sum(axis=-1) / np.where(length > 0.0, length, 1.0)
    off = point - start - np.clip(share, 0.0, 1.0)[..., None] * along
    square: Floats = (off * off).sum(axis=-1)
    return square
