"""Which units cover a point: the arithmetic, one point at a time.

Plain Python that numba can compile: there is one source for a single point and for a billion.
`compiled` returns the compiled form; it is worth its start-up from some ten thousand points on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from numpy import empty, int32, uint32

from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[Any]
    Flags = NDArray[Any]

OUTSIDE: Final = -1
NOT_SURE: Final = -2  # the sign of a determinant is smaller than its rounding error
CROSSES: Final = 1  # the ray from the point to the east
PASSES: Final = 0
TOUCHES: Final = 2
CHUNK: Final = 8192  # points at a time, so that what is known of them stays in the cache
# Shewchuk (1997), Adaptive precision floating-point arithmetic, bound A of orient2d, is 3.33e-16.
ERROR_BOUND: Final = 3.4e-16


class Grid(NamedTuple):
    """Cells over the units, row by row from the south-west; made by `cells.index`."""

    west: float  # degrees, EPSG:4490: the corner of the first cell
    south: float
    per_lon: float  # cells a degree
    per_lat: float
    codes: NDArray[Any]  # (rows, columns) first unit that holds the cell whole, OUTSIDE, NOT_SURE
    sets: NDArray[Any]  # (rows, columns) which set of units holds the cell whole; 0: see slots
    members: NDArray[Any]  # (sets, units) which units are in the set
    slots: NDArray[Any]  # (rows, columns) of a cell that an edge passes: where its tests are
    tests: NDArray[Any]  # (slots + 1,) tests of slot k: tests[k] to tests[k + 1]
    ranked: NDArray[Any]  # (slots,) how many of them are of units that take points; these first
    units: NDArray[Any]  # (tests,) code of the unit that is tested, first in rank first
    edges: NDArray[Any]  # (tests + 1,) its edges near the cell: edges[k] to edges[k + 1]
    parity: NDArray[Any]  # (tests,) 1 where an odd number of other edges lies to the east
    ends: NDArray[Any]  # (edges, 4) lon, lat of the start, lon, lat of the end


def crossing(lon: float, lat: float, ends: Floats) -> int:  # noqa: PLR0911  (one a case)
    """Return how one edge lies to the ray from a point to the east.

    The cases are those of ``RayCrossingCounter`` in GEOS (Franklin's PNPOLY with the points on
    the edge kept apart), so that the two agree on every point.
    """
    lon_1, lat_1, lon_2, lat_2 = ends[0], ends[1], ends[2], ends[3]
    if lon_1 < lon and lon_2 < lon:
        return PASSES
    if lat_1 == lat and lat_2 == lat:
        return TOUCHES if lon_1 <= lon or lon_2 <= lon else PASSES
    if (lon_1 == lon and lat_1 == lat) or (lon_2 == lon and lat_2 == lat):
        return TOUCHES
    if (lat_1 > lat) == (lat_2 > lat):
        return PASSES
    if lon < lon_1 and lon < lon_2:
        return CROSSES
    left = (lon_1 - lon) * (lat_2 - lat)
    right = (lat_1 - lat) * (lon_2 - lon)
    turn = left - right
    if abs(turn) <= ERROR_BOUND * (abs(left) + abs(right)):
        return NOT_SURE
    return CROSSES if (turn > 0.0) == (lat_2 > lat_1) else PASSES


def covers(lon: float, lat: float, ends: Floats, inside: int) -> int:
    """Return 1 if a unit covers the point, its outline included, 0, or NOT_SURE.

    ``ends`` are the edges of the unit that count here, ``(n, 4)``; ``inside`` is the parity
    of all others.
    """
    for edge in range(len(ends)):
        way = crossing(lon, lat, ends[edge])
        if way == TOUCHES:
            return 1
        if way == NOT_SURE:
            return NOT_SURE
        inside ^= way
    return inside


def cells_of(lon: Floats, lat: Floats, grid: Grid, cell: NDArray[Any]) -> None:
    """Write for each point the number of its cell.

    The first cell is empty and stands for all that lies outside the grid, NaN included. Nothing
    but arithmetic, so that several points are done at a time.
    """
    rows, columns = grid.codes.shape
    west, south, per_lon, per_lat = grid.west, grid.south, grid.per_lon, grid.per_lat
    width = int32(columns)
    for k in range(lon.size):
        column, row = (lon[k] - west) * per_lon, (lat[k] - south) * per_lat
        held = (column >= 0.0) & (column < columns) & (row >= 0.0) & (row < rows)
        cell[k] = int32(row) * width + int32(column) if held else 0


def first_units(lon: Floats, lat: Floats, grid: Grid, out: NDArray[Any]) -> int:
    """Write for each point the code of the first unit that covers it, OUTSIDE or NOT_SURE.

    Returns how many are NOT_SURE. First the cells of some points, then what is known of the
    cells, then the tests of the few points for which that is not enough: in short loops the
    processor waits for the memory of many points at the same time.
    """
    codes, slots, tests, ranked = grid.codes.ravel(), grid.slots.ravel(), grid.tests, grid.ranked
    units, edges, parity, ends = grid.units, grid.edges, grid.parity, grid.ends
    # Three arrays, not rows of one: the compiler sees that a write to one changes no other.
    cell, late, slot = empty(CHUNK, uint32), empty(CHUNK, uint32), empty(CHUNK, uint32)
    unsure = 0
    for begin in range(0, lon.size, CHUNK):
        x, y = lon[begin : begin + CHUNK], lat[begin : begin + CHUNK]
        some = out[begin : begin + CHUNK]
        cells_of(x, y, grid, cell)
        tested = 0
        for k in range(x.size):
            code = codes[cell[k]]
            some[k] = code
            late[tested] = k  # counts only if the next one does not take its place
            tested += code == NOT_SURE
        for j in range(tested):
            slot[j] = slots[cell[late[j]]]
        for j in range(tested):
            k, first, answer = late[j], tests[slot[j]], OUTSIDE
            for test in range(first, first + ranked[slot[j]]):
                inside = covers(x[k], y[k], ends[edges[test] : edges[test + 1]], parity[test])
                if inside != 0:
                    answer = units[test] if inside == 1 else NOT_SURE
                    break
            some[k] = answer
            unsure += answer == NOT_SURE
    return unsure


def all_units(lon: Floats, lat: Floats, grid: Grid, inside: Flags, sure: Flags) -> None:
    """Write for each point which units cover it, (n, units); `sure` is false where unknown."""
    rows, columns = grid.codes.shape
    edges, parity, ends = grid.edges, grid.parity, grid.ends
    for k in range(lon.size):
        x, y = lon[k], lat[k]
        column, row = (x - grid.west) * grid.per_lon, (y - grid.south) * grid.per_lat
        if not (0.0 <= column < columns and 0.0 <= row < rows):
            continue
        held = grid.sets[int(row), int(column)]
        if held != 0:
            inside[k] = grid.members[held]
            continue
        slot = grid.slots[int(row), int(column)]
        for test in range(grid.tests[slot], grid.tests[slot + 1]):
            answer = covers(x, y, ends[edges[test] : edges[test + 1]], parity[test])
            inside[k, grid.units[test]] = answer == 1
            sure[k] &= answer != NOT_SURE


KERNELS: Final = (crossing, covers, cells_of, first_units, all_units)


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name; see `machine_code`."""
    return machine_code(globals(), KERNELS)
