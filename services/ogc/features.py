"""Features as GeoJSON: the text of each is made once for a system, a page is put together."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely

from services.ogc.ask import link, quoted
from services.ogc.crs import CACHE_SIZE, in_order, shapes_in
from services.ogc.media import FEATURE, ITEMS, JSON
from services.ogc.paging import cursor_of

if TYPE_CHECKING:
    from datetime import datetime

    from services.ogc.ask import Ask, Link
    from services.ogc.crs import Crs
    from services.ogc.media import Format
    from services.ogc.query import Found
    from tzkc_geo.collections import Collection


@lru_cache(maxsize=CACHE_SIZE)
def feature_texts(collection: Collection, crs: Crs) -> tuple[str, ...]:
    """Return each feature as GeoJSON in a system, in its order of axes, unrounded."""
    shapes = in_order(shapes_in(collection, crs), crs)
    return tuple(
        _dumps(collection.feature(row) | {"geometry": _geometry(shape)})
        for row, shape in enumerate(shapes)
    )


def page_links(ask: Ask, found: Found, shown: Format, *, key: str) -> list[Link]:
    """Return the links of a page of features: itself, other formats, next, prev, collection."""
    links = ask.links(ITEMS, shown)
    for rel, page in (("next", found.page.after(found.matched)), ("prev", found.page.before())):
        if page is not None:
            href = ask.url(f=shown.name, cursor=cursor_of(page.start, key=key))
            title = "下一页 Next page" if rel == "next" else "上一页 Previous page"
            links.append(link(href, rel, shown.media, title))
    return [*links, _collection_link(ask, found.collection)]


def page_json(found: Found, links: list[Link], modified: datetime) -> str:
    """Return a page of features as a FeatureCollection.

    Parameters
    ----------
    found
        What to show.
    links
        Of `page_links`.
    modified
        When the data was changed: the time stamp, so that the same request has the same answer
        as long as the data stays the same.
    """
    texts = feature_texts(found.collection, found.crs)
    head = _dumps(
        {
            "type": "FeatureCollection",
            "timeStamp": modified.isoformat().replace("+00:00", "Z"),
            "numberMatched": found.matched,
            "numberReturned": len(found.rows),
            "links": links,
        }
    )
    return f'{head[:-1]},"features":[{",".join(texts[row] for row in found.rows)}]}}'


def item_links(ask: Ask, collection: Collection, shown: Format) -> list[Link]:
    """Return the links of one feature."""
    return [*ask.links(FEATURE, shown), _collection_link(ask, collection)]


def item_json(collection: Collection, row: int, crs: Crs, links: list[Link]) -> str:
    """Return one feature with links."""
    return f'{feature_texts(collection, crs)[row][:-1]},"links":{_dumps(links)}}}'


def item_path(collection: Collection, row: int) -> str:
    """Return the path of a feature."""
    return f"/collections/{quoted(collection.collection_id)}/items/{quoted(collection.ids[row])}"


def _collection_link(ask: Ask, collection: Collection) -> Link:
    path = f"/collections/{quoted(collection.collection_id)}"
    title = f"{collection.title_zh} {collection.title_en}"
    return link(ask.url(path), "collection", JSON.media, title)


def _geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    return None if shape is None else dict(shapely.geometry.mapping(shape))


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
