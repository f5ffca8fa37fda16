"""The formats of answers, and which one a request gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.ogc.faults import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Format:
    """One format; its name is the value of ``f``."""

    name: str
    media: str  # as in Content-Type, without the character set
    title: str
    accepted: tuple[str, ...] = ()  # other media types that ask for it
    other_names: tuple[str, ...] = ()


HTML: Final = Format("html", "text/html", "HTML", ("application/xhtml+xml",))
JSON: Final = Format("json", "application/json", "JSON")
SCHEMA: Final = Format("json", "application/schema+json", "JSON Schema", ("application/json",))
GEOJSON: Final = Format(
    "json", "application/geo+json", "GeoJSON", ("application/json",), ("geojson",)
)
CSV: Final = Format("csv", "text/csv", "CSV")
GEOPACKAGE: Final = Format("gpkg", "application/geopackage+sqlite3", "GeoPackage")
PARQUET: Final = Format("parquet", "application/vnd.apache.parquet", "GeoParquet")
OPENAPI30: Final = Format(
    "json",
    "application/vnd.oai.openapi+json;version=3.0",
    "OpenAPI 3.0",
    ("application/json", "application/vnd.oai.openapi+json"),
)
PAGES: Final = (JSON, HTML)
SCHEMAS: Final = (SCHEMA, HTML)
FEATURE: Final = (GEOJSON, HTML)
ITEMS: Final = (GEOJSON, HTML, CSV, GEOPACKAGE, PARQUET)
FIRST_PAGE: Final = (HTML, JSON)
API: Final = (OPENAPI30, HTML)


def choose(offers: Sequence[Format], accept: str, f: str | None) -> Format:
    """Return the format of an answer.

    Parameters
    ----------
    offers
        What there is; the first is given where the request has no wish, or none that is offered.
    accept
        The header ``Accept``; counts only where ``f`` is not given.
    f
        The parameter ``f``.

    Raises
    ------
    QueryError
        ``f`` is none of the offered.
    """
    if f is not None:
        named = {name: one for one in offers for name in (one.name, *one.other_names)}
        if f not in named:
            msg = f"f: format is not offered here, expected one of {', '.join(named)}, got {f!r}"
            raise QueryError(msg)
        return named[f]
    for media in _wished(accept):
        for one in offers:
            known = (one.media.partition(";")[0], *one.accepted)
            if media == "*/*" or media in known:
                return one
            if media.endswith("/*") and any(name.startswith(media[:-1]) for name in known):
                return one
    return offers[0]


def _wished(accept: str) -> list[str]:
    """Return the media types of a header, the most wanted first."""
    wished = []
    for part in accept.lower().split(","):
        media, *parameters = (word.strip() for word in part.split(";"))
        quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        number = float(quality) if quality.replace(".", "", 1).isdecimal() else 1.0
        if number > 0 and media:
            wished.append((number, media))
    return [media for _, media in sorted(wished, key=lambda pair: -pair[0])]
