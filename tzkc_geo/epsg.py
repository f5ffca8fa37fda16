"""Coordinate systems by EPSG code, and the way from stored degrees to them.

The only module that asks PROJ. Stored degrees are CGCS2000 (EPSG:4490), lon first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import CrsError

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

GEOGRAPHIC_EPSG: Final = 4490
METRIC_EPSG: Final = 4549
WGS84_EPSG: Final = 4326
# Two datums count as equal, or as safely transformable, up to this error.
MAX_DATUM_ERROR_M: Final = 1.0


@lru_cache(maxsize=64)
def crs_of(epsg: int) -> CRS:
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


def is_geographic(epsg: int) -> bool:
    """Say whether a code is in degrees; `CrsError` if it is no 2D map system."""
    return bool(crs_of(epsg).is_geographic)


@lru_cache(maxsize=64)
def transformer_of(epsg: int) -> Transformer:
    """Return the transformer from stored degrees to a code (thread-safe since pyproj 3.1)."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    crs = crs_of(epsg)
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
