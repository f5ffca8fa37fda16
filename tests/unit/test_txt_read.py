"""Every variant of the 界址点 TXT that is met survives, or is refused with one sentence."""

import codecs
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.toy.parcel_texts import E0, HOLE, ISLAND, N0, PART, PLAIN, SHELL, points, text
from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.io.txt_read import parse_txt, read_txt
from tzkc_geo.parcel_file import Reading


def read(content: str, *, epsg: int | None = None, encoding: str = "utf-8") -> Reading:
    return parse_txt(content.encode(encoding), name="a.txt", epsg=epsg)


def metric(reading: Reading, plot: int = 0) -> shapely.Geometry:
    """Return a plot in EPSG:4549, rounded as the file is."""
    moved = shapely.transform(reading.file.plots[plot].polygon, crs.to_metric)
    return shapely.transform(moved, lambda xy: np.round(xy, 3))


def outline(*corners: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(E0 + e, N0 + n) for n, e in corners])


def test_a_plain_file_says_what_it_holds() -> None:
    reading = read(PLAIN)
    plot = reading.file.plots[0]
    assert metric(reading).equals(outline(*SHELL))
    assert (plot.plot_id, plot.name) == ("331002001", "台州湾科创地块")
    assert (plot.sheet, plot.use, plot.land_class) == ("H51G001", "工业用地", "0601")
    assert (plot.stated_area_ha, plot.stated_points, plot.others) == ("2.0000", 5, ())
    assert dict(reading.file.attributes)["数据产生单位"] == "台州市测绘院"
    found = reading.detected
    assert (found.encoding, found.epsg, found.zone, found.zone_from) == (
        "utf-8",
        4528,
        40,
        "prefix",
    )
    assert (found.prefixed, found.closure, found.numbering) == (True, "closed", None)
    assert found.variants == ()


def test_the_sample_line_of_practice_is_where_pyproj_puts_it() -> None:
    x, y = 3171326.196, 40640790.145
    corners = [(x, y), (x + 10, y), (x, y + 10)]
    lines = [f"J{k},1,{a:.3f},{b:.3f}" for k, (a, b) in enumerate(corners, start=1)]
    lon, lat = read(text(*lines)).file.plots[0].polygon.exterior.coords[0]
    assert (round(lon, 7), round(lat, 7)) == (121.44, 28.65)
    expected = Transformer.from_crs(4528, 4490, always_xy=False).transform(x, y)
    assert (lat, lon) == pytest.approx(expected, abs=1e-12)


SAME = {
    "blank before the bracket": (PLAIN.replace("[属性", "  [属性"), "blank before a bracket"),
    "full-width brackets": (
        PLAIN.replace("[", "【").replace("]", "】"),
        "full-width brackets",
    ),
    "open ring": (text(*points(SHELL, closed=False)), None),
    "numbers without J": (PLAIN.replace("\nJ", "\n"), None),
    "blanks in lines": (PLAIN.replace("J1,1,", "J1, 1, "), "blanks in point lines"),
    "blank 带号": (text(*points(SHELL), 带号=""), None),
    "no 带号": (text(*points(SHELL), 带号=None), None),
    "no 几度分带": (text(*points(SHELL), 几度分带=None), None),
    "other name of the datum": (text(*points(SHELL), 坐标系="CGCS 2000"), None),
    "typo x,x": (
        text(*points(SHELL, closed=False), f"J1,1,{N0 + 100:.3f},{N0 + 100:.3f}"),
        "closing point written x,x",
    ),
    "unit in the area": (PLAIN.replace("2.0000,", "2.0000公顷,"), "unit inside 地块面积"),
    "count left out": (PLAIN.replace("5,2.0000,", "2.0000公顷,"), "界址点数 left out"),
    "count left out, no unit": (PLAIN.replace("5,2.0000,", "2.0000,"), "界址点数 left out"),
    "count blank": (PLAIN.replace("5,2.0000,", ",2.0000,"), None),
    "area blank": (PLAIN.replace("5,2.0000,", "5,,"), None),
    "13 items": (PLAIN.replace("0601,@", "0601,建设用地,8,7,备注,@"), None),
    "extra section": ("[文件说明]\n共一宗\n" + PLAIN, "extra sections"),
    "no prefix": (text(*points(SHELL, prefix=None)), None),
    "CRLF": (PLAIN.replace("\n", "\r\n"), None),
    "CR": (PLAIN.replace("\n", "\r"), None),
    "empty lines": (PLAIN.replace("\n", "\n\n"), None),
    "full-width =": (PLAIN.replace("带号=", "带号＝"), None),
}


@pytest.mark.parametrize("case", SAME)
def test_a_variant_gives_the_same_plot_and_is_reported(case: str) -> None:
    content, variant = SAME[case]
    reading = read(content)
    assert metric(reading).equals(outline(*SHELL))
    assert reading.file.plots[0].plot_id == "331002001"
    if variant:
        assert variant in reading.detected.variants


def test_extra_items_and_sections_are_kept() -> None:
    reading = read(SAME["13 items"][0])
    assert reading.file.plots[0].others == ("建设用地", "8", "7", "备注")
    assert read(SAME["extra section"][0]).file.sections == (("文件说明", ("共一宗",)),)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gbk"),
        ("gb2312", "gbk"),
        ("gb18030", "gbk"),
    ],
)
def test_the_encoding_is_detected(encoding: str, found: str) -> None:
    reading = read(PLAIN, encoding=encoding)
    assert reading.detected.encoding == found
    assert reading.file.plots[0].name == "台州湾科创地块"


def test_a_rare_character_needs_gb18030() -> None:
    reading = read(PLAIN.replace("台州湾", "𠮷"), encoding="gb18030")
    assert reading.detected.encoding == "gb18030"
    assert reading.file.plots[0].name == "𠮷科创地块"


BAD_BYTES = {
    "utf-16": (PLAIN.encode("utf-16"), "a.txt:1: is UTF-16"),
    "cut in a character": (PLAIN.split("地块坐标")[0].encode()[:-1] + b"\xe5\x9c", "a.txt:1"),
    "bom but gbk": (codecs.BOM_UTF8 + PLAIN.encode("gbk"), "a.txt:1: encoding is not clear"),
    "a byte that is none": (PLAIN.encode("gbk") + b"\xff\xff", "a.txt:18: encoding is not clear"),
    "a line in utf-8": (
        PLAIN.encode("gbk").replace("台州湾科创地块".encode("gbk"), "台州湾科创园地块".encode()),
        "a.txt:12: is UTF-8, expected GBK as in the rest",
    ),
    "latin": ("[属性描述]\nx=é\n".encode("latin-1", "replace"), "a.txt:"),
    "empty": (b"", "a.txt:1: section is not clear, expected one [属性描述], got none"),
}


@pytest.mark.parametrize("case", BAD_BYTES)
def test_a_wrong_guess_raises_and_never_gives_mojibake(case: str) -> None:
    data, message = BAD_BYTES[case]
    with pytest.raises(DataError) as caught:
        parse_txt(data, name="a.txt")
    assert str(caught.value).startswith(message)


# ── zones ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "prefixed", "epsg"),
    [(40, True, 4528), (41, True, 4529), (40, False, 4549), (41, False, 4550)],
)
@pytest.mark.parametrize("said", [True, False])
def test_the_zone_follows_from_prefix_header_or_place(
    zone: int,
    prefixed: bool,  # noqa: FBT001
    epsg: int,
    said: bool,  # noqa: FBT001
) -> None:
    triangle = np.array([[121.44, 28.65], [121.45, 28.65], [121.44, 28.66]])
    rows = [f"J{k},1,{y:.4f},{x:.4f}" for k, (x, y) in enumerate(crs.project(triangle, epsg))]
    reading = read(text(*rows, 带号=str(zone) if said else ""))
    assert (reading.detected.epsg, reading.detected.zone) == (epsg, zone)
    found = "prefix" if prefixed else "header" if said else "position"
    assert (reading.detected.zone_from, reading.detected.prefixed) == (found, prefixed)
    assert shapely.get_coordinates(reading.file.plots[0].polygon)[:3] == pytest.approx(
        triangle, abs=1e-8
    )
    told = " ".join(reading.notes)
    assert (f"EPSG:{epsg}" in told) is not prefixed


def test_six_degree_zones_are_read() -> None:
    rows = [line.replace("40640", "21340") for line in points(((9.0, 0.0), (9.0, 9.0), (0.0, 9.0)))]
    assert read(text(*rows, 几度分带="6", 带号="21")).detected.epsg == 4499


def test_an_option_fills_what_the_file_leaves_open() -> None:
    rows = points(SHELL, prefix=None)
    blank = text(*rows, 带号="", 坐标系="")
    reading = read(blank, epsg=4549)
    assert (reading.detected.zone, reading.detected.zone_from) == (40, "option")
    assert read(text(*points(SHELL), 坐标系=""), epsg=4528).detected.epsg == 4528
    utm = read(text(*points(SHELL, prefix=None), 带号="", 坐标系=""), epsg=32651)
    assert (utm.detected.epsg, utm.detected.zone) == (32651, None)


def test_a_plot_far_away_is_read_and_said() -> None:
    reading = read(
        text(
            "J1,1,2582988.976,38383243.971",
            "J2,1,2582998.976,38383243.971",
            "J3,1,2582988.976,38383253.971",
            带号="38",
        )
    )
    assert reading.detected.epsg == 4526
    assert any("far from Taizhou" in note for note in reading.notes)


def test_transformation_parameters_are_said_not_applied() -> None:
    reading = read(text(*points(SHELL), 转换参数="1.5,0,0,0,0,0,0"))
    assert any(note.startswith("a.txt:10: 转换参数 are stated") for note in reading.notes)
    assert not read(text(*points(SHELL), 转换参数="0,0,0,0,0,0,0.000")).notes[0].count("转换参数")


@pytest.mark.parametrize(("content", "epsg"), [(PLAIN, 4549), (SAME["no prefix"][0], 4528)])
def test_an_option_may_not_contradict_the_file(content: str, epsg: int) -> None:
    with pytest.raises(CrsError, match="the file says EPSG"):
        read(content, epsg=epsg)


def test_an_option_with_prefix_does_not_fit_figures_without() -> None:
    with pytest.raises(CrsError, match="Y has no zone in front"):
        read(text(*points(SHELL, prefix=None), 带号=""), epsg=4528)


def test_a_code_that_puts_the_points_elsewhere_names_the_row() -> None:
    content = text(*points(SHELL, prefix=None), 坐标系="", 带号="")
    with pytest.raises(CrsError, match=r"^a\.txt:12: EPSG:9999: no such code"):
        read(content, epsg=9999)


# ── rings ────────────────────────────────────────────────────────────────────────────────────────

HOLED = outline(*SHELL).difference(outline(*HOLE))
WITH_PART = shapely.union_all([HOLED, outline(*ISLAND), outline(*PART)])


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("runs_on", [True, False])
def test_rings_are_told_apart_by_containment(closed: bool, runs_on: bool) -> None:  # noqa: FBT001
    rings = [PART, HOLE, SHELL, ISLAND]  # in no helpful order
    lines = [
        line
        for k, ring in enumerate(rings)
        for line in points(ring, ring=str(k + 1), first=4 * k + 1 if runs_on else 1, closed=closed)
    ]
    reading = read(text(*lines))
    assert metric(reading).normalize().equals(WITH_PART.normalize())
    assert [len(part.interiors) for part in reading.file.plots[0].parts] == [0, 1, 0]
    assert reading.detected.numbering == ("runs on" if runs_on else "restarts")
    assert reading.detected.closure == ("closed" if closed else "open")


def test_rings_of_one_number_are_split_by_closure() -> None:
    reading = read(text(*points(SHELL), *points(HOLE, first=5)))
    assert metric(reading).equals(HOLED)
    assert reading.detected.variants == ("rings told apart by closure, not by 地块圈号",)


def test_open_rings_of_one_number_are_split_where_numbers_begin_again() -> None:
    reading = read(text(*points(SHELL, closed=False), *points(HOLE, closed=False)))
    assert metric(reading).equals(HOLED)
    assert any("begin again" in variant for variant in reading.detected.variants)


def test_several_plots_and_mixed_habits() -> None:
    second = "10,1.0000,331002002,二号,面,,,,@"
    lines = [
        *points(SHELL),
        *points(HOLE, ring="2", first=9),
        second,
        *points(PART, closed=False),
        *points(ISLAND, ring="2", first=5, closed=False),
    ]
    reading = read(text(*lines))
    assert [plot.plot_id for plot in reading.file.plots] == ["331002001", "331002002"]
    assert reading.detected.closure == "mixed"
    assert reading.detected.numbering == "mixed"
    nameless = [line.replace("J", "").partition(",")[2] for line in points(HOLE, ring="2")]
    reading = read(text(*points(SHELL), *("," + line for line in nameless)))
    assert reading.detected.numbering == "other"


# ── what is stated against what is ───────────────────────────────────────────────────────────────


def test_the_plane_area_is_recognised_beside_the_statutory_one() -> None:
    reading = read(PLAIN)
    check = reading.checks[0]
    assert check.points == 5
    assert check.difference_m2 == check.area_m2 - 20000.0
    assert check.area_m2 == pytest.approx(
        20000.0 / 1.000488, rel=2e-5
    )  # scale at 121.44 E, squared
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith(
        "a.txt:12: plot '331002001': 地块面积 does not fit, expected 1.9990 ha (ellipsoid),"
        " got 2.0000, the plane area: -9.8 m2"
    )


def test_a_stated_area_that_fits_or_is_missing_is_no_note() -> None:
    assert read(PLAIN.replace("2.0000", "1.9990")).notes == ()
    blank = read(SAME["area blank"][0])
    assert (blank.notes, blank.checks[0].difference_m2) == ((), None)


def test_a_wrong_area_is_said_with_the_difference() -> None:
    note = read(PLAIN.replace("2.0000", "3.0000")).notes[0]
    assert "got 3.0000: -10009" in note


@pytest.mark.parametrize(("count", "fits"), [(5, True), (4, True), (6, False)])
def test_the_point_count_is_compared(count: int, fits: bool) -> None:  # noqa: FBT001
    notes = read(PLAIN.replace("5,2.0000", f"{count},1.9990")).notes
    assert any("界址点数 does not fit, expected 5" in note for note in notes) is not fits


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^none\.txt: cannot be read"):
        read_txt(tmp_path / "none.txt")
    path = tmp_path / "a.txt"
    path.write_bytes(PLAIN.encode("gbk"))
    assert read_txt(path) == read(PLAIN, encoding="gbk")
