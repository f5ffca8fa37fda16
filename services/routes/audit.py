"""The plan's figures, checked, and who borders whom."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from services.deps import Heavy, Ready
from services.formats import (
    GEOJSON,
    HTML,
    JSON,
    XLSX,
    Format,
    chosen,
    entry,
    json_bytes,
)
from services.pages import Page, page_response
from services.papers import report_of
from tzkc_geo.adjacency import adjacency
from tzkc_geo.audit import Plane
from tzkc_geo.catalog import Catalog
from tzkc_geo.io.store import collection_text
from tzkc_geo.reports import audit_html, audit_json, audit_xlsx
from tzkc_geo.reports.labels import Lang

router = APIRouter(tags=["audit"])

AUDIT = (JSON, HTML, XLSX)
PAIRS = (JSON, GEOJSON)
Ground = Annotated[Plane, Query(description="Where areas are measured. 量算面")]
Tongue = Annotated[Lang, Query(description="Language of page and workbook. 语言")]
Level = Annotated[
    Literal["cluster", "zone"] | None, Query(description="Both where it is not said. 层级")
]


@router.get("/audit", **entry(AUDIT, "The audit: units, sums, claims, readings, sources."))
async def audit(
    request: Request,
    world: Ready,
    pool: Heavy,
    plane: Ground = Plane.STATUTORY,
    lang: Tongue = Lang.ZH,
) -> Response:
    """Return the plan's areas, sums and countable claims, checked, with evidence."""
    form = chosen(AUDIT, request)
    report = await pool.run(report_of, world, plane)
    if form is HTML:
        name = f"audit-page-{plane}-{lang}"
        page: Page = await pool.run(world.once, name, lambda _: Page(audit_html(report, lang)))
        return page_response(page)
    if form is XLSX:
        name = f"audit-book-{plane}-{lang}"
        book: bytes = await pool.run(world.once, name, lambda _: audit_xlsx(report, lang))
        headers = {"Content-Disposition": 'attachment; filename="audit.xlsx"'}
        return Response(book, headers=headers, media_type=XLSX.media)
    name = f"audit-{plane}"
    text: bytes = await pool.run(world.once, name, lambda _: json_bytes(audit_json(report)))
    return Response(text, media_type=JSON.media)


@router.get("/adjacency", **entry(PAIRS, "Every pair of a level, and what is part of what."))
async def neighbours(request: Request, world: Ready, pool: Heavy, level: Level = None) -> Response:
    """Return which units border which, how long, and along or across which line."""
    form = chosen(PAIRS, request)
    make = partial(_pairs, level=level, form=form)
    text = await pool.run(world.once, f"adjacency-{level}-{form.name}", make)
    return Response(text, media_type=form.media)


def _pairs(catalog: Catalog, *, level: str | None, form: Format) -> bytes:
    """Return the adjacency in a format."""
    found = adjacency(catalog, level=level)
    if form is GEOJSON:
        return collection_text(found.to_features()).encode()
    return json_bytes(found.to_json())
