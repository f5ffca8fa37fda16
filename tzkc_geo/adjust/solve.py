"""Gauss-Newton on the stacked rows; then covariance, tests and leave-one-out figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.adjust.rows import (
    Row,
    State,
    constraint_margin,
    observation_row,
    prior_rows,
    state_at,
)
from tzkc_geo.adjust.statistics import summarise
from tzkc_geo.errors import DerivationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.adjust.problem import Problem
    from tzkc_geo.adjust.results import Adjustment

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solution:
    """A converged point, its rows and the number of steps."""

    state: State
    rows: tuple[Row, ...]
    active: tuple[str, ...]  # the constraints among the rows
    iterations: int


def solve(problem: Problem, *, start: Floats | None = None) -> Adjustment:
    """Adjust all lines to all used observations and return values with their grounds.

    One-sided facts are added as equalities once they are violated, and dropped again
    when they no longer push (active set).

    Parameters
    ----------
    problem
        Lines, priors, observations and constraints.
    start
        Unknowns to begin with, shape ``(2 * lines,)``; None begins at the approximate lines.

    Raises
    ------
    DerivationError
        A ring is impossible at the start, or no step keeps all rings possible.

    Notes
    -----
    Redundancy, standardised residual and smallest detectable error after Baarda (1968),
    *A testing procedure for use in geodetic networks*.
    """
    x = np.zeros(2 * len(problem.lines)) if start is None else start
    active: tuple[str, ...] = ()
    seen: set[frozenset[str]] = set()
    for _ in range(problem.options.constraint_rounds):
        seen.add(frozenset(active))
        solution = _converge(problem, x, active)
        x = solution.state.x
        wanted = _active_set(problem, solution.state, active)
        if frozenset(wanted) in seen:
            break
        active = wanted
    return summarise(problem, solution.state, solution.rows, solution.active, solution.iterations)


def _active_set(problem: Problem, state: State, active: tuple[str, ...]) -> tuple[str, ...]:
    """Return the constraints that are violated, or that still push outward."""
    margins = {c.constraint_id: constraint_margin(problem, state, c) for c in problem.constraints}
    keep = [name for name in active if margins[name].computed <= 0]
    violated = [n for n, m in margins.items() if m.computed < 0 and n not in keep]
    return tuple(sorted({*keep, *violated}))


def all_rows(problem: Problem, state: State, active: tuple[str, ...]) -> tuple[Row, ...]:
    """Return prior, observation and active-constraint rows at a state."""
    used = [observation_row(problem, state, o) for o in problem.observations if o.used]
    sided = [
        constraint_margin(problem, state, c)
        for c in problem.constraints
        if c.constraint_id in active
    ]
    return (*prior_rows(problem, state.x), *used, *sided)


def _converge(problem: Problem, x: Floats, active: tuple[str, ...]) -> Solution:
    """Iterate with step halving until no line moves more than the stated step."""
    options = problem.options
    state = state_at(problem, x)
    rows = all_rows(problem, state, active)
    taken = 0
    while taken < options.iterations:
        taken += 1
        a, misfit = whitened(rows)
        # Priors make the normal matrix regular. It is small, so that threads of the linear algebra
        # do not wait for each other, which costs lstsq a factor of 30 on a busy machine.
        step = np.asarray(np.linalg.solve(a.T @ a, a.T @ misfit), dtype=np.float64)
        before = state.x
        state, rows = _guarded(problem, Solution(state, rows, active, taken), step)
        # At a kink (a corner that passes a vertex) the full step may stay large for ever: what
        # counts is how far the lines really move.
        if np.max(np.abs(state.x - before)) < options.step_m:
            break
    return Solution(state, rows, active, taken)


def whitened(rows: tuple[Row, ...]) -> tuple[Floats, Floats]:
    """Return the design matrix and the misfit vector, both divided by sigma."""
    sigma = np.array([row.sigma for row in rows])
    a = np.vstack([row.derivatives for row in rows]) / sigma[:, None]
    misfit = np.array([row.value - row.computed for row in rows]) / sigma
    return a, misfit


def _guarded(problem: Problem, here: Solution, step: Floats) -> tuple[State, tuple[Row, ...]]:
    """Take the longest halved step that keeps every ring possible and does not worsen the fit.

    Where each possible step worsens it (an area jumps when a side passes the bend of a river),
    the best place is here: nothing moves.
    """
    before = float(np.sum(whitened(here.rows)[1] ** 2))
    possible = False
    reason: DerivationError | None = None
    for k in range(problem.options.halvings):
        try:
            trial = state_at(problem, here.state.x + step / 2**k)
        except DerivationError as exc:
            reason = exc
            continue
        possible = True
        rows = all_rows(problem, trial, here.active)
        if float(np.sum(whitened(rows)[1] ** 2)) <= before * (1 + 1e-9) + 1e-9:
            return trial, rows
    if not possible:
        msg = f"adjustment: expected a step that keeps all rings possible, got none ({reason})"
        raise DerivationError(msg)
    return here.state, here.rows
