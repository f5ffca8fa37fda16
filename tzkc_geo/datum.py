"""The datums that positions come on, and the formulas of the two shifted ones.

GCJ-02 and BD-09 by the formula in public circulation: arrays of degrees in, arrays of
degrees out. Other modules use `crs`, which calls this.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]


class Datum(StrEnum):
    """Which datum, and which zone, a pair of numbers is on (坐标基准)."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    GK40 = "gk40"  # CGCS2000, 3-degree Gauss-Krueger, easting with zone prefix (带号) 40
    GK41 = "gk41"
    GK120 = "gk120"  # the same about the central meridian 120 E, without a prefix
    GK123 = "gk123"

    @property
    def epsg(self) -> int | None:
        """The EPSG code; None for the two shifted datums, which have none."""
        return _EPSG.get(self)

    @property
    def is_metric(self) -> bool:
        """Whether positions are easting, northing in metres, not lon, lat in degrees."""
        return self.startswith("gk")

    @property
    def is_shifted(self) -> bool:
        """Whether positions carry the offset of a map service (GCJ-02, BD-09)."""
        return self not in _EPSG

    @property
    def prefix_m(self) -> float:
        """What the zone prefix adds to the easting, metres; zero where there is none."""
        return _PREFIX_M.get(self, 0.0)


_EPSG: Final = {
    Datum.WGS84: 4326,
    Datum.CGCS2000: 4490,
    Datum.GK40: 4528,
    Datum.GK41: 4529,
    Datum.GK120: 4549,
    Datum.GK123: 4550,
}
_PREFIX_M: Final = {Datum.GK40: 40e6, Datum.GK41: 41e6}
_ALIASES: Final = {
    **{str(datum): datum for datum in Datum},
    **{f"{epsg}": datum for datum, epsg in _EPSG.items()},
    **{f"epsg{epsg}": datum for datum, epsg in _EPSG.items()},
    "wgs1984": Datum.WGS84,
    "ogccrs84": Datum.WGS84,
    "crs84": Datum.WGS84,
    "2000国家大地坐标系": Datum.CGCS2000,
    "国家2000": Datum.CGCS2000,
    "gcj": Datum.GCJ02,
    "火星坐标": Datum.GCJ02,
    "火星坐标系": Datum.GCJ02,
    "bd09ll": Datum.BD09,
    "百度坐标": Datum.BD09,
    "百度坐标系": Datum.BD09,
    # As the EPSG register and as ArcGIS name them, without what the next line ignores.
    "cgcs2000/3degreegausskrugerzone40": Datum.GK40,
    "cgcs2000/3degreegausskrugerzone41": Datum.GK41,
    "cgcs2000/3degreegausskrugercm120e": Datum.GK120,
    "cgcs2000/3degreegausskrugercm123e": Datum.GK123,
    "cgcs20003degreegkzone40": Datum.GK40,
    "cgcs20003degreegkzone41": Datum.GK41,
    "cgcs20003degreegkcm120e": Datum.GK120,
    "cgcs20003degreegkcm123e": Datum.GK123,
}
_IGNORED_IN_NAMES: Final = str.maketrans("", "", " -_:")


def parse_datum(text: str) -> Datum:
    """Return the datum that a name means (坐标基准); case, blanks, ``-``, ``_``, ``:`` are free.

    Parameters
    ----------
    text
        A value of `Datum` or an alias such as ``WGS 84``, ``EPSG:4490``, ``GCJ-02``, ``BD09LL``,
        ``EPSG:4549``, ``CGCS2000_3_Degree_GK_CM_120E``.

    Returns
    -------
    Datum
        The datum.

    Raises
    ------
    CrsError
        The name is none of them; the message lists the allowed values.

    Notes
    -----
    ``BD09MC`` (Baidu's Mercator metres) is not taken.

    Examples
    --------
    >>> parse_datum("GCJ-02")
    <Datum.GCJ02: 'gcj02'>
    """
    key = unicodedata.normalize("NFKC", text).lower().translate(_IGNORED_IN_NAMES)
    if key in _ALIASES:
        return _ALIASES[key]
    msg = f"datum: no such datum, expected one of {', '.join(Datum)}, got {text!r}"
    raise CrsError(msg)


# GCJ-02 is computed on the Krasovsky 1940 ellipsoid about 105 E 35 N, in this box only.
_GCJ_A_M: Final = 6378245.0
_GCJ_E2: Final = 0.00669342162296594323
_GCJ_BOX_DEG: Final = (72.004, 137.8347, 0.8293, 55.8271)
# Waves of the shift: radians a degree, and amplitudes; the last two differ to the north.
_GCJ_WAVES: Final = np.pi * np.array([6.0, 2.0, 1.0, 1.0 / 3.0, 1.0 / 12.0, 1.0 / 30.0])
_GCJ_SHORT: Final = np.array([20.0, 20.0, 0.0, 0.0, 0.0, 0.0])
_GCJ_LONG: Final = np.array([0.0, 0.0, 20.0, 40.0, 150.0, 300.0])
_GCJ_NORTH: Final = np.array([1.0, 1.0, 1.0, 1.0, 160.0 / 150.0, 320.0 / 300.0])
_BD_SHIFT_DEG: Final = (0.0065, 0.006)
_BD_WAVE: Final = np.pi * 3000.0 / 180.0
_STEP_DEG: Final = 1e-12  # a step below this, 0.1 micrometre, ends an inversion
_MAX_STEPS: Final = 30


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Return WGS84 degrees as GCJ-02 degrees; unchanged outside its box."""
    inside = _in_gcj_box(lon, lat)
    image_lon, image_lat = _add_gcj_shift(*_only(inside, lon, lat))
    return np.where(inside, image_lon, lon), np.where(inside, image_lat, lat)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """Return GCJ-02 degrees as WGS84 degrees, by iteration; unchanged outside its box."""
    inside = _in_gcj_box(lon, lat)
    back_lon, back_lat = _invert(_add_gcj_shift, *_only(inside, lon, lat))
    return np.where(inside, back_lon, lon), np.where(inside, back_lat, lat)


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """Return GCJ-02 degrees as BD-09 degrees; the same formula everywhere."""
    lon, lat = _only(np.isfinite(lon) & np.isfinite(lat), lon, lat)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_WAVE)
    shift_lon, shift_lat = _BD_SHIFT_DEG
    return radius * np.cos(angle) + shift_lon, radius * np.sin(angle) + shift_lat


def bd09_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Return BD-09 degrees as GCJ-02 degrees, by iteration."""
    return _invert(gcj02_to_bd09, lon, lat)


def _only(mask: NDArray[np.bool_], lon: Floats, lat: Floats) -> Pair:
    """Return the positions under the mask, NaN elsewhere."""
    return np.where(mask, lon, np.nan), np.where(mask, lat, np.nan)


def _in_gcj_box(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Say which positions GCJ-02 shifts."""
    west, east, south, north = _GCJ_BOX_DEG
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _add_gcj_shift(lon: Floats, lat: Floats) -> Pair:
    """Return the shifted position; the caller has chosen those in the box."""
    shift_lon, shift_lat = _gcj_shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def _gcj_shift(lon: Floats, lat: Floats) -> Pair:
    """Return the shift in degrees: a polynomial and waves in metres, divided by the arc."""
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), x * y
    across = np.sin(np.multiply.outer(x, _GCJ_WAVES)) * (2.0 / 3.0)
    upward = np.sin(np.multiply.outer(y, _GCJ_WAVES)) * (2.0 / 3.0)
    north_m = across @ _GCJ_SHORT + upward @ (_GCJ_LONG * _GCJ_NORTH)
    north_m += -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root
    east_m = across @ (_GCJ_SHORT + _GCJ_LONG)
    east_m += 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root
    phi = np.radians(lat)
    w2 = 1.0 - _GCJ_E2 * np.sin(phi) ** 2
    meridian_m = _GCJ_A_M * (1.0 - _GCJ_E2) / (w2 * np.sqrt(w2))
    parallel_m = _GCJ_A_M / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)


def _invert(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Return where ``forward`` comes from, by fixed-point iteration.

    The shifts change by less than 4 % of a step, so each round gains more than a digit.
    NaN stays NaN and does not keep the others iterating.
    """
    back_lon, back_lat = lon, lat
    for _ in range(_MAX_STEPS):
        image_lon, image_lat = forward(back_lon, back_lat)
        step_lon, step_lat = image_lon - lon, image_lat - lat
        back_lon, back_lat = back_lon - step_lon, back_lat - step_lat
        if not np.any((np.abs(step_lon) > _STEP_DEG) | (np.abs(step_lat) > _STEP_DEG)):
            break
    return back_lon, back_lat
