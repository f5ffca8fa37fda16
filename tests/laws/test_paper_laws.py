"""Laws of what is printed: lines fit, no text is lost, cells show what they hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.reports.html import numeric
from tzkc_geo.reports.labels import Lang
from tzkc_geo.reports.paper import indented, wrapped
from tzkc_geo.reports.report_table import INDENT, Cell, Column, shown

texts = st.text("台州湾科创走廊，。（）ab-c 12.3/", max_size=60)
widths = st.integers(1, 20)


def measure(text: str) -> float:
    """Two for a Chinese character, one for another."""
    return float(sum(2 if ord(c) > 0x2E80 else 1 for c in text))


@given(texts, widths)
def test_no_line_is_wider_than_the_column(text: str, width: int) -> None:
    assert all(measure(line) <= width or len(line) == 1 for line in wrapped(text, width, measure))


@given(texts, widths)
def test_the_lines_are_the_text_but_for_blanks(text: str, width: int) -> None:
    lines = wrapped(text, width, measure)
    assert lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(texts, widths)
def test_a_text_that_fits_stays_on_one_line(text: str, width: int) -> None:
    assert (len(wrapped(text, width, measure)) == 1) or measure(text) > width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("台州湾，科创", 6, ["台州", "湾，科", "创"]),  # no line begins with a comma
        ("schematic line", 10, ["schematic", "line"]),
        ("c02-north-step", 9, ["c02-", "north-", "step"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 3, [""]),
    ],
)
def test_lines_known_by_hand(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width, measure) == lines


@given(st.integers(0, 3), texts, widths)
def test_an_indented_text_is_indented_on_every_line(depth: int, text: str, width: int) -> None:
    before = INDENT * depth
    lines = indented(before + text, width + measure(before), measure)
    assert lines == [before + line for line in wrapped(text, width, measure)]


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (["1.5", "–", "-2", "+0.25"], True),
        (["–", "–"], False),
        (["2019-04-02", "1"], False),
        (["1", "c01"], False),
        ([], False),
    ],
)
def test_a_column_of_numbers_holds_nothing_else(column: list[str], *, numbers: bool) -> None:
    assert numeric(column) is numbers


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [
        (True, "是", "yes"),
        (False, "否", "no"),
        (None, "–", "–"),
        (Decimal("4.920"), "4.920", "4.920"),
        (4.9249, "+4.92", "+4.92"),
        (-0.0001, "0.00", "0.00"),
        (7, "7", "7"),
        ("椒金线", "椒金线", "椒金线"),
    ],
)
def test_a_cell_shows_what_it_holds(cell: Cell, zh: str, en: str) -> None:
    column = Column(title="t", digits=2, signed=True)
    assert (shown(cell, column, Lang.ZH), shown(cell, column, Lang.EN)) == (zh, en)
