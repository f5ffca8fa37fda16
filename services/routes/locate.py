"""Which unit holds a position."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.deps import Ready
from tzkc_geo import membership

router = APIRouter()

Lon = Annotated[float, Query(description="Longitude in degrees.", examples=[121.45])]
Lat = Annotated[float, Query(description="Latitude in degrees.", examples=[28.645])]
DatumName = Annotated[
    str | None,
    Query(description="wgs84, cgcs2000, gcj02 or bd09; undeclared is taken as WGS84."),
]


@router.get("/locate")
async def locate(lon: Lon, lat: Lat, world: Ready, datum: DatumName = None) -> dict[str, Any]:
    """Return the verdict on a position, with its grounds."""
    verdict = membership.locate(lon, lat, world.catalog, datum=datum or None)
    return verdict.to_json()
