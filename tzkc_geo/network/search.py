"""The earliest time at every node, from one origin or many, and the edges that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.errors import NetworkError
from tzkc_geo.machine_code import in_slices
from tzkc_geo.network import loops
from tzkc_geo.network.graph import MAX_COST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tzkc_geo.network.graph import Graph

    Ints = NDArray[np.int32]

UNREACHED: Final = 2**31 - 1
COMPILE_FROM: Final = (
    1_000_000  # edges times origins: 0.3 s in plain Python, 0.4 s to load numba and code
)
WIDTH_BITS: Final = 5  # a bucket is 3.2 s wide; 4 to 6 are as fast
BUCKET_BITS: Final = 16  # at most so many buckets, then they get wider


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What s searches of n nodes give, one row an origin."""

    time: Ints  # (s, n) tenths of a second from the departure, UNREACHED
    before: Ints  # (s, n) edge by which the node is reached, -1: a seed, or not reached


def search(
    graph: Graph,
    seeds: Sequence[tuple[ArrayLike, ArrayLike]],
    *,
    depart: int | None = None,
    limit: int | None = None,
) -> Found:
    """Return the earliest time at every node, from each origin (最短时间).

    Parameters
    ----------
    graph
        n nodes.
    seeds
        One pair an origin: the nodes where the search begins, and the cost of each, whole tenths
        of a second, 0 to `MAX_COST`. No nodes: nothing is reached.
    depart
        Tenths of a second of the day, from 0. An edge with a boarding then costs the wait to
        the next train at the time when its tail is reached, and leads nowhere after the last
        one; trains of the next day do not count. None: it costs its ``cost``.
    limit
        Tenths of a second; a node whose time is greater is not reached, and the search stops
        there. None: no limit.

    Returns
    -------
    Found
        Times and edges of shape ``(s, n)``. Of several edges that lead to a node at its time
        the one with the lower index is taken; edges that take no time only where no other does,
        the one found first. So answers do not depend on the machine. A seed at its own cost has
        no edge before it.

    Raises
    ------
    NetworkError
        A seed is not a node of the graph, its cost is not a whole number in range, or the
        departure is negative.

    Notes
    -----
    Dial's algorithm, see `loops`. Who comes to a platform later never leaves it earlier (first
    in, first out), so times with a departure are right too. From `COMPILE_FROM` edges times
    origins on the loops are compiled, and origins shared among the processors; a process that
    answers many questions calls ``loops.compiled()`` when it starts.
    """
    if depart is not None and depart < 0:
        msg = f"depart: expected tenths of a second of the day, 0 or more, got {depart}"
        raise NetworkError(msg)
    begin = _seeds(seeds, len(graph.xy))
    late = UNREACHED if limit is None else max(min(limit + 1, UNREACHED), 0)
    shape = (len(seeds), len(graph.xy))
    rows = loops.Rows(np.full(shape, late, np.int32), np.full(shape, loops.NONE, np.int32))
    edges = _edges(graph, depart)
    dear = max(graph.dearest, int(begin.cost.max(initial=0)), _longest_wait(graph, depart))
    size, shift = _buckets(dear)
    done = loops.compiled.cache_info().currsize > 0
    if done or graph.head.size * len(seeds) >= COMPILE_FROM:
        _compiled(edges, begin, rows, (size, shift))
    else:
        _plain(edges, begin, rows, (size, shift))
    if late != UNREACHED:
        rows.time[rows.time == late] = UNREACHED
    if rows.before.min(initial=0) < loops.NONE:
        free = rows.before < loops.NONE
        rows.before[free] = ~rows.before[free] - 1
    return Found(*rows)


def trace(graph: Graph, found: Found, origin: int, node: int) -> Ints:
    """Return the edges from a seed to a node, in the order of travel.

    Parameters
    ----------
    graph
        The one that was searched.
    found
        What `search` returned.
    origin
        Position of the seeds.
    node
        Where the path ends.

    Returns
    -------
    NDArray
        Edges of ``graph``; none if the node is a seed. Their costs, and the waits, add up to
        ``found.time[origin, node]`` less the cost of the seed.

    Raises
    ------
    NetworkError
        The graph has no such node, or it is not reached.
    """
    if not 0 <= node < len(graph.xy):
        msg = f"node {node}: is out of range, expected 0 to {len(graph.xy) - 1}"
        raise NetworkError(msg)
    if found.time[origin, node] == UNREACHED:
        msg = f"node {node}: is not reached from origin {origin}, so there is no path"
        raise NetworkError(msg)
    before, tail = found.before[origin], graph.tail
    path = []
    edge = before[node]
    while edge >= 0:
        path.append(edge)
        edge = before[tail[edge]]
    return np.array(path[::-1], dtype=np.int32)


def _edges(graph: Graph, depart: int | None) -> loops.Edges:
    """Return the graph as the loops take it."""
    weight = graph.cost if depart is None else np.where(graph.board < 0, graph.cost, ~graph.board)
    return loops.Edges(graph.first, graph.head, weight, graph.boardings, depart or 0)


def _longest_wait(graph: Graph, depart: int | None) -> int:
    """Return tenths of a second, at least the longest wait at any boarding."""
    if depart is None:
        return 0
    headway, first = graph.boardings[:, 1], graph.boardings[:, 2]
    return int((headway + np.maximum(first - depart, 0)).max(initial=0))


def _buckets(largest: int) -> tuple[int, int]:
    """Return how many buckets hold all that waits at one time, and the bits of their width."""
    shift = max(WIDTH_BITS, largest.bit_length() - BUCKET_BITS)
    return 1 << ((largest >> shift) + 1).bit_length(), shift


def _compiled(edges: loops.Edges, seeds: loops.Seeds, rows: loops.Rows, size: Any) -> None:  # noqa: ANN401
    """Search in machine code, origins shared among threads."""
    run = loops.compiled()["search_all"]
    nodes = edges.first.size - 1
    unsigned = edges._replace(first=edges.first.view(np.uint32), head=edges.head.view(np.uint32))

    def part(at: slice) -> None:
        queue = loops.Queue(
            np.full(size[0], loops.NONE, np.int32),
            np.full(nodes, loops.IDLE, np.int32),
            np.empty(nodes, np.int32),
            size[1],
        )
        begin = seeds._replace(start=seeds.start[at.start : at.stop + 1])
        run(unsigned, queue, begin, loops.Rows(rows.time[at], rows.before[at]))

    if len(rows.time) == 1:
        part(slice(0, 1))
    else:
        in_slices(part, len(rows.time))


def _plain(edges: loops.Edges, seeds: loops.Seeds, rows: loops.Rows, size: Any) -> None:  # noqa: ANN401
    """Search in plain Python, which is faster over lists."""
    nodes = edges.first.size - 1
    queue = loops.Queue([loops.NONE] * size[0], [loops.IDLE] * nodes, [0] * nodes, size[1])
    first, head, weight, boardings = (column.tolist() for column in edges[:4])
    lists = loops.Edges(first, head, weight, boardings, edges.depart)
    begin = loops.Seeds(*(column.tolist() for column in seeds))
    out = loops.Rows(rows.time.tolist(), rows.before.tolist())
    loops.search_all(lists, queue, begin, out)
    for column, found in zip(rows, out, strict=True):
        column[:] = np.reshape(found, column.shape)  # of no origins it is flat


def _seeds(given: Sequence[tuple[ArrayLike, ArrayLike]], nodes: int) -> loops.Seeds:
    """Return the seeds of all origins end to end, checked; of a node the cheapest counts."""
    start, columns = [0], [np.zeros((2, 0), np.int32)]
    for origin, pair in enumerate(given):
        node, cost = (np.atleast_1d(column) for column in pair)
        _check_seeds(f"origin {origin}", node, cost, nodes)
        order = np.lexsort((cost, node))
        cheapest = order[np.diff(node[order], prepend=-1) != 0]
        columns.append(np.array((node[cheapest], cost[cheapest]), dtype=np.int32))
        start.append(start[-1] + cheapest.size)
    return loops.Seeds(np.array(start), *np.hstack(columns))


def _check_seeds(where: str, node: NDArray[Any], cost: NDArray[Any], nodes: int) -> None:
    """Raise if the seeds of an origin cannot be used."""
    if node.ndim != 1 or node.shape != cost.shape:
        msg = f"{where}: expected one cost a node, got shapes {node.shape} and {cost.shape}"
        raise NetworkError(msg)
    for name, numbers, high in (("node", node, nodes - 1), ("cost", cost, MAX_COST)):
        if numbers.size and not np.issubdtype(numbers.dtype, np.integer):
            msg = f"{where}: {name} of a seed: expected whole numbers, got {numbers.dtype}"
            raise NetworkError(msg)
        wrong = np.flatnonzero((numbers < 0) | (numbers > high))
        if wrong.size:
            msg = (
                f"{where}: {name} of seed {wrong[0]} is out of range, expected 0 to {high},"
                f" got {numbers[wrong[0]]}"
            )
            raise NetworkError(msg)
