"""Documents about tiles: TileJSON, OGC tile sets and their matrix set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.maps.words import NOTE
from tzkc_geo.tiles.scheme import (
    LEAST_ZOOM,
    MATRIX_SET,
    MOST_ZOOM,
    PIXEL_M,
    scale_denominator,
    tiles_over,
    to_world,
)

if TYPE_CHECKING:
    from tzkc_geo.collections import Collection
    from tzkc_geo.tiles.store import Layer

    Document = dict[str, Any]

MVT: Final = "application/vnd.mapbox-vector-tile"
PNG: Final = "image/png"
CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SCHEME: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"
RELATION: Final = "http://www.opengis.net/def/rel/ogc/1.0"
CREDIT: Final = f"{NOTE[0]} {NOTE[1]} · ODbL 1.0 · © OpenStreetMap contributors"
DIMENSION: Final = {"Point": 0, "LineString": 1, "Polygon": 2}
EVERYWHERE: Final = (-180.0, -85.0511, 180.0, 85.0511)


def tilejson(layer: Layer, base: str, version: str) -> Document:
    """Return TileJSON 3.0 of a layer.

    Parameters
    ----------
    layer
        The layer.
    base
        Address of the service, without a slash at its end.
    version
        Of the data; addresses of tiles carry it, so that they may be kept for ever.
    """
    one = layer.collection
    west, south, east, north = layer.bounds or EVERYWHERE
    return {
        "tilejson": "3.0.0",
        "name": f"{one.title_zh} {one.title_en}",
        "description": one.about,
        "attribution": CREDIT,
        "scheme": "xyz",
        "tiles": [f"{base}/tiles/{one.collection_id}/{{z}}/{{x}}/{{y}}.mvt?v={version}"],
        "minzoom": LEAST_ZOOM,
        "maxzoom": MOST_ZOOM,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, LEAST_ZOOM + 3],
        "vector_layers": [vector_layer(one)],
    }


def vector_layer(one: Collection) -> Document:
    """Return what TileJSON says of the layer inside a tile."""
    kinds = {"string": "String", "number": "Number", "integer": "Number", "boolean": "Boolean"}
    return {
        "id": one.collection_id,
        "description": one.about,
        "minzoom": LEAST_ZOOM,
        "maxzoom": MOST_ZOOM,
        "fields": {column.name: kinds[column.kind] for column in one.columns},
    }


def tile_sets(layer: Layer, base: str, *, picture: bool) -> Document:
    """Return the list of the tile sets of a collection: there is one."""
    here = _address(layer, base, picture=picture)
    one = tile_set(layer, base, picture=picture)
    short = {key: one[key] for key in ("title", "dataType", "crs", "tileMatrixSetURI", "links")}
    return {"links": [_link(here, "self", "application/json")], "tilesets": [short]}


def tile_set(layer: Layer, base: str, *, picture: bool) -> Document:
    """Return the metadata of a tile set (OGC 17-083r4, 2D-TMS and TileSet metadata)."""
    one = layer.collection
    here = f"{_address(layer, base, picture=picture)}/{MATRIX_SET}"
    item = _link(here + "/{tileMatrix}/{tileRow}/{tileCol}", "item", PNG if picture else MVT)
    west, south, east, north = layer.bounds or EVERYWHERE
    return {
        "title": f"{one.title_zh} {one.title_en}",
        "description": one.about,
        "attribution": CREDIT,
        "dataType": "map" if picture else "vector",
        "crs": CRS,
        "tileMatrixSetURI": SCHEME,
        "tileMatrixSetLimits": _limits(layer),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "layers": [
            {
                "id": one.collection_id,
                "dataType": "vector",
                "geometryDimension": DIMENSION[one.geometry],
                "propertiesSchema": {
                    "type": "object",
                    "properties": {column.name: {"type": column.kind} for column in one.columns},
                },
            }
        ],
        "links": [
            _link(here, "self", "application/json"),
            _link(
                f"{base}/tileMatrixSets/{MATRIX_SET}",
                f"{RELATION}/tiling-scheme",
                "application/json",
            ),
            {**item, "templated": True},
        ],
    }


def matrix_sets(base: str) -> Document:
    """Return the list of tile matrix sets: there is one."""
    link = _link(f"{base}/tileMatrixSets/{MATRIX_SET}", "self", "application/json")
    return {
        "tileMatrixSets": [
            {"id": MATRIX_SET, "title": MATRIX_SET, "uri": SCHEME, "crs": CRS, "links": [link]}
        ]
    }


def matrix_set() -> Document:
    """Return the definition of WebMercatorQuad (OGC 17-083r4, annex D.1), zooms 0 to 18."""
    corner = PIXEL_M * 128
    return {
        "id": MATRIX_SET,
        "title": MATRIX_SET,
        "uri": SCHEME,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(z),
                "scaleDenominator": scale_denominator(z),
                "cellSize": PIXEL_M / 2**z,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-corner, corner],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": 2**z,
                "matrixHeight": 2**z,
            }
            for z in range(MOST_ZOOM + 1)
        ],
    }


def _limits(layer: Layer) -> list[Document]:
    """Return for each zoom which rows and columns may hold something."""
    if (bounds := layer.bounds) is None:
        return []
    west, south, east, north = bounds
    (left, top), (right, bottom) = to_world([[west, north], [east, south]]).tolist()
    limits = []
    for z in range(LEAST_ZOOM, MOST_ZOOM + 1):
        columns, rows = tiles_over((left, top, right, bottom), z)
        limits.append(
            {
                "tileMatrix": str(z),
                "minTileRow": rows[0],
                "maxTileRow": rows[-1],
                "minTileCol": columns[0],
                "maxTileCol": columns[-1],
            }
        )
    return limits


def _address(layer: Layer, base: str, *, picture: bool) -> str:
    middle = "map/tiles" if picture else "tiles"
    return f"{base}/collections/{layer.collection.collection_id}/{middle}"


def _link(href: str, rel: str, kind: str) -> Document:
    return {"href": href, "rel": rel, "type": kind}
