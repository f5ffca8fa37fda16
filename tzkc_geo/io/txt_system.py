"""The coordinate system of a 界址点 file: from its header, its figures, or where they lie."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tzkc_geo import crs
from tzkc_geo.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Gauss-Krueger on CGCS2000: EPSG code = base + zone.
PREFIXED_BASE: Final = {3: 4488, 6: 4478}
PLAIN_BASE: Final = {3: 4509, 6: 4489}
ZONES: Final = {3: range(25, 46), 6: range(13, 24)}
MILLION: Final = 1_000_000
NORTH_M: Final = (1_000_000.0, 6_500_000.0)  # 9 to 58 degrees north
EAST_M: Final = (100_000.0, 900_000.0)
PREFIXES: Final = range(13, 46)
CGCS2000: Final = frozenset(
    {
        *("cgcs2000", "2000国家大地坐标系", "国家2000大地坐标系", "国家大地2000坐标系"),
        *("国家2000坐标系", "2000国家坐标系", "国家2000", "2000坐标系", "2000大地坐标系"),
        "cgcs2000坐标系",
    }
)
OLDER: Final = {"80": 4610, "54": 4214}  # Xian 1980, Beijing 1954
DEFAULT_WIDTH: Final = 3


class PointRow(NamedTuple):
    """One point line. The file calls the northing X and the easting Y."""

    row: int
    number: str  # 点号
    ring: str  # 地块圈号
    north: float  # X, metres
    east: float  # Y, metres; with the zone in front or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A Gauss-Krueger zone of CGCS2000, and whether eastings carry its number."""

    epsg: int
    zone: int | None  # None: a code given by option that is no such zone
    prefixed: bool
    width_deg: int = DEFAULT_WIDTH
    found: str = "option"  # prefix, header, position or option


def zone_of(epsg: int) -> Zone | None:
    """Return the zone of an EPSG code, such as 40 with prefix of 4528; None if it is none."""
    for prefixed, bases in ((True, PREFIXED_BASE), (False, PLAIN_BASE)):
        for width, base in bases.items():
            if epsg - base in ZONES[width]:
                return Zone(epsg=epsg, zone=epsg - base, prefixed=prefixed, width_deg=width)
    return None


def find_zone(
    header: Mapping[str, tuple[int, str]],
    points: Sequence[PointRow],
    *,
    name: str,
    epsg: int | None,
) -> Zone:
    """Return the one zone of a file.

    Parameters
    ----------
    header
        Row and value of each key of [属性描述].
    points
        All points of the file, at least one.
    name
        Of the file, for messages.
    epsg
        What the user says the coordinates are in; it may add to the file, not contradict it.

    Raises
    ------
    CrsError
        The datum is not CGCS2000, X and Y are exchanged, zones are mixed, the file contradicts
        itself or ``epsg``, or the zone does not follow from anything.
    """
    datum_said = _check_datum(header, name=name)
    check_axes(points, name=name)
    prefix = _prefix(points, name=name)
    width = _whole(header, "几度分带", name=name) or DEFAULT_WIDTH
    if width not in ZONES:
        where = _where(header, "几度分带", name=name)
        msg = f"{where}: 几度分带 is not known, expected 3 or 6, got {width}"
        raise CrsError(msg)
    stated = _whole(header, "带号", name=name)
    if stated is not None and prefix not in (None, stated):
        where = _where(header, "带号", name=name)
        msg = f"{where}: 带号 does not fit, expected {prefix} as in front of Y, got {stated}"
        raise CrsError(msg)
    if not datum_said and epsg is None:
        msg = f"{name}: 坐标系 is not said, expected 2000国家大地坐标系; say --datum gk40 or EPSG:n"
        raise CrsError(msg)
    zone = prefix if prefix is not None else stated
    if zone is None:
        return _zone_elsewhere(points, width, name=name, epsg=epsg)
    if zone not in ZONES[width]:
        allowed = f"{ZONES[width][0]} to {ZONES[width][-1]}"
        msg = f"{name}: zone does not exist, expected {allowed} for {width} degrees, got {zone}"
        raise CrsError(msg)
    code = (PLAIN_BASE if prefix is None else PREFIXED_BASE)[width] + zone
    if epsg not in (None, code):
        msg = f"{name}: the file says EPSG:{code}, expected the same of --datum, got EPSG:{epsg}"
        raise CrsError(msg)
    found = "header" if prefix is None else "prefix"
    return Zone(epsg=code, zone=zone, prefixed=prefix is not None, width_deg=width, found=found)


def _zone_elsewhere(points: Sequence[PointRow], width: int, *, name: str, epsg: int | None) -> Zone:
    """Return the zone that the user says, or the one that puts the points near Taizhou."""
    if epsg is not None:
        known = zone_of(epsg)
        if known is not None and known.prefixed:
            msg = (
                f"{name}: Y has no zone in front, expected a code without, got --datum EPSG:{epsg}"
            )
            raise CrsError(msg)
        return known or Zone(epsg=epsg, zone=None, prefixed=False)
    norths, easts = [p.north for p in points], [p.east for p in points]
    middle = (min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2
    base = PLAIN_BASE[width]
    near = [code for code in crs.likely_epsg(*middle) if code in (base + 40, base + 41)]
    if len(near) != 1:
        msg = (
            f"{name}: 带号 is blank and Y has no zone in front, expected one zone that puts the"
            f" points near Taizhou, got {len(near)}; say --datum gk40 or EPSG:n"
        )
        raise CrsError(msg)
    return Zone(
        epsg=near[0], zone=near[0] - base, prefixed=False, width_deg=width, found="position"
    )


def _check_datum(header: Mapping[str, tuple[int, str]], *, name: str) -> bool:
    """Say whether the file states CGCS2000; another datum or projection is refused."""
    for key, allowed in (("投影类型", ("高斯", "gauss")), ("计量单位", ("米", "m"))):
        value = header.get(key, (0, ""))[1].lower()
        fits = value in allowed if key == "计量单位" else value.startswith(allowed)
        if value and not fits:
            where = _where(header, key, name=name)
            msg = f"{where}: {key} is not supported, expected {allowed[0]}, got {value!r}"
            raise CrsError(msg)
    said = header.get("坐标系", (0, ""))[1]
    datum = unicodedata.normalize("NFKC", said).lower().replace(" ", "")
    if not datum or datum in CGCS2000:
        return bool(datum)
    where = _where(header, "坐标系", name=name)
    for mark, code in OLDER.items():
        if mark in datum:
            try:
                crs.unproject([[121.4, 28.6]], code)
            except CrsError as exc:
                msg = f"{where}: 坐标系 {said!r} is refused: {exc}"
                raise CrsError(msg) from exc
    msg = (
        f"{where}: 坐标系 is not known, expected 2000国家大地坐标系, got {said!r};"
        " parameters of a local grid are not published: ask its office for CGCS2000"
    )
    raise CrsError(msg)


def check_axes(points: Sequence[PointRow], *, name: str) -> None:
    """Raise `CrsError` at the first point that is not X = north, Y = east of a zone."""
    for point in points:
        if _is_north(point.north) and _is_east(point.east):
            continue
        got = f"got X {point.north:.3f}, Y {point.east:.3f}"
        if _is_north(point.east) and _is_east(point.north):
            msg = (
                f"{name}:{point.row}: X and Y look swapped, expected X = north (7 digits) first,"
                f" {got}; exchange the two columns"
            )
        else:
            msg = (
                f"{name}:{point.row}: is no point of a Gauss-Krueger zone, expected X = north with"
                f" 7 digits, Y = east with 6, or 8 with the zone, in metres, {got}"
            )
        raise CrsError(msg)


def _is_north(value: float) -> bool:
    return NORTH_M[0] <= value <= NORTH_M[1]


def _is_east(value: float) -> bool:
    zone, rest = divmod(value, MILLION)
    return EAST_M[0] <= rest <= EAST_M[1] and (zone == 0 or zone in PREFIXES)


def _prefix(points: Sequence[PointRow], *, name: str) -> int | None:
    """Return the zone in front of all eastings, None if there is none."""
    first = int(points[0].east // MILLION)
    for point in points:
        here = int(point.east // MILLION)
        if here != first:
            expected = f"{first} as in row {points[0].row}" if first else "none"
            msg = (
                f"{name}:{point.row}: zones are mixed, expected in front of Y {expected},"
                f" got {here or 'none'}; write the whole file in one zone"
            )
            raise CrsError(msg)
    return first or None


def _whole(header: Mapping[str, tuple[int, str]], key: str, *, name: str) -> int | None:
    """Return a whole number of the header, None if it is blank or missing."""
    value = header.get(key, (0, ""))[1]
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        where = _where(header, key, name=name)
        msg = f"{where}: {key} is not a whole number, expected one such as 3 or 40, got {value!r}"
        raise CrsError(msg)
    return int(value)


def _where(header: Mapping[str, tuple[int, str]], key: str, *, name: str) -> str:
    """Return the place of a header line."""
    return f"{name}:{header[key][0]}"
