"""The audit as a page: a chart, then every table; no outside address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.areas import RING_AREAS
from tzkc_geo.audit import tree
from tzkc_geo.reports.audit_chart import chart_svg
from tzkc_geo.reports.html import NONE, STYLE, number, table
from tzkc_geo.reports.picture import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.audit_sums import AreaSum
    from tzkc_geo.claims import ClaimCheck
    from tzkc_geo.readings import ExtentCheck, RivalReading
    from tzkc_geo.reports.audit import AuditReport

VERDICTS = {
    "consistent": "一致 consistent",
    "inconsistent": "不一致 inconsistent",
    "not_checkable": "不可检核 not checkable",
}
HOLDS = {True: "成立 holds", False: "不成立 does not hold", None: "无从判断 cannot tell"}
PARTS = {
    "projection": "投影 projection",
    "rounding": "舍入 rounding",
    "overlap": "重叠 overlap",
    "gap": "缝隙 gap",
    "remainder": "未覆盖 remainder",
    "geometry": "界线 geometry",
}
SIDES_ZH = {"east": "东", "south": "南", "west": "西", "north": "北"}
GRADES_ZH = {"located": "已定位", "closed": "面积闭合", "schematic": "示意"}
INDENT = "　"  # a level of the hierarchy; wide, as Chinese texts are indented
NOTE = (
    "差值 = 测得 − 公布；六项之和等于差值。"
    "Difference = measured − reported; its six parts add up to it. The remainder of a unit with"
    " children is the ground that none of them holds, less what the printed figures leave to none"
    " of them. Chart: grey bar what rounds to the reported figure, line the 95 % interval, dot the"
    " measured area, coloured by grade. A figure that was used to place a line agrees by"
    " arithmetic, not proof."
)


def audit_html(report: AuditReport, maps: str = "") -> str:
    """Return the audit (审计) as one page that works without a network.

    Parameters
    ----------
    report
        The audit; every number on the page is one of its values.
    maps
        Of `cluster_map.cluster_maps`, to stand at the end.
    """
    units = tree(report.units)
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>面积审计 audit</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style><h1>规划数据审计 · audit of the plan's figures</h1>"
        f"<p><b>示意图，非法定边界</b> · a reconstruction, not a legal boundary. {NOTE}</p>"
        f"<p>量算面 measured in: {report.plane}. 数据摘要 digest {report.digest[:12]}.</p>{_key()}"
        f"{chart_svg([u for _, u in units])}{_units(units)}{_parts(units)}"
        f"{_ways(units)}{_sums(report.sums)}{_claims(report.claims)}"
        f"{_readings(report.readings)}{_extents(report.extents)}{_maps(maps)}</html>"
    )


def _maps(maps: str) -> str:
    """Return the maps with what their lines mean."""
    if not maps:
        return ""
    return (
        "<h2>组团图 clusters</h2><p>Solid and shaded: a side with its 95 % accuracy; dashed grey:"
        " a side of which only a band is stated. 实线及阴影：95 % 精度；灰色虚线：仅有带宽。"
        f" © OpenStreetMap contributors (ODbL)</p>{maps}"
    )


def _key() -> str:
    """Return what the colours of the chart mean."""
    marks = (
        f'<span style="color:{COLOURS[grade]}">●</span> {name} {grade}'
        for grade, name in GRADES_ZH.items()
    )
    return f"<p>{' · '.join(marks)}</p>"


def _units(units: Iterable[tuple[int, UnitAudit]]) -> str:
    rows = [
        [
            f"{INDENT * depth}{u.unit_id} {u.name_zh}",
            u.reported,
            " … ".join(str(end) for end in u.interval_km2),
            number(u.measured_km2, 4),
            number(u.sigma_km2, 4),
            NONE
            if u.interval95_km2 is None
            else " … ".join(number(x, 2) for x in u.interval95_km2),
            number(u.difference_km2, 4, signed=True),
            number(u.redundancy, 3),
            number(u.w, 2),
            VERDICTS[u.verdict],
            f"{u.words_zh}。{u.words}",
        ]
        for depth, u in units
    ]
    head = ["单元 unit", "公布 reported km²", "舍入区间 rounds to it", "测得 measured", "σ", "95 %"]
    rest = ["差 difference", "多余观测分量 r", "w", "判定 verdict", "说明 what it is worth"]
    return table("单元 units", [*head, *rest], rows)


def _parts(units: Iterable[tuple[int, UnitAudit]]) -> str:
    rows = [
        [
            f"{INDENT * depth}{u.unit_id} {u.name_zh}",
            number(u.difference_km2, 6, signed=True),
            *(number(getattr(u.parts, name), 6, signed=True) for name in PARTS),
            number(u.ground.uncovered, 4),
            NONE if u.unclaimed_km2 is None else str(u.unclaimed_km2),
        ]
        for depth, u in units
    ]
    head = ["单元 unit", "差 difference km²", *PARTS.values()]
    rest = ["测得未覆盖 uncovered", "公布未覆盖 unclaimed"]
    return table("差值分解 the difference taken apart", [*head, *rest], rows)


def _ways(units: Iterable[tuple[int, UnitAudit]]) -> str:
    ways = list(RING_AREAS)
    rows = [
        [
            f"{INDENT * depth}{u.unit_id} {u.name_zh}",
            *(number(u.areas_km2[way], 4) for way in ways),
        ]
        for depth, u in units
    ]
    title = "各种面积 areas in every way, km² (utm51n, webmercator: 仅作警示 warnings only)"
    return table(title, ["单元 unit", *ways], rows)


def _sums(sums: Iterable[AreaSum]) -> str:
    rows = [
        [
            s.sum_id,
            ", ".join(s.unit_ids),
            str(s.printed_sum),
            " … ".join(str(end) for end in s.interval),
            f"{s.of_unit_id} {s.reported}",
            str(s.left),
            f"{float(s.share):.1%}",
            number(s.measured_km2, 4),
            number(s.sigma_km2, 4),
        ]
        for s in sums
    ]
    head = ["和 sum", "单元 units", "公布之和 printed km²", "舍入区间 rounding", "总数 total"]
    rest = ["余 left", "占 share", "测得之和 measured", "σ"]
    return table("求和核对 sums", [*head, *rest], rows)


def _claims(claims: Iterable[ClaimCheck]) -> str:
    rows = [
        [
            c.claim_id,
            c.claim,
            NONE if c.claimed is None else str(c.claimed),
            NONE if c.found is None else str(c.found),
            HOLDS[c.holds],
            "; ".join(f"{e.file} {e.key}: {e.text}" for e in c.evidence),
        ]
        for c in claims
    ]
    head = ["id", "说法 claim", "所称 claimed", "所计 found", "结论", "依据 evidence"]
    return table("可数的说法 countable claims", head, rows)


def _readings(readings: Iterable[RivalReading]) -> str:
    rows = [
        [
            f"{r.unit_id} {r.reading_id}",
            "是 yes" if r.chosen else "否 no",
            sides_zh(r),
            number(r.area_km2, 3),
            number(r.sigma_km2, 3),
            r.reported,
            number(r.difference_km2, 3, signed=True),
            NONE if r.meets is None else HOLDS[r.meets],
            "能 yes" if r.tells else "不能 no",
            r.words,
        ]
        for r in readings
    ]
    head = [
        "解读 reading",
        "采用 chosen",
        "四至 sides",
        "不用公布面积所得 km²",
        "σ",
        "公布 reported",
    ]
    rest = ["差 difference", "符合 meets", "可分辨 tells", "说明"]
    return table("解读比较 rival readings", [*head, *rest], rows)


def sides_zh(reading: RivalReading) -> str:
    """Return the sides of a reading as a description: 东至…，南至…."""
    told = [
        f"{SIDES_ZH[side]}至{'、'.join(names)}" for side, names in reading.sides.items() if names
    ]
    return "，".join(told)


def _extents(extents: Iterable[ExtentCheck]) -> str:
    rows = [
        [
            f"{x.extent.unit_id} {x.extent.name_zh}",
            x.extent.sides_zh,
            x.extent.published_km2,
            x.reported,
            HOLDS[x.meets],
            x.extent.reading_id or NONE,
            number(x.area_km2, 3),
            number(x.sigma_km2, 3),
            x.extent.note,
        ]
        for x in extents
    ]
    head = [
        "他处所载 extent",
        "四至 sides",
        "所载面积 published km²",
        "本规划 reported",
        "相同 same",
    ]
    rest = ["解读 reading", "所得 derived", "σ", "说明 note"]
    return table("他处公布的范围 extents that other texts publish", [*head, *rest], rows)
