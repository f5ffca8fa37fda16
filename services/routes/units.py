"""The table of the 19 units."""

from typing import Any

from fastapi import APIRouter

from services.deps import Ready
from tzkc_geo.reports import units_json

router = APIRouter()


@router.get("/units")
async def units(world: Ready) -> dict[str, Any]:
    """Return all units with reported and measured area, grade and verdict."""
    return world.once("units", units_json)
