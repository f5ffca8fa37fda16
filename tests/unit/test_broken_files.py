"""A corpus of broken files: each is refused with one sentence that names file, place, remedy."""

from pathlib import Path

import pytest

from tests.toy import broken_files as make
from tests.toy.broken_files import BOW, BOX, E0, HUGE, N0, NAN, SQUARE, SWAPPED, Maker
from tzkc_geo.errors import LimitError, TzkcError
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.xlsx_table import parse_xlsx

Case = tuple[Maker, str, str]  # the file, how the message begins, and what it says besides

EMPTY: dict[str, str] = {
    ".csv": "a.csv:1: is empty, expected a line of column names",
    ".xlsx": "a.xlsx: cannot be read, expected a workbook (.xlsx), got nothing",
    ".geojson": "a.geojson:1: is not JSON",
    ".gpkg": "a.gpkg: cannot be read, expected a vector file",
    ".shp": "a.shp: .shx is missing, expected it beside; copy all files together",
    ".kml": "a.kml:1: is not XML",
    ".dxf": "a.dxf:1: is empty, expected DXF",
    ".parquet": "a.parquet: cannot be read, expected Parquet",
    ".arrow": "a.arrow: cannot be read, expected Arrow IPC",
    ".txt": "a.txt:1: section is not clear",
}
CUT: dict[str, str] = {
    ".xlsx": "a.xlsx: cannot be read",
    ".geojson": "a.geojson:21: is not JSON",
    ".gpkg": "a.gpkg: cannot be read",
    ".shp": "a.shp: is cut off, expected 5540 bytes, got 2770; copy it anew",
    ".kml": "a.kml:22: is not XML",
    ".dxf": "a.dxf:24",  # a drawing holds the time, so its length differs
    ".parquet": "a.parquet: cannot be read, expected Parquet",
    ".arrow": "a.arrow: cannot be read, expected Arrow IPC",
    ".txt": "a.txt:128: is no point and no plot",
}
KML_BOMB = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<kml/>'
BAD_RING = ((121.4, 28.6), (121.5, 28.6), (121.4, 28.7), (121.4, 28.6))

ENCODINGS: dict[str, Case] = {
    "csv in utf-16": (
        make.content("a.csv", "lon,lat\n1,2\n", "utf-16"),
        "a.csv:1: is UTF-16",
        "save it as UTF-8",
    ),
    "csv of two encodings": (
        make.content("a.csv", "lon,lat,n\n1,2,台州湾\n".encode("gbk") + "1,2,台州湾".encode()),
        "a.csv:3: ",
        "save it as UTF-8",
    ),
    "csv with a zero byte": (
        make.csv("lon,lat", "1,\0"),
        "a.csv:2: holds a zero byte",
        "save it as CSV",
    ),
    "dxf that says western": (
        make.content("a.dxf", make.gbk_drawing(b"ANSI_1252")),
        "a.dxf:1858: text looks like gbk, expected ANSI_1252",
        "set it to ANSI_936",
    ),
    "dxf of R2018 in gbk": (
        make.content("a.dxf", make.drawing(layer="LAYER_X").replace(b"LAYER_X", make.GBK_NAME)),
        "a.dxf:2038: text is not utf-8",
        "save it as DXF R2018",
    ),
    "dxf of no known page": (
        make.content("a.dxf", make.gbk_drawing(b"ANSI_99999")),
        "a.dxf: $DWGCODEPAGE is not known, expected ANSI_936",
        "ANSI_99999",
    ),
    "dxf in binary": (
        make.content("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00"),
        "a.dxf: is a binary DXF",
        "save it as DXF R2018",
    ),
    "dwg": (make.content("a.dxf", b"AC1032"), "a.dxf: is a DWG", "save it as DXF R2018"),
    "kml": (
        make.content("a.kml", b"<kml>\n\xff\xff</kml>"),
        "a.kml:2: encoding is not clear",
        "save it as UTF-8",
    ),
    "shapefile that says utf-8": (
        make.wrong_cpg("UTF-8"),
        "a.shp: text is not utf-8",
        "remove a.cpg if it is wrong",
    ),
    "shapefile that says nonsense": (
        make.wrong_cpg("KLINGON"),
        "a.cpg:1: encoding is not known, expected UTF-8 or GBK",
        "klingon",
    ),
}
NUMBERS: dict[str, Case] = {
    "1e308 csv": (make.csv("lon,lat", "1e308,28"), "a.csv:2: lon is out of range", "1e+308"),
    "1e308 geojson": (
        make.geojson(make.coordinates((1e308, 28.6), *BAD_RING[1:3], (1e308, 28.6))),
        "a.geojson:1: lon is out of range",
        "within ±180",
    ),
    "1e999 geojson": (
        make.geojson(make.coordinates(("1e999", 28.6), *BAD_RING[1:3], ("1e999", 28.6))),
        "a.geojson:1: a coordinate is not a finite number",
        "expected metres or degrees",
    ),
    "1e308 gpkg": (make.shape("a.gpkg", HUGE), "a.gpkg:1: lon is out of range", "1e+308"),
    "1e308 dxf": (
        make.content("a.dxf", make.drawing(corners=((0, 0), (1e308, 0), (1e308, 1e308)))),
        "a.dxf: no system is said, expected one that puts x 5e+307, y 5e+307 near Taizhou",
        "say --datum gk40",
    ),
    "nan csv": (make.csv("lon,lat", "nan,28"), "a.csv:2: lon is not a finite number", "nan"),
    "nan geojson": (
        make.geojson(make.coordinates(*BAD_RING[:1], ("NaN", 28.6), *BAD_RING[2:])),
        "a.geojson:1: a coordinate is not a finite number",
        "expected metres or degrees",
    ),
    "nan parquet": (
        make.parquet(lon=[float("nan")], lat=[28.6]),
        "a.parquet:1: lon is not a finite number",
        "nan",
    ),
    "nan gpkg": (make.shape("a.gpkg", NAN), "a.gpkg:1: a coordinate is not a finite number", ""),
    "nan kml": (
        make.kml("121.4,28.6 nan,28.6 121.4,28.7 121.4,28.6"),
        "a.kml:1: a coordinate is not a finite number",
        "",
    ),
}
AXES: dict[str, Case] = {
    "csv": (
        make.csv("lon,lat", "28.65,121.44"),
        "a.csv:2: lon, lat look swapped",
        "say --lon 'lat' --lat 'lon'",
    ),
    "geojson": (
        make.geojson(make.coordinates(*SWAPPED.exterior.coords)),
        "a.geojson:1: lon, lat look swapped",
        "exchange the axes",
    ),
    "gpkg": (make.shape("a.gpkg", SWAPPED), "a.gpkg:1: lon, lat look swapped", "exchange the axes"),
    "dxf": (
        make.content("a.dxf", make.drawing(corners=[(y, x) for x, y in SQUARE])),
        "a.dxf: no system is said",
        "(x and y look swapped)",
    ),
    "txt": (
        make.content("a.txt", make.SWAPPED_TXT),
        "a.txt:13: X and Y look swapped",
        "exchange the two columns",
    ),
    "metres without a datum": (
        make.csv("x,y", f"{E0},{N0}"),
        "a.csv:2: metres where degrees are expected",
        "--datum gk120",
    ),
}
RINGS: dict[str, Case] = {
    "open geojson": (
        make.geojson(f'{{"type": "Polygon", "coordinates": [{make.OPEN}]}}'),
        "a.geojson:1: ring 1 is not closed",
        "expected its first point again",
    ),
    "open kml": (
        make.kml("121.4,28.6 121.5,28.6 121.5,28.7"),
        "a.kml:1: ring 1 is not closed",
        "expected its first point again",
    ),
    "open dxf": (
        make.content("a.dxf", make.drawing(close=False)),
        "a.dxf:1: outline is open",
        "close it (PEDIT)",
    ),
    "short dxf": (
        make.content("a.dxf", make.drawing(corners=SQUARE[:2])),
        "a.dxf:1: outline has too few points, expected at least 3, got 2",
        "",
    ),
    "bow-tie geojson": (
        make.geojson(make.coordinates(*BOW.exterior.coords)),
        "a.geojson:1: shape is not valid",
        "self-intersection",
    ),
    "bow-tie gpkg": (make.shape("a.gpkg", BOW), "a.gpkg:1: shape is not valid", "ring 1 is"),
    "bow-tie shp": (make.shape("a.shp", BOW), "a.shp:1: shape is not valid", "ring 1 is"),
    "bow-tie csv": (make.csv("wkt", f'"{BOW.wkt}"'), "a.csv:2: shape is not valid", "simple"),
    "bow-tie txt": (
        make.content("a.txt", make.BOW_TXT),
        "a.txt:13: plot '331002001' in EPSG:4528, ring 1: is not simple",
        "self-intersection",
    ),
    "bow-tie dxf": (
        make.content("a.dxf", make.drawing(corners=[SQUARE[k] for k in (0, 2, 1, 3)])),
        "a.dxf:1: shape is not valid",
        "self-intersection",
    ),
}
FORMS: dict[str, Case] = {
    "csv short": (make.csv("lon,lat", "1"), "a.csv:2: row does not fit, expected 2 cells", "1"),
    "csv long": (make.csv("lon,lat", "1,2,3"), "a.csv:2: row does not fit", "surplus ['3']"),
    "csv quote": (make.csv("lon,lat,n", '1,2,"a'), "a.csv:2: quotes do not fit", "closed"),
    "csv two separators": (make.csv("lon;lat,n", "1"), "a.csv:1: separator is not clear", "tab"),
    "csv names": (make.csv("lon,lat,lon", "1,2,3"), "a.csv:1: column name 'lon' stands", "rename"),
    "csv header only": (make.csv("lon,lat"), "a.csv: holds no row", "at least one"),
    "csv no position": (make.csv("a,b", "1,2"), "a.csv: position is not clear", "--lon COLUMN"),
    "csv two positions": (
        make.csv("lon,lat,x,y", "1,2,3,4"),
        "a.csv: position is not clear",
        "got lon, x and lat, y of 'lon', 'lat', 'x', 'y'; say --lon COLUMN --lat COLUMN",
    ),
    "csv two shapes": (make.csv("wkt,geom", "a,b"), "a.csv: several columns of shapes", "rename"),
    "csv wkt": (make.csv("wkt", "POLYGON ((1 2"), "a.csv:2: is no WKT", "expected POINT or"),
    "csv line": (make.csv("wkt", '"LINESTRING (121 28, 122 28)"'), "a.csv:2: is no plot", "Line"),
    "csv all bad": (
        make.csv("lon,lat", "181,28", ",28"),
        "a.csv:2: lon is out of range",
        "(so it is with all 2 rows: none can be used)",
    ),
    "geojson comma": (make.content("a.geojson", '{"type":\n "x",}'), "a.geojson:2: is not", "JSON"),
    "geojson other": (make.content("a.geojson", '{"a": 1}'), "a.geojson:1: is no GeoJSON", ""),
    "geojson feature": (
        make.content("a.geojson", '{"type": "FeatureCollection", "features": [1]}'),
        "a.geojson:1: is no feature",
        "expected type",
    ),
    "geojson deep": (make.content("a.geojson", "[" * 100_000), "a.geojson:1: is nested too", ""),
    "geojson keys": (make.geojson('{"type": "Polygon"}'), "a.geojson:1: geometry is not", "Key"),
    "geojson list": (make.geojson("[1]"), "a.geojson:1: geometry is not clear", "an object"),
    "geojson kind": (
        make.geojson('{"type": "Curve", "coordinates": [1, 2]}'),
        "a.geojson:1: geometry is not clear",
        "curve",
    ),
    "geojson null": (make.geojson("null"), "a.geojson:1: has no shape", "a point or a polygon"),
    "geojson crs": (
        make.content("a.geojson", '{"type": "FeatureCollection", "crs": 3, "features": []}'),
        "a.geojson: member crs is not understood",
        "EPSG:4490",
    ),
    "kml xml": (make.content("a.kml", "<kml>\n<a></kml>"), "a.kml:2: is not XML", "mismatched"),
    "kml html": (make.content("a.kml", "<html/>"), "a.kml:1: is no KML", "html"),
    "kml entities": (make.content("a.kml", KML_BOMB), "a.kml:2: has a DOCTYPE", "remove it"),
    "kml blanks": (make.kml("121.4, 28.6 121.5, 28.6"), "a.kml:1: coordinates are not", "blanks"),
    "kml none": (make.kml(""), "a.kml:1: ring 1 is empty", "leave it out"),
    "kml point of no place": (
        make.content("a.kml", "<kml><Placemark><Point/></Placemark></kml>"),
        "a.kml:1: geometry is not clear",
        "expected coordinates, got none",
    ),
    "shp without shx": (make.lost_part(".shx"), "a.shp: .shx is missing", "copy all files"),
    "shp without dbf": (make.lost_part(".dbf"), "a.shp: .dbf is missing", "copy all files"),
    "xlsx sum": (make.wrong_sum, "a.xlsx: ", "expected"),
    "dxf of millimetres": (
        make.content("a.dxf", make.drawing(units=4)),
        "a.dxf: $INSUNITS is not metres, expected 6 (metres), got millimetres",
        "scale the drawing to metres",
    ),
    "dxf of text": (make.content("a.dxf", "x\nHALLO\n0\nEOF\n"), "a.dxf: cannot be read", "R2018"),
    "ending": (make.content("a.doc", "x"), "a.doc: ending '.doc' is not known", ".csv, .xlsx"),
}
CASES: dict[str, Case] = {
    **{f"empty {end}": (make.content(f"a{end}", b""), told, "") for end, told in EMPTY.items()},
    **{f"cut {end}": (make.cut(end), told, "") for end, told in CUT.items()},
    **ENCODINGS,
    **NUMBERS,
    **{f"axes {name}": case for name, case in AXES.items()},
    **RINGS,
    **FORMS,
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_is_refused_with_place_and_remedy(name: str, tmp_path: Path) -> None:
    maker, begins, says = CASES[name]
    with pytest.raises(TzkcError) as caught:
        read_features(maker(tmp_path))
    message = str(caught.value)
    assert message.startswith(begins)
    assert says in message
    assert "\n" not in message


def test_a_csv_that_may_be_cut_off_is_said(tmp_path: Path) -> None:
    _, detected = read_features(make.content("a.csv", "lon,lat\n121.4,28.6")(tmp_path))
    assert detected.notes[0] == "a.csv:2: last line has no end, the file may be cut off"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = make.bomb(tmp_path)
    with pytest.raises(LimitError, match=r"^a\.xlsx: unpacks to 6\d{7} bytes, \d+ times its size"):
        read_features(path)
    data = make.written(tmp_path, "b.xlsx", BOX).read_bytes()
    with pytest.raises(LimitError, match="expected at most 1000 bytes"):
        parse_xlsx(data, name="b.xlsx", max_bytes=1000)


def test_a_drawing_without_units_is_read_as_metres_and_said(tmp_path: Path) -> None:
    path = make.content("a.dxf", make.drawing(units=0))(tmp_path)
    table, detected = read_features(path)
    assert detected.notes[0] == "a.dxf: $INSUNITS says no unit, metres are taken"
    assert table.epsg == 4549


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TzkcError, match=r"^a\.csv: file does not exist"):
        read_features(tmp_path / "a.csv")


def test_one_bad_row_of_two_is_kept_with_its_reason(tmp_path: Path) -> None:
    path = make.csv("id,lon,lat", "a,121.44,28.65", "b,28.65,121.44", "c,,28.65")(tmp_path)
    table, _ = read_features(path)
    assert table.columns["id"].tolist() == ["a", "b", "c"]
    assert [fault.split(", got")[0] for fault in table.faults] == [
        "",
        "a.csv:3: lon, lat look swapped",
        "a.csv:4: lon: the cell is empty, expected a number",
    ]
