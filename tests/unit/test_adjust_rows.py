"""Observation equations: computed values by hand, derivatives by central differences."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.toy import lines as toy
from tzkc_geo.adjust import Problem
from tzkc_geo.adjust.rows import (
    area_km2,
    constraint_margin,
    observation_row,
    prior_rows,
    rings_of,
)
from tzkc_geo.errors import DataError
from tzkc_geo.model import LineKind, Observation, ObservationKind, Side

Floats = NDArray[np.float64]
RIVER = toy.line(
    "south",
    *((-200, 0), (300, 30), (600, -40), (1400, 60), (2200, 0)),
    kind=LineKind.BANK,
)
BENT = [RIVER, *(row for row in toy.lines(flip=("west", "north")) if row.line_id != "south")]
OUTWARD = {"west": (-1.0, 0.0), "middle": (1.0, 0.0), "south": (0.0, -1.0), "north": (0.0, 1.0)}
FLIPS: tuple[tuple[str, ...], ...] = ((), tuple(toy.SHAPES), ("west", "south"), ("middle", "north"))


def gradient(x: Floats, value: Callable[[Floats], float]) -> list[float]:
    steps = 0.01 * np.eye(len(x))
    return [(value(x + step) - value(x - step)) / 0.02 for step in steps]


def at_random(world: Problem, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    x: Floats = rng.normal(0.0, np.tile([40.0, 15.0], len(world.lines)))
    return x


def row(kind: str, **columns: object) -> Observation:
    return toy.observation(ObservationKind(kind), f"toy-{kind}", **columns)  # type: ignore[arg-type]


OBSERVATIONS = {
    "control on a road": toy.on_line("west", 80.0, 300.0),
    "control past the end": toy.on_line("middle", 950.0, 2100.0),
    "control on a river": toy.on_line("south", 450.0, 90.0),
    "control at a bend": toy.on_line("south", 300.0, 400.0),
    "bearing": row("bearing", line_id="north", value=90.0),
    "distance": row("distance", line_id="middle", other_id="east"),
    "distance across": row("distance", line_id="west", other_id="south"),
    "length of a road": row("length", line_id="north", unit_id="u1"),
    "length of a river": row("length", line_id="south", unit_id="u2"),
    "area": toy.area("u1", 1.0),
    "area beside": toy.area("u2", 1.0),
}


@pytest.mark.parametrize("observation", OBSERVATIONS.values(), ids=OBSERVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_derivatives_equal_central_differences(observation: Observation, seed: int) -> None:
    world = toy.problem([observation], shapes=BENT)
    x = at_random(world, seed)

    def computed(y: Floats) -> float:
        return observation_row(world, toy.state(world, y), observation).computed

    exact = observation_row(world, toy.state(world, x), observation).derivatives
    numeric = gradient(x, computed)
    # The scale of the projection is taken as one over a unit: 1 km east changes it by 3e-6.
    assert exact == pytest.approx(numeric, rel=1e-4, abs=1e-5 * max(np.abs(exact)))


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("side", OUTWARD)
def test_moving_a_side_outward_grows_the_area(side: str, flip: tuple[str, ...]) -> None:
    world = toy.problem([toy.area("u1", 1.0)], shapes=toy.lines(flip=flip))
    outward = float(world.frames[side].normal @ OUTWARD[side])
    assert abs(outward) == pytest.approx(1.0, abs=1e-9)
    start = toy.state(world)
    shifted = toy.state(world, toy.moved(world, side, offset_m=outward * 10.0))
    ring, wider = start.rings["u1", 1], shifted.rings["u1", 1]
    assert wider.signed_area_m2 - ring.signed_area_m2 == pytest.approx(-10_000.0, abs=0.01)
    derivatives = observation_row(world, start, world.observations[0]).derivatives
    by_offset = derivatives[world.columns(side)[0]] * outward
    assert by_offset == pytest.approx(0.001 * area_km2(ring), rel=1e-6)  # 1 m by 1 km


@pytest.mark.parametrize("flip", [(), tuple(toy.SHAPES)])
def test_what_one_square_gains_on_the_shared_line_the_other_loses(flip: tuple[str, ...]) -> None:
    world = toy.problem([toy.area("u1", 1.0), toy.area("u2", 1.0)], shapes=toy.lines(flip=flip))
    start = toy.state(world)
    one, two = (observation_row(world, start, o).derivatives for o in world.observations)
    column = world.columns("middle")[0]
    assert one[column] == pytest.approx(-two[column], rel=1e-4)
    assert one[column] != 0


def test_computed_values_are_those_of_the_square() -> None:
    start = toy.state(toy.problem())

    def computed(observation: Observation) -> float:
        world = toy.problem([observation])
        return observation_row(world, start, observation).computed

    assert computed(toy.on_line("west", 30.0, 500.0)) == pytest.approx(-30.0, abs=1e-4)
    assert computed(toy.on_line("west", 3.0, 3004.0)) == pytest.approx(-3.0, abs=1e-4)
    assert computed(toy.on_line("south", 500.0, 30.0)) == pytest.approx(30.0, abs=1e-4)
    assert computed(row("bearing", line_id="south")) == pytest.approx(90.0, abs=1e-6)
    assert computed(row("bearing", line_id="west")) == pytest.approx(0.0, abs=1e-6)
    distance = row("distance", line_id="west", other_id="east")
    assert computed(distance) == pytest.approx(2000.0, abs=1e-4)
    length = row("length", line_id="south", unit_id="u2")
    assert computed(length) == pytest.approx(1000.0, abs=1e-4)
    # EPSG:4549 enlarges by the scale k; areas on the ellipsoid are smaller by its square.
    east_of_meridian_m = toy.ORIGIN[0] + 500.0 - 500_000.0
    k = 1.0 + east_of_meridian_m**2 / (2.0 * 6.37e6**2)
    assert computed(toy.area("u1", 1.0)) == pytest.approx(1.0 / k**2, rel=2e-6)


@pytest.mark.parametrize(("stated", "taken"), [(91.0, 91.0), (271.0, 91.0), (-89.0, 91.0)])
def test_a_line_has_two_bearings_and_the_nearer_counts(stated: float, taken: float) -> None:
    observation = row("bearing", line_id="south", value=stated)
    world = toy.problem([observation])
    assert observation_row(world, toy.state(world), observation).value == pytest.approx(taken)


def test_a_line_has_two_prior_rows() -> None:
    stated = toy.prior("west", offset=30.0, rotation=0.0)
    world = toy.problem(priors=[stated], options=None)
    x = toy.moved(world, "west", offset_m=5.0, turn=2.0)
    rows = {r.row_id: r for r in prior_rows(world, x)}
    assert len(rows) == len(x) == 10
    offset, turn = rows["prior:west:offset"], rows["prior:west:rotation"]
    assert (offset.computed, offset.value, offset.sigma) == (5.0, 0.0, 30.0)
    assert (turn.computed, turn.sigma) == (2.0, 1e-6)  # may not turn
    assert np.flatnonzero(offset.derivatives).tolist() == [world.columns("west")[0]]


def test_a_unit_without_a_ring_is_named() -> None:
    with pytest.raises(DataError, match="unit 'u9' has no ring"):
        rings_of(toy.state(toy.problem()).rings, "u9")


PLACES = {"inside": (80.0, 400.0), "outside": (-70.0, 600.0), "far inside": (520.0, 610.0)}


@pytest.mark.parametrize("spot", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("seed", range(3))
def test_the_margin_of_contains_has_true_derivatives(spot: tuple[float, float], seed: int) -> None:
    fact = toy.constraint("p", unit_id="u1", tolerance_m=20.0)
    world = toy.problem(constraints=[fact], places=[toy.place("p", *spot)], shapes=BENT)
    x = at_random(world, seed)

    def margin(y: Floats) -> float:
        return constraint_margin(world, toy.state(world, y), fact).computed

    exact = constraint_margin(world, toy.state(world, x), fact).derivatives
    assert exact == pytest.approx(gradient(x, margin), abs=1e-5)


@pytest.mark.parametrize("flip", FLIPS)
def test_the_margin_of_contains_is_the_distance_to_the_outline(flip: tuple[str, ...]) -> None:
    spots = {"in": (80.0, 400.0), "out": (-70.0, 600.0), "edge": (0.0, 500.0)}
    facts = [toy.constraint(name, unit_id="u1", tolerance_m=20.0) for name in spots]
    places = [toy.place(name, *xy) for name, xy in spots.items()]
    world = toy.problem(constraints=facts, places=places, shapes=toy.lines(flip=flip))
    rows = [constraint_margin(world, toy.state(world), fact) for fact in facts]
    assert [r.computed for r in rows] == pytest.approx([100.0, -50.0, 20.0], abs=1e-4)
    assert [r.sigma for r in rows] == [10.0] * 3
    outward = float(world.frames["west"].normal @ OUTWARD["west"])
    for fact_row in rows:
        assert fact_row.derivatives[world.columns("west")[0]] * outward == pytest.approx(1.0)


def test_of_two_parts_the_one_that_holds_the_place_counts() -> None:
    rows = [
        toy.clause("u1", side, name, part=part)
        for part, unit_id in enumerate(("u1", "u2"), start=1)
        for side, name in zip(Side, toy.UNITS[unit_id], strict=True)
    ]
    fact = toy.constraint("p", unit_id="u1")
    world = toy.problem(
        constraints=[fact],
        places=[toy.place("p", 1950.0, 500.0)],
        rows=rows,
        readings=[toy.reading("u1", *toy.SEEDS.values())],
    )
    assert constraint_margin(world, toy.state(world), fact).computed == pytest.approx(50, abs=1e-4)


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("side", list(Side))
def test_the_margin_of_side_of_is_positive_on_that_side(side: Side, flip: tuple[str, ...]) -> None:
    line_id = "west" if side in (Side.EAST, Side.WEST) else "south"
    sign = 1.0 if side in (Side.EAST, Side.NORTH) else -1.0
    spot = (sign * 40.0, 500.0) if line_id == "west" else (500.0, sign * 40.0)
    fact = toy.constraint("p", line_id=line_id, side=side, tolerance_m=7.0)
    world = toy.problem(
        constraints=[fact], places=[toy.place("p", *spot)], shapes=toy.lines(flip=flip)
    )
    found = constraint_margin(world, toy.state(world), fact)
    assert found.computed == pytest.approx(47.0, abs=1e-4)
    x = at_random(world, 5)

    def margin(y: Floats) -> float:
        return constraint_margin(world, toy.state(world, y), fact).computed

    exact = constraint_margin(world, toy.state(world, x), fact).derivatives
    assert exact == pytest.approx(gradient(x, margin), abs=1e-5)
