"""Times as networkx and scipy have them, and as the list of all trains gives them."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tests.toy.graphs import Net, nets, random_net
from tzkc_geo.network import loops
from tzkc_geo.network.graph import make_graph, morton_order
from tzkc_geo.network.search import UNREACHED, search

NEVER = 10**9


def by_networkx(net: Net, seeds: list[tuple[int, int]]) -> list[int]:
    """Return times from a node more, joined to the seeds."""
    peer = nx.MultiDiGraph()
    peer.add_nodes_from(range(net.nodes + 1))
    for tail, head, cost, _ in [*net.edges, *((net.nodes, n, c, -1) for n, c in seeds)]:
        peer.add_edge(tail, head, weight=cost)
    reached = nx.single_source_dijkstra_path_length(peer, net.nodes)
    return [reached.get(node, UNREACHED) for node in range(net.nodes)]


@given(nets(), st.data())
def test_any_net_has_the_times_of_networkx(net: Net, data: st.DataObject) -> None:
    loops.compiled.cache_clear()
    seed = st.tuples(st.integers(0, net.nodes - 1), st.integers(0, 5000))
    seeds = data.draw(st.lists(seed, min_size=1, max_size=3))
    nodes, costs = np.array(seeds).T
    found = search(net.graph(), [(nodes, costs)])
    assert found.time[0].tolist() == by_networkx(net, seeds)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("top", [0, 1, 40, 5000, 2**24])
def test_random_networks_have_the_times_of_networkx(top: int, compiled: bool) -> None:  # noqa: FBT001
    loops.compiled.cache_clear()
    if compiled:
        loops.compiled()
    rng = np.random.default_rng(top)
    for _ in range(5):
        net = random_net(rng, nodes=200, edges=int(rng.integers(150, 900)), top=top)
        found = search(net.graph(), [([k], [0]) for k in range(4)])
        for k in range(4):
            assert found.time[k].tolist() == by_networkx(net, [(k, 0)])


@pytest.mark.parametrize("compiled", [False, True])
def test_departures_have_the_times_of_a_table_of_all_trains(compiled: bool) -> None:  # noqa: FBT001
    """Another way: times are lowered edge by edge until none changes, trains looked up."""
    loops.compiled.cache_clear()
    if compiled:
        loops.compiled()
    rng = np.random.default_rng(5)
    for _ in range(20):
        net = random_net(rng, nodes=30, edges=90, top=50)
        depart = int(rng.integers(0, 500))
        trains = [
            [t for t in range(p % h, last + 1, h) if t >= first]
            for p, h, first, last in net.boardings
        ]
        clock = [NEVER] * net.nodes
        clock[0] = depart
        for _ in range(net.nodes):
            for tail, head, cost, board in net.edges:
                at = clock[tail] + cost
                if board >= 0:
                    at = min((t for t in trains[board] if t >= clock[tail]), default=NEVER)
                clock[head] = min(clock[head], at)
        time = np.where(np.array(clock) >= NEVER, UNREACHED, np.array(clock) - depart)
        found = search(net.graph(), [([0], [0])], depart=depart).time[0]
        assert found.tolist() == time.tolist()


def test_ten_thousand_nodes_have_the_times_of_scipy() -> None:
    rng = np.random.default_rng(2)
    xy = rng.uniform(0.0, 10_000.0, (10_000, 2))
    xy = xy[morton_order(xy)]
    tail = np.repeat(np.arange(10_000), 3)
    head = (tail + rng.integers(1, 150, tail.size)) % 10_000
    cost = 1 + np.hypot(*(xy[tail] - xy[head]).T).astype(int)
    _, one = np.unique(tail * 10_000 + head, return_index=True)  # scipy adds parallel edges
    tail, head, cost = tail[one], head[one], cost[one]
    loops.compiled()
    graph, _ = make_graph(xy, tail, head, cost)
    seeds = [([k], [0]) for k in range(0, 10_000, 1000)]
    peer = dijkstra(
        csr_array((cost.astype(float), (tail, head)), (10_000, 10_000)),
        indices=range(0, 10_000, 1000),
    )
    peer[np.isinf(peer)] = UNREACHED
    assert np.array_equal(search(graph, seeds).time, peer)
