"""Surveyed files in many forms give one and the same rows; faulty ones are refused."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.toy.layers import listing, put, row
from tests.toy.survey_files import geojson, vector
from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, TzkcError, UnknownIdError
from tzkc_geo.io.folder import DataFolder, find_folder
from tzkc_geo.io.surveys import SurveyFile, line_texts, unit_texts

ROAD = shapely.LineString([[121.4602, 28.6603], [121.4598, 28.645], [121.4601, 28.6251]])
BLOCK = shapely.box(121.3771, 28.5913, 121.3829, 28.5958)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    user = tmp_path / "mine"
    user.mkdir()
    return find_folder(user)


def survey(path: Path, epsg: int | None = None) -> SurveyFile:
    return SurveyFile(path=path, epsg=epsg, source="市测绘院", sigma_m=0.5, date="2026-11-02")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), strict=True))


def coordinates(text: str) -> shapely.Geometry:
    (feature,) = json.loads(text)["features"]
    return shapely.from_geojson(json.dumps(feature["geometry"]))


FORMS: dict[str, Callable[[Path], Path]] = {
    "GeoJSON in degrees": lambda p: geojson(p / "a.geojson", ROAD, None),
    "GeoJSON in 4490": lambda p: geojson(p / "a.geojson", ROAD, 4490),
    "GeoJSON in 4549": lambda p: geojson(p / "a.json", ROAD, 4549),
    "GeoPackage in 4528": lambda p: vector(p / "a.gpkg", [ROAD], 4528),
    "Shapefile in 4549": lambda p: vector(p / "a.shp", [ROAD], 4549),
    "Shapefile in 4490": lambda p: vector(p / "a.shp", [ROAD], 4490),
    "two pieces that join": lambda p: vector(
        p / "a.gpkg",
        [shapely.MultiLineString([ROAD.coords[1:], ROAD.coords[:2]])],
        4549,
    ),
    "with heights": lambda p: vector(p / "a.gpkg", [shapely.force_3d(ROAD, 4.2)], 4490),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_line_gives_the_same_rows(
    form: str, tmp_path: Path, folder: DataFolder
) -> None:
    texts = line_texts(folder, survey(FORMS[form](tmp_path)), "jiaojin-line")
    found = coordinates(texts["lines.geojson"])
    assert len(found.coords) == 3
    metric = [shapely.transform(shape, crs.to_metric) for shape in (found, ROAD)]
    assert shapely.hausdorff_distance(*metric) < 0.001
    (source,) = table(texts["sources.csv"])
    assert (source["title"], source["date"]) == ("市测绘院", "2026-11-02")
    (line,) = table(texts["lines.csv"])
    assert (line["line_id"], line["name_zh"]) == ("jiaojin-line", "椒金线")
    (prior,) = table(texts["priors.csv"])
    assert float(prior["sigma_offset_m"]) > 10 * 0.5  # the control points count, not the prior
    for rows in (texts["lines.csv"], texts["priors.csv"], texts["observations.csv"]):
        assert {r["source_id"] for r in table(rows) if r.get("used") != "no"} == {
            source["source_id"]
        }
    assert listing(folder.layers[-1]) == {}  # nothing is written yet


def test_a_file_without_a_system_takes_the_one_that_is_said(
    tmp_path: Path, folder: DataFolder
) -> None:
    metric = shapely.transform(ROAD, crs.to_metric)
    with pytest.warns(UserWarning, match="crs"):
        bare = vector(tmp_path / "bare.shp", [metric], None)
    with pytest.raises(CrsError, match=r"bare\.shp: CRS has no known EPSG code.*--epsg CODE"):
        line_texts(folder, survey(bare), "jiaojin-line")
    found = coordinates(line_texts(folder, survey(bare, 4549), "jiaojin-line")["lines.geojson"])
    back = shapely.transform(found, crs.to_metric)
    assert shapely.hausdorff_distance(back, metric) < 0.001


def test_a_line_keeps_its_direction_and_its_control_points_their_common_error(
    tmp_path: Path, folder: DataFolder
) -> None:
    texts = [
        line_texts(folder, survey(geojson(tmp_path / "a.geojson", shape, None)), "jiaojin-line")
        for shape in (ROAD, ROAD.reverse())
    ]
    assert texts[0] == texts[1]
    points = table(texts[0]["observations.csv"])
    assert [p["used"] for p in points] == ["yes"] * 7
    assert {float(p["sigma"]) for p in points} == {0.5 * np.sqrt(7)}
    on = [shapely.Point(float(p["lon"]), float(p["lat"])) for p in points]
    assert max(point.distance(ROAD) for point in on) < 1e-9


def test_older_control_points_are_set_aside_with_the_reason(
    tmp_path: Path, folder: DataFolder
) -> None:
    road = shapely.LineString([[121.4494, 28.6537], [121.4511, 28.6628]])
    put(folder.layers[-1], "observations", row("observations", "ankang-road-p01", note="mine"))
    path = geojson(tmp_path / "a.geojson", road, None)
    rows = table(line_texts(folder, survey(path), "ankang-road")["observations.csv"])
    older = [r for r in rows if r["observation_id"].startswith("ankang-road-p")]
    assert len(older) >= 2
    assert {(r["used"], r["reason"]) for r in older} == {
        ("no", "superseded by survey-ankang-road-2026-11-02")
    }
    assert older[0]["note"] == "mine"


def test_rows_and_columns_of_the_user_stay(tmp_path: Path, folder: DataFolder) -> None:
    user = folder.layers[-1]
    mine = row("sources", "plan-2022", note="our copy") | {"shelf": "A7"}
    (user / "sources.csv").write_text(
        ",".join(mine) + "\n" + ",".join(f'"{v}"' for v in mine.values()) + "\n", encoding="utf-8"
    )
    other = geojson(
        tmp_path / "b.geojson", shapely.LineString([[121.449, 28.65], [121.451, 28.66]]), None
    )
    first = line_texts(folder, survey(other), "ankang-road")
    (user / "lines.geojson").write_text(first["lines.geojson"], encoding="utf-8")
    texts = line_texts(folder, survey(geojson(tmp_path / "a.geojson", ROAD, None)), "jiaojin-line")
    rows = table(texts["sources.csv"])
    assert [(r["source_id"], r["note"], r["shelf"]) for r in rows] == [
        ("plan-2022", "our copy", "A7"),
        ("survey-jiaojin-line-2026-11-02", "sigma 0.5 m", ""),
    ]
    names = [f["properties"]["line_id"] for f in json.loads(texts["lines.geojson"])["features"]]
    assert names == ["ankang-road", "jiaojin-line"]


@pytest.mark.parametrize("parts", [1, 2])
def test_an_outline_is_kept_with_its_source_accuracy_and_date(
    parts: int, tmp_path: Path, folder: DataFolder
) -> None:
    shape = (
        BLOCK if parts == 1 else shapely.union(BLOCK, shapely.box(121.39, 28.59, 121.391, 28.591))
    )
    texts = unit_texts(folder, survey(vector(tmp_path / "c.gpkg", [shape], 4549)), "c13")
    (feature,) = json.loads(texts["surveys.geojson"])["features"]
    assert feature["properties"] == {
        "unit_id": "c13",
        "source_id": "survey-c13-2026-11-02",
        "sigma_m": 0.5,
        "date": "2026-11-02",
    }
    found = coordinates(texts["surveys.geojson"])
    assert len(found.geoms) == parts
    metric = [shapely.transform(s, crs.to_metric) for s in (found, shape)]
    assert metric[0].symmetric_difference(metric[1]).area < 0.1
    assert set(texts) == {"sources.csv", "surveys.geojson"}


BOW = shapely.Polygon([[121.377, 28.591], [121.383, 28.596], [121.383, 28.591], [121.377, 28.596]])
RING = BLOCK.difference(shapely.box(121.379, 28.593, 121.38, 28.594))
FAR = shapely.transform(ROAD, lambda xy: xy + np.array([0.5, 0.0]))
GAPPY = shapely.MultiLineString([ROAD.coords[:2], [(121.47, 28.62), (121.47, 28.61)]])
SWAPPED = shapely.transform(ROAD, lambda xy: xy[:, ::-1])
FAULTS: dict[str, tuple[str, Callable[[Path], Path], type[TzkcError], str]] = {
    "no such line": (
        "nowhere-road",
        lambda p: geojson(p / "a.geojson", ROAD, None),
        UnknownIdError,
        "--line: 'nowhere-road' points at nothing, expected a line_id of lines.csv",
    ),
    "no such unit": (
        "c99",
        lambda p: geojson(p / "a.geojson", BLOCK, None),
        UnknownIdError,
        "--unit: 'c99' is not a cluster, expected one of c01, c02,",
    ),
    "a zone": (
        "core",
        lambda p: geojson(p / "a.geojson", BLOCK, None),
        UnknownIdError,
        "--unit: 'core' is not a cluster, expected one of c01, c02,",
    ),
    "an outline for a line": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", BLOCK, None),
        DataError,
        "a.geojson: expected one LineString or MultiLineString, got Polygon",
    ),
    "a line for an outline": (
        "c13",
        lambda p: geojson(p / "a.geojson", ROAD, None),
        DataError,
        "a.geojson: expected one Polygon or MultiPolygon, got LineString",
    ),
    "two lines": (
        "jiaojin-line",
        lambda p: vector(p / "a.gpkg", [ROAD, FAR], 4490),
        DataError,
        "a.gpkg: expected one LineString or MultiLineString, got LineString, LineString",
    ),
    "two layers": (
        "jiaojin-line",
        lambda p: vector(
            vector(p / "a.gpkg", [ROAD], 4490, layer="old"), [ROAD], 4490, layer="new"
        ),
        DataError,
        "a.gpkg: expected one layer, got old, new",
    ),
    "pieces that do not join": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", GAPPY, None),
        DataError,
        "a.geojson: line is not usable, expected one open line, got parts that do not join",
    ),
    "a closed line": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", shapely.LineString(BLOCK.exterior), None),
        DataError,
        "a.geojson: line is not usable, expected one open line, got a closed ring",
    ),
    "an outline that crosses itself": (
        "c13",
        lambda p: geojson(p / "a.geojson", BOW, None),
        DataError,
        "a.geojson: outline is not usable, expected simple rings, got self-intersection",
    ),
    "an outline with a hole": (
        "c13",
        lambda p: geojson(p / "a.geojson", RING, None),
        DataError,
        "a.geojson: outline is not usable, expected simple rings, got holes",
    ),
    "far away": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", FAR, None),
        CrsError,
        "a.geojson: lies 4",
    ),
    "swapped axes": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", SWAPPED, None),
        CrsError,
        "a.geojson: EPSG:4326 0: lon, lat look swapped, got lon 28.6603 and lat 121.4602",
    ),
    "metres that call themselves degrees": (
        "jiaojin-line",
        lambda p: geojson(p / "a.geojson", shapely.transform(ROAD, crs.to_metric), None),
        CrsError,
        "a.geojson: EPSG:4326 0: metres where degrees are expected",
    ),
    "no file": (
        "jiaojin-line",
        lambda p: p / "a.gpkg",
        DataError,
        "a.gpkg: file does not exist, expected a line or polygon file",
    ),
    "unknown format": (
        "jiaojin-line",
        lambda p: p / "a.dwg",
        DataError,
        "a.dwg: format is not known, expected one of .geojson, .json, .gpkg, .shp",
    ),
    "not what it says": (
        "jiaojin-line",
        lambda p: _text(p / "a.gpkg"),
        DataError,
        "a.gpkg: cannot be read, expected a vector file, got ",
    ),
    "an empty collection": (
        "jiaojin-line",
        lambda p: _text(p / "a.geojson", '{"type": "FeatureCollection", "features": []}'),
        DataError,
        "a.geojson: expected one LineString or MultiLineString, got nothing",
    ),
}


def _text(path: Path, text: str = "no vector file") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_survey_is_refused(fault: str, tmp_path: Path, folder: DataFolder) -> None:
    target, make, kind, message = FAULTS[fault]
    texts = unit_texts if re.fullmatch(r"c\d\d|core", target) else line_texts
    with pytest.raises(kind) as caught:
        texts(folder, survey(make(tmp_path)), target)
    assert str(caught.value).startswith(message)
    assert listing(folder.layers[-1]) == {}


def test_a_survey_needs_a_folder_of_ones_own(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", ROAD, None)
    shipped = DataFolder(find_folder(tmp_path).shipped)
    message = "--data: no user data folder, expected one for your own boundaries; give --data DIR"
    for texts, target in ((line_texts, "jiaojin-line"), (unit_texts, "c13")):
        with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
            texts(shipped, survey(path), target)
