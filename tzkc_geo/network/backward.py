"""A network turned round, to find the times *to* a place instead of those from it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tzkc_geo.network.graph import make_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.network.build import Network
    from tzkc_geo.network.graph import Graph


@lru_cache(maxsize=8)
def backward(own: Network) -> tuple[Graph, NDArray[np.intp]]:
    """Return the graph with every edge turned; trains are waited for half a headway.

    Parameters
    ----------
    own
        The network; it is turned once.

    Returns
    -------
    tuple
        The graph, and for each of its edges the position of the same edge in ``own``.
    """
    graph = own.graph
    return make_graph(graph.xy, graph.head, graph.tail, graph.cost)
