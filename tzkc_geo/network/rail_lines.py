"""The rail lines of one day: stations in order, running times, trains, drawn course."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tzkc_geo import crs, polyline
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.model import Station
    from tzkc_geo.transport import Run, Service, Track, Transport

    Floats = NDArray[np.float64]

BEFORE_2022 = "2022-01-01"  # the day taken for a row without an opening
PLANNED = "planned"  # status of a station that is not open before its opening is stated
STEP_MIN_M = 0.02  # vertices nearer than this are one: 7 decimals of a degree are 0.01 m
NEAR_M = 100.0  # a stop nearer than this to the end of a track lies at its end
STOPS_MIN = 2


class RailData(Protocol):
    """What holds the rail lines: a `Catalog` or the `Tables`."""

    @property
    def stations(self) -> tuple[Station, ...]:
        """Stations of all lines."""

    @property
    def transport(self) -> Transport:
        """Runs, services and tracks."""

    @property
    def edition_date(self) -> str | None:
        """The date of the edition, YYYY-MM-DD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A station of a line where trains stop, and which has a position."""

    station: Station
    lon: float  # degrees, EPSG:4490
    lat: float
    from_first_s: float  # running time from the first station of the line, position or not
    to_last_s: float  # running time to its last station


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """The drawn course of a line from its first stop to its last."""

    points: Floats  # (n, 2) lon lat, EPSG:4490
    along_m: Floats  # (n,), from zero, metres in EPSG:4549, ascending
    stops_m: Floats  # where each stop lies, the same measure
    beyond: tuple[Station, ...]  # beyond the ends of what is drawn: straight lines lead there


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RailLine:
    """A line with its stops in order, its trains, and its course if one is drawn."""

    name: str
    stops: tuple[Stop, ...]
    skipped: tuple[Station, ...]  # open stations of the line without a position
    runs: tuple[Run, ...]  # between neighbours, in order
    services: tuple[Service, ...]  # in order of the day
    course: Course | None


def day_of(opening: str) -> str:
    """Return the day from which a row counts, YYYY-MM-DD; the first of its month or year.

    Parameters
    ----------
    opening
        YYYY, YYYY-MM or YYYY-MM-DD; empty: before 2022.
    """
    return opening + "-01-01"[len(opening) - 4 :] if opening else BEFORE_2022


def rail_lines(data: RailData, *, date: str | None = None) -> tuple[RailLine, ...]:
    """Return every rail line that has trains on a day (线路).

    Parameters
    ----------
    data
        Stations in EPSG:4490, runs in seconds, tracks in EPSG:4490.
    date
        YYYY-MM-DD; rows that open later do not count. None: all rows count.

    Returns
    -------
    tuple of RailLine
        In the order of the services; a line without services is none. Trains pass a station
        that is not open, or has no position; their running time stays the same.

    Raises
    ------
    DataError
        Two neighbouring stations have no run, a line has fewer than two stations with a
        position, its services overlap, or its stations do not follow its drawn course.
    """
    services = [s for s in data.transport.services if date is None or day_of(s.opening) <= date]
    names = dict.fromkeys(service.line for service in services)
    return tuple(
        _line(name, data, [s for s in services if s.line == name], date=date) for name in names
    )


def _line(name: str, data: RailData, services: list[Service], *, date: str | None) -> RailLine:
    """Return one line."""
    numbered = [(s.seq, s) for s in data.stations if s.line == name and s.seq is not None]
    chain = [station for _, station in sorted(numbered, key=lambda pair: pair[0])]
    served = [station for station in chain if _is_open(station, date)]
    placed = sum(station.lon is not None for station in served)
    if placed < STOPS_MIN:
        msg = (
            f"stations.csv: line {name!r} cannot be drawn, expected two open stations or more "
            f"with lon and lat, got {placed}"
        )
        raise DataError(msg)
    runs = _runs(chain, data.transport.runs)
    from_first = list(accumulate((run.run_s for run in runs), initial=0.0))
    stops = tuple(
        Stop(
            station=station,
            lon=station.lon,
            lat=station.lat,
            from_first_s=at,
            to_last_s=from_first[-1] - at,
        )
        for station, at in zip(chain, from_first, strict=True)
        if station in served and station.lon is not None and station.lat is not None
    )
    tracks = [track for track in data.transport.tracks if track.line == name]
    return RailLine(
        name=name,
        stops=stops,
        skipped=tuple(station for station in served if station.lon is None),
        runs=runs,
        services=_in_order(services),
        course=_course(tracks[0], stops) if tracks else None,
    )


def _is_open(station: Station, date: str | None) -> bool:
    """Say whether trains stop at a station; a planned one without a year is not open."""
    if not station.opening and station.status == PLANNED:
        return False
    return date is None or day_of(station.opening) <= date


def _runs(chain: Sequence[Station], runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the run between each pair of neighbours; it is the same both ways."""
    known = {frozenset((run.from_id, run.to_id)): run for run in runs}
    pairs = [(a.station_id, b.station_id) for a, b in pairwise(chain)]
    for a, b in pairs:
        if frozenset((a, b)) not in known:
            msg = (
                f"timetable.csv: no run joins {a!r} and {b!r}, expected one between neighbouring "
                "stations of a line with trains, got none"
            )
            raise DataError(msg)
    return tuple(known[frozenset(pair)] for pair in pairs)


def _in_order(services: list[Service]) -> tuple[Service, ...]:
    """Return the services of one line in the order of the day; they may touch, not overlap."""
    ordered = sorted(services, key=lambda service: (service.from_min, service.to_min))
    for early, late in pairwise(ordered):
        if late.from_min < early.to_min:
            msg = (
                f"services.csv: {late.service_id!r} begins before {early.service_id!r} ends, "
                f"expected minute {early.to_min} or later, got {late.from_min}"
            )
            raise DataError(msg)
    return tuple(ordered)


def _course(track: Track, stops: Sequence[Stop]) -> Course:
    """Return the course from the first stop to the last, turned to run with the stops."""
    xy = crs.to_metric([(stop.lon, stop.lat) for stop in stops])
    points = _distinct(crs.to_metric(track.points))
    at, _ = _feet(points, xy)
    points, beyond = _reaching(points if at[0] < at[-1] else points[::-1], xy)
    at, _ = _feet(points, xy)
    back = np.flatnonzero(np.diff(at) <= STEP_MIN_M)
    if back.size:
        here, there = (stops[back[0] + k].station.station_id for k in (0, 1))
        msg = (
            f"tracks.geojson: the track of {track.line!r} does not pass the stations in their "
            f"order, expected {here!r} before {there!r}, got {at[back[0] + 1] - at[back[0]]:.0f} m "
            "from one to the other"
        )
        raise DataError(msg)
    far = tuple(stop.station for stop, off in zip(stops, beyond, strict=True) if off)
    return _cut(points, at, beyond=far)


def _reaching(points: Floats, xy: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return a track prolonged straight to the stops beyond its ends, and which stops these are."""
    at, gap = _feet(points, xy)
    beyond = np.zeros(len(xy), dtype=np.bool_)
    before = _leading((gap > NEAR_M) & (at <= 0.0))
    after = _leading(((gap > NEAR_M) & (at >= polyline.arc_lengths(points)[-1]))[::-1])
    beyond[:before] = beyond[len(xy) - after :] = True
    return _distinct(np.concatenate([xy[:before], points, xy[len(xy) - after :]])), beyond


def _leading(mask: NDArray[np.bool_]) -> int:
    """Return how many values are true before the first that is not."""
    return int(np.argmin(np.append(mask, np.False_)))


def _feet(points: Floats, xy: Floats) -> tuple[Floats, Floats]:
    """Return where along a polyline the foot of each position is, and how far off, metres."""
    feet = [polyline.foot(points, one) for one in xy]
    return np.array([foot.position_m for foot in feet]), np.abs([foot.distance_m for foot in feet])


def _distinct(points: Floats) -> Floats:
    """Return a polyline in metres without vertices that lie on the one before."""
    steps = np.hypot(*np.diff(points, axis=0, prepend=-np.inf).T)
    kept: Floats = points[steps > STEP_MIN_M]
    return kept


def _cut(points: Floats, at: Floats, *, beyond: tuple[Station, ...]) -> Course:
    """Return the part of a track, EPSG:4549, between the first and the last of some positions."""
    along = polyline.arc_lengths(points)
    inside = along[(along > at[0] + STEP_MIN_M) & (along < at[-1] - STEP_MIN_M)]
    where = np.concatenate([at[:1], inside, at[-1:]])
    xy = np.column_stack([np.interp(where, along, column) for column in points.T])
    return Course(
        points=crs.to_geographic(xy),
        along_m=where - at[0],
        stops_m=at - at[0],
        beyond=beyond,
    )
