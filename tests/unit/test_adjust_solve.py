"""Every kind of row in a solve whose answer is a weighted mean, known by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.toy import lines as toy
from tzkc_geo.adjust import Adjustment, Options, Problem, solve
from tzkc_geo.errors import CornerError, DerivationError
from tzkc_geo.model import Grade, Observation, ObservationKind, Side

Floats = NDArray[np.float64]


def row(kind: str, value: float, sigma: float, **columns: str) -> Observation:
    kind_ = ObservationKind(kind)
    return toy.observation(kind_, f"toy-{kind}", value=value, sigma=sigma, **columns)  # type: ignore[arg-type]


def middle(result: Adjustment, line_id: str) -> Floats:
    first, *_, last = toy.local(result.lines[line_id].points)
    found: Floats = (first + last) / 2.0
    return found


def share(prior: float, sigma: float) -> float:
    """Return the weight of one observation against a prior."""
    return prior**2 / (prior**2 + sigma**2)


def test_without_observations_nothing_moves() -> None:
    result = solve(toy.problem())
    assert np.all(result.x == 0)
    assert result.sigma0 == 0
    assert (result.rank, result.unknowns, result.iterations) == (10, 10, 1)
    assert set(result.rings) == {("u1", 1), ("u2", 1)}


@pytest.mark.parametrize("flip", [(), tuple(toy.SHAPES)])
def test_a_control_point_draws_its_line(flip: tuple[str, ...]) -> None:
    observation = toy.on_line("south", 1000.0, 30.0, sigma=50.0)
    result = solve(toy.problem([observation], shapes=toy.lines(flip=flip)))
    assert middle(result, "south") == pytest.approx([1000.0, 30 * share(100, 50)], abs=1e-3)
    assert middle(result, "north") == pytest.approx([1000.0, 1000.0], abs=1e-6)
    assert result.lines["south"].sigma_m == pytest.approx(100 * 50 / np.hypot(100, 50), rel=1e-6)


@pytest.mark.parametrize("flip", [(), ("south",)])
def test_a_bearing_turns_its_line(flip: tuple[str, ...]) -> None:
    per_degree = 1000.0 * np.pi / 180.0  # m per km
    turning = toy.prior("south", rotation=10.0)
    world = toy.problem(
        [row("bearing", 89.0, 0.1, line_id="south")],
        shapes=toy.lines(flip=flip),
        priors=[turning],
    )
    result = solve(world)
    turned = result.lines["south"].rotation_m_per_km
    assert turned == pytest.approx(per_degree * share(10, 0.1 * per_degree), abs=1e-3)
    west, east = sorted(toy.local(result.lines["south"].points).tolist())
    assert west[1] < 0 < east[1]  # from 90 to 89 degrees: the east end goes north


def test_a_distance_is_shared_by_two_lines() -> None:
    result = solve(toy.problem([row("distance", 1040.0, 10.0, line_id="west", other_id="middle")]))
    grown = 40 * share(np.hypot(100, 100), 10)
    assert middle(result, "west")[0] == pytest.approx(-grown / 2, abs=1e-3)
    assert middle(result, "middle")[0] == pytest.approx(1000 + grown / 2, abs=1e-3)


def test_a_length_moves_the_ends_of_the_stretch() -> None:
    result = solve(toy.problem([row("length", 1030.0, 50.0, line_id="south", unit_id="u1")]))
    grown = 30 * share(np.hypot(100, 100), 50)
    assert middle(result, "west")[0] == pytest.approx(-grown / 2, abs=1e-3)
    assert middle(result, "middle")[0] == pytest.approx(1000 + grown / 2, abs=1e-3)
    assert middle(result, "south") == pytest.approx([1000, 0], abs=1e-3)


def test_an_area_places_the_side_that_nothing_else_holds() -> None:
    held = [toy.prior(name, offset=0.01) for name in toy.SHAPES if name != "west"]
    plain = solve(toy.problem([toy.unused(toy.area("u1", 1.0))], priors=held))
    now = plain.areas["u1"].area_km2
    result = solve(toy.problem([toy.area("u1", now * 1.05, sigma=0.001)], priors=held))
    # 5 % of 1 km, weighed against the prior of 100 m: 1 m of the side is 0.001 km2
    assert middle(result, "west")[0] == pytest.approx(-50 * share(100, 1.0), rel=1e-3)
    assert result.areas["u1"].area_km2 == pytest.approx(now * (1 + 0.05 * share(100, 1.0)), 1e-6)


def test_two_control_points_with_different_weights_give_the_weighted_mean() -> None:
    far = toy.prior("west", offset=1e6)
    points = [
        toy.on_line("west", 10.0, 500.0, sigma=10.0),
        toy.on_line("west", 40.0, 500.0, sigma=20.0),
    ]
    result = solve(toy.problem(points, priors=[far]))
    assert middle(result, "west")[0] == pytest.approx((10 / 1 + 40 / 4) / (1 + 1 / 4), abs=1e-3)


def test_unused_observations_pull_nothing_and_stay_listed() -> None:
    result = solve(toy.problem([toy.unused(toy.on_line("south", 1000.0, 30.0))]))
    assert np.all(result.x == 0)
    (tested,) = result.observations
    assert (tested.used, tested.reason, tested.redundancy) == (False, "set aside", 1.0)
    assert tested.residual == pytest.approx(-30.0, abs=1e-3)


def constrained(
    *spots: tuple[float, float],
    observations: tuple[Observation, ...] = (),
    tolerance_m: float = 0.0,
    options: Options | None = None,
) -> Problem:
    places = [toy.place(f"p{k}", *xy) for k, xy in enumerate(spots)]
    facts = [toy.constraint(p.place_id, unit_id="u1", tolerance_m=tolerance_m) for p in places]
    return toy.problem(observations, constraints=facts, places=places, options=options)


def test_a_constraint_that_holds_does_nothing() -> None:
    result = solve(constrained((20.0, 500.0)))
    assert result.active == result.violated == ()
    assert np.all(result.x == 0)


@pytest.mark.parametrize("tolerance_m", [0.0, 20.0])
def test_an_active_constraint_is_reported_and_takes_the_accuracy_away(tolerance_m: float) -> None:
    control = toy.on_line("west", 0.0, 500.0, sigma=100.0)
    world = constrained((-50.0, 500.0), observations=(control,), tolerance_m=tolerance_m)
    result = solve(world)
    assert result.active == ("u1-p0",)
    assert result.violated == ()
    sigma = 100 / np.sqrt(2)  # prior and control point
    pull = share(sigma, max(tolerance_m / 2, 1.0))
    assert middle(result, "west")[0] == pytest.approx(-(50 - tolerance_m) * pull, abs=0.01)
    line = result.lines["west"]
    assert line.grade is Grade.LOCATED
    assert np.all(line.sigma_m > 0)
    assert line.accuracy_m is None
    free = solve(toy.problem([control])).lines["west"]
    assert free.accuracy_m == pytest.approx(1.96 * sigma, rel=1e-6)


def test_side_of_pushes_its_line() -> None:
    fact = toy.constraint("p", line_id="east", side=Side.WEST)
    places = [toy.place("p", 2030.0, 500.0)]
    result = solve(toy.problem(constraints=[fact], places=places))
    assert result.active == ("east-p",)
    assert middle(result, "east")[0] == pytest.approx(2000 + 30 * share(100, 1), abs=1e-3)
    assert result.lines["east"].accuracy_m is None


def test_a_constraint_against_firm_evidence_is_violated() -> None:
    control = toy.on_line("west", 0.0, 500.0, sigma=0.1)
    result = solve(constrained((-50.0, 500.0), observations=(control,)))
    assert result.active == result.violated == ("u1-p0",)


def test_a_constraint_that_no_longer_pushes_is_dropped() -> None:
    result = solve(constrained((-50.0, 300.0), (-80.0, 700.0)))
    assert result.active == ("u1-p1",)
    assert middle(result, "west")[0] == pytest.approx(-80 * share(100, 1), abs=1e-3)


def test_what_is_reported_as_active_took_part() -> None:
    result = solve(constrained((-50.0, 500.0), options=Options(constraint_rounds=1)))
    assert result.active == ()  # one round only: found, not yet heeded
    assert result.violated == ("u1-p0",)
    assert np.all(result.x == 0)


def test_parallel_neighbours_are_an_error_that_names_both() -> None:
    rows = [
        toy.clause("u1", side, name)
        for side, name in zip(Side, ("middle", "west", "south", "north"), strict=True)
    ]
    with pytest.raises(CornerError, match="'middle' and 'west'"):
        solve(toy.problem(rows=rows, readings=[toy.reading("u1")]))


def test_a_step_that_turns_a_ring_inside_out_is_halved() -> None:
    control = toy.on_line("west", 1500.0, 500.0, sigma=1.0)
    result = solve(toy.problem([control], options=Options(iterations=1)))
    assert middle(result, "west")[0] == pytest.approx(750.0, abs=0.1)
    assert all(ring.signed_area_m2 < 0 for ring in result.rings.values())


def test_no_possible_step_is_an_error_with_its_reason() -> None:
    control = toy.on_line("west", 1500.0, 500.0, sigma=1.0)
    with pytest.raises(DerivationError, match=r"keeps all rings possible.*'u1'.*inside out"):
        solve(toy.problem([control], options=Options(halvings=1)))


def test_a_step_that_worsens_the_fit_is_halved_until_it_improves() -> None:
    """The line may turn freely; a point far to its left asks for a turn of 171 degrees at once."""
    free = toy.line("free", (-3000, 0), (3000, 0))
    point = toy.on_line("free", 1000.0, 3000.0, sigma=1.0)
    stated = toy.prior("free", offset=0.0, rotation=1e6)
    shapes = [*toy.lines(), free]

    def fit(halvings: int) -> float:
        options = Options(halvings=halvings, iterations=1)
        result = solve(toy.problem([point], shapes=shapes, priors=[stated], options=options))
        return abs(result.observations[0].residual)

    assert fit(1) > 3000.0  # no shorter step was allowed: the longest one is taken
    assert fit(12) < 3000.0


def test_more_steps_than_allowed_are_not_taken() -> None:
    control = toy.on_line("west", 1500.0, 500.0, sigma=1.0)
    assert solve(toy.problem([control], options=Options(iterations=3))).iterations == 3
    assert solve(toy.problem([control], options=Options(iterations=0))).iterations == 0
