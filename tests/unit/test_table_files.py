"""What CSV and XLSX detect, refuse and say, and which columns hold positions."""

import codecs
import datetime as dt
import decimal
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.toy.broken_files import (
    BOX,
    E0,
    N0,
    columns,
    csv,
)
from tzkc_geo import crs
from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.csv_table import csv_bytes, parse_csv
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.feature_write import write_features
from tzkc_geo.io.position_columns import with_positions
from tzkc_geo.io.xlsx_table import parse_xlsx, xlsx_bytes

SITE = shapely.Point(121.44, 28.65)


# ── CSV and XLSX ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize(("mark", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_encoding_and_separator_of_a_csv_are_detected(encoding: str, mark: str, name: str) -> None:
    rare = "𠮷" if encoding == "gb18030" else "台"
    data = csv_bytes(columns(名称=f"{rare}{mark}\n", lon="1"), encoding=encoding, separator=mark)
    found = parse_csv(data, name="a.csv")
    assert (found.encoding, found.separator) == (encoding, name)
    assert found.table.columns["名称"].tolist() == [f"{rare}{mark}\n"]


def test_a_csv_for_excel_has_a_bom_and_says_what_it_cannot_hold() -> None:
    assert csv_bytes(columns(a="1")).startswith(codecs.BOM_UTF8)
    with pytest.raises(DataError, match=r"line 2: gbk lacks a character.*got '𠮷'"):
        csv_bytes(columns(a="𠮷"), encoding="gbk")
    with pytest.raises(DataError, match="encoding: is not supported"):
        csv_bytes(columns(a="1"), encoding="big5")


def test_cells_become_text_that_keeps_everything() -> None:
    day = dt.date(2026, 11, 24)
    table = columns(a=None, b=0.1, c=day, d=True, e=np.float64(1 / 3), f=1)
    text = csv_bytes(table, encoding="utf-8").decode()
    assert text == f"a,b,c,d,e,f\r\n,0.1,2026-11-24,True,{1 / 3!r},1\r\n"


def test_a_column_name_may_be_blank_once() -> None:
    table = parse_csv(b",lon,lat\n0,1,2\n", name="a.csv").table
    assert list(table.columns) == ["", "lon", "lat"]


def test_types_of_a_sheet_are_kept() -> None:
    when = dt.datetime(2026, 11, 24, 12, 30, 15)  # noqa: DTZ001  (a sheet has no zones)
    row = {
        "day": dt.date(2026, 11, 24),
        "when": when,
        "flag": False,
        "formula": "=1+1",
        "digits": "007",
        "none": None,
        "real": 0.25,
        "whole": 12,
        "big": 2**60,
        "lost": float("nan"),
        "odd": decimal.Decimal("1.50"),
    }
    table, notes = parse_xlsx(xlsx_bytes(columns(**row)), name="a.xlsx")
    found = {name: column[0] for name, column in table.columns.items()}
    assert found == {**row, "big": f"{2**60}", "lost": "nan", "odd": "1.50"}
    assert notes == ()


def test_a_sheet_that_is_not_read_is_named(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, cell in (("一", "lon"), ("二", "x"), ("empty", None)):
            book.add_worksheet(title).write(0, 0, cell)
    table, notes = parse_xlsx(path.read_bytes(), name="a.xlsx")
    assert list(table.columns) == ["lon"]
    assert notes == ("a.xlsx: sheet '一' is read, not 二",)


def test_an_empty_sheet_and_what_is_no_workbook_are_refused(tmp_path: Path) -> None:
    import zipfile

    import xlsxwriter

    path = tmp_path / "a.xlsx"
    xlsxwriter.Workbook(path).close()
    with pytest.raises(DataError, match=r"a\.xlsx:1: is empty"):
        parse_xlsx(path.read_bytes(), name="a.xlsx")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(DataError, match=r"a\.xlsx: cannot be read, expected a workbook"):
        parse_xlsx(path.read_bytes(), name="a.xlsx")
    data = bytearray(path.read_bytes())
    data[data.index(b"hello.txt") + len("hello.txt")] ^= 1
    with pytest.raises(DataError, match=r"a\.xlsx: is damaged.*hello\.txt"):
        parse_xlsx(bytes(data), name="a.xlsx")


def test_a_sheet_has_limits() -> None:
    with pytest.raises(LimitError, match="table:1: a is too long for a cell"):
        xlsx_bytes(columns(a="x" * 40_000))
    many = np.zeros(1_048_576, dtype=object)
    table = FeatureTable(columns={"a": many}, shapes=None, system=None, faults=("",) * len(many))
    with pytest.raises(LimitError, match="too many rows for a sheet"):
        xlsx_bytes(table)


# ── positions in columns ─────────────────────────────────────────────────────────────────────────

DEGREES = ("121.44", "28.65")
METRES = (f"{E0}", f"{N0}")
HEADERS: dict[str, tuple[str, tuple[str, str], str | None]] = {
    "lon lat": ("lon,lat", DEGREES, None),
    "lng": ("lng,latitude", DEGREES, None),
    "Longitude (deg)": ("Longitude (°),LATITUDE", DEGREES, None),
    "经度": ("经度,纬度", DEGREES, None),
    "东经": ("东经,北纬", DEGREES, None),
    "x y": ("x,y", METRES, "gk120"),
    "easting": ("Easting,Northing", METRES, "gk120"),
    "横坐标": ("横坐标(y),纵坐标(x)", METRES, "gk120"),
    "Y坐标 is east": ("Y坐标,X坐标", METRES, "gk120"),
    "utm": ("x,y", ("347475", "3170000"), "EPSG:32651"),
}


@pytest.mark.parametrize("case", HEADERS)
@pytest.mark.parametrize("turned", [False, True])
def test_columns_are_recognised_in_any_order(case: str, *, turned: bool, tmp_path: Path) -> None:
    header, cell, datum = HEADERS[case]
    names = header.split(",")
    if turned:
        names, cell = names[::-1], cell[::-1]
    path = csv(",".join(["id", *names]), ",".join(["甲", *cell]))(tmp_path)
    table, detected = read_features(path, datum=datum)
    assert table.shapes is not None
    first, second = HEADERS[case][1]
    assert table.shapes[0].equals(shapely.Point(float(first), float(second)))
    assert detected.columns == tuple(header.split(","))
    assert any("WGS84 is taken" in note for note in detected.notes) is (datum is None)


def test_named_columns_win(tmp_path: Path) -> None:
    path = csv("a,b,lon,lat", "121.44,28.65,1,2")(tmp_path)
    table, _ = read_features(path, lon="a", lat="b")
    assert table.shapes is not None
    assert table.shapes[0].equals(SITE)
    for lon, lat in (("a", None), ("a", "c"), (None, "b")):
        with pytest.raises(DataError, match="no such column, expected one of 'a', 'b', 'lon'"):
            read_features(path, lon=lon, lat=lat)


def test_degrees_minutes_seconds_are_read(tmp_path: Path) -> None:
    path = csv("lon,lat", "121°26'24\"E,28°39′00″N")(tmp_path)
    table, _ = read_features(path, datum="cgcs2000")
    assert table.shapes is not None
    assert table.shapes[0].distance(SITE) < 1e-9


def test_metres_that_are_none_are_faults(tmp_path: Path) -> None:
    path = csv("x,y", f"{E0},{N0}", f"?,{N0}", f"{E0},", f"inf,{N0}")(tmp_path)
    table, _ = read_features(path, datum="gk120")
    assert [fault.partition(", ")[0] for fault in table.faults] == [
        "",
        "a.csv:3: coordinate is not a number",
        "a.csv:4: coordinate is not a number",
        "a.csv:5: coordinate is not a finite number",
    ]


def test_a_taken_name_makes_room_for_wkt() -> None:
    table = FeatureTable(
        columns={"lon": cells(["old"]), "wkt": cells(["old"])},
        shapes=cells([SITE]),
        system=4490,
        faults=("",),
    )
    placed = with_positions(table)
    assert placed.located == ("geometry",)
    assert placed.columns["geometry"].tolist() == ["POINT (121.44 28.65)"]
    assert with_positions(placed).columns["geometry"].tolist() == ["POINT (121.44 28.65)"]
    full = {name: cells(["x"]) for name in ("wkt", "geometry", "geom", "the_geom", "lat")}
    with pytest.raises(DataError, match="no name is left for the shapes"):
        with_positions(FeatureTable(columns=full, shapes=cells([BOX]), system=4490, faults=("",)))
    plain = columns(a=1)
    assert with_positions(plain) is plain


def test_wkt_follows_a_conversion(tmp_path: Path) -> None:
    path = csv("id,wkt", f'a,"{BOX.wkt}"', "b,")(tmp_path)
    out = tmp_path / "b.csv"
    table, _ = read_features(path, datum="cgcs2000")
    written_table, _ = write_features(table, out, to=4549)
    assert [bool(fault) for fault in written_table.faults] == [False, True]
    back, _ = read_features(out, datum="gk120")
    assert back.shapes is not None
    assert back.shapes[0].bounds[0] == pytest.approx(crs.to_metric([[121.44, 28.65]])[0][0], abs=20)
    assert back.columns["id"].tolist() == ["a", "b"]
