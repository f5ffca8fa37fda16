"""Maps as pages."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.deps import Ready
from tzkc_geo.maps import overview_html

router = APIRouter()

Language = Annotated[Literal["zh", "en"], Query(description="The language that stands first.")]


@router.get("/maps/overview", response_class=HTMLResponse)
async def overview(world: Ready, lang: Language = "zh") -> HTMLResponse:
    """Return the overview map; it works offline."""
    return HTMLResponse(world.once(f"overview-{lang}", partial(overview_html, lang=lang)))
