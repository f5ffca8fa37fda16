"""Static figures: every one in every format, with its words, and no name over another."""

import math
from io import BytesIO
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tzkc_geo.catalog import Catalog
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.io.folder import find_folder
from tzkc_geo.io.fonts import FontFace, find_font
from tzkc_geo.io.plan import read_extents, read_plan
from tzkc_geo.model import Grade, UnitKind
from tzkc_geo.network.reach import reach
from tzkc_geo.reports import audit_report
from tzkc_geo.sheets import ENDINGS, SIZES, Look, World, figure_bytes, figure_names
from tzkc_geo.sheets.ground import HATCH, bar_km, grade_style
from tzkc_geo.sheets.labels import Name, place
from tzkc_geo.sheets.names import drawn
from tzkc_geo.sheets.page import Page, wrapped

CLUSTERS = tuple(f"c{number:02d}" for number in range(1, 15))
NAMES = ("overview", "extent", "clusters", "carriers", "reach", "audit", *CLUSTERS)
MAPS = tuple(name for name in NAMES if name != "audit")
NOTES = ("示意图，非法定边界", "Schematic map, not a legal boundary")
FONT = find_font(None)


@pytest.fixture(scope="module")
def world(real_catalog: Catalog) -> World:
    folder = find_folder()
    plan = read_plan(folder)
    report = audit_report(real_catalog, plan, read_extents(folder))
    found = reach(real_catalog, 121.45, 28.645, (15.0, 30.0))
    return World(catalog=real_catalog, plan=plan, report=report, reach=found)


def look(**more: Any) -> Look:  # noqa: ANN401
    return Look(**{"font": FONT, "dpi": 40.0, **more})


def texts(page: Page) -> list[Text]:
    return [text for text in page.figure.findobj(Text) if text.get_text()]


def words(page: Page) -> str:
    return "\n".join(text.get_text() for text in texts(page))


def boxes(page: Page) -> list[Bbox]:
    return [t.get_window_extent() for t in texts(page) if t.get_gid() == "label"]


def test_the_names_are_those_of_the_issue(real_catalog: Catalog) -> None:
    assert tuple(figure_names(real_catalog)) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_figure_is_made_in_every_format(world: World, name: str, ending: str) -> None:
    title = figure_names(world.catalog)[name][0]
    content = figure_bytes(name, world, look(review_number="浙S(2026)1号"), ending)
    if ending == "png":
        assert content.startswith(b"\x89PNG")
        assert int.from_bytes(content[16:20]) == math.floor(297.0 / 25.4 * 40.0)
    elif ending == "svg":
        root = ET.fromstring(content)  # noqa: S314  (our own file)
        assert root.findtext("{http://www.w3.org/2000/svg}title") == f"{title} ({NOTES[0]})"
        assert b"<text" not in content  # outlines alone: it needs no font
    else:
        read = _pdf(content)
        for part in (title, NOTES[0], "EPSG:4549", "审图号：浙S(2026)1号", "台政发〔2022〕20号"):
            assert part.replace(" ", "") in read
        assert f"版本日期{world.catalog.edition_date}" in read


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader

    return "".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_figure_has_the_same_bytes(world: World, ending: str) -> None:
    first, again = (figure_bytes("c07", world, look(), ending) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("lang", [0, 1])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_or_runs_off(world: World, name: str, size: str, lang: int) -> None:
    page = drawn(name, world, look(size=size, lang=lang))
    page.figure.draw_without_rendering()  # which puts the words of a chart in their places
    assert page.left >= 0.0  # the panel ends above the foot
    assert NOTES[lang] in words(page)
    sheet = page.figure.bbox
    for text in texts(page):
        if text.get_visible():
            box = text.get_window_extent()
            assert sheet.contains(*box.min), text.get_text()
            assert sheet.contains(*box.max), text.get_text()
    assert not [pair for pair in combinations(boxes(page), 2) if pair[0].overlaps(pair[1])]
    frame = page.axes.get_window_extent()
    assert all(frame.contains(*box.min) and frame.contains(*box.max) for box in boxes(page))


@pytest.mark.parametrize("name", MAPS)
def test_no_name_of_a_map_is_left_out(world: World, name: str) -> None:
    assert "图上未注记" not in words(drawn(name, world, look()))


@pytest.mark.parametrize("lang", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_the_font_has_every_letter(world: World, name: str, lang: int) -> None:
    from fontTools.ttLib import TTCollection

    known = TTCollection(FONT.path).fonts[FONT.number].getBestCmap()
    page = drawn(name, world, look(lang=lang))
    assert [letter for letter in set(words(page)) - {"\n"} if ord(letter) not in known] == []
    for text in texts(page):
        file = text.get_fontproperties().get_file()
        shown = text.get_visible() and text.get_text().strip()
        assert not shown or str(file) == str(FONT.path), text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_colours_and_hatches_of_the_legend_are_those_of_the_map(world: World, name: str) -> None:
    page = drawn(name, world, look())
    made: dict[str, Any] = {
        a.get_gid() or "": a for a in page.figure.findobj(Patch) if ":" in (a.get_gid() or "")
    }
    legend = {gid.split(":")[1]: a for gid, a in made.items() if gid.startswith("legend:")}
    for key, sample in legend.items():
        shown = made.get(f"map:{key}")
        members = [row.unit_id for row in world.catalog.units if row.parent_id == key]
        drawn_as = [shown] if shown is not None else [made[f"map:{m}"] for m in members]
        assert drawn_as
        for patch in drawn_as:
            assert to_rgba(patch.get_facecolor()) == to_rgba(sample.get_facecolor())
            if shown is not None:
                assert (patch.get_hatch() or "") == (sample.get_hatch() or "")
    assert bool(legend) == (name != "audit")


def test_a_schematic_cluster_never_looks_surveyed(world: World) -> None:
    page = drawn("clusters", world, look())
    made: dict[str, Any] = {a.get_gid() or "": a for a in page.figure.findobj(Patch)}
    for row in world.catalog.units:
        if row.kind is UnitKind.CLUSTER:
            grade = world.catalog.results[row.unit_id].grade
            assert (made[f"map:{row.unit_id}"].get_hatch() or "") == HATCH[grade]
    assert len(set(HATCH.values())) == len(Grade)
    assert grade_style(Grade.SCHEMATIC)["linestyle"] != grade_style(Grade.LOCATED)["linestyle"]


def test_the_slot_for_the_review_number_is_empty_unless_one_is_given(world: World) -> None:
    assert "审图号：" in [t.get_text() for t in texts(drawn("c01", world, look()))]
    assert "审图号：7" in words(drawn("c01", world, look(review_number="7")))


def test_a_kilometre_is_square_and_the_bar_is_as_long_as_it_says(world: World) -> None:
    page = drawn("clusters", world, look())
    per_km = page.axes.transData.transform([(0.0, 0.0), (1.0, 1.0)])
    east, north = (per_km[1] - per_km[0]).tolist()
    assert east == pytest.approx(north, rel=1e-9)


@given(st.floats(0.001, 1000.0))
def test_the_bar_is_the_longest_round_one(most: float) -> None:
    bar = bar_km(most)
    assert bar <= most < 2.5 * bar * (1.0 + 1e-9)
    assert f"{bar:e}"[0] in "125"


@given(st.text("ab 台州", min_size=1), st.floats(2.0, 30.0))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, room: float) -> None:
    lines = wrapped(text, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(1.0 if ord(c) > 127 else 0.56 for c in line) <= room for line in lines)


def test_latin_words_are_broken_between_them() -> None:
    assert wrapped("one two three", 8 * 0.56) == ["one two", "three"]


def test_a_name_without_room_is_said() -> None:
    page = Page(look())
    names = [Name(x=0.5, y=0.5, text="长" * 200), Name(x=0.5, y=0.5, text="短", on=True)]
    assert [name.text for name in place(page, names, [])] == ["长" * 200]
    assert [t.get_text() for t in texts(page) if t.get_gid() == "label"] == ["短"]


def test_a_name_far_from_its_place_has_a_line_to_it() -> None:
    page = Page(look())
    at = page.axes.transData.transform((0.5, 0.5))
    around = Bbox([at - 30.0, at + 30.0])
    assert place(page, [Name(x=0.5, y=0.5, text="远")], [around]) == []
    assert len(page.axes.lines) == 1


@pytest.mark.parametrize(
    ("name", "more", "ending", "sentence"),
    [
        ("cluster", {}, "pdf", r"figure: is not known, .* did you mean 'clusters'"),
        (
            "c01",
            {"size": "a5"},
            "pdf",
            r"--size: .* one of a4, a3, 16:9, got 'a5'; did you mean 'a",
        ),
        ("c01", {}, "jpng", r"-o: is not known, expected one of png.* did you mean 'png'"),
        ("c01", {}, "", r"-o: is not known, expected one of png, svg, pdf, got ''$"),
    ],
)
def test_what_is_not_known_is_one_sentence(
    world: World, name: str, more: dict[str, Any], ending: str, sentence: str
) -> None:
    with pytest.raises(UnknownIdError, match=sentence):
        figure_bytes(name, world, look(**more), ending)


@pytest.mark.parametrize("name", ["carriers", "audit", "reach"])
def test_what_a_figure_needs_is_named(real_catalog: Catalog, name: str) -> None:
    with pytest.raises(DataError, match=rf"figure '{name}': .* (is|are) missing, expected"):
        figure_bytes(name, World(catalog=real_catalog), look(), "png")


def test_dots_out_of_range_are_refused(world: World) -> None:
    with pytest.raises(DataError, match="--dpi: is out of range, expected 30 to 1200, got 5"):
        figure_bytes("c01", world, look(dpi=5.0), "png")


def test_more_times_than_shades_are_refused(real_catalog: Catalog) -> None:
    found = reach(real_catalog, 121.45, 28.645, (5.0, 10.0, 15.0, 20.0, 25.0, 30.0))
    with pytest.raises(DataError, match=r"--minutes: too many for one map, .* 5 times, got 6"):
        figure_bytes("reach", World(catalog=real_catalog, reach=found), look(), "png")


def test_a_site_from_which_nothing_is_reached_says_why(real_catalog: Catalog) -> None:
    found = reach(real_catalog, 125.0, 28.6, (15.0,), at="08:00", peak=True)
    said = words(drawn("reach", World(catalog=real_catalog, reach=found), look()))
    assert f"不可达: {found.reason}"[:12] in said
    assert "出发 08:00" in said
    assert "高峰车速" in said


def test_a_font_of_one_face_does_as_well() -> None:
    page = Page(Look(font=FontFace(path=FONT.path, number=0)))
    page.write("台州")
    assert texts(page)[0].get_window_extent().width > 0.0
