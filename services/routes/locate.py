"""Which unit holds a position."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.deps import Ready, Set
from tzkc_geo import verdict
from tzkc_geo.positions import read_pair

router = APIRouter()

Lon = Annotated[
    str,
    Query(
        description="Longitude, decimal degrees or degrees, minutes, seconds; or easting, metres.",
        examples=["121.45", "121°27'00\"E"],
    ),
]
Lat = Annotated[
    str,
    Query(
        description="Latitude, decimal degrees or degrees, minutes, seconds; or northing, metres.",
        examples=["28.645", "28°38'42\"N"],
    ),
]
DatumName = Annotated[
    str | None,
    Query(
        description="wgs84, cgcs2000, gcj02, bd09 (degrees), gk40, gk41, gk120 or gk123 (metres); "
        "undeclared is taken as WGS84."
    ),
]


@router.get("/locate")
async def locate(
    lon: Lon, lat: Lat, world: Ready, settings: Set, datum: DatumName = None
) -> dict[str, Any]:
    """Return the verdict on a position, with its grounds."""
    pair = read_pair(lon, lat)
    found = verdict.locate(
        *pair, world.catalog, datum=datum or None, undo_shift=settings.undo_shift
    )
    return found.to_json()
