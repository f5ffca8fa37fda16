"""`tzkc gtfs`: a feed of your own folder, what it says, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.toy.layers import listing, refused
from tzkc_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

GROUNDS = "assumed,toy,"
STATIONS = """\
station_id,line,seq,name_zh,name_en,lon,lat,sigma_m,status,opening,structure,source_id,note
u,S9,1,甲站,A,121.40,28.65,100,planned,2028,elevated,toy,
v,S9,2,乙站,B,,,,planned,2028,elevated,toy,
w,S9,3,丙站,C,121.43,28.64,100,planned,2028,elevated,toy,
y,S7,1,丁站,D,121.40,28.65,100,operating,2020,elevated,toy,
z,S7,2,戊站,E,121.43,28.64,100,operating,2020,elevated,toy,
"""
RUNS = f"""\
line,from_id,to_id,run_s,sigma_s,length_m,grounds,source_id,note
S9,u,v,100,30,,{GROUNDS}
S9,v,w,200,30,,{GROUNDS}
S7,y,z,300,30,,{GROUNDS}
"""
SERVICES = f"""\
service_id,line,first,last,headway_s,opening,grounds,source_id,note
s9,S9,06:00,22:00,600,2028,{GROUNDS}
s7,S7,06:00,22:00,600,2020,{GROUNDS}
"""
SOURCES = "source_id,title,publisher,date,address,licence,note\ntoy,Toy,us,2026,,ODbL 1.0,\n"
TABLES = {"stations": STATIONS, "timetable": RUNS, "services": SERVICES, "sources": SOURCES}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a user's folder that adds the lines S7, open, and S9, planned."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_feed_is_written_and_what_is_left_out_is_said(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feed.zip"
    assert main(["--data", str(mine), "gtfs", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert list(content) == ["written", "scenario", "version", "rows", "skipped"]
    assert (content["written"], content["scenario"]) == (str(path), "2028")
    assert {"station_id": "v", "line": "S9", "name_zh": "乙站"} in content["skipped"]
    assert "left out, no coordinates are known · 无坐标，未列入" in err
    assert "乙站" in err
    with ZipFile(path) as archive:
        assert sorted(archive.namelist()) == sorted(content["rows"])
        assert "S9" in archive.read("routes.txt").decode()


def test_before_the_line_opens_it_is_left_out(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feed.zip"
    assert main(["--data", str(mine), "gtfs", str(path), "--scenario", "today"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "乙站" not in err
    with ZipFile(path) as archive:
        routes = archive.read("routes.txt").decode()
    assert "S7" in routes
    assert "S9" not in routes


def test_a_year_without_trains_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "gtfs", str(tmp_path / "feed.zip"), "--scenario", "2022")
    assert said.startswith("services.csv: no line has trains on 2022-11-01")
    assert listing(tmp_path) == {}


def test_a_scenario_that_does_not_exist_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "gtfs", str(tmp_path / "feed.zip"), "--scenario", "2035")
    assert said == "--scenario: is not known, expected one of 2022, today, 2028, got '2035'"


@pytest.mark.parametrize("name", ["none/feed.zip", "feed.txt"])
def test_a_bad_out_is_one_sentence(
    name: str, mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listing(tmp_path)
    refused(capsys, "--data", str(mine), "gtfs", str(tmp_path / name))
    assert listing(tmp_path) == before


def test_the_help_is_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gtfs", "--help"]) == 0
    said = capsys.readouterr().out
    assert "GTFS" in said
    assert "导出" in said
    assert "Example: tzkc gtfs" in said
