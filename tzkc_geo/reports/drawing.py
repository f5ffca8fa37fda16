"""A drawing as marks on a sheet, and that as SVG; the PDF draws the same marks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, Literal

from tzkc_geo.reports.picture import path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

HALO_PX: Final = 4.0
WIDE: Final = 0x2E80  # from here on a character is as wide as it is high
LEADING, ASCENT, DESCENT = 1.25, 0.9, 0.3  # of the size of a text
NARROW_EM: Final = 0.6  # width of a figure or a letter, rather too much than too little


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """A line, or an area of one or more rings."""

    rings: tuple[Points, ...]  # each (n, 2) pixels, y down
    closed: bool = False
    fill: str | None = None
    fill_opacity: float = 1.0
    stroke: str | None = None
    width: float = 1.0
    dash: tuple[float, float] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A dot."""

    x: float
    y: float
    radius: float
    fill: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Lines of text, one below the other; ``y`` is the base line of the first."""

    x: float
    y: float
    text: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    fill: str = "#111111"
    halo: bool = False  # a white rim, to be read over lines

    def width(self) -> float:
        """Return an estimate of its width, pixels."""
        return self.size * max(
            sum(1.0 if ord(c) >= WIDE else NARROW_EM for c in text) for _, text in self.lines()
        )

    def lines(self) -> list[tuple[float, str]]:
        """Return its lines, each with its base line."""
        step = LEADING * self.size
        return [(self.y + k * step, text) for k, text in enumerate(self.text.split("\n"))]

    def top(self) -> float:
        """Return where its highest letters end."""
        return self.y - ASCENT * self.size

    def bottom(self) -> float:
        """Return where its lowest letters end."""
        return self.lines()[-1][0] + DESCENT * self.size

    def left(self) -> float:
        """Return where it begins, by the estimate."""
        return self.x - self.width() * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Marks on a sheet, the first lowest."""

    width: float
    height: float
    title: str
    marks: tuple[Shape | Disc | Label, ...]


def svg(drawing: Drawing) -> str:
    """Return a drawing as one SVG element.

    Parameters
    ----------
    drawing
        Sizes in pixels.
    """
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="{escape(drawing.title)}"'
        f' viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}">'
        + "\n".join(_svg(mark) for mark in drawing.marks)
        + "</svg>"
    )


def _svg(mark: Shape | Disc | Label) -> str:
    match mark:
        case Shape():
            return _shape(mark)
        case Disc():
            return (
                f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}"'
                f' fill="{mark.fill}">{_title(mark.title)}</circle>'
            )
        case Label():
            rim = f' stroke="#fff" stroke-width="{HALO_PX:g}" paint-order="stroke"'
            return "".join(
                f'<text x="{mark.x:.1f}" y="{y:.1f}" font-size="{mark.size:g}"'
                f' text-anchor="{mark.anchor}" fill="{mark.fill}"{rim if mark.halo else ""}>'
                f"{escape(text)}</text>"
                for y, text in mark.lines()
            )


def _shape(mark: Shape) -> str:
    drawn = "".join(path(ring, closed=mark.closed) for ring in mark.rings)
    parts = [f'<path d="{drawn}" fill="{mark.fill or "none"}"']
    if mark.fill_opacity < 1.0:
        parts.append(f'fill-opacity="{mark.fill_opacity:g}"')
    if mark.stroke:
        parts.append(f'stroke="{mark.stroke}" stroke-width="{mark.width:g}"')
    if mark.dash:
        parts.append(f'stroke-dasharray="{mark.dash[0]:g} {mark.dash[1]:g}"')
    return " ".join(parts) + f' fill-rule="evenodd">{_title(mark.title)}</path>'


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""
