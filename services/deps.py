"""What a route may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from tzkc_geo.maps import overview_html
from tzkc_geo.maps.words import LANGUAGES
from tzkc_geo.outlines import outlines
from tzkc_geo.reports import units_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.settings import Settings
    from tzkc_geo.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The catalog and everything that is made of it ahead of the first request."""

    catalog: Catalog
    units: dict[str, Any]
    overview: Mapping[str, str]  # HTML by language


def world_of(catalog: Catalog) -> World:
    """Return the catalog with its outlines, its table and its maps ready."""
    outlines(catalog)  # kept for the first request
    return World(
        catalog=catalog,
        units=units_json(catalog),
        overview={lang: overview_html(catalog, lang=lang) for lang in LANGUAGES},
    )


def get_world(request: Request) -> World:
    """Return what the application made when it started."""
    world: World = request.app.state.world
    return world


def get_undo_shift(request: Request) -> bool:
    """Say whether the operator lets the offset of GCJ-02 and BD-09 be removed."""
    settings: Settings = request.app.state.settings
    return settings.undo_shift


Ready = Annotated[World, Depends(get_world)]
UndoShift = Annotated[bool, Depends(get_undo_shift)]
