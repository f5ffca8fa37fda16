"""Build the layered network of a scenario from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.errors import LimitError
from tzkc_geo.network.assemble import LAYERS, layout
from tzkc_geo.network.barriers import barriers_of
from tzkc_geo.network.graph import make_graph
from tzkc_geo.network.parameters import STATION_M, SURFACE, parameters_of
from tzkc_geo.network.points import places_of
from tzkc_geo.network.scenario import in_force, scenario_of
from tzkc_geo.transport import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.barriers import Barriers
    from tzkc_geo.network.graph import Graph
    from tzkc_geo.network.parameters import Parameters
    from tzkc_geo.network.scenario import Scenario
    from tzkc_geo.transport import Link, Run, Service

    Ints = NDArray[np.int32]

DEFAULT_MODES: Final = (Mode.WALK, Mode.ROAD, Mode.RAIL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """A network ready to be searched, and what its nodes and edges are (多模式交通网络).

    A place has one node in each surface layer that is used there, a station of a line a hall
    (between the street and the platforms) and one platform for each line and direction.
    """

    graph: Graph
    scenario: Scenario
    modes: tuple[Mode, ...]  # as asked, in the order of `Mode`
    peak: bool
    parameters: Parameters
    barriers: Barriers
    links: tuple[Link, ...]  # those of the catalog in its order, then those of the scenario
    runs: tuple[Run, ...]  # likewise
    services: tuple[Service, ...]  # those that run, with the headways of the scenario
    node_id: tuple[str, ...]  # (n,) junction or station, or link_id@number along a link
    node_name: tuple[str, ...]  # (n,) its name, Chinese
    node_line: tuple[str, ...]  # (n,) of a platform its line; else empty
    layer: NDArray[np.int8]  # (n,) position in `LAYERS`
    entry: NDArray[np.bool_]  # (n,) whether the network is entered and left here
    stations: Mapping[str, int]  # by id: the node on foot, or else the first node there
    halls: Mapping[str, int]  # by id, of stations where trains stop
    edge_mode: NDArray[np.int8]  # (m,) position in `edges.WAYS`
    edge_link: Ints  # (m,) position in links; -1: off the network, or no road
    edge_run: Ints  # (m,) position in runs; -1: no ride
    edge_metres: NDArray[np.float64]  # (m,)

    def entries(self, mode: str) -> Ints:
        """Return the nodes where the network is entered and left by a surface mode."""
        return np.flatnonzero(self.entry & (self.layer == LAYERS.index(mode))).astype(np.int32)

    def seconds_per_m(self, mode: str) -> float:
        """Return seconds a metre of straight line off the network, for a surface mode."""
        return self.parameters.seconds_per_m(Mode(mode))

    @property
    def access(self) -> tuple[Mode, ...]:
        """The surface modes by which one comes to the network and leaves it."""
        asked = tuple(mode for mode in SURFACE if mode in self.modes)
        return asked if Mode.RAIL not in self.modes or Mode.WALK in asked else (Mode.WALK, *asked)

    def access_m(self, mode: Mode) -> float:
        """Return how far one may go between a position and the network in one go, metres.

        On foot where `walk` is not among the modes: no further than the station itself.
        """
        return self.parameters["connector_m"] if mode in self.modes else STATION_M


def network(
    catalog: Catalog,
    *,
    scenario: str | Scenario = "today",
    modes: Iterable[str] = DEFAULT_MODES,
    peak: bool = False,
) -> Network:
    """Return the network of a scenario for some modes; made once for each catalog.

    Parameters
    ----------
    catalog
        Tables of the network and stations.
    scenario
        Name of a built-in scenario, or one from a file.
    modes
        Of walk, bike, road, rail; those that may be used.
    peak
        Cars at peak speeds, not at free flow.

    Returns
    -------
    Network
        Without the modes that are not asked for. Where walk is not asked for but rail is,
        stations are walked to from nothing but their own place.

    Raises
    ------
    LimitError
        No mode, or one that does not exist.
    UnknownIdError
        No scenario of this name.
    DataError
        An impedance that is needed is not in the tables.
    """
    asked = frozenset(modes)
    unknown = sorted(asked.difference(Mode))
    if unknown or not asked:
        known = ", ".join(Mode)
        got = repr(unknown[0]) if unknown else "none"
        msg = f"modes: {got} is not allowed, expected some of {known}, got {got}"
        raise LimitError(msg)
    ordered = tuple(mode for mode in Mode if mode in asked)
    return _network(catalog, scenario_of(scenario), ordered, peak)


@lru_cache(maxsize=32)
def _network(
    catalog: Catalog,
    scenario: Scenario,
    modes: tuple[Mode, ...],
    peak: bool,  # noqa: FBT001 - part of the key of the cache
) -> Network:
    parameters = parameters_of(catalog.transport.impedances, peak=peak)
    barriers = _barriers(catalog)
    rows = in_force(catalog, scenario)
    places = places_of(rows, barriers, parameters)
    nodes, parts, boardings, halls = layout(rows, places, barriers, parameters, modes)
    xy = np.array([(node.x, node.y) for node in nodes]).reshape(-1, 2)
    graph, order = make_graph(xy, parts.tail, parts.head, parts.cost, parts.board, boardings)
    first: dict[str, int] = {}
    for position, node in enumerate(nodes):
        if node.place_id in rows.stations:
            first.setdefault(node.place_id, position)
    return Network(
        graph=graph,
        scenario=scenario,
        modes=modes,
        peak=peak,
        parameters=parameters,
        barriers=barriers,
        links=rows.all_links,
        runs=rows.all_runs,
        services=rows.services,
        node_id=tuple(node.place_id for node in nodes),
        node_name=tuple(node.name for node in nodes),
        node_line=tuple(node.line for node in nodes),
        layer=np.array([LAYERS.index(node.layer) for node in nodes], dtype=np.int8),
        entry=np.array([node.entry for node in nodes], dtype=np.bool_),
        stations=first,
        halls=halls,
        edge_mode=parts.way[order],
        edge_link=parts.link[order],
        edge_run=parts.run[order],
        edge_metres=parts.metres[order],
    )


@lru_cache(maxsize=8)
def _barriers(catalog: Catalog) -> Barriers:
    return barriers_of(catalog.transport.barriers)
