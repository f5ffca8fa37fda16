"""The coordinate systems of Features part 2, with the order of axes that their register gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import shapely

from services.ogc.faults import QueryError
from tzkc_geo.crs import project

if TYPE_CHECKING:
    from tzkc_geo.collections import Collection, Shapes

EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
CACHE_SIZE: Final = 64  # collections in systems


@dataclass(frozen=True, slots=True)
class Crs:
    """A system that features are given in."""

    uri: str
    epsg: int
    flipped: bool  # whether its register puts latitude or northing first
    is_degrees: bool


CRS84: Final = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4490, False, True)  # noqa: FBT003
STORED: Final = Crs(f"{EPSG}4490", 4490, True, True)  # noqa: FBT003
OFFERED: Final = {
    one.uri: one
    for one in (
        CRS84,
        STORED,
        Crs(f"{EPSG}4549", 4549, True, False),  # noqa: FBT003
        Crs(f"{EPSG}3857", 3857, False, False),  # noqa: FBT003
    )
}


def parse_crs(text: str | None, *, name: str) -> Crs:
    """Return the system of a URI; CRS84 where none is given.

    Raises
    ------
    QueryError
        It is not offered.
    """
    if text is None:
        return CRS84
    if text not in OFFERED:
        msg = f"{name}: system is not offered, expected one of {', '.join(OFFERED)}, got {text!r}"
        raise QueryError(msg)
    return OFFERED[text]


@lru_cache(maxsize=CACHE_SIZE)
def shapes_in(collection: Collection, crs: Crs) -> Shapes:
    """Return the shapes of a collection in a system, x = easting or longitude first.

    Parameters
    ----------
    collection
        Degrees, EPSG:4490; CRS84 (WGS 84) is taken as equal, they differ by less than 1 m.
    crs
        Of the result.
    """
    if crs.is_degrees:
        return collection.shapes
    moved: Shapes = shapely.transform(collection.shapes, lambda xy: project(xy, crs.epsg))
    return moved


def in_order(shapes: Shapes, crs: Crs) -> Shapes:
    """Return shapes with x first in the order of axes of a system, or the other way round."""
    if not crs.flipped:
        return shapes
    turned: Shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return turned
