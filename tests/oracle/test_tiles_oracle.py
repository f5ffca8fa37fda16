"""Pixels inside polygons, against GEOS."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.tiles.png import inside

SIZE = 32
PLACE = st.floats(-10, 42).map(lambda value: round(value, 3) + 0.0001)  # no pixel's centre


@given(st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=9))
def test_a_pixel_is_inside_where_geos_has_its_centre_inside(
    points: list[tuple[float, float]],
) -> None:
    shape = shapely.make_valid(shapely.Polygon(points))
    row, column = np.mgrid[:SIZE, :SIZE] + 0.5
    centres = shapely.points(column, row)
    near = shapely.distance(shape.boundary, centres) < 1e-9
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    expected = shapely.intersects_xy(shapely.MultiPolygon(areas), column, row)
    assert ((inside(shapely.MultiPolygon(areas), SIZE) == expected) | near).all()
