"""The legs of a journey, told from the edges of its path."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from tzkc_geo.network.assemble import LAYERS
from tzkc_geo.network.edges import NONE, WAYS
from tzkc_geo.network.parameters import worst
from tzkc_geo.transport import Grounds, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tzkc_geo.network.build import Network
    from tzkc_geo.network.search import Found

MINUTE: Final = 600  # tenths of a second
ORIGIN, DESTINATION = "origin", "destination"
HALL: Final = LAYERS.index("hall")
STATION_TIMES: Final = ("station_access_s", "alight_s", "transfer_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A stretch of a journey by one mode on one line or road (行程段)."""

    mode: str  # walk | bike | road | rail | wait | park
    start: str  # name of a station, a junction or a road; `ORIGIN`
    end: str  # likewise; `DESTINATION`
    tenths: int  # of a second
    metres: float  # a ride: 0 where no length is known
    line: str  # the line or road, Chinese; empty: off the network
    grounds: Grounds  # the weakest of what it rests on

    @property
    def minutes(self) -> float:
        """How long it takes."""
        return self.tenths / MINUTE


def path_legs(network: Network, found: Found, origin: int, path: Sequence[int]) -> list[Leg]:
    """Return the edges of a path as legs, not merged.

    Parameters
    ----------
    network
        The network that was searched.
    found
        Times of the search; what an edge takes is the time between its nodes, waits included.
    origin
        Position of the seeds.
    path
        From `search.trace`.
    """
    graph, time = network.graph, found.time[origin]
    return [
        Leg(
            mode=WAYS[network.edge_mode[edge]],
            start=network.node_name[graph.tail[edge]],
            end=network.node_name[graph.head[edge]],
            tenths=int(time[graph.head[edge]]) - int(time[graph.tail[edge]]),
            metres=float(network.edge_metres[edge]),
            line=_line(network, edge),
            grounds=_grounds(network, edge),
        )
        for edge in path
    ]


def surface_leg(network: Network, mode: Mode, ends: tuple[str, str], way: tuple[int, float]) -> Leg:
    """Return a leg off the network; ``way``: tenths of a second, and metres straight."""
    grounds = network.parameters.surface_grounds(mode)
    return Leg(
        mode=str(mode),
        start=ends[0],
        end=ends[1],
        tenths=way[0],
        metres=way[1],
        line="",
        grounds=grounds,
    )


def merged(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Return legs with neighbours of one mode and line made one, and those of no time left out.

    Times add up to those of the legs given. The first begins at `ORIGIN` and the last ends at
    `DESTINATION`, even where a station or a junction stands there.
    """
    groups = groupby((leg for leg in legs if leg.tenths), key=lambda leg: (leg.mode, leg.line))
    joined = [_one(list(group)) for _, group in groups]
    if joined:
        joined[0] = replace(joined[0], start=ORIGIN)
        joined[-1] = replace(joined[-1], end=DESTINATION)
    return tuple(joined)


def _one(legs: Sequence[Leg]) -> Leg:
    """Return some legs of one mode and line as one."""
    return replace(
        legs[0],
        end=legs[-1].end,
        tenths=sum(leg.tenths for leg in legs),
        metres=sum(leg.metres for leg in legs),
        grounds=worst([leg.grounds for leg in legs]),
    )


def _line(network: Network, edge: int) -> str:
    """Return the line or road of an edge; empty off the network."""
    run, link = int(network.edge_run[edge]), int(network.edge_link[edge])
    if run != NONE:
        return network.runs[run].line
    if link != NONE:
        return network.links[link].road
    waits = network.graph.board[edge] != NONE
    return network.node_line[int(network.graph.head[edge])] if waits else ""


def _grounds(network: Network, edge: int) -> Grounds:
    """Return what the time of an edge rests on."""
    match WAYS[network.edge_mode[edge]]:
        case "rail":
            return network.runs[int(network.edge_run[edge])].grounds
        case "wait":
            line = _line(network, edge)
            return worst([row.grounds for row in network.services if row.line == line])
        case "park":
            return network.parameters.grounds["park_s"]
        case mode:
            return _street_grounds(network, edge, Mode(mode))


def _street_grounds(network: Network, edge: int, mode: Mode) -> Grounds:
    """Return what the time of an edge on foot, by bike or by car rests on."""
    known, link = network.parameters.grounds, int(network.edge_link[edge])
    ends = network.graph.tail[edge], network.graph.head[edge]
    if any(network.layer[end] == HALL for end in ends):
        return worst([known.get(name, Grounds.ASSUMED) for name in STATION_TIMES])
    if link == NONE:
        return network.parameters.surface_grounds(mode)
    own = network.links[link].grounds
    return own if mode is Mode.ROAD else worst([own, known[network.parameters.speed_id(mode)]])
