"""Clauses and lines in, rings out: corners, edges, and which clause made each edge."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tzkc_geo.errors import CornerError, RingError
from tzkc_geo.polyline import arc_lengths, between, crossings, foot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.model import Clause

    Points = NDArray[np.float64]

GRID_DECIMALS = 4  # ring vertices are kept to 0.1 mm, so that overlays stay exact
SAME_M = 1e-6  # vertices nearer than this are one
ON_LINE_M = 1e-5  # a corner nearer to a stretch than this lies on it
TIE_M = 1.0  # two candidate corners nearer in walking length than this are ambiguous


@dataclass(frozen=True, slots=True)
class Stretch:
    """One edge of a ring: the piece of a line between two corners."""

    clause: Clause
    points: Points  # (n, 2) metres, from corner to corner in walking order


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed ring in walking order and the stretches it is made of."""

    stretches: tuple[Stretch, ...]

    @property
    def points(self) -> Points:
        """Vertices without the closing one, shape ``(n, 2)``, metres."""
        return np.vstack([stretch.points[:-1] for stretch in self.stretches])

    @property
    def signed_area_m2(self) -> float:
        """Plane area; positive if the ring runs counter-clockwise."""
        x, y = (self.points - self.points[0]).T
        return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2.0


@dataclass(frozen=True, slots=True)
class Walk:
    """The clauses of one part of a unit in walking order and a point inside it."""

    unit_id: str
    part: int
    clauses: tuple[Clause, ...]
    seed: Points  # (2,) metres


@dataclass(frozen=True, slots=True)
class Corner:
    """Where two neighbouring lines of a walk meet."""

    point: Points  # (2,) metres
    on_first_m: float  # arc length on the line that comes in
    on_second_m: float  # arc length on the line that goes out


def corner(first: str, second: str, lines: Mapping[str, Points], *, seed: Points) -> Corner:
    """Return the corner (角点) of two neighbouring lines, the first one seen from inside.

    Of several crossings the one with the shortest walk along both lines, measured from
    the points of the lines that are nearest to ``seed``, is taken.

    Parameters
    ----------
    first, second
        Ids of the lines, in walking order.
    lines
        Prolonged lines by id, shape ``(n, 2)``, metres, EPSG:4549.
    seed
        A point inside the unit, shape ``(2,)``.

    Raises
    ------
    CornerError
        The lines do not meet, or two crossings are equally near.
    """
    low, high = sorted((first, second))  # one order: both neighbours get the same bits
    found = crossings(lines[low], lines[high])
    if not found:
        gap = shapely.LineString(lines[low]).distance(shapely.LineString(lines[high]))
        msg = f"lines {first!r} and {second!r}: expected a corner, got none (gap {gap:.0f} m)"
        raise CornerError(msg)
    near_low, near_high = (foot(lines[k], seed).position_m for k in (low, high))
    walks = [abs(c.on_a_m - near_low) + abs(c.on_b_m - near_high) for c in found]
    order = np.argsort(walks)
    best = found[order[0]]
    if len(found) > 1:
        rival = found[order[1]]
        apart = float(np.hypot(*(rival.point - best.point)))
        if walks[order[1]] - walks[order[0]] < TIE_M and apart > TIE_M:
            msg = (
                f"lines {first!r} and {second!r}: expected one corner, got two that are"
                f" equally near ({apart:.0f} m apart)"
            )
            raise CornerError(msg)
    on = {low: best.on_a_m, high: best.on_b_m}
    return Corner(best.point, on[first], on[second])


def ring_of(walk: Walk, lines: Mapping[str, Points]) -> Ring:
    """Walk the clauses of one part and return its ring.

    Parameters
    ----------
    walk
        Clauses in walking order (clockwise); each names a line.
    lines
        Prolonged lines by id, metres, EPSG:4549.

    Raises
    ------
    CornerError
        Two neighbouring lines do not meet.
    RingError
        The ring crosses itself or is inside out, or a side names no line or has no length.
    """
    ids = [_line_id(clause) for clause in walk.clauses]
    pairs = pairwise([*ids, ids[0]])
    after = [corner(a, b, lines, seed=walk.seed) for a, b in pairs]
    stretches = []
    for k, clause in enumerate(walk.clauses):
        start, end = after[k - 1], after[k]
        middle = between(lines[ids[k]], start.on_second_m, end.on_first_m)
        points = np.vstack([start.point, middle, end.point])
        keep = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > SAME_M])
        if np.count_nonzero(keep) == 1:
            msg = f"unit {walk.unit_id!r}: expected a side on line {ids[k]!r}, got a point"
            raise RingError(msg)
        stretches.append(Stretch(clause, points[keep]))
    ring = Ring(tuple(stretches))
    sides = ", ".join(ids)
    if not shapely.Polygon(ring.points).is_valid:
        msg = (
            f"unit {walk.unit_id!r}: expected a simple ring, got one that crosses itself ({sides})"
        )
        raise RingError(msg)
    if ring.signed_area_m2 > 0:
        msg = f"unit {walk.unit_id!r}: expected a clockwise ring, got one inside out ({sides})"
        raise RingError(msg)
    return ring


def _line_id(clause: Clause) -> str:
    if clause.line_id is None:
        msg = f"unit {clause.unit_id!r}: expected a line on the {clause.side} side, got none"
        raise RingError(msg)
    return clause.line_id


def noded(rings: Sequence[Ring]) -> list[Ring]:
    """Insert the corners of all rings into every stretch that passes through them.

    Neighbours that share a line then share its vertices to the last bit.
    """
    corners: dict[str, list[Points]] = {}
    for ring in rings:
        for stretch in ring.stretches:
            ends = corners.setdefault(str(stretch.clause.line_id), [])
            ends.extend([stretch.points[0], stretch.points[-1]])
    return [
        Ring(tuple(_with(s, corners[str(s.clause.line_id)]) for s in ring.stretches))
        for ring in rings
    ]


def _with(stretch: Stretch, candidates: Sequence[Points]) -> Stretch:
    """Return the stretch with those candidates inserted that lie on it, between its vertices."""
    points = stretch.points
    for candidate in candidates:
        if np.any(np.hypot(*(points - candidate).T) < SAME_M):
            continue
        on = foot(points, candidate)
        if abs(on.distance_m) < ON_LINE_M:
            k = int(np.searchsorted(arc_lengths(points), on.position_m))
            points = np.insert(points, k, candidate, axis=0)
    return Stretch(stretch.clause, np.round(points, GRID_DECIMALS))
