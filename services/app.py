"""Compose the application. Importing this module does nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette_compress import CompressMiddleware

from services.errors import Faults, add_handlers
from services.frame.conditional import Conditional
from services.frame.guards import BodyLimit, Gate, RateLimit, parsed_rate
from services.frame.identify import Identify
from services.frame.security import SecurityHeaders
from services.frame.watch import Watch, log_line
from services.metrics import Metrics
from services.pool import Pool
from services.reload import reload, reloads_on_hangup
from services.routes import (
    audit,
    commitments,
    health,
    home,
    locate,
    maps,
    ogc_about,
    ogc_collections,
    ogc_items,
    operation,
    quality,
    styles,
    tiles,
    travel,
    units,
)
from services.world import Holder, World, as_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from services.frame.watch import Answered
    from services.settings import Settings
    from tzkc_geo.catalog import Catalog

READ_BY_PAGES = ["ETag", "X-Request-ID", "Content-Range", "Retry-After", "Link"]


def create_app(settings: Settings, load: Callable[[], Catalog | World]) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    settings
        What the operator set.
    load
        Called when the application starts, and for new data; a test passes a toy world.

    Raises
    ------
    DataError
        The rate is not one.

    Notes
    -----
    The interactive pages of FastAPI are left out because they fetch scripts from outside.
    ``state.connections`` counts the connections, ``state.draining`` is set when the end is near,
    ``state.announce`` tells other workers to reload; a server sets the three.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.holder = Holder(lambda: as_world(load()))
        app.state.pool = Pool(settings.limits)
        with reloads_on_hangup(app):
            yield
        app.state.pool.close()

    app = FastAPI(
        title=settings.title,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=_layers(settings, metrics := Metrics()),
    )
    app.state.settings, app.state.metrics = settings, metrics
    app.state.draining, app.state.connections = False, int
    app.state.announce = lambda: None
    app.state.reload = partial(reload, app)
    add_handlers(app)
    for module in (
        *(locate, tiles),  # called most, and routers are asked one after the other
        *(home, ogc_about, ogc_collections, ogc_items),
        *(health, operation),
        *(units, audit, quality, travel, commitments),
        *(maps, styles),
    ):
        app.include_router(module.router)
    return app


def _layers(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Return the frame round every request, from the outside to the inside."""
    watchers: list[Callable[[Answered], None]] = [metrics.watch] if settings.metrics else []
    if settings.access_log:
        watchers.append(partial(log_line, positions=settings.log_positions))
    limits, origins = settings.limits, list(settings.origins)
    cross = Middleware(
        CORSMiddleware, origins, ["GET", "HEAD", "POST"], expose_headers=READ_BY_PAGES
    )
    return [
        Middleware(Identify),
        Middleware(Watch, watchers),
        Middleware(SecurityHeaders, settings.ancestors),
        *([cross] if origins else []),
        Middleware(Faults),
        Middleware(Gate, limits),
        *([Middleware(RateLimit, parsed_rate(settings.rate))] if settings.rate else []),
        Middleware(BodyLimit, limits),
        Middleware(Conditional, settings),
        Middleware(CompressMiddleware, zstd=False),
    ]
