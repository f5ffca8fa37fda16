"""The solution is that of an independent least-squares solver."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from tests.toy import lines as toy
from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.adjust.rows import observation_row, prior_rows, state_at

FREE = [toy.prior(name, offset=80.0, rotation=30.0) for name in toy.SHAPES]
ROWS = [
    toy.on_line("west", 30.0, 200.0),
    toy.on_line("west", 10.0, 900.0, sigma=20.0),
    toy.on_line("middle", 1020.0, 500.0, sigma=15.0),
    toy.on_line("north", 300.0, 985.0),
    toy.on_line("south", 1800.0, -25.0),
    toy.area("u1", 0.98, sigma=0.01),
    toy.area("u2", 1.05, sigma=0.01),
]


def test_values_and_covariance_equal_scipy() -> None:
    world = toy.problem(ROWS, priors=FREE)

    def misfit(x: np.ndarray) -> np.ndarray:
        state = state_at(world, x)
        rows = [*prior_rows(world, x), *(observation_row(world, state, o) for o in ROWS)]
        return np.array([(r.computed - r.value) / r.sigma for r in rows])

    start = np.zeros(2 * len(world.lines))
    peer = least_squares(
        misfit, start, jac="3-point", x_scale=10.0, xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    ours = solve(world)
    assert ours.x == pytest.approx(peer.x, abs=2e-3)
    covariance = np.linalg.inv(peer.jac.T @ peer.jac)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(
        np.sqrt(np.diag(covariance)), rel=0.01
    )


def test_the_shipped_solution_is_a_minimum(
    real_problem: Problem, real_adjustment: Adjustment
) -> None:
    """No small random move of the lines makes the weighted sum of squares smaller."""

    def cost(x: np.ndarray) -> float:
        state = state_at(real_problem, x)
        used = [o for o in real_problem.observations if o.used]
        rows = [
            *prior_rows(real_problem, x),
            *(observation_row(real_problem, state, o) for o in used),
        ]
        return float(sum(((r.computed - r.value) / r.sigma) ** 2 for r in rows))

    rng = np.random.default_rng(3)
    best = cost(real_adjustment.x)
    sigma = np.sqrt(np.diag(real_adjustment.covariance))
    for _ in range(20):
        assert cost(real_adjustment.x + 0.1 * sigma * rng.normal(size=len(sigma))) > best
