"""The edges of the network as columns, put together part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int32]

WAYS: Final = ("walk", "bike", "road", "rail", "wait", "park")  # what one does on an edge
TENTHS: Final = 10  # the unit of time inside the graph is a tenth of a second
NONE: Final = -1


class Edges(NamedTuple):
    """Edges, a column each; shape ``(m,)``."""

    tail: Ints  # nodes
    head: Ints
    cost: Ints  # tenths of a second
    way: NDArray[np.int8]  # position in `WAYS`
    link: Ints  # position in the links; NONE: off the network, or no road
    run: Ints  # position in the runs of trains; NONE: no ride
    metres: NDArray[np.float64]
    board: Ints  # position in the boardings; NONE: no train is waited for


def edges(  # noqa: PLR0913 - a column each
    tail: ArrayLike,
    head: ArrayLike,
    seconds: ArrayLike,
    way: str,
    *,
    metres: ArrayLike = 0.0,
    link: ArrayLike = NONE,
    run: ArrayLike = NONE,
    board: ArrayLike = NONE,
) -> Edges:
    """Return edges of one way; scalars count for all of them."""
    tails = np.atleast_1d(np.asarray(tail, dtype=np.int32))
    size = tails.shape
    tenths = np.rint(np.asarray(seconds, dtype=np.float64) * TENTHS)
    return Edges(
        tail=tails,
        head=np.broadcast_to(np.asarray(head), size).astype(np.int32),
        cost=np.broadcast_to(tenths, size).astype(np.int32),
        way=np.full(size, WAYS.index(way), dtype=np.int8),
        link=np.broadcast_to(np.asarray(link), size).astype(np.int32),
        run=np.broadcast_to(np.asarray(run), size).astype(np.int32),
        metres=np.broadcast_to(np.asarray(metres), size).astype(np.float64),
        board=np.broadcast_to(np.asarray(board), size).astype(np.int32),
    )


def joined(parts: Sequence[Edges]) -> Edges:
    """Return all edges in one table; at least one part."""
    return Edges(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def chosen(part: Edges, which: NDArray[np.bool_]) -> Edges:
    """Return some of the edges."""
    return Edges._make(column[which] for column in part)


def both_ways(part: Edges) -> Edges:
    """Return the edges and each of them reversed."""
    return joined([part, part._replace(tail=part.head, head=part.tail)])
