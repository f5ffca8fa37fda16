"""`tzkc check-boundary` and `tzkc describe` from end to end, and the page."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.toy.layers import refused
from tests.toy.sides import bounds, box, line, polygon
from tests.toy.survey_files import geojson, vector
from tzkc_geo import crs, load
from tzkc_geo.boundary_check import check_boundary
from tzkc_geo.cli import main
from tzkc_geo.reports import boundary_html

C04 = "东至沿海高速，南至市府大道，西至安康路，北至椒江"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


@pytest.fixture
def c04(tmp_path: Path) -> Path:
    return geojson(tmp_path / "c04.geojson", load().polygons["c04"], None)


@pytest.fixture
def c02(tmp_path: Path) -> Path:
    return geojson(tmp_path / "c02.geojson", load().polygons["c02"], None)


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """Return the JSON of a call that must succeed."""
    assert main([*map(str, words), "--json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return content


def pictures(html: str) -> list[ET.Element]:
    """Return every SVG of a page; each must be sound XML."""
    parts = html.split("<svg")[1:]
    return [ET.fromstring("<svg" + part.split("</svg>")[0] + "</svg>") for part in parts]  # noqa: S314


def test_a_unit_agrees_with_its_text_on_every_side(
    c04: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = answer(capsys, "check-boundary", c04, "--clauses", C04)
    assert (content["clauses"], content["unit"]) == (C04, None)
    (check,) = content["checks"]
    assert check["id"] == "1"
    assert check["verdicts"] == {"agrees": 4, "disagrees": 0, "not_checkable": 0}
    assert [side["line_id"] for side in check["sides"]] == [
        "coastal-expressway",
        "shifu-avenue",
        "ankang-road",
        "jiaojiang-south-bank",
    ]
    gaps = [step["along_m"] for step in check["sides"][1]["profile"]]
    assert 10.0 < (gaps[-1] - gaps[0]) / (len(gaps) - 1) <= 20.0


def test_the_clauses_of_a_unit_need_not_be_typed(
    c02: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (check,) = answer(capsys, "check-boundary", c02, "--unit", "c02")["checks"]
    assert len(check["sides"]) == 8
    assert check["verdicts"]["disagrees"] == 0


def test_a_unit_says_which_of_two_lines_of_one_name_is_meant(
    c04: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("check-boundary", c04, "--clauses", "南至市府大道，北至高闸浦")
    (free,) = answer(capsys, *words)["checks"]
    (told,) = answer(capsys, *words, "--unit", "c03")["checks"]
    assert told["sides"][3]["line_id"] == "gaozhapu-c03"
    assert free["sides"][3]["line_id"] in {"gaozhapu-c03", "gaozhapu-c05"}


def test_a_finer_step_gives_a_finer_profile(c04: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for step in (10, 50):
        (check,) = answer(capsys, "check-boundary", c04, "--unit", "c04", "--step", step)["checks"]
        counts.append(len(check["sides"][0]["profile"]))
    assert counts[0] > 3 * counts[1]


def test_a_person_reads_a_table_the_words_and_the_disclaimer(
    c02: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = load().unit("c02").description_zh
    assert main(["check-boundary", str(c02), "--clauses", text]) == 0
    out = capsys.readouterr().out
    assert "一致 agrees" in out
    assert "join two steps of a side, without a line" in out
    assert "非法定边界" in out
    holed = load().polygons["c04"].difference(shapely.box(121.46, 28.655, 121.465, 28.66))
    path = geojson(tmp_path / "holed.geojson", holed, None)
    assert main(["check-boundary", str(path), "--clauses", "东至青石路，" + C04[7:]]) == 0
    out = capsys.readouterr().out
    assert "holes are not compared: 1" in out
    assert "no reference line is known as 青石路" in out


def test_the_page_shows_the_figures_and_sound_pictures(
    c04: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "check.html"
    content = answer(capsys, "check-boundary", c04, "--clauses", C04, "--html", page)
    html = page.read_text(encoding="utf-8")
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    for side in content["checks"][0]["sides"]:
        assert f"<td>{side['words']}</td>" in html
    whole, *charts = pictures(html)
    assert len(charts) == 4
    titles = [title.text for title in whole.iter(f"{SVG}title")]
    assert titles == [side["words"] for side in content["checks"][0]["sides"]]
    assert sum("北 椒江" in (text.text or "") for text in whole.iter(f"{SVG}text")) == 1


def test_the_page_shows_sides_that_were_not_compared_too() -> None:
    low, high = (
        line("低路", [(-500, 0), (1500, 0)], sigma=None),
        line("高路<1>", [(-500, 300), (1500, 300)], line_id="high"),
    )
    text = "东至青石路，南至低路、高路，西至西路"
    stepped = polygon([(0, 300), (400, 300), (400, 0), (1000, 0), (1000, 1000), (0, 1000)])
    found = check_boundary(stepped, bounds(text, low, high), name="a<b")
    html = boundary_html([stepped], [found])
    assert "<h2>a&lt;b</h2>" in html
    assert "no reference line is known as 青石路" in html
    assert "join two steps of a side" in html
    assert len(pictures(html)) == 1 + sum(bool(side.offset_m.size) for side in found.sides)


def test_a_page_of_a_plot_of_one_piece_a_side_has_no_band() -> None:
    small = box(east=10.0, north=10.0)
    html = boundary_html([small], [check_boundary(small, bounds())])
    assert 'fill-opacity=".15"' in html
    assert pictures(html)


def test_a_multipolygon_of_one_part_is_drawn_as_its_part() -> None:
    small = box(east=10.0, north=10.0)
    many = shapely.MultiPolygon([small])
    pages = [boundary_html([one], [check_boundary(one, bounds())]) for one in (small, many)]
    assert pages[0] == pages[1]


def test_a_unit_is_described_by_the_words_of_the_plan(
    c04: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = answer(capsys, "describe", c04)["polygons"]
    assert (found["id"], found["text_zh"]) == ("1", C04 + "。")
    assert [side["side"] for side in found["sides"]] == ["east", "south", "west", "north"]
    assert {side["matches"][0]["within"] for side in found["sides"]} == {"accuracy"}


def test_a_person_reads_the_sentence_and_what_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = vector(tmp_path / "units.gpkg", [load().polygons[name] for name in ("c06", "c03")], 4490)
    assert main(["describe", str(path), "--tolerance", "30"]) == 0
    out = capsys.readouterr().out
    assert "东至（未知），南至安海路，西至椒江二桥，北至（未知）。" in out
    assert "未知 unknown" in out
    assert "地块 2: 东至机场路，南至汇丰路，西至台州大道，北至高闸浦。" in out


def test_lines_that_fit_as_well_are_told_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.toy.sides import ROADS
    from tzkc_geo.cli.check_boundary import print_described
    from tzkc_geo.describe import describe

    twin = line("复线", [(1000.5, -500), (1000.5, 1500)])
    print_described("x", describe(box(), [*ROADS, twin]))
    assert "(also 复线)" in capsys.readouterr().out


def test_degrees_of_a_map_service_are_turned_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shifted = shapely.transform(
        load().polygons["c04"],
        lambda xy: shapely.get_coordinates(
            shapely.points(*crs.from_cgcs2000(xy[:, 0], xy[:, 1], "gcj02"))
        ),
    )
    path = geojson(tmp_path / "gcj.geojson", shifted, None)
    words = ("check-boundary", path, "--clauses", C04)
    (right,) = answer(capsys, *words, "--datum", "gcj02")["checks"]
    (wrong,) = answer(capsys, *words)["checks"]
    assert right["verdicts"]["agrees"] == 4
    assert wrong["verdicts"]["disagrees"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nothing to check against, expected --clauses TEXT or --unit ID"),
        (("--unit", "c99"), "unit 'c99': no such unit"),
        (("--unit", "c07"), "lies in 2 parts with clauses, expected one"),
        (("--clauses", "东至"), "clause text: unexpected end"),
        (("--clauses", C04, "--step", "0.5"), "--step: expected 1 to 1000 m, got 0.5"),
    ],
)
def test_wrong_words_are_refused(
    words: tuple[str, ...], sentence: str, c04: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refused(capsys, "check-boundary", str(c04), *words)


def test_a_tolerance_out_of_range_is_refused(c04: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "describe", str(c04), "--tolerance", "-1")
    assert "--tolerance: expected 0 to 5000 m, got -1" in message


def test_a_unit_in_two_parts_is_refused_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "c07.geojson", load().polygons["c07"], None)
    message = refused(capsys, "describe", str(path))
    assert "plot 1: expected a polygon of one part, got 2" in message


@pytest.mark.parametrize("command", [("describe",), ("check-boundary", "--unit", "c04")])
def test_a_row_of_several_parts_is_a_fault_and_the_others_are_done(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plots.geojson"
    shapes = [load().polygons[name] for name in ("c07", "c04", "c07")]
    listed = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}
        for shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")
    assert main([command[0], str(path), *command[1:], "--json"]) == 1
    out, err = capsys.readouterr()
    content = json.loads(out)
    answers = content["polygons" if command[0] == "describe" else "checks"]
    assert [answer["id"] for answer in answers] == ["2"]
    assert content["faults"] == [
        f"plots.geojson:{row}: plot {row}: expected a polygon of one part, got 2;"
        " take each by itself"
        for row in (1, 3)
    ]
    told = [line for line in err.splitlines() if line.startswith("fault: ")]
    assert told == [f"fault: {fault}" for fault in content["faults"]]


@pytest.mark.parametrize("command", [("describe",), ("check-boundary", "--unit", "c04")])
def test_a_row_that_is_no_polygon_is_told_and_the_others_are_done(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plots.geojson"
    shapes = [shapely.Point(121.4, 28.6), load().polygons["c04"]]
    listed = [
        {
            "type": "Feature",
            "properties": {"plot_id": f"P{number}"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for number, shape in enumerate(shapes, start=1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), "utf-8")
    assert main([command[0], str(path), *command[1:], "--json"]) == 1
    out, err = capsys.readouterr()
    content = json.loads(out)
    (found,) = content["polygons" if "polygons" in content else "checks"]
    assert found["id"] == "P2"
    assert content["faults"][0].startswith("plots.geojson:1: is no polygon")
    assert "fault: plots.geojson:1" in err
