"""The stations of S1, S2 and national rail: what runs, what is planned, what has a position."""

import csv
from collections import Counter
from pathlib import Path

import pytest

STATIONS = Path(__file__).resolve().parents[2] / "boundaries" / "stations.csv"


@pytest.fixture(scope="module")
def stations() -> list[dict[str, str]]:
    with STATIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_s1_runs_and_s2_is_planned(stations: list[dict[str, str]]) -> None:
    by_line = {line: [r for r in stations if r["line"] == line] for line in ("S1", "S2")}
    assert [row["seq"] for row in by_line["S1"]] == [str(seq) for seq in range(1, 16)]
    assert {(r["status"], r["opening"]) for r in by_line["S1"]} == {("operating", "2022-12-28")}
    built = [row for row in by_line["S2"] if row["seq"]]
    assert [row["seq"] for row in built] == [str(seq) for seq in range(1, 21)]
    assert {(row["status"], row["opening"]) for row in built} == {("planned", "2028")}
    reserved = [row["name_zh"] for row in by_line["S2"] if not row["seq"]]
    assert reserved == ["车埭站", "大路线站"]


def test_the_structures_of_s1_and_s2_count_as_published(stations: list[dict[str, str]]) -> None:
    counts = Counter((r["line"], r["structure"]) for r in stations if r["seq"])
    assert counts == {
        ("S1", "underground"): 7,
        ("S1", "elevated"): 8,
        ("S2", "underground"): 7,
        ("S2", "elevated"): 12,
        ("S2", "at_grade"): 1,
    }


def test_a_station_has_both_coordinates_and_a_sigma_or_none(stations: list[dict[str, str]]) -> None:
    for row in stations:
        place = [row[column] for column in ("lon", "lat", "sigma_m")]
        assert all(place) or not any(place), row["station_id"]
        if any(place):
            lon, lat, sigma_m = map(float, place)
            assert 121.0 < lon < 121.7
            assert 28.2 < lat < 28.9
            assert sigma_m > 0
        if row["line"] == "S2":
            assert ("inferred: " in row["note"]) == all(place)
            assert all(place) == bool(row["seq"])  # the reserved ones alone have none
