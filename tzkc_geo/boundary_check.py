"""A boundary of one's own against the lines that its 四至 text names: side by side, in metres."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.boundary_words import words_of
from tzkc_geo.errors import CrsError
from tzkc_geo.named_lines import feet, reach_m
from tzkc_geo.outline_sides import OUTWARD, STEP_M, cut, outline_of, walked
from tzkc_geo.polyline import arc_lengths
from tzkc_geo.side_check import SideCheck, SideVerdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.bounds import Bound
    from tzkc_geo.named_lines import Feet, NamedLine
    from tzkc_geo.outline_sides import Outline

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp] | slice

EVERY: Final = slice(None)
AGREEING_SHARE: Final = 0.95  # of the compared length that must lie within the accuracy
ALONG_COS: Final = 0.5  # a piece that turns away from the line by more than 60 degrees is no part
FAR_AWAY_M: Final = 20_000.0  # an outline further from its lines than this is in another system
FACING_COS: Final = 0.7  # a piece that faces the side within 45 degrees
# Costs of a piece: 0 to 2 for its direction, 0 to FAR for its distance, FAR/2 at HALF_M.
FAR: Final = 0.5
HALF_M: Final = 500.0
UNKNOWN_COST: Final = 0.25  # in place of a distance, where no line is known
JOINT_COST: Final = 0.6  # of what joins two steps of a side: less than to turn away, more than far
STEP_COS: Final = 0.5  # a line within 30 degrees of the way outward is a step, passed either way


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoundaryCheck:
    """A polygon beside the lines that its text names (四至核验)."""

    name: str
    sides: tuple[SideCheck, ...]  # one a bound
    joined_m: float  # length between two steps of one side: the text names no line for it
    holes: int  # not compared

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``checks`` of ``tzkc check-boundary --json``."""
        return {
            "id": self.name,
            "verdicts": {
                verdict: sum(side.verdict is verdict for side in self.sides)
                for verdict in SideVerdict
            },
            "joined_m": self.joined_m,
            "holes": self.holes,
            "sides": [side.to_json() for side in self.sides],
        }


def check_boundary(
    polygon: Polygon | MultiPolygon,
    bounds: Sequence[Bound],
    *,
    name: str = "1",
    step_m: float = STEP_M,
) -> BoundaryCheck:
    """Return how each side of a polygon lies to the line that bounds it (四至核验).

    Parameters
    ----------
    polygon
        One part, lon lat in degrees, EPSG:4490. Holes are counted and not compared.
    bounds
        From `bounds.bounds_of_text` or `bounds.bounds_of_unit`: clockwise from the east.
    name
        What the answer and an error call the plot.
    step_m
        The outline is compared once every so many metres, or more often.

    Returns
    -------
    BoundaryCheck
        With one side a bound, in order of ``bounds``.

    Raises
    ------
    RingError
        The polygon has several parts.
    CrsError
        It lies where EPSG:4549 cannot be used, or further than `FAR_AWAY_M` from all lines.

    Notes
    -----
    The outline, walked clockwise in short pieces, is cut into runs, one a bound in turn, so that
    the sum of ``length (1 - cos turn + FAR d / (d + HALF_M))`` is least: ``turn`` is between the
    piece and its line, ``d`` the distance. So a side that was moved as a whole stays one side.
    The text may give the steps of a side either way round, and need not name what joins them:
    the cheapest way counts. Of several lines of one name that which is nearest to the pieces
    that face the side counts.

    Only pieces that run along the line between its known ends are compared: nothing is said of
    a line where it was only prolonged. A side agrees if 95 % of the compared length lies within
    the 95 % accuracy of the line; a line of which only a band is known checks nothing.
    """
    outline = outline_of(polygon, name=name, step_m=step_m)
    chosen = [_nearest_line(bound, outline) for bound in bounds]
    _check_near(outline, chosen, name)
    costs = [_cost(bound, line, outline) for bound, line in zip(bounds, chosen, strict=True)]
    joint = np.full(outline.length_m.size, JOINT_COST)
    trials = []
    for order in _orders(bounds):
        table = np.array([joint if k is None else costs[k] for k in order])
        labels, cost = cut(table * outline.length_m)
        trials.append((cost, [-1 if k is None else k for k in order], labels))
    _, walk, labels = min(trials, key=lambda trial: trial[0])
    owner = np.array(walk)[labels]
    return BoundaryCheck(
        name=name,
        sides=tuple(
            _judged(_side(bound, line, outline, owner == k))
            for k, (bound, line) in enumerate(zip(bounds, chosen, strict=True))
        ),
        joined_m=float(outline.length_m[owner < 0].sum()),
        holes=len(shapely.get_rings(shapely.get_parts(polygon))) - 1,
    )


def _check_near(outline: Outline, lines: Sequence[NamedLine | None], name: str) -> None:
    """Raise `CrsError` for an outline that its lines cannot bound at all."""
    apart = [
        float(np.abs(feet(line.points, outline.middle, reach_m=0.0).offset_m).min())
        for line in lines
        if line is not None
    ]
    if apart and min(apart) > FAR_AWAY_M:
        msg = (
            f"plot {name}: lies {min(apart) / 1000:,.0f} km from the lines that are named, expected"
            f" at most {FAR_AWAY_M / 1000:.0f} km; say what its coordinates are on (--datum)"
        )
        raise CrsError(msg)


def _orders(bounds: Sequence[Bound]) -> Iterator[list[int | None]]:
    """Yield the ways to walk the bounds: the steps of each side either way, None between them."""
    sides = [list(run) for _, run in groupby(range(len(bounds)), key=lambda k: bounds[k].side)]
    ways = [[run] if len(run) == 1 else [run, run[::-1]] for run in sides]
    for chosen in product(*ways):
        walk: list[int | None] = []
        for run in chosen:
            walk += [run[0], *(step for k in run[1:] for step in (None, k))]
        yield walk


def _nearest_line(bound: Bound, outline: Outline) -> NamedLine | None:
    """Return the line of a bound; of several that which is nearest to the pieces facing it."""
    if len(bound.lines) < 2:  # noqa: PLR2004 - nothing to choose from
        return next(iter(bound.lines), None)
    facing = outline.outward @ OUTWARD[bound.side] > FACING_COS
    some = facing if facing.any() else np.ones_like(facing)
    return min(
        bound.lines,
        key=lambda line: float(
            np.average(
                np.abs(feet(line.points, outline.middle[some], reach_m=0.0).offset_m),
                weights=outline.length_m[some],
            )
        ),
    )


def _feet(bound: Bound, line: NamedLine, outline: Outline, rows: Rows = EVERY) -> Feet:
    """Return the feet on a line, turned so that its left is the outward side."""
    found = feet(line.points, outline.middle[rows])
    chord = line.points[-1] - line.points[0]
    facing = np.array([-chord[1], chord[0]]) @ OUTWARD[bound.side] / np.hypot(*chord)
    way = np.full(found.offset_m.shape, np.copysign(1.0, facing))
    if abs(facing) < STEP_COS:
        way = np.sign(np.einsum("ni,ni->n", outline.direction[rows], found.direction))
    return replace(found, offset_m=way * found.offset_m, direction=way[:, None] * found.direction)


def _cost(bound: Bound, line: NamedLine | None, outline: Outline) -> Floats:
    """Return for each piece how badly it fits a bound, a metre of it."""
    if line is None:
        unfit: Floats = 1.0 - outline.outward @ OUTWARD[bound.side] + UNKNOWN_COST
        return unfit
    found = _feet(bound, line, outline)
    apart = np.abs(found.offset_m)
    turn = np.einsum("ni,ni->n", outline.direction, found.direction)
    cost: Floats = 1.0 - turn + FAR * apart / (apart + HALF_M)
    return cost


def _side(bound: Bound, line: NamedLine | None, outline: Outline, mine: Flags) -> SideCheck:
    """Return the offsets of the pieces of one bound."""
    rows = walked(mine)
    length = outline.length_m[rows]
    at = np.cumsum(length) - length / 2.0
    if line is None:
        none, pairs = np.empty(0), np.empty((0, 2))
        return SideCheck(
            bound=bound,
            line=None,
            length_m=float(length.sum()),
            along_m=none,
            offset_m=none,
            reach_m=none,
            piece_m=none,
            points=pairs,
            feet=pairs,
            beyond_m=0.0,
        )
    found = _feet(bound, line, outline, rows)
    turn = np.einsum("ni,ni->n", outline.direction[rows], found.direction)
    end = arc_lengths(line.points)[-1]
    known = (found.along_m >= -STEP_M) & (found.along_m <= end + STEP_M)
    keep = (turn >= ALONG_COS) & known
    return SideCheck(
        bound=bound,
        line=line,
        length_m=float(length.sum()),
        along_m=at[keep],
        offset_m=found.offset_m[keep],
        reach_m=reach_m(line, found.along_m[keep]),
        piece_m=length[keep],
        points=crs.to_geographic(outline.middle[rows][keep]),
        feet=crs.to_geographic(found.point[keep]),
        beyond_m=float(length[(turn >= ALONG_COS) & ~known].sum()),
    )


def _judged(side: SideCheck) -> SideCheck:
    """Return the side with its verdict and the words for it."""
    share = side.within_share
    if side.line is not None and side.strays:
        verdict = SideVerdict.DISAGREES
    elif share is None:
        verdict = SideVerdict.NOT_CHECKABLE
    else:
        verdict = SideVerdict.AGREES if share >= AGREEING_SHARE else SideVerdict.DISAGREES
    judged = replace(side, verdict=verdict)
    return replace(judged, words=words_of(judged))
