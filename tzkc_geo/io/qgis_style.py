"""Styles of the layers of a GeoPackage as QGIS has them (QML)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from tzkc_geo.collections import LINES, POINTS, POLYGONS
from tzkc_geo.model import Grade, UnitKind
from tzkc_geo.palette import COLOURS, FILL, GRADED, GREY, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tzkc_geo.collections import Collection

    Layer = tuple[str, dict[str, str]]  # class of the layer of a symbol, and its properties
    Words = Sequence[str]

HEAD: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION: Final = "3.22.0"
FONT: Final = "Noto Sans CJK SC"
KINDS: Final = {POLYGONS: "fill", LINES: "line", POINTS: "marker"}
PLACEMENT: Final = {POLYGONS: "4", LINES: "2", POINTS: "0"}  # across, along, around
HATCH: Final = {"closed": "f_diagonal", "schematic": "diagonal_x"}  # located: none
HATCH_OPACITY: Final = 0.45
WORDS_ZH: Final = {
    "corridor": "走廊",
    "core": "核",
    "zone": "片区",
    "cluster": "组团",
    "located": "已定位",
    "closed": "面积闭合",
    "schematic": "示意",
    "operating": "已运营",
    "planned": "规划",
    "used": "采用",
    "unused": "未采用",
    "accuracy": "有精度",
    "band": "仅有范围",
    "observed": "观测",
    "prior": "先验",
    "reading": "解读",
    "area": "面积",
    "infill": "填充",
    "road": "道路",
    "bank": "岸线",
    "canal": "河道",
    "rail": "铁路",
    "border": "界线",
    "limit": "边线",
    "motorway": "高速",
    "expressway": "快速路",
    "arterial": "主干路",
    "ramp": "匝道",
    "bridge": "桥",
    "all": "全部",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How the features of a collection are told apart and drawn."""

    expression: str  # words that a symbol hangs on; SQLite and QGIS both read it
    layers: Callable[[Words], list[Layer]]  # of the symbol for these words
    label: str | None = None  # column of the labels


def expression(one: Collection) -> str:
    """Return what the features of a collection are told apart by, as SQLite and QGIS read it."""
    return _style_of(one).expression


def qml(one: Collection, values: Iterable[str]) -> str:
    """Return the style of a layer as a QML document.

    Parameters
    ----------
    one
        The collection; one that is not of the catalog has a plain style.
    values
        What `expression` gives for its features, each once: the categories of the legend. An
        empty one stands for all other values.

    Notes
    -----
    Fills are by zone, hatches by grade, dashed lines are schematic, planned or known as a band
    only, as in the tiles and the pages. Properties stand twice, as ``Option`` and as ``prop``,
    which QGIS before 3.20 reads.
    """
    style = _style_of(one)
    root = ET.Element(
        "qgis",
        version=VERSION,
        styleCategories="Symbology|Labeling",
        labelsEnabled=str(int(style.label is not None)),
    )
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        {"type": "categorizedSymbol", "attr": style.expression},
        symbollevels="0",
        forceraster="0",
        enableorderby="0",
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, value in enumerate(values):
        words = value.split()
        about = {"value": value, "symbol": str(number), "label": _legend(words)}
        ET.SubElement(categories, "category", about, render="true", type="string")
        _add_symbol(symbols, str(number), KINDS[one.geometry], style.layers(words))
    if style.label is not None:
        _add_labels(root, style.label, PLACEMENT[one.geometry])
    ET.indent(root, " ")
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _style_of(one: Collection) -> Style:
    return STYLES.get(one.collection_id, PLAIN[one.geometry])


def _legend(words: Words) -> str:
    return f"{'·'.join(WORDS_ZH.get(word, word) for word in words)} {' '.join(words)}"


def _add_symbol(symbols: ET.Element, name: str, kind: str, layers: Iterable[Layer]) -> None:
    about = {"name": name, "type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    symbol = ET.SubElement(symbols, "symbol", about)
    for named, properties in layers:
        layer = ET.SubElement(
            symbol, "layer", {"class": named}, **{"enabled": "1", "locked": "0", "pass": "0"}
        )
        options = ET.SubElement(layer, "Option", type="Map")
        for key, value in properties.items():
            ET.SubElement(options, "Option", name=key, type="QString", value=value)
        for key, value in properties.items():
            ET.SubElement(layer, "prop", k=key, v=value)


def _add_labels(root: ET.Element, column: str, placement: str) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = {"fieldName": column, "isExpression": "0", "fontFamily": FONT, "fontSize": "9"}
    more = {"fontSizeUnit": "Point", "textColor": "17,17,17,255", "textOpacity": "1"}
    style = ET.SubElement(settings, "text-style", {**text, **more})
    halo = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM"}
    ET.SubElement(style, "text-buffer", {**halo, "bufferColor": "255,255,255,217"})
    ET.SubElement(settings, "placement", placement=placement, dist="1", distUnits="MM")
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", mergeLines="1")


# ── symbols ──────────────────────────────────────────────────────────────────────────────────────


def _rgba(colour: str, opacity: float = 1.0) -> str:
    """Return ``#rrggbb`` and an opacity as QGIS has them."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _line(colour: str, width_mm: float, *, dashed: bool = False) -> Layer:
    return "SimpleLine", {
        "line_color": _rgba(colour),
        "line_style": "dash" if dashed else "solid",
        "line_width": str(width_mm),
        "line_width_unit": "MM",
        "capstyle": "flat" if dashed else "round",
        "joinstyle": "round",
    }


def _dot(colour: str, border: str = "#ffffff", *, name: str = "circle") -> list[Layer]:
    properties = {
        "name": name,
        "color": _rgba(colour),
        "outline_color": _rgba(border),
        "outline_width": "0.4",
        "outline_width_unit": "MM",
        "size": "2.4",
        "size_unit": "MM",
    }
    return [("SimpleMarker", properties)]


def _fill(colour: str, style: str, border: str, *, dashed: bool = False) -> Layer:
    """Return a fill; style: a pattern of Qt, or ``no``. Border: of the outline, or empty."""
    edge = "no" if not border else "dash" if dashed else "solid"
    return "SimpleFill", {
        "color": colour,
        "style": style,
        "outline_color": _rgba(border or "#000000"),
        "outline_style": edge,
        "outline_width": "0.4",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }


def _unit(words: Words) -> list[Layer]:
    """Return the symbol of ``kind zone grade``."""
    kind, zone, grade = words
    fill, border = COLOURS.get(zone, GREY)
    opacity = FILL[Grade(grade)] if kind == UnitKind.CLUSTER else LIGHT[UnitKind(kind)]
    dashed = grade == Grade.SCHEMATIC
    outline = _fill(_rgba(fill, opacity), "solid" if opacity else "no", border, dashed=dashed)
    pattern = HATCH.get(grade) if opacity else None
    hatch = [] if pattern is None else [_fill(_rgba(border, HATCH_OPACITY), pattern, "")]
    return [outline, *hatch]


def _edge(words: Words) -> list[Layer]:
    colour = next((EDGES[word] for word in words if word in EDGES), GREY[0])
    return [_line(colour, 0.6, dashed="band" in words)]


def _reference_line(words: Words) -> list[Layer]:
    colour = next((GRADED[grade] for grade in Grade if grade in words), GREY[0])
    width = 0.9 if {"bank", "canal"} & set(words) else 0.5
    return [_line(colour, width, dashed=Grade.SCHEMATIC in words)]


def _control_point(words: Words) -> list[Layer]:
    return _dot("#009e73" if "used" in words else "#d55e00", name="triangle")


def _station(words: Words) -> list[Layer]:
    return _dot("#ffffff", "#111111" if "operating" in words else "#777777")


def _rail(words: Words) -> list[Layer]:
    return [_line("#222222", 0.8, dashed="planned" in words)]


def _road(words: Words) -> list[Layer]:
    wide = bool({"motorway", "expressway"} & set(words))
    return [_line("#ffffff", 1.3 if wide else 0.9), _line("#b8860b", 0.9 if wide else 0.5)]


EDGES: Final = {
    "observed": "#0072b2",
    "area": "#d55e00",
    "reading": "#cc79a7",
    "infill": "#009e73",
    "prior": "#777777",
}
ZONE: Final = """CASE WHEN "kind" = 'cluster' THEN coalesce("parent_id", '-') ELSE "unit_id" END"""
UNITS: Final = Style(f""""kind" || ' ' || {ZONE} || ' ' || "grade\"""", _unit, "name_zh")
STYLES: Final = {
    "units": UNITS,
    "clusters": UNITS,
    "zones": UNITS,
    "edges": Style(
        """"how" || CASE WHEN "accuracy_m" IS NULL THEN ' band' ELSE ' accuracy' END""",
        _edge,
        "name_zh",
    ),
    "reference_lines": Style(""""kind" || ' ' || "grade\"""", _reference_line, "name_zh"),
    "control_points": Style("""CASE WHEN "used" THEN 'used' ELSE 'unused' END""", _control_point),
    "stations": Style('"status"', _station, "name_zh"),
    "rail": Style('"status"', _rail, "line"),
    "roads": Style('"link_class"', _road, "road"),
    "places": Style('"kind"', lambda _: _dot("#444444", name="diamond"), "name_zh"),
}
PLAIN: Final = {  # for collections that are not of the catalog
    POLYGONS: Style("'all'", lambda _: [_fill(_rgba(GREY[0], 0.2), "solid", GREY[1])]),
    LINES: Style("'all'", lambda _: [_line(GREY[1], 0.5)]),
    POINTS: Style("'all'", lambda _: _dot(GREY[0])),
}
