"""What stands against an adjustment, before it is tried."""

import numpy as np
import pytest

from tests.toy import lines as toy
from tzkc_geo.adjust import Finding, Problem, check
from tzkc_geo.model import Certainty, ObservationKind, Side

CONTROL = [
    toy.on_line("west", 0, 500),
    toy.on_line("middle", 1000, 500),
    toy.on_line("east", 2000, 500),
    toy.on_line("south", 1000, 0),
    toy.on_line("north", 1000, 1000),
]


def found(world: Problem) -> list[tuple[str, str]]:
    return [(f.unit_id, f.what) for f in check(world)]


def test_nothing_stands_against_a_world_that_is_observed_all_round() -> None:
    assert check(toy.problem(CONTROL)) == ()


def test_an_unobserved_side_is_named_for_both_neighbours() -> None:
    rest = [o for o in CONTROL if o.line_id != "middle"]
    findings = check(toy.problem(rest))
    assert found(toy.problem(rest)) == [("u1", "unobserved_side"), ("u2", "unobserved_side")]
    assert {f.text for f in findings} == {"middle路 (middle): no control point"}


@pytest.mark.parametrize("kind", ["bearing", "area"])
def test_a_bearing_or_an_area_observes_no_side(kind: str) -> None:
    rest = [o for o in CONTROL if o.line_id != "west"]
    line_id, unit_id = ("west", None) if kind == "bearing" else (None, "u1")
    row = toy.observation(ObservationKind(kind), "row", line_id=line_id, unit_id=unit_id, value=1.0)
    assert found(toy.problem([*rest, row])) == [("u1", "unobserved_side")]


def test_a_point_that_is_set_aside_observes_nothing() -> None:
    rows = [toy.unused(o) if o.line_id == "east" else o for o in CONTROL]
    assert found(toy.problem(rows)) == [("u2", "unobserved_side")]


def test_a_step_that_a_reading_adds_is_no_side_of_its_own() -> None:
    rest = [o for o in CONTROL if o.line_id != "middle"]
    rows = [
        toy.clause("u1", side, name, certainty=certainty)
        for side, name, certainty in zip(
            Side, toy.UNITS["u1"], [Certainty.INFERRED] + [Certainty.STATED] * 3, strict=True
        )
    ]
    assert found(toy.problem(rest, rows=rows, readings=[toy.reading("u1")])) == [
        ("u1", "implied_step")
    ]


def test_a_ring_that_does_not_close_is_found_and_the_others_still_tested() -> None:
    rows = [
        toy.clause("u1", side, name)
        for side, name in zip(Side, ("middle", "west", "south", "north"), strict=True)
    ]
    world = toy.problem(CONTROL, rows=[*rows, *toy.clauses(["u2"])])
    assert found(world) == [("u1", "open_ring")]
    (finding,) = check(world)
    assert isinstance(finding, Finding)
    assert "'middle' and 'west'" in finding.text


@pytest.mark.parametrize(("degrees", "weak"), [(24.0, 2), (26.0, 0)])
def test_lines_that_meet_below_25_degrees_make_weak_corners(degrees: float, weak: int) -> None:
    slope = 1.0 / np.tan(np.radians(degrees))  # from the west and the middle line, which run north
    north = toy.line("north", (-50.0, 200.0 - 50.0 * slope), (1050.0, 200.0 + 1050.0 * slope))
    rest = [row for row in toy.lines() if row.line_id != "north"]
    world = toy.problem(
        CONTROL, shapes=[*rest, north], rows=toy.clauses(["u1"]), readings=[toy.reading("u1")]
    )
    assert found(world) == [("u1", "weak_corner")] * weak
    pairs = ["north and middle", "west and north"]
    assert [f.text for f in check(world)] == [f"{p} meet at 24 degrees" for p in pairs[:weak]]
