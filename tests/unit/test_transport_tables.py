"""The tables of the network: sound rows are read, a wrong one names itself and what it needs."""

from pathlib import Path

import pytest

from tests.toy.layers import SHIPPED
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.io.folder import DataFolder, find_folder
from tzkc_geo.io.tables import read_tables
from tzkc_geo.io.transport_rows import (
    IMPEDANCES,
    JOURNEYS,
    JUNCTIONS,
    LINKS,
    PROMISES,
    RUNS,
    SERVICES,
)
from tzkc_geo.transport import LinkClass, Mode, Transport

GROUNDS = {"grounds": "assumed", "source_id": "team-inference"}
HERE = {"name_zh": "甲", "kind": "junction", "sigma_m": "50", **GROUNDS}
SOUND: dict[str, tuple[tuple[str, ...], list[dict[str, str]]]] = {
    "junctions": (
        JUNCTIONS,
        [
            {"junction_id": "x1", "lon": "121.40", "lat": "28.65", **HERE},
            {"junction_id": "x2", "lon": "121.41", "lat": "28.65", **HERE},
        ],
    ),
    "links": (
        LINKS,
        [
            {
                "link_id": "l1",
                "road": "甲路",
                "from_id": "x1",
                "to_id": "s1-01",
                "link_class": "arterial",
                "free_kmh": "40",
                "peak_kmh": "27",
                "oneway": "no",
                "opening": "2021-12",
                **GROUNDS,
            }
        ],
    ),
    "timetable": (
        RUNS,
        [
            {
                "line": "S1",
                "from_id": "s1-01",
                "to_id": "s1-02",
                "run_s": "240",
                "sigma_s": "60",
                **GROUNDS,
            }
        ],
    ),
    "services": (
        SERVICES,
        [
            {
                "service_id": "v1",
                "line": "S1",
                "first": "06:20",
                "last": "21:40",
                "headway_s": "540",
                **GROUNDS,
            }
        ],
    ),
    "impedances": (IMPEDANCES, [{"impedance_id": "walk_kmh", "value": "4.8", **GROUNDS}]),
    "journeys": (
        JOURNEYS,
        [
            {
                "journey_id": "j1",
                "from_id": "s1-01",
                "to_zh": "杭州",
                "minutes": "63",
                "kind": "published",
                "source_id": "plan-2022",
            }
        ],
    ),
    "promises": (
        PROMISES,
        [
            {
                "promise_id": "p1",
                "text_zh": "甲",
                "cite": "6.1",
                "test": "between",
                "threshold_min": "30",
                "targets": "s1-01",
                "modes": "walk;rail",
                "source_id": "plan-2022",
            }
        ],
    ),
}


def written(folder: Path, **changed: dict[str, str]) -> Transport:
    """Write the sound rows with one cell changed in the last row of a table, and read them."""
    for name, (columns, rows) in SOUND.items():
        last = {**rows[-1], **changed.get(name, {})}
        lines = [",".join(row.get(c, "") for c in columns) for row in (*rows[:-1], last)]
        (folder / f"{name}.csv").write_text("\n".join([",".join(columns), *lines, ""]))
    return read_tables(find_folder(folder)).transport


def test_sound_rows_become_records(tmp_path: Path) -> None:
    found = written(tmp_path)
    link = next(link for link in found.links if link.link_id == "l1")
    assert (link.link_class, link.length_m, link.opening) == (LinkClass.ARTERIAL, None, "2021-12")
    service = next(service for service in found.services if service.service_id == "v1")
    assert (service.from_min, service.to_min, service.headway_s) == (380, 1300, 540.0)
    promise = next(promise for promise in found.promises if promise.promise_id == "p1")
    assert promise.modes == (Mode.WALK, Mode.RAIL)


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("junctions", {"lon": "28.65", "lat": "121.41"}, "swapped"),
        ("junctions", {"kind": "crossroads"}, "expected one of junction, interchange"),
        ("junctions", {"sigma_m": "0"}, "sigma_m is not positive"),
        ("junctions", {"grounds": "guess"}, "expected one of published, measured"),
        ("links", {"peak_kmh": "50"}, "peak_kmh is too large, expected at most free_kmh"),
        ("links", {"to_id": "x1"}, "to_id is from_id"),
        ("links", {"oneway": "maybe"}, "expected one of yes, no"),
        ("links", {"opening": "2021-13"}, "opening is not a date"),
        ("links", {"length_m": "-5"}, "length_m is not positive"),
        ("services", {"first": "6:20"}, "first is not a time of day, expected HH:MM"),
        ("services", {"last": "05:00"}, "last is before first"),
        ("timetable", {"run_s": "fast"}, "run_s is not a number"),
        ("promises", {"modes": "walk;fly"}, "modes 'fly' is not allowed"),
        ("promises", {"test": "hope"}, "expected one of to_expressway"),
    ],
)
def test_a_wrong_row_says_where_and_what(
    tmp_path: Path, table: str, change: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError, match=said) as caught:
        written(tmp_path, **{table: change})
    assert str(caught.value).startswith(f"{table}.csv:")


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("links", {"from_id": "x9"}, "expected an id of junctions.csv or stations.csv"),
        ("links", {"crosses": "styx"}, "expected an id of barriers.geojson"),
        ("timetable", {"to_id": "x1"}, "expected an id of stations.csv"),
        ("journeys", {"from_id": "x1"}, "expected an id of stations.csv"),
        ("impedances", {"source_id": "hearsay"}, "expected an id of sources.csv"),
    ],
)
def test_an_id_that_points_at_nothing_is_named(
    tmp_path: Path, table: str, change: dict[str, str], said: str
) -> None:
    with pytest.raises(UnknownIdError, match=said):
        written(tmp_path, **{table: change})


def test_the_network_is_no_part_of_the_digest_of_the_outlines(tmp_path: Path) -> None:
    shipped = read_tables(DataFolder(SHIPPED))
    written(tmp_path)
    mine = read_tables(find_folder(tmp_path))
    assert mine.digest == shipped.digest
    assert mine.transport.digest != shipped.transport.digest
