"""`tzkc boundaries add` from end to end over the real plan: one command, and everything follows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.toy.layers import listing, refused
from tests.toy.survey_files import geojson, vector
from tzkc_geo import crs
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.io.folder import find_folder
from tzkc_geo.io.load import load
from tzkc_geo.io.store import is_fresh
from tzkc_geo.io.tables import read_tables
from tzkc_geo.model import Grade

WORDS = ("--source", "市测绘院", "--sigma-m", "0.5", "--date", "2026-11-02")


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def road(catalog: Catalog) -> shapely.LineString:
    """Return 椒金线 as the adjustment has it, 40 m further east."""
    line = next(row for row in catalog.adjustment["lines"] if row["line_id"] == "jiaojin-line")
    metric = crs.to_metric([point[:2] for point in line["points"]])
    return shapely.LineString(crs.to_geographic(metric + np.array([40.0, 0.0])))


def shifted(shape: shapely.Polygon, east_m: float) -> shapely.Polygon:
    """Return an outline moved to the east."""
    step = np.array([east_m, 0.0])
    moved: shapely.Polygon = shapely.transform(
        shape, lambda xy: crs.to_geographic(crs.to_metric(xy) + step)
    )
    return moved


def added(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Add a survey and return the JSON of the command."""
    assert main([*words, "--json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def test_a_surveyed_line_makes_its_unit_located(
    tmp_path: Path, mine: Path, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    assert real_catalog.results["c01"].grade is Grade.CLOSED
    path = vector(tmp_path / "road.gpkg", [road(real_catalog)], 4528)
    add = ("--data", str(mine), "boundaries", "add", str(path), "--line", "jiaojin-line", *WORDS)
    content = added(capsys, *add)
    assert set(content) == {"added", "changes", "digest"}
    assert content["added"] == "jiaojin-line"
    changes = {change["unit_id"]: change for change in content["changes"]}
    assert list(changes) == [unit.unit_id for unit in real_catalog.units]
    assert changes["c01"]["grade"] == "located"
    assert changes["c01"]["gained_m2"] > 0
    for change in changes.values():  # what changed hands is what the area changed by
        handed = change["gained_m2"] - change["lost_m2"]
        assert change["change_m2"] == pytest.approx(handed, rel=1e-6, abs=2.0)
    assert changes["c13"]["gained_m2"] + changes["c13"]["lost_m2"] < 1.0
    folder = find_folder(mine)
    tables = read_tables(folder)
    assert is_fresh(tables, folder)
    (source,) = (s for s in tables.sources if s.source_id.startswith("survey-"))
    assert (source.title, source.date) == ("市测绘院", "2026-11-02")
    catalog = load(mine)
    assert catalog.digest == content["digest"] != real_catalog.digest
    assert catalog.results["c01"].grade is Grade.LOCATED
    edge = next(e for e in catalog.edges_of("c01") if e.line_id == "jiaojin-line")
    assert edge.how == "observed"
    assert edge.accuracy_m is not None
    assert edge.accuracy_m < 5.0
    on = shapely.transform(road(real_catalog), crs.to_metric)
    corners = shapely.points(crs.to_metric(edge.points))
    assert shapely.distance(corners, on).max() < 2.0


def test_a_surveyed_outline_replaces_the_derived_one(
    tmp_path: Path, mine: Path, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    outline = shifted(real_catalog.polygons["c13"], 10.0)
    path = vector(tmp_path / "c13.shp", [outline], 4549)
    assert main(["--data", str(mine), "boundaries", "add", str(path), "--unit", "c13", *WORDS]) == 0
    out, _ = capsys.readouterr()
    for unit in real_catalog.units:
        assert any(line.split()[:1] == [unit.unit_id] for line in out.splitlines())
    catalog = load(mine)
    result = catalog.results["c13"]
    assert (result.grade, result.method, result.redundancy) == (
        Grade.LOCATED,
        "surveyed outline",
        1.0,
    )
    metric = [shapely.transform(s, crs.to_metric) for s in (catalog.polygons["c13"], outline)]
    assert metric[0].symmetric_difference(metric[1]).area < 0.1
    assert {edge.how for edge in catalog.edges_of("c13")} == {"survey"}
    (survey,) = read_tables(find_folder(mine)).surveys
    assert (survey.sigma_m, survey.date) == (0.5, "2026-11-02")


def test_a_survey_that_takes_a_neighbour_leaves_the_folder_as_it_was(
    tmp_path: Path, mine: Path, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    (mine / "notes.txt").write_text("ours", encoding="utf-8")
    before = listing(mine)
    both = shapely.union(real_catalog.polygons["c01"], real_catalog.polygons["c04"])
    outer = max(shapely.get_parts(both), key=lambda part: part.area).exterior
    path = geojson(tmp_path / "c01.geojson", shapely.Polygon(outer), 4490)
    add = ("--data", str(mine), "boundaries", "add", str(path), "--unit", "c01", *WORDS)
    message = refused(capsys, *add)
    assert message.startswith("unit 'c04': expected surveys of its neighbours to leave")
    assert message.endswith("got 0%; check the survey, or survey c04 too")
    assert listing(mine) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("--line", "ankang-road", "--unit", "c01"), "either --line or --unit, got both"),
        ((), "either --line or --unit, got none"),
        (("--line", "ankang-road", "--sigma-m", "0"), "a number of metres above 0, got 0.0"),
        (("--line", "ankang-road", "--sigma-m", "nan"), "a number of metres above 0, got nan"),
        (("--line", "ankang-road", "--source", " "), "--source: is empty, expected who surveyed"),
        (("--line", "ankang-road", "--date", "2026-02-30"), "YYYY-MM-DD, got '2026-02-30'"),
        (("--line", "nowhere-road"), "'nowhere-road' points at nothing"),
    ],
)
def test_bad_words_are_named_and_nothing_is_written(
    change: tuple[str, ...],
    message: str,
    tmp_path: Path,
    mine: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = geojson(
        tmp_path / "a.geojson", shapely.LineString([[121.45, 28.65], [121.45, 28.66]]), None
    )
    add = ("--data", str(mine), "boundaries", "add", str(path), *WORDS, *change)
    assert message in refused(capsys, *add)
    assert listing(mine) == {}


def test_without_a_folder_of_ones_own_the_remedy_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(
        tmp_path / "a.geojson", shapely.LineString([[121.45, 28.65], [121.45, 28.66]]), None
    )
    message = refused(capsys, "boundaries", "add", str(path), "--line", "ankang-road", *WORDS[:4])
    assert message.endswith("expected one for your own boundaries; give --data DIR")
