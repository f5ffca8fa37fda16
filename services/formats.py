"""The formats of our own endpoints beside those of OGC API, and what OpenAPI says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fastapi import Response

from services.ogc.media import CSV, HTML, JSON, Format, choose
from services.ogc.openapi import f_parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request

__all__ = ["CSV", "GEOJSON", "HTML", "JSON", "PROBLEM", "XLSX", "Format", "f_parameter"]

SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOJSON: Final = Format("geojson", "application/geo+json", "GeoJSON")
XLSX: Final = Format("xlsx", SHEET, "XLSX")
PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}


def chosen(offers: Sequence[Format], request: Request) -> Format:
    """Return the format of an answer: that of ``f``, else the first that ``Accept`` names.

    Raises
    ------
    QueryError
        ``f`` is none of the offered.
    """
    return choose(offers, request.headers.get("accept", ""), request.query_params.get("f"))


def json_bytes(content: object) -> bytes:
    """Return a value as the text of a JSON answer; NaN and infinities are a fault of ours."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def contents(offers: Sequence[Format], example: object = None) -> dict[str, Any]:
    """Return the formats of an answer as OpenAPI has them, an example of the JSON with it."""
    shown: dict[str, Any] = {} if example is None else {"example": example}
    kinds: dict[str, dict[str, Any]] = {
        JSON.name: {"schema": {"type": "object"}, **shown},
        GEOJSON.name: {"schema": {"type": "object"}},
        XLSX.name: {"schema": {"type": "string", "format": "binary"}},
    }
    text = {"schema": {"type": "string"}}
    return {one.media: kinds.get(one.name, text) for one in offers}


def entry(offers: tuple[Format, ...], about: str) -> dict[str, Any]:
    """Return what a route with formats says of itself: parameter ``f``, answers, problems."""
    return {
        "response_class": Response,
        "openapi_extra": {"parameters": [f_parameter(offers)]},
        "responses": {
            200: {"description": about, "content": contents(offers)},
            400: PROBLEM | {"description": "The format is not offered."},
            404: PROBLEM | {"description": "What is asked for does not exist or is not loaded."},
            422: PROBLEM | {"description": "A parameter is wrong."},
            503: PROBLEM | {"description": "The service is busy; see Retry-After."},
        },
    }
