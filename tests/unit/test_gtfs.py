"""Rail lines as GTFS tables: times, calendars, hubs, course; and the zip that holds them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import rail
from tests.toy.feeds import departures, of, seconds, times
from tzkc_geo import crs
from tzkc_geo.errors import DataError
from tzkc_geo.io.gtfs_zip import write_gtfs
from tzkc_geo.network.gtfs import clock, gtfs_tables
from tzkc_geo.network.rail_lines import day_of, rail_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.gtfs import Feed
    from tzkc_geo.transport import Service, Transport


def with_services(*services: Service) -> Transport:
    return replace(rail.TRANSPORT, services=services)


@pytest.fixture(scope="module")
def feed() -> Feed:
    return gtfs_tables(rail.railway())


def test_times_add_up_to_the_runs_in_both_directions(feed: Feed) -> None:
    first, last = 6 * 3600 + 20 * 60, 21 * 3600 + 40 * 60
    assert times(feed, "S1-20221228-0") == {"a": first, "b": first + 240, "c": first + 420}
    assert times(feed, "S1-20221228-1") == {"c": first, "b": first + 180, "a": first + 420}
    assert times(feed, "S1-20221228-0-last") == {"a": last, "b": last + 240, "c": last + 420}
    assert all(row["arrival_time"] == row["departure_time"] for row in feed["stop_times.txt"])


def test_first_and_last_train_leave_both_termini_as_stated(feed: Feed) -> None:
    for direction in ("0", "1"):
        found = departures(feed, "S1", direction)
        assert (clock(found[0]), clock(found[-1])) == ("06:20:00", "21:40:00")
        assert found[1] - found[0] == 540


def test_a_station_without_a_position_is_passed_and_named(feed: Feed) -> None:
    start = rail.FIRST_MIN * 60
    assert "p" not in {row["stop_id"] for row in feed["stops.txt"]}
    assert times(feed, "S2-20280101-0") == {"q": start + 100, "r": start + 300}
    assert times(feed, "S2-20280101-1") == {"r": start, "q": start + 200}
    assert departures(feed, "S2", "0")[0] == start + 100
    assert (
        "left out, without a position: p站"
        in of(feed, "routes.txt", "route_id", "S2")["route_desc"]
    )
    assert "left out" not in of(feed, "routes.txt", "route_id", "S1")["route_desc"]


@pytest.mark.parametrize("opening", ["2027", ""])
def test_trains_pass_a_station_that_is_not_open(opening: str) -> None:
    stations = tuple(
        replace(one, opening=opening, status="planned") if one.station_id == "b" else one
        for one in rail.STATIONS
    )
    feed = gtfs_tables(rail.railway(stations=stations), date="2026-11-24")
    start = rail.FIRST_MIN * 60
    assert times(feed, "S1-20221228-0") == {"a": start, "c": start + 420}
    assert "left out" not in feed["routes.txt"][0]["route_desc"]


def test_each_line_has_the_calendar_of_its_opening(feed: Feed) -> None:
    spans = {
        row["service_id"]: (row["start_date"], row["end_date"]) for row in feed["calendar.txt"]
    }
    assert spans == {
        "S1-20221228": ("20221228", "20291231"),
        "S2-20280101": ("20280101", "20291231"),
    }
    assert "2028-01-01 is assumed" in of(feed, "routes.txt", "route_id", "S2")["route_desc"]
    assert "is assumed" not in of(feed, "routes.txt", "route_id", "S1")["route_desc"]
    (info,) = feed["feed_info.txt"]
    assert (info["feed_start_date"], info["feed_end_date"]) == ("20221228", "20291231")


def test_a_line_that_opens_later_is_left_out() -> None:
    feed = gtfs_tables(rail.railway(), date="2026-11-24")
    assert [row["route_id"] for row in feed["routes.txt"]] == ["S1"]
    assert "transfers.txt" not in feed
    assert [row for row in feed["stops.txt"] if row["parent_station"]] == []
    assert {row["end_date"] for row in feed["calendar.txt"]} == {"20271231"}


def test_no_line_on_a_day_is_said() -> None:
    with pytest.raises(DataError, match=r"services\.csv: no line has trains on 2022-11-01"):
        gtfs_tables(rail.railway(), date="2022-11-01")


def test_stations_of_two_lines_side_by_side_are_a_hub(feed: Feed) -> None:
    hub = of(feed, "stops.txt", "stop_id", "hub-b")
    assert (hub["location_type"], hub["stop_name"]) == ("1", "b站")
    children = {row["stop_id"] for row in feed["stops.txt"] if row["parent_station"] == "hub-b"}
    assert children == {"b", "q"}
    changes = {(r["from_stop_id"], r["to_stop_id"]): r for r in feed["transfers.txt"]}
    assert set(changes) == {("b", "q"), ("q", "b")}
    assert {row["min_transfer_time"] for row in changes.values()} == {"240"}


def test_a_third_line_joins_the_hub() -> None:
    stations = (
        *rail.STATIONS,
        rail.station("u", "S3", 1, (121.4102, 28.6502)),
        rail.station("v", "S3", 2, (121.43, 28.66)),
    )
    transport = replace(
        rail.TRANSPORT,
        runs=(*rail.TRANSPORT.runs, rail.run("S3", "u", "v", 300.0)),
        services=(*rail.TRANSPORT.services, rail.service("S3", opening="")),
        impedances=(),
    )
    feed = gtfs_tables(rail.railway(transport, stations))
    children = [row["stop_id"] for row in feed["stops.txt"] if row["parent_station"] == "hub-b"]
    assert children == ["b", "q", "u"]
    assert "transfers.txt" not in feed
    assert "2022-01-01 is assumed" in of(feed, "routes.txt", "route_id", "S3")["route_desc"]


def test_stops_say_how_well_they_are_placed(feed: Feed) -> None:
    assert of(feed, "stops.txt", "stop_id", "q")["stop_desc"].endswith(
        "planned; 位置 position ±196 m (95 %)"
    )
    stations = tuple(replace(station, sigma_m=None) for station in rail.STATIONS)
    bare = gtfs_tables(rail.railway(stations=stations))
    assert of(bare, "stops.txt", "stop_id", "a")["stop_desc"] == "运营 operating"


def test_the_course_runs_from_the_first_stop_to_the_last(feed: Feed) -> None:
    there = [row for row in feed["shapes.txt"] if row["shape_id"] == "S1-0"]
    back = [row for row in feed["shapes.txt"] if row["shape_id"] == "S1-1"]
    along = [float(row["shape_dist_traveled"]) for row in there]
    assert along[0] == 0
    assert all(a < b for a, b in pairwise(along))
    lonlat = [(float(row["shape_pt_lon"]), float(row["shape_pt_lat"])) for row in there]
    assert lonlat[0] == pytest.approx((121.40, 28.65), abs=1e-6)
    assert len(lonlat) == 4  # two stops, two of the five vertices: one lies twice, two beyond
    steps = np.hypot(*np.diff(crs.to_metric(lonlat), axis=0).T)
    assert steps == pytest.approx(np.diff(along), abs=0.05)
    assert [row["shape_pt_lon"] for row in back] == [row["shape_pt_lon"] for row in there[::-1]]
    turned = [float(row["shape_dist_traveled"]) for row in back]
    assert turned == pytest.approx([along[-1] - value for value in along[::-1]], abs=0.011)


def test_stop_distances_are_those_of_the_course(feed: Feed) -> None:
    for direction, walk in (("0", "abc"), ("1", "cba")):
        rows = [r for r in feed["stop_times.txt"] if r["trip_id"] == f"S1-20221228-{direction}"]
        shape = [r for r in feed["shapes.txt"] if r["shape_id"] == f"S1-{direction}"]
        assert "".join(row["stop_id"] for row in rows) == walk
        assert rows[0]["shape_dist_traveled"] == shape[0]["shape_dist_traveled"] == "0.00"
        assert rows[-1]["shape_dist_traveled"] == shape[-1]["shape_dist_traveled"]
        assert 0 < float(rows[1]["shape_dist_traveled"]) < float(rows[2]["shape_dist_traveled"])


def drawn(*points: tuple[float, float]) -> Catalog:
    """Return the railway with another track of S1."""
    (track,) = rail.TRANSPORT.tracks
    track = replace(track, points=np.array(points))
    return rail.railway(replace(rail.TRANSPORT, tracks=(track,)))


@pytest.mark.parametrize("turn", [1, -1])
def test_straight_lines_lead_to_stops_beyond_the_drawn_track(turn: int) -> None:
    feed = gtfs_tables(drawn(*[(121.408, 28.65), (121.412, 28.65)][::turn]))
    shape = [row for row in feed["shapes.txt"] if row["shape_id"] == "S1-0"]
    lons = [float(row["shape_pt_lon"]) for row in shape]
    assert lons == pytest.approx([121.40, 121.408, 121.412, 121.42], abs=1e-7)
    desc = of(feed, "routes.txt", "route_id", "S1")["route_desc"]
    assert desc.endswith("straight where no track is drawn: a站、c站")


def test_a_track_that_ends_at_the_last_station_is_not_prolonged() -> None:
    feed = gtfs_tables(drawn((121.4003, 28.65), (121.42, 28.65)))
    shape = [row for row in feed["shapes.txt"] if row["shape_id"] == "S1-0"]
    assert [row["shape_pt_lon"] for row in shape] == ["121.4003000", "121.4200000"]
    assert "straight" not in of(feed, "routes.txt", "route_id", "S1")["route_desc"]


def test_a_line_without_a_track_has_no_shape(feed: Feed) -> None:
    assert {row["shape_id"] for row in feed["trips.txt"] if row["route_id"] == "S2"} == {""}
    transport = replace(rail.TRANSPORT, tracks=())
    assert "shapes.txt" not in gtfs_tables(rail.railway(transport))


def test_names_are_given_in_english_too(feed: Feed) -> None:
    english = {
        (r["table_name"], r["record_id"]): r["translation"] for r in feed["translations.txt"]
    }
    assert english["routes", "S1"] == "A – C"
    assert english["stops", "hub-b"] == "B"
    assert english["trips", "S1-20221228-0"] == "C"
    assert english["trips", "S1-20221228-1"] == "A"
    assert of(feed, "trips.txt", "trip_id", "S1-20221228-1")["trip_headsign"] == "a站"


def test_the_version_follows_the_content(feed: Feed) -> None:
    (info,) = feed["feed_info.txt"]
    date, digest = info["feed_version"].split()
    assert (date, len(digest)) == ("2026-11-24", 12)
    slower = (rail.run("S1", "a", "b", 241.0), *rail.TRANSPORT.runs[1:])
    other = gtfs_tables(rail.railway(replace(rail.TRANSPORT, runs=slower)))
    assert other["feed_info.txt"][0]["feed_version"] != info["feed_version"]
    undated = gtfs_tables(replace(rail.railway(), edition_date=None))
    assert undated["feed_info.txt"][0]["feed_version"] == f"undated {digest}"


def test_every_row_of_a_table_has_the_same_columns(feed: Feed) -> None:
    for rows in feed.values():
        assert {tuple(row) for row in rows} == {tuple(rows[0])}


@st.composite
def days(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Draw periods of one day: first and last departure (min), headway (min)."""
    marks = sorted(draw(st.lists(st.integers(300, 1400), min_size=2, max_size=8)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return [(a, b, draw(st.integers(2, 30))) for a, b in pairs]


@given(days())
def test_a_reader_sees_every_train_of_the_day_once(periods: list[tuple[int, int, int]]) -> None:
    services = [rail.service("S1", a, b, headway * 60.0) for a, b, headway in periods]
    feed = gtfs_tables(rail.railway(with_services(*reversed(services))))
    stated = {m * 60 for a, b, headway in periods for m in range(a, b + 1, headway)}
    stated |= {periods[-1][1] * 60}
    for direction in ("0", "1"):
        assert departures(feed, "S1", direction) == sorted(stated)


def test_services_that_open_one_after_the_other_have_a_calendar_each() -> None:
    early = rail.service("S1", 400, 600)
    late = rail.service("S1", 600, 800, opening="2026-07")
    feed = gtfs_tables(rail.railway(with_services(early, late)))
    assert [row["service_id"] for row in feed["calendar.txt"]] == ["S1-20221228", "S1-20260701"]
    trips = [row["trip_id"] for row in feed["trips.txt"] if row["direction_id"] == "0"]
    assert trips == ["S1-20221228-0", "S1-20260701-0", "S1-20260701-0-last"]


def test_services_that_overlap_are_refused() -> None:
    services = (rail.service("S1", 400, 600), rail.service("S1", 599, 800))
    with pytest.raises(
        DataError, match="'S1-599' begins before 'S1-400' ends, expected minute 600"
    ):
        gtfs_tables(rail.railway(with_services(*services)))


def test_a_missing_run_is_named() -> None:
    transport = replace(rail.TRANSPORT, runs=rail.TRANSPORT.runs[1:])
    with pytest.raises(DataError, match=r"timetable\.csv: no run joins 'a' and 'b'"):
        gtfs_tables(rail.railway(transport))


def test_a_line_needs_two_positions() -> None:
    stations = tuple(
        replace(one, lon=None, lat=None) if one.station_id in "ab" else one for one in rail.STATIONS
    )
    with pytest.raises(
        DataError, match=r"'S1' cannot be drawn, expected two open stations .* got 1"
    ):
        gtfs_tables(rail.railway(stations=stations))


def test_a_line_without_stations_is_refused() -> None:
    with pytest.raises(DataError, match=r"'S9' cannot be drawn, .* got 0"):
        gtfs_tables(rail.railway(with_services(rail.service("S9"))))


def test_stations_that_lie_against_their_order_are_refused() -> None:
    places = {"a": (121.40, 28.65), "b": (121.42, 28.65), "c": (121.41, 28.65)}
    stations = tuple(
        replace(one, lon=places[one.station_id][0]) if one.station_id in places else one
        for one in rail.STATIONS
    )
    with pytest.raises(DataError, match=r"tracks\.geojson: .*'S1'.* expected 'b' before 'c'"):
        rail_lines(rail.railway(stations=stations))


@pytest.mark.parametrize(
    ("opening", "day"),
    [
        ("", "2022-01-01"),
        ("2028", "2028-01-01"),
        ("2026-07", "2026-07-01"),
        ("2022-12-28", "2022-12-28"),
    ],
)
def test_an_opening_counts_from_its_first_day(opening: str, day: str) -> None:
    assert day_of(opening) == day


@given(st.integers(0, 200_000))
def test_a_clock_is_read_back(value: int) -> None:
    assert seconds(clock(value)) == value


def test_the_zip_holds_the_tables(feed: Feed, tmp_path: Path) -> None:
    path = tmp_path / "toy.zip"
    write_gtfs(path, feed)
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        read = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))
            for name in archive.namelist()
        }
    assert read == feed


def test_two_exports_have_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.zip", "two.zip")]
    for path in paths:
        write_gtfs(path, gtfs_tables(rail.railway()))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_name_that_is_no_zip_is_refused(feed: Feed, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"toy\.txt: .* expected an ending \.zip, got '\.txt'"):
        write_gtfs(tmp_path / "toy.txt", feed)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_where_the_zip_cannot_be_written(feed: Feed, tmp_path: Path) -> None:
    (tmp_path / "toy.zip").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        write_gtfs(tmp_path / "toy.zip", feed)
    assert [path.name for path in tmp_path.iterdir()] == ["toy.zip"]
