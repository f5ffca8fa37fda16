"""What a route may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import Depends, Path, Request

from services.ogc.ask import Ask
from services.ogc.openapi import COLLECTION_IDS
from services.pool import Pool
from services.settings import Settings
from services.world import World

if TYPE_CHECKING:
    from services.world import Holder


def get_world(request: Request) -> World:
    """Return the world of this request; it stays the same though new data may come in."""
    if "world" not in request.scope:
        holder: Holder = request.app.state.holder
        request.scope["world"] = holder.world
    world: World = request.scope["world"]
    return world


def get_settings(request: Request) -> Settings:
    """Return what the operator set."""
    settings: Settings = request.app.state.settings
    return settings


def get_pool(request: Request) -> Pool:
    """Return the pool for heavy work; it is made when the application starts."""
    pool: Pool = request.app.state.pool
    return pool


async def get_ask(request: Request) -> Ask:
    """Return the address that was asked for, its parameters and wishes."""
    root = request.scope.get("root_path", "")
    return Ask(
        base=str(request.base_url).rstrip("/"),
        path=quote(request.scope["path"].removeprefix(root)),
        params=tuple(request.query_params.multi_items()),
        accept=request.headers.get("accept", "*/*"),
    )


CollectionId = Annotated[
    str,
    Path(
        alias="collectionId",
        description="集合 The collection.",
        json_schema_extra={"enum": list(COLLECTION_IDS)},
    ),
]
Asked = Annotated[Ask, Depends(get_ask)]
Ready = Annotated[World, Depends(get_world)]
Set = Annotated[Settings, Depends(get_settings)]
Heavy = Annotated[Pool, Depends(get_pool)]
