"""What a map says, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.model import Grade

if TYPE_CHECKING:
    from tzkc_geo.model import Edge, Station, UnitResult, UnitRow

LANGUAGES = ("zh", "en")

NOTE = ("示意图，非法定边界", "Schematic map, not a legal boundary")
WORDS = {
    "title": ("台州湾科创走廊总览图", "Taizhou Bay sci-tech corridor: overview"),
    "corridor": ("科创走廊", "Corridor"),
    "zones": ("核与片区", "Core and zones"),
    "clusters": ("功能组团", "Clusters"),
    "edges": ("组团边线", "Cluster edges"),
    "bands": ("边线精度带（按比例）", "Accuracy of edges (to scale)"),
    "stations": ("轨道站点（S1、S2、国铁）", "Rail stations (S1, S2, national rail)"),
    "places": ("地点", "Places"),
    "numbers": ("组团编号", "Cluster numbers"),
    "names": ("线名与精度（放大可见）", "Line names (zoom in)"),
    "grades": ("等级：边线有多可靠", "Grades: how well an outline is known"),
    "list": ("组团（规划面积 km²）", "Clusters (reported area, km²)"),
    "reported": ("规划面积", "reported area"),
    "measured": ("椭球面积", "measured area"),
    "accuracy": ("95% 精度", "95 % accuracy"),
    "band": ("无精度，取带宽", "no accuracy; stated band"),
    "none": ("无", "none"),
    "operating": ("已运营", "operating"),
    "planned": ("规划", "planned"),
    "unplaced": ("位置不明、未上图的站点", "stations not drawn, position unknown"),
    "data": (
        "数据：boundaries/（ODbL 1.0）；含 OpenStreetMap 贡献者的数据",
        "Data: boundaries/ (ODbL 1.0); contains data of OpenStreetMap contributors",
    ),
    "source": (
        "依据：台政发〔2022〕20号四至文字与公布面积",
        "Source: limits in words and areas of plan Taizhengfa [2022] No. 20",
    ),
    "digest": ("内容摘要", "digest"),
}
GRADES = {
    Grade.LOCATED: (
        ("已定位", "located"),
        ("实线：每一边都有本组团面积以外的证据", "solid: evidence on every side besides its area"),
    ),
    Grade.CLOSED: (
        ("面积闭合", "closed"),
        (
            "实线，其中一边为虚线：该边由公布面积或所选解读推定",
            "solid, one side dashed: that side follows from the reported area or a chosen reading",
        ),
    ),
    Grade.SCHEMATIC: (
        ("示意", "schematic"),
        ("虚线加模糊边：证据不足，仅示意大致范围", "dashed, fuzzy edge: too little evidence"),
    ),
}
HOW = {
    "observed": ("由控制点定线", "placed by observed points"),
    "area": ("由公布面积推定", "solved from the reported area"),
    "prior": ("仅有先验位置", "prior position only"),
    "reading": ("由所选解读推定", "follows from a chosen reading"),
    "infill": ("填充边线，非文字所述", "infill, named by no clause"),
    "survey": ("实测", "surveyed"),
}


def language(lang: str) -> int:
    """Return the place of a language in the pairs of this module, or raise `UnknownIdError`."""
    if lang in LANGUAGES:
        return LANGUAGES.index(lang)
    msg = f"lang: no such language, expected one of {', '.join(LANGUAGES)}, got {lang!r}"
    raise UnknownIdError(msg)


def both(pair: tuple[str, str], lang: int) -> str:
    """Return a text in both languages, the chosen one first."""
    return f"{pair[lang]} / {pair[1 - lang]}"


def unit_name(row: UnitRow, lang: int) -> str:
    """Return the name of a unit in one language."""
    return (row.name_zh, row.name_en)[lang]


def accuracy(edge: Edge, lang: int) -> str:
    """Return how well an edge is known, in words."""
    if edge.accuracy_m is None:
        return f"{WORDS['band'][lang]} {edge.band_m:.0f} m"
    return f"{WORDS['accuracy'][lang]} ±{edge.accuracy_m:.0f} m"


def short_accuracy(edge: Edge) -> str:
    """Return how well an edge is known, for a label."""
    return f"[{edge.band_m:.0f} m]" if edge.accuracy_m is None else f"±{edge.accuracy_m:.0f} m"


def unit_lines(row: UnitRow, result: UnitResult, lang: int) -> list[str]:
    """Return what the tip of a unit says, line by line; the first is its name."""
    grade, meaning = GRADES[result.grade]
    spread = "" if result.area_sigma_km2 is None else f" ± {1.96 * result.area_sigma_km2:.2f}"
    reported = f"{WORDS['reported'][lang]} {row.reported_area_km2} km²"
    measured = f"{WORDS['measured'][lang]} {result.area_km2:.2f}{spread} km²"
    return [
        both((row.name_zh, row.name_en), lang),
        f"{row.unit_id} · {reported} · {measured}",
        both(grade, lang),
        meaning[lang],
        meaning[1 - lang],
    ]


def edge_lines(edge: Edge, lang: int) -> list[str]:
    """Return what the tip of an edge says, line by line; the first is its line."""
    known = HOW.get(edge.how, (edge.how, edge.how))
    lines = [
        edge.name_zh or WORDS["none"][lang],
        f"{edge.unit_id} · {edge.text_zh}" if edge.text_zh else edge.unit_id,
        accuracy(edge, lang),
        both(known, lang),
    ]
    return [*lines, accuracy(edge, 1 - lang)]


def station_lines(station: Station, lang: int) -> list[str]:
    """Return what the tip of a station says."""
    status = WORDS.get(station.status, (station.status, station.status))
    return [
        both((station.name_zh, station.name_en), lang),
        f"{station.line} · {both(status, lang)}"
        + (f" · {station.opening}" * bool(station.opening)),
    ]
