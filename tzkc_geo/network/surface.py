"""Travel times to points of the ground, from the times at the nodes of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from tzkc_geo.network.search import UNREACHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.barriers import Barriers
    from tzkc_geo.network.build import Network
    from tzkc_geo.transport import Mode

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Metres = NDArray[np.float32]
    Nodes = NDArray[np.int32]

NEAREST: Final = 8  # entries of each mode that a point is reached from
TENTHS: Final = 10.0  # of a second; the unit of the graph


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Targets:
    """Points, and the entries of the network from which each is reached over the ground.

    Notes
    -----
    A point is reached from the `NEAREST` entries of each surface mode that can be seen from it
    within ``connector_m``; one further away gives a shorter time only where the nearer ones lie
    off the way, by less than the step at which roads are entered.
    """

    xy: Floats  # (t, 2) metres, EPSG:4549
    dry: Flags  # (t,) not in water; a point in water is never reached
    clear_m: Floats  # (t,) distance to the nearest barrier; infinite where there is none
    node: Nodes  # (c, t) one row a candidate; the number of nodes: none
    tenths: Metres  # (c, t) from that node over the ground, tenths of seconds
    per_m: Metres  # (c,) tenths of seconds a straight metre from the nodes of that row
    snap_m: Metres  # (t,) to the nearest entry, nan where none can be seen

    def take(self, at: NDArray[np.intp]) -> Targets:
        """Return some of the points."""
        return Targets(
            xy=self.xy[at],
            dry=self.dry[at],
            clear_m=self.clear_m[at],
            node=np.ascontiguousarray(self.node[:, at]),
            tenths=np.ascontiguousarray(self.tenths[:, at]),
            per_m=self.per_m,
            snap_m=self.snap_m[at],
        )


def tenths_per_m(network: Network, mode: Mode) -> float:
    """Return the time over the ground off the network, tenths of seconds a straight metre."""
    return TENTHS * network.seconds_per_m(mode)


def targets(network: Network, xy: Floats, *, nearest: int = NEAREST) -> Targets:
    """Return points ready to be reached.

    Parameters
    ----------
    network
        Where to enter from.
    xy
        Shape ``(t, 2)``, metres, EPSG:4549.
    nearest
        How many entries of each surface mode to take at most.

    Returns
    -------
    Targets
        In the order of ``xy``.
    """
    barriers, size = network.barriers, len(network.graph.xy)
    dry = ~barriers.wet(xy[:, 0], xy[:, 1]) if len(xy) else np.empty(0, dtype=np.bool_)
    clear_m = _clear_m(xy, barriers)
    wanted = np.flatnonzero(dry)
    entries = _entries(network)
    node = np.full((len(network.access), nearest, len(xy)), size, dtype=np.int32)
    metres = np.full(node.shape, np.inf)
    node[:, :, wanted], metres[:, :, wanted] = _seen(
        xy[wanted], clear_m[wanted], entries, network, nearest
    )
    per_m = np.repeat([tenths_per_m(network, mode) for mode in network.access], nearest)
    far = metres.reshape(len(per_m), len(xy))
    snap_m = far.min(axis=0, initial=np.inf)
    return Targets(
        xy=xy,
        dry=dry,
        clear_m=clear_m,
        node=node.reshape(far.shape),
        tenths=np.where(np.isinf(far), 0.0, far * per_m[:, None]).astype(np.float32),
        per_m=per_m.astype(np.float32),
        snap_m=np.where(np.isinf(snap_m), np.nan, snap_m).astype(np.float32),
    )


def times(
    places: Targets, clock: Nodes, network: Network, *, start: Floats | None = None
) -> Metres:
    """Return the travel time to each point (出行时间).

    Parameters
    ----------
    places
        From `targets`, of this network.
    clock
        Times at the nodes, tenths of seconds, shape ``(n,)``; `UNREACHED` where never. One row
        of ``Found.time``.
    network
        What was searched.
    start
        Shape ``(2,)``, metres, EPSG:4549: where the journey began, so that points near it are
        reached without the network as well. None: through the network alone.

    Returns
    -------
    Metres
        Seconds, float32, shape ``(t,)``; NaN where a point is not reached.
    """
    at = ticks(clock)
    best = np.full(len(places.xy), np.inf, dtype=np.float32)
    one = np.empty_like(best)
    for node, tenths in zip(places.node, places.tenths, strict=True):
        np.take(at, node, out=one, mode="clip")  # which is not buffered
        one += tenths
        np.minimum(best, one, out=best)
    if start is not None:
        near, metres, per_m = direct(places, network, start)
        best[near] = np.minimum(best[near], metres * per_m)
    best[np.isinf(best)] = np.nan
    return best / np.float32(TENTHS)


def ticks(clock: Nodes) -> Metres:
    """Return times at the nodes as float32, infinite where never, and one node that never is."""
    at = np.append(clock, UNREACHED).astype(np.float32)
    at[at >= np.float32(UNREACHED)] = np.inf
    return at


def direct(
    places: Targets, network: Network, start: Floats
) -> tuple[NDArray[np.intp], Metres, Metres]:
    """Return which points are reached from the start without the network, and how fast.

    They are no further than one may go off the network in one go, and can be seen; the fastest
    mode that goes so far counts.

    Returns
    -------
    tuple
        Positions of the points, metres to each and tenths of seconds a metre, ``(k,)`` each.
    """
    apart = np.hypot(*(places.xy - start).T)
    pace = np.full(len(apart), np.inf, dtype=np.float32)
    for mode in network.access:
        within = apart <= network.access_m(mode)
        pace[within] = np.minimum(pace[within], tenths_per_m(network, mode))
    near = np.flatnonzero(places.dry & np.isfinite(pace))
    ends = places.xy[near], np.broadcast_to(start, (near.size, 2))
    clear_m = places.clear_m[near], _clear_m(start[None], network.barriers)
    seen = near[~_blocked(ends, apart[near], clear_m, network.barriers)]
    return seen, apart[seen].astype(np.float32), pace[seen]


class _Entries(NamedTuple):
    """Places where a network is entered, and the node there in the layer of each mode."""

    xy: Floats  # (p, 2)
    clear_m: Floats  # (p,) to the nearest barrier
    node: Nodes  # (modes, p); the number of nodes: not entered by that mode


def _entries(network: Network) -> _Entries:
    """Return the entries of all surface modes, each place once."""
    own = [network.entries(mode) for mode in network.access]
    nodes = np.concatenate(own)
    xy, at = np.unique(network.graph.xy[nodes], axis=0, return_inverse=True)
    table = np.full((len(own), len(xy)), len(network.graph.xy), dtype=np.int32)
    row = np.repeat(np.arange(len(own)), [len(part) for part in own])
    table[row, at.ravel()] = nodes
    return _Entries(xy, _clear_m(xy, network.barriers), table)


def _seen(
    xy: Floats, clear_m: Floats, entries: _Entries, network: Network, nearest: int
) -> tuple[Nodes, Floats]:
    """Return the nearest entries of each mode that can be seen, (modes, nearest, t), and metres.

    An entry that does not exist is the number of nodes, at infinity.
    """
    from scipy.spatial import cKDTree

    size, reach_m = len(network.graph.xy), [network.access_m(mode) for mode in network.access]
    shape = len(reach_m), nearest, len(xy)
    node, metres = np.full(shape, size, dtype=np.int32), np.full(shape, np.inf)
    if not len(entries.xy):
        return node, metres
    tree = cKDTree(entries.xy)
    count = np.zeros((len(reach_m), len(xy)), dtype=np.intp)  # found so far
    pending, tried = np.arange(len(xy)), 0
    while pending.size:
        ranks = np.arange(tried + 1, max(2 * tried, nearest) + 1)
        apart, at = tree.query(xy[pending], k=ranks, distance_upper_bound=max(reach_m))
        row, column = np.nonzero(np.isfinite(apart))
        place, far, point = at[row, column], apart[row, column], pending[row]
        clear = clear_m[point], entries.clear_m[place]
        seen = ~_blocked((xy[point], entries.xy[place]), far, clear, network.barriers)
        for mode, most in enumerate(reach_m):
            kept = np.flatnonzero(seen & (far <= most) & (entries.node[mode, place] < size))
            rank = np.arange(kept.size) - np.searchsorted(row[kept], row[kept])
            rank += count[mode, point[kept]]
            kept, rank = kept[rank < nearest], rank[rank < nearest]
            node[mode, rank, point[kept]] = entries.node[mode, place[kept]]
            metres[mode, rank, point[kept]] = far[kept]
            count[mode, pending] += np.bincount(row[kept], minlength=pending.size)
        short = (count[:, pending] < nearest).any(axis=0)
        pending, tried = pending[short & np.isfinite(apart[:, -1])], int(ranks[-1])
    return node, metres


def _blocked(
    ends: tuple[Floats, Floats],
    apart: Floats,
    clear_m: tuple[Floats, Floats],
    barriers: Barriers,
) -> Flags:
    """Say which ways meet a barrier; none that is shorter than the way to one from both ends."""
    blocked = np.zeros(len(apart), dtype=np.bool_)
    doubt = np.flatnonzero(apart >= clear_m[0] + clear_m[1] - 1.0)  # 1 m: more than any rounding
    begin, end = (part[doubt] for part in ends)
    blocked[doubt] = barriers.blocked(*begin.T, *end.T)
    return blocked


def _clear_m(xy: Floats, barriers: Barriers) -> Floats:
    """Return how far each point is from the nearest barrier, metres."""
    clear_m = np.full(len(xy), np.inf)
    if len(barriers.tree) and len(xy):
        found, apart = barriers.tree.query_nearest(
            shapely.points(xy), all_matches=False, return_distance=True
        )
        clear_m[found[0]] = apart
    return clear_m
