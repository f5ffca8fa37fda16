"""Tiles as pictures: PNG with a palette, drawn in numpy (栅格瓦片)."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.collections import POLYGONS
from tzkc_geo.tiles.looks import CLEAR
from tzkc_geo.tiles.scheme import EXTENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.tiles.looks import Look, Rgba

    Flags = NDArray[np.bool_]
    Shapes = NDArray[np.object_]
    Numbers = NDArray[np.uint8]

PLAIN: Final = 256  # pixels along a side of a tile whose lines have their plain width
DASH: Final = 8  # pixels of a dash, and of the gap after it
AROUND: Final = 2.0  # pixels that a line around a line or dot adds, both sides together
REACH: Final = 16  # pixels around a tile whose lines and dots reach into it
QUARTER: Final = 3  # segments of a quarter of a dot


def draw(
    geometry: str, shapes: Shapes, tile: tuple[int, int], looks: Sequence[Look], *, size: int
) -> bytes:
    """Return a picture of one tile.

    Parameters
    ----------
    geometry
        ``Polygon``, ``LineString`` or ``Point``.
    shapes
        Shape ``(n,)``, grid steps of the zoom, as `tzkc_geo.tiles.simplify` gives them.
    tile
        Column and row.
    looks
        How each of them is drawn.
    size
        Pixels along a side: 256, or 512 for screens of twice the density.

    Returns
    -------
    bytes
        PNG; empty where nothing is drawn.

    Notes
    -----
    A pixel belongs to the polygon that holds its centre; of two to the higher one, then to the
    earlier. Hatches and dashes go on from tile to tile.
    """
    step, scale = EXTENT / size, size // PLAIN
    west, north = (EXTENT * number for number in tile)
    reach = REACH * scale * step
    window = (west - reach, north - reach, west + EXTENT + reach, north + EXTENT + reach)
    near = shapely.clip_by_rect(shapes, *window)
    rows = [row for row in _order(looks) if not near[row].is_empty]
    margin = scale * (geometry == POLYGONS)  # an outline looks at its neighbours
    corner = np.array([west, north]) - margin * step
    pixels = shapely.transform(near[rows], lambda xy: (xy - corner) / step)
    side = size + 2 * margin
    mine = [looks[row] for row in rows]
    canvas = _Canvas(side)
    if geometry == POLYGONS:
        canvas.ground(pixels, mine, scale)
    else:
        canvas.strokes(pixels, mine, scale)
    numbers = canvas.numbers[margin : side - margin, margin : side - margin]
    return to_png(numbers, list(canvas.colours)) if numbers.any() else b""


def _order(looks: Sequence[Look]) -> list[int]:
    """Return who is drawn first: lower ranks, and of one rank the later ones."""
    return sorted(range(len(looks)), key=lambda row: (looks[row].rank, -row))


class _Canvas:
    """The number of a colour for each pixel; number 0 is clear."""

    def __init__(self, side: int) -> None:
        self.numbers: Numbers = np.zeros((side, side), dtype=np.uint8)
        self.colours: dict[Rgba, int] = {CLEAR: 0}

    def ground(self, shapes: Iterable[object], looks: Sequence[Look], scale: int) -> None:
        """Draw polygons: fill, hatch, and their outline on the inner side."""
        owner = np.zeros(self.numbers.shape, dtype=np.uint8)
        for number, shape in enumerate(shapes, start=1):
            owner[inside(shape, len(owner))] = number
        edge = _differs(owner, scale)
        for number in np.unique(owner[owner > 0]).tolist():
            look, mine = looks[number - 1], owner == number
            self._put(mine, look.fill)
            if look.spacing:
                lines = hatch(len(owner), scale, look.spacing, look.crossed)
                self._put(mine & lines, look.hatch)
            line = mine & edge
            self._put(line & dashes(len(owner), scale) if look.dashed else line, look.line)

    def strokes(self, shapes: Shapes, looks: Sequence[Look], scale: int) -> None:
        """Draw lines and dots, those of one look together."""
        side = len(self.numbers)
        for look in dict.fromkeys(looks):
            same = shapely.union_all(shapes[[other == look for other in looks]])
            wide = [(look.width + AROUND, look.line)] * (look.line != CLEAR)
            for width, colour in (*wide, (look.width, look.fill)):
                shape = shapely.buffer(same, width * scale / 2, quad_segs=QUARTER)
                mine = inside(shape, side)
                self._put(mine & dashes(side, scale) if look.dashed else mine, colour)

    def _put(self, mine: Flags, colour: Rgba) -> None:
        self.numbers[mine] = self.colours.setdefault(colour, len(self.colours))


@lru_cache(maxsize=32)
def hatch(side: int, scale: int, spacing: int, crossed: bool) -> Flags:  # noqa: FBT001  (a key)
    """Return the pixels of the lines of a hatch, ``(side, side)``; they go on in the next tile."""
    row, column = np.ogrid[:side, :side]
    found: Flags = (row + column) % (spacing * scale) < scale
    return found | ((row - column) % (spacing * scale) < scale) if crossed else found


@lru_cache(maxsize=8)
def dashes(side: int, scale: int) -> Flags:
    """Return the pixels of dashes along lines of any direction, ``(side, side)``."""
    row, column = np.ogrid[:side, :side]
    found: Flags = (row + 2 * column) // (DASH * scale) % 2 == 0
    return found


def _differs(owner: Numbers, by: int) -> Flags:
    """Return the pixels that have a pixel of another owner so far away."""
    found = np.zeros(owner.shape, dtype=bool)
    for axis in (0, 1):
        a = np.moveaxis(owner, axis, 0)
        other = a[by:] != a[:-by]
        edge = np.moveaxis(found, axis, 0)
        edge[by:] |= other
        edge[:-by] |= other
    return found


def inside(shape: object, size: int) -> Flags:
    """Return the pixels whose centre is in a polygon.

    Parameters
    ----------
    shape
        A polygon or several; pixels, x to the right and y down.
    size
        Pixels along a side.

    Returns
    -------
    ndarray
        Shape ``(size, size)``, row by row.

    Notes
    -----
    Each edge turns over all pixels of a row from where it crosses their centres to the right;
    what is turned over an odd number of times is inside.
    """
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shape)), return_index=True
    )
    joined = ring[1:] == ring[:-1]
    a, b = xy[:-1][joined], xy[1:][joined]
    first, last = (
        np.clip(np.ceil(end[:, 1] - 0.5), 0, size).astype(np.intp)
        for end in (np.where(a[:, 1:] < b[:, 1:], a, b), np.where(a[:, 1:] < b[:, 1:], b, a))
    )
    spans = last - first
    edge = np.repeat(np.arange(len(spans)), spans)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans) + first[edge]
    slope = (b[edge, 0] - a[edge, 0]) / (b[edge, 1] - a[edge, 1])
    x = a[edge, 0] + (row + 0.5 - a[edge, 1]) * slope
    column = np.clip(np.ceil(x - 0.5), 0, size).astype(np.intp)
    turns = np.zeros(size * (size + 1), dtype=np.uint8)  # 256 turns are none, as is right
    np.add.at(turns, row * (size + 1) + column, np.uint8(1))
    turned = (turns & 1).view(bool).reshape(size, size + 1)[:, :size]
    found: Flags = np.logical_xor.accumulate(turned, axis=1)
    return found


def to_png(numbers: Numbers, colours: Sequence[Rgba]) -> bytes:
    """Return a picture of numbers of colours as PNG.

    Parameters
    ----------
    numbers
        Shape ``(height, width)``, each below the number of colours.
    colours
        Red, green, blue, opacity, 0 to 255; at most 256.
    """
    height, width = numbers.shape
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each begins with filter 0: none
    lines[:, 1:] = numbers
    table = np.array(colours, dtype=np.uint8)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", table[:, :3].tobytes()),
            _chunk(b"tRNS", table[:, 3].tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
