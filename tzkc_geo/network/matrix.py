"""Travel times between all units and stations (出行时间矩阵), with the paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.network.build import DEFAULT_MODES, network
from tzkc_geo.network.grids import UnitCells, unit_cells
from tzkc_geo.network.reach import departure
from tzkc_geo.network.route import route
from tzkc_geo.network.search import UNREACHED, search, trace
from tzkc_geo.network.snap import Seeds, snap
from tzkc_geo.network.surface import tenths_per_m

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network
    from tzkc_geo.network.route import Route
    from tzkc_geo.network.scenario import Scenario
    from tzkc_geo.network.search import Found

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Whole = NDArray[np.int64]

TENTHS_PER_MIN: Final = 600
STRAIGHT: Final = -1  # the way that does not touch the network


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A unit or a station, and the position that stands for it."""

    place_id: str
    name_zh: str
    kind: str  # unit | station
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """Travel times from each place (row) to each place (column)."""

    network: Network
    ends: tuple[End, ...]
    depart: int | None  # tenths of seconds of the day
    seeds: tuple[Seeds, ...]  # (p,) entries about each place
    found: Found  # (p, n)
    tenths: Whole  # (p, p) tenths of seconds; UNREACHED
    goal: Whole  # (p, p) position in the seeds of the column by which it is reached; STRAIGHT

    @property
    def minutes(self) -> Floats:
        """Minutes, (p, p); NaN where there is no way."""
        return np.where(self.tenths == UNREACHED, np.nan, self.tenths / TENTHS_PER_MIN)

    def path(self, origin: int, destination: int) -> Ints | None:
        """Return the edges of the network on a way; none of them: straight; None: no way."""
        if self.tenths[origin, destination] == UNREACHED:
            return None
        last = int(self.goal[origin, destination])
        if last == STRAIGHT:
            return np.empty(0, dtype=np.int32)
        node = int(self.seeds[destination].nodes[last])
        return trace(self.network.graph, self.found, origin, node)

    def paths(self) -> list[list[Ints | None]]:
        """Return `path` of every pair."""
        every = range(len(self.ends))
        return [[self.path(a, b) for b in every] for a in every]

    def route(self, origin: int, destination: int) -> Route:
        """Return the way between two places, leg by leg, or why there is none."""
        minutes = None if self.depart is None else self.depart / TENTHS_PER_MIN
        a, b = self.ends[origin], self.ends[destination]
        return route(self.network, (a.lon, a.lat), (b.lon, b.lat), depart=minutes)

    def reason(self, origin: int, destination: int) -> str | None:
        """Return why there is no way; None where there is one."""
        if self.tenths[origin, destination] != UNREACHED:
            return None
        return self.route(origin, destination).reason

    def to_json(self, *, legs: bool = False) -> dict[str, Any]:
        """Return places and times; ``legs``: with the way of every pair as in ``tzkc route``."""
        every = range(len(self.ends))
        minutes = [
            [None if np.isnan(value) else round(value, 2) for value in row]
            for row in self.minutes.tolist()
        ]
        reasons = [
            {"from": self.ends[a].place_id, "to": self.ends[b].place_id, "reason": why}
            for a in every
            for b in every
            if (why := self.reason(a, b)) is not None
        ]
        said: dict[str, Any] = {
            "scenario": self.network.scenario.name,
            "modes": [str(mode) for mode in self.network.modes],
            "peak": self.network.peak,
            "places": [
                {
                    "id": end.place_id,
                    "name_zh": end.name_zh,
                    "kind": end.kind,
                    "lon": end.lon,
                    "lat": end.lat,
                    "snap_m": own.snap_m,
                }
                for end, own in zip(self.ends, self.seeds, strict=True)
            ],
            "minutes": minutes,
            "unreachable": reasons,
        }
        if legs:
            said["routes"] = [
                {
                    "from": self.ends[a].place_id,
                    "to": self.ends[b].place_id,
                    **self.route(a, b).to_json(),
                }
                for a in every
                for b in every
                if a != b
            ]
        return said


def matrix(  # noqa: PLR0913  (the question has so many sides)
    catalog: Catalog,
    places: Iterable[str] | None = None,
    *,
    scenario: str | Scenario = "today",
    modes: Iterable[str] = DEFAULT_MODES,
    at: str | None = None,
    peak: bool = False,
) -> Matrix:
    """Return the travel times between units and stations (出行时间矩阵).

    Parameters
    ----------
    catalog
        Units, stations and tables of the network.
    places
        Ids of units and stations, in the order wanted; None: all 19 units, then all stations
        that are open in the scenario and whose position is known.
    scenario, modes, at, peak
        As in `reach.reach`.

    Returns
    -------
    Matrix
        Times as `route.route` finds them between the positions; 0 from a place to itself.

    Raises
    ------
    UnknownIdError
        An id is neither of a unit nor of a station of the network in this scenario.
    LimitError
        Modes or departure are not allowed.

    Notes
    -----
    A unit is stood for by the middle of that cell of `CELL_M` on its dry ground that is nearest
    to the centre of gravity of all of them: always inside, never in water.
    """
    depart = departure(at)
    own = network(catalog, scenario=scenario, modes=modes, peak=peak)
    ends = _ends(catalog, own, places)
    xy = to_metric([(end.lon, end.lat) for end in ends])
    seeds = tuple(snap(own, x, y) for x, y in xy.tolist())
    found = search(own.graph, [(seed.nodes, seed.costs) for seed in seeds], depart=depart)
    tenths = np.full((len(ends), len(ends)), UNREACHED, dtype=np.int64)
    goal = np.full(tenths.shape, STRAIGHT, dtype=np.int64)
    for column, seed in enumerate(seeds):
        if seed.nodes.size:
            arrive = found.time[:, seed.nodes].astype(np.int64) + seed.costs
            goal[:, column] = arrive.argmin(axis=1)
            tenths[:, column] = np.minimum(arrive.min(axis=1), UNREACHED)
    straight = _straight(own, xy)
    goal[straight <= tenths] = STRAIGHT
    return Matrix(
        network=own,
        ends=ends,
        depart=depart,
        seeds=seeds,
        found=found,
        tenths=np.minimum(tenths, straight),
        goal=goal,
    )


def _straight(own: Network, xy: Floats) -> Whole:
    """Return the times of the ways that do not touch the network, (p, p); `UNREACHED`."""
    tenths = np.full((len(xy), len(xy)), UNREACHED, dtype=np.int64)
    dry = ~own.barriers.wet(*xy.T)
    apart = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    pace = np.full(apart.shape, np.inf)
    for mode in own.access:
        within = apart <= own.access_m(mode)
        pace[within] = np.minimum(pace[within], tenths_per_m(own, mode))
    a, b = np.nonzero(np.isfinite(pace) & dry & dry[:, None])
    seen = ~own.barriers.blocked(*xy[a].T, *xy[b].T)
    a, b = a[seen], b[seen]
    tenths[a, b] = np.rint(apart[a, b] * pace[a, b])
    np.fill_diagonal(tenths, 0)
    return tenths


def _ends(catalog: Catalog, own: Network, places: Iterable[str] | None) -> tuple[End, ...]:
    """Return the places by their ids."""
    rows = {row.unit_id: row for row in catalog.units}
    names = {row.station_id: row.name_zh for row in (*catalog.stations, *own.scenario.stations)}
    ids = [*rows, *own.stations] if places is None else list(places)
    cells = unit_cells(catalog, own) if rows.keys() & set(ids) else None
    return tuple(
        _unit(place_id, rows[place_id].name_zh, [*rows].index(place_id), cells)
        if place_id in rows and cells is not None
        else _station(place_id, names, own)
        for place_id in ids
    )


def _unit(unit_id: str, name_zh: str, code: int, cells: UnitCells) -> End:
    """Return the cell that stands for a unit."""
    own = cells.places.xy[cells.part[code, cells.code] & cells.places.dry]
    if not len(own):
        msg = f"{unit_id}: has no dry cell, expected a unit with ground; leave it out"
        raise UnknownIdError(msg)
    nearest = np.hypot(*(own - own.mean(axis=0)).T).argmin()
    return _end(unit_id, name_zh, "unit", own[nearest])


def _station(station_id: str, names: dict[str, str], own: Network) -> End:
    """Return a station of the network."""
    if station_id not in own.stations:
        known = ", ".join(own.stations)
        msg = (
            f"place {station_id!r}: no such place in scenario {own.scenario.name}, expected a"
            f" unit or one of {known}"
        )
        raise UnknownIdError(msg)
    return _end(station_id, names[station_id], "station", own.graph.xy[own.stations[station_id]])


def _end(place_id: str, name_zh: str, kind: str, xy: Floats) -> End:
    """Return a place at a position of the plane."""
    lon, lat = to_geographic(xy[None])[0].tolist()
    return End(place_id=place_id, name_zh=name_zh, kind=kind, lon=lon, lat=lat)
