"""The index against GEOS, on the real units and on points chosen to break it."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.toy import adversarial
from tzkc_geo import cells, kernel
from tzkc_geo.catalog import Catalog
from tzkc_geo.outlines import outlines

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def index(real_catalog: Catalog) -> cells.CellIndex:
    return outlines(real_catalog).index


def by_geos(points: Floats, index: cells.CellIndex) -> NDArray[np.bool_]:
    columns = [shapely.intersects_xy(polygon, *points.T) for polygon in index.polygons]
    return np.column_stack(columns)


def test_no_adversarial_point_differs_from_geos(index: cells.CellIndex) -> None:
    points = adversarial.points(index.polygons, 200_000)
    expected = by_geos(points, index)
    lon, lat = np.ascontiguousarray(points.T)
    assert np.array_equal(cells.covering(lon, lat, index), expected)
    assert np.array_equal(cells.first_codes(lon, lat, index), cells.first_of(expected, index.rank))


def test_the_adversarial_points_do_reach_the_exact_path(index: cells.CellIndex) -> None:
    lon, lat = np.ascontiguousarray(adversarial.points(index.polygons, 5_000).T)
    codes = np.empty(lon.size, dtype=np.int16)
    unsure = kernel.first_units(lon, lat, index.grid, codes)
    assert 0 < unsure == (codes == kernel.NOT_SURE).sum() < lon.size


def test_no_point_anywhere_differs_from_geos(index: cells.CellIndex) -> None:
    west, south, east, north = shapely.total_bounds(np.array(index.polygons, dtype=object))
    rng = np.random.default_rng(1)
    points = rng.uniform((west - 0.02, south - 0.02), (east + 0.02, north + 0.02), (200_000, 2))
    lon, lat = np.ascontiguousarray(points.T)
    assert np.array_equal(cells.covering(lon, lat, index), by_geos(points, index))


def test_compiled_and_plain_give_the_same_codes(index: cells.CellIndex) -> None:
    lon, lat = np.ascontiguousarray(adversarial.points(index.polygons, 20_000, seed=2).T)
    plain, fast = np.empty((2, lon.size), dtype=np.int16)
    unsure = kernel.first_units(lon, lat, index.grid, plain)
    assert kernel.compiled()["first_units"](lon, lat, index.grid, fast) == unsure
    assert np.array_equal(plain, fast)


@pytest.mark.parametrize("size", [0, 1, kernel.CHUNK - 1, kernel.CHUNK, 2 * kernel.CHUNK + 1])
def test_a_point_has_its_code_whatever_stands_beside_it(index: cells.CellIndex, size: int) -> None:
    lon, lat = np.ascontiguousarray(adversarial.points(index.polygons, size, seed=3)[:size].T)
    expected = cells.first_of(by_geos(np.column_stack([lon, lat]), index), index.rank)
    assert np.array_equal(cells.first_codes(lon, lat, index), expected)
