"""Small graphs for the search: any network hypothesis can draw, and a line of three stations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from tzkc_geo.network.graph import MAX_COST, Graph, make_graph

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn
    from numpy.typing import NDArray

MINUTE = 600  # tenths of a second
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Edge = tuple[int, int, int, int]  # tail, head, cost, board
Boarding = tuple[int, int, int, int]  # phase, headway, first, last


@dataclass(frozen=True, slots=True)
class Net:
    """What a graph is made of."""

    nodes: int
    edges: list[Edge]
    boardings: list[Boarding]

    def graph(self) -> Graph:
        return self.sorted()[0]

    def sorted(self) -> tuple[Graph, NDArray[np.intp]]:
        """Return the graph and the order of its edges."""
        tail, head, cost, board = self.columns()
        rows = np.array(self.boardings, dtype=np.int64).reshape(-1, 4)
        return make_graph(np.zeros((self.nodes, 2)), tail, head, cost, board, rows)

    def columns(self) -> NDArray[np.int64]:
        """Return tails, heads, costs and boards, one row each."""
        return np.array(self.edges, dtype=np.int64).reshape(-1, 4).T


def edges(nodes: int, boardings: int = 0) -> st.SearchStrategy[Edge]:
    """Return edges: loops and parallel ones too, many without cost, some very dear."""
    node = st.integers(0, nodes - 1)
    cost = st.one_of(
        st.integers(0, 3), st.integers(0, 100), st.integers(0, HOUR), st.integers(0, MAX_COST)
    )
    return st.tuples(node, node, cost, st.integers(-1, boardings - 1))


@st.composite
def timetables(draw: DrawFn) -> Boarding:
    first = draw(st.integers(0, 2000))
    last = draw(st.integers(first, 3000))
    return draw(st.integers(0, 2000)), draw(st.integers(1, 700)), first, last


@st.composite
def nets(draw: DrawFn) -> Net:
    nodes, count = draw(st.integers(1, 8)), draw(st.integers(0, 3))
    boardings = draw(st.lists(timetables(), min_size=count, max_size=count))
    return Net(nodes, draw(st.lists(edges(nodes, count), max_size=24)), boardings)


# Walkers at A, B and C are nodes 0, 1, 2, platforms 3, 4, 5. A walk from A to B takes 40 minutes,
# the train 3, and 4 more to C; it runs every 10 minutes, 06:00 to 22:00 from A. The order of the
# edges is that of their tails.
LINE = Net(
    6,
    [
        (0, 1, 40 * MINUTE, -1),
        (0, 3, 5 * MINUTE, 0),  # boards at A
        (1, 4, 5 * MINUTE, 1),  # boards at B
        (3, 4, 3 * MINUTE, -1),
        (4, 1, 0, -1),  # alights
        (4, 5, 4 * MINUTE, -1),
        (5, 2, 0, -1),
    ],
    [
        (6 * HOUR, 10 * MINUTE, 6 * HOUR, 22 * HOUR),
        (6 * HOUR + 3 * MINUTE, 10 * MINUTE, 6 * HOUR + 3 * MINUTE, 22 * HOUR + 3 * MINUTE),
    ],
)


def random_net(rng: np.random.Generator, *, nodes: int, edges: int, top: int) -> Net:
    """Return a net of many edges, one in five a boarding."""
    drawn = np.stack(
        [
            *rng.integers(0, nodes, (2, edges)),
            rng.integers(0, top + 1, edges),
            np.where(rng.random(edges) < 0.2, rng.integers(0, 3, edges), -1),
        ],
        axis=1,
    )
    first = rng.integers(0, 10 * top + 1, 3)
    rows = [rng.integers(0, top + 1, 3), rng.integers(1, top + 2, 3), first, first + 5 * top]
    boardings = [(a, b, c, d) for a, b, c, d in np.minimum(np.stack(rows, 1), 2 * DAY).tolist()]
    return Net(nodes, [(a, b, c, d) for a, b, c, d in drawn.tolist()], boardings)
