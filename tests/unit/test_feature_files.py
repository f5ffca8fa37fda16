"""What each format detects, refuses and says; the laws of writing and reading are in laws/."""

import datetime as dt
import decimal
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from tests.toy.broken_files import (
    BOX,
    columns,
    content,
    csv,
    geojson,
    kml,
    sound,
    written,
)
from tzkc_geo.datum import Datum
from tzkc_geo.errors import CrsError, DataError, TzkcError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.arrow_files import arrow_bytes, parse_arrow
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.feature_write import WriteStyle, write_features
from tzkc_geo.io.geojson_file import geojson_text
from tzkc_geo.io.kml_file import kml_text, parse_kml
from tzkc_geo.io.vector_files import vector_files

SITE = shapely.Point(121.44, 28.65)


# ── GeoJSON and KML ──────────────────────────────────────────────────────────────────────────────


def test_one_feature_or_geometry_is_a_file_too(tmp_path: Path) -> None:
    shape = shapely.geometry.mapping(shapely.Point(121.44, 28.65, 7.0))
    feature = {"type": "Feature", "properties": {"a": {"b": [1]}, "c": [1]}, "geometry": shape}
    for body in (feature, shape):
        table, detected = read_features(content("a.json", json.dumps(body))(tmp_path))
        assert table.shapes is not None
        assert table.shapes[0].equals(SITE)
        assert detected.notes == ("a.json: heights are not kept, the shapes are read in the plane",)
    table, _ = read_features(content("a.json", json.dumps(feature))(tmp_path))
    assert [column[0] for column in table.columns.values()] == ['{"b": [1]}', "[1]"]


def test_geojson_has_no_infinite_number_and_no_date() -> None:
    table = columns(a=float("inf"), b=dt.date(2026, 1, 2), c=np.int64(3))
    properties = json.loads(geojson_text(table))["features"][0]["properties"]
    assert properties == {"a": None, "b": "2026-01-02", "c": 3}


def test_several_rings_and_parts_of_a_geojson(tmp_path: Path) -> None:
    parts = json.dumps(shapely.geometry.mapping(shapely.MultiPolygon([BOX])))
    assert read_features(geojson(parts)(tmp_path))[0].faults == ("",)


KML_BODY = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark><name>甲</name><description>d</description><ExtendedData>
<Data name="a"><value>1</value></Data><Data name="e"/>
<SchemaData><SimpleData name="b">2</SimpleData></SchemaData></ExtendedData>
<Point><coordinates>121.44,28.65,3</coordinates></Point></Placemark></Folder>
<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point>
<Point><coordinates>3,4</coordinates></Point></MultiGeometry></Placemark>
<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point>
<LineString><coordinates>3,4 5,6</coordinates></LineString></MultiGeometry></Placemark>
<Placemark><MultiGeometry/></Placemark>
<Placemark><Polygon/></Placemark>
<Placemark><LineString><coordinates>3,4 5</coordinates></LineString></Placemark>
<Placemark/>
</Document></kml>"""


def test_placemarks_of_other_programs_are_rows() -> None:
    table, _, notes = parse_kml(KML_BODY.encode("gbk"), name="a.kml")
    assert {name: column[0] for name, column in table.columns.items()} == {
        "name": "甲",
        "description": "d",
        "a": "1",
        "e": None,
        "b": "2",
    }
    assert table.shapes is not None
    kinds = [None if shape is None else shape.geom_type for shape in table.shapes]
    assert kinds == [
        *("Point", "MultiPoint", "GeometryCollection", "GeometryCollection", None, None, None),
    ]
    assert [bool(fault) for fault in table.faults] == [False] * 4 + [True, True, False]
    assert len(notes) == 1


def test_kml_holds_every_kind_of_shape_and_text() -> None:
    line = shapely.LineString([(1, 2), (3, 4)])
    points = shapely.MultiPoint([(1, 2), (3, 4)])
    content = sound(line, points, None, BOX)
    table, _, _ = parse_kml(kml_text(content).encode(), name="a.kml")
    assert table.shapes is not None
    assert table.shapes.tolist() == [line, points, None, BOX]
    with pytest.raises(DataError, match="table:1: a cannot be written"):
        kml_text(columns(a="\x07"))


def test_a_short_kml_ring_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.kml:1: ring 1 has too few points"):
        read_features(kml("1,2 3,4 1,2")(tmp_path))


# ── GeoPackage and Shapefile ─────────────────────────────────────────────────────────────────────


def test_names_that_a_format_would_change_are_refused() -> None:
    for name in ("界址点数", "long_name_x"):
        with pytest.raises(DataError, match="is too long for a Shapefile, expected at most 10"):
            vector_files(sound_with(**{name: 1}), "a.shp")
    for names in (("name", "NAME"), ("",)):
        with pytest.raises(DataError, match="cannot be written, expected names that differ"):
            vector_files(sound_with(**dict.fromkeys(names, 1)), "a.gpkg")
    files, notes = vector_files(sound_with(面积=1, 名称="台"), "a.shp", encoding="gbk")
    assert files["a.cpg"].strip() in {b"GBK", b"936", b"CP936"}
    assert notes == (TURNED,)
    with pytest.raises(DataError, match="table:1: 名称: gbk lacks a character"):
        vector_files(sound_with(名称="𠮷"), "a.shp", encoding="gbk")


TURNED = "a.shp: a Shapefile has its outer rings clockwise, 1 were turned"


def sound_with(**cell: object) -> FeatureTable:
    return FeatureTable(
        columns={name: cells([value]) for name, value in cell.items()},
        shapes=cells([BOX]),
        system=4490,
        faults=("",),
    )


def test_a_shapefile_says_what_it_changes(tmp_path: Path) -> None:
    _, notes = write_features(sound_with(tiny=1e-30, flag=True, pad="x "), tmp_path / "a.shp")
    assert notes == (
        "a.shp: tiny is kept as a Shapefile can, 1 cells differ",
        "a.shp: pad is kept as a Shapefile can, 1 cells differ",
        TURNED,
    )
    back, _ = read_features(tmp_path / "a.shp")
    assert back.shapes is not None
    assert back.shapes[0] == BOX.reverse()
    _, notes = write_features(back, tmp_path / "b.shp")
    assert notes == ()
    again, _ = read_features(tmp_path / "b.shp")
    assert again.shapes is not None
    assert again.shapes[0] == back.shapes[0]


def test_a_shapefile_holds_one_kind_of_shape(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds one kind of shape, expected one, got Point, Poly"):
        write_features(sound(SITE, BOX), tmp_path / "a.shp")
    write_features(sound(SITE, None), tmp_path / "a.shp")
    back, _ = read_features(tmp_path / "a.shp")
    assert back.shapes is not None
    assert back.shapes.tolist() == [SITE, None]
    nothing = {"a": cells([1])}
    table = FeatureTable(columns=nothing, shapes=None, system=4490, faults=("",))
    assert "b.shp" in vector_files(table, "b.shp")[0]


def test_a_stale_file_beside_a_shapefile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    write_features(sound(BOX), path)
    with pytest.raises(DataError, match=r"a\.prj: stands beside a\.shp from before"):
        write_features(sound(BOX), path, to=Datum.GCJ02)


def test_a_system_without_a_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    write_features(sound(BOX), path)
    prj = 'PROJCS["Local",GEOGCS["X",DATUM["Y",SPHEROID["Z",6378000,298]],PRIMEM["G",0],'
    prj += 'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    prj += 'PARAMETER["central_meridian",121.1],UNIT["metre",1]]'
    path.with_suffix(".prj").write_text(prj, encoding="ascii")
    with pytest.raises(CrsError, match=r"CRS has no known EPSG code.*'Local'.*changed to CGCS2000"):
        read_features(path)


# ── Parquet and Arrow ────────────────────────────────────────────────────────────────────────────


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def with_geo(geo: Any, **column: list[Any]) -> bytes:  # noqa: ANN401  (JSON is anything)
    text = geo if isinstance(geo, str) else json.dumps(geo)
    return parquet(pa.table(column).replace_schema_metadata({"geo": text}))


def geo(**about: object) -> dict[str, Any]:
    column = {"encoding": "WKB", "geometry_types": [], **about}
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


WKB = [shapely.to_wkb(SITE)]


def test_a_geoparquet_of_others_is_read() -> None:
    box = [{"xmin": 1.0, "ymin": 1.0, "xmax": 1.0, "ymax": 1.0}]
    covering = {"bbox": {key: ["box", key] for key in box[0]}}
    data = with_geo(geo(covering=covering), geometry=WKB, box=box, n=[1])
    table, _ = parse_arrow(data, name="a.parquet", parquet=True)
    assert table.epsg == 4326  # the default of the format, OGC:CRS84
    assert list(table.columns) == ["n"]
    for crs_said, epsg in ((None, None), ("OGC:CRS84", 4326), ("EPSG:4549", 4549)):
        data = with_geo(geo(crs=crs_said), geometry=WKB)
        assert parse_arrow(data, name="a", parquet=True)[0].epsg == epsg


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (with_geo("{", geometry=WKB), "metadata is not JSON"),
        (with_geo({}, geometry=WKB), "metadata 'geo' is not clear"),
        (with_geo(geo(encoding="point"), geometry=WKB), "shapes are not supported.*got point"),
        (with_geo(geo(), other=WKB), "shapes are not supported"),
        (with_geo(geo(), geometry=[b"xyz"]), "a shape cannot be read, expected WKB"),
        (with_geo(geo(), geometry=[1]), "a shape cannot be read, expected WKB"),
        (with_geo(geo(crs="nonsense"), geometry=WKB), "CRS is not clear"),
        (with_geo(geo(crs="ESRI:102113"), geometry=WKB), "CRS has no known EPSG code"),
    ],
)
def test_wrong_metadata_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(TzkcError, match=message):
        parse_arrow(data, name="a.parquet", parquet=True)


def test_arrow_is_read_as_file_and_as_stream() -> None:
    data = arrow_bytes(sound(BOX), parquet=False)
    content = pa.ipc.open_file(pa.BufferReader(data)).read_all()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, content.schema) as writer:
        writer.write_table(content)
    for form in (data, bytes(sink.getvalue())):
        table, _ = parse_arrow(form, name="a.arrow", parquet=False)
        assert table.epsg == 4490
        assert table.shapes is not None
        assert table.shapes[0].equals(BOX)


def test_tables_without_shapes_are_plain() -> None:
    for parquet_too in (True, False):
        data = arrow_bytes(columns(lon=121.44, lat=28.65), parquet=parquet_too)
        table, _ = parse_arrow(data, name="a", parquet=parquet_too)
        assert table.shapes is None
    mixed = columns(a=2**70, b=decimal.Decimal("1.5"))
    found, _ = parse_arrow(arrow_bytes(mixed, parquet=True), name="a", parquet=True)
    assert found.columns["a"].tolist() == [f"{2**70}"]
    assert found.columns["b"].tolist() == [decimal.Decimal("1.5")]
    empty = FeatureTable(columns={}, shapes=cells([None]), system=None, faults=("",))
    assert parse_arrow(arrow_bytes(empty, parquet=True), name="a", parquet=True)[0].epsg is None
    with pytest.raises(DataError, match="column 'geometry' cannot be written beside the shapes"):
        arrow_bytes(sound_with(geometry=1), parquet=True)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_where_nothing_can_be(tmp_path: Path) -> None:
    for name in ("none/a.csv", "none/a.shp"):
        with pytest.raises(DataError, match="folder does not exist"):
            write_features(sound(BOX), tmp_path / name)


def test_the_style_counts_where_a_format_has_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_features(sound(SITE), path, style=WriteStyle(encoding="gbk"))
    assert read_features(path)[1].encoding == "gbk"
    with pytest.raises(DataError, match="encoding: is not supported, expected one of utf-8-sig"):
        write_features(sound(SITE), path, style=WriteStyle(encoding="klingon"))
    write_features(sound(SITE), tmp_path / "a.shp", style=WriteStyle(encoding="utf-8-sig"))
    assert read_features(tmp_path / "a.shp")[1].encoding == "utf-8"


def test_columns_are_named_for_tables_alone(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.gpkg: holds shapes, expected --lon and --lat for tab"):
        read_features(written(tmp_path, "a.gpkg"), lon="a", lat="b")
    data = arrow_bytes(sound_with(a=121.44, b=28.65), parquet=True)
    table, detected = read_features(content("a.parquet", data)(tmp_path), lon="a", lat="b")
    assert detected.columns == ("a", "b")
    assert table.shapes is not None
    assert table.shapes[0].equals(SITE)


def test_a_file_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv("lon,lat", "121.44,28.65")(tmp_path)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"a\.csv: cannot be read, expected a file, got Permission"):
        read_features(path)
