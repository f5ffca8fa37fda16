"""What the service says of itself: landing page, collections, queryables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from services.ogc.ask import link, quoted
from services.ogc.conformance import CONFORMANCE
from services.ogc.crs import OFFERED, STORED
from services.ogc.instants import OPENING, since
from services.ogc.media import API, HTML, ITEMS, JSON, PAGES, SCHEMA, SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.ogc.ask import Ask
    from services.ogc.media import Format
    from tzkc_geo.collections import Collection

    Object = dict[str, Any]

RELS: Final = "http://www.opengis.net/def/rel/ogc/1.0/"
LICENCE: Final = "https://opendatacommons.org/licenses/odbl/1-0/"
TITLE: Final = "台州湾科创走廊 Taizhou Bay sci-tech corridor"
ABOUT: Final = (
    "「示意图，非法定边界」 Schematic, not a legal boundary. 含 OpenStreetMap 贡献者的数据 "
    "contains data of OpenStreetMap contributors, ODbL 1.0."
)


def landing(ask: Ask) -> Object:
    """Return the landing page."""
    pages = (
        ("/conformance", "conformance", "符合性类 Conformance classes"),
        ("/collections", "data", "集合 Collections"),
    )
    links = ask.links((JSON, HTML), JSON)
    links += [
        link(ask.url("/api"), "service-desc", API[0].media, "OpenAPI 3.0"),
        link(
            ask.url("/openapi.json"),
            "service-desc",
            "application/vnd.oai.openapi+json;version=3.1",
            "OpenAPI 3.1",
        ),
        link(f"{ask.url('/api')}?f=html", "service-doc", HTML.media, "接口说明 Documentation"),
    ]
    for path, rel, title in pages:
        links.append(link(ask.url(path), rel, JSON.media, title))
        links.append(link(ask.url(path), f"{RELS}{rel}", JSON.media, title))
    return {"title": TITLE, "description": ABOUT, "links": links}


def conformance(ask: Ask, shown: Format) -> Object:
    """Return the declared classes."""
    return {"links": ask.links(PAGES, shown), "conformsTo": list(CONFORMANCE)}


def collections_page(ask: Ask, collections: Iterable[Collection], shown: Format) -> Object:
    """Return all collections."""
    licence = link(LICENCE, "license", HTML.media, "ODbL 1.0")
    return {
        "links": [*ask.links(PAGES, shown), licence],
        "crs": list(OFFERED),
        "collections": [collection_page(ask, one, shown) for one in collections],
    }


def collection_page(ask: Ask, collection: Collection, shown: Format) -> Object:
    """Return one collection; it has no extent where no feature has a position."""
    path = f"/collections/{quoted(collection.collection_id)}"
    links = [
        link(
            f"{ask.url(path)}?f={one.name}",
            "self" if one is shown else "alternate",
            one.media,
            f"{collection.title_zh} {collection.title_en} ({one.title})",
        )
        for one in sorted(PAGES, key=lambda one: one is not shown)
    ]
    links += [
        link(f"{ask.url(path)}/items?f={one.name}", "items", one.media, f"要素 Items ({one.title})")
        for one in ITEMS
    ]
    queryables = f"{ask.url(path)}/queryables"
    links += [
        link(queryables, f"{RELS}queryables", SCHEMA.media, "可查询属性 Queryables"),
        link(f"{ask.url(path)}/tiles", f"{RELS}tilesets-vector", JSON.media, "矢量瓦片 Tiles"),
        link(f"{ask.url(path)}/map/tiles", f"{RELS}tilesets-map", JSON.media, "图片瓦片 Map tiles"),
        link(ask.url("/collections"), "up", JSON.media, "集合 Collections"),
        link(LICENCE, "license", HTML.media, "ODbL 1.0"),
    ]
    page: Object = {
        "id": collection.collection_id,
        "title": f"{collection.title_zh} {collection.title_en}",
        "description": collection.about,
        "itemType": "feature",
        "crs": list(OFFERED),
        "storageCrs": STORED.uri,
        "links": links,
    }
    if extent := _extent(collection):
        page["extent"] = extent
    return page


def queryables(ask: Ask, collection: Collection, shown: Format) -> Object:
    """Return the properties that filters and parameters may name, as a JSON Schema."""
    properties: Object = {
        column.name: {
            "title": column.name,
            "description": column.about + (f", {column.unit}" if column.unit else ""),
            "type": column.kind,
            **({"x-ogc-unit": column.unit} if column.unit else {}),
            **({"x-ogc-role": "id"} if column.name == collection.key else {}),
        }
        for column in collection.columns
    }
    kind = "any" if collection.geometry == "Polygon" else collection.geometry.lower()
    properties["geometry"] = {
        "title": "geometry",
        "description": "几何 shape, CRS84 where no other system is asked for",
        "format": f"geometry-{kind}",
        "x-ogc-role": "primary-geometry",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ask.url(f"/collections/{quoted(collection.collection_id)}/queryables"),
        "title": f"{collection.title_zh} {collection.title_en}",
        "description": collection.about,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "links": ask.links(SCHEMAS, shown),
    }


def _extent(collection: Collection) -> Object:
    """Return where and when the features are, as far as known."""
    extent: Object = {}
    known = collection.shapes[~shapely.is_missing(collection.shapes)]
    if len(known):
        bounds = [float(value) for value in shapely.total_bounds(known)]
        extent["spatial"] = {"bbox": [bounds], "crs": next(iter(OFFERED))}
    openings = [since(text) for text in collection.values.get(OPENING, ())]
    if dated := [one for one in openings if one is not None]:
        first = min(dated).isoformat().replace("+00:00", "Z")
        extent["temporal"] = {
            "interval": [[first, None]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return extent
