"""What is reached from a site within some minutes (可达范围): units, stations, polygons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.crs import check_position, to_metric
from tzkc_geo.errors import LimitError
from tzkc_geo.network.assemble import LAYERS
from tzkc_geo.network.build import DEFAULT_MODES, network
from tzkc_geo.network.edges import WAYS
from tzkc_geo.network.grids import CELL_M, DISPLAY_M, display, unit_cells
from tzkc_geo.network.isochrones import isochrones
from tzkc_geo.network.search import UNREACHED, search
from tzkc_geo.network.snap import snap
from tzkc_geo.network.surface import times
from tzkc_geo.transport import Grounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network
    from tzkc_geo.network.scenario import Scenario
    from tzkc_geo.network.search import Found

    Floats = NDArray[np.float64]

MAX_MINUTES: Final = 240.0
TENTHS_PER_MIN: Final = 600
CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A station that is reached."""

    station_id: str
    name_zh: str
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is reached within one time."""

    minutes: float
    area_km2: float  # of all dry ground, in the corridor and out of it; statutory
    units: tuple[tuple[str, float], ...]  # id and share of its dry ground, 0 to 1; none with 0
    stations: tuple[Station, ...]  # the nearest first
    polygon: shapely.MultiPolygon  # lon lat, EPSG:4490


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How fine the figures are, and what they rest on."""

    cell_m: float  # side of the cells of shares
    display_m: float  # side of the squares between which polygons are drawn
    planned_sigma_m: float | None  # largest standard deviation of a planned station that is used
    assumed_links: int  # of the links that are travelled on
    links: int  # that are travelled on


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is reached from one site (可达范围)."""

    lon: float
    lat: float
    scenario: str
    modes: tuple[str, ...]
    peak: bool
    at: str | None  # HH:MM; None: the wait for a train is half its headway
    bands: tuple[Band, ...]
    snap_m: float | None  # to the nearest entry of the network; None: unreachable
    reason: str | None  # why nothing is reached; None: something is
    unused: tuple[str, ...]  # modes that may be used and are not, within the longest time
    accuracy: Accuracy
    grounds: dict[str, int]  # how many of the links that are travelled on rest on what
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the object of ``tzkc reach --json``; unrounded but for minutes of stations."""
        accuracy = self.accuracy
        return {
            "origin": {"lon": self.lon, "lat": self.lat, "crs": "EPSG:4490"},
            "scenario": self.scenario,
            "modes": [*self.modes],
            "peak": self.peak,
            "at": self.at,
            "bands": [_band_json(band) for band in self.bands],
            "snap_m": self.snap_m,
            "reason": self.reason,
            "modes_unused": [*self.unused],
            "accuracy": {
                "cell_m": accuracy.cell_m,
                "display_m": accuracy.display_m,
                "planned_station_sigma_m": accuracy.planned_sigma_m,
                "links_travelled": accuracy.links,
                "links_assumed": accuracy.assumed_links,
                "words_zh": accuracy_words(accuracy, "zh"),
                "words_en": accuracy_words(accuracy, "en"),
            },
            "grounds": dict(self.grounds),
            "digest": self.digest,
        }

    def features(self) -> list[dict[str, Any]]:
        """Return one GeoJSON feature a band, the shortest time first: a MultiPolygon, lon lat."""
        return [
            {
                "type": "Feature",
                "properties": {
                    "minutes": band.minutes,
                    "area_km2": band.area_km2,
                    "scenario": self.scenario,
                    "modes": [*self.modes],
                },
                "geometry": shapely.geometry.mapping(band.polygon),
            }
            for band in self.bands
        ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """The times at all nodes from one site."""

    network: Network
    start: Floats  # (2,) metres, EPSG:4549
    found: Found  # one origin
    snap_m: float | None
    reason: str | None

    @property
    def clock(self) -> NDArray[np.int32]:
        """Tenths of seconds at the nodes."""
        clock: NDArray[np.int32] = self.found.time[0]
        return clock

    def to_targets(self) -> Floats | None:
        """Return where ground is reached from directly; None where nothing is reached."""
        return None if self.snap_m is None else self.start


def reach(  # noqa: PLR0913  (the question has so many sides)
    catalog: Catalog,
    lon: float,
    lat: float,
    minutes: Iterable[float] = (15.0, 30.0),
    *,
    scenario: str | Scenario = "today",
    modes: Iterable[str] = DEFAULT_MODES,
    at: str | None = None,
    peak: bool = False,
) -> Reach:
    """Return what is reached from a site within some minutes (可达范围).

    Parameters
    ----------
    catalog
        Units, stations and tables of the network.
    lon, lat
        The site; degrees, EPSG:4490.
    minutes
        Above 0, at most `MAX_MINUTES`; sorted, each once.
    scenario
        Name of a built-in scenario (``2022``, ``today``, ``2028``), or one from a file.
    modes
        Of walk, bike, road, rail; those that may be used.
    at
        Departure, HH:MM; then one waits for the next train. None: half the headway.
    peak
        Cars at peak speeds.

    Returns
    -------
    Reach
        Bands in ascending order. Where no entry of the network is near enough, each band is
        empty, ``snap_m`` is None and ``reason`` says why: never walking alone in silence.

    Raises
    ------
    CrsError
        The site is no position.
    LimitError
        Minutes, modes or departure are not allowed.
    UnknownIdError
        There is no such scenario.

    Notes
    -----
    Shares are by cells of `CELL_M` whose middle lies in the unit; water is left out of the
    reached ground and of the whole. A station is reached when one stands at it on foot.
    """
    levels = checked_minutes(minutes)
    one = search_from(
        catalog, lon, lat, scenario=scenario, modes=modes, at=at, peak=peak, limit_min=levels[-1]
    )
    cells, view = unit_cells(catalog, one.network), display(one.network)
    in_units = times(cells.places, one.clock, one.network, start=one.to_targets()) / 60.0
    shown = times(view.places, one.clock, one.network, start=one.to_targets()) / 60.0
    field = np.full(view.grid.rows * view.grid.columns, np.nan)
    field[view.at[view.drawn]] = shown[view.drawn]
    shape = view.grid.rows, view.grid.columns
    polygons = isochrones(view.grid.x, view.grid.y, field.reshape(shape), levels)
    stations = _stations(catalog, one)
    ids = [row.unit_id for row in catalog.units]
    bands = tuple(
        Band(
            minutes=level,
            area_km2=float(view.ground_km2[shown <= level].sum()),
            units=tuple(
                (unit_id, share)
                for unit_id, share in zip(ids, cells.shares(in_units <= level), strict=True)
                if share > 0.0
            ),
            stations=tuple(row for row in stations if row.minutes <= level),
            polygon=polygon,
        )
        for level, polygon in zip(levels, polygons, strict=True)
    )
    accuracy, grounds = _accuracy(catalog, one)
    return Reach(
        lon=lon,
        lat=lat,
        scenario=one.network.scenario.name,
        modes=tuple(str(mode) for mode in one.network.modes),
        peak=peak,
        at=at,
        bands=bands,
        snap_m=one.snap_m,
        reason=one.reason,
        unused=_unused(one),
        accuracy=accuracy,
        grounds=grounds,
        digest=catalog.digest,
    )


def search_from(  # noqa: PLR0913  (the question has so many sides)
    catalog: Catalog,
    lon: float,
    lat: float,
    *,
    scenario: str | Scenario = "today",
    modes: Iterable[str] = DEFAULT_MODES,
    at: str | None = None,
    peak: bool = False,
    limit_min: float = MAX_MINUTES,
) -> Search:
    """Return the times at all nodes from one site; parameters and errors as in `reach`.

    ``limit_min``: nodes that are further than so many minutes count as not reached.
    """
    depart = departure(at)
    check_position(np.array([lon]), np.array([lat]), where="origin")
    own = network(catalog, scenario=scenario, modes=modes, peak=peak)
    start = to_metric([(lon, lat)])[0]
    seeds = snap(own, float(start[0]), float(start[1]))
    limit = round(limit_min * TENTHS_PER_MIN)
    found = search(own.graph, [(seeds.nodes, seeds.costs)], depart=depart, limit=limit)
    return Search(network=own, start=start, found=found, snap_m=seeds.snap_m, reason=seeds.reason)


def checked_minutes(minutes: Iterable[float]) -> tuple[float, ...]:
    """Return minutes in ascending order, each once, or raise `LimitError`."""
    levels = sorted({float(value) for value in minutes})
    wrong = [value for value in levels if not (isfinite(value) and 0.0 < value <= MAX_MINUTES)]
    if wrong or not levels:
        got = f"{wrong[0]:g}" if wrong else "none"
        msg = f"minutes: out of range, expected above 0 and at most {MAX_MINUTES:g}, got {got}"
        raise LimitError(msg)
    return tuple(levels)


def departure(at: str | None) -> int | None:
    """Return a time of the day, HH:MM, in tenths of seconds, or raise `LimitError`."""
    if at is None:
        return None
    match = CLOCK.fullmatch(at)
    if match is None:
        msg = f"at: is no time of the day, expected HH:MM from 00:00 to 23:59, got {at!r}"
        raise LimitError(msg)
    return (int(match[1]) * 60 + int(match[2])) * TENTHS_PER_MIN


def accuracy_words(accuracy: Accuracy, lang: str) -> str:
    """Return the accuracy in one sentence, Chinese for ``zh``, else English."""
    sigma = accuracy.planned_sigma_m
    if lang == "zh":
        parts = [f"单元份额按 {accuracy.cell_m:g} 米格网，等时圈按 {accuracy.display_m:g} 米格网"]
        if sigma is not None:
            parts.append(f"用到规划站点，其位置中误差最大 {sigma:g} 米")
        parts.append(f"用到道路 {accuracy.links} 段，其中 {accuracy.assumed_links} 段为假定")
        return "；".join(parts)
    parts = [
        f"shares by cells of {accuracy.cell_m:g} m, polygons by squares of {accuracy.display_m:g} m"
    ]
    if sigma is not None:
        parts.append(f"planned stations are used, standard deviation up to {sigma:g} m")
    parts.append(f"{accuracy.links} links are used, {accuracy.assumed_links} of them assumed")
    return "; ".join(parts)


def _band_json(band: Band) -> dict[str, Any]:
    """Return the object of one band."""
    return {
        "minutes": band.minutes,
        "area_km2": band.area_km2,
        "units": [{"unit_id": unit_id, "share": share} for unit_id, share in band.units],
        "stations": [
            {"station_id": row.station_id, "name_zh": row.name_zh, "minutes": row.minutes}
            for row in band.stations
        ],
    }


def _stations(catalog: Catalog, one: Search) -> list[Station]:
    """Return the stations that are reached, the nearest first."""
    names = {row.station_id: row.name_zh for row in catalog.stations}
    names |= {row.station_id: row.name_zh for row in one.network.scenario.stations}
    clock = one.clock
    reached = [
        Station(
            station_id=station_id,
            name_zh=names[station_id],
            minutes=float(clock[node]) / TENTHS_PER_MIN,
        )
        for station_id, node in one.network.stations.items()
        if clock[node] != UNREACHED
    ]
    return sorted(reached, key=lambda row: (row.minutes, row.station_id))


def _unused(one: Search) -> tuple[str, ...]:
    """Return the modes that may be used and by which nothing is reached."""
    own, found = one.network, one.found
    before = found.before[0]
    used = {WAYS[way] for way in np.unique(own.edge_mode[before[before >= 0]]).tolist()}
    seeds = (before < 0) & (one.clock != UNREACHED)
    used |= {LAYERS[layer] for layer in np.unique(own.layer[seeds]).tolist()}
    return tuple(str(mode) for mode in own.modes if mode not in used)


def _accuracy(catalog: Catalog, one: Search) -> tuple[Accuracy, dict[str, int]]:
    """Return what the answer rests on: links and planned stations that it travels by."""
    own, before = one.network, one.found.before[0]
    used = before[before >= 0]
    links = np.unique(own.edge_link[used])
    kinds = [own.links[link].grounds for link in links[links >= 0].tolist()]
    grounds = {str(kind): kinds.count(kind) for kind in Grounds}
    runs = np.unique(own.edge_run[used])
    ridden = [own.runs[run] for run in runs[runs >= 0].tolist()]
    stops = {stop for run in ridden for stop in (run.from_id, run.to_id)}
    sigmas = [
        row.sigma_m
        for row in (*catalog.stations, *own.scenario.stations)
        if row.station_id in stops and row.status == "planned" and row.sigma_m is not None
    ]
    accuracy = Accuracy(
        cell_m=CELL_M,
        display_m=DISPLAY_M,
        planned_sigma_m=max(sigmas, default=None),
        assumed_links=grounds[Grounds.ASSUMED],
        links=len(kinds),
    )
    return accuracy, grounds
