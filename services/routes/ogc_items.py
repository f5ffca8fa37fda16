"""The features of a collection, by pages and one by one."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from services.deps import Asked, CollectionId, Ready, Set
from services.ogc import features, html, openapi
from services.ogc.ask import link_header
from services.ogc.crs import parse_crs
from services.ogc.files import file_bytes, file_name
from services.ogc.media import FEATURE, GEOJSON, HTML, ITEMS
from services.ogc.query import ITEM, find, row_of
from tzkc_geo.collections import collection as collection_of

router = APIRouter()

FeatureId = Annotated[
    str, Path(alias="featureId", description="要素编号 The id of a feature.", examples=["c01"])
]


@router.get(
    f"{openapi.ONE}/items",
    response_class=Response,
    responses=openapi.answers(openapi.FEATURES, ITEMS),
    openapi_extra={
        "parameters": [
            openapi.f_parameter(ITEMS),
            openapi.CRS_PARAMETER,
            *openapi.ITEMS_PARAMETERS,
        ]
    },
)
async def list_items(
    collection_id: CollectionId, ask: Asked, world: Ready, settings: Set
) -> Response:
    """Return a page of features; Content-Crs says in which system GeoJSON is."""
    one = collection_of(world.catalog, collection_id)
    found = await run_in_threadpool(find, ask, one, key=world.key, limits=settings.limits)
    shown = ask.format(ITEMS)
    links = features.page_links(ask, found, shown, key=world.key)
    headers = {
        "OGC-NumberMatched": str(found.matched),
        "OGC-NumberReturned": str(len(found.rows)),
        "Link": link_header(links),
    }
    if shown is GEOJSON:
        headers["Content-Crs"] = f"<{found.crs.uri}>"
        text = features.page_json(found, links, world.modified)
        return Response(text, headers=headers, media_type=shown.media)
    if shown is HTML:
        title = f"{one.title_zh} {one.title_en}"
        count = f"<p>{len(found.rows)} / {found.matched}</p>"
        drawn = html.map_svg(one, found.rows)
        body = [count, drawn, html.feature_table(ask, one, found.rows)]
        return HTMLResponse(html.page(ask, title, body, links), headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{file_name(found, shown)}"'
    content = await run_in_threadpool(file_bytes, found, shown, world.modified)
    return Response(content, headers=headers, media_type=shown.media)


@router.get(
    f"{openapi.ONE}/items/{{featureId}}",
    response_class=Response,
    responses=openapi.answers(openapi.FEATURE, FEATURE),
    openapi_extra={"parameters": [openapi.f_parameter(FEATURE), openapi.CRS_PARAMETER]},
)
async def one_item(
    collection_id: CollectionId, feature_id: FeatureId, ask: Asked, world: Ready
) -> Response:
    """Return one feature."""
    one = collection_of(world.catalog, collection_id)
    row = row_of(one, feature_id)
    ask.check(ITEM)
    crs = parse_crs(ask.value("crs"), name="crs")
    shown = ask.format(FEATURE)
    links = features.item_links(ask, one, shown)
    if shown is HTML:
        body = [html.map_svg(one, [row]), html.pairs(one.properties(row).items())]
        title = f"{one.title_zh} {one.title_en}: {feature_id}"
        return HTMLResponse(html.page(ask, title, body, links))
    text = features.item_json(one, row, crs, links)
    return Response(text, headers={"Content-Crs": f"<{crs.uri}>"}, media_type=shown.media)
