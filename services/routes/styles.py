"""Styles for MapLibre over our own tiles; they fetch nothing from outside."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.maps.words import NOTE
from tzkc_geo.model import Grade
from tzkc_geo.palette import COLOURS, FILL, GREY

router = APIRouter(prefix="/styles", tags=["styles"])

Layer = dict[str, Any]
STYLES = {"overview": ("总览图", "Overview"), "survey": ("参照线与控制点", "Lines and points")}
SOURCES = {
    "overview": ("zones", "clusters", "roads", "rail", "stations"),
    "survey": ("clusters", "reference_lines", "control_points"),
}
DASH = [3, 2]
LINES = {Grade.LOCATED: "#0072b2", Grade.CLOSED: "#d55e00", Grade.SCHEMATIC: "#777777"}
PROBLEM = {
    "description": "No such style.",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}


@router.get("")
async def styles(request: Request) -> dict[str, Any]:
    """Return the list of styles (OGC API Styles)."""
    base = str(request.base_url).rstrip("/")
    return {
        "default": "overview",
        "styles": [
            {
                "id": name,
                "title": " ".join(title),
                "links": [
                    {
                        "href": f"{base}/styles/{name}.json",
                        "rel": "stylesheet",
                        "type": "application/vnd.mapbox.style+json",
                    }
                ],
            }
            for name, title in STYLES.items()
        ],
    }


@router.get("/{name}.json", responses={404: PROBLEM})
async def style(name: str, request: Request) -> dict[str, Any]:
    """Return a MapLibre style; it has no labels and no sprite, so that it works offline."""
    if name not in STYLES:
        msg = f"style {name!r}: no such style, expected one of {', '.join(STYLES)}, got {name!r}"
        raise UnknownIdError(msg)
    base = str(request.base_url).rstrip("/")
    layers = _overview() if name == "overview" else _survey()
    return {
        "version": 8,
        "name": " ".join(STYLES[name]),
        "metadata": {"note_zh": NOTE[0], "note_en": NOTE[1]},
        "sources": {
            one: {"type": "vector", "url": f"{base}/tiles/{one}/tilejson.json"}
            for one in SOURCES[name]
        },
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": "#ffffff"}},
            *layers,
        ],
    }


def _overview() -> list[Layer]:
    """Return units by zone and grade, with roads, rail and stations."""
    width = ["match", ["get", "link_class"], ["motorway", "expressway"], 3, 1.5]
    operating = ["==", ["get", "status"], "operating"]
    edge = ["case", operating, "#111111", "#777777"]
    return [
        _layer("zones", "fill", {"fill-color": _colour("unit_id", 0), "fill-opacity": 0.1}),
        _layer(
            "clusters", "fill", {"fill-color": _colour("parent_id", 0), "fill-opacity": _fill()}
        ),
        _layer("roads", "line", {"line-color": "#b8860b", "line-width": width}),
        *_outlines("zones", "unit_id", 1.5),
        *_outlines("clusters", "parent_id", 2.5),
        _layer("rail", "line", {"line-color": "#222222", "line-width": 2}, operating),
        _layer(
            "rail",
            "line",
            {"line-color": "#222222", "line-width": 2, "line-dasharray": DASH},
            ["!", operating],
            name="rail-planned",
        ),
        _layer(
            "stations",
            "circle",
            {
                "circle-radius": 4,
                "circle-color": "#ffffff",
                "circle-stroke-width": 2,
                "circle-stroke-color": edge,
            },
        ),
    ]


def _survey() -> list[Layer]:
    """Return reference lines by grade and control points by use, over the clusters."""
    used = ["case", ["==", ["get", "used"], True], "#009e73", "#d55e00"]
    return [
        _layer(
            "clusters", "fill", {"fill-color": _colour("parent_id", 0), "fill-opacity": _fill()}
        ),
        *(
            _layer(
                "reference_lines",
                "line",
                {"line-color": LINES[grade], "line-width": 2}
                | ({"line-dasharray": DASH} if grade is Grade.SCHEMATIC else {}),
                _is(grade),
                name=f"reference_lines-{grade}",
            )
            for grade in Grade
        ),
        _layer("control_points", "circle", {"circle-radius": 4, "circle-color": used}),
    ]


def _outlines(source: str, key: str, width: float) -> list[Layer]:
    """Return outlines: solid, or dashed over a blurred band where they are schematic."""
    colour, loose = _colour(key, 1), _is(Grade.SCHEMATIC)
    line = {"line-color": colour, "line-width": width}
    fuzzy = {"line-color": colour, "line-width": 14, "line-blur": 10, "line-opacity": 0.25}
    return [
        _layer(source, "line", fuzzy, loose, name=f"{source}-fuzzy"),
        _layer(source, "line", {**line, "line-dasharray": DASH}, loose, name=f"{source}-dashed"),
        _layer(source, "line", line, ["!", loose], name=f"{source}-solid"),
    ]


def _layer(
    source: str, kind: str, paint: Layer, only: list[Any] | None = None, *, name: str = ""
) -> Layer:
    """Return one layer of a style."""
    about = {"id": name or f"{source}-{kind}", "type": kind, "source": source}
    about |= {"source-layer": source}
    return {**about, **({"filter": only} if only else {}), "paint": paint}


def _colour(key: str, which: int) -> list[Any]:
    """Return the fill (0) or line (1) colour by core or zone."""
    pairs = [word for zone, pair in COLOURS.items() for word in (zone, pair[which])]
    return ["match", ["get", key], *pairs, GREY[which]]


def _fill() -> list[Any]:
    """Return the opacity by grade."""
    pairs = [word for grade, value in FILL.items() for word in (str(grade), value)]
    return ["match", ["get", "grade"], *pairs, 0.2]


def _is(grade: Grade) -> list[Any]:
    return ["==", ["get", "grade"], str(grade)]
