"""Redundancy, w-test, detectable errors, leave-one-out and sigma per vertex."""

from dataclasses import replace

import numpy as np
import pytest

from tests.toy import lines as toy
from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.adjust.rows import observation_row, prior_rows, state_at
from tzkc_geo.left_out import left_out, without_area
from tzkc_geo.model import Grade, ObservationKind

FREE = [toy.prior(name, offset=100.0, rotation=30.0) for name in toy.SHAPES]
POINTS = [
    toy.on_line("west", 3.0, 100.0),
    toy.on_line("west", -4.0, 500.0),
    toy.on_line("west", 2.0, 900.0),
    toy.on_line("middle", 1005.0, 200.0),
    toy.on_line("middle", 998.0, 800.0),
    toy.on_line("east", 2003.0, 500.0),
    toy.on_line("south", 500.0, -6.0),
    toy.on_line("south", 1500.0, 2.0),
    toy.on_line("north", 700.0, 1003.0),
]


def test_redundancies_sum_to_rows_less_unknowns() -> None:
    world = toy.problem([*POINTS, toy.area("u1", 1.002, sigma=0.01)], priors=FREE)
    result = solve(world)
    observed = sum(o.redundancy for o in result.observations)
    rows = prior_rows(world, result.x)
    of_priors = sum(
        1.0 - float(r.derivatives @ result.covariance @ r.derivatives) / r.sigma**2 for r in rows
    )
    assert observed + of_priors == pytest.approx(len(POINTS) + 1, abs=1e-9)  # priors = unknowns


@pytest.mark.parametrize("wrong", range(3))
def test_a_blunder_is_found_where_it_is(wrong: int) -> None:
    blunder = replace(toy.on_line("west", 90.0, (100.0, 500.0, 900.0)[wrong]), observation_id="bad")
    points = [p for k, p in enumerate(POINTS) if k != wrong] + [blunder]
    result = solve(toy.problem(points, priors=FREE))
    worst = max(result.observations, key=lambda o: abs(o.w or 0.0))
    assert worst.observation_id == "bad"
    assert abs(worst.w or 0.0) > 3.29


def test_the_smallest_detectable_error_shifts_w_by_delta_zero() -> None:
    """An error of that size in one value moves its w by 4.13: the definition, taken literally."""
    plain = solve(toy.problem(POINTS, priors=FREE))
    first = plain.observations[6]
    assert first.detectable is not None
    changed = [replace(p, lat=p.lat) for p in POINTS]
    changed[6] = toy.on_line("south", 500.0, -6.0 - first.detectable)
    again = solve(toy.problem(changed, priors=FREE)).observations[6]
    assert abs((again.w or 0.0) - (first.w or 0.0)) == pytest.approx(4.13, rel=1e-2)


def test_leave_one_out_by_linear_update_equals_solving_again() -> None:
    world = toy.problem([*POINTS, toy.area("u1", 1.004, sigma=0.004)], priors=FREE)
    linear = solve(world).areas["u1"]
    again = solve(without_area(world, "u1")).areas["u1"]
    assert linear.leave_one_out_km2 == pytest.approx(again.area_km2, abs=2e-5)
    assert linear.leave_one_out_sigma_km2 == pytest.approx(again.sigma_km2, rel=2e-3)


def test_leave_one_out_on_the_shipped_areas(
    real_problem: Problem, real_adjustment: Adjustment
) -> None:
    """Where rings stay rings of straight sides, the linear update is near the truth.

    c09 has a meandering side: there only solving again tells the truth, and is what is shown.
    """
    exact = left_out(real_problem, real_adjustment)
    assert set(exact) == set(real_adjustment.areas)
    for unit_id, area in real_adjustment.areas.items():
        assert exact[unit_id].area_km2 is not None
        if unit_id == "c09":
            continue
        sigma = area.leave_one_out_sigma_km2 or 0.0
        assert area.leave_one_out_km2 == pytest.approx(exact[unit_id].area_km2, abs=0.05 * sigma)
        assert sigma == pytest.approx(exact[unit_id].sigma_km2, rel=0.10)


def test_a_side_that_only_its_area_places_leaves_no_check() -> None:
    held = [toy.prior(name, offset=0.01) for name in toy.SHAPES if name != "west"]
    loose = toy.prior("west", offset=1e5)
    result = solve(toy.problem([toy.area("u1", 1.02)], priors=[*held, loose]))
    assert result.areas["u1"].redundancy == pytest.approx(0.0, abs=1e-6)
    assert result.areas["u1"].area_km2 == pytest.approx(1.02, abs=1e-6)


def test_sigma_grows_where_a_line_is_prolonged() -> None:
    west = toy.line("west", (0, -200), (0, 450), (0, 500), (0, 800), (0, 1200))
    rest = [row for row in toy.lines() if row.line_id != "west"]
    points = [toy.on_line("west", 0.0, 400.0), toy.on_line("west", 0.0, 600.0)]
    line = solve(toy.problem(points, shapes=[west, *rest], priors=FREE)).lines["west"]
    y = toy.local(line.points)[:, 1]
    assert np.max(line.sigma_m) > 2 * np.min(line.sigma_m)
    order = np.argsort(np.abs(y - 500.0))
    assert np.all(np.diff(line.sigma_m[order]) >= -1e-9)


def test_sigma_of_a_vertex_by_hand() -> None:
    """One line, two points 200 m apart with 10 m each: the textbook line through two points."""
    free = [toy.prior(n, offset=1e5, rotation=1e5) for n in toy.SHAPES]
    fixed = [toy.prior(n, offset=0.01) for n in toy.SHAPES if n != "west"]
    world = toy.problem(
        [toy.on_line("west", 0.0, 400.0), toy.on_line("west", 0.0, 600.0)],
        priors=[free[0], *fixed],
    )
    line = solve(world).lines["west"]
    for y, sigma in zip(toy.local(line.points)[:, 1], line.sigma_m, strict=True):
        by_hand = 10 / np.sqrt(2) * np.hypot(1.0, (y - 500.0) / 100.0)
        assert sigma == pytest.approx(by_hand, rel=1e-3)


def test_a_line_without_evidence_has_a_sigma_and_no_accuracy() -> None:
    result = solve(toy.problem(POINTS[:3], priors=FREE))
    east = result.lines["east"]
    assert east.grade is Grade.SCHEMATIC
    assert east.accuracy_m is None
    assert np.all(east.sigma_m > 0)
    west = result.lines["west"]
    assert west.accuracy_m == pytest.approx(1.96 * np.max(west.sigma_m))


def test_sigma_of_an_area_equals_monte_carlo() -> None:
    """Draw the unknowns from their covariance, measure the areas, compare the spread."""
    world = toy.problem(POINTS, priors=FREE)
    asked = toy.problem([*POINTS, toy.unused(toy.area("u1", 1.0))], priors=FREE)
    sigma = solve(asked).areas["u1"].sigma_km2
    result = solve(world)
    rng = np.random.default_rng(7)
    draws = rng.multivariate_normal(result.x, result.covariance, size=2000)
    row = next(o for o in asked.observations if o.kind is ObservationKind.AREA)
    areas = [observation_row(asked, state_at(asked, x), row).computed for x in draws]
    error = sigma / np.sqrt(2 * len(draws))
    assert np.std(areas) == pytest.approx(sigma, abs=4 * error)
