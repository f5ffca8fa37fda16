"""GeoJSON layers of the overview: what is drawn, in which style, with which tip."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.maps.words import edge_lines, station_lines, unit_lines
from tzkc_geo.model import Grade
from tzkc_geo.palette import colours, opacity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge, UnitRow

    Feature = dict[str, Any]

DASH = "7 6"
SOLVED = ("area", "reading")  # the sides of a closed outline that are dashed
FUZZY = ((24, 0.07), (15, 0.1), (8, 0.14))  # weight in pixels, opacity
DOT: dict[str, Any] = {"fill": True, "fillOpacity": 1}
PLANNED = {"color": "#777", "dashArray": "3 2"}
DIGITS = 6  # 0.1 m on the map


def units(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> list[Feature]:
    """Return fills and, under schematic outlines, the fuzzy edge."""
    features = []
    for row in rows:
        grade = catalog.results[row.unit_id].grade
        fill, line = colours(row)
        shape = catalog.polygons[row.unit_id]
        tip = unit_lines(row, catalog.results[row.unit_id], lang)
        features += [
            _feature(shape.boundary, tip, color=line, weight=weight, opacity=faint)
            for weight, faint in FUZZY * (grade is Grade.SCHEMATIC)
        ]
        style = {"fillColor": fill, "fillOpacity": opacity(row, grade)}
        features.append(_feature(shape, tip, stroke=False, **style))
    return features


def dashed(edge: Edge, grade: Grade) -> bool:
    """Say whether an edge of a unit of this grade is drawn dashed."""
    return grade is Grade.SCHEMATIC or (grade is Grade.CLOSED and edge.how in SOLVED)


def edges(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> list[Feature]:
    """Return the edges of units, each solid or dashed as its grade and its making say.

    A dashed edge lies on white, so that two of them on one line do not fill each other's gaps;
    the solid ones come last, because a line that is known for one unit is known.
    """
    loose, solid = [], []
    for row in rows:
        grade, colour = catalog.results[row.unit_id].grade, colours(row)[1]
        for edge in catalog.edges_of(row.unit_id):
            line, tip = shapely.LineString(edge.points), edge_lines(edge, lang)
            if not dashed(edge, grade):
                solid.append(_feature(line, tip, color=colour, weight=2.5))
                continue
            loose.append(_feature(line, tip, color="#fff", weight=2.5, opacity=0.8))
            loose.append(
                _feature(line, tip, color=colour, weight=2.5, dashArray=DASH, lineCap="butt")
            )
    return loose + solid


def infill(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> list[Feature]:
    """Return the edges that no line makes, dashed; the others are drawn with the clusters."""
    features = []
    for row in rows:
        for edge in catalog.edges_of(row.unit_id):
            if edge.line_id is None:
                style = {"color": colours(row)[1], "dashArray": DASH, "lineCap": "butt"}
                line, tip = shapely.LineString(edge.points), edge_lines(edge, lang)
                features.append(_feature(line, tip, weight=1.5, **style))
    return features


def bands(catalog: Catalog, rows: Sequence[UnitRow], lang: int) -> list[Feature]:
    """Return for each edge the ground within its accuracy or its band, to scale."""
    features = []
    for row in rows:
        for edge in catalog.edges_of(row.unit_id):
            style = {"stroke": False, "fillColor": colours(row)[1], "fillOpacity": 0.18}
            features.append(_feature(_band(edge), edge_lines(edge, lang), **style))
    return features


def stations(catalog: Catalog, lang: int) -> list[Feature]:
    """Return the stations whose position is known; a planned one is dashed."""
    features = []
    for row in catalog.stations:
        if row.lon is not None and row.lat is not None:
            style: dict[str, Any] = {"color": "#111", "weight": 2, "radius": 5, **DOT}
            style |= {"fillColor": "#fff"}
            style |= PLANNED if row.status == "planned" else {}
            spot = shapely.Point(row.lon, row.lat)
            features.append(_feature(spot, station_lines(row, lang), **style))
    return features


def places(catalog: Catalog, lang: int) -> list[Feature]:
    """Return the named places whose position is known."""
    return [
        _feature(
            shapely.Point(row.lon, row.lat),
            [row.name_zh, row.name_en] if lang == 0 else [row.name_en, row.name_zh],
            color="#fff",
            weight=1,
            radius=3.5,
            **DOT,
            fillColor="#444",
        )
        for row in catalog.places
        if row.lon is not None and row.lat is not None
    ]


def tip_html(lines: Iterable[str]) -> str:
    """Return lines as escaped HTML, the first one bold."""
    first, *rest = (html.escape(line) for line in lines if line)
    return "<br>".join([f"<b>{first}</b>", *rest])


def _band(edge: Edge) -> Any:  # noqa: ANN401 - shapely states no types
    """Return the ground within the accuracy or the band of an edge, EPSG:4490."""
    reach = edge.band_m if edge.accuracy_m is None else edge.accuracy_m
    wide = shapely.LineString(to_metric(edge.points)).buffer(reach, quad_segs=6)
    return shapely.transform(wide, to_geographic)


def _feature(shape: Any, lines: Sequence[str], **style: Any) -> Feature:  # noqa: ANN401
    """Return one GeoJSON feature with its style and its tip."""
    rounded = shapely.transform(shape, lambda xy: np.round(xy, DIGITS))
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(rounded),
        "properties": {"style": style, "tip": tip_html(lines)},
    }
