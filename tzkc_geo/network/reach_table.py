"""How much of each unit is near S1, S2 and the main roads (可达性表)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.network.backward import backward
from tzkc_geo.network.build import Network, network
from tzkc_geo.network.grids import UnitCells, unit_cells
from tzkc_geo.network.points import FAST
from tzkc_geo.network.reach import checked_minutes
from tzkc_geo.network.search import search
from tzkc_geo.network.surface import times
from tzkc_geo.transport import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.scenario import Scenario

    Floats = NDArray[np.float64]
    Nodes = NDArray[np.intp]

MAIN_ROADS: Final = "main_roads"
FACILITIES: Final = (
    ("S1", Mode.WALK),
    ("S1", Mode.BIKE),
    ("S1", Mode.ROAD),
    ("S2", Mode.WALK),
    ("S2", Mode.BIKE),
    ("S2", Mode.ROAD),
    (MAIN_ROADS, Mode.ROAD),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Shares of a unit's dry ground within one time, 0 to 1."""

    minutes: float
    network: float
    straight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit and one facility, by one mode."""

    facility: str  # S1 | S2 | main_roads
    mode: str
    unit_id: str
    name_zh: str
    shares: tuple[Share, ...]  # ascending; none where there is no such facility, or no ground
    reason: str | None  # why there are none
    snap_median_m: float | None  # to the nearest entry, over the ground that has one
    snap_max_m: float | None
    unsnapped: float | None  # share of the ground from which no entry can be used


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTable:
    """Shares of all units near all facilities (可达性表)."""

    scenario: str
    peak: bool
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the table as an object; a share that does not exist is left out."""
        rows = [
            {
                "facility": row.facility,
                "mode": row.mode,
                "unit_id": row.unit_id,
                "name_zh": row.name_zh,
                "shares": [
                    {"minutes": s.minutes, "network": s.network, "straight": s.straight}
                    for s in row.shares
                ],
                "reason": row.reason,
                "snap_median_m": row.snap_median_m,
                "snap_max_m": row.snap_max_m,
                "unsnapped": row.unsnapped,
            }
            for row in self.rows
        ]
        return {"scenario": self.scenario, "peak": self.peak, "rows": rows}


def reach_table(
    catalog: Catalog,
    minutes: Iterable[float] = (5.0, 10.0, 15.0, 30.0),
    *,
    scenario: str | Scenario = "today",
    peak: bool = False,
) -> ReachTable:
    """Return the share of each unit within some minutes of S1, S2 and the main roads (可达性表).

    Parameters
    ----------
    catalog
        Units, stations and tables of the network.
    minutes
        As in `reach.reach`.
    scenario
        Name of a built-in scenario, or one from a file.
    peak
        Cars at peak speeds.

    Returns
    -------
    ReachTable
        By facility and mode as in `FACILITIES`, then by unit in the order of the catalog.

    Raises
    ------
    LimitError
        The minutes are not allowed.
    UnknownIdError
        There is no such scenario.

    Notes
    -----
    Times are those *to* the facility: the network is searched against its direction. A station
    is reached when its place is, by that mode alone; the main roads where an expressway or a
    motorway is driven onto from another road. ``straight`` takes the straight line to the
    nearest of them at the speed of that mode off the network, without detour and barriers: what
    one would say without a network.
    """
    levels = checked_minutes(minutes)
    rows: list[Row] = []
    for facility, mode in FACILITIES:
        own = network(catalog, scenario=scenario, modes=[mode], peak=peak)
        rows += _rows(catalog, own, (facility, mode), levels)
    return ReachTable(scenario=own.scenario.name, peak=peak, rows=tuple(rows))


def seconds_to(catalog: Catalog, own: Network, nodes: Nodes) -> NDArray[np.float32]:
    """Return the time from each cell of the units to the nearest of some nodes, seconds.

    Parameters
    ----------
    catalog
        Whose units are meant.
    own
        The network.
    nodes
        Where to; positions in its graph.

    Returns
    -------
    NDArray of float32
        Shape ``(t,)``, order of `grids.unit_cells`; NaN where there is no way.
    """
    clock = search(backward(own)[0], [(nodes, np.zeros(len(nodes), dtype=np.int64))]).time[0]
    return times(unit_cells(catalog, own).places, clock, own)


def main_road_entries(own: Network) -> Nodes:
    """Return the nodes at which an expressway or a motorway is driven onto from another road."""
    kinds = np.array([link.link_class in FAST for link in own.links] + [False])
    fast = kinds[own.edge_link]
    tails = np.unique(own.graph.tail[fast])
    joined = np.zeros(len(own.graph.xy), dtype=np.bool_)
    joined[own.graph.head[~fast]] = True
    entries: Nodes = tails[joined[tails] | own.entry[tails]].astype(np.intp)
    return entries


def line_stations(catalog: Catalog, own: Network, line: str) -> Nodes:
    """Return the nodes of the stations of one line that are open in the scenario."""
    rows = (*catalog.stations, *own.scenario.stations)
    ids = [row.station_id for row in rows if row.line == line]
    return np.array([own.stations[i] for i in ids if i in own.stations], dtype=np.intp)


def _rows(
    catalog: Catalog, own: Network, what: tuple[str, Mode], levels: tuple[float, ...]
) -> list[Row]:
    """Return the rows of one facility and mode."""
    facility, mode = what
    main = facility == MAIN_ROADS
    nodes = main_road_entries(own) if main else line_stations(catalog, own, facility)
    cells = unit_cells(catalog, own)
    found: list[tuple[float, Floats, Floats]] = []
    if nodes.size:
        by_network = seconds_to(catalog, own, nodes) / 60.0
        by_line = _straight_min(own, mode, cells, own.graph.xy[nodes])
        found = [(x, cells.shares(by_network <= x), cells.shares(by_line <= x)) for x in levels]
    snapped = np.isfinite(cells.places.snap_m)
    loose = cells.shares(~snapped & cells.places.dry)
    rows = []
    for code, unit in enumerate(catalog.units):
        own_m = cells.places.snap_m[cells.part[code, cells.code] & snapped]
        ground = cells.total_km2[code] > 0.0
        rows.append(
            Row(
                facility=facility,
                mode=str(mode),
                unit_id=unit.unit_id,
                name_zh=unit.name_zh,
                shares=tuple(
                    Share(minutes=x, network=float(by[code]), straight=float(crow[code]))
                    for x, by, crow in found
                    if ground
                ),
                reason=_reason(facility, own, nodes.size > 0, ground=bool(ground)),
                snap_median_m=float(np.median(own_m)) if own_m.size else None,
                snap_max_m=float(own_m.max()) if own_m.size else None,
                unsnapped=float(loose[code]) if ground else None,
            )
        )
    return rows


def _reason(facility: str, own: Network, there: bool, *, ground: bool) -> str | None:  # noqa: FBT001
    """Say why a row has no shares."""
    if not there:
        return f"{facility} is not open in scenario {own.scenario.name}"
    return None if ground else "the unit has no dry cell"


def _straight_min(own: Network, mode: Mode, cells: UnitCells, xy: Floats) -> Floats:
    """Return minutes along the straight line to the nearest position; NaN in water."""
    from scipy.spatial import cKDTree

    speed_kmh = own.parameters[own.parameters.speed_id(mode)]
    metres, _ = cKDTree(xy).query(cells.places.xy)
    minutes: Floats = np.where(cells.places.dry, metres * 0.06 / speed_kmh, np.nan)
    return minutes
