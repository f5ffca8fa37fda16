"""The parameters of ``items``: which features match, and in which system they are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from services.ogc.bbox import parse_bbox
from services.ogc.crs import parse_crs, shapes_in
from services.ogc.faults import QueryError
from services.ogc.filters import matches, parse_filter
from services.ogc.instants import OPENING, exists_in, parse_datetime
from services.ogc.paging import parse_page
from tzkc_geo.errors import LimitError, UnknownIdError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.ogc.ask import Ask
    from services.ogc.crs import Crs
    from services.ogc.paging import Page
    from services.settings import Limits
    from tzkc_geo.collections import Collection, Column

PAGED: Final = ("limit", "cursor")
SELECTED: Final = ("bbox", "bbox-crs", "datetime", "ids", "filter", "filter-lang", "filter-crs")
ITEMS: Final = ("f", "crs", *PAGED, *SELECTED)
ITEM: Final = ("f", "crs")
FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The features that a request selects, and the page of them that it sees."""

    collection: Collection
    crs: Crs
    page: Page
    matched: int
    rows: tuple[int, ...]  # of the collection, those on the page


def find(ask: Ask, collection: Collection, *, key: str, limits: Limits) -> Found:
    """Return what a request for items selects, in the order of the collection.

    Parameters
    ----------
    ask
        The request.
    collection
        The features.
    key
        Of the world; a cursor of another one is refused.
    limits
        Of the page, the ids and the filter.

    Raises
    ------
    QueryError
        A parameter is not known, is given twice, or wrong.
    LimitError
        Too many ids, or a filter that is too long or too deep.
    UnknownIdError
        One of ``ids`` points at nothing.
    """
    columns = {column.name: column for column in collection.columns}
    ask.check((*ITEMS, *(name for name in columns if name not in ITEMS)))
    page = parse_page(ask.value("limit"), ask.value("cursor"), key=key, limits=limits)
    crs = parse_crs(ask.value("crs"), name="crs")
    mask = _named(ask, collection, limits=limits) & _placed(ask, collection)
    mask &= _filtered(ask, collection, limits=limits)
    if (when := ask.value("datetime")) is not None:
        interval = parse_datetime(when)
        if OPENING in columns:
            mask &= np.array(exists_in(collection.values[OPENING], interval), dtype=bool)
    for name, value in ask.params:
        if name in columns and name not in ITEMS:
            mask &= _equal(collection, columns[name], value)
    rows = np.flatnonzero(mask)
    shown = rows[page.start : page.start + page.limit].tolist()
    return Found(collection=collection, crs=crs, page=page, matched=len(rows), rows=tuple(shown))


def row_of(collection: Collection, feature_id: str) -> int:
    """Return the row of a feature, or raise `UnknownIdError`."""
    if feature_id not in collection.ids:
        msg = f"{collection.collection_id}: no feature {feature_id!r}, expected one of its ids"
        raise UnknownIdError(msg)
    return collection.ids.index(feature_id)


def _named(ask: Ask, collection: Collection, *, limits: Limits) -> NDArray[np.bool_]:
    """Return the features that ``ids`` names."""
    text = ask.value("ids")
    if text is None:
        return np.ones(len(collection), dtype=bool)
    ids = text.split(",")
    if len(ids) > limits.ids:
        msg = f"ids: too many, expected at most {limits.ids}, got {len(ids)}"
        raise LimitError(msg)
    mask = np.zeros(len(collection), dtype=bool)
    mask[[row_of(collection, one) for one in ids]] = True
    return mask


def _placed(ask: Ask, collection: Collection) -> NDArray[np.bool_]:
    """Return the features that the box meets; one without a shape is in none."""
    crs = parse_crs(ask.value("bbox-crs"), name="bbox-crs")
    text = ask.value("bbox")
    if text is None:
        return np.ones(len(collection), dtype=bool)
    box = parse_bbox(text, crs)
    shapely.prepare(box)
    met: NDArray[np.bool_] = shapely.intersects(box, shapes_in(collection, crs))
    return met


def _filtered(ask: Ask, collection: Collection, *, limits: Limits) -> NDArray[np.bool_]:
    """Return the features that the filter is true of."""
    crs = parse_crs(ask.value("filter-crs"), name="filter-crs")
    text = ask.value("filter")
    if text is None:
        return np.ones(len(collection), dtype=bool)
    tree = parse_filter(text, ask.value("filter-lang"), limits=limits)
    return matches(tree, collection, crs)


def _equal(collection: Collection, column: Column, text: str) -> NDArray[np.bool_]:
    """Return the features whose property is what a parameter of its name says."""
    value: Any = text
    try:
        if column.kind == "boolean":
            value = FLAGS[text]
        elif column.kind != "string":
            value = float(text)
    except (KeyError, ValueError) as exc:
        msg = f"{column.name}: expected a {column.kind}, got {text!r}"
        raise QueryError(msg) from exc
    return np.array([cell == value for cell in collection.values[column.name]], dtype=bool)
