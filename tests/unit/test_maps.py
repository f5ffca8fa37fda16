"""The overview map as text: self-contained, honest about grades, the same every time."""

import re
from dataclasses import replace

import pytest

from tests.toy.world import catalog
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.io.assets import leaflet
from tzkc_geo.maps import overview_html
from tzkc_geo.maps.layers import FUZZY, dashed, edges, infill, units
from tzkc_geo.maps.words import LANGUAGES, accuracy, edge_lines

TOY = catalog()
# Everything that makes a browser fetch: a link, a source, an import, a url() of CSS, a source map.
FETCHES = re.compile(
    r"""(?:src|href)\s*=\s*["']?(?!data:)[^"'\s>]*(?://|\.(?:js|css|png))"""
    r"""|@import|url\((?!["']?data:)[^)]*(?://|\.png)|sourceMappingURL"""
    r"""|<link (?!rel="icon" href="data:,">)"""
)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> str:
    return overview_html(TOY, lang=request.param)


def test_a_browser_fetches_nothing(page: str) -> None:
    script = leaflet()[1]
    assert script in page
    own = page.replace(script, "")
    assert FETCHES.findall(own) == []
    assert "http://" not in own
    assert "https://" not in own


def test_the_assets_are_whole_and_hold_their_pictures() -> None:
    css, js = leaflet()
    assert css.count("url(data:image/png;base64,") == 3
    assert 'version="1.9' in js
    assert "sourceMappingURL" not in js
    addresses = set(re.findall(r"""["'(](https?://[^"')]*)""", js))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, not a link


def test_note_grades_and_names_are_on_the_page_in_both_languages(page: str) -> None:
    for text in ("「示意图，非法定边界」", "not a legal boundary", "ODbL 1.0", "OpenStreetMap"):
        assert text in page
    for text in ("已定位", "located", "面积闭合", "closed", "示意", "schematic"):
        assert text in page
    for row in TOY.units:
        assert row.name_zh in page or row.name_zh.encode("unicode_escape").decode() in page


def test_the_same_catalog_gives_the_same_page() -> None:
    assert overview_html(TOY) == overview_html(TOY)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="zh, en"):
        overview_html(TOY, lang="fr")


def dashes(unit_id: str) -> list[bool]:
    grade = TOY.results[unit_id].grade
    return [dashed(edge, grade) for edge in TOY.edges_of(unit_id)]


def test_edges_are_dashed_as_their_grade_says() -> None:
    assert dashes("c01") == [False] * 4  # located
    assert dashes("c02") == [True, False, False, False]  # closed: the east side by its area
    assert dashes("c07") == [True] * 4  # schematic


def test_a_dashed_edge_lies_on_white_and_below_the_solid_ones() -> None:
    styles = [f["properties"]["style"] for f in edges(TOY, [TOY.unit("c02")], 0)]
    assert ["dashArray" in style for style in styles] == [False, True, False, False, False]
    assert styles[0]["color"] == "#fff"


def test_a_zone_draws_only_the_edges_that_no_line_makes() -> None:
    assert len(infill(TOY, [TOY.unit("core")], 0)) == 4
    assert infill(TOY, [TOY.unit("c01")], 0) == []


def test_only_a_schematic_outline_has_a_fuzzy_edge() -> None:
    assert len(units(TOY, [TOY.unit("c01")], 0)) == 1
    assert len(units(TOY, [TOY.unit("c07")], 0)) == 1 + len(FUZZY)


def test_an_edge_says_its_accuracy_or_its_band() -> None:
    east, south = TOY.edges_of("c03")[:2]
    assert accuracy(east, 0) == "95% 精度 ±20 m"
    assert accuracy(south, 1) == "no accuracy; stated band 300 m"
    assert edge_lines(south, 0)[:2] == ["c03规划路", "c03 · 南至规划路"]


def test_markup_in_a_name_stays_text() -> None:
    evil = "</script><b>`${1}`"
    rows = tuple(
        replace(row, name_zh=evil) if row.unit_id in ("c01", "z1") else row for row in TOY.units
    )
    assert evil not in overview_html(replace(TOY, units=rows))


def test_a_station_without_a_position_is_named_not_drawn(page: str) -> None:
    assert "s2b站" in page or "S2B" in page
    assert page.count("s2b") + page.count("S2B") == 1
