"""Laws of the earliest times: triangles, more edges, first in first out, paths that add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.graphs import Net, edges, nets, timetables
from tzkc_geo.network import loops
from tzkc_geo.network.graph import morton_order
from tzkc_geo.network.search import UNREACHED, Found, search, trace

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from tzkc_geo.network.graph import Graph

DEPARTURES = st.one_of(st.none(), st.integers(0, 3500))


@pytest.fixture(autouse=True, scope="module")
def _plain() -> None:
    """Run the plain loops, whatever was compiled before."""
    loops.compiled.cache_clear()


def one(graph: Graph, *, depart: int | None = None, limit: int | None = None) -> Found:
    return search(graph, [([0], [0])], depart=depart, limit=limit)


def times(net: Net, *, depart: int | None = None) -> list[int]:
    found: list[int] = one(net.graph(), depart=depart).time[0].tolist()
    return found


def cost_at(graph: Graph, edge: int, time: int, depart: int | None) -> int:
    """Return what an edge costs, its train looked up in the list of all trains."""
    row = int(graph.board[edge])
    if depart is None or row < 0:
        return int(graph.cost[edge])
    phase, headway, first, last = graph.boardings[row].tolist()
    trains = [t for t in range(phase % headway, last + 1, headway) if t >= first]
    return min((t - depart - time for t in trains if t >= depart + time), default=UNREACHED)


@given(nets(), DEPARTURES)
def test_time_to_b_is_at_most_time_to_a_and_the_edge(net: Net, depart: int | None) -> None:
    graph = net.graph()
    time = one(graph, depart=depart).time[0].tolist()
    assert time[0] == 0
    for edge, (tail, head) in enumerate(zip(graph.tail, graph.head, strict=True)):
        if time[tail] != UNREACHED:
            assert time[head] <= time[tail] + cost_at(graph, edge, time[tail], depart)


@given(nets(), DEPARTURES)
def test_the_edges_of_a_path_join_and_their_costs_add_up(net: Net, depart: int | None) -> None:
    graph = net.graph()
    found = one(graph, depart=depart)
    for node, time in enumerate(found.time[0].tolist()):
        if time == UNREACHED:
            assert found.before[0, node] == -1
            continue
        at, now = 0, 0
        for edge in trace(graph, found, 0, node).tolist():
            assert graph.tail[edge] == at
            at, now = int(graph.head[edge]), now + cost_at(graph, edge, now, depart)
        assert (at, now) == (node, time)


@given(nets(), DEPARTURES)
def test_of_equal_edges_the_lower_index_is_taken(net: Net, depart: int | None) -> None:
    graph = net.graph()
    found = one(graph, depart=depart)
    time = found.time[0].tolist()
    for node, taken in enumerate(found.before[0].tolist()):
        into: list[int] = np.flatnonzero(graph.head == node).tolist()
        costs = {e: cost_at(graph, e, time[graph.tail[e]], depart) for e in into}
        tight = [e for e in into if time[graph.tail[e]] + costs[e] == time[node] != UNREACHED]
        timely = [e for e in tight if costs[e] > 0]
        if node == 0 or not tight:
            assert taken == -1
        elif timely:
            assert taken == timely[0]
        else:
            assert taken in tight


@given(nets(), DEPARTURES, st.data())
def test_an_edge_more_never_lengthens_and_one_less_never_shortens(
    net: Net, depart: int | None, data: DataObject
) -> None:
    now = times(net, depart=depart)
    more = data.draw(edges(net.nodes, len(net.boardings)))
    wider = times(replace(net, edges=[*net.edges, more]), depart=depart)
    assert all(a <= b for a, b in zip(wider, now, strict=True))
    if net.edges:
        out = data.draw(st.integers(0, len(net.edges) - 1))
        fewer = replace(net, edges=net.edges[:out] + net.edges[out + 1 :])
        assert all(a >= b for a, b in zip(times(fewer, depart=depart), now, strict=True))


@given(nets(), st.integers(0, 3000), st.integers(0, 500))
def test_who_leaves_later_arrives_no_earlier(net: Net, depart: int, delay: int) -> None:
    early, late = times(net, depart=depart), times(net, depart=depart + delay)
    for soon, later in zip(early, late, strict=True):
        assert later == UNREACHED or depart + soon <= depart + delay + later


@given(timetables(), st.integers(0, 4000))
def test_a_wait_is_within_the_headway_and_no_train_is_never(
    timetable: tuple[int, int, int, int], depart: int
) -> None:
    phase, headway, first, last = timetable
    wait = times(Net(2, [(0, 1, 9, 0)], [timetable]), depart=depart)[1]
    start = max(depart, first)
    if wait == UNREACHED:
        assert not any((t - phase) % headway == 0 for t in range(start, last + 1))
    else:
        assert start <= depart + wait <= last
        assert (depart + wait - phase) % headway == 0
        assert 0 <= depart + wait - start < headway


@given(nets(), DEPARTURES, st.integers(-1, 4000))
def test_a_limit_cuts_and_changes_nothing_else(net: Net, depart: int | None, limit: int) -> None:
    graph = net.graph()
    full, cut = one(graph, depart=depart), one(graph, depart=depart, limit=limit)
    held = full.time <= limit
    assert np.array_equal(cut.time, np.where(held, full.time, UNREACHED))
    assert np.all(cut.before[~held] == -1)
    assert np.array_equal(cut.before[held] < 0, full.before[held] < 0)


@given(nets(), DEPARTURES, st.data())
def test_several_seeds_are_the_earliest_of_each_alone(
    net: Net, depart: int | None, data: DataObject
) -> None:
    graph = net.graph()
    seed = st.tuples(st.integers(0, net.nodes - 1), st.integers(0, 5000))
    seeds = data.draw(st.lists(seed, min_size=1, max_size=4))
    nodes, costs = np.array(seeds).T
    alone = search(graph, [([n], [c]) for n, c in seeds], depart=depart)
    together = search(graph, [(nodes, costs), ([], [])], depart=depart)
    assert np.array_equal(together.time[0], alone.time.min(axis=0))
    assert np.all(together.time[1] == UNREACHED)
    assert np.all(together.before[1] == -1)


@given(nets(), st.randoms(use_true_random=False))
def test_the_order_of_edges_changes_no_time_and_is_told(net: Net, random: Any) -> None:  # noqa: ANN401  (hypothesis gives it)
    mixed = replace(net, edges=random.sample(net.edges, len(net.edges)))
    assert times(mixed) == times(net)
    graph, order = mixed.sorted()
    got = np.array([graph.tail, graph.head, graph.cost, graph.board])
    assert np.array_equal(got, mixed.columns()[:, order])
    assert np.all(np.diff(graph.tail) >= 0)
    assert np.array_equal(np.searchsorted(graph.tail, np.arange(net.nodes + 1)), graph.first)


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=30))
def test_the_curve_goes_through_each_quarter_once(points: list[tuple[int, int]]) -> None:
    """With the corners of the square given, cells are whole numbers: quarters in the order of Z."""
    xy = np.array([*points, (0, 0), (65535, 65535)], dtype=np.float64)
    order = morton_order(xy)
    assert sorted(order.tolist()) == list(range(len(xy)))
    for half in (32768, 16384):
        cells = (xy[order] // half).astype(int)
        east, north = cells.T % 2
        same = np.all(cells[1:] // 2 == cells[:-1] // 2, axis=1)
        assert np.all(np.diff(2 * north + east)[same] >= 0)
