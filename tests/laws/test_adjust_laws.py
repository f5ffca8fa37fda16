"""Laws of derivation and adjustment: what may not depend on how lines are written down."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import lines as toy
from tzkc_geo import crs
from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.derive import ring_of
from tzkc_geo.model import Observation

NAMES = sorted(toy.SHAPES)
SHIFTS = st.floats(-150.0, 150.0)
ROWS = [
    toy.on_line("west", 12.0, 300.0),
    toy.on_line("north", 500.0, 990.0),
    toy.area("u2", 1.03, sigma=0.01),
]


def outlines(result: Adjustment) -> dict[tuple[str, int], shapely.Polygon]:
    """Return the polygons of all rings."""
    return {key: shapely.Polygon(ring.points) for key, ring in result.rings.items()}


@given(st.sets(st.sampled_from(NAMES)))
def test_the_direction_of_a_line_changes_nothing(flip: set[str]) -> None:
    plain = outlines(solve(toy.problem(ROWS)))
    other = outlines(solve(toy.problem(ROWS, shapes=toy.lines(flip=flip))))
    for key, polygon in plain.items():
        assert polygon.symmetric_difference(other[key]).area < 0.1  # m2 of one million


@given(SHIFTS, SHIFTS)
def test_moving_all_lines_moves_the_outline(east: float, north: float) -> None:
    world = toy.problem()
    lines = world.prolonged(world.base)
    shifted = {name: points + np.array([east, north]) for name, points in lines.items()}
    for walk in world.walks:
        ring = ring_of(walk, lines)
        moved = ring_of(replace(walk, seed=walk.seed + np.array([east, north])), shifted)
        assert moved.points == pytest.approx(ring.points + np.array([east, north]), abs=1e-6)


@given(st.permutations(ROWS))
def test_the_order_of_observations_changes_nothing(rows: list[Observation]) -> None:
    plain, other = solve(toy.problem(ROWS)), solve(toy.problem(rows))
    assert other.x == pytest.approx(plain.x, abs=1e-6)


@given(st.floats(1.5, 20.0))
def test_a_worse_observation_never_makes_a_line_better_known(factor: float) -> None:
    worse = [replace(o, sigma=o.sigma * factor) for o in ROWS]
    good, poor = solve(toy.problem(ROWS)), solve(toy.problem(worse))
    for name in NAMES:
        assert np.all(poor.lines[name].sigma_m >= good.lines[name].sigma_m - 1e-9)


@pytest.mark.parametrize(("first", "second", "line"), [("c01", "c04", "市"), ("c11", "c12", "内")])
def test_neighbours_share_their_vertices_to_the_last_bit(
    real_adjustment: Adjustment, real_problem: Problem, first: str, second: str, line: str
) -> None:
    a, b = (
        {
            tuple(p)
            for (unit, _), ring in real_adjustment.rings.items()
            if unit == u
            for p in ring.points
        }
        for u in (first, second)
    )
    shared = a & b
    assert len(shared) >= 2
    ends = np.array(sorted(shared))
    lonlat = crs.to_geographic(ends)
    assert len({tuple(p) for p in lonlat}) == len(shared)
    assert any(row.name_zh.startswith(line) for row in real_problem.lines.values())
    polygons = [shapely.Polygon(real_adjustment.rings[u, 1].points) for u in (first, second)]
    assert polygons[0].intersection(polygons[1]).area < 1e-6
