"""What cannot be right in a 界址点 TXT is refused with one sentence that names the row."""

import pytest

from tests.toy.parcel_texts import HOLE, PLAIN, SHELL, points, text
from tzkc_geo.errors import CrsError, DataError, RingError, TzkcError
from tzkc_geo.io.txt_read import parse_txt
from tzkc_geo.parcel_file import Reading


def read(content: str) -> Reading:
    return parse_txt(content.encode(), name="a.txt")


SWAPPED = [",".join([*line.split(",")[:2], *line.split(",")[:1:-1]]) for line in points(SHELL)]
REFUSED_CRS = {
    "xian": (
        text(*points(SHELL), 坐标系="1980西安坐标系"),
        "a.txt:4: 坐标系 '1980西安坐标系' is refused: EPSG:4610: no published way",
    ),
    "80": (text(*points(SHELL), 坐标系="80国家大地坐标系"), "no published way"),
    "beijing": (text(*points(SHELL), 坐标系="1954年北京坐标系"), "not known to 1 m"),
    "local": (
        text(*points(SHELL), 坐标系="台州城市坐标系"),
        "parameters of a local grid are not published",
    ),
    "like 2000": (text(*points(SHELL), 坐标系="苏州2000"), "parameters of a local grid"),
    "blank": (text(*points(SHELL), 坐标系=""), "坐标系 is not said"),
    "swapped": (text(*SWAPPED), "a.txt:13: X and Y look swapped"),
    "swapped, no prefix": (
        text(*(line.replace(",40640", ",640").replace("40640", "640") for line in SWAPPED)),
        "exchange the two columns",
    ),
    "degrees": (
        text("1,1,28.65,121.44", "2,1,28.66,121.44", "3,1,28.65,121.45"),
        "is no point of a Gauss",
    ),
    "huge": (text("1,1,1e308,1e308", "2,1,28.66,1", "3,1,28.65,2"), "is no point of a Gauss"),
    "zone against prefix": (
        text(*points(SHELL), 带号="41"),
        "a.txt:8: 带号 does not fit, expected 40",
    ),
    "mixed": (
        text(*points(SHELL), *points(HOLE, prefix=None)),
        "a.txt:18: zones are mixed, expected in front of Y 40 as in row 13, got none",
    ),
    "mixed, first without": (
        text(*points(SHELL, prefix=None), *points(HOLE)),
        "expected in front of Y none, got 40",
    ),
    "zone is a word": (text(*points(SHELL), 带号="四十"), "a.txt:8: 带号 is not a whole number"),
    "no such zone": (
        text(*points(SHELL, prefix=None), 带号="99"),
        "a.txt: zone does not exist, expected 25 to 45",
    ),
    "width": (text(*points(SHELL), 几度分带="1.5"), "几度分带 is not a whole number"),
    "width 5": (
        text(*points(SHELL), 几度分带="5"),
        "几度分带 is not known, expected 3 or 6, got 5",
    ),
    "projection": (text(*points(SHELL), 投影类型="墨卡托"), "投影类型 is not supported"),
    "unit": (
        text(*points(SHELL), 计量单位="公里"),
        "a.txt:7: 计量单位 is not supported, expected 米",
    ),
    "nowhere": (
        text(*(f"{k},1,{2000000 + n},{500000 + e}" for k, (n, e) in enumerate(SHELL)), 带号=""),
        "a.txt: 带号 is blank",
    ),
}


@pytest.mark.parametrize("case", REFUSED_CRS)
def test_a_system_that_cannot_be_right_is_refused(case: str) -> None:
    content, message = REFUSED_CRS[case]
    with pytest.raises(CrsError, match=r"^a\.txt") as caught:
        read(content)
    assert message in str(caught.value)


REFUSED_RINGS = {
    "bow-tie": (
        text(*points([SHELL[0], SHELL[2], SHELL[1], SHELL[3]])),
        "a.txt:13: plot '331002001' in EPSG:4528, ring 1: is not simple",
    ),
    "twice": (
        text(*points(SHELL), *points(SHELL, ring="2")),
        "a.txt:18: plot '331002001' in EPSG:4528, ring 2: stands twice",
    ),
    "crossing": (
        text(*points(SHELL), *points([(n + 50, e + 50) for n, e in SHELL], ring="2")),
        "rings cross",
    ),
    "two points": (text(*points(SHELL[:2], closed=False)), "a.txt:13: ring 1 has too few points"),
    "one place": (
        text(*points([SHELL[0]] * 5, closed=False)),
        "ring 1 has too few points, expected at least 3 that differ, got 1",
    ),
    "line of a ring left over": (
        text(*points(SHELL), *points(HOLE)[:1]),
        "a.txt:18: ring 2 has too few points",
    ),
}


@pytest.mark.parametrize("case", REFUSED_RINGS)
def test_a_ring_that_cannot_be_is_refused_with_its_row(case: str) -> None:
    content, message = REFUSED_RINGS[case]
    with pytest.raises((RingError, DataError)) as caught:
        read(content)
    assert message in str(caught.value)
    assert str(caught.value).partition("; ")[2]  # a remedy


REFUSED_LINES = {
    "nothing before": ("x=1\n" + PLAIN, "a.txt:1: stands before any section"),
    "twice": (PLAIN + PLAIN, "a.txt:18: section is not clear, expected one [属性描述], got 2"),
    "no plots": ("[属性描述]\n[地块坐标]\n", "a.txt:1: holds no plot"),
    "no points": (text(), "a.txt:12: plot has no points"),
    "no attribute": (PLAIN.replace("精度=", "精度"), "a.txt:9: is no attribute"),
    "attribute twice": (PLAIN.replace("精度=", "带号="), "a.txt:9: 带号 stands twice"),
    "no number": (
        PLAIN.replace("40640700.000", "nan"),
        "Y is not a number, expected metres, got 'nan'",
    ),
    "infinite": (PLAIN.replace("40640700.000", "1e999"), "Y is not a number"),
    "five items": (PLAIN.replace("J1,1,", "J1,1,1,"), "a.txt:13: is no point and no plot"),
    "no @": (PLAIN.replace(",@", ","), "a.txt:12: is no point and no plot"),
    "point first": (
        PLAIN.replace("[地块坐标]", "[地块坐标]\nJ1,1,3171300.0,40640700.0"),
        "a.txt:12: point belongs to no plot",
    ),
    "short": (
        PLAIN.replace("面,H51G001,工业用地,0601,@", "面,@"),
        "a.txt:12: plot line is too short, expected 9 to 13 items with @, got 6",
    ),
    "count": (PLAIN.replace("5,2.0000,", "五,2.0000,"), "界址点数 is not a whole number"),
    "mu": (PLAIN.replace("2.0000,", "30亩,"), "地块面积 is not clear, expected hectares"),
    "a line": (
        PLAIN.replace(",面,", ",线,"),
        "记录图形属性 is not supported, expected 面, got '线'",
    ),
}


@pytest.mark.parametrize("case", REFUSED_LINES)
def test_a_line_that_cannot_be_read_is_named(case: str) -> None:
    content, message = REFUSED_LINES[case]
    with pytest.raises(TzkcError) as caught:
        read(content)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
