"""The datums that positions come on, and the formulas of the two shifted ones.

GCJ-02 and BD-09 by the formula in public circulation: arrays of degrees in, arrays of
degrees out. Other modules use `crs`, which calls this.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo import shift_kernel
from tzkc_geo.errors import CrsError
from tzkc_geo.machine_code import in_slices

if TYPE_CHECKING:
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


COMPILE_FROM: Final = 5_000  # positions; below, plain Python is faster than to load numba


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Return WGS84 degrees as GCJ-02 degrees; unchanged outside its box."""
    return _converted(lon, lat, shift_kernel.TO_GCJ02)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """Return GCJ-02 degrees as WGS84 degrees, by iteration; unchanged outside its box."""
    return _converted(lon, lat, shift_kernel.FROM_GCJ02)


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """Return GCJ-02 degrees as BD-09 degrees; the same formula everywhere."""
    return _converted(lon, lat, shift_kernel.TO_BD09)


def bd09_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Return BD-09 degrees as GCJ-02 degrees, by iteration."""
    return _converted(lon, lat, shift_kernel.FROM_BD09)


def _converted(lon: Floats, lat: Floats, way: int) -> Pair:
    """Return positions of any shape one way or the other."""
    x, y = (np.ascontiguousarray(values, dtype=np.float64).ravel() for values in (lon, lat))
    image_lon, image_lat = np.empty((2, x.size))
    if x.size < COMPILE_FROM:
        shift_kernel.convert(x, y, way, image_lon, image_lat)
    else:
        run = shift_kernel.compiled()["convert"]
        in_slices(lambda part: run(x[part], y[part], way, image_lon[part], image_lat[part]), x.size)
    shape = np.shape(lon)
    return image_lon.reshape(shape), image_lat.reshape(shape)
