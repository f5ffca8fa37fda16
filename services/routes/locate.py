"""Which unit holds a position, and each row of what is sent."""

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError

from services import located
from services.deps import Heavy, Ready, Set, get_settings, get_world
from services.formats import GEOJSON, JSON, chosen
from services.hot import HotRoute
from services.locate_docs import MANY, MANY_ANSWERS, PARAMETERS, POSITION_ANSWERS
from services.uploads import body_of, media_of, read, upload_of
from tzkc_geo import verdict
from tzkc_geo.positions import read_pair

router = APIRouter(tags=["locate"])


async def locate(request: Request) -> Response:
    """Return the verdict on a position, with its grounds."""
    asked = request.query_params
    if missing := [name for name in ("lon", "lat") if name not in asked]:
        raise RequestValidationError(
            [{"type": "missing", "loc": ("query", n), "msg": "Field required"} for n in missing]
        )
    pair = read_pair(asked["lon"], asked["lat"])
    catalog, settings = get_world(request).catalog, get_settings(request)
    datum = asked.get("datum") or None
    found = verdict.locate(*pair, catalog, datum=datum, undo_shift=settings.undo_shift)
    return Response(orjson.dumps(found.to_json()), media_type=JSON.media)


router.add_api_route(
    "/locate",
    locate,
    methods=["GET"],
    openapi_extra={"parameters": PARAMETERS},
    responses=POSITION_ANSWERS,
    route_class_override=HotRoute,
)


@router.post("/locate", response_class=Response, openapi_extra=MANY, responses=MANY_ANSWERS)
async def locate_many(request: Request, world: Ready, settings: Set, pool: Heavy) -> Response:
    """Return the rows that are sent, points or parcels, each with the units that hold it.

    JSON points, GeoJSON, a table or a file give their own rows back in the format asked for. An
    Arrow stream (degrees; columns lon and lat) comes back with cluster and zone. Raw little-endian
    float64 pairs give an int16 code a point; the legend stands in a header.
    """
    media, asked = media_of(request), request.query_params
    datum = asked.get("datum") or None
    if media == located.OCTETS:
        data = await body_of(request)
        return await pool.run(located.codes, data, datum, world, settings)
    if media == located.ARROW:
        data = await body_of(request)
        names = (datum, asked.get("lon") or "lon", asked.get("lat") or "lat")
        return await located.arrow(data, names, world, settings, pool)
    first = (GEOJSON,) if media == GEOJSON.media else ()
    form = chosen((*first, *located.OFFERS), request)
    upload = await upload_of(request, settings)
    rows = await read(upload, settings, pool)
    return await pool.run(located.located, rows, world, settings, form)
