"""Areas and lengths on the CGCS2000 ellipsoid, from degrees; no projection, no file.

Many rings at once are given ragged: ``coords`` of shape ``(n, 2)`` holds the vertices of
all rings one after the other, and ring ``i`` is ``coords[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import ring_kernel
from tzkc_geo.crs import check_position
from tzkc_geo.errors import LimitError, RingError
from tzkc_geo.machine_code import in_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray
    from pyproj import Geod
    from shapely import MultiPolygon, Polygon

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    RingArea = Callable[[Floats, Ints], Floats]

# CGCS2000 (GB 22021): semi-major axis and flattening; the rest follows.
A_M: Final = 6378137.0
INVERSE_FLATTENING: Final = 298.257222101
B_M: Final = A_M * (1.0 - 1.0 / INVERSE_FLATTENING)
E2: Final = (2.0 - 1.0 / INVERSE_FLATTENING) / INVERSE_FLATTENING

NEAR_DEG: Final = 0.5  # up to here the middle latitude gives the length of a geodesic
COMPILE_FROM: Final = 50_000  # vertices; below, plain Python is faster than to load numba

# A, B, C, D, E of the statutory formula, as printed: polynomials in e².
SERIES: Final = (
    1.0 + 3.0 / 6.0 * E2 + 30.0 / 80.0 * E2**2 + 35.0 / 112.0 * E2**3 + 630.0 / 2304.0 * E2**4,
    1.0 / 6.0 * E2 + 15.0 / 80.0 * E2**2 + 21.0 / 112.0 * E2**3 + 420.0 / 2304.0 * E2**4,
    3.0 / 80.0 * E2**2 + 7.0 / 112.0 * E2**3 + 180.0 / 2304.0 * E2**4,
    1.0 / 112.0 * E2**3 + 45.0 / 2304.0 * E2**4,
    5.0 / 2304.0 * E2**4,
)


def statutory_area_m2(coords: ArrayLike, offsets: ArrayLike | None = None) -> Floats:
    """Return the statutory ellipsoid area of each ring (椭球面积), always >= 0.

    Each side and the meridian through the middle of its ring bound a trapezoid; their areas,
    with sign, add up to the ring's. Formula (2) of 国土调查办发〔2008〕32号, taken literally.

    Parameters
    ----------
    coords
        Shape ``(n, 2)``, columns lon, lat; degrees, EPSG:4490. Rings may be closed or open
        and run either way; repeated vertices count for nothing.
    offsets
        Shape ``(k + 1,)``, from 0 to n, never falling; None: ``coords`` is one ring.

    Returns
    -------
    Floats
        Square metres, shape ``(k,)``. A ring with fewer than three distinct vertices, or
        none at all, has area 0.

    Raises
    ------
    CrsError
        A coordinate is not finite or not in degrees.
    RingError
        ``coords`` or ``offsets`` do not have the shape described.

    Notes
    -----
    ``S = 2 b² ΔL [A sin(d/2) cos Bm - B sin(3d/2) cos 3Bm + C sin(5d/2) cos 5Bm
    - D sin(7d/2) cos 7Bm + E sin(9d/2) cos 9Bm]`` with ``d = B2 - B1``,
    ``Bm = (B1 + B2)/2`` and ΔL, in radians, from the meridian to the middle of the side.
    The rule leaves the meridian free. With L = 0 large terms cancel: a parcel of 2 m2 keeps
    seven digits. With the middle of the ring, and latitudes taken from there by `ring_kernel`,
    fifteen are kept, so that what limits is the input.

    A trapezoid takes a side at its mean longitude. That is the exact area below a side that
    is straight in the cylindrical equal-area plane (L, sin β; β the authalic latitude):
    neither a geodesic nor quite a straight line of (B, L). Against the geodesic, a side of s
    metres and azimuth α differs by about ``s³ sin α (1 + 2 cos² α) tan B / (12 R)``; against
    the straight line of (B, L), by ``s³ sin α cos² α tan B / (12 R)``. At 28.6 N the first is
    up to 0.010 m2 for 100 m and 10 m2 for 1 km, the second a quarter of it; opposite sides of
    a ring cancel in part. Made dense with `densify`, all three agree far below 1 ppm.
    Whether the rule wants points on long sides is not known, so none are added here.
    A ring that crosses itself gets the difference of its loops; no ring may cross the
    antimeridian. Both are for the caller to see to.

    Examples
    --------
    >>> quad = [[121.2, 28.5], [121.5, 28.5], [121.5, 28.7], [121.2, 28.7]]
    >>> statutory_area_m2(quad).round(3).tolist()
    [650422969.055]
    """
    vertices, starts = _ragged(coords, offsets, check=False)
    areas = np.empty(len(starts) - 1)
    series = np.array(SERIES)
    if len(vertices) < COMPILE_FROM:
        ring_kernel.ring_areas(vertices, starts, series, areas)
    else:
        run = ring_kernel.compiled()["ring_areas"]
        in_slices(
            lambda part: run(vertices, starts[part.start : part.stop + 1], series, areas[part]),
            areas.size,
        )
    if np.isnan(areas).any():
        check_position(vertices[:, 0], vertices[:, 1], where="vertex")
    return areas * B_M**2


def geodesic_area_m2(coords: ArrayLike, offsets: ArrayLike | None = None) -> Floats:
    """Return the area of each ring with geodesic sides, always >= 0; as `statutory_area_m2`.

    Parameters, shapes and errors are those of `statutory_area_m2`; the sides are geodesics
    of the CGCS2000 ellipsoid (Karney 2013, through `pyproj.Geod`), one ring at a time.

    Notes
    -----
    A check of the statutory area, not its substitute: each side is integrated down to the
    equator, which leaves up to 1e-4 m2 of rounding however small the ring is.
    """
    vertices, starts = _ragged(coords, offsets)
    geod = _geod()
    return np.array(
        [
            abs(geod.polygon_area_perimeter(*vertices[a:b].T)[0]) if b - a > 0 else 0.0
            for a, b in pairwise(starts.tolist())
        ],
        dtype=np.float64,
    )


def geodesic_length_m(line: ArrayLike) -> float:
    """Return the length of a line along geodesics, metres.

    Parameters
    ----------
    line
        Shape ``(n, 2)``, columns lon, lat; degrees, EPSG:4490. It is not closed for you.

    Returns
    -------
    float
        Sum of the geodesics between neighbours; 0 for fewer than two vertices.

    Raises
    ------
    CrsError, RingError
        As in `statutory_area_m2`.
    """
    vertices, _ = _ragged(line, None)
    if len(vertices) == 0:
        return 0.0
    return float(_geod().line_length(vertices[:, 0], vertices[:, 1]))


def lengths_m(here: ArrayLike, there: ArrayLike) -> Floats:
    """Return the lengths of geodesics between pairs of points, metres.

    Parameters
    ----------
    here, there
        Lon, lat in degrees, EPSG:4490, less than half a turn apart; shapes ``(..., 2)`` that
        broadcast.

    Returns
    -------
    Floats
        Shape ``(...)``. Up to `NEAR_DEG` apart by the middle latitude, which is right to 0.1 mm
        at 5 km and to 0.2 m at 50 km; beyond by the geodesic.
    """
    start, end = np.asarray(here, dtype=np.float64), np.asarray(there, dtype=np.float64)
    step = end - start
    return spans_m(start[..., 1], step[..., 0], step[..., 1])


def spans_m(lat: Floats, east_deg: Floats, north_deg: Floats) -> Floats:
    """Return the lengths of geodesics from points at a latitude to others; see `lengths_m`.

    Parameters
    ----------
    lat
        Of the points, degrees, EPSG:4490.
    east_deg, north_deg
        How far the others are in longitude and latitude; shapes that broadcast.
    """
    east_m, north_m = metres_per_degree(lat + north_deg / 2.0)
    east, north = east_deg * east_m, north_deg * north_m
    metres: Floats = np.sqrt(east * east + north * north)
    far = np.maximum(np.abs(east_deg), np.abs(north_deg)) > NEAR_DEG
    if far.any():
        lats, lons, rises = (
            np.broadcast_to(part, metres.shape)[far] for part in (lat, east_deg, north_deg)
        )
        metres[far] = _geod().inv(np.zeros_like(lons), lats, lons, lats + rises)[2]
    return metres


def metres_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Return the lengths of a degree of longitude and of one of latitude, metres.

    ``lat`` is in degrees, EPSG:4490, any shape, and the lengths are those at this latitude:
    ``N cos(lat)`` and ``M``, the radii of curvature in the prime vertical and the meridian.
    """
    cosine = np.cos(np.radians(lat))
    square = 1.0 - E2 + E2 * cosine * cosine
    across = A_M / np.sqrt(square)
    return np.radians(across * cosine), np.radians(across * (1.0 - E2) / square)


def polygon_area_m2(
    polygon: Polygon | MultiPolygon, *, ring_area_m2: RingArea = statutory_area_m2
) -> float:
    """Return the ellipsoid area of one polygon; `polygon_areas_m2` of an array of one."""
    return float(polygon_areas_m2([polygon], ring_area_m2=ring_area_m2)[0])


def polygon_areas_m2(
    polygons: Sequence[Polygon | MultiPolygon], *, ring_area_m2: RingArea = statutory_area_m2
) -> Floats:
    """Return the ellipsoid area of each polygon, holes subtracted.

    Parameters
    ----------
    polygons
        Polygons and multipolygons; lon, lat in degrees, EPSG:4490; a third coordinate is
        ignored. They are taken to be valid, so that holes and parts do not overlap.
    ring_area_m2
        `statutory_area_m2` or `geodesic_area_m2`.

    Returns
    -------
    Floats
        Square metres, shape ``(k,)``; 0 for an empty polygon.

    Raises
    ------
    CrsError
        A coordinate is not finite or not in degrees.
    RingError
        A geometry is neither a polygon nor a multipolygon.
    """
    geometries = np.empty(len(polygons), dtype=object)
    geometries[:] = polygons
    areal = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    strange = np.flatnonzero(~np.isin(shapely.get_type_id(geometries), areal))
    if strange.size:
        kind = getattr(geometries[strange[0]], "geom_type", "nothing")
        msg = f"polygon {strange[0]}: no area here, expected Polygon or MultiPolygon, got {kind}"
        raise RingError(msg)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=len(rings)))])
    outer = np.diff(part, prepend=-1) != 0  # the shell comes first, then the holes
    signed = np.where(outer, 1.0, -1.0) * ring_area_m2(coords, offsets)
    areas = np.zeros(len(geometries))
    np.add.at(areas, owner[part], signed)
    return areas


def densify(line: ArrayLike, max_segment_m: float) -> Floats:
    """Return the line with points added on its sides, straight in lon, lat.

    Parameters
    ----------
    line
        Shape ``(n, 2)``, columns lon, lat; degrees, EPSG:4490. A ring must be closed if its
        last side is to be densified too.
    max_segment_m
        No piece is longer than this on the ellipsoid.

    Returns
    -------
    Floats
        Shape ``(m, 2)``, ``m >= n``: the old vertices, unchanged to the last bit, with
        equally spaced points between them. Straight in lon, lat is how GeoJSON draws.

    Raises
    ------
    CrsError, RingError
        As in `statutory_area_m2`.
    LimitError
        ``max_segment_m`` is not a positive number.
    """
    if not 0.0 < max_segment_m < np.inf:
        msg = f"max_segment_m: no such length, expected metres above 0, got {max_segment_m}"
        raise LimitError(msg)
    vertices, _ = _ragged(line, None)
    pieces = np.maximum(np.ceil(_longest_m(vertices) / max_segment_m), 1.0).astype(np.int64)
    start = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (step / pieces[start])[:, np.newaxis]
    added = vertices[start] + share * (vertices[start + 1] - vertices[start])
    return np.concatenate([added, vertices[-1:]])


def _longest_m(vertices: Floats) -> Floats:
    """Return for each side a length that its geodesic, or n times any n-th of it, is within.

    Both radii are taken where they are largest along the side.
    """
    lat = np.radians(np.abs(vertices[:, 1]))
    crosses = vertices[:-1, 1] * vertices[1:, 1] < 0.0
    nearest = np.where(crosses, 0.0, np.minimum(lat[:-1], lat[1:]))
    farthest = np.maximum(lat[:-1], lat[1:])
    d_lon, d_lat = np.radians(np.diff(vertices, axis=0)).T
    parallel_m = A_M * np.cos(nearest) / np.sqrt(1.0 - E2 * np.sin(nearest) ** 2)
    meridian_m = A_M * (1.0 - E2) / (1.0 - E2 * np.sin(farthest) ** 2) ** 1.5
    longest: Floats = np.hypot(parallel_m * d_lon, meridian_m * d_lat)
    return longest


def _ragged(
    coords: ArrayLike, offsets: ArrayLike | None, *, check: bool = True
) -> tuple[Floats, Ints]:
    """Return vertices and offsets as arrays, or say what is wrong with them."""
    vertices = np.asarray(coords, dtype=np.float64)
    if vertices.size == 0 and vertices.ndim <= 1:
        vertices = np.empty((0, 2))
    if vertices.ndim != 2 or vertices.shape[1] != 2:  # noqa: PLR2004 - lon and lat
        msg = f"coords: not pairs of coordinates, expected shape (n, 2), got {vertices.shape}"
        raise RingError(msg)
    if check:
        check_position(vertices[:, 0], vertices[:, 1], where="vertex")
    if offsets is None:
        return vertices, np.array([0, len(vertices)])
    starts = np.asarray(offsets, dtype=np.int64)
    whole = starts.ndim == 1 and starts.size > 0 and starts[0] == 0 and starts[-1] == len(vertices)
    if not whole or (np.diff(starts) < 0).any():
        msg = f"offsets: not a split of the rings, expected 0 … {len(vertices)}, never falling"
        raise RingError(msg)
    return vertices, starts


@lru_cache(maxsize=1)
def _geod() -> Geod:
    """Return the CGCS2000 ellipsoid of pyproj."""
    from pyproj import Geod  # heavy, and not needed for the statutory area

    return Geod(a=A_M, rf=INVERSE_FLATTENING)
