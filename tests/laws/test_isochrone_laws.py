"""Polygons of equal time: they nest, are sound, and hold what is reached."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.toy.network import plane
from tzkc_geo.crs import to_geographic
from tzkc_geo.network.isochrones import isochrones

STEP_M = 200.0
LEVELS = (5.0, 15.0, 30.0)
ORIGIN = plane([(0.0, 0.0)])[0]
Floats = NDArray[np.float64]
TIMES = st.one_of(
    st.just(np.nan), st.sampled_from((0.0, *LEVELS)), st.floats(0.0, 60.0, allow_subnormal=False)
)


@st.composite
def fields(draw: st.DrawFn) -> Floats:
    """Return minutes at some rows and columns, with many ties and holes."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    times = draw(st.lists(TIMES, min_size=rows * columns, max_size=rows * columns))
    return np.array(times).reshape(rows, columns)


def axes(field: Floats) -> tuple[Floats, Floats]:
    """Return x and y of the columns and rows."""
    rows, columns = field.shape
    return ORIGIN[0] + STEP_M * np.arange(columns), ORIGIN[1] + STEP_M * np.arange(rows)


def bands(field: Floats) -> tuple[shapely.MultiPolygon, ...]:
    return isochrones(*axes(field), field, LEVELS)


def points(field: Floats) -> shapely.Geometry:
    """Return the points of the grid, shape of the field, lon lat."""
    x, y = np.meshgrid(*axes(field))
    return shapely.points(to_geographic(np.column_stack([x.ravel(), y.ravel()])))


@given(fields())
def test_bands_are_sound_and_each_covers_those_before_it(field: Floats) -> None:
    found = bands(field)
    assert len(found) == len(LEVELS)
    assert all(band.is_valid and band.geom_type == "MultiPolygon" for band in found)
    for inner, outer in pairwise(found):
        assert inner.is_empty or outer.covers(inner)


@given(fields())
def test_points_lie_in_the_bands_of_their_time_alone(field: Floats) -> None:
    """A corner of a filled square is in when its time is; one that is out is never inside."""
    times = np.round(field.ravel(), 3)
    for level, band in zip(LEVELS, bands(field), strict=True):
        inside = shapely.contains_properly(band, points(field))
        assert not (inside & ~(times <= level)).any()
        if np.isfinite(field).all() and min(field.shape) > 1:
            assert shapely.dwithin(band, points(field), 1e-12)[times <= level].all()


@given(fields())
def test_longer_times_everywhere_give_no_more_ground(field: Floats) -> None:
    for now, later in zip(bands(field), bands(field + 1.0), strict=True):
        assert later.area <= now.area * 1.0001  # a straight side has more vertices or fewer


def test_a_wall_of_the_unreached_is_not_crossed_and_a_hole_stays() -> None:
    field = np.full((9, 9), 10.0)
    field[:, 6] = np.nan  # a river
    field[:, 7:] = 40.0  # its other bank
    field[4, 3] = np.nan  # an island
    x, y = axes(field)
    first, second, third = bands(field)
    assert first.is_empty
    assert second.equals(third)
    (polygon,) = second.geoms
    bank = to_geographic([[x[5], y[4]]])[0, 0]
    assert abs(polygon.bounds[2] - bank) < 1e-4  # the meridian is not quite the grid's north
    (hole,) = polygon.interiors
    middle = to_geographic([[x[3], y[4]]])[0]
    assert shapely.Polygon(hole).contains(shapely.Point(middle))


def test_a_plane_field_is_cut_where_it_reaches_the_level() -> None:
    field = np.add.outer(np.zeros(3), np.arange(11.0))  # a minute a column
    x, y = axes(field)
    east = to_geographic([[x[5], y[0]], [x[5], y[-1]]])[:, 0].max()
    assert abs(bands(field)[0].bounds[2] - east) < 2e-6  # 0.0005 minutes are 0.1 m
