"""What the writer of the 界址点 TXT puts down, and what it refuses."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from tests.toy.parcel_texts import E0, HOLE, N0, PART, PLAIN, SHELL, points, text
from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, TzkcError
from tzkc_geo.io.txt_read import parse_txt
from tzkc_geo.io.txt_write import TxtStyle, txt_bytes
from tzkc_geo.parcel_file import ParcelFile, Plot

SQUARE = parse_txt(PLAIN.encode(), name="a.txt").file
SHORT = parse_txt(
    text(
        *points(SHELL), *points(HOLE, ring="2", first=5), *points(PART, ring="3", first=9)
    ).encode(),
    name="a.txt",
).file


def lines(file: ParcelFile, **style: Any) -> list[str]:  # noqa: ANN401
    return txt_bytes(file, TxtStyle(**style)).decode(style.get("encoding", "gbk")).split("\r\n")


def test_a_file_of_our_own_convention_comes_back_byte_for_byte() -> None:
    assert txt_bytes(SQUARE) == PLAIN.replace("\n", "\r\n").encode("gbk")


def test_every_ring_has_its_number_and_parts_survive() -> None:
    body = lines(SHORT, decimals=1)[12:-1]
    assert body == [
        *("J1,1,3171400.0,40640700.0", "J2,1,3171400.0,40640900.0", "J3,1,3171300.0,40640900.0"),
        *("J4,1,3171300.0,40640700.0", "J1,1,3171400.0,40640700.0"),
        *("J5,2,3171380.0,40640720.0", "J6,2,3171380.0,40640760.0", "J7,2,3171320.0,40640760.0"),
        *("J8,2,3171320.0,40640720.0", "J5,2,3171380.0,40640720.0"),
        *("J9,3,3171400.0,40641000.0", "J10,3,3171400.0,40641100.0"),
        *("J11,3,3171300.0,40641100.0", "J12,3,3171300.0,40641000.0"),
        "J9,3,3171400.0,40641000.0",
    ]
    assert lines(SHORT)[11].startswith("15,2.0000,")


def test_the_options_are_those_in_use() -> None:
    body = lines(SHORT, closed=False, restart=True, letter="", epsg=4549, encoding="utf-8")
    assert body[11].startswith("12,2.0000,")
    assert [line.partition(",")[0] for line in body[12:-1]] == ["1", "2", "3", "4"] * 3
    assert body[12] == "1,1,3171400.000,640700.000"
    assert body[8:10] == ["精度=0.001", "转换参数=,,,,,,"]
    assert "带号=41" in lines(SHORT, epsg=4529)
    assert "几度分带=6" in lines(SHORT, epsg=4499)


def test_header_and_sections_are_kept_in_the_order_of_the_ministry() -> None:
    file = replace(
        SQUARE,
        attributes=(("备注", "甲"), ("数据产生日期", "2026-11-02"), ("坐标系", "CGCS2000")),
        sections=(("文件说明", ("共一宗",)),),
    )
    assert lines(file)[:5] == [
        *("[文件说明]", "共一宗", "[属性描述]", "数据产生日期=2026-11-02"),
        "坐标系=2000国家大地坐标系",
    ]
    assert "备注=甲" in lines(file)


def test_a_plot_without_a_stated_area_gets_the_statutory_one() -> None:
    plot = replace(SQUARE.plots[0], stated_area_ha=None)
    assert lines(ParcelFile(plots=(plot,)))[9].split(",")[1] == "1.9990"


def test_vertices_that_coincide_once_rounded_are_written_once() -> None:
    ring = [(E0, N0), (E0 + 0.001, N0), (E0 + 100, N0), (E0, N0 + 100), (E0, N0 + 0.001)]
    plot = Plot(polygon=shapely.Polygon(crs.to_geographic(ring)))
    assert lines(ParcelFile(plots=(plot,)), decimals=1)[9].startswith("4,")


def metres(*ring: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon(crs.to_geographic([(E0 + x, N0 + y) for x, y in ring]))


THIN = metres((0, 0), (0.3, 0), (0.3, 0.3), (0, 0.3))
SPIKE = metres((0, 0), (100, 0), (100, 0.2), (0, 0.2))
HOLED = shapely.Polygon(
    metres((0, 0), (100, 0), (100, 100), (0, 100)).exterior,
    [metres((0.2, 20), (50, 20), (50, 50), (0.2, 50)).exterior],
)
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "comma": (
        {"name": "甲,乙"},
        {},
        "plot 1: text cannot be written, expected no line break, outer blank or comma",
    ),
    "line break": ({"plot_id": "1\n2"}, {}, "plot 1: text cannot be written"),
    "blank": ({"use": " x"}, {}, "plot 1: text cannot be written"),
    "section": ({"use": "[地块坐标]"}, {}, "plot 1: text cannot be written"),
    "area": ({"stated_area_ha": "2公顷"}, {}, "plot 1: 地块面积 is not clear"),
    "rare": (
        {"name": "𠮷"},
        {},
        "encoding: gbk lacks a character, expected gb18030 or utf-8, got '𠮷'",
    ),
    "encoding": ({}, {"encoding": "big5"}, "encoding: is not supported"),
    "decimals": ({}, {"decimals": 7}, "decimals: out of range, expected 0 to 6, got 7"),
    "letter": ({}, {"letter": "J,"}, "letter: cannot stand in front"),
    "code": ({}, {"epsg": 4326}, "EPSG:4326: no Gauss-Krueger zone"),
    "far": (
        {"polygon": shapely.box(100.0, 28.0, 100.1, 28.1)},
        {},
        "plot 1: does not lie in EPSG:4528",
    ),
    "point": ({"polygon": THIN}, {"decimals": 0}, "got a ring of fewer than three points"),
    "flat": (
        {"polygon": SPIKE},
        {"decimals": 0},
        "plot 1: shape is not sound, expected it to survive 0 decimals",
    ),
    "hole on the edge": ({"polygon": HOLED}, {"decimals": 0}, "plot 1: shape is not sound"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_not_be_read_back_is_refused(case: str) -> None:
    change, style, message = REFUSED[case]
    file = ParcelFile(plots=(replace(SQUARE.plots[0], **change),))
    with pytest.raises(TzkcError) as caught:
        lines(file, **style)
    assert message in str(caught.value)


def test_a_plot_lost_by_rounding_is_refused() -> None:
    island = metres((30, 30), (40, 30), (40, 40), (30, 40))
    whole = shapely.MultiPolygon([metres((0, 0), (9, 0), (9, 9), (0, 9)), island, THIN])
    with pytest.raises(DataError, match="shape is not sound"):
        lines(ParcelFile(plots=(Plot(polygon=whole),)), decimals=0)


def test_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="plots: nothing to write"):
        txt_bytes(ParcelFile(plots=()))


def test_header_and_sections_that_would_break_the_file_are_refused() -> None:
    for change in ({"attributes": (("备注", "a\nb"),)}, {"sections": (("x", ("[属性描述]",)),)}):
        with pytest.raises(DataError, match="text cannot be written"):
            txt_bytes(ParcelFile(plots=SQUARE.plots, **change))


def test_a_zone_is_kept_across_its_edge() -> None:
    beyond = shapely.box(121.49, 28.65, 121.53, 28.67)
    reading = parse_txt(txt_bytes(ParcelFile(plots=(Plot(polygon=beyond),))), name="a.txt")
    assert reading.detected.zone == 40
    back = shapely.get_coordinates(reading.file.plots[0].polygon)
    assert np.abs(back - shapely.get_coordinates(beyond)).max() < 1e-8
    with pytest.raises(CrsError):
        txt_bytes(ParcelFile(plots=(Plot(polygon=beyond),)), TxtStyle(epsg=3857))
