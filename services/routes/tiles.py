"""Tiles of the collections, and the documents that lead to them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from services import tilesets
from services.deps import Ready, get_world
from services.hot import HotRoute
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.tiles.scheme import LEAST_ZOOM, MATRIX_SET, MOST_ZOOM
from tzkc_geo.tiles.store import SIZES, Tiles

if TYPE_CHECKING:
    from services.world import World
    from tzkc_geo.tiles.store import Layer

router = APIRouter(tags=["tiles"])
hot = APIRouter(tags=["tiles"], route_class=HotRoute)

VERSION = 12  # characters of the key of a world that are its version
EXAMPLE = {"layer": "units", "z": 12, "x": 3429, "y": 1708}
PROBLEM = {
    "description": "No such layer or tile; the problem says the range.",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
BINARY = {"schema": {"type": "string", "format": "binary"}}


def _parameters(layer: str, z: str, x: str, y: str, *, size: bool = False) -> dict[str, Any]:
    """Return the parameters of a tile as OpenAPI has them."""
    zooms = {"type": "integer", "minimum": LEAST_ZOOM, "maximum": MOST_ZOOM}
    whole = {"type": "integer", "minimum": 0}
    schemas = {layer: {"type": "string"}, z: zooms, x: whole, y: whole}
    examples = dict(zip((layer, z, x, y), EXAMPLE.values(), strict=True))
    listed: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": schema, "example": examples[name]}
        for name, schema in schemas.items()
    ]
    sizes = {"type": "integer", "enum": list(SIZES), "default": SIZES[0]}
    if size:
        listed.append({"name": "size", "in": "query", "schema": sizes, "description": "Pixels."})
    version = "Version of the data; a tile that is asked for with it may be kept for ever."
    listed.append(
        {"name": "v", "in": "query", "schema": {"type": "string"}, "description": version}
    )
    return {"parameters": listed}


def _responses(kind: str) -> dict[int | str, dict[str, Any]]:
    """Return the responses of a tile as OpenAPI has them."""
    sized: dict[int | str, dict[str, Any]] = {
        422: {**PROBLEM, "description": "There is no such size."}
    }
    return {
        200: {"description": "The tile.", "content": {kind: BINARY}},
        204: {"description": "The tile is empty."},
        404: PROBLEM,
        **(sized if kind == tilesets.PNG else {}),
    }


PATH = "/tiles/{layer}/{z:int}/{x:int}/{y:int}"
TILE, OGC = ("layer", "z", "x", "y"), ("collection_id", "tileMatrix", "tileCol", "tileRow")
OGC_PATH = f"{MATRIX_SET}/{{tileMatrix:int}}/{{tileRow:int}}/{{tileCol:int}}"


@hot.get(
    PATH + ".mvt",
    response_class=Response,
    responses=_responses(tilesets.MVT),
    openapi_extra=_parameters(*TILE),
)
async def vector_tile(request: Request) -> Response:
    """Return a vector tile (Mapbox Vector Tile 2.1)."""
    return await _vector(request, TILE)


@hot.get(
    "/collections/{collection_id}/tiles/" + OGC_PATH,
    response_class=Response,
    responses=_responses(tilesets.MVT),
    openapi_extra=_parameters(*OGC),
)
async def ogc_vector_tile(request: Request) -> Response:
    """Return a vector tile; the row stands before the column, as in OGC API Tiles."""
    return await _vector(request, OGC)


@hot.get(
    PATH + ".png",
    response_class=Response,
    responses=_responses(tilesets.PNG),
    openapi_extra=_parameters(*TILE, size=True),
)
async def picture_tile(request: Request) -> Response:
    """Return a tile as PNG, 256 or 512 pixels; hatched where an outline is not known."""
    return await _picture(request, TILE)


@hot.get(
    "/collections/{collection_id}/map/tiles/" + OGC_PATH,
    response_class=Response,
    responses=_responses(tilesets.PNG),
    openapi_extra=_parameters(*OGC, size=True),
)
async def ogc_map_tile(request: Request) -> Response:
    """Return a tile as PNG; the row stands before the column, as in OGC API Tiles."""
    return await _picture(request, OGC)


@router.get("/tiles/{layer}/tilejson.json", responses={404: PROBLEM})
async def tilejson(layer: str, request: Request, world: Ready) -> dict[str, Any]:
    """Return TileJSON 3.0 of a layer."""
    return tilesets.tilejson(await _layer(world, layer), _base(request), world.key[:VERSION])


@router.get("/collections/{collection_id}/tiles", responses={404: PROBLEM})
async def vector_sets(collection_id: str, request: Request, world: Ready) -> dict[str, Any]:
    """Return the vector tile sets of a collection."""
    layer = await _layer(world, collection_id)
    return tilesets.tile_sets(layer, _base(request), picture=False)


@router.get(f"/collections/{{collection_id}}/tiles/{MATRIX_SET}", responses={404: PROBLEM})
async def vector_set(collection_id: str, request: Request, world: Ready) -> dict[str, Any]:
    """Return the metadata of the vector tiles of a collection."""
    layer = await _layer(world, collection_id)
    return tilesets.tile_set(layer, _base(request), picture=False)


@router.get("/collections/{collection_id}/map/tiles", responses={404: PROBLEM})
async def map_sets(collection_id: str, request: Request, world: Ready) -> dict[str, Any]:
    """Return the map tile sets of a collection."""
    layer = await _layer(world, collection_id)
    return tilesets.tile_sets(layer, _base(request), picture=True)


@router.get(f"/collections/{{collection_id}}/map/tiles/{MATRIX_SET}", responses={404: PROBLEM})
async def map_set(collection_id: str, request: Request, world: Ready) -> dict[str, Any]:
    """Return the metadata of the map tiles of a collection."""
    layer = await _layer(world, collection_id)
    return tilesets.tile_set(layer, _base(request), picture=True)


@router.get("/tileMatrixSets")
async def matrix_sets(request: Request) -> dict[str, Any]:
    """Return the tile matrix sets."""
    return tilesets.matrix_sets(_base(request))


@router.get("/tileMatrixSets/{set_id}", responses={404: PROBLEM})
async def matrix_set(set_id: str) -> dict[str, Any]:
    """Return the definition of a tile matrix set."""
    if set_id != MATRIX_SET:
        msg = f"tile matrix set {set_id!r}: no such set, expected {MATRIX_SET}, got {set_id!r}"
        raise UnknownIdError(msg)
    return tilesets.matrix_set()


async def _vector(request: Request, names: tuple[str, ...]) -> Response:
    """Return a vector tile; packed, where the client takes it so."""
    world = get_world(request)
    layer, z, x, y = (request.path_params[name] for name in names)
    tile = (await _layer(world, layer)).vector(z, x, y)
    headers = {"Vary": "Accept-Encoding"}
    if tile is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    elif tile is not None:
        tile = gzip.decompress(tile)
    return _reply(tile, tilesets.MVT, headers)


async def _picture(request: Request, names: tuple[str, ...]) -> Response:
    """Return a picture; one that must be drawn is drawn beside the event loop."""
    world = get_world(request)
    layer, z, x, y = (request.path_params[name] for name in names)
    word = request.query_params.get("size", str(SIZES[0]))
    if word not in map(str, SIZES):
        msg = f"size: no such size, expected {' or '.join(map(str, SIZES))}, got {word!r}"
        raise DataError(msg)
    tile = await run_in_threadpool((await _layer(world, layer)).picture, z, x, y, int(word))
    return _reply(tile, tilesets.PNG, {})


def _reply(tile: bytes | None, kind: str, headers: dict[str, str]) -> Response:
    """Return the tile, or that it is empty; how long it may be kept is for the frame to say."""
    if tile is None:
        return Response(status_code=204, headers=headers)
    return Response(tile, media_type=kind, headers=headers)


async def _layer(world: World, layer: str) -> Layer:
    """Return the tiles of a layer; the first time they are made beside the event loop."""
    tiles = world.once("tiles", Tiles)
    if (made := tiles.ready(layer)) is not None:
        return made
    return await run_in_threadpool(tiles.layer, layer)


def _base(request: Request) -> str:
    """Return the address of the service, without a slash at its end."""
    return str(request.base_url).rstrip("/")


router.include_router(hot)
