"""What one reading of a promise gives: times over the cells, and words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from tzkc_geo.network.promise_times import NOTHING, Uses

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.network.promise_times import Field, Spot
    from tzkc_geo.transport import Mode, Promise

    Minutes = NDArray[np.float64]


class Verdict(StrEnum):
    """Whether a promise is kept (判定)."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_CHECKABLE = "not_checkable"


class Words(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What one reading of a promise gives over the cells of the units."""

    name: str
    words: Words  # the reading: from where to where, by what
    modes: tuple[Mode, ...]
    limit_min: float | None  # None: no time is stated
    minutes: Minutes | None = None  # (t,) NaN where there is no way; None: no times
    met: Minutes | None = None  # (t,) 0 to 1; None: whether the minutes are within the limit
    uses: Uses = NOTHING
    rivals: tuple[Outcome, ...] = ()
    shown: Outcome | None = None  # of which map and worst places are made; None: of this one
    missing: tuple[Spot, ...] = ()  # places that are not located
    reason: Words | None = None  # why there is no verdict, or nothing that could be measured
    verdict: Verdict | None = None  # None: by the shares
    details: tuple[dict[str, Any], ...] = ()


def outcome(  # noqa: PLR0913  (a reading has so many sides)
    name: str,
    words: Words,
    found: Field,
    *,
    limit_min: float | None,
    modes: Iterable[Mode],
    rivals: tuple[Outcome, ...] = (),
) -> Outcome:
    """Return the outcome of one field of times; parameters as in `Outcome`."""
    return Outcome(
        name=name,
        words=words,
        modes=tuple(modes),
        limit_min=limit_min,
        minutes=found.minutes,
        uses=found.uses,
        rivals=rivals,
    )


def nothing(name: str, promise: Promise, reason: Words, **more: Any) -> Outcome:  # noqa: ANN401
    """Return an outcome without times: why there is none, and more parts of `Outcome`."""
    return Outcome(
        name=name,
        words=Words("按规划原文", "as the plan states it"),
        modes=promise.modes,
        limit_min=promise.threshold_min,
        reason=reason,
        verdict=Verdict.NOT_CHECKABLE,
        **more,
    )


def no_time(promise: Promise) -> Words | None:
    """Say that no time is stated, if so."""
    if promise.threshold_min is not None:
        return None
    return Words("规划没有写明时间", "the plan states no time")
