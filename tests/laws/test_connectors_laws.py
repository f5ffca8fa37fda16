"""Laws of connectors: those that are left out change no time."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toy import network as toy
from tzkc_geo.network import assemble
from tzkc_geo.network.build import Network, network
from tzkc_geo.network.connectors import needed
from tzkc_geo.network.edges import Edges, both_ways, chosen, edges, joined
from tzkc_geo.network.graph import make_graph
from tzkc_geo.network.search import search

NODES = 7
PAIRS = list(combinations(range(NODES), 2))
COSTS = st.integers(0, 12)
ROADS = st.lists(st.tuples(*[st.integers(0, NODES - 1)] * 2, COSTS), max_size=14)
WAYS = st.dictionaries(st.sampled_from(PAIRS), COSTS)


def times(part: Edges) -> list[list[int]]:
    """Return the time from every node to every node."""
    graph, _ = make_graph(np.zeros((NODES, 2)), part.tail, part.head, part.cost)
    return search(graph, [([node], [0]) for node in range(NODES)]).time.tolist()  # type: ignore[no-any-return]


@given(ROADS, WAYS)
def test_what_is_left_out_changes_no_time(
    roads: list[tuple[int, int, int]], ways: dict[tuple[int, int], int]
) -> None:
    tail, head, cost = np.array(roads, dtype=np.int32).reshape(-1, 3).T
    along = edges(tail, head, cost / 10, "walk")
    pairs = np.array(sorted(ways), dtype=np.int32).reshape(-1, 2)
    seconds = np.array([ways[pair] for pair in sorted(ways)]) / 10
    loose = edges(pairs[:, 0], pairs[:, 1], seconds, "walk")
    kept = needed(pairs, loose.cost, along)
    some = both_ways(chosen(loose, kept))
    assert times(joined([along, some])) == times(joined([along, both_ways(loose)]))


def test_a_connector_beside_a_straight_road_is_left_out() -> None:
    road = both_ways(edges([0, 1], [1, 2], [1.0, 1.0], "walk"))
    pairs = np.array([(0, 1), (0, 2), (1, 2)], dtype=np.int32)
    assert not needed(pairs, np.array([15, 30, 10], dtype=np.int32), road).any()
    assert needed(pairs, np.array([9, 19, 9], dtype=np.int32), road).tolist() == [True, False, True]


def test_a_road_that_is_one_way_keeps_the_connector_for_the_way_back() -> None:
    road = edges([0], [1], [1.0], "road")
    pairs, cost = np.array([(0, 1)], dtype=np.int32), np.array([30], dtype=np.int32)
    assert needed(pairs, cost, road).all()
    assert not needed(pairs, cost, both_ways(road)).any()


MODES = (("walk",), ("road",), ("walk", "road", "rail"))


def full(modes: tuple[str, ...]) -> Network:
    """Return the toy network with every connector."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "needed", lambda pairs, *_: np.ones(len(pairs), dtype=np.bool_))
        return network(replace(toy.catalog()), modes=modes)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(MODES), st.integers(0, 30))
def test_the_toy_network_is_as_fast_without_them(modes: tuple[str, ...], start: int) -> None:
    whole, lean = full(modes), network(toy.catalog(), modes=modes)
    assert whole.node_id == lean.node_id
    assert whole.graph.head.size > lean.graph.head.size
    seed = [([start % len(whole.node_id)], [0])]
    assert (search(whole.graph, seed).time == search(lean.graph, seed).time).all()
