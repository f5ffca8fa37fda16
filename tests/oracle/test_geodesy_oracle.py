"""Statutory areas against pyproj: geodesics, an equal-area projection, Gauss-Krueger."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer
from shapely import Polygon

from tzkc_geo import geodesy
from tzkc_geo.crs import project

RNG_SEED = 4490


def rings(count: int, *, radius_m: float) -> list[np.ndarray]:
    """Return closed star-shaped rings near Taizhou, of 3 to 14 vertices."""
    rng = np.random.default_rng(RNG_SEED)
    found = []
    for _ in range(count):
        corners = rng.integers(3, 15)
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, corners))
        radius_deg = rng.uniform(0.4, 1.0, corners) * radius_m / 111e3
        centre = rng.uniform((121.2, 28.5), (121.6, 28.8))
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius_deg[:, None] + centre
        found.append(np.concatenate([ring, ring[:1]]))
    return found


def plane_area_m2(xy: np.ndarray) -> float:
    """Return the area of a ring in the plane."""
    return float(Polygon(xy - xy[0]).area)


@pytest.mark.parametrize("radius_m", [300.0, 3000.0, 20000.0])
def test_dense_rings_agree_with_geodesics_below_one_ppm(radius_m: float) -> None:
    for ring in rings(30, radius_m=radius_m):
        dense = geodesy.densify(ring, min(100.0, radius_m / 20.0))
        statutory = geodesy.statutory_area_m2(dense)[0]
        assert statutory == pytest.approx(geodesy.geodesic_area_m2(dense)[0], rel=1e-6)


def test_sides_are_straight_in_the_cylindrical_equal_area_plane() -> None:
    flat = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg "
        "+xy_out=rad +step +proj=cea +lon_0=121.4 +lat_ts=28.6 +ellps=GRS80"
    )
    for ring in rings(30, radius_m=5000.0):
        xy = np.column_stack(flat.transform(ring[:, 0], ring[:, 1]))
        assert geodesy.statutory_area_m2(ring)[0] == pytest.approx(plane_area_m2(xy), rel=1e-9)


@pytest.mark.parametrize("epsg", [4549, 4528, 4550, 4529])
def test_the_gauss_krueger_plane_never_shrinks_an_area(epsg: int) -> None:
    for ring in rings(30, radius_m=5000.0):
        dense = geodesy.densify(ring, 50.0)
        ratio = plane_area_m2(project(dense, epsg)) / geodesy.statutory_area_m2(dense)[0]
        assert 1.0 <= ratio < 1.001


def test_the_gauss_krueger_plane_is_larger_by_the_published_share() -> None:
    for lon, share in ((121.25, 0.00037), (121.5, 0.00053)):
        square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * 1e-3 + (lon, 28.65)
        ratio = plane_area_m2(project(square, 4549)) / geodesy.statutory_area_m2(square)[0]
        assert ratio - 1.0 == pytest.approx(share, abs=5e-6)
