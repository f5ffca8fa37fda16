"""The adjustment page and the README's table, over the real catalog."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest

from tzkc_geo.catalog import Catalog
from tzkc_geo.errors import DataError
from tzkc_geo.reports import adjust_html, known_markdown, spliced
from tzkc_geo.reports.known import BEGIN, END
from tzkc_geo.reports.picture import picture_svg

SVG = "{http://www.w3.org/2000/svg}"


class Tables(HTMLParser):
    """Collect the rows of every table as lists of cell texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.tables[-1][-1][-1] += data


def test_the_page_asks_no_outside_address(real_catalog: Catalog) -> None:
    page = adjust_html(real_catalog)
    assert not re.search(r'(?:src|href)="', page)
    assert re.findall(r"https?://[^\" <]+", page) == ["http://www.w3.org/2000/svg"]


def test_every_line_observation_and_reading_stands_in_a_table(real_catalog: Catalog) -> None:
    parser = Tables()
    parser.feed(adjust_html(real_catalog))
    cells = {cell for table in parser.tables for row in table for cell in row}
    content = real_catalog.adjustment
    for kind, key in (("lines", "line_id"), ("observations", "id"), ("readings", "reading_id")):
        assert {row[key] for row in content[kind]} <= cells
    widths = [{len(row) for row in table} for table in parser.tables]
    assert all(len(width) == 1 for width in widths)  # no row is longer than its head


def test_the_picture_is_well_formed_and_holds_every_line(real_catalog: Catalog) -> None:
    root = ET.fromstring(picture_svg(real_catalog))  # noqa: S314  (our own text)
    titles = {title.text for title in root.iter(f"{SVG}title")}
    for line in real_catalog.adjustment["lines"]:
        assert f"{line['name_zh']} {line['line_id']} · {line['grade']}" in titles


def test_only_lines_with_an_accuracy_have_a_band(real_catalog: Catalog) -> None:
    root = ET.fromstring(picture_svg(real_catalog))  # noqa: S314  (our own text)
    bands = [p for p in root.iter(f"{SVG}path") if p.get("fill-opacity") == ".18"]
    known = [x for x in real_catalog.adjustment["lines"] if x["accuracy_m"] is not None]
    assert len(bands) == len(known)
    assert 0 < len(known) < len(real_catalog.adjustment["lines"])


def test_the_scale_bar_is_two_kilometres(real_catalog: Catalog) -> None:
    svg = picture_svg(real_catalog)
    width, height = (float(v) for v in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    bar = float(re.findall(r"M20 \d+ h([\d.]+)", svg)[0])
    root = ET.fromstring(svg)  # noqa: S314  (our own text)
    spots = {t.text: float(t.get("x", "0")) for t in root.iter(f"{SVG}text")}
    assert width > height
    # c10 and c05 are 30 km apart: their labels must be 15 bars apart, to the nearest pixel
    ground = {
        u: np.asarray(real_catalog.polygons[u].representative_point().coords)[0]
        for u in ("c10", "c05")
    }
    east_m = (ground["c05"][0] - ground["c10"][0]) * 111_320 * np.cos(np.radians(28.66))
    assert (spots["c05"] - spots["c10"]) / bar * 2000 == pytest.approx(east_m, rel=0.02)


def test_the_table_has_one_row_a_cluster_and_never_a_bare_accuracy(real_catalog: Catalog) -> None:
    lines = known_markdown(real_catalog).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == [f"c{k:02d}" for k in range(1, 15)]
    assert {line.count("|") for line in lines} == {9}
    schematic = next(line for line in lines if line.startswith("| c11"))
    assert "m," not in schematic.split("|")[6]  # no side of c11 is known


def test_splicing_twice_changes_nothing() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = spliced(text, "| new |\n", where="README.md")
    assert "old" not in once
    assert once.startswith("before\n")
    assert once.endswith(f"{END}\nafter\n")
    assert spliced(once, "| new |\n", where="README.md") == once


@pytest.mark.parametrize("text", ["no marks", BEGIN, END])
def test_a_missing_mark_is_named(text: str) -> None:
    with pytest.raises(DataError, match=r"README\.md: marks are missing"):
        spliced(text, "", where="README.md")
