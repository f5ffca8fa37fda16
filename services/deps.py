"""What a route may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

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


Ready = Annotated[World, Depends(get_world)]
Set = Annotated[Settings, Depends(get_settings)]
Heavy = Annotated[Pool, Depends(get_pool)]
