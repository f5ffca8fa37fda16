"""Platforms, rides and boardings: the rail part of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tzkc_geo.network.edges import TENTHS, edges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tzkc_geo.network.edges import Edges
    from tzkc_geo.network.parameters import Parameters
    from tzkc_geo.network.scenario import InForce
    from tzkc_geo.transport import Run, Service

MINUTE: int = 60 * TENTHS


class Platform(NamedTuple):
    """Where the trains of a line in one direction stop."""

    station: str
    line: str
    forward: bool  # in the direction of the runs, as the table lists them


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trains:
    """The platforms, and since when trains from the terminus have been under way there."""

    platforms: tuple[Platform, ...]
    rides: tuple[tuple[Platform, Platform, int, Run], ...]  # with the position of the run
    offset_s: Mapping[Platform, float]  # from the terminus where the train begins
    services: tuple[Service, ...]


def trains_of(rows: InForce) -> Trains:
    """Return the trains of the lines that run, both ways.

    A train begins where no run of its line leads to (the terminus), of a ring line at its first
    station; where branches meet again, the one listed first counts.
    """
    rides = [
        (Platform(start, run.line, forward), Platform(end, run.line, forward), position, run)
        for forward in (True, False)
        for position, run in rows.runs
        for start, end in [(run.from_id, run.to_id) if forward else (run.to_id, run.from_id)]
    ]
    platforms = dict.fromkeys(end for ride in rides for end in ride[:2])
    return Trains(
        platforms=tuple(platforms),
        rides=tuple(rides),
        offset_s=_offsets(rides),
        services=rows.services,
    )


def _offsets(rides: Sequence[tuple[Platform, Platform, int, Run]]) -> dict[Platform, float]:
    """Return the time from the terminus to each platform, seconds."""
    onward: dict[Platform, list[tuple[Platform, float]]] = {}
    for start, end, _, run in rides:
        onward.setdefault(start, []).append((end, run.run_s))
    reached = {end for _, end, _, _ in rides}
    termini = [start for start in onward if start not in reached]
    offset: dict[Platform, float] = {}
    for begin in (*termini, *onward):  # those of a ring are left over
        ahead = [(begin, 0.0)]
        while ahead:
            platform, seconds = ahead.pop()
            if platform not in offset:
                offset[platform] = seconds
                ahead += [(end, seconds + run_s) for end, run_s in onward.get(platform, ())]
    return offset


def train_edges(
    trains: Trains,
    node: Mapping[Platform, int],
    halls: Mapping[str, int],
    parameters: Parameters,
) -> tuple[list[Edges], np.ndarray[tuple[int, int], np.dtype[np.int32]]]:
    """Return rides, boardings and alightings, and the table of boardings.

    Parameters
    ----------
    trains
        From `trains_of`.
    node
        The node of each platform.
    halls
        The node of the hall of each station that can be entered.
    parameters
        For the time to alight.

    Returns
    -------
    tuple
        Edges, and boardings of shape ``(b, 4)``: phase, headway, first, last in tenths of a
        second of the day. Where the last train does not fit the headway, it is a boarding of
        its own.
    """
    tail, head, position, run = zip(*trains.rides, strict=True) if trains.rides else [()] * 4
    rides = edges(
        [node[platform] for platform in tail],
        [node[platform] for platform in head],
        [row.run_s for row in run],
        "rail",
        run=position,
        metres=[row.length_m or 0.0 for row in run],
    )
    boards = [
        (halls[platform.station], node[platform], headway_s / 2, board)
        for platform in dict.fromkeys(tail)
        if platform.station in halls
        for headway_s, *board in _boardings(trains, platform)
    ]
    ends = [platform for platform in dict.fromkeys(head) if platform.station in halls]
    away = edges(
        [node[platform] for platform in ends],
        [halls[platform.station] for platform in ends],
        parameters["alight_s"],
        "walk",
    )
    starts, platforms, seconds, table = zip(*boards, strict=True) if boards else [()] * 4
    waits = edges(starts, platforms, seconds, "wait", board=np.arange(len(boards)))
    return [rides, waits, away], np.array(table, dtype=np.int32).reshape(-1, 4)


def _boardings(trains: Trains, platform: Platform) -> list[tuple[float, int, int, int, int]]:
    """Return the headway in seconds, phase, headway, first and last of a platform's trains."""
    offset = round(trains.offset_s[platform] * TENTHS)
    found = []
    for service in trains.services:
        if service.line != platform.line:
            continue
        headway = round(service.headway_s * TENTHS)
        first, last = (minute * MINUTE + offset for minute in (service.from_min, service.to_min))
        found.append((service.headway_s, first, headway, first, last))
        if (last - first) % headway:
            found.append((service.headway_s, last, headway, last, last))
    return found


def hall_edges(
    halls: Mapping[str, int], street: Mapping[str, int], parameters: Parameters
) -> list[Edges]:
    """Return the ways between the street and the hall of each station.

    Parameters
    ----------
    halls
        The node of the hall of each station.
    street
        The node of each station on foot.
    parameters
        For the time of access; the way out is counted where one alights.
    """
    inside = [halls[name] for name in halls]
    outside = [street[name] for name in halls]
    return [
        edges(outside, inside, parameters["station_access_s"], "walk"),
        edges(inside, outside, 0.0, "walk"),
    ]
