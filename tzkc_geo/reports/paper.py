"""Sheets of A4 with Chinese text, tables and drawings.

fpdf2 and not reportlab: Debian's Noto CJK has CFF outlines, which reportlab refuses to embed; fpdf2
embeds them, the characters used only, and needs no browser.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, cast

from fpdf import FPDF
from fpdf.drawing_primitives import color_from_hex_string
from fpdf.enums import TextMode

from tzkc_geo.reports.drawing import HALO_PX, WIDE, Disc, Drawing, Label, Shape
from tzkc_geo.reports.html import numeric
from tzkc_geo.reports.report_table import INDENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fpdf.drawing_primitives import DeviceGray, DeviceRGB
    from fpdf.fonts import TTFFont

    from tzkc_geo.io.fonts import FontFace

FAMILY: Final = "cjk"
PT_MM: Final = 25.4 / 72.0
MARGIN_MM: Final = 12.0
FOOT_MM: Final = 14.0
BODY_PT, SMALL_PT, TABLE_PT = 9.0, 7.0, 6.5
TITLE_PT, HEADING_PT = 18.0, 13.0
PAD_MM: Final = 0.8  # in a cell
LEADING: Final = 1.35
BREAKS: Final = " -/,;、，；：。_"  # a line may end behind these
CLOSING: Final = " -/,;.)、，；：。）”’》〕】％%"  # a line does not begin with these
CREATED: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # so that the same audit is the same bytes


class Paper(FPDF):
    """A document of A4 sheets, upright or lying, with a line at the foot of each."""

    def __init__(self, font: FontFace, *, foot: str, title: str, lang: str) -> None:
        """Begin without a sheet; ``foot`` stands at the foot of each, before its number."""
        super().__init__(format="A4")
        self.foot = foot
        self.add_font(FAMILY, fname=font.path, collection_font_number=font.number)
        self._font().ttfont.recalcBBoxes = False  # those of the whole font hold for a part of it
        self._ems: dict[str, float] = {}
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=FOOT_MM + 2.0)
        self.set_creation_date(CREATED)
        self.set_title(title)
        self.set_lang(lang)

    def lacking(self) -> str:
        """Return the characters printed so far that the font does not have."""
        return "".join(map(chr, self._font().missing_glyphs))

    def width_of(self, text: str) -> float:
        """Return the width of a text in the font and size that are set, mm; nothing kerns."""
        for character in set(text).difference(self._ems):
            self._ems[character] = self.get_string_width(character) / self.font_size
        return self.font_size * sum(self._ems[character] for character in text)

    def close_font(self) -> None:
        """Close the font file; nothing more can be printed."""
        self._font().close()

    def _font(self) -> TTFFont:
        return cast("TTFFont", self.fonts[FAMILY])  # not one of the core fonts: it has a file

    def footer(self) -> None:
        """Print the foot of a sheet, as fpdf2 asks for it."""
        self.set_y(-FOOT_MM)
        self.set_font(FAMILY, size=SMALL_PT)
        self.set_text_color(90)
        self.cell(self.epw - 20.0, 5.0, self.foot)
        self.cell(20.0, 5.0, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)

    def heading(self, text: str, size: float = HEADING_PT, *, with_mm: float = 0.0) -> None:
        """Print a heading, with so much below it on the same sheet, and note it in the outline."""
        height = size * PT_MM * LEADING + 1.0
        if self.will_page_break(height + with_mm):
            self.add_page(same=True)
        self.start_section(text)
        self.set_font(FAMILY, size=size)
        self.cell(self.epw, height, text, new_x="LMARGIN", new_y="NEXT")

    def paragraph(self, text: str, size: float = BODY_PT) -> None:
        """Print a text as wide as the sheet."""
        self.set_font(FAMILY, size=size)
        for line in wrapped(text, self.epw, self.width_of):
            self.cell(self.epw, size * PT_MM * LEADING, line, new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)

    def table_of(
        self,
        title: str,
        note: str,
        head: Sequence[str],
        shares: Sequence[float],
        rows: Sequence[Sequence[str]],
    ) -> None:
        """Print a heading, a note, and a table whose head stands on every sheet."""
        self.set_font(FAMILY, size=TABLE_PT)
        widths = [self.epw * share / sum(shares) for share in shares]
        right = [numeric(column) for column in zip(*rows, strict=True)] or [False] * len(head)
        top = self._cells(head, widths)
        body = [self._cells(row, widths) for row in rows]
        self.heading(title, with_mm=sum(map(_height, [top, *body[:1]])))
        if note:
            self.paragraph(note, SMALL_PT)
        self._row(top, widths, right, is_head=True)
        for cells in body:
            if self.will_page_break(_height(cells)):
                self.add_page(same=True)
                self._row(top, widths, right, is_head=True)
            self._row(cells, widths, right)
        self.ln(3.0)

    def _cells(self, row: Sequence[str], widths: Sequence[float]) -> list[list[str]]:
        return [
            indented(text, width - 2 * PAD_MM, self.width_of)
            for text, width in zip(row, widths, strict=True)
        ]

    def _row(
        self,
        cells: Sequence[Sequence[str]],
        widths: Sequence[float],
        right: Sequence[bool],
        *,
        is_head: bool = False,
    ) -> None:
        """Print one row, columns of numbers to the right, with a rule below."""
        self.set_font(FAMILY, size=TABLE_PT)
        height, step = _height(cells), TABLE_PT * PT_MM * LEADING
        x, top = self.l_margin, self.get_y()
        if is_head:
            self.set_fill_color(235)
            self.rect(x, top, sum(widths), height, style="F")
        for lines, width, to_right in zip(cells, widths, right, strict=True):
            for place, line in enumerate(lines):
                self.set_xy(x + PAD_MM, top + PAD_MM + place * step)
                self.cell(width - 2 * PAD_MM, step, line, align="R" if to_right else "L")
            x += width
        self.set_draw_color(190)
        self.set_line_width(0.1)
        self.line(self.l_margin, top + height, x, top + height)
        self.set_xy(self.l_margin, top + height)

    def drawing(self, drawing: Drawing, width: float | None = None) -> None:
        """Print a drawing ``width`` mm wide, as wide as the sheet if None, in a frame."""
        wide = self.epw if width is None else width
        mm = wide / drawing.width
        x, y = self.l_margin, self.get_y()
        with self.rect_clip(x, y, wide, drawing.height * mm):
            for mark in drawing.marks:
                self._mark(mark, x, y, mm)
        self.set_draw_color(170)
        self.set_line_width(0.2)
        self.rect(x, y, wide, drawing.height * mm)
        self.set_xy(self.l_margin, y + drawing.height * mm + 3.0)

    def _mark(self, mark: Shape | Disc | Label, x: float, y: float, mm: float) -> None:
        """Print one mark of a drawing whose corner is at ``x``, ``y``."""
        match mark:
            case Shape():
                self._shape(mark, x, y, mm)
            case Disc():
                self.set_fill_color(mark.fill)
                self.circle(x + mark.x * mm, y + mark.y * mm, mark.radius * mm, style="F")
            case Label():
                self._label(mark, x, y, mm)

    def _shape(self, mark: Shape, x: float, y: float, mm: float) -> None:
        with self.new_path() as path:
            style = path.style
            style.auto_close = False
            style.intersection_rule = "evenodd"
            style.fill_color = _colour(mark.fill)
            style.fill_opacity = mark.fill_opacity
            style.stroke_color = _colour(mark.stroke)
            style.stroke_width = mark.width * mm
            style.stroke_dash_pattern = [] if mark.dash is None else [d * mm for d in mark.dash]
            for ring in mark.rings:
                spots = ring * mm + (x, y)
                path.move_to(*map(float, spots[0]))
                for spot in spots[1:]:
                    path.line_to(*map(float, spot))
                if mark.closed:
                    path.close()

    def _label(self, mark: Label, x: float, y: float, mm: float) -> None:
        """Print the lines of a label; a halo is the same text, stroked in white below it."""
        self.set_font(FAMILY, size=mark.size * mm / PT_MM)
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor]
        for base, text in mark.lines():
            left = x + mark.x * mm - back * self.width_of(text)
            if mark.halo:
                rim = HALO_PX * mm / PT_MM  # fpdf2 takes the width of stroked text in points
                with self.local_context(text_mode=TextMode.STROKE, line_width=rim, draw_color=255):
                    self.text(left, y + base * mm, text)
            with self.local_context(text_color=mark.fill):
                self.text(left, y + base * mm, text)


def _colour(text: str | None) -> DeviceRGB | DeviceGray | None:
    return None if text is None else color_from_hex_string(text)


def _height(cells: Sequence[Sequence[str]]) -> float:
    """Return the height of a row, mm."""
    return max(map(len, cells)) * TABLE_PT * PT_MM * LEADING + 2 * PAD_MM


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return a text as lines that are no wider than a width (折行).

    Parameters
    ----------
    text
        Chinese, Latin or both. A line ends behind a blank, a mark such as ``-`` or a Chinese
        character, and does not begin with a closing mark (避头); else it ends within the word.
    width
        In the unit of ``measure``; one character stands on a line even if it is wider.
    measure
        Gives the width of a text.

    Returns
    -------
    list of str
        At least one line; put together they are the text, but for blanks at the ends of lines.
    """
    lines, line, end = [], "", 0  # end: of what may stay on the line
    for character in text:
        if line and character not in CLOSING and (line[-1] in BREAKS or ord(line[-1]) >= WIDE):
            end = len(line)
        if line and measure(line + character) > width:
            at = end or len(line)
            lines.append(line[:at].rstrip())
            line, end = line[at:].lstrip(), 0
        line += character
    return [*lines, line.rstrip()]


def indented(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return a text as lines like `wrapped`, all of them as far in as its first."""
    words = text.lstrip(INDENT)
    before = text[: len(text) - len(words)]
    return [before + line for line in wrapped(words, width - measure(before), measure)]
