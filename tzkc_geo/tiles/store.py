"""The tiles of a catalog: small ones made ahead and kept, deep ones made when asked for."""

from __future__ import annotations

import gzip
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tzkc_geo.collections import collection
from tzkc_geo.tiles import mvt, png
from tzkc_geo.tiles.looks import looks
from tzkc_geo.tiles.scheme import LEAST_ZOOM, MOST_ZOOM, check, tiles_over, to_lonlat
from tzkc_geo.tiles.simplify import ground

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tzkc_geo.catalog import Catalog

    Address = tuple[int, int, int]

AHEAD: Final = 14  # the deepest zoom that is made ahead
KEPT: Final = 4096  # deep tiles of a layer that are kept, and as many pictures
SIZES: Final = (256, 512)  # pixels along a side of a picture


class Layer:
    """The tiles of one collection; its methods may be called by many threads.

    Parameters
    ----------
    catalog
        Where the collection comes from.
    collection_id
        The collection.

    Raises
    ------
    UnknownIdError
        There is no such collection.
    """

    def __init__(self, catalog: Catalog, collection_id: str) -> None:
        self.collection = collection(catalog, collection_id)
        self._ground = ground(catalog, collection_id)
        self._cells = mvt.Properties.of(self.collection)
        self._looks = looks(catalog, self.collection)
        self._at_zoom = lru_cache(maxsize=MOST_ZOOM)(self._ground.at_zoom)
        self._deep = lru_cache(maxsize=KEPT)(self._packed)
        self._picture = lru_cache(maxsize=KEPT)(self._drawn)
        self.ahead: Mapping[Address, bytes] = {
            (z, x, y): tile
            for z in range(LEAST_ZOOM, AHEAD + 1)
            for x, y in self.addresses(z)
            if (tile := self._packed(z, x, y))
        }

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north; degrees, EPSG:4490. None where nothing has a position."""
        if (bounds := self._ground.bounds) is None:
            return None
        (west, north), (east, south) = to_lonlat([bounds[:2], bounds[2:]]).tolist()
        return west, south, east, north

    def addresses(self, z: int) -> list[tuple[int, int]]:
        """Return column and row of the tiles of a zoom that may hold something."""
        if (bounds := self._ground.bounds) is None:
            return []
        columns, rows = tiles_over(bounds, z)
        return [(x, y) for x in columns for y in rows]

    def vector(self, z: int, x: int, y: int) -> bytes | None:
        """Return a vector tile, packed by gzip; None where it is empty.

        Raises
        ------
        UnknownIdError
            There is no such tile.
        """
        check(z, x, y)
        if z <= AHEAD:
            return self.ahead.get((z, x, y))
        return self._deep(z, x, y) or None

    def picture(self, z: int, x: int, y: int, size: int = 256) -> bytes | None:
        """Return a tile as PNG with a palette; None where nothing is drawn on it.

        Parameters
        ----------
        z, x, y
            Zoom, column, row.
        size
            Pixels along a side, one of `SIZES`; lines of 512 are twice as wide.

        Raises
        ------
        UnknownIdError
            There is no such tile.
        """
        check(z, x, y)
        return self._picture(z, x, y, size) or None

    def _packed(self, z: int, x: int, y: int) -> bytes:
        """Return a vector tile, packed; empty where nothing is in it."""
        name, geometry = self.collection.collection_id, self.collection.geometry
        tile = mvt.encode(name, geometry, self._at_zoom(z), (x, y), self._cells)
        return gzip.compress(tile, mtime=0) if tile else b""

    def _drawn(self, z: int, x: int, y: int, size: int) -> bytes:
        """Return a picture; empty where nothing is drawn on it."""
        geometry, shapes = self.collection.geometry, self._at_zoom(z)
        return png.draw(geometry, shapes, (x, y), self._looks, size=size)


class Tiles:
    """The layers of one catalog, each made when it is first asked for; safe for many threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._made: dict[str, Layer] = {}

    def ready(self, collection_id: str) -> Layer | None:
        """Return a layer if it is made already."""
        return self._made.get(collection_id)

    def layer(self, collection_id: str) -> Layer:
        """Return a layer; making it takes about a tenth of a second.

        Raises
        ------
        UnknownIdError
            There is no such collection.
        """
        with self._lock:
            if collection_id not in self._made:
                self._made[collection_id] = Layer(self._catalog, collection_id)
            return self._made[collection_id]
