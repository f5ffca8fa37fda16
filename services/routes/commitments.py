"""The plan's promises on travel, tested: for people and for programs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from services.deps import Heavy, Ready
from services.formats import HTML, JSON, chosen, entry, json_bytes
from services.pages import Page, page_response
from services.world import World
from tzkc_geo.network.commitments import Commitments
from tzkc_geo.network.commitments import commitments as test_promises
from tzkc_geo.reports import commitments_html
from tzkc_geo.reports.labels import Lang

router = APIRouter(tags=["travel"])

OFFERS = (JSON, HTML)
Language = Annotated[Literal["zh", "en"], Query(description="Of the page. 语言")]


def _found(world: World) -> Commitments:
    """Return the promises in all scenarios; it takes some ten seconds the first time."""
    return world.once("commitments", test_promises)


def _text(world: World) -> bytes:
    """Return the JSON."""
    return world.once("commitments-json", lambda _: json_bytes(_found(world).to_json()))


def _page(world: World, lang: str) -> Page:
    """Return the page; its numbers are those of the JSON."""
    return world.once(
        f"commitments-{lang}", lambda _: Page(commitments_html(_found(world), Lang(lang)))
    )


@router.get("/commitments", **entry(OFFERS, "Each promise in each scenario, with its verdict."))
async def commitments(
    request: Request, world: Ready, pool: Heavy, lang: Language = "zh"
) -> Response:
    """Return the plan's promises on travel, tested in the scenarios 2022, today and 2028.

    A promise that the data cannot judge is ``not_checkable``, with the reason.
    """
    if chosen(OFFERS, request) is HTML:
        return page_response(await pool.run(_page, world, lang))
    return Response(await pool.run(_text, world), media_type=JSON.media)
