"""Tiles a second: vector tiles against mapbox-vector-tile, pictures against rio-tiler."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_bounds
from rio_tiler.io import Reader

from tests.bench.bench_membership import best
from tzkc_geo.io.load import load
from tzkc_geo.membership import assign
from tzkc_geo.tiles import mvt, png
from tzkc_geo.tiles.looks import looks
from tzkc_geo.tiles.scheme import BUFFER, EXTENT
from tzkc_geo.tiles.simplify import ground
from tzkc_geo.tiles.store import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Address = tuple[int, int, int]

SIDE = 4096  # pixels along a side of the raster
ROUNDS = 20  # over all tiles, of what is only looked up


def rate(work: Callable[[], None], count: int) -> float:
    """Return how many are done a second, the best of three."""
    return count / best(work)


def peer_encode(layer: Layer, shapes: Any, tile: tuple[int, int]) -> bytes:  # noqa: ANN401
    """Return a vector tile as mapbox-vector-tile makes it of the same clipped shapes."""
    west, north = (EXTENT * number for number in tile)
    window = (west - BUFFER, north - BUFFER, west + EXTENT + BUFFER, north + EXTENT + BUFFER)
    clipped = shapely.clip_by_rect(shapes, *window)
    features = [
        {
            "geometry": shapely.transform(shape, lambda xy: xy - (west, north)),
            "properties": layer.collection.properties(row),
        }
        for row, shape in enumerate(clipped)
        if not shape.is_empty
    ]
    found: bytes = mapbox_vector_tile.encode(
        {"name": "units", "features": features}, default_options={"y_coord_down": True}
    )
    return found


def raster(folder: Path, bounds: tuple[float, float, float, float]) -> Path:
    """Write the clusters as a Cloud Optimized GeoTIFF of codes."""
    west, south, east, north = bounds
    lon, lat = np.meshgrid(np.linspace(west, east, SIDE), np.linspace(north, south, SIDE))
    codes = assign(lon.ravel(), lat.ravel(), load()).reshape(SIDE, SIDE)
    path = folder / "codes.tif"
    with rasterio.open(
        path,
        "w",
        driver="COG",
        height=SIDE,
        width=SIDE,
        count=1,
        dtype="uint8",
        nodata=0,
        crs="EPSG:4326",  # as WGS 84 the peer warps ten times faster than as EPSG:4490
        transform=from_bounds(*bounds, SIDE, SIDE),
        compress="deflate",
    ) as file:
        file.write((codes + 1).astype(np.uint8), 1)
    return path


def through_rio(path: Path, addresses: Sequence[Address]) -> None:
    """Make PNG tiles of the raster."""
    colours = {code: (code * 12, 90, 255 - code * 12, 255) for code in range(1, 20)}
    with Reader(str(path)) as reader:
        for z, x, y in addresses:
            reader.tile(x, y, z).render(img_format="PNG", colormap=colours)


def main() -> None:
    """Print rates and ratios."""
    catalog = load()
    start = time.perf_counter()
    layer = Layer(catalog, "units")
    made_s = time.perf_counter() - start
    addresses = list(layer.ahead)
    shapes = {z: ground(catalog, "units").at_zoom(z) for z, _, _ in addresses}
    cells, drawn = mvt.Properties.of(layer.collection), looks(catalog, layer.collection)

    def ours() -> None:
        for z, x, y in addresses:
            mvt.encode("units", "Polygon", shapes[z], (x, y), cells)

    def theirs() -> None:
        for z, x, y in addresses:
            peer_encode(layer, shapes[z], (x, y))

    def pictures() -> None:
        for z, x, y in addresses:
            png.draw("Polygon", shapes[z], (x, y), drawn, size=256)

    def kept(read: Callable[[int, int, int], bytes | None]) -> None:
        for _ in range(ROUNDS):
            for address in addresses:
                read(*address)

    count = len(addresses)
    a, b = rate(ours, count), rate(theirs, count)
    held = rate(lambda: kept(layer.vector), count * ROUNDS)
    out = sys.stdout.write
    out(f"layer of {count} tiles made in {made_s:.3f} s\n")
    out(f"mvt encode {a:.0f}/s, mapbox-vector-tile {b:.0f}/s, ratio {a / b:.1f}\n")
    out(f"mvt from memory {held:.0f}/s, ratio {held / b:.0f}\n")
    with tempfile.TemporaryDirectory() as folder:
        bounds = layer.bounds or (0.0, 0.0, 1.0, 1.0)
        path = raster(Path(folder), bounds)
        peer = rate(lambda: through_rio(path, addresses), count)
    fresh = rate(pictures, count)
    held = rate(lambda: kept(layer.picture), count * ROUNDS)
    out(f"png drawn {fresh:.0f}/s, rio-tiler {peer:.0f}/s, ratio {fresh / peer:.1f}\n")
    out(f"png from memory {held:.0f}/s, ratio {held / peer:.0f}\n")


if __name__ == "__main__":
    main()
