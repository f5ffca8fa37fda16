"""Leave-one-out areas: what everything except a unit's own reported area says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.errors import DerivationError
from tzkc_geo.model import ObservationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SET_ASIDE = "left out to check it"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An area that follows without the unit's own reported figure."""

    area_km2: float | None
    sigma_km2: float | None


def without_area(problem: Problem, unit_id: str) -> Problem:
    """Return the problem with one unit's reported area set aside."""
    observations = [
        replace(o, used=False, reason=SET_ASIDE)
        if o.used and o.kind is ObservationKind.AREA and o.unit_id == unit_id
        else o
        for o in problem.observations
    ]
    return replace(problem, observations=observations)


def left_out(
    problem: Problem, adjustment: Adjustment, *, progress: Callable[[str], None] = lambda _: None
) -> Mapping[str, LeftOut]:
    """Solve again without each used area in turn.

    The linear update of the adjustment is exact only while rings change little; a meandering
    side takes large areas in and out, and then only solving again tells the truth. Where that
    gives no ring, the linear value stands.
    """
    found = {}
    for unit_id, area in adjustment.areas.items():
        linear = LeftOut(area.leave_one_out_km2, area.leave_one_out_sigma_km2)
        again = without_area(problem, unit_id)
        if again.observations == list(problem.observations):  # set aside already
            found[unit_id] = linear
            continue
        progress(f"{unit_id} without its own area")
        try:
            figures = solve(again, start=adjustment.x).areas[unit_id]
        except DerivationError:
            found[unit_id] = linear
        else:
            found[unit_id] = LeftOut(figures.area_km2, figures.sigma_km2)
    return found
