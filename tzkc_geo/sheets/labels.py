"""Names on a map that do not cover each other (注记)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    from tzkc_geo.sheets.page import Page

DIRECTIONS: Final = tuple(np.deg2rad(np.arange(0.0, 360.0, 22.5)).tolist())
RADII: Final = (7.0, 11.0, 16.0, 22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0)  # points on A4
LEADER: Final = 15.0  # points on A4; a label farther off has a line to its place
CLEAR: Final = 1.5  # points on A4 between two labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What is to be written at a place of the map."""

    x: float  # kilometres, EPSG:4549
    y: float
    text: str
    size: float = 8.0  # points on A4
    colour: str = "#111111"
    turn: float = 0.0  # where it best stands, radians from the east counterclockwise
    on: bool = False  # whether it may stand on its place, as the name of an area does


def place(page: Page, names: Iterable[Name], taken: Iterable[Bbox]) -> list[Name]:
    """Write names on the map and return those for which there was no room.

    Parameters
    ----------
    page
        The sheet; the limits of its map are set.
    names
        The most important first: each takes the first free place near its own.
    taken
        Boxes in pixels of the canvas that stay free.

    Notes
    -----
    Places are tried in rings of growing radius, in each from the best direction away to both
    sides, so that the same names always stand the same.
    """
    from matplotlib.transforms import Bbox

    boxes, left_out = list(taken), []
    frame = page.axes.get_window_extent()
    pixels = page.scale * page.figure.dpi / 72.0
    for name in names:
        text = _text(page, name)
        own = text.get_window_extent()
        at = page.axes.transData.transform((name.x, name.y))
        for dx, dy in _steps(name, own, pixels):
            middle = at + np.array([dx, dy])
            half = np.array([own.width, own.height]) / 2 + CLEAR * pixels
            box = Bbox([middle - half, middle + half])
            inside = frame.contains(*box.min) and frame.contains(*box.max)
            if inside and not any(box.overlaps(other) for other in boxes):
                x, y = page.axes.transData.inverted().transform(middle).tolist()
                text.set_position((x, y))
                boxes.append(box)
                _lead(page, name, box, at, LEADER * pixels)
                break
        else:
            text.remove()
            left_out.append(name)
    return left_out


def _text(page: Page, name: Name) -> Text:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2 * page.scale, foreground="white")]
    return page.axes.text(
        name.x,
        name.y,
        name.text,
        ha="center",
        va="center",
        color=name.colour,
        gid="label",
        zorder=20,
        path_effects=halo,
        fontproperties=page.letters(name.size),
        linespacing=1.1,
    )


def _steps(name: Name, own: Bbox, pixels: float) -> Iterator[tuple[float, float]]:
    """Yield pixels from the place of a name to where the middle of its text may stand."""
    if name.on:
        yield 0.0, 0.0
    best = sorted(DIRECTIONS, key=lambda turn: -round(float(np.cos(turn - name.turn)), 6))
    for radius, turn in product(RADII, best):
        east, north = float(np.cos(turn)), float(np.sin(turn))
        yield (
            east * (radius * pixels + own.width / 2),
            north * (radius * pixels + own.height / 2),
        )


def _lead(page: Page, name: Name, box: Bbox, at: np.ndarray, far: float) -> None:
    """Draw a line from a place to its label where they are far from each other."""
    near = np.clip(at, box.min, box.max)
    if float(np.hypot(*(near - at))) < far:
        return
    x, y = page.axes.transData.inverted().transform(near)
    page.axes.plot([name.x, x], [name.y, y], color="#555555", lw=0.6 * page.scale, zorder=15)
