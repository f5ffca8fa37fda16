"""Travel times at every pixel of a raster over the corridor (时间栅格)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.errors import LimitError
from tzkc_geo.machine_code import in_slices
from tzkc_geo.network.grids import Grid, bounds_of
from tzkc_geo.network.surface import Targets, direct, targets, ticks, times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Metres = NDArray[np.float32]

PARENT_M: Final = 100.0  # side of the squares whose pixels share their entries
HALF_DIAGONAL_M: Final = 71.0
FINEST_M: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raster:
    """Travel times over the corridor's box, EPSG:4549; the first row is the northernmost."""

    minutes: Metres  # (rows, columns), NaN where not reached
    west: float  # outer corner of the first pixel, metres
    north: float
    step_m: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """What does not depend on the origin: squares, and the pixels that stand for themselves."""

    grid: Grid  # of the squares
    squares: Targets
    pixels: Grid
    wet: NDArray[np.intp]  # positions of pixels in water
    own: NDArray[np.intp]  # positions of pixels that a barrier may part from their square
    own_places: Targets


def raster(
    catalog: Catalog,
    network: Network,
    clock: NDArray[np.int32],
    start: Floats | None,
    *,
    step_m: float = 10.0,
) -> Raster:
    """Return the travel time at the middle of each pixel.

    Parameters
    ----------
    catalog
        The raster covers the box of its units, widened to whole squares of `PARENT_M`.
    network
        What was searched.
    clock, start
        As in `surface.times`.
    step_m
        Side of a pixel, metres; divides `PARENT_M`, not below `FINEST_M`.

    Returns
    -------
    Raster
        Minutes, float32; NaN where not reached, as in water.

    Raises
    ------
    LimitError
        The side of a pixel is not allowed.

    Notes
    -----
    The pixels of a square are reached from the entries of its middle, each over its own
    distance. Where a barrier is near, a pixel has its own entries, so no time jumps a bank.
    """
    parts = PARENT_M / step_m if step_m > 0.0 else np.nan
    if not (step_m >= FINEST_M and parts == round(parts)):
        msg = (
            f"pixel: side does not fit, expected a part of {PARENT_M:g} m of at least"
            f" {FINEST_M:g} m, such as 5, 10, 20 or 50, got {step_m} m"
        )
        raise LimitError(msg)
    ground = _ground(catalog, network, step_m)
    pixels = ground.pixels
    best = _squares(ground, network, clock, start)
    flat = best.reshape(-1)
    flat[ground.wet] = np.nan
    flat[ground.own] = times(ground.own_places, clock, network, start=start) / np.float32(60.0)
    return Raster(
        minutes=best[::-1],
        west=pixels.west - step_m / 2.0,
        north=pixels.south + (pixels.rows - 0.5) * step_m,
        step_m=step_m,
    )


def _squares(
    ground: _Ground, network: Network, clock: NDArray[np.int32], start: Floats | None
) -> Metres:
    """Return minutes of all pixels, rows from the south, by the entries of their squares."""
    places, grid, side = ground.squares, ground.grid, round(PARENT_M / ground.pixels.step_m)
    size = len(network.graph.xy)
    corner = places.xy[0]
    xy = np.vstack([network.graph.xy, corner, corner if start is None else start]) - corner
    node, per_m = places.node, places.per_m
    reach_m = [network.access_m(mode) for mode in network.access]
    most = np.repeat(reach_m, len(per_m) // len(reach_m))
    if start is not None:
        near, _, paces = direct(places, network, start)
        distinct = np.unique(paces)
        rows = np.full((distinct.size, len(places.xy)), size, dtype=np.int32)
        rows[np.searchsorted(distinct, paces), near] = size + 1
        node, per_m = np.vstack([node, rows]), np.append(per_m, distinct)
        most = np.append(most, np.full(distinct.size, max(reach_m)))
    at = np.append(ticks(clock), np.float32(0.0))
    x, y = xy.T.astype(np.float32)
    out = np.empty((grid.rows * side, grid.columns * side), dtype=np.float32)
    inner = ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32) * np.float32(PARENT_M)

    def run(rows: slice) -> None:
        east = (grid.x - corner[0]).astype(np.float32) + inner[:, None]  # (side, columns)
        for row in range(rows.start, rows.stop):
            own = node[:, row * grid.columns : (row + 1) * grid.columns]
            north = np.float32(row * PARENT_M) + inner  # (side,)
            block = _least(own, (per_m, most), (at, x, y), (east, north))
            out[row * side : (row + 1) * side] = block.transpose(0, 2, 1).reshape(side, -1)

    in_slices(run, grid.rows)
    return out


def _least(
    node: NDArray[np.int32],
    ground: tuple[Metres, Floats],
    known: tuple[Metres, Metres, Metres],
    pixel: tuple[Metres, Metres],
) -> Metres:
    """Return minutes of the pixels of one row of squares, (side, side, columns).

    ``ground``: of each row of nodes the pace, and how far one may go, metres.
    """
    at, x, y = known
    east, north = pixel
    best = np.full((north.size, *east.shape), np.inf, dtype=np.float32)
    one = np.empty_like(best)
    for row, pace, most in zip(node, *ground, strict=True):
        begin = at[row]
        if np.isinf(begin).all():
            continue
        across, up = (east - x[row]) ** 2, (north[:, None] - y[row]) ** 2
        np.add(across[None], up[:, None], out=one)
        np.sqrt(one, out=one)
        np.putmask(one, one > most, np.inf)
        one *= pace
        one += begin
        np.minimum(best, one, out=best)
    best *= np.float32(1.0 / 600.0)
    best[np.isinf(best)] = np.nan
    return best


@lru_cache(maxsize=4)
def _ground(catalog: Catalog, network: Network, step_m: float) -> _Ground:
    """Return squares and pixels over the units; made once for each network."""
    barriers = network.barriers
    grid = Grid.around(bounds_of(catalog), PARENT_M)
    squares = targets(network, grid.xy)
    side = round(PARENT_M / step_m)
    pixels = Grid(
        west=grid.west - (PARENT_M - step_m) / 2.0,
        south=grid.south - (PARENT_M - step_m) / 2.0,
        step_m=step_m,
        columns=grid.columns * side,
        rows=grid.rows * side,
    )
    number = np.arange(pixels.columns * pixels.rows).reshape(grid.rows, side, grid.columns, side)
    of_square = number.transpose(0, 2, 1, 3).reshape(-1, side * side)
    by_water = shapely.dwithin(barriers.water, shapely.points(squares.xy), HALF_DIAGONAL_M)
    damp = of_square[by_water].ravel()
    wet = damp[barriers.wet(*_middles(pixels, damp).T)]
    parted = (squares.clear_m <= HALF_DIAGONAL_M) | ~squares.dry
    own = np.setdiff1d(of_square[parted].ravel(), wet)
    return _Ground(
        grid=grid,
        squares=squares,
        pixels=pixels,
        wet=wet,
        own=own,
        own_places=targets(network, _middles(pixels, own)),
    )


def _middles(grid: Grid, at: NDArray[np.intp]) -> Floats:
    """Return the middles of some pixels, (n, 2)."""
    row, column = np.divmod(at, grid.columns)
    return np.column_stack([grid.x[column], grid.y[row]])
