"""The overview: corridor, core, zones and clusters with their grades, stations and places."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import shapely

from tzkc_geo.maps import layers
from tzkc_geo.maps.legend import legend_html, number
from tzkc_geo.maps.page import SCRIPT, finish
from tzkc_geo.maps.words import NOTE, WORDS, language, short_accuracy
from tzkc_geo.model import UnitKind
from tzkc_geo.palette import colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow


def overview_html(catalog: Catalog, *, lang: str = "zh") -> str:
    """Return the overview of the corridor as one page that works offline (总览图).

    Parameters
    ----------
    catalog
        What is drawn.
    lang
        ``zh`` or ``en``: the language that stands first.

    Returns
    -------
    str
        HTML with script, style and data in it. It holds no base map and fetches nothing; the
        same catalog gives the same text.

    Raises
    ------
    UnknownIdError
        The language is neither.

    Notes
    -----
    A ``schematic`` outline is dashed with a fuzzy edge; a ``closed`` one is solid with the side
    dashed that follows from the reported area or from a chosen reading; a ``located`` one is
    solid. The fuzzy edge is not to scale; the layer of accuracies, off at first, is.
    """
    which = language(lang)
    clusters = [row for row in catalog.units if row.kind is UnitKind.CLUSTER]
    zones = [row for row in catalog.units if row.kind in (UnitKind.CORE, UnitKind.ZONE)]
    corridor = [row for row in catalog.units if row.kind is UnitKind.CORRIDOR]
    drawing = folium.Map(tiles=None, zoom_snap=0.25)
    drawing.default_js, drawing.default_css = [], []  # `finish` puts Leaflet into the page
    drawn = [
        _layer("corridor", layers.units(catalog, corridor, which), which),
        _layer(
            "zones",
            layers.units(catalog, zones, which) + layers.infill(catalog, zones, which),
            which,
        ),
        _layer("bands", layers.bands(catalog, clusters, which), which, show=False),
        _layer("clusters", layers.units(catalog, clusters, which), which),
        _layer("edges", layers.edges(catalog, clusters, which), which),
        _layer("places", layers.places(catalog, which), which),
        _layer("stations", layers.stations(catalog, which), which),
    ]
    for layer in (*drawn, _numbers(catalog, clusters, which), _names(catalog, clusters, which)):
        layer.add_to(drawing)
    folium.LayerControl(collapsed=False).add_to(drawing)
    page = drawing.get_root().render()
    return finish(
        page,
        title=html.escape(WORDS["title"][which]),
        lang=("zh-CN", "en")[which],
        legend=legend_html(catalog, which),
        script=_script(catalog, drawing, drawn),
    )


def _script(catalog: Catalog, drawing: folium.Map, drawn: Sequence[folium.GeoJson]) -> str:
    """Return the script that arranges the page, with the names of this map in it."""
    west, south, east, north = shapely.total_bounds(list(catalog.polygons.values())).tolist()
    credit = f"「{NOTE[0]}」 {NOTE[1]} · {WORDS['data'][1]} · Leaflet"
    words = {
        "__MAP__": drawing.get_name(),
        "__LAYERS__": ", ".join(layer.get_name() for layer in drawn),
        "__BOUNDS__": json.dumps([[south, west], [north, east]]),
        "__CREDIT__": json.dumps(html.escape(credit), ensure_ascii=False),
    }
    script = SCRIPT
    for mark, text in words.items():
        script = script.replace(mark, text)
    return script


def _layer(
    key: str, features: list[layers.Feature], lang: int, *, show: bool = True
) -> folium.GeoJson:
    """Return a layer that draws each feature in its own style, with its own tip."""
    data = {"type": "FeatureCollection", "features": features}
    tip = folium.GeoJsonTooltip(["tip"], labels=False, sticky=True) if features else None
    dot = folium.CircleMarker(class_name="dot") if key in ("stations", "places") else None
    return folium.GeoJson(data, name=WORDS[key][lang], show=show, tooltip=tip, marker=dot)


def _numbers(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> folium.FeatureGroup:
    """Return the numbers of the clusters, each in the largest part of its cluster."""
    group = folium.FeatureGroup(name=WORDS["numbers"][lang])
    for row in rows:
        parts = shapely.get_parts(catalog.polygons[row.unit_id])
        largest = parts[np.argmax(shapely.area(parts))]
        spot = shapely.point_on_surface(largest)
        style = f"background:{colours(row)[1]}"
        icon = f'<span class="badge" style="{style}">{number(row)}</span>'
        _mark(spot, icon, size=20).add_to(group)
    return group


def _names(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> folium.FeatureGroup:
    """Return the names of the lines, each at the middle of its edge."""
    group = folium.FeatureGroup(name=WORDS["names"][lang])
    for row in rows:
        for edge in catalog.edges_of(row.unit_id):
            if edge.line_id:
                middle = shapely.LineString(edge.points).interpolate(0.5, normalized=True)
                text = html.escape(f"{edge.name_zh} {short_accuracy(edge)}")
                _mark(middle, f'<span class="line-label">{text}</span>', size=0).add_to(group)
    return group


def _mark(spot: Any, icon: str, *, size: int) -> folium.Marker:  # noqa: ANN401 - untyped shapely
    """Return a marker that shows a piece of HTML and lets the pointer through."""
    shape = folium.DivIcon(html=icon, icon_size=(size, size), class_name="mark")
    return folium.Marker((spot.y, spot.x), icon=shape, interactive=False, keyboard=False)
