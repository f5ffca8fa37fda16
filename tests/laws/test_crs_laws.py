"""Laws of `tzkc_geo.crs`: there and back, one and many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo import crs
from tzkc_geo.crs import Datum
from tzkc_geo.errors import CrsError

MM_DEG = 0.9e-8  # below 1 mm in lon and lat
EPSG = [4528, 4529, 4549, 4550, 32651, 3857, 4326, 4490]

near = st.tuples(st.floats(118.0, 124.0), st.floats(26.0, 31.0))
china = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))  # 1 km and more inside the box
DEGREES = [datum for datum in Datum if not datum.is_metric]
METRES = [datum for datum in Datum if datum.is_metric]
world = st.tuples(st.floats(-180.0, 180.0), st.floats(-89.0, 89.0))


@pytest.mark.parametrize("epsg", EPSG)
@given(points=st.lists(near, min_size=1, max_size=8))
def test_unproject_undoes_project(epsg: int, points: list[tuple[float, float]]) -> None:
    back = crs.unproject(crs.project(points, epsg), epsg)
    assert np.abs(back - np.array(points)).max() < 1e-10


@given(points=st.lists(near, min_size=1, max_size=8))
def test_many_points_are_projected_as_each_alone(points: list[tuple[float, float]]) -> None:
    together = crs.to_metric(points)
    alone = np.concatenate([crs.to_metric([point]) for point in points])
    assert together.tolist() == alone.tolist()


@given(near)
def test_a_zone_prefix_adds_its_million_and_nothing_else(point: tuple[float, float]) -> None:
    plain, prefixed = crs.project([point], 4549), crs.project([point], 4528)
    assert prefixed - plain == pytest.approx(np.array([[40e6, 0.0]]), abs=1e-6)


@given(near)
def test_projected_metres_near_taizhou_are_recognised(point: tuple[float, float]) -> None:
    lon, lat = np.clip(point, (119.1, 27.1), (122.9, 29.9))
    for epsg in crs.LIKELY_EPSG:
        assert epsg in crs.likely_epsg(*crs.project([(lon, lat)], epsg)[0])


@pytest.mark.parametrize("datum", DEGREES)
@given(point=china)
def test_every_datum_comes_back_below_a_millimetre(
    datum: Datum, point: tuple[float, float]
) -> None:
    back = crs.to_cgcs2000(*crs.from_cgcs2000(*point, datum), datum)
    again = crs.from_cgcs2000(*crs.to_cgcs2000(*point, datum), datum)
    assert np.abs(np.subtract(back, point)).max() < MM_DEG
    assert np.abs(np.subtract(again, point)).max() < MM_DEG


@pytest.mark.parametrize("datum", DEGREES)
@given(points=st.lists(world, min_size=1, max_size=8))
def test_many_points_are_converted_as_each_alone(
    datum: Datum, points: list[tuple[float, float]]
) -> None:
    lons, lats = np.transpose(points)
    together = np.column_stack(crs.to_cgcs2000(lons, lats, datum))
    alone = np.array([crs.to_cgcs2000(lon, lat, datum) for lon, lat in points])
    assert together == pytest.approx(alone, abs=1e-11)


@pytest.mark.parametrize("datum", METRES)
@given(points=st.lists(near, min_size=1, max_size=8))
def test_metres_come_back_and_are_those_of_the_code(
    datum: Datum, points: list[tuple[float, float]]
) -> None:
    lons, lats = np.transpose(points)
    x, y = crs.from_cgcs2000(lons, lats, datum)
    assert datum.epsg is not None
    assert np.column_stack([x, y]).tolist() == crs.project(points, datum.epsg).tolist()
    assert np.abs(np.subtract(crs.to_cgcs2000(x, y, datum), (lons, lats))).max() < 1e-10
    one = crs.to_cgcs2000(x[0], y[0], datum)
    assert (one[0].item(), one[1].item()) == tuple(v[0] for v in crs.to_cgcs2000(x, y, datum))


@given(world)
def test_every_position_on_earth_is_accepted_and_its_mirror_near_taizhou_is_not(
    point: tuple[float, float],
) -> None:
    crs.check_position(*point)
    lon, lat = np.clip(point, (119.0, 27.0), (123.0, 30.0))
    with pytest.raises(CrsError, match="look swapped"):
        crs.check_position(lat, lon)
