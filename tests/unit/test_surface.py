"""Times at points of the ground of the toy network: by hand, and through every entry."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.toy import network as toy
from tzkc_geo.network.build import Network, network
from tzkc_geo.network.search import UNREACHED, search
from tzkc_geo.network.snap import snap
from tzkc_geo.network.surface import targets, times

TOY = toy.catalog()
ALL = 100  # more than there are entries
MODES = (("walk",), ("walk", "rail"), ("walk", "road", "rail"), ("bike",), ("road", "rail"))
SPOTS = st.tuples(st.floats(-2000.0, 6000.0), st.floats(-500.0, 8000.0))


def seconds(
    own: Network, origin: tuple[float, float], ends: list[tuple[float, float]], nearest: int = ALL
) -> NDArray[np.float32]:
    """Return the times from one position to others."""
    start = toy.plane([origin])[0]
    seeds = snap(own, *start.tolist())
    found = search(own.graph, [(seeds.nodes, seeds.costs)])
    places = targets(own, toy.plane(ends), nearest=nearest)
    return times(places, found.time[0], own, start=start)


@pytest.mark.parametrize(
    ("modes", "origin", "end", "answer"),
    [
        (("walk",), (0, 1400), (2000, 6300), 4140.0),
        (("road",), (0, 1400), (2000, 6300), 690.0),
        (("road",), (4000, 1400), (4000, 6300), 445.0),
        (("road",), (4000, 6300), (4000, 1400), 890.0),
        (("walk", "rail"), (0, 1400), (0, 3500), 960.0),
        (("walk",), (2000, 1100), (1700, 1800), 780.0),
        (("walk",), (2300, 4900), (2300, 5100), 909.1),
        (("walk",), (0, 1400), (300, 1000), 450.0),  # straight: 500 m
    ],
)
def test_the_answers_by_hand(
    modes: tuple[str, ...], origin: tuple[int, int], end: tuple[int, int], answer: float
) -> None:
    found = seconds(network(TOY, modes=modes), origin, [end])
    assert found[0] == pytest.approx(answer, abs=0.2)


def test_water_and_what_is_far_or_behind_a_barrier_are_not_reached() -> None:
    walk = network(TOY, modes=["walk"])
    ends = [(2000.0, 1600.0), (0.0, 1560.0), (0.0, -200.0), (-5200.0, 1400.0), (-4000.0, 5100.0)]
    found = seconds(walk, (0.0, 1400.0), ends)
    assert np.isnan(found).tolist() == [True, True, True, True, True]
    places = targets(walk, toy.plane(ends))
    assert places.dry.tolist() == [False, False, True, True, True]
    assert np.isnan(places.snap_m).all()


def test_the_snap_distance_is_that_of_the_nearest_entry_in_sight() -> None:
    walk = network(TOY, modes=["walk"])
    spots = toy.plane([(0.0, 1000.0), (1900.0, 1720.0)])
    found = targets(walk, spots, nearest=1).snap_m
    assert found.tolist() == pytest.approx([400.0, np.hypot(100.0, 80.0)], abs=0.1)


def test_no_points_and_no_entries_give_no_times() -> None:
    walk = network(TOY, modes=["walk"])
    assert targets(walk, np.empty((0, 2))).xy.shape == (0, 2)
    rows = replace(TOY.transport, links=(), services=())
    bare = network(replace(TOY, transport=rows, stations=()))
    places = targets(bare, toy.plane([(0.0, 1400.0)]))
    assert np.isnan(places.snap_m).all()
    clock = np.full(len(bare.graph.xy), UNREACHED, dtype=np.int32)
    assert np.isnan(times(places, clock, bare)).all()


@given(st.sampled_from(MODES), SPOTS, st.lists(SPOTS, min_size=1, max_size=4))
def test_all_entries_give_what_looking_at_each_gives(
    modes: tuple[str, ...], origin: tuple[float, float], ends: list[tuple[float, float]]
) -> None:
    own = network(TOY, modes=modes)
    start, spots = toy.plane([origin])[0], toy.plane(ends)
    seeds = snap(own, *start.tolist())
    clock = search(own.graph, [(seeds.nodes, seeds.costs)]).time[0]
    found = times(targets(own, spots, nearest=ALL), clock, own)
    known = np.where(clock == UNREACHED, np.inf, clock)
    for (x, y), time in zip(spots.tolist(), found.tolist(), strict=True):
        goals = snap(own, x, y)
        expected = np.min(known[goals.nodes] + goals.costs, initial=np.inf) / 10.0
        assert (np.isnan(time) and np.isinf(expected)) or abs(time - expected) <= 0.1


@given(st.sampled_from(MODES), SPOTS, st.lists(SPOTS, min_size=1, max_size=4))
def test_fewer_entries_are_never_faster_and_little_slower(
    modes: tuple[str, ...], origin: tuple[float, float], ends: list[tuple[float, float]]
) -> None:
    own = network(TOY, modes=modes)
    every, few = seconds(own, origin, ends), seconds(own, origin, ends, nearest=8)
    assert (np.isnan(every) == np.isnan(few)).all()
    reached = ~np.isnan(every)
    assert (few[reached] >= every[reached]).all()
    assert (few[reached] <= 1.1 * every[reached] + 60.0).all()
