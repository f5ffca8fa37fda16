"""Rail lines as the tables of GTFS Schedule (General Transit Feed Specification).

Trains are frequencies with ``exact_times=0``: a headway is known, not a timetable. The last train
of the day is known, and as a frequency ends before its end, it is a trip of its own. Running times
are approximate (``timepoint=0``). Stations without a position are no stops; trains pass them, and
the description of the route names them.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from tzkc_geo.errors import DataError
from tzkc_geo.network.gtfs_places import stop_rows, transfer_rows
from tzkc_geo.network.rail_lines import day_of, rail_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tzkc_geo.network.rail_lines import RailData, RailLine, Stop
    from tzkc_geo.transport import Service

Row: TypeAlias = "dict[str, str]"
Feed: TypeAlias = "dict[str, list[Row]]"

AGENCY: Final = "taizhou-rail"
AGENCY_NAME: Final = ("台州市域铁路", "Taizhou Suburban Railway")
CITY_URL: Final = "https://www.zjtz.gov.cn/"  # the operator's own address is not in the tables
LICENCE_URL: Final = "https://opendatacommons.org/licenses/odbl/1-0/"
OSM_URL: Final = "https://www.openstreetmap.org/copyright"
RAIL: Final = "2"  # route_type: 市域铁路 runs between towns at 140 km/h, so rail and not metro
COLOURS: Final = {"S1": ("0072B2", "FFFFFF"), "S2": ("009E73", "000000")}
OTHER: Final = ("555555", "FFFFFF")
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DIRECTIONS: Final = (0, 1)  # away from the first station of a line, and back to it


def gtfs_tables(data: RailData, *, date: str | None = None) -> Feed:
    """Return the rail lines as the tables of a GTFS feed.

    Parameters
    ----------
    data
        A `Catalog` or the `Tables`: stations, runs, services and tracks.
    date
        YYYY-MM-DD; what opens later is left out. None: every line.

    Returns
    -------
    Feed
        Rows of text by file name; positions in degrees, EPSG:4490, distances in metres in
        EPSG:4549. Every row of a table has the same columns; tables without rows are left out.

    Raises
    ------
    DataError
        No line has trains on that day, or a line cannot be put together (see `rail_lines`).

    Notes
    -----
    Follows the reference of GTFS Schedule (gtfs.org). A calendar begins on the day that a service
    opens, the first of January where only the year is known, and ends with the year after the
    latest of openings and edition. ``feed_version`` is the date of the edition and the first 12
    digits of the sha256 of all other tables.
    """
    lines = rail_lines(data, date=date)
    if not lines:
        msg = (
            f"services.csv: no line has trains on {date or 'any day'}, expected one or more, "
            "got none; choose a later scenario"
        )
        raise DataError(msg)
    days = [day_of(service.opening) for line in lines for service in line.services]
    last_year = max(*days, data.edition_date or "")[:4]
    end = f"{int(last_year) + 1}1231"
    stops, parents = stop_rows(lines)
    feed: Feed = {
        "agency.txt": [_agency()],
        "stops.txt": stops,
        "routes.txt": [_route(line) for line in lines],
        "trips.txt": [row for line in lines for row in _trips(line)],
        "stop_times.txt": [row for line in lines for row in _stop_times(line)],
        "frequencies.txt": [row for line in lines for row in _frequencies(line)],
        "calendar.txt": [row for line in lines for row in _calendar(line, end)],
        "shapes.txt": [row for line in lines for row in _shapes(line)],
        "transfers.txt": transfer_rows(parents, data.transport.impedances),
        "translations.txt": _translations(lines, parents),
        "attributions.txt": _attributions(),
    }
    start = _plain_day(min(days))
    feed["feed_info.txt"] = [_feed_info(feed, start=start, end=end, edition=data.edition_date)]
    return {name: rows for name, rows in feed.items() if rows}


def clock(seconds: float) -> str:
    """Return seconds of the day as HH:MM:SS; hours run on after midnight."""
    whole = round(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _agency() -> Row:
    return {
        "agency_id": AGENCY,
        "agency_name": AGENCY_NAME[0],
        "agency_url": CITY_URL,
        "agency_timezone": "Asia/Shanghai",
        "agency_lang": "zh",
    }


def _route(line: RailLine) -> Row:
    colour, text_colour = COLOURS.get(line.name, OTHER)
    first, last = (stop.station for stop in (line.stops[0], line.stops[-1]))
    return {
        "route_id": line.name,
        "agency_id": AGENCY,
        "route_short_name": line.name,
        "route_long_name": f"{first.name_zh}—{last.name_zh}",
        "route_desc": _description(line),
        "route_type": RAIL,
        "route_color": colour,
        "route_text_color": text_colour,
    }


def _description(line: RailLine) -> str:
    """Say what the times of a line rest on, what of its opening is assumed, what is left out."""
    runs = " ".join(dict.fromkeys(run.grounds for run in line.runs))
    trains = " ".join(dict.fromkeys(service.grounds for service in line.services))
    parts = [f"运行时间 run times: {runs}", f"班次 trains: {trains}"]
    for opening in dict.fromkeys(service.opening for service in line.services):
        if opening != day_of(opening):
            said = opening or "before 2022"
            parts.append(f"开通 opening {said}: {day_of(opening)} is assumed (日期为假定)")
    if line.course is not None and line.course.beyond:
        names = "、".join(station.name_zh for station in line.course.beyond)
        parts.append(f"线位未绘以直线代 straight where no track is drawn: {names}")
    if line.skipped:
        names = "、".join(station.name_zh for station in line.skipped)
        parts.append(f"无坐标未列入 left out, without a position: {names}")
    return "; ".join(parts)


def _openings(line: RailLine) -> dict[str, list[Service]]:
    """Return the services of a line by the day that they open; each day is a calendar."""
    groups: dict[str, list[Service]] = {}
    for service in line.services:
        groups.setdefault(day_of(service.opening), []).append(service)
    return groups


def _calendar_id(line: RailLine, day: str) -> str:
    return f"{line.name}-{_plain_day(day)}"


def _plain_day(day: str) -> str:
    return day.replace("-", "")


def _calendar(line: RailLine, end: str) -> Iterator[Row]:
    for day in _openings(line):
        yield {
            "service_id": _calendar_id(line, day),
            **dict.fromkeys(DAYS, "1"),
            "start_date": _plain_day(day),
            "end_date": end,
        }


def _journeys(line: RailLine) -> Iterator[tuple[str, str, int, float]]:
    """Yield trip id, calendar id, direction and departure (s) of every trip of a line."""
    last = line.services[-1]
    for day, services in _openings(line).items():
        calendar = _calendar_id(line, day)
        for direction in DIRECTIONS:
            trip = f"{calendar}-{direction}"
            if any(service in services for service, _ in _periods(line)):
                yield trip, calendar, direction, services[0].from_min * 60.0
            if services[-1] is last:
                yield f"{trip}-last", calendar, direction, last.to_min * 60.0


def _periods(line: RailLine) -> list[tuple[Service, int]]:
    """Return the periods of the day in which trains repeat, each with its end in seconds.

    A period ends where the next begins, which has the train of that minute; where trains pause,
    it ends one second after its last train; and the last train of the day is no part of it.
    """
    ends = [
        early.to_min * 60 + (early.to_min < late.from_min)
        for early, late in pairwise(line.services)
    ]
    ends.append(line.services[-1].to_min * 60)
    return [
        (service, end)
        for service, end in zip(line.services, ends, strict=True)
        if service.from_min * 60 < end
    ]


def _walk(line: RailLine, direction: int) -> list[tuple[Stop, float]]:
    """Return the stops in walking order, each with the seconds since the terminus."""
    if direction == 0:
        return [(stop, stop.from_first_s) for stop in line.stops]
    return [(stop, stop.to_last_s) for stop in reversed(line.stops)]


def _shape_id(line: RailLine, direction: int) -> str:
    return "" if line.course is None else f"{line.name}-{direction}"


def _trips(line: RailLine) -> Iterator[Row]:
    for trip, calendar, direction, _ in _journeys(line):
        yield {
            "route_id": line.name,
            "service_id": calendar,
            "trip_id": trip,
            "trip_headsign": _walk(line, direction)[-1][0].station.name_zh,
            "direction_id": str(direction),
            "shape_id": _shape_id(line, direction),
        }


def _stop_times(line: RailLine) -> Iterator[Row]:
    """Yield when every trip is at every stop; the dwell is part of the run before it."""
    for trip, _, direction, departure in _journeys(line):
        along = _stops_m(line, direction)
        for k, (stop, since) in enumerate(_walk(line, direction)):
            at = clock(departure + since)
            yield {
                "trip_id": trip,
                "arrival_time": at,
                "departure_time": at,
                "stop_id": stop.station.station_id,
                "stop_sequence": str(k + 1),
                "timepoint": "0",
                "shape_dist_traveled": along[k],
            }


def _stops_m(line: RailLine, direction: int) -> list[str]:
    """Return how far each stop is along the course, in walking order; empty without a course."""
    if line.course is None:
        return [""] * len(line.stops)
    return _metres(line.course.stops_m, line.course.along_m[-1], direction)


def _metres(along: Iterable[float], total: float, direction: int) -> list[str]:
    """Return distances in walking order, from zero."""
    if direction == 0:
        return [f"{value:.2f}" for value in along]
    return [f"{total - value:.2f}" for value in reversed(list(along))]


def _frequencies(line: RailLine) -> Iterator[Row]:
    """Yield when the trips repeat; the times are those at the first stop that has a position."""
    for direction in DIRECTIONS:
        wait = _walk(line, direction)[0][1]
        for service, end in _periods(line):
            calendar = _calendar_id(line, day_of(service.opening))
            yield {
                "trip_id": f"{calendar}-{direction}",
                "start_time": clock(service.from_min * 60 + wait),
                "end_time": clock(end + wait),
                "headway_secs": str(round(service.headway_s)),
                "exact_times": "0",
            }


def _shapes(line: RailLine) -> Iterator[Row]:
    if line.course is None:
        return
    for direction in DIRECTIONS:
        points = line.course.points if direction == 0 else line.course.points[::-1]
        along = _metres(line.course.along_m, line.course.along_m[-1], direction)
        for k, ((lon, lat), metres) in enumerate(zip(points.tolist(), along, strict=True)):
            yield {
                "shape_id": _shape_id(line, direction),
                "shape_pt_lat": f"{lat:.7f}",
                "shape_pt_lon": f"{lon:.7f}",
                "shape_pt_sequence": str(k + 1),
                "shape_dist_traveled": metres,
            }


def _translations(lines: Sequence[RailLine], parents: dict[str, list[Stop]]) -> list[Row]:
    """Return the English names of agency, stops, routes and headsigns."""
    english = [("agency", "agency_name", AGENCY, AGENCY_NAME[1])]
    for line in lines:
        first, last = (stop.station.name_en for stop in (line.stops[0], line.stops[-1]))
        english.append(("routes", "route_long_name", line.name, f"{first} – {last}"))
        english += [
            ("trips", "trip_headsign", trip, (last, first)[direction])
            for trip, _, direction, _ in _journeys(line)
        ]
        english += [
            ("stops", "stop_name", stop.station.station_id, stop.station.name_en)
            for stop in line.stops
        ]
    english += [
        ("stops", "stop_name", hub, stops[0].station.name_en) for hub, stops in parents.items()
    ]
    return [
        {
            "table_name": table,
            "field_name": field,
            "language": "en",
            "translation": text,
            "record_id": record,
        }
        for table, field, record, text in english
    ]


def _attributions() -> list[Row]:
    """Name who made the data; the whole feed is under the ODbL."""
    who = (
        ("osm", "© OpenStreetMap contributors (ODbL 1.0)", OSM_URL),
        ("tzkc-geo", "tzkc_geo, times and S2 positions in part derived or assumed", LICENCE_URL),
    )
    return [
        {
            "attribution_id": key,
            "organization_name": name,
            "is_producer": "1",
            "attribution_url": url,
        }
        for key, name, url in who
    ]


def _feed_info(feed: Feed, *, start: str, end: str, edition: str | None) -> Row:
    content = json.dumps(feed, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return {
        "feed_publisher_name": "tzkc_geo",
        "feed_publisher_url": LICENCE_URL,
        "feed_lang": "zh",
        "default_lang": "zh",
        "feed_start_date": start,
        "feed_end_date": end,
        "feed_version": f"{edition or 'undated'} {digest}",
    }
