"""Point lines of one plot to rings, whatever convention closes and numbers them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError
from tzkc_geo.ring_faults import MIN_POINTS, few_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.io.txt_system import PointRow

BY_CLOSURE: Final = "rings told apart by closure, not by 地块圈号"
BY_NUMBER: Final = "rings told apart by 点号 that begin again, not by 地块圈号"
TYPO: Final = "closing point written x,x"
FIGURES: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class RingRows:
    """The lines of one ring; the closing line is left out."""

    points: tuple[PointRow, ...]
    closed: bool  # the file had a closing line


def split_rings(points: Sequence[PointRow], *, name: str) -> tuple[list[RingRows], set[str]]:
    """Return the rings of one plot and the variants met.

    A ring ends where 地块圈号 changes, where its first point stands again, or where the 点号 of
    its first point stands again at another place.

    Raises
    ------
    DataError
        A ring has fewer than three points.
    """
    rings: list[RingRows] = []
    variants: set[str] = set()
    ring: list[PointRow] = []
    closed = False
    for point in points:
        same_ring = bool(ring) and point.ring == ring[0].ring
        begins_again = same_ring and len(ring) >= MIN_POINTS and _same_number(ring[0], point)
        if ring and not same_ring:
            rings.append(_ring(ring, len(rings) + 1, closed=closed, name=name))
            ring, closed = [], False
        elif closed:
            variants.add(BY_CLOSURE)
            rings.append(_ring(ring, len(rings) + 1, closed=True, name=name))
            ring, closed = [], False
        elif same_ring and len(ring) >= MIN_POINTS and _at(point) == _at(ring[0]):
            closed = True
            continue
        elif begins_again and point.north == ring[0].north == point.east:
            variants.add(TYPO)
            closed = True
            continue
        elif begins_again:
            variants.add(BY_NUMBER)
            rings.append(_ring(ring, len(rings) + 1, closed=False, name=name))
            ring = []
        ring.append(point)
    rings.append(_ring(ring, len(rings) + 1, closed=closed, name=name))
    return rings, variants


def closure_of(rings: Sequence[RingRows]) -> str:
    """Return closed, open or mixed."""
    kinds = {ring.closed for ring in rings}
    return "mixed" if len(kinds) > 1 else "closed" if True in kinds else "open"


def numbering_of(rings: Sequence[RingRows]) -> str | None:
    """Return how 点号 go on from ring to ring of one plot; None for a single ring."""
    if len(rings) == 1:
        return None
    firsts = [_figure(ring.points[0]) for ring in rings]
    lasts = [_figure(ring.points[-1]) for ring in rings]
    if None in firsts:
        return "other"
    if len(set(firsts)) == 1:
        return "restarts"
    runs = all(b == (a or 0) + 1 for a, b in zip(lasts[:-1], firsts[1:], strict=True))
    return "runs on" if runs else "other"


def _ring(points: list[PointRow], number: int, *, closed: bool, name: str) -> RingRows:
    differ = len({_at(point) for point in points})
    if differ < MIN_POINTS:
        msg = f"{name}:{points[0].row}: {few_points(number, differ)}"
        raise DataError(msg)
    return RingRows(tuple(points), closed)


def _at(point: PointRow) -> tuple[float, float]:
    return point.north, point.east


def _same_number(a: PointRow, b: PointRow) -> bool:
    return a.number != "" and a.number == b.number


def _figure(point: PointRow) -> int | None:
    """Return the last number in a 点号, such as 12 of J12."""
    found = FIGURES.findall(point.number)
    return int(found[-1]) if found else None
