"""`tzkc convert` from end to end: by ending, reported, whole or not at all."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tests.toy.layers import listing, refused
from tests.toy.parcel_texts import HOLE, PART, PLAIN, SHELL, points, text
from tests.toy.survey_files import geojson, vector
from tzkc_geo import crs
from tzkc_geo.cli import main
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.txt_read import read_txt

ENDINGS = [
    *(".geojson", ".json", ".gpkg", ".shp", ".kml", ".dxf", ".parquet", ".arrow", ".feather"),
    *(".csv", ".xlsx", ".txt"),
]
KEEP_HEADER = (".geojson", ".json", ".parquet", ".arrow", ".feather", ".txt")
HOLED = text(
    *points(SHELL),
    *points(HOLE, ring="2", first=5),
    *points(PART, ring="3", first=9),
    "5,0.9995,二号,路桥地块,面,,,,备注,1,@",
    *points([(n + 500, e) for n, e in SHELL]),
    head="15,2.7600,一号,台州湾科创地块,面,H51,工业,0601,,@",
)
BOX = shapely.box(121.44, 28.65, 121.45, 28.66)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "界址点.txt"
    path.write_bytes(HOLED.encode("gbk"))
    return path


def converted(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[Any, str]:
    """Return the JSON and the messages of a conversion that must succeed."""
    assert main(["convert", *map(str, words), "--json"]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail), err


@pytest.mark.parametrize("ending", ENDINGS)
def test_there_and_back_is_identity(
    ending: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, back = tmp_path / f"there{ending}", tmp_path / "back.txt"
    content, _ = converted(capsys, source, there)
    assert [(p["parts"], p["holes"], p["points"]) for p in content["plots"]] == [
        (2, 1, 15),
        (1, 0, 5),
    ]
    assert (content["rows"], content["faults"]) == (2, [])
    assert any("header" in note for note in content["notes"]) is (ending not in KEEP_HEADER)
    converted(capsys, there, back)
    old, new = (read_txt(path).file for path in (source, back))
    for a, b in zip(old.plots, new.plots, strict=True):
        assert shapely.equals_exact(a.polygon.normalize(), b.polygon.normalize(), tolerance=1e-11)
        facts = ("plot_id", "name", "stated_area_ha", "stated_points", "sheet", "use", "others")
        assert [getattr(a, f) for f in facts] == [getattr(b, f) for f in facts]
    if ending in KEEP_HEADER:
        assert back.read_bytes() == HOLED.replace("\n", "\r\n").encode("gbk")


def test_what_was_detected_is_reported(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, err = converted(capsys, source, tmp_path / "a.geojson")
    assert list(content) == [
        *("read", "written", "detected", "rows", "columns", "system", "faults", "plots"),
        "notes",
    ]
    notes = content["detected"].pop("notes")
    assert [note.split(": ")[0] for note in notes] == ["界址点.txt:12", "界址点.txt:28"]
    assert content["detected"] == {
        "form": "txt",
        "encoding": "gbk",
        "epsg": 4528,
        "zone": 40,
        "zone_from": "prefix",
        "prefixed": True,
        "closure": "closed",
        "numbering": "runs on",
        "variants": [],
        "datum": None,
        "separator": None,
        "columns": [],
    }
    first = content["plots"][0]
    assert first["difference_m2"] == pytest.approx(first["area_m2"] - 27600.0, abs=1e-9)
    assert err.startswith(
        "界址点.txt: detected form txt, encoding gbk, epsg 4528, zone 40, zone_from prefix,"
    )
    assert all(note in err for note in notes)
    source.write_text(PLAIN.replace("2.0000,", "2.0000公顷,"), encoding="utf-8")
    assert main(["convert", str(source), str(tmp_path / "a.geojson")]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "界址点.txt: variant: unit inside 地块面积" in err


def test_options_of_the_txt_are_obeyed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.txt"
    words = ("--to", "EPSG:4550", "--open", "--restart", "--decimals", "2", "--encoding", "utf-8")
    converted(capsys, source, out, *words)
    found = read_txt(out).detected
    assert (found.epsg, found.closure, found.numbering) == (4550, "open", "restarts")
    assert found.encoding == "utf-8"
    converted(capsys, out, tmp_path / "again.txt")
    assert read_txt(tmp_path / "again.txt").detected.epsg == 4550


def test_a_shapefile_in_gbk_without_cpg_is_no_mojibake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.shp"
    names = np.array(["路桥地块"], dtype=object)
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(BOX)], dtype=object),
        field_data=[names, names],
        fields=["name", "乡镇"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding="gbk",
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    content, err = converted(capsys, path, tmp_path / "a.txt")
    assert content["plots"][0]["name"] == "路桥地块"
    assert content["detected"]["encoding"] == "gbk"
    assert "columns that a 界址点 TXT does not keep: 乡镇" in err
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    message = refused(capsys, "convert", str(path), str(tmp_path / "b.txt"))
    assert message == (
        "a.shp: text is not utf-8, expected the encoding that a.cpg says; remove a.cpg if it is"
        " wrong"
    )


def test_metres_of_a_named_code_are_unprojected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metric, bare = tmp_path / "a.gpkg", tmp_path / "b.shp"
    vector(metric, [BOX], 4549)
    content, _ = converted(capsys, metric, tmp_path / "a.geojson")
    assert content["detected"]["epsg"] == 4549
    moved = vector(bare, [BOX], 4550)
    moved.with_suffix(".prj").unlink()
    assert "got EPSG:4550 or EPSG:32651; say --datum" in refused(
        capsys, "convert", str(bare), str(tmp_path / "b.txt")
    )
    content, _ = converted(capsys, bare, tmp_path / "b.txt", "--datum", "gk123")
    assert read_txt(tmp_path / "b.txt").detected.epsg == 4550
    message = refused(capsys, "convert", str(metric), str(tmp_path / "c.txt"), "--datum", "gk123")
    assert message == "a.gpkg: the file says EPSG:4549, expected the same of --datum, got EPSG:4550"


def feature(**facts: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": facts, "geometry": shapely.geometry.mapping(BOX)}


def collection(*features: dict[str, Any], **more: object) -> str:
    return json.dumps({"type": "FeatureCollection", **more, "features": list(features)})


BOW = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
BAD: dict[str, tuple[str, str, str]] = {
    "not there": ("none.txt", "", "none.txt: file does not exist"),
    "ending": ("a.doc", "x", "a.doc: ending '.doc' is not known, expected one of .csv, .xlsx"),
    "txt": ("a.txt", PLAIN.replace("J1,1,", "J1,1,1,"), "a.txt:13: is no point and no plot"),
    "not a file of its kind": ("a.gpkg", "x", "a.gpkg: cannot be read"),
    "no feature": ("a.geojson", collection(), "a.geojson: holds no row"),
    "a point": (
        "a.geojson",
        collection({**feature(), "geometry": {"type": "Point", "coordinates": [121.4, 28.6]}}),
        "a.geojson:1: is no plot, expected a sound polygon, got Point; mend it",
    ),
    "no shape": (
        "a.geojson",
        collection(feature(), {**feature(), "geometry": None}),
        "a.geojson:2: is no plot, expected a sound polygon, has no shape",
    ),
    "bow-tie": (
        "a.geojson",
        collection({**feature(), "geometry": shapely.geometry.mapping(BOW)}),
        "a.geojson:1: shape is not valid",
    ),
    "swapped": (
        "a.geojson",
        collection(
            {**feature(), "geometry": shapely.geometry.mapping(shapely.box(28, 121, 29, 122))}
        ),
        "a.geojson:1: lon, lat look swapped",
    ),
    "area": (
        "a.geojson",
        collection(feature(area_ha="2 mu")),
        "a.geojson:1: area_ha is not a number",
    ),
    "points": (
        "a.geojson",
        collection(feature(points="2.5")),
        "a.geojson:1: points is not a whole",
    ),
    "header": (
        "a.geojson",
        collection(feature(), parcel_file={"attributes": 3}),
        "a.geojson: parcel_file is not ours",
    ),
    "a comma": ("a.geojson", collection(feature(name="a,b")), "plot 1: text cannot be written"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_and_nothing_is_written(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, content, message = BAD[case]
    if content:
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "out.txt").write_text("old", encoding="utf-8")
    before = listing(tmp_path)
    out = str(tmp_path / "out.txt")
    assert refused(capsys, "convert", str(tmp_path / name), out).startswith(message)
    assert listing(tmp_path) == before


def test_an_output_that_cannot_be_is_refused(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listing(tmp_path)
    for out, message in (
        ("a.doc", "a.doc: ending '.doc' is not known"),
        ("none/a.txt", "folder does not exist"),
        ("none/a.gpkg", "folder does not exist"),
        ("界址点.txt", "is the file to be read"),
    ):
        assert message in refused(capsys, "convert", str(source), str(tmp_path / out))
    assert listing(tmp_path) == before


def test_several_layers_are_not_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.gpkg"
    vector(path, [BOX], 4490, layer="one")
    vector(path, [BOX], 4490, layer="two", append=True)
    message = refused(capsys, "convert", str(path), str(tmp_path / "a.txt"))
    assert message == "a.gpkg: expected one layer, got one, two"


def test_a_file_of_another_program_takes_the_default_zone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", BOX, None)
    converted(capsys, path, tmp_path / "a.txt")
    assert read_txt(tmp_path / "a.txt").detected.epsg == 4528
    kml = tmp_path / "a.kml"
    kml.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>甲</name><Polygon>'
        "<outerBoundaryIs><LinearRing><coordinates>121.44,28.65,0 121.45,28.65,0 121.45,28.66,0"
        " 121.44,28.65,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "</Document></kml>",
        encoding="utf-8",
    )
    content, _ = converted(capsys, kml, tmp_path / "b.txt")
    assert [plot["plot_id"] for plot in content["plots"]] == ["甲"]


def test_a_text_that_a_shapefile_would_cut_is_refused(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text(PLAIN.replace("台州湾", "台" * 85), encoding="utf-8")
    before = listing(tmp_path)
    message = refused(capsys, "convert", str(source), str(tmp_path / "a.shp"))
    assert message == (
        "界址点.txt:12: name is too long for a Shapefile, expected at most 254 bytes, got 267;"
        " write .gpkg"
    )
    assert listing(tmp_path) == before


def test_a_failure_of_gdal_leaves_nothing(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"half")
        msg = "disk full"
        raise pyogrio.errors.DataSourceError(msg)

    monkeypatch.setattr("pyogrio.write_arrow", fail)
    before = listing(tmp_path)
    message = refused(capsys, "convert", str(source), str(tmp_path / "a.gpkg"))
    assert message == "a.gpkg: cannot be written, expected rows that fit the format, got disk full"
    assert listing(tmp_path) == before


def test_bad_rows_are_kept_counted_and_end_in_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;经 x;y\na;121.44;28.65\nb;;28.65\nc;28.65;121.44\n", encoding="utf-8")
    out = tmp_path / "b.xlsx"
    words = ["convert", str(path), str(out), "--lon", "经 x", "--lat", "y", "--datum", "gcj02"]
    assert main([*words, "--json"]) == 1
    text, err = capsys.readouterr()
    content = json.loads(text)
    assert content["rows"] == 3
    assert [fault["row"] for fault in content["faults"]] == [2, 3]
    assert content["detected"]["separator"] == "semicolon"
    assert content["detected"]["columns"] == ["经 x", "y"]
    assert content["system"] == "4490"
    assert content["plots"] == []
    assert "fault: a.csv:3: lon: the cell is empty, expected a number" in err
    assert "b.xlsx, 3 rows, 2 with a fault" in err
    back, _ = read_features(out, lon="经 x", lat="y", datum="cgcs2000")
    assert back.columns["id"].tolist() == ["a", "b", "c"]
    assert back.columns["y"][1:].tolist() == ["28.65", "121.44"]
    assert back.shapes is not None
    lon, lat = crs.to_cgcs2000(121.44, 28.65, "gcj02")
    assert shapely.distance(back.shapes[0], shapely.Point(lon, lat)) < 1e-12


def test_a_shift_is_not_undone_where_that_is_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lon,lat\n121.44,28.65\n", encoding="utf-8")
    words = ("--no-undo-shift", "convert", str(path), str(tmp_path / "b.csv"), "--datum", "bd09")
    assert "switched off" in refused(capsys, *words)


def test_one_target_after_another_is_one_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "0.csv"
    path.write_text("lon,lat\n121.44,28.65\n", encoding="utf-8")
    before = "wgs84"
    for step, to in enumerate(["gcj02", "gk41", "bd09", "gk120", "EPSG:32651", "wgs84"], start=1):
        out = tmp_path / f"{step}.csv"
        assert main(["convert", str(path), str(out), "--datum", before, "--to", to]) == 0
        path, before = out, to
    capsys.readouterr()
    found, _ = read_features(path)
    assert found.shapes is not None
    assert found.shapes[0].distance(shapely.Point(121.44, 28.65)) < 1e-9


def test_a_drawing_takes_the_zone_of_the_txt(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    converted(capsys, source, tmp_path / "a.dxf")
    assert read_features(tmp_path / "a.dxf")[0].epsg == 4528
