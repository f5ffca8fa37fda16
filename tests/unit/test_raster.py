"""A raster of travel times is read back as it was, by a reader of its own."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from tests.toy.layers import listing
from tzkc_geo.errors import DataError
from tzkc_geo.io.raster import write_cog

MINUTES = np.add.outer(np.arange(700.0), np.arange(1300.0) / 10.0).astype(np.float32)
MINUTES[100:200, 300:] = np.nan
TAGS = {"scenario": "today", "origin": "121.45 28.645"}


def written(path: Path) -> Path:
    write_cog(path, MINUTES, west=616_000.0, north=3_180_000.0, step_m=10.0, tags=TAGS)
    return path


def test_times_place_and_facts_survive(tmp_path: Path) -> None:
    with rasterio.open(written(tmp_path / "times.tif")) as read:
        assert read.crs.to_epsg() == 4549
        assert read.res == (10.0, 10.0)
        assert read.bounds == (616_000.0, 3_173_000.0, 629_000.0, 3_180_000.0)
        assert read.xy(0, 0) == (616_005.0, 3_179_995.0)  # the middle of the first pixel
        assert np.isnan(read.nodata)
        assert (read.dtypes, read.units) == (("float32",), ("min",))
        assert read.descriptions == ("travel time 出行时间",)
        assert TAGS.items() <= read.tags().items()
        back = read.read(1)
    assert np.array_equal(np.isnan(back), np.isnan(MINUTES))
    assert np.nanmax(np.abs(back - MINUTES)) <= 0.05001


def test_it_is_cloud_optimized_with_overviews(tmp_path: Path) -> None:
    path = written(tmp_path / "times.tif")
    valid, errors, warnings = cog_validate(path, strict=True)
    assert (valid, errors, warnings) == (True, [], [])
    with rasterio.open(path) as read:
        assert read.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert read.block_shapes == [(512, 512)]
        assert read.overviews(1) == [2, 4]
        reduced = read.read(1, out_shape=(350, 650))
    assert np.isin(reduced[np.isfinite(reduced)], np.round(MINUTES, 1)).all()  # no mixed times


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"away: folder does not exist"):
        written(tmp_path / "away" / "times.tif")
    (tmp_path / "times.tif" / "in").mkdir(parents=True)
    before = listing(tmp_path)
    with pytest.raises(DataError, match="cannot be written"):
        written(tmp_path / "times.tif")
    assert listing(tmp_path) == before
