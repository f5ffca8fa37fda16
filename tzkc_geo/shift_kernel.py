"""The shifts of GCJ-02 and BD-09, one position at a time: plain Python that numba can compile.

The formula in public circulation. Degrees in, degrees out; NaN and infinities give NaN.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan2, cos, hypot, isfinite, nan, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[Any]
    Position = tuple[float, float]

# GCJ-02 is computed on the Krasovsky 1940 ellipsoid about 105 E 35 N, in this box only.
A_M: Final = 6378245.0
E2: Final = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
BD_LON, BD_LAT = 0.0065, 0.006
BD_WAVE: Final = pi * 3000.0 / 180.0
STEP: Final = 1e-12  # degrees; a step below this, 0.1 micrometre, ends an inversion
MAX_STEPS: Final = 30
TO_GCJ02, FROM_GCJ02, TO_BD09, FROM_BD09 = range(4)


def in_box(lon: float, lat: float) -> bool:
    """Say whether GCJ-02 shifts a position."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def gcj_image(lon: float, lat: float) -> Position:
    """Return the shifted position: a polynomial and waves in metres, divided by the arc."""
    x, y = lon - 105.0, lat - 35.0
    pi_x, pi_y, root = pi * x, pi * y, sqrt(abs(x))
    common = 20.0 * sin(6.0 * pi_x) + 20.0 * sin(2.0 * pi_x)
    north = common + 20.0 * sin(pi_y) + 40.0 * sin(pi_y / 3.0)
    north += 160.0 * sin(pi_y / 12.0) + 320.0 * sin(pi_y / 30.0)
    north_m = north * 2.0 / 3.0 - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east = common + 20.0 * sin(pi_x) + 40.0 * sin(pi_x / 3.0)
    east += 150.0 * sin(pi_x / 12.0) + 300.0 * sin(pi_x / 30.0)
    east_m = east * 2.0 / 3.0 + 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    phi = radians(lat)
    w2 = 1.0 - E2 * sin(phi) ** 2
    meridian_m = A_M * (1.0 - E2) / (w2 * sqrt(w2))
    parallel_m = A_M / sqrt(w2) * cos(phi)
    return lon + east_m / parallel_m * 180.0 / pi, lat + north_m / meridian_m * 180.0 / pi


def to_gcj02(lon: float, lat: float) -> Position:
    """Return WGS84 as GCJ-02; unchanged outside the box."""
    if not (isfinite(lon) and isfinite(lat)):
        return nan, nan
    return gcj_image(lon, lat) if in_box(lon, lat) else (lon, lat)


def from_gcj02(lon: float, lat: float) -> Position:
    """Return GCJ-02 as WGS84, by fixed-point iteration; unchanged outside the box.

    The shift changes by less than 4 % of a step, so each round gains more than a digit.
    """
    if not (isfinite(lon) and isfinite(lat)):
        return nan, nan
    if not in_box(lon, lat):
        return lon, lat
    back_lon, back_lat = lon, lat
    for _ in range(MAX_STEPS):
        image_lon, image_lat = gcj_image(back_lon, back_lat)
        step_lon, step_lat = image_lon - lon, image_lat - lat
        back_lon, back_lat = back_lon - step_lon, back_lat - step_lat
        if abs(step_lon) <= STEP and abs(step_lat) <= STEP:
            break
    return back_lon, back_lat


def to_bd09(lon: float, lat: float) -> Position:
    """Return GCJ-02 as BD-09; the same formula everywhere."""
    if not (isfinite(lon) and isfinite(lat)):
        return nan, nan
    radius = hypot(lon, lat) + 0.00002 * sin(lat * BD_WAVE)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * BD_WAVE)
    return radius * cos(angle) + BD_LON, radius * sin(angle) + BD_LAT


def from_bd09(lon: float, lat: float) -> Position:
    """Return BD-09 as GCJ-02, by fixed-point iteration."""
    if not (isfinite(lon) and isfinite(lat)):
        return nan, nan
    back_lon, back_lat = lon, lat
    for _ in range(MAX_STEPS):
        image_lon, image_lat = to_bd09(back_lon, back_lat)
        step_lon, step_lat = image_lon - lon, image_lat - lat
        back_lon, back_lat = back_lon - step_lon, back_lat - step_lat
        if abs(step_lon) <= STEP and abs(step_lat) <= STEP:
            break
    return back_lon, back_lat


def convert(lon: Floats, lat: Floats, way: int, image_lon: Floats, image_lat: Floats) -> None:
    """Write the images of positions, each of shape (n,); `way` is `TO_GCJ02` and so on."""
    for k in range(lon.size):
        if way == TO_GCJ02:
            x, y = to_gcj02(lon[k], lat[k])
        elif way == FROM_GCJ02:
            x, y = from_gcj02(lon[k], lat[k])
        elif way == TO_BD09:
            x, y = to_bd09(lon[k], lat[k])
        else:
            x, y = from_bd09(lon[k], lat[k])
        image_lon[k], image_lat[k] = x, y


KERNELS: Final = (in_box, gcj_image, to_gcj02, from_gcj02, to_bd09, from_bd09, convert)


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name."""
    return machine_code(globals(), KERNELS)
