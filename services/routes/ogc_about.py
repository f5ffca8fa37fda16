"""What of OGC API is kept to, and the description of all addresses."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from services.deps import Asked
from services.ogc import describe, html, openapi
from services.ogc.ask import link
from services.ogc.media import API, HTML, PAGES

router = APIRouter()


@router.get(
    "/conformance",
    response_class=Response,
    responses=openapi.answers(openapi.CONFORMS, PAGES),
    openapi_extra={"parameters": [openapi.f_parameter(PAGES)]},
)
async def conformance(ask: Asked) -> Response:
    """Return the conformance classes of OGC API that this service keeps to."""
    ask.check(("f",))
    shown = ask.format(PAGES)
    found = describe.conformance(ask, shown)
    if shown is not HTML:
        return JSONResponse(found)
    classes = html.listing((uri, uri, "") for uri in found["conformsTo"])
    title = "符合性类 Conformance classes"
    return HTMLResponse(html.page(ask, title, [classes], found["links"]))


@router.get(
    "/api",
    response_class=Response,
    responses=openapi.answers({"type": "object", "required": ["openapi", "paths"]}, API),
    openapi_extra={"parameters": [openapi.f_parameter(API)]},
)
async def api(ask: Asked, request: Request) -> Response:
    """Return the description of all addresses, OpenAPI 3.0; that of 3.1 is `/openapi.json`."""
    ask.check(("f",))
    shown = ask.format(API)
    document = request.app.openapi()
    if shown is not HTML:
        return JSONResponse(openapi.to_openapi_30(document), media_type=shown.media)
    rows = (
        (f"{method.upper()} {path}", f"{one.get('description') or one.get('summary', '')}")
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    )
    newer = link(ask.url("/openapi.json"), "service-desc", "application/json", "OpenAPI 3.1")
    links = [*ask.links(API, shown), newer]
    return HTMLResponse(html.page(ask, "接口说明 Documentation", [html.pairs(rows)], links))
