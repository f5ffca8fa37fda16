"""The gap between two outlines that do not touch: where they face each other, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.geodesy import lengths_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.contiguity import Codes, Floats, Sides

STEP_M: Final = 10.0  # an outline is looked at in pieces no longer than this
LEAVES: Final = 0.9  # sine of the angle at which a link leaves its side at least (64 deg)
ARRIVES: Final = 0.99  # and of that at which it arrives (82 deg): beyond an end it would be slant
END_M: Final = 0.001  # of a link, where it leaves and arrives
AT_END_M: Final = 0.01  # a side this near to the end of the shortest link ends there too


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facing:
    """How two outlines lie to each other across a gap; nothing depends on their order."""

    gap_m: float  # the smallest width
    link: Floats  # (2, 2) the shortest link, lon lat, from the first outline to the second
    links: Floats  # (k, 2, 2) from places that face the other outline to it, lon lat
    width_m: Floats  # (k,) how long a link is
    weight_m: Floats  # (k,) the length of outline that a link stands for
    lines: Codes  # (k, 2) the lines of the sides at both ends of a link
    is_open: bool  # whether the shortest link crosses no shape

    def mean_within(self, widest_m: float) -> tuple[float, float]:
        """Return the mean width where the gap is not wider than this, and how long that is.

        Both in metres, the length as the mean of both outlines. Where nothing faces the other
        outline, the smallest width and 0.
        """
        kept = self.width_m <= widest_m
        total = float(self.weight_m[kept].sum())
        if total == 0.0:
            return self.gap_m, 0.0
        return float(self.width_m[kept] @ self.weight_m[kept]) / total, total / 2.0


def facing(
    known: Sides,
    first: int,
    second: int,
    *,
    limit_m: float,
    ground: Sequence[BaseGeometry] = (),
) -> Facing:
    """Measure the gap between the outlines of two shapes (间隔宽度).

    Parameters
    ----------
    known
        The sides of all shapes; plane metres as there.
    first, second
        The two shapes, which do not touch.
    limit_m
        What is farther away is not looked at.
    ground
        Shapes that may lie in the way, lon lat, the two themselves among them; a link through
        the inside of one counts for nothing.

    Returns
    -------
    Facing
        Without links where nothing within the limit faces the other outline: they then lie
        corner to corner.

    Notes
    -----
    From a place on one outline the shortest link to the other is taken. The two face each other
    if it leaves its side and arrives at the other nearly at right angles (`LEAVES`, `ARRIVES`),
    so that sides that turn away from the gap, and what reaches beyond the end of the other
    outline, do not count. Widths are lengths on the ellipsoid, taken at the middle of every piece
    of at most `STEP_M`.
    """
    a, b = (_Outline.of(known, shape) for shape in (first, second))
    sets = [_looks(known, one, other, limit_m) for one, other in ((a, b), (b, a))]
    links, weight, lines = (np.concatenate([s[k] for s in sets]) for k in range(3))
    ends = shapely.get_coordinates(shapely.shortest_line(a.drawn, b.drawn))
    link = np.stack([a.lonlat(ends[:1])[0], b.lonlat(ends[1:])[0]])
    smallest = float(lengths_m(link[0], link[1]))
    clear = _clear(links, ground)
    links, weight, lines = links[clear], weight[clear], lines[clear]
    return Facing(
        gap_m=smallest,
        link=link,
        links=links,
        width_m=lengths_m(links[:, 0], links[:, 1]),
        weight_m=weight,
        lines=lines,
        is_open=bool(_clear(link[None], ground)[0]),
    )


def lines_at(known: Sides, shape: int, place: Floats) -> set[int]:
    """Return the lines of the sides of a shape that end at or pass through a place, lon lat."""
    outline = _Outline.of(known, shape)
    near = outline.tree.query(
        shapely.Point(outline.metres(place[None])[0]), predicate="dwithin", distance=AT_END_M
    )
    return {int(code) for code in known.line[outline.sides[near]]}


def _clear(links: Floats, ground: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    """Say for each link, ``(k, 2, 2)`` lon lat, whether it runs through the inside of no shape.

    Its last `END_M` on either side are not looked at: there it leaves outlines.
    """
    step = links[:, 1] - links[:, 0]
    width = lengths_m(links[:, 0], links[:, 1])
    share = np.minimum(END_M / np.maximum(width, END_M), 0.25)[:, None]
    drawn = shapely.linestrings(
        np.stack([links[:, 0] + share * step, links[:, 1] - share * step], 1)
    )
    clear = np.ones(len(links), dtype=np.bool_)
    for shape in ground:
        shapely.prepare(shape)
        near = np.flatnonzero(shapely.intersects(shape, drawn))
        clear[near] &= ~shapely.relate_pattern(shape, drawn[near], "T********")
    return clear


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Outline:
    """The outline of one shape in the plane of all sides."""

    sides: Codes  # positions
    drawn: shapely.MultiLineString
    tree: shapely.STRtree
    scale: Floats  # (2,) metres of the plane a degree
    origin: Floats  # (2,) lon lat of its zero

    @classmethod
    def of(cls, known: Sides, shape: int) -> _Outline:
        """Return the outline of one shape."""
        own = np.flatnonzero(known.owner == shape)
        lines = shapely.linestrings(known.plane[own])
        return cls(
            sides=own,
            drawn=shapely.multilinestrings(lines),
            tree=shapely.STRtree(lines),
            scale=known.scale,
            origin=known.origin,
        )

    def lonlat(self, metres: Floats) -> Floats:
        """Return degrees of plane metres, ``(n, 2)``."""
        degrees: Floats = metres / self.scale + self.origin
        return degrees

    def metres(self, lonlat: Floats) -> Floats:
        """Return plane metres of degrees, ``(n, 2)``."""
        plane: Floats = (lonlat - self.origin) * self.scale
        return plane


def _looks(
    known: Sides, here: _Outline, there: _Outline, limit_m: float
) -> tuple[Floats, Floats, Codes]:
    """Return links from one outline to another that it faces, their weights and lines."""
    start, end = known.plane[here.sides].transpose(1, 0, 2)
    length = np.hypot(*(end - start).T)
    near = shapely.dwithin(shapely.linestrings(known.plane[here.sides]), there.drawn, limit_m)
    count = np.where(near, np.maximum(np.ceil(length / STEP_M), 1.0), 0.0).astype(np.intp)
    side = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
    share = ((step + 0.5) / count[side])[:, None]
    places = start[side] + share * (end - start)[side]
    points = shapely.points(places)
    row, seen = there.tree.query_nearest(points, all_matches=True)  # both sides of a vertex
    target = there.sides[seen]
    drawn = shapely.linestrings(known.plane[target])
    reached = shapely.get_coordinates(shapely.shortest_line(points[row], drawn))[1::2]
    way = reached - places[row]
    faces = (_sine(way, (end - start)[side[row]]) >= LEAVES) & (
        _sine(way, np.diff(known.plane[target], axis=1)[:, 0]) >= ARRIVES
    )
    faces &= np.hypot(*way.T) <= limit_m
    row, first = np.unique(row[faces], return_index=True)
    kept = np.flatnonzero(faces)[first]
    links = np.stack([here.lonlat(places[row]), there.lonlat(reached[kept])], axis=1)
    lines = np.stack([known.line[here.sides[side[row]]], known.line[target[kept]]], axis=1)
    return links, (length / np.maximum(count, 1))[side[row]], lines


def _sine(one: Floats, other: Floats) -> Floats:
    """Return the sine of the angle between steps, ``(k, 2)``; 0 where one has no length."""
    size = np.hypot(*one.T) * np.hypot(*other.T)
    cross = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    sine: Floats = cross / np.where(size > 0.0, size, 1.0)
    return sine
