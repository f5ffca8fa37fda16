"""An outline walked clockwise in short pieces, and cut into runs, one for each limit in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import RingError
from tzkc_geo.model import Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    Codes = NDArray[np.intp]
    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

STEP_M: Final = 20.0  # pieces of an outline are no longer than this
MAX_PIECES: Final = 4_000  # of a long outline the pieces are longer instead
OUTWARD: Final[Mapping[Side, Floats]] = {  # x = easting, y = northing
    Side.EAST: np.array([1.0, 0.0]),
    Side.SOUTH: np.array([0.0, -1.0]),
    Side.WEST: np.array([-1.0, 0.0]),
    Side.NORTH: np.array([0.0, 1.0]),
}


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The n pieces of the outer ring of a polygon, walked clockwise."""

    middle: Floats  # (n, 2) metres, EPSG:4549
    direction: Floats  # (n, 2) unit; the land lies on the right
    length_m: Floats  # (n,)

    @property
    def outward(self) -> Floats:
        """Unit normals that point away from the land, shape ``(n, 2)``."""
        return np.column_stack([-self.direction[:, 1], self.direction[:, 0]])


def outline_of(
    polygon: Polygon | MultiPolygon, *, name: str = "1", step_m: float = STEP_M
) -> Outline:
    """Return the outer ring of a polygon in short pieces.

    Parameters
    ----------
    polygon
        One part; lon lat in degrees, EPSG:4490. Holes are left out.
    name
        What an error calls the plot.
    step_m
        No piece is longer than this, unless the outline had more than `MAX_PIECES` then.

    Raises
    ------
    RingError
        There are several parts, or none.
    """
    parts = [part for part in shapely.get_parts(polygon) if not part.is_empty]
    if len(parts) != 1:
        msg = f"plot {name}: expected a polygon of one part, got {len(parts)}; take each by itself"
        raise RingError(msg)
    ring = crs.to_metric(shapely.get_coordinates(parts[0].exterior))
    x, y = (ring - ring[0]).T
    if np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0:  # counter-clockwise
        ring = ring[::-1]
    side = np.diff(ring, axis=0)
    length = np.hypot(*side.T)
    ring, side, length = ring[:-1][length > 0], side[length > 0], length[length > 0]
    step = max(step_m, float(length.sum()) / MAX_PIECES)
    pieces = np.ceil(length / step).astype(np.intp)
    owner = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (number + 0.5) / pieces[owner]
    return Outline(
        middle=ring[owner] + share[:, None] * side[owner],
        direction=side[owner] / length[owner, None],
        length_m=(length / pieces)[owner],
    )


def cut(cost: Floats) -> tuple[Codes, float]:
    """Return the cheapest cut of a closed walk into runs, one for each limit in turn.

    Parameters
    ----------
    cost
        Shape ``(k, n)``: what it costs that piece ``i`` belongs to limit ``j``.

    Returns
    -------
    tuple
        For each piece its limit, shape ``(n,)``, and the sum of the costs. Round the walk the
        limits come in the order 0, 1, … k-1; a limit may have no piece at all.

    Notes
    -----
    Piece 0 lies somewhere in the run of one of the limits, so each is tried as the first. From
    there the walk passes k + 1 runs, the last again that of the first limit. With ``S_s(i)`` the
    cost of the first i pieces on limit s, the cheapest way to give i pieces to the first s runs
    is ``F_s(i) = S_s(i) + min over j <= i of (F_{s-1}(j) - S_s(j))``: exact, in O(k² n).
    """
    count, size = cost.shape
    sums = np.hstack([np.zeros((count, 1)), np.cumsum(cost, axis=1)])
    best, labels = np.inf, np.zeros(size, dtype=np.intp)
    for first in range(count):
        order = (first + np.arange(count + 1)) % count
        found = sums[order[0]]
        starts = []
        for limit in order[1:]:
            gain = found - sums[limit]
            least = np.minimum.accumulate(gain)
            at = np.where(gain == least, np.arange(size + 1), 0)
            starts.append(np.maximum.accumulate(at))
            found = sums[limit] + least
        if found[-1] < best:
            best, labels = float(found[-1]), _labels(order, starts, size)
    return labels, best


def _labels(order: Codes, starts: list[Codes], size: int) -> Codes:
    """Walk back from the end and name the limit of each piece."""
    labels = np.empty(size, dtype=np.intp)
    end = size
    for limit, start in zip(order[:0:-1], reversed(starts), strict=True):
        begin = int(start[end])
        labels[begin:end] = limit
        end = begin
    labels[:end] = order[0]
    return labels


def walked(mine: Flags) -> Codes:
    """Return the pieces of one run in walking order, though it may pass the end of the ring.

    Parameters
    ----------
    mine
        Shape ``(n,)``: which pieces belong to the run.
    """
    rows = np.flatnonzero(mine)
    gaps = np.flatnonzero(np.diff(rows) > 1)
    return np.roll(rows, -int(gaps[0]) - 1) if gaps.size else rows
