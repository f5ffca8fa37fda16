"""Straight ways between entries of the network, off its roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.barriers import Barriers
    from tzkc_geo.network.edges import Edges

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Positions = NDArray[np.intp]

FAR = 2**31 - 1  # longer than any connector, tenths of a second


def free_pairs(
    xy: Floats, entered: Positions, barriers: Barriers, most_m: float
) -> tuple[Positions, Floats]:
    """Return the pairs of entries with a free straight way between them, and its length.

    Parameters
    ----------
    xy
        Shape ``(p, 2)``, places; metres, EPSG:4549.
    entered
        Those that are entries, ascending.
    barriers
        What no way may meet.
    most_m
        Longest way off the network in one go, metres.

    Returns
    -------
    tuple
        Pairs of places, shape ``(k, 2)``, each once and the lower first, in ascending order; and
        metres, ``(k,)``.
    """
    from scipy.spatial import KDTree  # heavy, so not at start-up

    near = KDTree(xy[entered].reshape(-1, 2)).query_pairs(most_m, output_type="ndarray")
    pairs = np.sort(entered[near].reshape(-1, 2), axis=1)
    pairs = pairs[np.lexsort(pairs.T[::-1])]  # so that the same tables always give the same graph
    ends = xy[pairs]
    free = ~barriers.blocked(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])
    metres = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    return pairs[free], metres[free]


def needed(pairs: Ints, cost: Ints, roads: Edges) -> Flags:
    """Return which connectors are not as well done by a stretch of road and another connector.

    Parameters
    ----------
    pairs
        Shape ``(k, 2)``, nodes, each pair once, the lower first, in ascending order.
    cost
        Shape ``(k,)``, tenths of a second, the same both ways.
    roads
        Edges along roads, of the same mode.

    Returns
    -------
    NDArray of bool
        Shape ``(k,)``. No time between two nodes changes if the others are left out.

    Notes
    -----
    A connector is left out if both ways round some stretch of road from one of its ends, or to
    it, takes time and leaves a connector, or nothing, to go on with, in no more time altogether.
    What is gone on with is shorter than the connector that is left out, hence by induction over
    the costs it can be left out itself without loss.
    """
    size = int(max(pairs.max(initial=0), roads.tail.max(initial=0), roads.head.max(initial=0))) + 1
    lasting = roads.cost > 0
    out = _Steps(roads.tail[lasting], roads.head[lasting], roads.cost[lasting], size)
    into = _Steps(roads.head[lasting], roads.tail[lasting], roads.cost[lasting], size)
    there, back = pairs, pairs[:, ::-1]
    done = [
        out.shorten(there, cost, pairs) | into.shorten(back, cost, pairs),
        out.shorten(back, cost, pairs) | into.shorten(there, cost, pairs),
    ]
    return ~(done[0] & done[1])


class _Steps:
    """Steps along roads by the node where they begin."""

    def __init__(self, tail: Ints, head: Ints, cost: Ints, size: int) -> None:
        order = np.argsort(tail, kind="stable")
        self.size = size
        self.head, self.cost = head[order].astype(np.int64), cost[order].astype(np.int64)
        self.first = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=size))])

    def shorten(self, ways: Ints, cost: Ints, pairs: Ints) -> Flags:
        """Return which ways a step at their first node and one of the pairs do as well."""
        start, end = ways.T.astype(np.int64)
        number = self.first[start + 1] - self.first[start]
        way = np.repeat(np.arange(len(ways)), number)
        step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        step += self.first[start[way]]
        rest = self._costs(self.head[step], end[way], cost, pairs)
        done = np.zeros(len(ways), dtype=np.bool_)
        done[way[self.cost[step] + rest <= cost[way]]] = True
        return done

    def _costs(
        self, one: NDArray[np.int64], other: NDArray[np.int64], cost: Ints, pairs: Ints
    ) -> NDArray[np.int64]:
        """Return the costs of the connectors between nodes: 0 to itself, FAR where none is."""
        keys = pairs[:, 0].astype(np.int64) * self.size + pairs[:, 1]
        asked = np.minimum(one, other) * self.size + np.maximum(one, other)
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        found = np.where(keys[at] == asked, cost[at].astype(np.int64), FAR)
        return np.where(one == other, 0, found)
