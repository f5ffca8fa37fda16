"""Travel times as a Cloud Optimized GeoTIFF: tiled, with overviews, readable in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.epsg import METRIC_EPSG
from tzkc_geo.io.folder import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

TILE: Final = 512
DECIMALS: Final = 1  # a tenth of a minute; rounded times need a third of the room


def write_cog(  # noqa: PLR0913  (the place of the raster and what is said of it)
    path: Path,
    minutes: NDArray[np.float32],
    *,
    west: float,
    north: float,
    step_m: float,
    tags: Mapping[str, str],
) -> None:
    """Write travel times as a Cloud Optimized GeoTIFF, whole or not at all (时间栅格).

    Parameters
    ----------
    path
        The file; one of that name is replaced.
    minutes
        Shape ``(rows, columns)``, the first row is the northernmost; NaN: not reached.
    west, north
        The outer corner of the first pixel; metres, EPSG:4549.
    step_m
        Side of a pixel, metres.
    tags
        Facts that the file carries as TIFF metadata, such as origin and scenario.

    Raises
    ------
    DataError
        The file cannot be written.

    Notes
    -----
    One band, float32, minutes rounded to `DECIMALS`, nodata NaN. Overviews are nearest pixels:
    a mean of times would mix both banks of a river.
    """
    from rasterio.io import MemoryFile
    from rasterio.transform import from_origin

    rows, columns = minutes.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="COG",
            height=rows,
            width=columns,
            count=1,
            dtype="float32",
            nodata=np.nan,
            crs=f"EPSG:{METRIC_EPSG}",
            transform=from_origin(west, north, step_m, step_m),
            blocksize=TILE,
            compress="deflate",
            predictor="yes",
            overview_resampling="nearest",
            num_threads="all_cpus",
        ) as raster:
            raster.write(np.round(minutes, DECIMALS).astype(np.float32, copy=False), 1)
            raster.set_band_description(1, "travel time 出行时间")
            raster.units = ("min",)
            raster.update_tags(**tags)
        content = memory.read()
    write_file(path, content)
