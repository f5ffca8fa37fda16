"""The railways: stations along their tracks, runs from one to the next, promises word for word."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from shapely import LineString, Point

from tests.data.test_plan_tables import plan_text
from tests.toy.layers import SHIPPED, rows
from tzkc_geo.catalog import Tables
from tzkc_geo.crs import to_metric
from tzkc_geo.model import Station
from tzkc_geo.transport import Grounds, Mode, Run, Service
from tzkc_geo.transport import Test as How  # pytest would collect the name

BEYOND_M = 10_000.0  # so far a track is thought on beyond its ends
KEYS = {
    "journeys": ("journey_id",),
    "promises": ("promise_id",),
    "services": ("service_id",),
    "timetable": ("line", "from_id", "to_id"),
}


def calls(tables: Tables, line: str) -> list[Station]:
    """Return the stations of a line that trains call at, in their order."""
    return sorted(
        (s for s in tables.stations if s.line == line and s.seq), key=lambda s: s.seq or 0
    )


def runs(tables: Tables, line: str) -> list[Run]:
    """Return the runs of a line in the order of its stations."""
    return [run for run in tables.transport.runs if run.line == line]


def minutes(tables: Tables, first: str, last: str) -> float:
    """Return the ride from one station of a line to a later one."""
    names = [f"{first[:3]}{n:02d}" for n in range(int(first[3:]), int(last[3:]))]
    return sum(run.run_s for run in tables.transport.runs if run.from_id in names) / 60


def course(tables: Tables, line: str) -> LineString:
    """Return the drawn track of a line in metres."""
    track = next(track for track in tables.transport.tracks if track.line == line)
    return LineString(to_metric(track.points))


def beyond(track: LineString) -> LineString:
    """Return a track that goes straight on at both ends."""
    xy = np.asarray(track.coords)
    ends = []
    for end, inner in ((xy[0], track.interpolate(300)), (xy[-1], track.interpolate(-300))):
        way = end - np.array([inner.x, inner.y])
        ends.append(end + way / math.hypot(*way) * BEYOND_M)
    return LineString([ends[0], *xy, ends[1]])


def spot(station: Station) -> Point:
    """Return the position of a station in metres."""
    assert station.lon is not None
    assert station.lat is not None
    return Point(to_metric([[station.lon, station.lat]])[0])


def chainages_m(tables: Tables, line: str) -> list[float]:
    """Return where the stations of a line lie along its track, from the first one."""
    track = beyond(course(tables, line))
    along = [track.project(spot(station)) for station in calls(tables, line)]
    return [value - along[0] for value in along]


@pytest.mark.parametrize("values", [How, Grounds, Mode])
def test_the_guide_names_every_value(values: type[How]) -> None:
    guide = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert [value for value in values if f"`{value}`" not in guide] == []


@pytest.mark.parametrize("name", KEYS)
def test_a_table_is_sorted_by_its_key(name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name]) for row in rows(name)]
    assert keys
    assert keys == sorted(set(keys))


def test_tracks_are_sorted_and_every_line_of_a_station_has_one(real_tables: Tables) -> None:
    lines = [track.line for track in real_tables.transport.tracks]
    assert lines == sorted(lines)
    assert {station.line for station in real_tables.stations} == set(lines)
    assert {track.status for track in real_tables.transport.tracks} == {"operating", "planned"}


def test_a_station_lies_within_three_sigma_of_its_track(real_tables: Tables) -> None:
    sigma_m = {track.line: track.sigma_m for track in real_tables.transport.tracks}
    for station in real_tables.stations:
        if station.lon is not None and station.sigma_m is not None:
            allowed_m = 3 * math.hypot(station.sigma_m, sigma_m[station.line])
            apart_m = course(real_tables, station.line).distance(spot(station))
            cut = "the drawn track is cut" in station.note
            assert (apart_m > allowed_m) == cut, station.station_id


@pytest.mark.parametrize(("line", "count"), [("S1", 15), ("S2", 20)])
def test_runs_join_the_stations_of_a_line_in_their_order(
    line: str, count: int, real_tables: Tables
) -> None:
    ids = [station.station_id for station in calls(real_tables, line)]
    assert len(ids) == count
    assert [(run.from_id, run.to_id) for run in runs(real_tables, line)] == list(pairwise(ids))


@pytest.mark.parametrize("line", ["S1", "S2"])
def test_stations_advance_along_the_track_by_the_lengths_of_the_runs(
    line: str, real_tables: Tables
) -> None:
    steps = np.diff(chainages_m(real_tables, line))
    lengths = [run.length_m or 0.0 for run in runs(real_tables, line)]
    assert min(steps) > 1000
    assert steps == pytest.approx(lengths, rel=0.005, abs=10)


@pytest.mark.parametrize(
    ("line", "least", "most", "km"), [("S1", 52, 56, 49.9), ("S2", 62, 68, 61.75)]
)
def test_the_runs_of_a_line_sum_to_its_known_time_and_length(
    line: str, least: float, most: float, km: float, real_tables: Tables
) -> None:
    ride = runs(real_tables, line)
    assert least <= sum(run.run_s for run in ride) / 60 <= most
    assert sum(run.length_m or 0.0 for run in ride) / 1000 == pytest.approx(km, rel=0.005)
    for run in ride:
        assert 30 < (run.length_m or 0.0) / run.run_s * 3.6 < 140 * 0.75, run


@pytest.mark.parametrize(
    ("first", "last", "least", "most"),
    [
        ("s1-01", "s1-09", 29.4, 30.5),
        ("s1-06", "s1-09", 12.2, 12.4),
        ("s1-02", "s1-06", 13.0, 14.0),
        ("s1-01", "s1-02", 3.5, 4.5),
        ("s1-03", "s1-15", 47.0, 48.0),  # the last train: 21:40 to 22:28
    ],
)
def test_stretches_of_s1_take_as_long_as_single_trains_were_seen_to(
    first: str, last: str, least: float, most: float, real_tables: Tables
) -> None:
    assert least <= minutes(real_tables, first, last) <= most


def test_a_longer_run_of_s2_takes_longer(real_tables: Tables) -> None:
    by_length = sorted(runs(real_tables, "S2"), key=lambda run: run.length_m or 0.0)
    assert [run.run_s for run in by_length] == sorted(run.run_s for run in by_length)
    assert {run.grounds for run in by_length} == {Grounds.ASSUMED}
    assert all(run.sigma_s >= 90 for run in by_length)


def test_the_bridge_of_s2_lies_between_its_stations(real_tables: Tables) -> None:
    stations = calls(real_tables, "S2")
    along_m = chainages_m(real_tables, "S2")
    ring = next(n for n, station in enumerate(stations) if station.name_zh == "内环路站")
    assert stations[ring + 1].name_zh == "台州站"
    assert abs(along_m[ring] - 30_047) <= 3 * (stations[ring].sigma_m or 0)
    assert 31_463 < along_m[ring + 1] < 34_000


def test_every_line_with_runs_has_trains_from_the_opening_of_its_stations(
    real_tables: Tables,
) -> None:
    transport = real_tables.transport
    assert {service.line for service in transport.services} == {run.line for run in transport.runs}
    for service in transport.services:
        opened = {station.opening for station in calls(real_tables, service.line)}
        assert opened == {service.opening}
    s1 = next(service for service in transport.services if service.line == "S1")
    assert (s1.from_min, s1.to_min) == (6 * 60 + 20, 21 * 60 + 40)
    assert (s1.headway_s, s1.opening) == (540, "2022-12-28")


def test_what_is_derived_or_assumed_says_from_what(real_tables: Tables) -> None:
    transport = real_tables.transport
    known: tuple[Run | Service, ...] = (*transport.runs, *transport.services)
    for row in known:
        assert row.grounds not in (Grounds.DERIVED, Grounds.ASSUMED) or row.note, row
        assert row.grounds is not Grounds.ASSUMED or row.source_id == "team-inference", row


def test_national_rail_that_is_not_verified_says_so(real_tables: Tables) -> None:
    national = {s.station_id: s for s in real_tables.stations if s.station_id.startswith("nr-")}
    assert {"nr-taizhou", "nr-taizhou-west", "nr-wenling"} <= national.keys()
    assert all(station.seq is None for station in national.values())
    for name in ("nr-linhai-east", "nr-duqiao"):
        assert "passenger service not verified" in national[name].note
    for station in national.values():
        assert station.status == "operating" or "not confirmed" in station.note


def test_a_journey_is_published_or_a_target(real_tables: Tables) -> None:
    journeys = {journey.journey_id: journey for journey in real_tables.transport.journeys}
    assert {journey.kind for journey in journeys.values()} == {"published", "target"}
    fastest = journeys["taizhou-hangzhou"]
    assert (fastest.minutes, fastest.kind, fastest.from_id) == (63, "published", "nr-taizhou")
    goals = [row for row in journeys.values() if row.source_id == "targets-1123"]
    assert {(row.to_zh, row.minutes, row.kind) for row in goals} == {
        ("上海", 120, "target"),
        ("宁波", 60, "target"),
    }


def test_promises_are_the_words_of_the_plan_with_their_time(real_tables: Tables) -> None:
    promises = real_tables.transport.promises
    for promise in promises:
        assert promise.text_zh in plan_text(), promise.promise_id
        assert promise.source_id == "plan-2022"
        assert re.fullmatch(r"六\([一二]\)", promise.cite)
        times = {
            int(value) * (60 if unit == "小时" else 1)
            for value, unit in re.findall(r"(\d+) ?(分钟|小时)", promise.text_zh)
        }
        if promise.threshold_min is None:
            assert not times
        else:
            assert promise.threshold_min in times, promise.promise_id
    assert {promise.test for promise in promises} == set(How)


def test_the_targets_of_a_promise_are_what_its_test_asks_for(real_tables: Tables) -> None:
    places = {row.place_id for row in real_tables.places}
    stations = {row.station_id for row in real_tables.stations}
    units = {row.unit_id for row in real_tables.units}
    known = {
        How.TO_EXPRESSWAY: set[str](),
        How.TO_CORRIDOR: units,
        How.BETWEEN: places | stations | units,
        How.JOURNEY: {row.journey_id for row in real_tables.transport.journeys},
        How.TRUNK: {row.line for row in real_tables.stations},
        How.NOT_CHECKABLE: set[str](),
    }
    for promise in real_tables.transport.promises:
        assert set(promise.targets) <= known[promise.test], promise.promise_id
        assert bool(promise.targets) == bool(known[promise.test]), promise.promise_id
        assert bool(promise.modes) == (promise.test is not How.NOT_CHECKABLE), promise.promise_id
    cities = next(p for p in real_tables.transport.promises if p.promise_id == "core-port-cities")
    assert cities.targets == ("core", *(row["city_id"] for row in rows("plan/port_cities")))
