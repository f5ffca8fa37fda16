"""Pages that people read: Chinese first, then English; no scripts, nothing from outside."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from services.ogc.features import item_path
from tzkc_geo.reports.html import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.ogc.ask import Ask, Link
    from tzkc_geo.collections import Collection

WIDTH_PX: Final = 900.0
MARGIN: Final = 0.04  # of the width
LEAST_DEG: Final = 0.01  # width of a map of one point
NONE: Final = "–"
MAP_STYLE: Final = (
    "path{fill:#0072b2;fill-opacity:.15;stroke:#004c78;stroke-width:1.5}path.l{fill:none}"
    "circle{fill:#d55e00;stroke:#fff}.s{overflow-x:auto}"
)


def page(ask: Ask, title: str, body: Iterable[str], links: Sequence[Link] = ()) -> str:
    """Return a whole page.

    Parameters
    ----------
    ask
        The request, for the way back.
    title
        Chinese and English.
    body
        Parts in HTML.
    links
        Shown below.
    """
    shown = "".join(
        f'<li><a href="{escape(one["href"])}">{escape(one["title"])}</a>'
        f" <small>{escape(one['rel'])}</small></li>"
        for one in links
    )
    crumbs = "".join(
        f'<a href="{escape(ask.url(path))}{"?f=html" if path != "/" else ""}">{name}</a> · '
        for path, name in (("/", "首页 Home"), ("/collections", "集合 Collections"))
    )
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{STYLE}{MAP_STYLE}</style></head><body><p>{crumbs}"
        "「示意图，非法定边界」 Schematic, not a legal boundary</p>"
        f"<h1>{escape(title)}</h1>{''.join(body)}"
        f"<h2>链接 Links</h2><ul>{shown}</ul></body></html>"
    )


def pairs(values: Iterable[tuple[str, object]]) -> str:
    """Return names and values as a table."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{_text(value)}</td></tr>" for name, value in values
    )
    return f"<table>{rows}</table>"


def listing(values: Iterable[tuple[str, str, str]]) -> str:
    """Return addresses, their names and what they are as a list."""
    return (
        "<ul>"
        + "".join(
            f'<li><a href="{escape(href)}">{escape(name)}</a> {escape(about)}</li>'
            for href, name, about in values
        )
        + "</ul>"
    )


def feature_table(ask: Ask, collection: Collection, rows: Sequence[int]) -> str:
    """Return features as a table; their ids lead to their pages."""
    names = [column.name for column in collection.columns]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = []
    for row in rows:
        values = [collection.values[name][row] for name in names]
        href = escape(ask.url(item_path(collection, row)))
        first = f'<td><a href="{href}?f=html">{_text(values[0])}</a></td>'
        rest = "".join(f"<td>{_text(value)}</td>" for value in values[1:])
        lines.append(f"<tr>{first}{rest}</tr>")
    return f'<div class="s"><table><tr>{head}</tr>{"".join(lines)}</table></div>'


def map_svg(collection: Collection, rows: Sequence[int]) -> str:
    """Return features as a map, north up, scaled for its middle latitude; empty for no shapes."""
    shapes = collection.shapes[list(rows)]
    known = [
        (collection.ids[row], shape)
        for row, shape in zip(rows, shapes, strict=True)
        if shape is not None
    ]
    if not known:
        return ""
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    narrow = np.cos(np.radians((south + north) / 2))
    margin = MARGIN * max(east - west, north - south, LEAST_DEG)
    scale = WIDTH_PX / (east - west + 2 * margin)
    height = (north - south + 2 * margin) * scale / narrow
    offset = np.array([west - margin, north + margin])
    steps = np.array([scale, -scale / narrow])
    moved = shapely.transform(
        np.array([shape for _, shape in known], dtype=object), lambda xy: (xy - offset) * steps
    )
    body = "".join(_drawn(shape, name) for (name, _), shape in zip(known, moved, strict=True))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="地图 map"'
        f' viewBox="0 0 {WIDTH_PX:.0f} {height:.0f}">{body}</svg>'
    )


def _drawn(shape: shapely.Geometry, name: str) -> str:
    """Return one shape in pixels, with its id as its title."""
    title = f"<title>{escape(name)}</title>"
    if isinstance(shape, shapely.Point):
        return f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="5">{title}</circle>'
    rings: list[Any] = []
    for part in shapely.get_parts(shape):
        rings += [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
    close = "Z" if shape.geom_type.endswith("Polygon") else ""
    moves = "".join(
        "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)) + close
        for ring in rings
    )
    kind = "" if close else ' class="l"'
    return f'<path d="{moves}"{kind} fill-rule="evenodd">{title}</path>'


def _text(value: object) -> str:
    """Return a cell."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return escape(value)
    return escape(json.dumps(value, ensure_ascii=False))
