"""The adjacency of units as a graph of networkx or of libpysal; both come with an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from tzkc_geo.adjacency import Pair

TOUCHING = ("edge", "corner")


def to_networkx(pairs: Sequence[Pair]) -> Any:  # noqa: ANN401  (networkx ships no types)
    """Return an undirected `networkx.Graph` of units (邻接图).

    Parameters
    ----------
    pairs
        From `tzkc_geo.adjacency`; every unit of them is a node, with or without a neighbour.

    Returns
    -------
    networkx.Graph
        An edge for every pair with a relation, with ``relation``, ``shared_m``, ``gap_m``,
        ``line``; ``container`` names the outer unit where one contains the other.

    Raises
    ------
    DataError
        networkx is not installed; the message says how to get it.
    """
    networkx = _library("networkx")
    graph = networkx.Graph()
    graph.add_nodes_from(_nodes(pairs))
    for pair in pairs:
        if pair.relation != "none":
            facts = {
                "relation": str(pair.relation),
                "shared_m": pair.shared_m,
                "gap_m": pair.gap_m,
                "line": pair.line,
            }
            if pair.relation == "contains":
                facts["container"] = pair.a
            graph.add_edge(pair.a, pair.b, **facts)
    return graph


def to_libpysal(
    pairs: Sequence[Pair], *, relations: Sequence[str] = TOUCHING, by_length: bool = False
) -> Any:  # noqa: ANN401  (libpysal ships no types)
    """Return a symmetric `libpysal.graph.Graph` of units (空间权重).

    Parameters
    ----------
    pairs
        As in `to_networkx`.
    relations
        Which of them make neighbours: ``edge`` and ``corner`` are queen contiguity, ``edge``
        alone is rook.
    by_length
        Weights are shared lengths in metres, 0 where there is none; else 1.

    Returns
    -------
    libpysal.graph.Graph
        Focal and neighbour are unit ids, in the order of the pairs; a unit without a neighbour
        is an isolate.

    Raises
    ------
    DataError
        libpysal is not installed; the message says how to get it.
    """
    graphs = _library("libpysal.graph")
    focal: list[str] = []
    neighbor: list[str] = []
    weight: list[float] = []
    for pair in pairs:
        if pair.relation in relations:
            focal += [pair.a, pair.b]
            neighbor += [pair.b, pair.a]
            weight += [pair.shared_m if by_length else 1.0] * 2
    nodes = _nodes(pairs)
    alone = [unit_id for unit_id in nodes if unit_id not in focal]
    table = _library("pandas").DataFrame(
        {
            "focal": focal + alone,
            "neighbor": neighbor + alone,
            "weight": weight + [0.0] * len(alone),
        }
    )
    order = {unit_id: place for place, unit_id in enumerate(nodes)}
    table = table.sort_values(["focal", "neighbor"], key=lambda column: column.map(order))
    return graphs.Graph.from_arrays(*(table[name].to_numpy() for name in table))


def _nodes(pairs: Sequence[Pair]) -> list[str]:
    """Return the units of the pairs, each once, in their order."""
    return list(dict.fromkeys(name for pair in pairs for name in (pair.a, pair.b)))


def _library(name: str) -> ModuleType:
    """Return a library of the extra, or say how to get it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as exc:
        root = name.partition(".")[0]
        msg = (
            f"{root}: is not installed, expected it for graphs of the adjacency, got none;"
            " pip install 'tzkc_geo[graph]'"
        )
        raise DataError(msg) from exc
