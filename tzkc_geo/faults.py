"""What is wrong with a pair of numbers that is meant to be a position, and the remedy.

A rule about arrays says which pairs are wrong; a sentence says why and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.datum import Datum, parse_datum
from tzkc_geo.epsg import transformer_of
from tzkc_geo.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

# Codes that data about Taizhou comes in, most likely first.
LIKELY_EPSG: Final = (4549, 4528, 4529, 4550, 32651, 3857)
# Around Taizhou: lon west, lon east, lat south, lat north.
TAIZHOU_WINDOW_DEG: Final = (119.0, 123.0, 27.0, 30.0)
MAX_LON_DEG: Final = 180.0
MAX_LAT_DEG: Final = 90.0
# A zone is 3 degrees wide; with 500 km on either side of its meridian (a false easting of 500 km)
# and 9 to 63 N there is room for all of China, and a prefix or an exchange shows.
ZONE_WIDTH_M: Final = 1e6
NORTHING_M: Final = (1e6, 7e6)
MAX_GRID_M: Final = 1e8  # a larger number is no coordinate in any grid
LOCAL_GRID: Final = (
    "unless they are of another zone they look like a local city grid (地方坐标系 / "
    "相对独立坐标系), whose parameters are not published and must not be guessed; transform "
    "them to CGCS2000 with your office's approved software first"
)
_DATUM_OF: Final = {datum.epsg: datum for datum in Datum if datum.is_metric}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """One wrong pair, and what it may mean instead."""

    first: float
    second: float
    exchanged: bool  # right on the declared datum when exchanged
    straight: tuple[int, ...]  # codes that it fits as easting, northing
    turned: tuple[int, ...]  # as northing, easting

    def __str__(self) -> str:
        return f"{self.first!r} {self.second!r}"


def check_position(
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    where: str = "position",
    datum: Datum | str = Datum.CGCS2000,
) -> None:
    """Return if all positions can be what their datum says, else say what is wrong.

    Parameters
    ----------
    lon, lat
        Degrees, lon first, or metres, easting first, as ``datum`` says; scalars or arrays
        that broadcast.
    where
        Start of the message, such as ``points.csv:17``; of an array, the index is added.
    datum
        What the numbers are on; all degrees are held to the same rule.

    Raises
    ------
    CrsError
        A value is NaN or infinite. Degrees beyond ±180 or ±90: exchanged near Taizhou (the
        message gives the remedy), metres of a known EPSG code (it names the codes and what to
        declare), metres of none, or simply out of range. Metres outside the zone: exchanged,
        with or without a zone prefix against the datum, degrees, or of no published system.
        Only the first such position is reported.

    Notes
    -----
    Nothing says that the position is near Taizhou: far away is an answer, not an error.
    """
    lons, lats = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    known = parse_datum(datum)
    wrong = faulty(lons, lats, known)
    if not wrong.any():
        return
    first = np.flatnonzero(wrong)[:1]
    place = f"{where} {first[0]}" if lons.ndim else where
    msg = f"{place}: {faults(lons.ravel()[first], lats.ravel()[first], known)[0]}"
    raise CrsError(msg)


def faulty(first: Floats, second: Floats, datum: Datum) -> Flags:
    """Say which pairs cannot be positions on this datum.

    Parameters
    ----------
    first, second
        lon, lat in degrees, or easting, northing in metres; arrays of one shape.
    datum
        What they are on.

    Returns
    -------
    Flags
        Shape of the input; true where a value is not finite, beyond ±180 or ±90 degrees, or
        outside the zone by more than 350 km or outside 9 to 63 N.
    """
    # A comparison with NaN is false, so one negated test finds every kind of fault.
    if datum.is_metric:
        offset_m = first - datum.prefix_m
        south, north = NORTHING_M
        right = (offset_m > 0.0) & (offset_m < ZONE_WIDTH_M) & (second >= south) & (second <= north)
    else:
        right = (np.abs(first) <= MAX_LON_DEG) & (np.abs(second) <= MAX_LAT_DEG)
    return np.asarray(~right)


def faults(first: Floats, second: Floats, datum: Datum) -> list[str]:
    """Say of pairs that are known to be wrong (see `faulty`) why, and what the remedy is.

    Parameters
    ----------
    first, second
        The numbers, shape ``(n,)``.
    datum
        What they were said to be on.

    Returns
    -------
    list of str
        One sentence a pair: what is wrong, what was expected, what came, what to do.
    """
    straight, turned = _fits(first, second), _fits(second, first)
    exchanged = ~faulty(second, first, datum) if datum.is_metric else _in_window(second, first)
    say = _metric_fault if datum.is_metric else _degree_fault
    return [
        _not_finite(float(a), float(b), datum)
        or say(
            _Numbers(
                first=float(a),
                second=float(b),
                exchanged=bool(swap),
                straight=_codes(fits),
                turned=_codes(turns),
            ),
            datum,
        )
        for a, b, swap, fits, turns in zip(
            first, second, exchanged, straight.T, turned.T, strict=True
        )
    ]


def swapped(first: object, second: object, names: str = "lon, lat") -> str:
    """Return the sentence for two values that stand in the wrong order."""
    one, other = names.split(", ")
    whole = {"lon": "longitude", "easting": "easting"}[one]
    return (
        f"{names} look swapped, got {one} {first} and {other} {second}, "
        f"expected {whole} first; call with LON LAT = {second} {first}"
    )


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
    return _codes(_fits(np.array([x], np.float64), np.array([y], np.float64))[:, 0])


def _fits(x: Floats, y: Floats) -> Flags:
    """Say, (codes, n), under which of `LIKELY_EPSG` the metres lie near Taizhou."""
    places = [transformer_of(code).transform(x, y, direction="INVERSE") for code in LIKELY_EPSG]
    south, north = NORTHING_M  # PROJ's inverse goes round the earth
    return np.array([_in_window(*place) & (y >= south) & (y <= north) for place in places])


def _codes(fits: Flags) -> tuple[int, ...]:
    """Return the likely codes that are marked."""
    return tuple(code for code, fit in zip(LIKELY_EPSG, fits, strict=True) if fit)


def _in_window(lon: Floats, lat: Floats) -> Flags:
    """Say which positions lie in the window around Taizhou."""
    west, east, south, north = TAIZHOU_WINDOW_DEG
    return np.asarray((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))


def _not_finite(first: float, second: float, datum: Datum) -> str:
    """Name the number that is NaN or infinite; empty if neither is."""
    if datum.is_metric:
        names = (("easting", "metres"), ("northing", "metres"))
    else:
        names = (
            ("lon", f"degrees within ±{MAX_LON_DEG:g}"),
            ("lat", f"degrees within ±{MAX_LAT_DEG:g}"),
        )
    for (name, expected), value in zip(names, (first, second), strict=True):
        if not np.isfinite(value):
            return f"{name} is not a finite number, expected {expected}, got {value}"
    return ""


def _degree_fault(pair: _Numbers, datum: Datum) -> str:
    """Say what is wrong with numbers that were said to be degrees."""
    del datum  # degrees of all datums look alike
    lon, lat = pair.first, pair.second
    if pair.exchanged:
        return swapped(repr(lon), repr(lat))
    metres = f"metres where degrees are expected, got {pair}, which"
    if pair.straight or pair.turned:
        return f"{metres} {_other_system(pair)}"
    if _like_grid(pair):
        return f"{metres} {_no_system()}"
    if abs(lon) > MAX_LON_DEG:
        return f"lon is out of range, expected degrees within ±180, got {lon!r}"
    return f"lat is out of range, expected degrees within ±90 (longitude first), got {lat!r}"


def _metric_fault(pair: _Numbers, datum: Datum) -> str:
    """Say what is wrong with numbers that were said to be metres."""
    if pair.exchanged:
        return swapped(repr(pair.first), repr(pair.second), "easting, northing")
    if max(abs(pair.first), abs(pair.second)) <= MAX_LON_DEG:
        return (
            f"degrees where metres are expected (easting, northing of {datum}), got {pair}; "
            "declare wgs84, cgcs2000, gcj02 or bd09 with --datum, longitude first"
        )
    prefix = int(datum.prefix_m / ZONE_WIDTH_M)
    rule = f"with zone prefix (带号) {prefix}" if prefix else "without a zone prefix (带号)"
    expected = (
        f"metres that {datum} (EPSG:{datum.epsg}) cannot have, "
        f"expected easting {rule}, then northing, got {pair}"
    )
    if pair.straight or pair.turned:
        return f"{expected}, which {_other_system(pair)}"
    return f"{expected}, which {_no_system()}" if _like_grid(pair) else expected


def _other_system(pair: _Numbers) -> str:
    """Say which systems the numbers fit, and how to say so."""
    codes = pair.straight or pair.turned
    order = "easting, northing" if pair.straight else "northing, easting"
    names = " or ".join(f"EPSG:{code}" for code in codes)
    known = [(code, _DATUM_OF[code]) for code in codes if code in _DATUM_OF]
    turn = "" if pair.straight else f"LON LAT = {pair.second!r} {pair.first!r} "
    if not known:
        remedy = "convert them to degrees, longitude first"
    elif len(codes) == 1:
        remedy = f"call with {turn}--datum {known[0][1]}"
    else:
        options = " or ".join(f"--datum {datum} for EPSG:{code}" for code, datum in known)
        remedy = f"ask which they are, then call with {turn}{options}"
    return f"fit {names} ({order}); {remedy}"


def _like_grid(pair: _Numbers) -> bool:
    """Say whether both numbers could be metres in some grid."""
    return all(MAX_LON_DEG < abs(value) < MAX_GRID_M for value in (pair.first, pair.second))


def _no_system() -> str:
    """Say that no likely code fits, and what that means."""
    known = ", ".join(f"EPSG:{code}" for code in LIKELY_EPSG)
    return f"none of {known} puts near Taizhou; {LOCAL_GRID}"
