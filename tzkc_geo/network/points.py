"""The places of the network, and the stretches of road between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, hypot
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tzkc_geo.crs import to_metric
from tzkc_geo.transport import JunctionKind, LinkClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.barriers import Barriers
    from tzkc_geo.network.parameters import Parameters
    from tzkc_geo.network.scenario import InForce
    from tzkc_geo.transport import Junction, Link

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Positions = NDArray[np.intp]

FOR_ALL: Final = frozenset((LinkClass.ARTERIAL, LinkClass.BRIDGE))  # on foot and by bike as well
FAST: Final = frozenset((LinkClass.MOTORWAY, LinkClass.EXPRESSWAY))


class Place(NamedTuple):
    """A junction, a station, or a point along an arterial."""

    place_id: str  # of a point along a link: link_id@number
    name: str  # Chinese; of a point along a link: that of its road
    x: float  # metres, EPSG:4549
    y: float
    foot: bool  # walkers and bikes come here
    foot_entry: bool  # and may leave or join the network here
    road_entry: bool  # cars may leave or join the network here


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """All places, and what joins them.

    Notes
    -----
    A junction is entered by car unless motorways or expressways meet nothing but each other and
    their ramps there; on foot and by bike where a road for all meets it. A bend of a bridge is
    not entered, nor a point of an arterial above water.
    """

    rows: tuple[Place, ...]  # junctions, stations, points along links
    xy: Floats  # (p, 2) metres, EPSG:4549
    foot: Flags  # (p,)
    foot_entry: Flags  # (p,)
    road_entry: Flags  # (p,)
    stations: dict[str, int]  # by id, those that have a position
    ends: Positions  # (s, 2) places at the ends of each stretch
    metres: Floats  # (s,)
    link: Positions  # (s,) position in all links


def places_of(rows: InForce, barriers: Barriers, parameters: Parameters) -> Places:
    """Return the places and stretches of the rows in force.

    Parameters
    ----------
    rows
        From `scenario.in_force`.
    barriers
        To know which points are above water.
    parameters
        For how often arterials are entered.
    """
    places = _known(rows)
    junctions = {name: place for place, name in enumerate(rows.junctions)}
    located = [name for name, row in rows.stations.items() if row.lon is not None]
    fixed = len(places)
    chains, lengths = [], []
    for _, link in rows.links:
        start, end = junctions[link.from_id], junctions[link.to_id]
        length_m, inner = _along(link, places[start], places[end], parameters["entry_step_m"])
        chains.append([start, *range(len(places), len(places) + len(inner)), end])
        lengths.append(length_m)
        places += inner
    xy = np.array([(place.x, place.y) for place in places]).reshape(-1, 2)
    dry = ~barriers.wet(xy[:, 0], xy[:, 1])
    dry[:fixed] = True  # junctions and stations stand on land, whatever width is assumed
    foot, foot_entry, road_entry = (
        np.array([place[part] for place in places], dtype=np.bool_) for part in (4, 5, 6)
    )
    numbers = np.array([len(chain) - 1 for chain in chains], dtype=np.intp)
    return Places(
        rows=tuple(places),
        xy=xy,
        foot=foot,
        foot_entry=foot_entry & dry,
        road_entry=road_entry & dry,
        stations={name: len(junctions) + k for k, name in enumerate(located)},
        ends=_pairs([pair for c in chains for pair in pairwise(c)]),
        metres=np.repeat(np.array(lengths) / numbers, numbers),
        link=np.repeat(np.array([position for position, _ in rows.links], dtype=np.intp), numbers),
    )


def _pairs(rows: list[tuple[int, int]]) -> Positions:
    return np.array(rows, dtype=np.intp).reshape(-1, 2)


def _known(rows: InForce) -> list[Place]:
    """Return the junctions and the stations that have a position."""
    junctions = list(rows.junctions.values())
    stations = [row for row in rows.stations.values() if row.lon is not None]
    touching: dict[str, set[LinkClass]] = {row.junction_id: set() for row in junctions}
    for _, link in rows.links:
        touching[link.from_id].add(link.link_class)
        touching[link.to_id].add(link.link_class)
    lonlat = [
        *((row.lon, row.lat) for row in junctions),
        *((row.lon, row.lat) for row in stations),
    ]
    spots = iter(to_metric(np.array(lonlat, dtype=np.float64).reshape(-1, 2)).tolist())
    return [
        *(_junction(row, touching[row.junction_id], next(spots)) for row in junctions),
        *(Place(row.station_id, row.name_zh, *next(spots), *[True] * 3) for row in stations),
    ]


def _junction(row: Junction, touching: set[LinkClass], xy: list[float]) -> Place:
    """Return one junction and who may enter it."""
    foot = not FOR_ALL.isdisjoint(touching)
    solid = (
        row.kind is not JunctionKind.BEND
        or LinkClass.BRIDGE not in touching
        or LinkClass.ARTERIAL in touching
    )
    by_car = foot or FAST.isdisjoint(touching)
    return Place(row.junction_id, row.name_zh, xy[0], xy[1], foot, foot and solid, by_car and solid)


def _along(link: Link, start: Place, end: Place, step_m: float) -> tuple[float, list[Place]]:
    """Return the length of a link and, of an arterial, the points where it is entered."""
    straight_m = hypot(end.x - start.x, end.y - start.y)
    length_m = max(link.length_m or 0.0, straight_m)
    if link.link_class is not LinkClass.ARTERIAL:
        return length_m, []
    parts = max(1, ceil(round(length_m / step_m, 6)))  # rounded: 1500.0000001 m are 3 x 500 m
    return length_m, [
        Place(
            f"{link.link_id}@{k}",
            link.road,
            start.x + (end.x - start.x) * k / parts,
            start.y + (end.y - start.y) * k / parts,
            *[True] * 3,
        )
        for k in range(1, parts)
    ]
