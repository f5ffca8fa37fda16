"""The fastest way between two positions, leg by leg, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.crs import to_metric
from tzkc_geo.errors import LimitError
from tzkc_geo.network.assemble import LAYERS
from tzkc_geo.network.edges import TENTHS
from tzkc_geo.network.legs import (
    DESTINATION,
    MINUTE,
    ORIGIN,
    Leg,
    merged,
    path_legs,
    surface_leg,
)
from tzkc_geo.network.search import UNREACHED, search, trace
from tzkc_geo.network.snap import snap
from tzkc_geo.transport import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.network.build import Network
    from tzkc_geo.network.search import Found
    from tzkc_geo.network.snap import Seeds

    Spot = tuple[float, float]

DAY_MIN: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The fastest way between two positions; its legs are the proof (路径)."""

    scenario: str
    modes: tuple[Mode, ...]
    tenths: int | None  # of a second; None: unreachable
    legs: tuple[Leg, ...]  # their times add up to the above
    reason: str | None  # why it is unreachable
    notes: tuple[str, ...]  # which of the modes asked for are not used, and why
    snap_m: tuple[float | None, float | None]  # from origin and destination to the nearest entry

    @property
    def minutes(self) -> float | None:
        """How long it takes; None: unreachable."""
        return None if self.tenths is None else self.tenths / MINUTE

    def to_json(self) -> dict[str, Any]:
        """Return the object of the contract.

        Minutes have two decimals, rounded at the ends of the legs, so that those of the legs
        add up to that of the whole.
        """
        ends = np.round(np.cumsum([0, *(leg.tenths for leg in self.legs)]) / MINUTE, 2)
        legs = [
            {
                "mode": leg.mode,
                "from": leg.start,
                "to": leg.end,
                "minutes": round(float(took), 2),
                "metres": round(leg.metres, 1),
                "line": leg.line or None,
                "grounds": str(leg.grounds),
            }
            for leg, took in zip(self.legs, np.diff(ends), strict=True)
        ]
        snapped = [None if metres is None else round(metres, 1) for metres in self.snap_m]
        return {
            "minutes": None if self.tenths is None else float(ends[-1]),
            "legs": legs,
            "scenario": self.scenario,
            "modes": [str(mode) for mode in self.modes],
            "reason": self.reason,
            "notes": list(self.notes),
            "snap_m": snapped,
        }


def route(
    network: Network, origin: Spot, destination: Spot, *, depart: float | None = None
) -> Route:
    """Return the fastest way from one position to another.

    Where both are within ``connector_m`` of each other and in sight, the straight way is one of
    those compared.

    Parameters
    ----------
    network
        From `build.network`: scenario, modes, free flow or peak.
    origin, destination
        lon, lat in degrees, EPSG:4490.
    depart
        Minutes after midnight; trains are then waited for by the timetable. None: half a
        headway is waited, of the most frequent service of the line.

    Returns
    -------
    Route
        Its legs, or ``reason`` where there is no way.

    Raises
    ------
    CrsError
        A position is no degrees.
    LimitError
        The departure is not within the day.
    """
    if depart is not None and not 0 <= depart < DAY_MIN:
        msg = f"depart: not within the day, expected minutes from 0 to below 1440, got {depart}"
        raise LimitError(msg)
    here, there = to_metric([origin, destination]).tolist()
    ends = snap(network, *here), snap(network, *there)
    found = _search(network, ends[0], depart)
    straight = _straight(network, here, there)
    best = int(_arrivals(found, ends[1]).min(initial=UNREACHED))
    if straight is not None and straight.tenths <= best:
        return _answer(network, ends, (straight,), _notes(network, found, {straight.mode}))
    if best == UNREACHED:
        return _answer(network, ends, why=_why(network, here, there, ends, depart))
    legs = _travelled(network, found, ends)
    return _answer(network, ends, legs, _notes(network, found, {leg.mode for leg in legs}))


def _answer(
    network: Network,
    ends: tuple[Seeds, Seeds],
    legs: tuple[Leg, ...] = (),
    notes: tuple[str, ...] = (),
    *,
    why: str | None = None,
) -> Route:
    """Return the answer: legs and notes, or why there are none."""
    return Route(
        scenario=network.scenario.name,
        modes=network.modes,
        tenths=sum(leg.tenths for leg in legs) if why is None else None,
        legs=merged(legs),
        reason=why,
        notes=notes,
        snap_m=(ends[0].snap_m, ends[1].snap_m),
    )


def _search(network: Network, seeds: Seeds, depart: float | None) -> Found:
    """Return the times from one position."""
    tenths = None if depart is None else round(depart * MINUTE)
    return search(network.graph, [(seeds.nodes, seeds.costs)], depart=tenths)


def _arrivals(found: Found, ends: Seeds) -> NDArray[np.int64]:
    """Return when the destination is reached from each entry about it."""
    times = found.time[0, ends.nodes].astype(np.int64)
    return np.where(times == UNREACHED, UNREACHED, times + ends.costs)


def _straight(network: Network, here: Sequence[float], there: Sequence[float]) -> Leg | None:
    """Return the fastest straight way; None: too far, or a barrier or water is met."""
    metres = hypot(there[0] - here[0], there[1] - here[1])
    barriers = network.barriers
    allowed = [mode for mode in network.access if metres <= network.access_m(mode)]
    if (
        not allowed
        or barriers.wet(*zip(here, there, strict=True)).any()
        or barriers.blocked(*here, *there)[0]
    ):
        return None
    mode = min(allowed, key=network.seconds_per_m)
    tenths = round(metres * network.seconds_per_m(mode) * TENTHS)
    return surface_leg(network, mode, (ORIGIN, DESTINATION), (tenths, metres))


def _travelled(network: Network, found: Found, ends: tuple[Seeds, Seeds]) -> tuple[Leg, ...]:
    """Return the legs through the network: to it, along the path, and from it."""
    seeds, goals = ends
    last = int(_arrivals(found, goals).argmin())
    node = int(goals.nodes[last])
    path = trace(network.graph, found, 0, node)
    start = int(network.graph.tail[path[0]]) if path.size else node
    first = int(np.flatnonzero(seeds.nodes == start)[0])
    names = network.node_name
    access, egress = (
        surface_leg(network, Mode(LAYERS[network.layer[at]]), names, (int(tenths), float(metres)))
        for at, names, tenths, metres in (
            (start, (ORIGIN, names[start]), seeds.costs[first], seeds.metres[first]),
            (node, (names[node], DESTINATION), goals.costs[last], goals.metres[last]),
        )
    )
    return access, *path_legs(network, found, 0, path.tolist()), egress


def _notes(network: Network, found: Found, used: set[str]) -> tuple[str, ...]:
    """Say of each mode that was asked for and is not used why not; walking needs no reason."""
    notes = []
    for mode in network.modes:
        if mode in used or mode is Mode.WALK:
            continue
        layer = network.layer == LAYERS.index(mode)
        if mode is Mode.RAIL and not network.halls:
            why = f"no trains run in scenario {network.scenario.name}"
        elif (found.time[0, layer] == UNREACHED).all():
            what = "no train" if mode is Mode.RAIL else "no road"
            why = f"{what} can be reached from the origin"
        else:
            why = "it would not be faster"
        notes.append(f"{mode} is not used: {why}")
    return tuple(notes)


def _why(
    network: Network,
    here: Sequence[float],
    there: Sequence[float],
    ends: tuple[Seeds, Seeds],
    depart: float | None,
) -> str:
    """Say why there is no way."""
    lost = [
        f"{name} {seeds.reason}"
        for name, seeds in zip((ORIGIN, DESTINATION), ends, strict=True)
        if seeds.reason
    ]
    if lost:
        return "; ".join(lost)
    if depart is not None:
        anytime = _arrivals(_search(network, ends[0], None), ends[1])
        if anytime.min() < UNREACHED:
            hours, minutes = divmod(int(depart), 60)
            return f"no train leads there after {hours:02}:{minutes:02}: the last one has left"
    met = "、".join(row.name_zh for row in network.barriers.met(*here, *there))
    between = f"; between them lies {met}, and no way across is connected to both" if met else ""
    modes = ", ".join(network.modes)
    scenario = network.scenario.name
    return f"no way leads from origin to destination by {modes} in scenario {scenario}{between}"
