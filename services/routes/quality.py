"""How good the data is: validity, audit, provenance and age, for people and for programs."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.deps import Heavy, Ready
from services.formats import HTML, JSON, chosen, entry, json_bytes
from services.pages import Page, page_response
from services.papers import report_of
from services.world import World
from tzkc_geo.reports import quality_html, quality_json

router = APIRouter(tags=["quality"])

OFFERS = (JSON, HTML)


def _content(world: World) -> dict[str, Any]:
    """Return the object that both formats show."""
    report = report_of(world)
    return world.once("quality", lambda catalog: quality_json(catalog, report))


def _page(world: World) -> Page:
    """Return the page; its numbers are those of the JSON."""
    return world.once("quality-page", lambda _: Page(quality_html(_content(world))))


def _text(world: World) -> bytes:
    """Return the JSON."""
    return world.once("quality-json", lambda _: json_bytes(_content(world)))


@router.get("/quality", **entry(OFFERS, "The state of the data."))
async def quality(request: Request, world: Ready, pool: Heavy) -> Response:
    """Return validity, coverage faults, audit verdicts, provenance and the date of the edition.

    How old an edition is follows from its date; no age stands in the JSON, so that an answer stays
    true while it is kept.
    """
    if chosen(OFFERS, request) is HTML:
        return page_response(await pool.run(_page, world))
    return Response(await pool.run(_text, world), media_type=JSON.media)
