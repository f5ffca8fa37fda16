"""The formats of answers, and which one a request gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request


@dataclass(frozen=True, slots=True)
class Format:
    """One format; its name is the value of ``f``, and the ending of a file."""

    name: str
    media: str


JSON: Final = Format("json", "application/json")
GEOJSON: Final = Format("geojson", "application/geo+json")
HTML: Final = Format("html", "text/html")
CSV: Final = Format("csv", "text/csv")
XLSX: Final = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}


def choose(offers: Sequence[Format], request: Request) -> Format:
    """Return the format of an answer: that of ``f``, else the first that ``Accept`` names.

    Parameters
    ----------
    offers
        What there is; the first is given where the request has no wish that can be met.
    request
        With query and headers.

    Raises
    ------
    DataError
        ``f`` is none of the offered.
    """
    if (name := request.query_params.get("f")) is not None:
        for one in offers:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in offers)
        msg = f"f: format is not offered here, expected one of {known}, got {name!r}"
        raise DataError(msg)
    by_media = {one.media: one for one in offers}
    for media in _wished(request.headers.get("accept", "")):
        if media in by_media:
            return by_media[media]
        if media == "*/*":
            break
    return offers[0]


def json_bytes(content: object) -> bytes:
    """Return a value as the text of a JSON answer; NaN and infinities are a fault of ours."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def f_parameter(offers: Sequence[Format]) -> dict[str, Any]:
    """Return the parameter ``f`` as OpenAPI has it."""
    return {
        "name": "f",
        "in": "query",
        "schema": {"type": "string", "enum": [one.name for one in offers]},
        "description": "Format; counts for more than the header Accept.",
    }


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


def _wished(accept: str) -> list[str]:
    """Return the media types of a header, the most wanted first."""
    wished = []
    for part in accept.lower().split(","):
        media, *words = (word.strip() for word in part.split(";"))
        quality = next((word[2:] for word in words if word.startswith("q=")), "1")
        number = float(quality) if quality.replace(".", "", 1).isdecimal() else 1.0
        if number > 0 and media:
            wished.append((number, media))
    return [media for _, media in sorted(wished, key=lambda pair: -pair[0])]
