"""What OpenAPI says of ``/locate``: parameters, bodies, answers, with examples."""

from __future__ import annotations

from typing import Any, Final

from services.formats import GEOJSON, PROBLEM, contents, f_parameter
from services.located import ARROW, DIGEST, FAULTS, LEGEND, OCTETS, OFFERS, ROWS
from services.uploads import ENDING_OF, FORM

Object = dict[str, Any]

DATUM: Final = (
    "wgs84, cgcs2000, gcj02, bd09 (degrees), gk40, gk41, gk120 or gk123 (metres); "
    "undeclared is taken as WGS84."
)
TEXT: Final[Object] = {"type": "string"}
FILE: Final[Object] = {"type": "string", "format": "binary"}


def _query(name: str, description: str, *examples: str, required: bool = False) -> Object:
    """Return a parameter of the query."""
    shown = {"examples": list(examples)} if examples else {}
    schema = TEXT | shown
    return {
        "name": name,
        "in": "query",
        "required": required,
        "schema": schema,
        "description": description,
    }


LON: Final = "Longitude, decimal degrees or degrees, minutes, seconds; or easting, metres."
LAT: Final = "Latitude, decimal degrees or degrees, minutes, seconds; or northing, metres."
PARAMETERS: Final = [
    _query("lon", LON, "121.45", "121°27'00\"E", required=True),
    _query("lat", LAT, "28.645", "28°38'42\"N", required=True),
    _query("datum", DATUM),
]
POSITION_ANSWERS: Final[dict[int | str, Object]] = {
    200: {
        "description": "The verdict, with its grounds.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    422: PROBLEM | {"description": "No position, or a datum that is not known or not allowed."},
}
POINTS: Final[Object] = {
    "pairs": {
        "summary": "Pairs",
        "value": {"points": [[121.45, 28.645], [121.40, 28.66]], "datum": "cgcs2000"},
    },
    "objects": {
        "summary": "Objects with an id",
        "value": {"points": [{"id": "a", "lon": 121.45, "lat": 28.645}], "datum": "gcj02"},
    },
}
RING: Final = [[121.44, 28.64], [121.45, 28.64], [121.45, 28.65], [121.44, 28.65], [121.44, 28.64]]
PARCELS: Final[Object] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "p1"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}
BODIES: Final[Object] = {
    **{media: {"schema": FILE} for media in ENDING_OF},
    "application/json": {"schema": {"type": ["object", "array"]}, "examples": POINTS},
    GEOJSON.media: {"schema": {"type": "object"}, "example": PARCELS},
    "text/csv": {"schema": TEXT, "example": "id,lon,lat\na,121.45,28.645\n"},
    "text/plain": {"schema": TEXT},
    ARROW: {"schema": FILE},
    OCTETS: {"schema": FILE},
    FORM: {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": FILE, "datum": TEXT, "lon": TEXT, "lat": TEXT},
        }
    },
}
MANY: Final[Object] = {
    "parameters": [
        _query("datum", DATUM),
        _query("lon", "Column of longitude or easting, where its name does not say so."),
        _query("lat", "Column of latitude or northing."),
        f_parameter(OFFERS),
    ],
    "requestBody": {"required": True, "content": BODIES},
}
HEADERS: Final[Object] = {
    ROWS: {"schema": {"type": "integer"}, "description": "How many rows there are."},
    FAULTS: {"schema": {"type": "integer"}, "description": "How many could not be used."},
    DIGEST: {"schema": TEXT, "description": "Of the data that the answer follows from."},
    LEGEND: {"schema": TEXT, "description": "Of codes: unit ids, from code 0 on."},
}
EXAMPLE: Final[Object] = {
    "rows": 1,
    "verdicts": {"in_cluster": 1},
    "faults": 0,
    "results": [{"id": "a", "lon": 121.45, "lat": 28.645, "verdict": "in_cluster"}],
}
MANY_ANSWERS: Final[dict[int | str, Object]] = {
    200: {
        "description": "The same rows in the same order, with the answers.",
        "headers": HEADERS,
        "content": {
            **contents(OFFERS, EXAMPLE),
            **{media: {"schema": FILE} for media in (ARROW, OCTETS)},
        },
    },
    400: PROBLEM | {"description": "The form is broken, or the format is not offered."},
    413: PROBLEM | {"description": "Too many bytes, rows, points or vertices, or too much work."},
    415: PROBLEM | {"description": "The media type or the ending of the file is not known."},
    422: PROBLEM | {"description": "It cannot be read, or no row of it can be used."},
    503: PROBLEM | {"description": "The service is busy; see Retry-After."},
}
