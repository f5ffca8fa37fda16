"""Change coordinates; the only module that does.

Stored positions are lon, lat in degrees on CGCS2000 (EPSG:4490); metric work is done in
EPSG:4549 (3-degree Gauss-Krueger, central meridian 120 E), x = easting, y = northing.
Axis order is always lon, lat or x, y, whatever order the EPSG register gives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.datum import (
    Datum,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    parse_datum,
    wgs84_to_gcj02,
)
from tzkc_geo.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS, Transformer

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

__all__ = [
    "Datum",
    "check_position",
    "from_cgcs2000",
    "likely_epsg",
    "parse_datum",
    "project",
    "to_cgcs2000",
    "to_geographic",
    "to_metric",
    "unproject",
]

GEOGRAPHIC_EPSG: Final = 4490
METRIC_EPSG: Final = 4549
WGS84_EPSG: Final = 4326

# Codes that data about Taizhou comes in, most likely first.
LIKELY_EPSG: Final = (4549, 4528, 4529, 4550, 32651, 3857)
# Around Taizhou: lon west, lon east, lat south, lat north.
TAIZHOU_WINDOW_DEG: Final = (119.0, 123.0, 27.0, 30.0)
MAX_LON_DEG: Final = 180.0
MAX_LAT_DEG: Final = 90.0
# Positions further outside the area of use of their own code are a mistake, not data.
AREA_OF_USE_MARGIN_DEG: Final = 10.0
# Two datums count as equal, or as safely transformable, up to this error.
MAX_DATUM_ERROR_M: Final = 1.0


def check_position(lon: ArrayLike, lat: ArrayLike, *, where: str = "position") -> None:
    """Return if all positions are degrees in lon, lat order, else say what is wrong.

    Parameters
    ----------
    lon, lat
        Degrees; scalars or arrays that broadcast; any datum.
    where
        Start of the message, such as ``points.csv:17``; of an array, the index is added.

    Raises
    ------
    CrsError
        A value is NaN or infinite, or beyond ±180 or ±90: exchanged near Taizhou (the
        message gives the remedy), metres of a known EPSG code (it names the likely codes),
        or simply out of range. Only the first such position is reported.

    Notes
    -----
    Nothing says that the position is near Taizhou: far away is an answer, not an error.
    """
    lons, lats = _broadcast(lon, lat)
    # A comparison with NaN is false, so one negated test finds every kind of fault.
    wrong = ~((np.abs(lons) <= MAX_LON_DEG) & (np.abs(lats) <= MAX_LAT_DEG))
    if not wrong.any():
        return
    first = int(np.flatnonzero(wrong)[0])
    place = f"{where} {first}" if lons.ndim else where
    fault = _fault(float(lons.flat[first]), float(lats.flat[first]))
    msg = f"{place}: {fault}"
    raise CrsError(msg)


def _fault(lon: float, lat: float) -> str:
    """Say what is wrong with one pair that is known to be wrong."""
    for name, value, limit in (("lon", lon, MAX_LON_DEG), ("lat", lat, MAX_LAT_DEG)):
        if not np.isfinite(value):
            return f"{name} is not a finite number, expected degrees within ±{limit:g}, got {value}"
    if _near_taizhou(lat, lon):
        return (
            f"lon, lat look swapped, got lon {lon!r} and lat {lat!r}, "
            f"expected longitude first; call with LON LAT = {lat!r} {lon!r}"
        )
    for first, second, order in ((lon, lat, "easting, northing"), (lat, lon, "northing, easting")):
        if codes := likely_epsg(first, second):
            names = " or ".join(f"EPSG:{code}" for code in codes)
            return (
                f"metres where degrees are expected, got {lon!r} {lat!r}, "
                f"which fit {names} ({order})"
            )
    if abs(lon) > MAX_LON_DEG and abs(lat) > MAX_LON_DEG:
        known = ", ".join(f"EPSG:{code}" for code in LIKELY_EPSG)
        return (
            f"metres where degrees are expected, got {lon!r} {lat!r}, "
            f"which none of {known} puts near Taizhou"
        )
    if abs(lon) > MAX_LON_DEG:
        return f"lon is out of range, expected degrees within ±180, got {lon!r}"
    return f"lat is out of range, expected degrees within ±90 (longitude first), got {lat!r}"


def likely_epsg(x: float, y: float) -> tuple[int, ...]:
    """Return the EPSG codes under which these metres lie near Taizhou, or none.

    Parameters
    ----------
    x, y
        Easting and northing, metres.

    Returns
    -------
    tuple[int, ...]
        Those of `LIKELY_EPSG` that put the point into `TAIZHOU_WINDOW_DEG`, in that order.
        Codes that differ by less than the window (4550 and 32651) are returned together:
        the figures alone cannot separate them.
    """
    return tuple(
        code
        for code in LIKELY_EPSG
        if _near_taizhou(*_transformer(code).transform(x, y, direction="INVERSE"))
    )


def _near_taizhou(lon: float, lat: float) -> bool:
    """Say whether a position lies in the window around Taizhou."""
    west, east, south, north = TAIZHOU_WINDOW_DEG
    return west <= lon <= east and south <= lat <= north


def to_metric(lonlat: ArrayLike) -> Floats:
    """Return EPSG:4549 metres of EPSG:4490 degrees; `project` with the code filled in."""
    return project(lonlat, METRIC_EPSG)


def to_geographic(xy: ArrayLike) -> Floats:
    """Return EPSG:4490 degrees of EPSG:4549 metres; `unproject` with the code filled in."""
    return unproject(xy, METRIC_EPSG)


def project(lonlat: ArrayLike, epsg: int) -> Floats:
    """Return stored degrees in the coordinates of an EPSG code (投影正算).

    Parameters
    ----------
    lonlat
        Shape ``(n, 2)``, columns lon, lat; degrees, EPSG:4490. Empty is allowed.
    epsg
        Code of a projected or geographic 2D system.

    Returns
    -------
    Floats
        Shape ``(n, 2)``, columns x = easting, y = northing (or lon, lat), order of ``lonlat``.

    Raises
    ------
    CrsError
        The shape or a position is wrong (see `check_position`); the code is unknown, not a
        map system, or on a datum that cannot be reached within `MAX_DATUM_ERROR_M`; or a
        position has no image.

    Notes
    -----
    WGS84 and CGCS2000 are taken as equal (they differ by less than 1 m), so degrees pass
    unchanged into codes based on either. For another datum PROJ's transformation is used if
    it is published as good to 1 m; Beijing 1954 (15 m) and Xian 1980 (none) are refused, not
    guessed. Far from the central meridian a Gauss-Krueger image exists but means little.

    Examples
    --------
    >>> project([[121.44, 28.65]], 4528).round(3).tolist()
    [[40640790.145, 3171326.196]]
    """
    points = _pairs(lonlat, "lonlat")
    check_position(points[:, 0], points[:, 1], where="lonlat")
    image = np.column_stack(_transformer(epsg).transform(points[:, 0], points[:, 1]))
    _check_image(points, image, where=f"EPSG:{epsg}", expected="a position that it can show")
    return image


def unproject(xy: ArrayLike, epsg: int) -> Floats:
    """Return coordinates of an EPSG code as stored degrees (投影反算).

    Parameters
    ----------
    xy
        Shape ``(n, 2)``, columns x = easting, y = northing in metres (or lon, lat for a
        geographic code). Note that Chinese files call the northing X. Empty is allowed.
    epsg
        Code of a projected or geographic 2D system.

    Returns
    -------
    Floats
        Shape ``(n, 2)``, columns lon, lat; degrees, EPSG:4490; order of ``xy``.

    Raises
    ------
    CrsError
        As in `project`; or a result lies more than `AREA_OF_USE_MARGIN_DEG` outside the
        area of use of the code: the northing came first, the zone prefix is missing, or the
        values are degrees.

    Examples
    --------
    >>> unproject([[40640790.145, 3171326.196]], 4528).round(6).tolist()
    [[121.44, 28.65]]
    """
    points = _pairs(xy, "xy")
    inverse = _transformer(epsg)
    degrees = np.column_stack(inverse.transform(points[:, 0], points[:, 1], direction="INVERSE"))
    where = f"EPSG:{epsg}"
    if _crs(epsg).is_projected:
        _check_image(points, degrees, where=where, expected="x = easting, y = northing")
        _check_area_of_use(points, degrees, epsg)
    else:
        check_position(points[:, 0], points[:, 1], where=where)
    return degrees


def _check_area_of_use(points: Floats, degrees: Floats, epsg: int) -> None:
    """Raise `CrsError` for the first point that lands far from where the code is used."""
    area = _crs(epsg).area_of_use
    if area is None or area.west > area.east:  # not stated, or across the antimeridian
        return
    lon, lat, margin = degrees[:, 0], degrees[:, 1], AREA_OF_USE_MARGIN_DEG
    outside = (lon < area.west - margin) | (lon > area.east + margin)
    outside |= (lat < area.south - margin) | (lat > area.north + margin)
    if not outside.any():
        return
    first = int(np.flatnonzero(outside)[0])
    msg = (
        f"EPSG:{epsg}: row {first} would lie at lon {lon[first]:.2f} lat {lat[first]:.2f}, far "
        f"outside the area of use, expected x = easting, y = northing in metres, "
        f"got {points[first].tolist()}"
    )
    raise CrsError(msg)


def _pairs(values: ArrayLike, name: str) -> Floats:
    """Return an array of shape (n, 2), or raise `CrsError`."""
    pairs = np.asarray(values, dtype=np.float64)
    if pairs.size == 0 and pairs.ndim <= 1:
        return np.empty((0, 2))
    if pairs.ndim != 2 or pairs.shape[1] != 2:  # noqa: PLR2004 - two coordinates
        msg = f"{name}: not pairs of coordinates, expected shape (n, 2), got {pairs.shape}"
        raise CrsError(msg)
    return pairs


def _check_image(points: Floats, image: Floats, *, where: str, expected: str) -> None:
    """Raise `CrsError` for the first point that has no finite image."""
    lost = ~np.isfinite(image).all(axis=1)
    if lost.any():
        first = int(np.flatnonzero(lost)[0])
        got = points[first].tolist()
        msg = f"{where}: row {first} has no image, expected {expected}, got {got}"
        raise CrsError(msg)


@lru_cache(maxsize=64)
def _crs(epsg: int) -> CRS:
    """Return the 2D coordinate system of a code, or raise `CrsError`."""
    from pyproj import CRS  # heavy, and not needed for degrees
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_epsg(epsg)
    except CRSError as exc:
        msg = f"EPSG:{epsg}: no such code, expected for example 4490, 4549, 4528 or 4326"
        raise CrsError(msg) from exc
    if crs.is_compound or not (crs.is_projected or crs.is_geographic) or len(crs.axis_info) > 2:  # noqa: PLR2004 - 2D
        msg = (
            f"EPSG:{epsg}: not a map system, expected a projected or geographic 2D code, "
            f"got {crs.type_name} {crs.name!r}"
        )
        raise CrsError(msg)
    return crs


@lru_cache(maxsize=64)
def _transformer(epsg: int) -> Transformer:
    """Return the transformer from stored degrees to a code (thread-safe since pyproj 3.1)."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    crs = _crs(epsg)
    base = crs.geodetic_crs
    stored = base is not None and base.to_epsg() == GEOGRAPHIC_EPSG
    source = GEOGRAPHIC_EPSG if stored else WGS84_EPSG  # taken as equal, see `project`
    expected = "expected a code on CGCS2000 or WGS 84"
    datum = base.name if base is not None else crs.name
    try:
        transformer = Transformer.from_crs(source, crs, always_xy=True, allow_ballpark=False)
    except ProjError as exc:
        msg = f"EPSG:{epsg}: no published way from {datum!r} to WGS 84, {expected}"
        raise CrsError(msg) from exc
    if not 0.0 <= transformer.accuracy <= MAX_DATUM_ERROR_M:
        msg = f"EPSG:{epsg}: the way from {datum!r} to WGS 84 is not known to 1 m, {expected}"
        raise CrsError(msg)
    return transformer


def to_cgcs2000(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> Pair:
    """Return positions on any datum as stored degrees, EPSG:4490 (坐标纠偏).

    Parameters
    ----------
    lon, lat
        Degrees on ``datum``; scalars or arrays that broadcast. A value that is not finite
        is not refused here and gives a value that is not finite: call `check_position` first.
    datum
        What the degrees are on; text goes through `parse_datum`.

    Returns
    -------
    tuple of Floats
        lon, lat in degrees, shape of the input.

    Raises
    ------
    CrsError
        The datum does not exist.

    Notes
    -----
    WGS84 and CGCS2000 are taken as equal: both are realisations of the ITRS, and their
    degrees differ by less than 1 m (plate motion since epoch 2000.0), which is below every
    accuracy that this library states.

    GCJ-02 and BD-09 follow the formula in public circulation. The forward direction is
    closed; the inverse repeats ``p <- p - (forward(p) - q)`` until the step is below 1e-12
    degree, so a round trip closes to well below 1 mm (one step alone leaves up to 2 m).
    Outside the box 72.004..137.8347 E, 0.8293..55.8271 N GCJ-02 equals WGS84, as in map
    services; within 1 km of the edge of that box the inverse is not unique.
    The services' own noise of about 1 m is not part of the formula.
    """
    degrees = _broadcast(lon, lat)
    match parse_datum(datum):
        case Datum.WGS84 | Datum.CGCS2000:
            return degrees
        case Datum.GCJ02:
            return gcj02_to_wgs84(*degrees)
        case Datum.BD09:
            return gcj02_to_wgs84(*bd09_to_gcj02(*degrees))


def from_cgcs2000(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> Pair:
    """Return stored degrees on another datum; the inverse of `to_cgcs2000`, same rules."""
    degrees = _broadcast(lon, lat)
    match parse_datum(datum):
        case Datum.WGS84 | Datum.CGCS2000:
            return degrees
        case Datum.GCJ02:
            return wgs84_to_gcj02(*degrees)
        case Datum.BD09:
            return gcj02_to_bd09(*wgs84_to_gcj02(*degrees))


def _broadcast(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return both as float64 arrays of one shape."""
    lons, lats = np.broadcast_arrays(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    return lons, lats
