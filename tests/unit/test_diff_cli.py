"""`tzkc diff` over folders and exported files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from tests.toy.layers import put, refused, row
from tzkc_geo import build
from tzkc_geo.cli import main
from tzkc_geo.cli.show import NONE
from tzkc_geo.errors import RingError
from tzkc_geo.io.editions import read_edition

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.catalog import Tables

SQUARE = [[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]]


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a user's folder that moves one control point of 安康路."""
    folder = tmp_path / "mine"
    folder.mkdir()
    put(folder, "observations", row("observations", "ankang-road-p01", lon="121.449609"))
    return folder


def edition(tables: Tables) -> dict[str, str | None]:
    return {"date": tables.edition_date, "digest": tables.digest}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["diff", *words]) == 0
    return capsys.readouterr().out


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(said(capsys, *words, "--json"))
    return content


def collection(path: Path, *features: object, **members: object) -> str:
    content = {"type": "FeatureCollection", "features": features, **members}
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def feature(unit_id: str, ring: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"unit_id": unit_id},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_the_moved_control_point_is_named_as_the_fact(
    mine: Path, capsys: pytest.CaptureFixture[str], real_tables: Tables
) -> None:
    content = answer(capsys, "shipped", str(mine), "--geojson", str(mine / "moved.geojson"))
    assert list(content) == ["a", "b", "units", "facts", "facts_by_table", "interaction"]
    assert content["a"] == {"name": "shipped", **edition(real_tables)}
    assert content["b"]["date"] == real_tables.edition_date
    assert content["b"]["digest"] != real_tables.digest
    (fact,) = content["facts"]
    assert fact["fact"] == "observations.csv ankang-road-p01"
    assert fact["rows"][0]["cells"] == [{"column": "lon", "old": "121.449109", "new": "121.449609"}]
    assert content["interaction"] == {}
    units = {unit["unit_id"]: unit for unit in content["units"]}
    assert len(units) == 19
    assert units["c04"]["gained_m2"] == fact["moved"]["c04"]["gained_m2"] > 10_000
    assert units["c13"]["moved_m2"] == 0.0
    written = json.loads((mine / "moved.geojson").read_text(encoding="utf-8"))
    assert written["a"] == content["a"]
    pieces = {
        (f["properties"]["unit_id"], f["properties"]["what"]): f["properties"]["m2"]
        for f in written["features"]
    }
    assert pieces["c04", "gained"] == units["c04"]["gained_m2"]
    assert ("c13", "gained") not in pieces
    assert all(pieces.values())


def test_the_table_for_people_says_the_fact_and_the_units(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, ".", str(mine))
    assert "版本 edition 2026-11-24" in text
    assert "事实 fact observations.csv ankang-road-p01: corridor +" in text
    assert "修改 changed observations.csv ankang-road-p01: lon '121.449109' → '121.449609'" in text
    assert "\n c04 " in text
    assert "\n c13 " not in text


def test_many_rows_are_put_together_and_their_rest_is_said(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = [f"ankang-road-p0{k}" for k in range(1, 5)]
    more = ["caifu-avenue-p01", "caifu-avenue-p02"]
    rows = [row("observations", name, sigma="7") for name in [*moved, *more]]
    put(mine, "observations", *rows)
    put(mine, "priors", row("priors", "ankang-road", sigma_offset_m="5"))
    text = said(capsys, "shipped", str(mine), "--facts", "2")
    assert "put together by table" in text
    assert "事实 fact priors.csv ankang-road: " in text
    assert "observations.csv ankang-road-p01 +5: " in text
    assert "… 1 more rows" in text
    assert "交互 interaction: " in text


def test_a_title_moves_nothing(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mine / "observations.csv").unlink()
    put(mine, "sources", row("sources", "amap-poi", title="another"))
    text = said(capsys, "shipped", str(mine))
    assert "没有变动 · no ground moved" in text
    assert "事实 fact sources.csv amap-poi: moves nothing" in text


def test_a_fact_that_cannot_stand_alone_says_why(
    mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(mine, "priors", row("priors", "ankang-road", reason="another"))
    (mine / "observations.csv").unlink()
    put(mine, "places", row("places", "ankang-858", note="another"))

    def outlines(tables: Tables) -> dict[str, shapely.Polygon]:
        reasons = {prior.reason for prior in tables.priors}
        if "another" in reasons and all(place.note != "another" for place in tables.places):
            msg = "c04 crosses itself"
            raise RingError(msg)
        return {"c04": shapely.Polygon(SQUARE)}

    monkeypatch.setattr(build, "outlines", outlines)
    text = said(capsys, "shipped", str(mine))
    assert "fact priors.csv ankang-road: does not stand alone (c04 crosses itself)" in text
    assert "moves nothing" in text


def test_exported_files_tell_m2_and_no_fact(
    tmp_path: Path, mine: Path, capsys: pytest.CaptureFixture[str], real_tables: Tables
) -> None:
    path = tmp_path / "units.geojson"
    assert main(["export", str(path)]) == 0
    content = answer(capsys, str(path), "shipped")
    assert content["a"] == {"name": str(path), **edition(real_tables)}
    assert content["facts"] is None
    assert all(unit["moved_m2"] == 0.0 for unit in content["units"])
    text = said(capsys, str(path), str(mine))
    assert "outlines alone do not tell" in text
    assert "\n c04 " in text


def test_a_file_without_an_edition_says_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = collection(tmp_path / "a.geojson", feature("u", SQUARE))
    second = collection(tmp_path / "b.geojson", feature("v", SQUARE), edition="?")
    content = answer(capsys, first, second)
    assert content["a"] == {"name": first, "date": None, "digest": None}
    (u, v) = content["units"]
    assert u["lost_m2"] == u["before_m2"] == v["gained_m2"] == v["after_m2"] > 0
    assert f"版本 edition {NONE}, {NONE}" in said(capsys, first, second)


CROSSED = [[121.4, 28.6], [121.5, 28.7], [121.5, 28.6], [121.4, 28.7], [121.4, 28.6]]
FILES: dict[str, tuple[object, str]] = {
    "no collection": ([], "holds no units, expected a FeatureCollection of tzkc export"),
    "no features": ({"features": []}, "holds no units"),
    "no object": ({"features": [1]}, "feature 1: is no unit, expected unit_id and a closed"),
    "open ring": (
        {"features": [feature("u", SQUARE[:3])]},
        "feature 1: is no unit, expected unit_id and a closed polygon",
    ),
    "crossed ring": (
        {"features": [feature("u", CROSSED)]},
        "feature 1 (u): has no sound outline, expected a polygon, got self-intersection",
    ),
    "twice": (
        {"features": [feature("u", SQUARE), feature("u", SQUARE)]},
        "feature 2: unit_id 'u' stands twice, expected one feature a unit",
    ),
    "metres": (
        {"features": [feature("u", [[x * 1e5, y * 1e5] for x, y in SQUARE])]},
        "; write the file with tzkc export",
    ),
    "no shape": (
        {"features": [{**feature("u", SQUARE), "geometry": None}]},
        "feature 1",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_holds_no_units_is_refused(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, message = FILES[case]
    path = tmp_path / "units.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    sentence = refused(capsys, "diff", str(path), "shipped")
    assert sentence.startswith("units.geojson: ")
    assert message in sentence


def test_what_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "no.geojson")
    assert "file does not exist, expected units" in refused(capsys, "diff", missing, "shipped")
    assert "no data folder" in refused(capsys, "diff", "shipped", str(tmp_path / "no"))


def test_a_folder_of_that_name_is_reached_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shipped").mkdir()
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "shipped", "editions", row("editions", "2026-11-24", edition_date="2027-02-01"))
    assert read_edition("shipped").date == "2026-11-24"
    assert read_edition("./shipped").date == "2027-02-01"
