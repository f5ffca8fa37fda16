"""One sheet of paper: title, frame, panel of text and signs, foot; and its bytes in a file."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from tzkc_geo.maps.words import NOTE, WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.claim_terms import PlanTables
    from tzkc_geo.io.fonts import FontFace
    from tzkc_geo.network.reach import Reach
    from tzkc_geo.reports.audit import AuditReport

SIZES: Final = {"a4": (297.0, 210.0), "a3": (420.0, 297.0), "16:9": (338.667, 190.5)}  # mm
MM: Final = 25.4  # of one inch
A4_MM: Final = 210.0  # the height at which letters have the size that is named
MAP: Final = (0.02, 0.105, 0.665, 0.80)  # left, bottom, width, height; shares of the sheet
PANEL: Final = (0.695, 0.105, 0.285, 0.80)
LINE: Final = 1.5  # from one line of text to the next, in sizes of its letters
CRS_NOTE: Final = "CGCS2000 / 3-degree Gauss-Kruger CM 120E (EPSG:4549)"
REVIEW: Final = ("审图号：", "Map review No. (审图号): ")
DATE: Final = ("版本日期", "edition")
NO_DATE: Final = ("未注明", "not stated")
# The same bytes each time: no clock, no random ids. Letters of a PDF are kept as text, those of
# an SVG as outlines, so that it needs no font. Type 3, because a Noto font has outlines that
# type 42 does not allow.
SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "tzkc_geo",
    "pdf.fonttype": 3,
    "hatch.linewidth": 0.5,
    "text.hinting": "no_hinting",
    "text.parse_math": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a figure is to look."""

    font: FontFace
    size: str = "a4"  # a key of SIZES
    lang: int = 0  # 0 Chinese, 1 English
    dpi: float = 150.0  # of a PNG
    review_number: str = ""  # 审图号; empty: its slot stays empty


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What figures are drawn from; each figure needs the catalog and at most one of the rest."""

    catalog: Catalog
    plan: PlanTables | None = None  # for `carriers`
    report: AuditReport | None = None  # for `audit`
    reach: Reach | None = None  # for `reach`


class Page:
    """A sheet that is being drawn; letters and lines grow with its height."""

    def __init__(self, look: Look) -> None:
        """Begin with an empty sheet."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        width, height = SIZES[look.size]
        self.look = look
        self.figure: Figure = Figure(figsize=(width / MM, height / MM), facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.scale = height / A4_MM
        self.axes: Axes = self.figure.add_axes(MAP)
        self.title = ""
        self._y = PANEL[1] + PANEL[3]

    def pick(self, pair: tuple[str, str]) -> str:
        """Return the text of the sheet's language."""
        return pair[self.look.lang]

    def letters(self, size: float) -> FontProperties:
        """Return the font in a size, points on A4."""
        from matplotlib.font_manager import FontPath, FontProperties

        face = self.look.font
        return FontProperties(fname=FontPath(str(face.path), face.number), size=size * self.scale)

    def text(self, x: float, y: float, words: str, size: float, **more: Any) -> None:  # noqa: ANN401
        """Write on the sheet, in shares of it; ``more`` goes to matplotlib."""
        self.figure.text(x, y, words, fontproperties=self.letters(size), **more)

    def head_and_foot(self, catalog: Catalog, title: tuple[str, str]) -> None:
        """Write the title, and below the frame what the figure is and is not."""
        self.title = self.pick(title)
        self.text(MAP[0], 0.935, self.title, 17.0, va="baseline")
        self.text(0.98, 0.935, f"「{self.pick(NOTE)}」", 11.0, ha="right", color="#b00020")
        review = self.pick(REVIEW) + self.look.review_number
        self.text(PANEL[0], 0.062, review, 8.0)
        date = catalog.edition_date or self.pick(NO_DATE)
        first = f"{CRS_NOTE} · {self.pick(DATE)} {date} · {catalog.digest[:12]}"
        for y, words in (
            (0.068, first),
            (0.043, self.pick(WORDS["source"])),
            (0.018, self.pick(WORDS["data"])),
        ):
            self.text(MAP[0], y, words, 7.5, color="#333333")

    def heading(self, words: str) -> None:
        """Write a heading into the panel."""
        self._y -= 0.008
        self.write(words, size=10.5)

    def write(self, words: str, size: float = 8.0, *, indent: float = 0.0) -> None:
        """Write into the panel, below what is there, on as many lines as it takes."""
        room = (PANEL[2] - indent) * self._width_pt() / (size * self.scale)
        for line in wrapped(words, room):
            self._y -= self._share(size * LINE)
            self.text(PANEL[0] + indent, self._y, line, size, va="baseline")

    def entry(self, words: str, size: float = 8.0, **style: Any) -> None:  # noqa: ANN401
        """Write into the panel with a box of a style before it."""
        from matplotlib.patches import Rectangle

        tall, y = self._share(size * 1.1), self._y - self._share(size * LINE)
        box = Rectangle((PANEL[0], y - tall * 0.15), 0.024, tall, **style)
        self.figure.add_artist(box)
        self.write(words, size, indent=0.032)

    def sign(self, words: str, size: float = 8.0, **style: Any) -> None:  # noqa: ANN401
        """Write into the panel with a line or a mark of a style before it."""
        from matplotlib.lines import Line2D

        y = self._y - self._share(size * (LINE - 0.35))
        ends = [PANEL[0] + 0.012] if style.get("marker") else [PANEL[0], PANEL[0] + 0.024]
        sign = Line2D(ends, [y] * len(ends), transform=self.figure.transFigure, **style)
        self.figure.add_artist(sign)
        self.write(words, size, indent=0.032)

    @property
    def left(self) -> float:
        """Room that is left in the panel, a share of the sheet; negative: too much is written."""
        return self._y - PANEL[1]

    def _share(self, points: float) -> float:
        return points / A4_MM * MM / 72.0

    def _width_pt(self) -> float:
        return SIZES[self.look.size][0] / MM * 72.0


def wrapped(words: str, room: float) -> list[str]:
    """Return lines of at most so many sizes of a letter: wide letters take one, others 0.56.

    A line of Latin words is broken between them, Chinese anywhere.
    """
    lines, line, width = [], "", 0.0
    for letter in words:
        step = 1.0 if east_asian_width(letter) in "WFA" else 0.56
        if width + step > room and line:
            head, space, tail = line.rpartition(" ")
            tail = tail if space and letter.isascii() and tail.isascii() else ""
            head = head if tail else line
            lines.append(head.rstrip())
            line = tail
            width = 0.56 * len(tail)
        if line or letter != " ":
            line, width = line + letter, width + step
    return [*lines, line]


def saved(page: Page, ending: str) -> bytes:
    """Return a finished sheet as the bytes of a file: ``png``, ``svg`` or ``pdf``."""
    import matplotlib as mpl

    title = f"{page.title} ({page.pick(NOTE)})"
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Title": title, "Software": None},
        "svg": {"Title": title, "Date": None, "Creator": "tzkc_geo"},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "tzkc_geo", "Producer": None},
    }
    file = BytesIO()
    with mpl.rc_context(SETTINGS):
        page.figure.savefig(file, format=ending, dpi=page.look.dpi, metadata=metadata[ending])
    return file.getvalue()
