"""Vector tiles: shapes and properties as bytes (Mapbox Vector Tile 2.1, 矢量瓦片)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.collections import LINES, POINTS, POLYGONS
from tzkc_geo.tiles.scheme import BUFFER, EXTENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.collections import Collection

    Shapes = NDArray[np.object_]
    Whole = NDArray[np.int64]

KINDS: Final = {POINTS: 1, LINES: 2, POLYGONS: 3}  # of a feature, in a tile
PART: Final = {POINTS: 0, LINES: 1, POLYGONS: 3}  # the type of a single part, of GEOS
MOVE, DRAW, CLOSE = 1, 2, 15  # commands; a ring is closed once
TABLE: Final = 2**14  # numbers whose bytes are kept
LOW_BITS: Final = 0x7F  # seven bits


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of the features of a collection, as bytes."""

    keys: bytes  # all names, as the layer has them
    cells: tuple[tuple[tuple[int, bytes], ...], ...]  # of each feature: number of key, value

    @classmethod
    def of(cls, collection: Collection) -> Properties:
        """Return those of a collection; what is not known is left out."""
        columns = collection.columns
        rows = [
            tuple(
                (number, _value(column.kind, value))
                for number, column in enumerate(columns)
                if (value := collection.values[column.name][row]) is not None
            )
            for row in range(len(collection))
        ]
        names = b"".join(_framed(0x1A, column.name.encode()) for column in columns)
        return cls(names, tuple(rows))


def encode(
    name: str, geometry: str, shapes: Shapes, tile: tuple[int, int], cells: Properties
) -> bytes:
    """Return one layer of one tile.

    Parameters
    ----------
    name
        Of the layer.
    geometry
        ``Polygon``, ``LineString`` or ``Point``.
    shapes
        Shape ``(n,)``, grid steps of the zoom, as `tzkc_geo.tiles.simplify` gives them.
    tile
        Column and row.
    cells
        The properties of the features, in the same order.

    Returns
    -------
    bytes
        A tile of one layer; empty where nothing of the shapes is in it. Tiles that are written
        one behind the other are one tile of all their layers. The id of a feature is its
        number in the collection, from 1.

    Notes
    -----
    Mapbox Vector Tile specification 2.1: outer rings turn clockwise on the screen, inner rings
    the other way. A ring or line that shrinks to nothing in the grid is left out.
    """
    features: list[bytes] = []
    values: dict[bytes, int] = {}
    for row, drawn in _drawn(geometry, shapes, tile):
        tags = [
            number
            for key, value in cells.cells[row]
            for number in (key, values.setdefault(value, len(values)))
        ]
        body = b"\x08" + varint(row + 1) + _framed(0x12, _varints(tags))
        body += bytes((0x18, KINDS[geometry])) + _framed(0x22, drawn)
        features.append(_framed(0x12, body))
    if not features:
        return b""
    layer = b"\x78\x02" + _framed(0x0A, name.encode()) + b"".join(features) + cells.keys
    layer += b"".join(_framed(0x22, value) for value in values) + b"\x28" + varint(EXTENT)
    return _framed(0x1A, layer)


def _drawn(geometry: str, shapes: Shapes, tile: tuple[int, int]) -> Iterable[tuple[int, bytes]]:
    """Yield the features that are in a tile, each with its drawing commands."""
    west, north = (EXTENT * number for number in tile)
    window = (west - BUFFER, north - BUFFER, west + EXTENT + BUFFER, north + EXTENT + BUFFER)
    parts, rows = shapely.get_parts(shapely.clip_by_rect(shapes, *window), return_index=True)
    sound = shapely.get_type_id(parts) == PART[geometry]
    parts, rows = parts[sound], rows[sound]
    if geometry == POLYGONS:
        lines, of_part = shapely.get_rings(parts, return_index=True)
        outer = np.diff(of_part, prepend=-1) > 0
        rows = rows[of_part]
    else:
        lines, outer = parts, np.zeros(len(parts), dtype=bool)
    xy, of_line = shapely.get_coordinates(lines, return_index=True)
    grid = np.rint(xy - (west, north)).astype(np.int64)
    found: dict[int, _Pen] = {}
    for row, is_outer, points in zip(
        rows.tolist(), outer.tolist(), _split(grid, of_line, len(lines)), strict=True
    ):
        pen = found.setdefault(row, _Pen())
        if geometry == POLYGONS:
            pen.ring(points, outer=is_outer)
        elif geometry == LINES:
            pen.line(points)
        else:
            pen.point(points)
    for row, pen in found.items():
        if drawn := pen.commands():
            yield row, drawn


def _split(grid: Whole, of_line: NDArray[np.intp], lines: int) -> list[list[tuple[int, int]]]:
    """Return the points of each line; points that fall together are one."""
    stays = np.ones(len(grid), dtype=bool)
    stays[1:] = (grid[1:] != grid[:-1]).any(axis=1) | (of_line[1:] != of_line[:-1])
    points = [(x, y) for x, y in grid[stays].tolist()]
    ends = np.searchsorted(of_line[stays], np.arange(lines + 1)).tolist()
    return [points[a:b] for a, b in pairwise(ends)]


class _Pen:
    """Draws one feature: numbers for commands and for steps from point to point."""

    __slots__ = ("at", "dropped", "numbers", "points")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.points: list[tuple[int, int]] = []
        self.at = (0, 0)
        self.dropped = False  # the last outer ring is nothing, so its holes are nothing

    def ring(self, points: list[tuple[int, int]], *, outer: bool) -> None:
        """Draw a closed ring, turned as it must be."""
        twice = sum(a * d - c * b for (a, b), (c, d) in pairwise(points))
        if outer:
            self.dropped = twice == 0
        if twice == 0 or self.dropped:
            return
        way = points[:-1] if (twice > 0) is outer else points[:0:-1]
        self._walk(way)
        self.numbers.append(CLOSE)

    def line(self, points: list[tuple[int, int]]) -> None:
        """Draw an open line."""
        if len(points) > 1:
            self._walk(points)

    def point(self, points: list[tuple[int, int]]) -> None:
        """Keep a point; all points of a feature are one command."""
        self.points += points

    def commands(self) -> bytes:
        """Return what was drawn, as bytes."""
        if self.points:
            self.numbers.append(len(self.points) << 3 | MOVE)
            self._steps(self.points)
        return _varints(self.numbers)

    def _walk(self, points: list[tuple[int, int]]) -> None:
        self.numbers.append(1 << 3 | MOVE)
        self._steps(points[:1])
        self.numbers.append((len(points) - 1) << 3 | DRAW)
        self._steps(points[1:])

    def _steps(self, points: list[tuple[int, int]]) -> None:
        x, y = self.at
        numbers = self.numbers
        for to_x, to_y in points:
            numbers.append(zigzag(to_x - x))
            numbers.append(zigzag(to_y - y))
            x, y = to_x, to_y
        self.at = (x, y)


def zigzag(number: int) -> int:
    """Return a number without sign: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def varint(number: int) -> bytes:
    """Return a number of 0 or more as bytes of 7 bits, the lowest first."""
    found = bytearray()
    while number > LOW_BITS:
        found.append(number & LOW_BITS | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


@lru_cache(maxsize=1)
def _table() -> list[bytes]:
    """Return the bytes of the numbers that tiles are full of."""
    return [varint(number) for number in range(TABLE)]


def _varints(numbers: Sequence[int]) -> bytes:
    table = _table()
    return b"".join([table[n] if n < TABLE else varint(n) for n in numbers])


def _framed(tag: int, body: bytes) -> bytes:
    """Return a field of bytes with its length in front."""
    return bytes((tag,)) + varint(len(body)) + body


def _value(kind: str, value: Any) -> bytes:  # noqa: ANN401  (a cell is anything)
    """Return a property with its type."""
    if kind == "number":
        return b"\x19" + struct.pack("<d", value)
    if kind == "integer":
        return b"\x30" + varint(zigzag(int(value)))
    if kind == "boolean":
        return b"\x38\x01" if value else b"\x38\x00"
    return _framed(0x0A, str(value).encode())
