"""What the adjustment says of itself: redundancy, residuals, sigma0 and its chi-square test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNITS: Final = {"on_line": "m", "bearing": "deg", "distance": "m", "area": "km2", "length": "m"}
COPIED: Final = ("id", "kind", "used", "value", "sigma", "residual", "redundancy", "w")
TAIL: Final = 0.025  # on either side of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """How one observation fits."""

    id: str
    kind: str
    unit: str  # of value, sigma and residual: m, deg or km2
    used: bool
    value: float
    sigma: float  # one standard deviation, before the adjustment
    residual: float  # value less what the adjusted lines give
    redundancy: float
    w: float | None  # None: nothing else checks it


@dataclass(frozen=True, slots=True, kw_only=True)
class KindStatistics:
    """The observations of one kind that were used, and those of them that fit worst."""

    kind: str
    unit: str  # of the residual: m, deg or km2
    used: int
    left_out: int
    redundancy: float  # sum of their redundancy numbers
    largest_residual: float  # with its sign
    residual_of: str  # observation id
    largest_w: float | None  # with its sign; None: no observation of the kind has one
    w_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentStatistics:
    """The adjustment as a whole (平差统计)."""

    observations: int  # that were used
    unknowns: int
    rank: int
    active_constraints: int
    degrees_of_freedom: int
    redundancy: float  # sum of the redundancy numbers of the observations that were used
    sigma0: float  # of unit weight, after the adjustment; 1 before it
    chi_square: float  # sigma0 squared, times the degrees of freedom
    chi_square_95: tuple[float, float]
    verdict: str  # within | below | above
    kinds: tuple[KindStatistics, ...]
    residuals: tuple[Residual, ...]  # of all observations, those that were not used too


def adjustment_statistics(adjustment: Mapping[str, Any]) -> AdjustmentStatistics | None:
    """Return redundancy, residuals and the global test of the adjustment (平差统计).

    Parameters
    ----------
    adjustment
        The object that ``tzkc adjust --json`` prints.

    Returns
    -------
    AdjustmentStatistics or None
        None where there was no adjustment.

    Notes
    -----
    Every line has two unknowns and two priors, so that the degrees of freedom are the rows
    (priors, used observations, active constraints) less the unknowns, at least 1. Where the
    stated standard deviations are right, ``sigma0**2 * freedom`` is chi-square distributed
    (Baarda's global test): below its 95 % interval they are too large, above it too small.
    """
    if "observations" not in adjustment:
        return None
    from scipy.special import chdtri

    rows = adjustment["observations"]
    used, active = sum(o["used"] for o in rows), len(adjustment["active_constraints"])
    priors = 2 * len(adjustment["lines"])
    freedom = max(priors + used + active - adjustment["unknowns"], 1)
    value = adjustment["sigma0"] ** 2 * freedom
    low, high = float(chdtri(freedom, 1.0 - TAIL)), float(chdtri(freedom, TAIL))
    return AdjustmentStatistics(
        observations=used,
        unknowns=adjustment["unknowns"],
        rank=adjustment["rank"],
        active_constraints=active,
        degrees_of_freedom=freedom,
        redundancy=sum(o["redundancy"] for o in rows if o["used"]),
        sigma0=adjustment["sigma0"],
        chi_square=value,
        chi_square_95=(low, high),
        verdict="below" if value < low else "above" if value > high else "within",
        kinds=tuple(_kinds(rows)),
        residuals=tuple(
            Residual(unit=UNITS[row["kind"]], **{name: row[name] for name in COPIED})
            for row in rows
        ),
    )


def _kinds(rows: Iterable[Mapping[str, Any]]) -> Iterable[KindStatistics]:
    """Yield the statistics of every kind of which an observation was used, in their order."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    for kind, members in by_kind.items():
        used = [o for o in members if o["used"]]
        if not used:
            continue
        worst = max(used, key=lambda o: abs(o["residual"]))
        tested = [o for o in used if o["w"] is not None]
        suspect = max(tested, key=lambda o: abs(o["w"]), default=None)
        yield KindStatistics(
            kind=kind,
            unit=UNITS[kind],
            used=len(used),
            left_out=len(members) - len(used),
            redundancy=sum(o["redundancy"] for o in used),
            largest_residual=worst["residual"],
            residual_of=worst["id"],
            largest_w=None if suspect is None else suspect["w"],
            w_of=None if suspect is None else suspect["id"],
        )
