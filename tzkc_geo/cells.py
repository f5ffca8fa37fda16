"""An index over the units: most points are answered by the cell they lie in.

A grid of cells holds for each cell the set of units that contain it whole. Only in the cells
that an edge passes are edges looked at, and only those near the cell: edges to the east that
cross its whole row are folded into one parity, edges to the west do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo import kernel
from tzkc_geo.errors import LimitError
from tzkc_geo.kernel import NOT_SURE, OUTSIDE, Grid
from tzkc_geo.machine_code import in_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    Codes = NDArray[np.int16]
    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SIDE: Final = 1024  # cells along each side
MARGIN: Final = 1e-6  # of a cell: far above the rounding of a position, far below a cell
MAX_UNITS: Final = 63  # a set of units is the bits of one integer
COMPILE_FROM: Final = 50_000  # points; below, plain Python is faster than to load numba


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellIndex:
    """The grid, and the polygons for the points that its arithmetic cannot decide."""

    grid: Grid
    polygons: tuple[Polygon | MultiPolygon, ...]  # lon lat, EPSG:4490
    rank: tuple[int, ...]  # codes in the order in which a point is given to them


def index(polygons: Sequence[Polygon | MultiPolygon], rank: Sequence[int]) -> CellIndex:
    """Return the index over polygons.

    Parameters
    ----------
    polygons
        Lon, lat in degrees, EPSG:4490; the position in the sequence is the code of a unit.
    rank
        The codes in the order in which they take a point that several cover; a code that is
        not in it takes none, but `covering` reports it.

    Raises
    ------
    LimitError
        There are more than `MAX_UNITS` polygons.
    """
    if len(polygons) > MAX_UNITS:
        msg = f"units: too many for one index, expected at most {MAX_UNITS}, got {len(polygons)}"
        raise LimitError(msg)
    rest = [code for code in range(len(polygons)) if code not in rank]
    frame = _Frame.around(polygons)
    parts = [_Traces.of(polygon, frame) for polygon in polygons]
    masks = np.zeros((SIDE, SIDE), dtype=np.int64)
    for code, traces in enumerate(parts):
        traces.fill(masks, code)
    passed = np.unique(np.concatenate([traces.cells for traces in parts]))
    slots = np.zeros((SIDE, SIDE), dtype=np.int32)
    slots.flat[passed] = np.arange(passed.size)
    codes, sets, members = _sets(masks, passed, len(polygons), rank)
    tests, units, edges, parity, ends = _tests(parts, masks.flat[passed], passed, [*rank, *rest])
    west, south, per_lon, per_lat = frame.corner_and_scale
    grid = Grid(
        west=west,
        south=south,
        per_lon=per_lon,
        per_lat=per_lat,
        codes=codes,
        sets=sets,
        members=members,
        slots=slots,
        tests=tests,
        units=units,
        ranked=np.add.reduceat(np.isin(units, rank), tests[:-1], dtype=np.int64),
        edges=edges,
        parity=parity,
        ends=ends,
    )
    return CellIndex(grid=grid, polygons=tuple(polygons), rank=tuple(rank))


def first_codes(lon: Floats, lat: Floats, index: CellIndex, *, threads: int | None = None) -> Codes:
    """Return the code of the unit that each point is given to.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``; NaN and infinities are in no unit.
    index
        From `index`.
    threads
        How many to use; None takes the processors that this process may run on.

    Returns
    -------
    Codes
        Shape ``(n,)``, int16, order of the points: the first of ``index.rank`` whose polygon
        covers the point (its outline included), else `OUTSIDE`.

    Notes
    -----
    A point whose side of an edge is smaller than the rounding error of a double (Shewchuk's
    bound) is given to GEOS, which decides it exactly.
    """
    out = np.empty(lon.size, dtype=np.int16)
    run = _functions(lon.size)["first_units"]
    counts: list[int] = []  # of points that are not sure, a slice
    _in_slices(
        lambda part: counts.append(run(lon[part], lat[part], index.grid, out[part])),
        lon.size,
        threads,
    )
    if any(counts):
        unsure = np.flatnonzero(out == NOT_SURE)
        inside = _exactly(lon[unsure], lat[unsure], index)
        out[unsure] = first_of(inside, index.rank)
    return out


def covering(lon: Floats, lat: Floats, index: CellIndex, *, threads: int | None = None) -> Flags:
    """Say for each point and unit, shape ``(n, units)``, whether the unit covers the point.

    Parameters, order and rules as in `first_codes`.
    """
    inside = np.zeros((lon.size, len(index.polygons)), dtype=np.bool_)
    sure = np.ones(lon.size, dtype=np.bool_)
    run = _functions(lon.size)["all_units"]
    _in_slices(
        lambda part: run(lon[part], lat[part], index.grid, inside[part], sure[part]),
        lon.size,
        threads,
    )
    unsure = np.flatnonzero(~sure)
    if unsure.size:
        inside[unsure] = _exactly(lon[unsure], lat[unsure], index)
    return inside


def first_of(inside: Flags, rank: Sequence[int] | NDArray[np.intp]) -> Codes:
    """Return the first code of the rank that covers each point, ``(n, units)``, or `OUTSIDE`."""
    codes = np.asarray(rank, dtype=np.intp)
    if not codes.size:
        return np.full(len(inside), OUTSIDE, dtype=np.int16)
    ranked = inside[:, codes]
    first = ranked.argmax(axis=1)
    held = ranked[np.arange(len(inside)), first]
    return np.where(held, codes[first], OUTSIDE).astype(np.int16)


def _functions(points: int) -> dict[str, Callable[..., Any]]:
    """Return the kernel, compiled where that is worth it or was done already."""
    done = kernel.compiled.cache_info().currsize > 0
    return kernel.compiled() if done or points >= COMPILE_FROM else vars(kernel)


def _in_slices(run: Callable[[slice], None], size: int, threads: int | None) -> None:
    """Run over the points, on several threads where there are many."""
    if size >= COMPILE_FROM:
        in_slices(run, size, threads)
        return
    with np.errstate(over="ignore", invalid="ignore"):  # the plain kernel takes any number
        run(slice(0, size))


def _exactly(lon: Floats, lat: Floats, index: CellIndex) -> Flags:
    """Return what GEOS says, ``(n, units)``."""
    answers = [shapely.intersects_xy(polygon, lon, lat) for polygon in index.polygons]
    return np.column_stack(answers)


def _sets(
    masks: Whole, passed: Whole, units: int, rank: Sequence[int]
) -> tuple[NDArray[np.int8], NDArray[np.uint16], Flags]:
    """Return the first unit and the set of units of each cell, and the members of each set."""
    flat = masks.ravel().copy()
    flat[passed] = -1  # sorts first, so that set 0 stands for cells that an edge passes
    changes = np.flatnonzero(np.diff(flat)) + 1
    distinct = np.unique(np.concatenate([[-1], flat[:1], flat[changes]]))
    starts = np.concatenate([[0], changes])
    numbers = np.searchsorted(distinct, flat[starts]).astype(np.uint16)
    sets = np.repeat(numbers, np.diff(np.concatenate([starts, [flat.size]])))
    members = (distinct[:, None] >> np.arange(units)) & 1 == 1
    members[0] = False
    first = first_of(members, rank).astype(np.int8)  # a small grid stays in the cache
    first[0] = NOT_SURE
    return first[sets].reshape(masks.shape), sets.reshape(masks.shape), members


def _tests(
    parts: Sequence[_Traces], whole: Whole, passed: Whole, order: Sequence[int]
) -> tuple[Whole, Codes, Whole, NDArray[np.int8], Floats]:
    """Return the tests of all slots: ``tests, units, edges, parity, ends`` of the grid."""
    slot, code, count, parity, ends = [], [], [], [], []
    for unit in order:
        traces = parts[unit]
        held = np.flatnonzero((whole >> unit) & 1)
        held = held[~np.isin(passed[held], traces.cells)]
        number, folded, chosen = traces.near()
        slot.append(np.concatenate([held, np.searchsorted(passed, traces.cells)]))
        count.append(np.concatenate([np.zeros(held.size, np.int64), number]))
        parity.append(np.concatenate([np.ones(held.size, np.int8), folded]))
        code.append(np.full(slot[-1].size, unit, dtype=np.int16))
        ends.append(chosen)
    slots, counts = np.concatenate(slot), np.concatenate(count)
    starts = np.cumsum(counts) - counts
    sort = np.argsort(slots, kind="stable")  # within a slot the units stay in their order
    edges = np.concatenate([[0], np.cumsum(counts[sort])])
    take = np.repeat(starts[sort] - edges[:-1], counts[sort]) + np.arange(edges[-1])
    tests = np.searchsorted(slots[sort], np.arange(passed.size + 1))
    codes, parities = np.concatenate(code)[sort], np.concatenate(parity)[sort]
    return tests, codes, edges, parities, np.ascontiguousarray(np.vstack(ends)[take])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where the grid lies: degrees to cells."""

    corner_and_scale: tuple[float, float, float, float]  # west, south, cells a degree

    @classmethod
    def around(cls, polygons: Sequence[Polygon | MultiPolygon]) -> _Frame:
        """Return the frame around polygons; the outermost cells stay empty."""
        west, south, east, north = shapely.total_bounds(np.array(polygons, dtype=object))
        per_lon, per_lat = ((SIDE - 3) / max(span, 1e-9) for span in (east - west, north - south))
        corner = west - 1.5 / per_lon, south - 1.5 / per_lat
        return cls(corner_and_scale=(*corner, per_lon, per_lat))

    def cells(self, lonlat: Floats) -> Floats:
        """Return positions in cells from the south-west corner, ``(n, 2)``."""
        west, south, per_lon, per_lat = self.corner_and_scale
        return (lonlat - [west, south]) * [per_lon, per_lat]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """The edges of one unit, row by row: of each the columns that it passes there."""

    ends: Floats  # (edges, 4), degrees
    edge: Whole  # (traces,) position in ends; sorted by row
    row: Whole  # (traces,)
    low: Floats  # (traces,) westernmost and easternmost column within the row, in cells
    high: Floats
    spans: Flags  # (traces,) whether the edge crosses the whole row
    centre: Floats  # (traces,) column where it crosses the middle of the row; nan: it does not
    cells: Whole  # sorted numbers of the cells that an edge passes

    @classmethod
    def of(cls, polygon: Polygon | MultiPolygon, frame: _Frame) -> _Traces:
        """Return the traces of a polygon."""
        rings = [shapely.get_coordinates(ring) for ring in _rings(polygon)]
        ends = np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
        (x1, y1), (x2, y2) = frame.cells(ends[:, :2]).T, frame.cells(ends[:, 2:]).T
        first = np.floor(np.minimum(y1, y2) - MARGIN).astype(np.int64)
        last = np.floor(np.maximum(y1, y2) + MARGIN).astype(np.int64)
        edge, row = _ranges(first, last)
        order = np.argsort(row, kind="stable")
        edge, row = edge[order], row[order]
        x1, y1, x2, y2 = x1[edge], y1[edge], x2[edge], y2[edge]
        south, north = row - MARGIN, row + 1 + MARGIN
        rise = np.where(y1 == y2, 1.0, y2 - y1)
        cut = [np.clip((level - y1) / rise, 0.0, 1.0) for level in (south, north)]
        flat = y1 == y2
        begin = np.where(flat, x1, x1 + cut[0] * (x2 - x1))
        end = np.where(flat, x2, x1 + cut[1] * (x2 - x1))
        middle = row + 0.5
        met = (y1 > middle) != (y2 > middle)
        low, high = np.minimum(begin, end) - MARGIN, np.maximum(begin, end) + MARGIN
        trace, column = _ranges(np.floor(low).astype(np.int64), np.floor(high).astype(np.int64))
        return cls(
            ends=ends,
            edge=edge,
            row=row,
            low=low,
            high=high,
            spans=(np.minimum(y1, y2) < south) & (np.maximum(y1, y2) > north),
            centre=np.where(met, x1 + (middle - y1) / rise * (x2 - x1), np.nan),
            cells=np.unique(row[trace] * SIDE + column),
        )

    def fill(self, masks: Whole, code: int) -> None:
        """Set the bit of the unit in all cells whose middle it covers."""
        met = np.isfinite(self.centre)
        row, column = self.row[met], np.ceil(self.centre[met] - 0.5).astype(np.int64)
        low, high = row.min(initial=0), row.max(initial=0) + 1
        flips = np.zeros((high - low, SIDE), dtype=np.int8)
        np.add.at(flips, (row - low, column), 1)
        inside = np.cumsum(flips, axis=1, dtype=np.int8) & 1
        masks[low:high] |= inside.astype(np.int64) << code

    def near(self) -> tuple[Whole, NDArray[np.int8], Floats]:
        """Return for each of `cells` how many edges count there, the parity, and the edges."""
        row, column = np.divmod(self.cells, SIDE)
        begin, end = np.searchsorted(self.row, row), np.searchsorted(self.row, row + 1)
        cell, trace = _ranges(begin, end - 1)
        east = self.low[trace] > column[cell] + 1
        folded = np.bincount(cell[east & self.spans[trace]], minlength=row.size) & 1
        kept = (self.high[trace] >= column[cell]) & ~(east & self.spans[trace])
        number = np.bincount(cell[kept], minlength=row.size)
        return number, folded.astype(np.int8), self.ends[self.edge[trace[kept]]]


def _rings(polygon: Polygon | MultiPolygon) -> list[shapely.LinearRing]:
    """Return all rings of a polygon."""
    parts = shapely.get_parts(polygon)
    return [ring for part in parts for ring in (part.exterior, *part.interiors)]


def _ranges(first: Whole, last: Whole) -> tuple[Whole, Whole]:
    """Return all integers from first to last, both included, each with the range it is of."""
    sizes = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(sizes.size), sizes)
    return owner, np.arange(owner.size) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)
