"""The statutory area of rings, one vertex at a time: plain Python that numba can compile.

The zone between two parallels is a difference of ``F(B) = A sin B - B sin 3B + C sin 5B - D sin 7B
+ E sin 9B``, because ``2 sin(d/2) cos Bm = sin B2 - sin B1``. Of each ring F is taken from its
middle latitude, by its Taylor series where the ring is low, so that no digit is lost.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, sin
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[Any]

RADIANS: Final = np.pi / 180.0
ORDER: Final = 7  # of the Taylor series
LOW: Final = 0.01  # radians from the middle; the next term is 1e-20 there, F itself 1e-2
MAX_LON, MAX_LAT = 180.0, 90.0


def expand(middle: float, series: Floats, taylor: Floats) -> None:
    """Write the Taylor coefficients of F about a latitude, radians; ``taylor[0]`` is not used."""
    for order in range(1, ORDER + 1):
        taylor[order] = 0.0
    sin_k, cos_k = sin(middle), cos(middle)
    sin_2, cos_2 = sin(2.0 * middle), cos(2.0 * middle)
    for term in range(series.size):
        k = 2.0 * term + 1.0
        factor = -series[term] if term % 2 else series[term]
        s, c = sin_k, cos_k  # of k times the latitude
        sin_k, cos_k = s * cos_2 + c * sin_2, c * cos_2 - s * sin_2
        for order in range(1, ORDER + 1):
            factor *= k / order
            s, c = c, -s  # the derivative of the sine, and of the cosine
            taylor[order] += factor * s


def zone(half: float, mean: float, series: Floats) -> float:
    """Return ``F(mean + half) - F(mean - half)``, radians."""
    total = 0.0
    for term in range(series.size):
        k = 2.0 * term + 1.0
        factor = -series[term] if term % 2 else series[term]
        total += 2.0 * factor * sin(k * half) * cos(k * mean)
    return total


def ring_area(ring: Floats, series: Floats, taylor: Floats) -> float:
    """Return the area of one ring, in square half-axes b; nan where a vertex is no position."""
    west, south = ring[0, 0], ring[0, 1]
    east, north = west, south
    for k in range(len(ring)):
        lon, lat = ring[k, 0], ring[k, 1]
        west, east = min(west, lon), max(east, lon)
        south, north = min(south, lat), max(north, lat)
    if max(-west, east) > MAX_LON or max(-south, north) > MAX_LAT:
        return np.nan  # a vertex that is no number makes the sum none
    lon_0, lat_0 = 0.5 * (west + east), 0.5 * (south + north)
    low = (north - south) * RADIANS <= 2.0 * LOW
    if low:
        expand(lat_0 * RADIANS, series, taylor)
    total, x_1, f_1 = 0.0, 0.0, 0.0
    for k in range(-1, len(ring)):
        x = (ring[k, 0] - lon_0) * RADIANS
        h = (ring[k, 1] - lat_0) * RADIANS
        f = 0.0
        if low:
            for order in range(ORDER, 0, -1):
                f = (f + taylor[order]) * h
        else:
            f = zone(0.5 * h, lat_0 * RADIANS + 0.5 * h, series)
        if k >= 0:
            total += 0.5 * (x_1 + x) * (f - f_1)
        x_1, f_1 = x, f
    return abs(total)


def ring_areas(coords: Floats, starts: Floats, series: Floats, out: Floats) -> None:
    """Write the area of each ring, in square half-axes b; ring r is starts[r] to starts[r + 1]."""
    taylor = np.zeros(ORDER + 1)
    for r in range(out.size):
        first, last = starts[r], starts[r + 1]
        out[r] = 0.0 if last == first else ring_area(coords[first:last], series, taylor)


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name."""
    return machine_code(globals(), (expand, zone, ring_area, ring_areas))
