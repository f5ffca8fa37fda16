"""The collections of features and their properties."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, Response

from services.deps import Asked, CollectionId, Ready
from services.ogc import describe, html, openapi
from services.ogc.ask import quoted
from services.ogc.media import HTML, PAGES, SCHEMAS
from tzkc_geo.collections import collection as collection_of
from tzkc_geo.collections import collections

router = APIRouter()


@router.get(
    "/collections",
    response_class=Response,
    responses=openapi.answers(openapi.COLLECTIONS, PAGES),
    openapi_extra={"parameters": [openapi.f_parameter(PAGES)]},
)
async def list_collections(ask: Asked, world: Ready) -> Response:
    """Return all collections."""
    ask.check(("f",))
    shown = ask.format(PAGES)
    listed = collections(world.catalog).values()
    found = describe.collections_page(ask, listed, shown)
    if shown is not HTML:
        return JSONResponse(found)
    names = html.listing(
        (
            f"{ask.url('/collections')}/{quoted(one.collection_id)}?f=html",
            f"{one.title_zh} {one.title_en}",
            f"{len(one)} · {one.about}",
        )
        for one in listed
    )
    return HTMLResponse(html.page(ask, "集合 Collections", [names], found["links"]))


@router.get(
    openapi.ONE,
    response_class=Response,
    responses=openapi.answers(openapi.COLLECTION, PAGES),
    openapi_extra={"parameters": [openapi.f_parameter(PAGES)]},
)
async def one_collection(collection_id: CollectionId, ask: Asked, world: Ready) -> Response:
    """Return one collection: where its features are, and in which systems and formats."""
    ask.check(("f",))
    shown = ask.format(PAGES)
    one = collection_of(world.catalog, collection_id)
    found = describe.collection_page(ask, one, shown)
    if shown is not HTML:
        return JSONResponse(found)
    facts = html.pairs(
        (name, found[name])
        for name in ("id", "description", "extent", "crs", "storageCrs")
        if name in found
    )
    body = [facts, html.map_svg(one, range(len(one)))]
    return HTMLResponse(html.page(ask, found["title"], body, found["links"]))


@router.get(
    f"{openapi.ONE}/queryables",
    response_class=Response,
    responses=openapi.answers(openapi.QUERYABLES, SCHEMAS),
    openapi_extra={"parameters": [openapi.f_parameter(SCHEMAS)]},
)
async def list_queryables(collection_id: CollectionId, ask: Asked, world: Ready) -> Response:
    """Return the properties that filters and parameters may name, as a JSON Schema."""
    ask.check(("f",))
    shown = ask.format(SCHEMAS)
    one = collection_of(world.catalog, collection_id)
    found = describe.queryables(ask, one, shown)
    if shown is not HTML:
        return JSONResponse(found, media_type=shown.media)
    rows = html.pairs(
        (name, f"{about.get('type', about.get('format'))}: {about['description']}")
        for name, about in found["properties"].items()
    )
    title = f"可查询属性 Queryables: {found['title']}"
    return HTMLResponse(html.page(ask, title, [rows], found["links"]))
