"""All vector tiles in one file for hosts that serve files alone (PMTiles 3)."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.collections import collections
from tzkc_geo.io.folder import write_file
from tzkc_geo.tiles.scheme import LEAST_ZOOM
from tzkc_geo.tiles.store import AHEAD, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.tiles.store import Layer

DEGREE: Final = 10_000_000  # units of a degree in the header
TITLE: Final = "台州湾科创走廊 Taizhou Bay sci-tech corridor"
CREDIT: Final = (
    "示意图，非法定边界 Schematic, not a legal boundary · ODbL 1.0 · © OpenStreetMap contributors"
)


def write_pmtiles(catalog: Catalog, path: Path) -> int:
    """Write the vector tiles of all collections into one file, whole or not at all.

    Parameters
    ----------
    catalog
        What is written.
    path
        The file; one of that name is replaced.

    Returns
    -------
    int
        The number of tiles. A tile holds all layers that have something in it, each the same as
        the service answers; zooms 8 to 14, which viewers enlarge beyond.

    Raises
    ------
    DataError
        The file cannot be written.

    Notes
    -----
    PMTiles specification 3, written by the package ``pmtiles``; the same catalog gives the same
    bytes.
    """
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    store = Tiles(catalog)
    layers = [store.layer(name) for name in collections(catalog)]
    tiles: dict[int, bytes] = {}
    for layer in layers:
        for address, tile in layer.ahead.items():
            number = zxy_to_tileid(*address)
            tiles[number] = tiles.get(number, b"") + gzip.decompress(tile)
    file = io.BytesIO()
    writer = Writer(file)
    for number, tile in sorted(tiles.items()):
        writer.write_tile(number, gzip.compress(tile, mtime=0))
    header = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}
    writer.finalize({**header, **_place(layers)}, _metadata(catalog, layers))
    write_file(path, file.getvalue())
    return len(tiles)


def _place(layers: Iterable[Layer]) -> dict[str, int]:
    """Return the bounds and the middle, as the header has them."""
    placed = [layer.bounds for layer in layers if layer.bounds is not None]
    west, south, east, north = (
        round(end(bounds[i] for bounds in placed) * DEGREE)
        for i, end in enumerate((min, min, max, max))
    )
    return {
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": LEAST_ZOOM + 3,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _metadata(catalog: Catalog, layers: Iterable[Layer]) -> dict[str, Any]:
    """Return what the file says of itself and of its layers."""
    kinds = {"string": "String", "number": "Number", "integer": "Number", "boolean": "Boolean"}
    return {
        "name": TITLE,
        "attribution": CREDIT,
        "version": catalog.digest[:12],
        "vector_layers": [
            {
                "id": one.collection_id,
                "description": one.about,
                "minzoom": LEAST_ZOOM,
                "maxzoom": AHEAD,
                "fields": {column.name: kinds[column.kind] for column in one.columns},
            }
            for one in (layer.collection for layer in layers)
        ],
    }
