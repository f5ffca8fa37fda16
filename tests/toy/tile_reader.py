"""Tiles read by others' libraries: vector tiles as shapes, pictures as colours."""

import gzip
import struct
import zlib
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray


def decoded(tile: bytes) -> dict[str, Any]:
    """Return the layers of a packed vector tile; y goes down, as in the tile."""
    found: dict[str, Any] = mapbox_vector_tile.decode(
        gzip.decompress(tile), default_options={"y_coord_down": True}
    )
    return found


def shapes_of(tile: bytes, layer: str, key: str) -> dict[str, Any]:
    """Return the shapes of a layer by the text of a property, in grid steps of the tile."""
    return {
        row["properties"][key]: shapely.geometry.shape(row["geometry"])
        for row in decoded(tile)[layer]["features"]
    }


def rgba_of(png: bytes) -> NDArray[np.uint8]:
    """Return red, green, blue, opacity of each pixel of a palette PNG, ``(h, w, 4)``."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(
            name + body
        )
        chunks[name] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    assert chunks[b"IHDR"][8:] == bytes((8, 3, 0, 0, 0))
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    opacity = np.frombuffer(chunks[b"tRNS"], np.uint8)
    return np.column_stack([colours, opacity])[lines[:, 1:]]
