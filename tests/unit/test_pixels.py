"""The raster of travel times agrees with the times at the middle of its pixels."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from tests.toy import network as toy
from tzkc_geo.errors import LimitError
from tzkc_geo.io.raster import write_cog
from tzkc_geo.network.grids import bounds_of
from tzkc_geo.network.pixels import Raster, raster
from tzkc_geo.network.reach import Search, search_from
from tzkc_geo.network.surface import targets, times

TOY = toy.catalog()


def made(
    x: float, y: float, step_m: float = 10.0, modes: tuple[str, ...] = ("walk", "road")
) -> tuple[Search, Raster]:
    one = search_from(TOY, *toy.lonlat(x, y), modes=modes)
    return one, raster(TOY, one.network, one.clock, one.to_targets(), step_m=step_m)


def middles(found: Raster) -> NDArray[np.float64]:
    """Return the middles of all pixels, row by row from the north."""
    rows, columns = found.minutes.shape
    x = found.west + (np.arange(columns) + 0.5) * found.step_m
    y = found.north - (np.arange(rows) + 0.5) * found.step_m
    return np.column_stack([np.tile(x, rows), np.repeat(y, columns)])


@pytest.mark.parametrize("modes", [("walk",), ("walk", "road", "rail"), ("road", "rail")])
@pytest.mark.parametrize(("x", "y"), [(0.0, 1400.0), (2100.0, 4900.0)])
def test_pixels_have_the_times_of_their_middles(x: float, y: float, modes: tuple[str, ...]) -> None:
    one, found = made(x, y, 20.0, modes)
    places = targets(one.network, middles(found), nearest=100)
    exact = times(places, one.clock, one.network, start=one.start)
    here, there = exact / 60.0, found.minutes.ravel()
    both = np.isfinite(here) & np.isfinite(there)
    assert (np.isfinite(here) != np.isfinite(there)).mean() < 0.02  # squares on the outer limit
    assert (there[both] >= here[both] - 0.01).all()
    assert np.quantile(there[both] - here[both], 0.99) < 0.5


def test_it_covers_the_units_and_the_river_is_empty() -> None:
    one, found = made(0.0, 1400.0)
    west, south, east, north = bounds_of(TOY)
    rows, columns = found.minutes.shape
    assert found.west <= west < found.west + 100.0
    assert found.north - 100.0 < north <= found.north
    assert found.west + columns * 10.0 >= east
    assert found.north - rows * 10.0 <= south
    xy = middles(found)
    wet = one.network.barriers.wet(*xy.T)
    assert wet.any()
    assert np.isnan(found.minutes.ravel()[wet]).all()
    assert found.minutes.dtype == np.float32


def test_no_time_jumps_to_the_other_bank() -> None:
    one, found = made(0.0, 1400.0, 10.0, ("walk",))
    xy = middles(found) - toy.plane([(0.0, 0.0)])[0]
    minutes = found.minutes.ravel()
    north_bank = (np.abs(xy[:, 0] - 300.0) < 200.0) & (xy[:, 1] > 1650.0) & (xy[:, 1] < 1760.0)
    assert north_bank.any()
    reached = minutes[north_bank & np.isfinite(minutes)]
    assert (reached > 24.0).all()  # 1200 s to the bridge, 240 s across it
    assert one.snap_m == pytest.approx(0.0, abs=0.01)


def test_from_nowhere_nothing_is_reached() -> None:
    one, found = made(-4000.0, 1400.0)
    assert one.to_targets() is None
    assert np.isnan(found.minutes).all()


@pytest.mark.parametrize("step_m", [0.0, -10.0, 3.0, 30.0, 200.0, float("nan"), 1.0])
def test_a_pixel_that_does_not_fit_is_refused(step_m: float) -> None:
    with pytest.raises(LimitError, match=r"^pixel: side does not fit, expected a part of 100 m"):
        made(0.0, 1400.0, step_m)


def test_it_is_written_and_read_back_where_it_lies(tmp_path: Path) -> None:
    _, found = made(0.0, 1400.0)
    write_cog(
        tmp_path / "times.tif",
        found.minutes,
        west=found.west,
        north=found.north,
        step_m=found.step_m,
        tags={},
    )
    at = toy.plane([(2000.0, 6305.0)])[0]  # beside r3
    with rasterio.open(tmp_path / "times.tif") as read:
        assert next(read.sample([at]))[0] == pytest.approx(690.0 / 60.0, abs=0.3)
