"""Barriers: what meets them, and what lies in the water."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.network import RAILWAY, RIVER, barrier, degrees, plane, transport
from tzkc_geo.network.barriers import Barriers, barriers_of
from tzkc_geo.transport import BarrierKind

TOY = barriers_of(transport().barriers)
METRES = st.integers(-20, 80).map(lambda k: 100.0 * k)  # on the lines, on ends, beside them


def blocked(barriers: Barriers, *metres: tuple[float, float]) -> bool:
    (x0, y0), (x1, y1) = plane(metres).tolist()
    return bool(barriers.blocked(x0, y0, x1, y1)[0])


@pytest.mark.parametrize(
    ("metres", "answer"),
    [
        (((0, 1400), (0, 1800)), True),
        (((0, 1400), (9000, 1599)), False),
        (((0, 1400), (0, 1600)), True),  # ends on it
        (((0, 1400), (0, 1599.98)), False),  # ends 2 cm before it
        (((0, 1599.999), (100, 1599.999)), True),  # along it, 1 mm away
        (((0, 1600), (0, 1600)), True),  # stands on it
        (((0, 1700), (0, 1700)), False),
        (((9100, 1400), (9100, 1800)), False),  # round its end
        (((2500, 1400), (2500, 1800)), True),  # through a vertex
        (((0, 4900), (10, 5100)), True),
    ],
)
def test_a_way_that_comes_within_a_centimetre_is_blocked(
    metres: tuple[tuple[float, float], tuple[float, float]], answer: object
) -> None:
    assert blocked(TOY, *metres) is answer


@given(st.lists(st.tuples(METRES, METRES, METRES, METRES), min_size=1, max_size=20))
def test_a_way_over_or_onto_the_level_of_a_barrier_is_blocked(
    ways: list[tuple[float, float, float, float]],
) -> None:
    ends = np.array(ways).reshape(-1, 2, 2)
    x0, y0, x1, y1 = plane(ends.reshape(-1, 2)).reshape(-1, 4).T
    low, high = ends[:, :, 1].min(axis=1), ends[:, :, 1].max(axis=1)
    met = ((low <= 1600) & (high >= 1600)) | ((low <= 5000) & (high >= 5000))
    found = TOY.blocked(x0, y0, x1, y1)
    assert (found == met).all()
    assert (found == TOY.blocked(x1, y1, x0, y0)).all()


def test_the_barriers_that_a_way_meets_are_named_once_each() -> None:
    (x0, y0), (x1, y1) = plane([(2500, 0), (2500, 9000)]).tolist()
    assert [row.barrier_id for row in TOY.met(x0, y0, x1, y1)] == [RIVER, RAILWAY]


def test_a_river_is_wet_to_half_its_width_and_a_railway_is_dry() -> None:
    points = plane([(0, 1551), (0, 1549), (0, 1649), (0, 1651), (0, 5000), (-5001, 1600)])
    assert TOY.wet(*points.T).tolist() == [True, False, True, False, False, False]
    assert TOY.wet(*points[0]).tolist() == [True]


def test_without_barriers_all_is_free_and_dry() -> None:
    none = barriers_of(())
    assert not none.blocked(0.0, 0.0, 1e6, 1e6).any()
    assert none.met(0.0, 0.0, 1e6, 1e6) == ()
    assert not none.wet([0.0], [0.0]).any()
    assert none.blocked([], [], [], []).shape == (0,)


def test_two_rivers_are_both_water() -> None:
    levels = (0, 500)
    two = barriers_of([barrier(f"r{y}", "江", BarrierKind.WATER, y, 20) for y in levels])
    assert two.wet(*plane([(0, y) for y in levels]).T).all()
    assert all(blocked(two, (0, a - 1), (0, b + 1)) for a, b in pairwise((0, *levels)))


def test_no_land_is_left_where_two_stretches_of_a_river_meet_at_an_angle() -> None:
    west = barrier("w", "江", BarrierKind.WATER, 0, 200)
    bend = replace(west, points=degrees([(0, 0), (1000, 0)]))
    north = replace(west, barrier_id="n", points=degrees([(1000, 0), (1000, 900)]))
    both = barriers_of([bend, north])
    outside = plane([(1060, -60), (1090, -90), (-1, 0), (1000, 901)])  # the outer side of the bend
    assert both.wet(*outside.T).tolist() == [True, False, False, False]
    assert not barriers_of([bend]).wet(*outside.T).any()
