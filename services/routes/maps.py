"""Maps as pages."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.deps import Ready
from services.pages import Page, page_response
from tzkc_geo.maps import overview_html

router = APIRouter()

Language = Annotated[Literal["zh", "en"], Query(description="The language that stands first.")]


@router.get("/maps/overview", response_class=HTMLResponse)
async def overview(world: Ready, lang: Language = "zh") -> HTMLResponse:
    """Return the overview map; it works offline."""
    return page_response(
        world.once(f"overview-{lang}", lambda catalog: Page(overview_html(catalog, lang=lang)))
    )
