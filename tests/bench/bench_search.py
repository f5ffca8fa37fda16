"""One-to-all search of 100,000 nodes against scipy and networkx, all in one run.

Two networks over the same points: streets, about three edges a node, and all neighbours joined,
six a node. All searchers are given the same graph and return times and the edges or nodes before;
all are warm. Each figure is the best of its runs, in rounds that take turns. The figures to reach
are those with the nodes in Morton order; they are printed for mixed nodes too, and for many
origins at once, and what the first search of a process takes in plain Python and compiled.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay

from tzkc_geo.network import loops
from tzkc_geo.network.graph import Graph, make_graph, morton_order
from tzkc_geo.network.search import UNREACHED, search

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

NODES, SIDE_M = 100_000, 30_000.0
STREETS = 0.48  # of the edges between neighbours
SLOW_KMH, FAST_KMH = 20.0, 50.0
ROUNDS, RUNS, ORIGINS = 3, 4, 16
SCIPY, NETWORKX = 3.0, 50.0  # the ratios to reach
COLD = """
import time
import numpy as np
from tzkc_geo.network import search as module
from tzkc_geo.network.graph import make_graph
tail = np.repeat(np.arange(4000), 5)
rng = np.random.default_rng(0)
head = (tail + rng.integers(1, 60, tail.size)) % 4000
graph, _ = make_graph(np.zeros((4000, 2)), tail, head, rng.integers(50, 3000, tail.size))
module.COMPILE_FROM = {compile_from}
start = time.perf_counter()
module.search(graph, [([k], [0]) for k in range({origins})])
print(time.perf_counter() - start)
"""


def network(*, share: float, ordered: bool) -> Graph:
    """Return points and the edges between neighbours, as many as asked for."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0.0, SIDE_M, (NODES, 2))
    xy = xy[morton_order(xy)]
    starts, head = Delaunay(xy).vertex_neighbor_vertices
    tail = np.repeat(np.arange(NODES), np.diff(starts))
    _, street = np.unique(np.sort([tail, head], axis=0), axis=1, return_inverse=True)
    kmh = rng.uniform(SLOW_KMH, FAST_KMH, street.max() + 1)[street]
    kept = (rng.random(street.max() + 1) < share)[street]
    metres = np.hypot(*(xy[tail] - xy[head]).T)
    cost = (1.0 + metres / (kmh / 3.6) * 10.0).astype(np.int64)
    number = np.arange(NODES) if ordered else rng.permutation(NODES)
    places = np.empty_like(xy)
    places[number] = xy
    return make_graph(places, number[tail[kept]], number[head[kept]], cost[kept])[0]


def taken(jobs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the shortest of some runs of each job, milliseconds; the jobs take turns."""
    best = dict.fromkeys(jobs, np.inf)
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            for _ in range(RUNS):
                start = time.perf_counter()
                job()
                best[name] = min(best[name], (time.perf_counter() - start) * 1e3)
    return best


def compare(name: str, graph: Graph) -> bool:
    """Print the figures of one network; say whether both ratios are reached."""
    matrix = csr_array((graph.cost.astype(np.float64), graph.head, graph.first), (NODES, NODES))
    peer = nx.DiGraph()
    peer.add_nodes_from(range(NODES))
    edges = zip(graph.tail.tolist(), graph.head.tolist(), graph.cost.tolist(), strict=True)
    peer.add_weighted_edges_from(edges)
    seeds = [([k], [0]) for k in range(ORIGINS)]
    ms = taken(
        {
            "ours": lambda: search(graph, seeds[:1]),
            "scipy": lambda: dijkstra(matrix, indices=0, return_predecessors=True),
            "networkx": lambda: nx.dijkstra_predecessor_and_distance(peer, 0),
            "many": lambda: search(graph, seeds),
        }
    )
    times: NDArray[np.float64] = dijkstra(matrix, indices=0)
    same = np.array_equal(search(graph, seeds[:1]).time[0], np.nan_to_num(times, posinf=UNREACHED))
    to_scipy, to_networkx = ms["scipy"] / ms["ours"], ms["networkx"] / ms["ours"]
    sys.stdout.write(
        f"search, {name}, {NODES} nodes, {graph.head.size} edges: {ms['ours']:.2f} ms;"
        f" scipy {ms['scipy']:.1f} ms, {to_scipy:.1f} x; networkx {ms['networkx']:.0f} ms,"
        f" {to_networkx:.0f} x; {ORIGINS} origins {ms['many'] / ORIGINS:.2f} ms each;"
        f" {'the same times' if same else 'OTHER TIMES'}\n"
    )
    return same and to_scipy >= SCIPY and to_networkx >= NETWORKX


def cold() -> None:
    """Print what the first search of a process takes, in plain Python and in machine code."""
    for origins in (1, 19):
        seconds = {}
        for name, compile_from in (("plain", 10**12), ("compiled", 0), ("compiled", 0)):
            code = COLD.format(compile_from=compile_from, origins=origins)
            run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
            seconds[name] = float(run.stdout)
        sys.stdout.write(
            f"first search of a process, 20000 edges, {origins} origins:"
            f" plain {seconds['plain']:.3f} s, compiled (code kept) {seconds['compiled']:.3f} s\n"
        )


def main() -> int:
    """Print all figures; 1 if one is missed."""
    loops.compiled()
    met = []
    for name, share in (("streets", STREETS), ("neighbours", 1.0)):
        met.append(compare(f"{name} in Morton order", network(share=share, ordered=True)))
        compare(f"{name} mixed", network(share=share, ordered=False))
    cold()
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
