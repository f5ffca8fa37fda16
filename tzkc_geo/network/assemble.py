"""Lay places, roads, connectors and trains out as nodes and edges in layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tzkc_geo.network.connectors import free_pairs, needed
from tzkc_geo.network.edges import NONE, both_ways, chosen, edges, joined
from tzkc_geo.network.parameters import SURFACE
from tzkc_geo.network.points import FOR_ALL
from tzkc_geo.network.trains import hall_edges, train_edges, trains_of
from tzkc_geo.transport import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.network.barriers import Barriers
    from tzkc_geo.network.edges import Edges
    from tzkc_geo.network.parameters import Parameters
    from tzkc_geo.network.points import Places
    from tzkc_geo.network.scenario import InForce

    Flags = NDArray[np.bool_]
    Positions = NDArray[np.intp]

HUB_M: Final = 300.0  # stations nearer than this are one place to change at
LAYERS: Final = ("walk", "bike", "road", "hall", "rail")


class Node(NamedTuple):
    """A place in one layer."""

    place_id: str
    name: str
    line: str  # of a platform; else empty
    x: float  # metres, EPSG:4549
    y: float
    layer: str
    entry: bool  # the network is entered and left here


class Layout(NamedTuple):
    """Nodes and edges of a network, before the edges are sorted."""

    nodes: list[Node]
    edges: Edges
    boardings: NDArray[np.int32]
    halls: dict[str, int]  # by station id


def layout(
    rows: InForce,
    places: Places,
    barriers: Barriers,
    parameters: Parameters,
    modes: Sequence[Mode],
) -> Layout:
    """Return the nodes and edges of a scenario for some modes.

    Parameters
    ----------
    rows
        From `scenario.in_force`.
    places
        From `points.places_of`.
    barriers
        What connectors may not meet.
    parameters
        Speeds and times.
    modes
        Those that may be used; rail brings the stations' own nodes on foot with it.
    """
    trains = trains_of(rows)
    served = {platform.station for platform in trains.platforms}.intersection(places.stations)
    stops = {name: place for name, place in places.stations.items() if name in served}
    nodes, at = _street_nodes(places, modes, list(stops.values()))
    parts = _street_edges(rows, places, barriers, parameters, {m: at[m] for m in at if m in modes})
    halls: dict[str, int] = {}
    boardings = np.empty((0, 4), dtype=np.int32)
    if Mode.RAIL in modes:
        halls = {name: len(nodes) + k for k, name in enumerate(stops)}
        nodes += [_node(places, place, "hall", entry=False) for place in stops.values()]
        platform_at = {platform: len(nodes) + k for k, platform in enumerate(trains.platforms)}
        nodes += [
            _platform(platform.station, platform.line, rows, places)
            for platform in trains.platforms
        ]
        moved, boardings = train_edges(trains, platform_at, halls, parameters)
        walk = at[Mode.WALK]
        street = {name: int(walk[place]) for name, place in stops.items()}
        parts += [*moved, *hall_edges(halls, street, parameters)]
    parts += _parking(places, at, parameters)
    return Layout(nodes, joined([edges([], [], 0.0, "walk"), *parts]), boardings, halls)


def _street_nodes(
    places: Places, modes: Sequence[Mode], stops: Sequence[int]
) -> tuple[list[Node], dict[Mode, Positions]]:
    """Return the nodes of the surface layers, and for each layer the node of each place."""
    nodes: list[Node] = []
    at: dict[Mode, Positions] = {}
    for mode in SURFACE:
        has = places.foot if mode is not Mode.ROAD else np.ones(len(places.rows), dtype=np.bool_)
        if mode not in modes:
            if mode is not Mode.WALK or Mode.RAIL not in modes:
                continue
            has = np.isin(np.arange(len(places.rows)), stops)
        at[mode] = np.where(has, len(nodes) + np.cumsum(has) - 1, NONE)
        entry = _entry(places, mode)
        nodes += [
            _node(places, place, mode, entry=bool(entry[place]))
            for place in np.flatnonzero(has).tolist()
        ]
    return nodes, at


def _entry(places: Places, mode: Mode) -> Flags:
    return places.road_entry if mode is Mode.ROAD else places.foot_entry


def _node(places: Places, place: int, layer: str, *, entry: bool) -> Node:
    row = places.rows[place]
    return Node(row.place_id, row.name, "", row.x, row.y, layer, entry)


def _platform(station: str, line: str, rows: InForce, places: Places) -> Node:
    """Return a platform; where no position is known it stands in the middle of the network."""
    place = places.stations.get(station)
    x, y = places.xy.mean(axis=0).tolist() if place is None else places.xy[place].tolist()
    name = rows.stations[station].name_zh if station in rows.stations else station
    return Node(station, name, line, x, y, "rail", entry=False)


def _street_edges(
    rows: InForce,
    places: Places,
    barriers: Barriers,
    parameters: Parameters,
    at: Mapping[Mode, Positions],
) -> list[Edges]:
    """Return the edges along roads, and the connectors, of each surface mode."""
    entered = np.flatnonzero(places.foot_entry | places.road_entry)
    pairs, metres = free_pairs(places.xy, entered, barriers, parameters["connector_m"])
    parts = []
    for mode, node in at.items():
        roads = joined(_along_roads(rows, places, parameters, mode, node))
        own = _entry(places, mode)[pairs].all(axis=1)
        seconds = metres[own] * parameters.seconds_per_m(mode)
        if mode is Mode.WALK:
            change = np.isin(pairs[own], list(places.stations.values())).all(axis=1)
            change &= metres[own] < HUB_M
            seconds[change] = np.maximum(seconds[change], parameters.change_s)
        tail, head = node[pairs[own]].T
        loose = edges(tail, head, seconds, mode, metres=metres[own])
        kept = needed(np.column_stack([loose.tail, loose.head]), loose.cost, roads)
        parts += [roads, both_ways(chosen(loose, kept))]
    return parts


def _along_roads(
    rows: InForce, places: Places, parameters: Parameters, mode: Mode, node: Positions
) -> list[Edges]:
    """Return the edges of one mode along the links that are open to it."""
    links = [rows.all_links[position] for position in places.link.tolist()]
    if mode is Mode.ROAD:
        kmh = [link.peak_kmh if parameters.peak else link.free_kmh for link in links]
        allowed = np.ones(len(links), dtype=np.bool_)
        back = np.array([not link.oneway for link in links], dtype=np.bool_)
    else:
        kmh = [parameters[parameters.speed_id(mode)]] * len(links)
        allowed = np.array([link.link_class in FOR_ALL for link in links], dtype=np.bool_)
        back = allowed
    seconds = places.metres * 3.6 / np.array(kmh, dtype=np.float64)
    parts = []
    for own, (start, end) in ((allowed, (0, 1)), (back, (1, 0))):
        tail, head = node[places.ends[own, start]], node[places.ends[own, end]]
        parts.append(
            edges(tail, head, seconds[own], mode, metres=places.metres[own], link=places.link[own])
        )
    return parts


def _parking(places: Places, at: Mapping[Mode, Positions], parameters: Parameters) -> list[Edges]:
    """Return the edges from car and bike to on foot, at stations alone."""
    if Mode.WALK not in at:
        return []
    spots = np.array(list(places.stations.values()), dtype=np.intp)
    spots = spots[at[Mode.WALK][spots] != NONE]
    return [
        edges(at[mode][spots], at[Mode.WALK][spots], parameters["park_s"], "park")
        for mode in (Mode.BIKE, Mode.ROAD)
        if mode in at
    ]
