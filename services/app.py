"""Compose the application. Importing this module does nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI

from services.errors import add_handlers
from services.pool import Pool
from services.routes import health, home, locate, maps, units
from services.world import Holder, world_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from services.settings import Settings
    from tzkc_geo.catalog import Catalog


def create_app(settings: Settings, load: Callable[[], Catalog]) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    settings
        What the operator set.
    load
        Called when the application starts, and for new data; a test passes a toy world.

    Notes
    -----
    The interactive pages of FastAPI are left out because they fetch scripts from outside.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.holder = Holder(lambda: world_of(load()))
        app.state.pool = Pool(settings.limits)
        yield
        app.state.pool.close()

    app = FastAPI(title=settings.title, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings = settings
    add_handlers(app)
    for module in (home, health, units, locate, maps):
        app.include_router(module.router)
    return app
