"""The loops of a search: plain Python over lists, or compiled by numba over arrays.

Dial's buckets (Dial 1969; Cherkassky, Goldberg and Radzik 1996): nodes wait in a bucket for some
tenths of a second each, kept as linked lists, so that a node waits in one bucket at a time. A node
that improves while its bucket is being emptied is looked at again, so edges without cost, and
cheaper than a bucket is wide, are right. Buckets are used again in a circle.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from numpy import int64

from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

NONE: Final = -1  # no node, no edge
IDLE: Final = -2  # of a node: it waits in no bucket
NEVER: Final = 2**31 - 1  # of a wait: no train; longer than any time


class Edges(NamedTuple):
    """A graph at one time of departure; lists, or arrays of int32."""

    first: Any  # (n + 1,) edges that leave node k: first[k] to first[k + 1]; never negative
    head: Any  # (m,) never negative
    weight: Any  # (m,) tenths of a second, or ~r: the wait at row r of boardings
    boardings: Any  # (b, 4) phase, headway, first, last: tenths of a second of the day
    depart: int  # tenths of a second of the day


class Queue(NamedTuple):
    """Nodes that wait, by time; empty before and after each search."""

    bucket: Any  # (a power of two,) the first node in it, or NONE
    after: Any  # (n,) the next node in the same bucket, NONE: it is the last; IDLE
    ahead: Any  # (n,) the one before it, NONE: it is the first
    shift: int  # a bucket is 2**shift tenths of a second wide


class Seeds(NamedTuple):
    """Where s searches begin: those of search k are start[k] to start[k + 1], no node twice."""

    start: Any  # (s + 1,)
    node: Any
    cost: Any  # tenths of a second


class Rows(NamedTuple):
    """What s searches find, one row a search."""

    time: Any  # (s, n) tenths of a second; given as the first time that is too late
    before: Any  # (s, n) edge k, or ~(k + 1) if the last edge took no time; NONE


def wait(clock: int, boarding: Any) -> int:  # noqa: ANN401  (a row of a list or an array)
    """Return the tenths of a second to the next train, or NEVER if the last has left.

    ``boarding`` is phase, headway, first, last; trains leave at ``phase + k * headway``.
    """
    phase, headway = int(boarding[0]), int(boarding[1])
    start = max(clock, int(boarding[2]))
    train = phase - (phase - start) // headway * headway
    return train - clock if train <= int(boarding[3]) else NEVER


def sow(queue: Queue, seeds: Seeds, row: int, times: Any) -> int:  # noqa: ANN401
    """Let the seeds of one search wait; return how many nodes do."""
    bucket, after, ahead, shift = queue
    waiting = 0
    for k in range(seeds.start[row], seeds.start[row + 1]):
        node, cost = seeds.node[k], int(seeds.cost[k])
        if cost < times[node]:
            times[node] = cost
            waiting += 1
            at = cost >> shift  # buckets are enough for the dearest seed
            below = bucket[at]
            after[node], ahead[node], bucket[at] = below, NONE, node
            if below >= 0:
                ahead[below] = node
    return waiting


def spread(edges: Edges, queue: Queue, waiting: int, times: Any, before: Any) -> None:  # noqa: ANN401, C901  (calls would cost)
    """Empty the buckets in the order of their times.

    A bucket is taken as a whole and then again, if nodes came back to it: each round looks at a
    node once, so that many edges cheaper than a bucket is wide do no harm.
    """
    first, heads, weight, boardings, depart = edges
    bucket, after, ahead, shift = queue
    slot, mask = 0, len(bucket) - 1
    while waiting > 0:
        node = bucket[slot & mask]
        bucket[slot & mask] = NONE
        while node >= 0:
            now, following = int(times[node]), after[node]
            after[node] = IDLE
            waiting -= 1
            for k in range(first[node], first[node + 1]):
                cost, head = int(weight[k]), heads[k]
                time, old = now + cost, int(times[head])
                if time < old and cost < 0:  # if it is not, the wait is too long in any case
                    cost = wait(depart + now, boardings[~cost])
                    time = now + cost
                if time < old:
                    times[head] = time
                    before[head] = int64(k) if cost > 0 else ~(int64(k) + 1)
                    below, above = after[head], ahead[head]
                    if below == IDLE:
                        waiting += 1
                    elif old >> shift == time >> shift:
                        continue  # it waits where it should
                    elif above >= 0:
                        after[above] = below
                    else:
                        bucket[old >> shift & mask] = below
                    if below >= 0:
                        ahead[below] = above
                    at = time >> shift & mask
                    below = bucket[at]
                    after[head], ahead[head], bucket[at] = below, NONE, head
                    if below >= 0:
                        ahead[below] = head
                elif time == old and cost > 0 and (int64(k) < before[head] or before[head] < NONE):
                    before[head] = int64(k)
            node = following
        slot += bucket[slot & mask] == NONE


def search_all(edges: Edges, queue: Queue, seeds: Seeds, rows: Rows) -> None:
    """Search from each group of seeds."""
    for row in range(len(rows.time)):
        waiting = sow(queue, seeds, row, rows.time[row])
        spread(edges, queue, waiting, rows.time[row], rows.before[row])


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name; see `machine_code`."""
    return machine_code(globals(), (wait, sow, spread, search_all))
