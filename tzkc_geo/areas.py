"""The area of rings and polygons in every way that is met, side by side (面积比较)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.crs import project
from tzkc_geo.geodesy import geodesic_area_m2, polygon_areas_m2, statutory_area_m2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.catalog import Catalog

    Floats = NDArray[np.float64]
    RingArea = Callable[[ArrayLike, ArrayLike | None], Floats]

# EPSG codes of the planes; an area in the last two is a warning, not a figure to report.
PLANES: Final = {"gk120": 4549, "gk123": 4550, "utm51n": 32651, "webmercator": 3857}
WARNINGS: Final = ("utm51n", "webmercator")
MU_M2: Final = 2000.0 / 3.0  # 亩
HECTARE_M2: Final = 10_000.0  # 公顷


def plane_area_m2(coords: ArrayLike, offsets: ArrayLike | None = None, *, epsg: int) -> Floats:
    """Return the area of each ring in a map plane (平面面积), always >= 0.

    Parameters
    ----------
    coords, offsets
        As in `geodesy.statutory_area_m2`: lon, lat in degrees, EPSG:4490, and where rings begin.
    epsg
        Code of the plane; `PLANES` lists those that are compared.

    Returns
    -------
    Floats
        Square metres of the plane, shape ``(k,)``. Sides are straight in the plane.

    Raises
    ------
    CrsError
        As in `crs.project`.

    Notes
    -----
    The shoelace formula, about the first vertex of each ring, so that no digit is lost to the
    seven digits of a northing. In Gauss-Krueger the scale is nowhere below one, so the plane
    area of a ring is never below its ellipsoid area, up to what its sides bend.
    """
    lonlat = np.asarray(coords, dtype=np.float64).reshape(-1, 2)
    starts = np.array([0, len(lonlat)]) if offsets is None else np.asarray(offsets, dtype=np.intp)
    sizes = np.diff(starts)
    areas = np.zeros(sizes.size)
    filled = np.flatnonzero(sizes)
    if not filled.size:
        return areas
    first, last = starts[filled], starts[filled + 1] - 1
    xy = project(lonlat, epsg)
    xy -= np.repeat(xy[first], sizes[filled], axis=0)
    following = np.arange(1, len(xy) + 1)
    following[last] = first
    cross = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    areas[filled] = np.abs(np.add.reduceat(cross, first)) / 2.0
    return areas


RING_AREAS: Final[Mapping[str, RingArea]] = {
    "statutory": statutory_area_m2,
    "geodesic": geodesic_area_m2,
    **{name: partial(plane_area_m2, epsg=epsg) for name, epsg in PLANES.items()},
}


def all_areas_m2(polygons: Sequence[Polygon | MultiPolygon]) -> dict[str, Floats]:
    """Return the area of each polygon in every way, holes subtracted.

    Parameters
    ----------
    polygons
        Lon, lat in degrees, EPSG:4490.

    Returns
    -------
    dict
        Names of `RING_AREAS` to square metres, shape ``(k,)``: ``statutory`` (椭球面积,
        国土调查办发〔2008〕32号), ``geodesic`` (sides are geodesics), ``gk120`` and ``gk123``
        (平面面积 about 120 E and 123 E), ``utm51n`` and ``webmercator`` (as warnings).

    Raises
    ------
    CrsError, RingError
        As in `geodesy.polygon_areas_m2`.
    """
    return {
        name: polygon_areas_m2(polygons, ring_area_m2=ring_area)
        for name, ring_area in RING_AREAS.items()
    }


def areas(catalog: Catalog) -> dict[str, dict[str, float]]:
    """Return the area of every unit in every way (各单元面积).

    Parameters
    ----------
    catalog
        Where the units come from.

    Returns
    -------
    dict
        Unit ids, in their order, to names of `RING_AREAS` to square metres; see `all_areas_m2`.
    """
    ids = [row.unit_id for row in catalog.units]
    ways = all_areas_m2([catalog.polygons[unit_id] for unit_id in ids])
    return {
        unit_id: {name: float(area_m2[code]) for name, area_m2 in ways.items()}
        for code, unit_id in enumerate(ids)
    }
