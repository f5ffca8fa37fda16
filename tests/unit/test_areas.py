"""Areas in every way: laws between them, and figures known from elsewhere."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.areas import PLANES, RING_AREAS, all_areas_m2, plane_area_m2
from tzkc_geo.crs import project
from tzkc_geo.geodesy import densify

CORNERS = st.tuples(
    st.floats(121.1, 121.5), st.floats(28.5, 28.7), st.floats(0.001, 0.05), st.floats(0.001, 0.05)
)


def dense(west: float, south: float, wide: float, high: float) -> shapely.Polygon:
    ring = shapely.get_coordinates(shapely.box(west, south, west + wide, south + high))
    return shapely.Polygon(densify(ring, 20.0))


@given(CORNERS)
def test_on_dense_rings_statutory_and_geodesic_agree_and_no_plane_of_gk_is_smaller(
    corner: tuple[float, float, float, float],
) -> None:
    areas = {name: float(area[0]) for name, area in all_areas_m2([dense(*corner)]).items()}
    assert areas["geodesic"] == pytest.approx(areas["statutory"], rel=1e-6)
    assert areas["gk120"] >= areas["statutory"]
    assert areas["gk123"] >= areas["statutory"]
    assert areas["utm51n"] == pytest.approx(areas["statutory"], rel=4e-4)  # either side of 1
    assert areas["webmercator"] == pytest.approx(1.30 * areas["statutory"], rel=0.01)


@given(
    st.sampled_from(sorted(RING_AREAS)),
    st.integers(0, 3),
    st.sampled_from((1, -1)),
    st.integers(0, 3),
)
def test_start_direction_and_repeated_points_change_nothing(
    name: str, start: int, way: int, twice: int
) -> None:
    ring = np.array([[121.3, 28.6], [121.33, 28.61], [121.34, 28.64], [121.29, 28.63]])
    turned = np.roll(ring, -start, axis=0)[::way]
    turned = np.insert(turned, twice, turned[twice], axis=0)
    expected = RING_AREAS[name](ring, None)[0]
    assert RING_AREAS[name](turned, None)[0] == pytest.approx(expected, rel=1e-12)


def test_a_plane_area_is_that_of_shapely_in_the_plane() -> None:
    ring = np.array([[121.3, 28.6], [121.33, 28.61], [121.34, 28.64], [121.29, 28.63]])
    for epsg in PLANES.values():
        plane = shapely.Polygon(project(ring, epsg))
        assert plane_area_m2(ring, epsg=epsg)[0] == pytest.approx(plane.area, rel=1e-9)


def test_rings_stand_in_their_order_and_an_empty_one_has_no_area() -> None:
    box = shapely.get_coordinates(shapely.box(121.3, 28.6, 121.31, 28.61))
    both = plane_area_m2(np.vstack([box, box[:3]]), [0, 5, 5, 8], epsg=4549)
    assert both.tolist() == [both[0], 0.0, pytest.approx(both[0] / 2, rel=1e-3)]
    assert plane_area_m2(np.empty((0, 2)), [0, 0], epsg=4549).tolist() == [0.0]


def test_a_hole_is_subtracted_in_every_way() -> None:
    shell, hole = shapely.box(121.3, 28.6, 121.34, 28.64), shapely.box(121.31, 28.61, 121.32, 28.62)
    whole = shapely.Polygon(shell.exterior, [hole.exterior])
    three = all_areas_m2([shell, hole, whole])
    for area in three.values():
        assert area[2] == pytest.approx(area[0] - area[1], rel=1e-12)
