"""Look before the leap: which rings close, which sides are unobserved, which corners are weak."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.derive import ring_of
from tzkc_geo.errors import DerivationError
from tzkc_geo.grades import evidenced, open_sides
from tzkc_geo.model import Certainty

if TYPE_CHECKING:
    from tzkc_geo.adjust.problem import Problem
    from tzkc_geo.derive import Ring, Walk

WEAK_CORNER_DEG = 25.0  # below it an offset moves the corner more than twice as far


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the check found."""

    unit_id: str
    what: str  # open_ring | unobserved_side | implied_step | weak_corner
    text: str


def check(problem: Problem) -> tuple[Finding, ...]:
    """Return what stands against an adjustment, before it is tried.

    ``open_ring``: the approximate lines do not give a ring. ``unobserved_side``: only a
    prior or an area places the side. ``implied_step``: a closing line that the reading adds
    and nothing observes. ``weak_corner``: two lines meet at less than 25
    degrees, so that the corner is more than twice as uncertain as the lines.
    """
    known = evidenced(problem.observations)
    lines = problem.prolonged(problem.placed(np.zeros(2 * len(problem.lines))))
    found: list[Finding] = []
    for walk in problem.walks:
        found += [
            Finding(
                unit_id=walk.unit_id,
                what="unobserved_side",
                text=f"{problem.lines[name].name_zh} ({name}): no control point",
            )
            for name in open_sides(walk, known)
        ]
        found += [
            Finding(
                unit_id=walk.unit_id,
                what="implied_step",
                text=f"{problem.lines[str(c.line_id)].name_zh} ({c.line_id}): not in the text",
            )
            for c in walk.clauses
            if c.certainty is Certainty.INFERRED and str(c.line_id) not in known
        ]
        try:
            ring = ring_of(walk, lines)
        except DerivationError as exc:
            found.append(Finding(unit_id=walk.unit_id, what="open_ring", text=str(exc)))
            continue
        found += _weak(walk, ring)
    return tuple(found)


def _weak(walk: Walk, ring: Ring) -> list[Finding]:
    found = []
    for first, second in pairwise([ring.stretches[-1], *ring.stretches]):
        incoming = first.points[-1] - first.points[-2]
        outgoing = second.points[1] - second.points[0]
        cross = float(incoming[0] * outgoing[1] - incoming[1] * outgoing[0])
        sine = abs(cross) / float(np.hypot(*incoming) * np.hypot(*outgoing))
        angle = float(np.degrees(np.arcsin(min(sine, 1.0))))
        if angle < WEAK_CORNER_DEG:
            text = f"{first.clause.line_id} and {second.clause.line_id} meet at {angle:.0f} degrees"
            found.append(Finding(unit_id=walk.unit_id, what="weak_corner", text=text))
    return found
