"""The parameter ``bbox``: four or six numbers in the order of axes of ``bbox-crs``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import shapely

from services.ogc.faults import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.ogc.crs import Crs

FLAT, HIGH = 4, 6  # numbers of a box without and with heights
MAX_LON: Final = 180.0
MAX_LAT: Final = 90.0


def parse_bbox(text: str, crs: Crs, *, name: str = "bbox") -> shapely.Geometry:
    """Return the box of a text such as ``121.3,28.5,121.6,28.8``, x = easting or longitude first.

    Raises
    ------
    QueryError
        It is not four or six finite numbers, or not a box.
    """
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError as exc:
        msg = f"{name}: not numbers, expected 4 or 6 numbers with commas between, got {text!r}"
        raise QueryError(msg) from exc
    return box_of(numbers, crs, name=name)


def box_of(numbers: Sequence[float], crs: Crs, *, name: str) -> shapely.Geometry:
    """Return the box of numbers; across the antimeridian it is two boxes.

    Parameters
    ----------
    numbers
        Lowest corner, highest corner, in the order of axes of ``crs``; with six numbers the third
        and the sixth are heights, which select nothing because features have none.

    Raises
    ------
    QueryError
        As in `parse_bbox`.
    """
    if len(numbers) not in (FLAT, HIGH) or not all(map(math.isfinite, numbers)):
        msg = f"{name}: not a box, expected 4 or 6 finite numbers, got {list(numbers)}"
        raise QueryError(msg)
    half = len(numbers) // 2
    low, high = list(numbers[:half]), list(numbers[half:])
    if half * 2 == HIGH and low[2] > high[2]:
        msg = f"{name}: heights are exchanged, expected the lower first, got {low[2]:g}"
        msg += f" and {high[2]:g}"
        raise QueryError(msg)
    (west, south), (east, north) = low[:2], high[:2]
    if crs.flipped:
        west, south, east, north = south, west, north, east
    if crs.is_degrees:
        _check_degrees((west, south, east, north), crs, name=name)
    if south > north or (west > east and not crs.is_degrees):
        msg = f"{name}: corners are exchanged, expected the lowest corner first in the order of"
        msg += f" axes of {crs.uri}, got {list(numbers)}"
        raise QueryError(msg)
    if west > east:  # across the antimeridian
        parts = [
            shapely.box(west, south, MAX_LON, north),
            shapely.box(-MAX_LON, south, east, north),
        ]
        return shapely.MultiPolygon(parts)
    return shapely.box(west, south, east, north)


def _check_degrees(box: tuple[float, float, float, float], crs: Crs, *, name: str) -> None:
    """Raise `QueryError` for values that are no degrees in this order."""
    west, south, east, north = box
    if max(abs(west), abs(east)) > MAX_LON or max(abs(south), abs(north)) > MAX_LAT:
        order = "latitude, longitude" if crs.flipped else "longitude, latitude"
        msg = f"{name}: beyond the globe, expected degrees in the order {order}, got longitude"
        msg += f" {west:g} to {east:g} and latitude {south:g} to {north:g}"
        raise QueryError(msg)
