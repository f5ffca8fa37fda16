"""`tzkc area` from end to end: files of every kind, units, datums, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.toy.layers import refused
from tests.toy.parcel_texts import PLAIN
from tests.toy.survey_files import geojson, vector
from tzkc_geo import crs
from tzkc_geo.cli import main
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.io.polygons import polygons_of

BOX = shapely.box(121.44, 28.65, 121.45, 28.66)


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


def measured(capsys: pytest.CaptureFixture[str], *words: object) -> list[dict[str, Any]]:
    """Return the rings of a call that must succeed."""
    assert main(["area", *map(str, words), "--json"]) == 0
    content = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert content["faults"] == []
    rings: list[dict[str, Any]] = content["rings"]
    return rings


def txt(folder: Path) -> Path:
    """Write the plot of 2 hectares as a 界址点 file."""
    path = folder / "界址点.txt"
    path.write_bytes(PLAIN.encode("gbk"))
    return path


def test_a_txt_is_measured_beside_the_area_that_it_states(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ring,) = measured(capsys, txt(tmp_path))
    assert {"id", "areas_m2", "mu", "hectare", "notes"} <= set(ring)
    assert list(ring["areas_m2"]) == [
        "statutory",
        "geodesic",
        "gk120",
        "gk123",
        "utm51n",
        "webmercator",
    ]
    assert ring["id"] == "331002001"
    assert ring["stated"]["text"] == "2.0000"
    assert ring["stated"]["best"] == "gk120"
    assert ring["areas_m2"]["gk120"] == pytest.approx(20_000.0, abs=1e-4)
    assert any("warnings, not areas to report" in note for note in ring["notes"])


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp", ".kml"])
def test_every_kind_of_file_gives_the_area_of_the_polygon(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"plots{ending}"
    source = geojson(tmp_path / "source.geojson", BOX, None)
    if ending != ".geojson":
        assert main(["convert", str(source), str(path)]) == 0
    (ring,) = measured(capsys, source if ending == ".geojson" else path)
    assert ring["id"] == "1"
    assert ring["stated"] is None
    assert ring["areas_m2"]["statutory"] == pytest.approx(polygon_area_m2(BOX), rel=1e-9)


def test_units_are_measured_beside_the_area_of_the_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    c04, c01 = measured(capsys, "--unit", "c04, c01")
    assert (c04["id"], c04["stated"]["text"], c04["stated"]["unit"]) == ("c04", "10.36", "km2")
    assert c01["stated"]["within"][0] == "statutory"
    assert "no way of computing explains it" in c04["notes"][1]


def test_a_person_reads_a_table_and_each_note_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["area", str(txt(tmp_path))]) == 0
    plain = capsys.readouterr().out
    assert "331002001" in plain
    assert main(["area", "--unit", "c01,c02"]) == 0
    out = capsys.readouterr().out
    assert "c01 中央创新区" in out
    assert "椭球面积" in out
    assert out.count("UTM 51N、Web Mercator 仅作警示") == 1
    assert "\nc02: stated 4.92 km2" in out


def test_an_empty_polygon_of_a_unit_shows_no_ppm(capsys: pytest.CaptureFixture[str]) -> None:
    from tzkc_geo.area_table import Subject, area_rows
    from tzkc_geo.cli.area import print_rows

    print_rows(area_rows([Subject(ring_id="none", name="", polygon=shapely.Polygon())]))
    assert "+0.00 (–)" in capsys.readouterr().out


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_degrees_of_a_map_service_are_turned_back(
    datum: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shifted = shapely.transform(
        BOX, lambda xy: np.column_stack(crs.from_cgcs2000(xy[:, 0], xy[:, 1], datum))
    )
    path = geojson(tmp_path / "gcj.geojson", shifted, None)
    (ring,) = measured(capsys, path, "--datum", datum)
    assert ring["areas_m2"]["statutory"] == pytest.approx(polygon_area_m2(BOX), rel=1e-9)
    message = refused(capsys, "--no-undo-shift", "area", str(path), "--datum", datum)
    assert "switched off" in message


def test_a_file_that_does_not_say_its_system_is_told_it(tmp_path: Path) -> None:
    path = vector(tmp_path / "plots.shp", [BOX], 4549)
    path.with_suffix(".prj").unlink()
    (plot,) = polygons_of(path, datum="gk120").plots
    assert shapely.equals_exact(plot.polygon.normalize(), BOX.normalize(), tolerance=1e-9)


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_degrees_that_say_themselves_what_they_are_may_be_told_again(
    datum: str, tmp_path: Path
) -> None:
    path = geojson(tmp_path / "plots.geojson", BOX, None)
    found = polygons_of(path, datum=datum)
    assert found.plots[0].polygon.equals(BOX)
    assert found.notes == ()


def test_metres_are_no_degrees_of_a_map_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "plots.geojson", BOX, 4549)
    message = refused(capsys, "area", str(path), "--datum", "gcj02")
    assert "the file says EPSG:4549, expected the same of --datum, got gcj02" in message


@pytest.mark.parametrize("words", [(), ("plots.txt", "--unit", "c01")])
def test_a_file_or_units_are_expected_not_both_or_none(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "expected either FILE or --unit" in refused(capsys, "area", *words)


def features(path: Path, *rows: tuple[shapely.Geometry | None, dict[str, str]]) -> Path:
    """Write features with properties as GeoJSON."""
    listed = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for shape, properties in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), "utf-8")
    return path


def test_rows_that_are_no_sound_polygons_are_told_and_the_others_are_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
    path = features(
        tmp_path / "plots.geojson",
        (BOX, {"area_ha": "98.7"}),
        (bow, {}),
        (None, {}),
        (shapely.Point(121.4, 28.6), {}),
        (BOX, {"area_ha": "many"}),
        (BOX, {"plot_id": "P6"}),
        *[(bow, {})] * 8,
    )
    assert main(["area", str(path), "--json"]) == 1
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert [(ring["id"], ring["stated"] is None) for ring in content["rings"]] == [
        ("1", False),
        ("P6", True),
    ]
    faults = content["faults"]
    assert [fault.partition(" ")[0] for fault in faults[:4]] == [
        f"plots.geojson:{row}:" for row in (2, 3, 4, 5)
    ]
    for fault, reason in zip(
        faults[:4], ("not valid", "has no shape", "got Point", "area_ha"), strict=True
    ):
        assert reason in fault
    assert err.count("fault: plots.geojson") == 10
    assert "12 rows with a fault" in err


def test_a_file_without_one_polygon_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = features(tmp_path / "points.geojson", (shapely.Point(121.4, 28.6), {}))
    assert "points.geojson:1: is no polygon" in refused(capsys, "area", str(points))
    bare = tmp_path / "bare.csv"
    bare.write_text("lon,lat\n121.4,28.6\n", encoding="utf-8")
    assert "is no polygon, expected Polygon" in refused(capsys, "area", str(bare))


def test_a_self_crossing_ring_is_refused_by_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
    path = geojson(tmp_path / "bow.geojson", bow, None)
    message = refused(capsys, "area", str(path))
    assert "bow.geojson:1: shape is not valid" in message
