"""Readings and priors compared in the toy world, where trials fail on purpose."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.toy import lines as toy
from tzkc_geo.adjust import Options, Problem, solve
from tzkc_geo.catalog import Tables
from tzkc_geo.compare import DRAWS, summary
from tzkc_geo.left_out import left_out, without_area
from tzkc_geo.model import Side, UnitKind

RIVALS = [
    toy.clause("u1", side, name, reading_id="u1-b")
    for side, name in zip(Side, ("middle", "west", "south", "north"), strict=True)
]
ROWS = [*toy.clauses(), *RIVALS]
READINGS = [
    toy.reading("u1"),
    toy.reading("u1", reading_id="u1-b", chosen=False),  # parallel neighbours: no ring
    toy.reading("u1", reading_id="u1-a", chosen=False),  # the chosen one again, as its own rival
    toy.reading("u2"),
]
AREAS = [toy.area("u1", 1.02), toy.area("u2", 1.01)]


def tables(real: Tables) -> Tables:
    rows = [u for u in real.units if u.kind is UnitKind.CLUSTER][:2]
    units = [
        replace(row, unit_id=unit_id, reported_area_km2=km2)
        for row, unit_id, km2 in zip(rows, ("u1", "u2"), ("1.02", "1.01"), strict=True)
    ]
    return replace(real, units=tuple(units), clauses=tuple(ROWS))


def compared(real: Tables, world: Problem) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    result = solve(world)
    left = left_out(world, result, progress=said.append)
    return summary(tables(real), world, result, left, progress=said.append), said


@pytest.fixture(scope="module")
def content(real_tables: Tables) -> dict[str, Any]:
    return compared(real_tables, toy.problem(AREAS, rows=ROWS, readings=READINGS))[0]


def test_every_reading_is_compared_and_a_failure_says_why(content: dict[str, Any]) -> None:
    rows = content["readings"]
    assert [(r["unit_id"], r["chosen"]) for r in rows] == [
        *(("u1", True), ("u1", False), ("u1", False), ("u2", True)),
    ]
    parallel = rows[1]
    assert "'middle' and 'west'" in parallel["failure"]
    assert parallel["area_km2"] is parallel["area_sigma_km2"] is None
    assert parallel["difference_km2"] is None
    for row in (rows[0], rows[2], rows[3]):
        assert row["failure"] == ""
        assert row["difference_km2"] == row["area_km2"] - float(row["reported_area_km2"])


def test_the_rival_that_says_the_same_gives_the_same_area(content: dict[str, Any]) -> None:
    chosen, _, same, _ = content["readings"]
    assert same["area_km2"] == pytest.approx(chosen["area_km2"], abs=1e-6)
    assert same["area_sigma_km2"] == pytest.approx(chosen["area_sigma_km2"], rel=1e-3)


def test_every_line_and_observation_is_told(content: dict[str, Any]) -> None:
    assert [row["line_id"] for row in content["lines"]] == sorted(toy.SHAPES)
    assert [row["id"] for row in content["observations"]] == ["u1-area", "u2-area"]
    assert {f["what"] for f in content["findings"]} == {"unobserved_side"}
    assert (content["rank"], content["unknowns"]) == (10, 10)


def test_areas_hold_and_outlines_wander_where_only_areas_are_known(
    content: dict[str, Any],
) -> None:
    for row in content["prior_sensitivity"]:
        assert len(row["outline_m"]) == 2 + DRAWS
        assert max(abs(change) for change in row["area_km2"].values()) < 0.003
        assert max(row["outline_m"].values()) > 20.0


def test_priors_as_wide_as_the_world_leave_no_redraw_with_a_ring(real_tables: Tables) -> None:
    wide = [toy.prior(name, offset=1e9) for name in toy.SHAPES]
    points = [
        toy.on_line(name, *np.mean(points, axis=0).tolist(), sigma=1.0)
        for name, points in toy.SHAPES.items()
    ]
    world = toy.problem([*points, *map(toy.unused, AREAS)], priors=wide)
    rows = compared(real_tables, world)[0]["prior_sensitivity"]
    for row in rows:
        redraws = {k: v for k, v in row["outline_m"].items() if k.startswith("redraw")}
        assert redraws == dict.fromkeys(redraws)
        assert len(redraws) == DRAWS
        assert row["stable"]  # the two trials that gave rings moved nothing


def test_progress_names_each_trial_once(real_tables: Tables) -> None:
    _, said = compared(real_tables, toy.problem(AREAS))
    assert len(said) == len(set(said)) == 2 + 2 + DRAWS


def test_an_area_that_was_set_aside_is_its_own_leave_one_out() -> None:
    world = toy.problem([toy.unused(AREAS[0]), AREAS[1]])
    result = solve(world)
    said: list[str] = []
    found = left_out(world, result, progress=said.append)
    assert found["u1"].area_km2 == result.areas["u1"].area_km2
    assert said == ["u2 without its own area"]


def test_leaving_out_is_solving_without_the_row() -> None:
    world = toy.problem([*AREAS, toy.on_line("west", -40.0, 500.0)])
    found = left_out(world, solve(world))
    for unit_id in ("u1", "u2"):
        rest = solve(without_area(world, unit_id)).areas[unit_id]
        assert found[unit_id].area_km2 == pytest.approx(rest.area_km2, abs=1e-6)
        assert found[unit_id].sigma_km2 == pytest.approx(rest.sigma_km2, rel=1e-4)


def test_where_the_rest_gives_no_ring_the_linear_value_stands() -> None:
    """Without its area the west side would follow a point 500 m beyond the middle line."""
    rows = [toy.area("u1", 1.0, sigma=1e-5), toy.on_line("west", 1500.0, 500.0)]
    held = [toy.prior(name, offset=0.001) for name in toy.SHAPES if name != "west"]
    world = toy.problem(
        rows, priors=held, options=Options(halvings=1), readings=[toy.reading("u1")]
    )
    result = solve(world)
    area = result.areas["u1"]
    assert left_out(world, result)["u1"].area_km2 == area.leave_one_out_km2
