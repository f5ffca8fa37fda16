"""The tile matrix set WebMercatorQuad: which tile covers what (瓦片矩阵集)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.errors import UnknownIdError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Bounds = tuple[float, float, float, float]

MATRIX_SET: Final = "WebMercatorQuad"
LEAST_ZOOM, MOST_ZOOM = 8, 18
EXTENT: Final = 4096  # grid steps along a side of a vector tile
BUFFER: Final = 64  # grid steps around a tile that it holds too
RADIUS_M: Final = 6_378_137.0  # of the sphere of EPSG:3857
PIXEL_M: Final = 2 * np.pi * RADIUS_M / 256  # of zoom 0, at the equator
STANDARD_PIXEL_M: Final = 0.00028  # OGC's pixel, of which scale denominators are made


def to_world(lonlat: ArrayLike) -> Floats:
    """Return positions in the square of the world.

    Parameters
    ----------
    lonlat
        Shape ``(n, 2)``; degrees, EPSG:4490, taken as WGS 84: they differ by centimetres.

    Returns
    -------
    ndarray
        Shape ``(n, 2)``, 0 to 1: x from 180 W to the east, y from 85.05 N to the south.

    Notes
    -----
    Spherical Mercator of EPSG:3857; OGC 17-083r4, annex D.1.
    """
    lon, lat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2).T
    return np.column_stack(
        [lon / 360 + 0.5, 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi)]
    )


def to_lonlat(world: ArrayLike) -> Floats:
    """Return degrees, ``(n, 2)``, of positions in the square of the world, ``(n, 2)``."""
    x, y = np.asarray(world, dtype=np.float64).reshape(-1, 2).T
    return np.column_stack([(x - 0.5) * 360, np.degrees(np.arctan(np.sinh((0.5 - y) * 2 * np.pi)))])


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """Return west, south, east, north of a tile; degrees, EPSG:4490."""
    (west, north), (east, south) = (to_lonlat([[x, y], [x + 1, y + 1]] / np.exp2(z))).tolist()
    return west, south, east, north


def tiles_over(bounds: Bounds, z: int, *, buffer: int = BUFFER) -> tuple[range, range]:
    """Return the columns and the rows of the tiles that reach into bounds.

    Parameters
    ----------
    bounds
        West, north, east, south in the square of the world, 0 to 1.
    z
        Zoom.
    buffer
        How far a tile reaches over its own side, grid steps.
    """
    west, north, east, south = bounds
    most, over = 2**z - 1, buffer / EXTENT
    ends = [(west, east), (north, south)]
    columns, rows = (
        range(
            max(0, int(np.floor(low * 2**z - over))),
            min(most, int(np.floor(high * 2**z + over))) + 1,
        )
        for low, high in ends
    )
    return columns, rows


def check(z: int, x: int, y: int) -> None:
    """Raise `UnknownIdError` where there is no such tile."""
    if not LEAST_ZOOM <= z <= MOST_ZOOM:
        msg = f"zoom {z}: there are no such tiles, expected {LEAST_ZOOM} to {MOST_ZOOM}, got {z}"
        raise UnknownIdError(msg)
    for name, value in (("column x", x), ("row y", y)):
        if not 0 <= value < 2**z:
            msg = f"{name} {value}: outside zoom {z}, expected 0 to {2**z - 1}, got {value}"
            raise UnknownIdError(msg)


def scale_denominator(z: int) -> float:
    """Return the scale denominator of a zoom, as OGC counts it."""
    return float(PIXEL_M / 2**z / STANDARD_PIXEL_M)
