"""Change coordinates; where other modules come for it.

Stored positions are lon, lat in degrees on CGCS2000 (EPSG:4490); metric work is done in
EPSG:4549 (3-degree Gauss-Krueger, central meridian 120 E), x = easting, y = northing.
Axis order is always lon, lat or x, y, whatever order the EPSG register gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from tzkc_geo.datum import (
    Datum,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    parse_datum,
    wgs84_to_gcj02,
)
from tzkc_geo.epsg import GEOGRAPHIC_EPSG, METRIC_EPSG, crs_of, transformer_of
from tzkc_geo.errors import CrsError
from tzkc_geo.faults import LIKELY_EPSG, TAIZHOU_WINDOW_DEG, check_position, likely_epsg
from tzkc_geo.shift_kernel import from_bd09, from_gcj02

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

__all__ = [
    "GEOGRAPHIC_EPSG",
    "LIKELY_EPSG",
    "METRIC_EPSG",
    "TAIZHOU_WINDOW_DEG",
    "Datum",
    "allow_shift",
    "check_position",
    "from_cgcs2000",
    "likely_epsg",
    "parse_datum",
    "project",
    "readings_of",
    "to_cgcs2000",
    "to_geographic",
    "to_metric",
    "unproject",
]

# Positions further outside the area of use of their own code are a mistake, not data.
AREA_OF_USE_MARGIN_DEG: Final = 10.0


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
    image = np.column_stack(transformer_of(epsg).transform(points[:, 0], points[:, 1]))
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
    inverse = transformer_of(epsg)
    degrees = np.column_stack(inverse.transform(points[:, 0], points[:, 1], direction="INVERSE"))
    where = f"EPSG:{epsg}"
    if crs_of(epsg).is_projected:
        _check_image(points, degrees, where=where, expected="x = easting, y = northing")
        _check_area_of_use(points, degrees, epsg)
    else:
        check_position(points[:, 0], points[:, 1], where=where)
    return degrees


def _check_area_of_use(points: Floats, degrees: Floats, epsg: int) -> None:
    """Raise `CrsError` for the first point that lands far from where the code is used."""
    area = crs_of(epsg).area_of_use
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


def to_cgcs2000(
    lon: ArrayLike, lat: ArrayLike, datum: Datum | str, *, undo_shift: bool = True
) -> Pair:
    """Return positions on any datum as stored degrees, EPSG:4490 (坐标纠偏).

    Parameters
    ----------
    lon, lat
        Degrees on ``datum``, lon first, or metres, easting first; scalars or arrays that
        broadcast. A value that is not finite is not refused here and gives a value that is
        not finite (NaN for metres): call `check_position` first.
    datum
        What the numbers are on; text goes through `parse_datum`.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed.

    Returns
    -------
    tuple of Floats
        lon, lat in degrees, shape of the input.

    Raises
    ------
    CrsError
        The datum does not exist, or it is GCJ-02 or BD-09 and ``undo_shift`` is false.

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

    Gauss-Krueger goes through PROJ's exact transverse Mercator (Poder and Engsager).
    """
    pair = _broadcast(lon, lat)
    match allow_shift(datum, undo_shift=undo_shift):
        case Datum.WGS84 | Datum.CGCS2000:
            return pair
        case Datum.GCJ02:
            return gcj02_to_wgs84(*pair)
        case Datum.BD09:
            return gcj02_to_wgs84(*bd09_to_gcj02(*pair))
        case metric:
            return _through_proj(pair, metric, direction="INVERSE")


def readings_of(
    lon: float, lat: float, used: Datum, *, others: bool
) -> tuple[tuple[Datum, ...], Floats, Floats]:
    """Return what one pair of numbers may mean: as used, and as numbers of a map service.

    Parameters
    ----------
    lon, lat
        A position on ``used``, as in `to_cgcs2000`.
    used
        The datum that is taken.
    others
        Whether GCJ-02 and BD-09 are asked for as well.

    Returns
    -------
    tuple
        The datums, ``used`` first, and lon, lat in degrees, EPSG:4490, one each.
    """
    own_lon, own_lat = to_cgcs2000(lon, lat, used)
    if not others:
        return (used,), np.atleast_1d(own_lon), np.atleast_1d(own_lat)
    gcj, bd = from_gcj02(lon, lat), from_gcj02(*from_bd09(lon, lat))
    lons = np.array([float(own_lon), gcj[0], bd[0]])
    return (used, Datum.GCJ02, Datum.BD09), lons, np.array([float(own_lat), gcj[1], bd[1]])


def from_cgcs2000(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> Pair:
    """Return stored degrees on another datum; the inverse of `to_cgcs2000`, same rules."""
    pair = _broadcast(lon, lat)
    match parse_datum(datum):
        case Datum.WGS84 | Datum.CGCS2000:
            return pair
        case Datum.GCJ02:
            return wgs84_to_gcj02(*pair)
        case Datum.BD09:
            return gcj02_to_bd09(*wgs84_to_gcj02(*pair))
        case metric:
            return _through_proj(pair, metric, direction="FORWARD")


def allow_shift(datum: Datum | str, *, undo_shift: bool) -> Datum:
    """Return the datum, or raise `CrsError` if it is shifted and that may not be undone."""
    known = parse_datum(datum)
    if undo_shift or not known.is_shifted:
        return known
    msg = (
        f"datum: {known} is refused because undoing its offset is switched off "
        "(--no-undo-shift or TZKC_UNDO_SHIFT=0; the offset is a state rule, and removing it may "
        "need a permission), expected wgs84, cgcs2000 or a Gauss-Krueger zone, "
        f"got {known}; ask the owner of the data for CGCS2000"
    )
    raise CrsError(msg)


def _through_proj(pair: Pair, datum: Datum, *, direction: Literal["FORWARD", "INVERSE"]) -> Pair:
    """Return metres as degrees or the other way round; NaN where there is no image."""
    epsg = datum.epsg or METRIC_EPSG
    images = transformer_of(epsg).transform(pair[0].ravel(), pair[1].ravel(), direction=direction)
    lost = ~(np.isfinite(images[0]) & np.isfinite(images[1]))
    first, second = (np.where(lost, np.nan, image).reshape(pair[0].shape) for image in images)
    return first, second


def _broadcast(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return both as float64 arrays of one shape."""
    lons, lats = np.broadcast_arrays(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    return lons, lats
