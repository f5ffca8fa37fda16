"""Sums, claims, readings and extents of the audit as tables."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tzkc_geo.reports.labels import SIDES, Lang
from tzkc_geo.reports.report_table import Cell, Column, ReportTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tzkc_geo.audit_sums import AreaSum
    from tzkc_geo.claims import ClaimCheck
    from tzkc_geo.readings import ExtentCheck, RivalReading


def sums_table(sums: Iterable[AreaSum], lang: Lang) -> ReportTable:
    """Return the sums of printed areas against the totals."""
    rows: list[tuple[Cell, ...]] = [
        (
            s.sum_id,
            ", ".join(s.unit_ids),
            s.printed_sum,
            *s.interval,
            s.of_unit_id,
            s.reported,
            s.left,
            float(s.share),
            s.measured_km2,
            s.sigma_km2,
        )
        for s in sums
    ]
    columns = (
        Column(title=lang.pick("和", "sum"), share=1.5),
        Column(title=lang.pick("单元", "units"), share=3.5),
        Column(title=lang.pick("公布之和 km²", "printed km²")),
        Column(title=lang.pick("舍入下限", "rounds from")),
        Column(title=lang.pick("舍入上限", "to")),
        Column(title=lang.pick("属于", "of")),
        Column(title=lang.pick("总数", "total")),
        Column(title=lang.pick("余", "left")),
        Column(title=lang.pick("占比", "share"), digits=4),
        Column(title=lang.pick("测得之和", "measured"), digits=4),
        Column(title="σ", digits=4),
    )
    return ReportTable(title=lang.pick("求和核对", "sums"), columns=columns, rows=tuple(rows))


def claims_table(claims: Iterable[ClaimCheck], lang: Lang) -> ReportTable:
    """Return the countable claims with their evidence."""
    rows = tuple(
        (
            c.claim_id,
            lang.pick(c.claim_zh, c.claim),
            c.claimed,
            c.found,
            holds(c.holds, lang),
            "; ".join(f"{e.file} {e.key}: {e.text}" for e in c.evidence),
        )
        for c in claims
    )
    columns = (
        Column(title="id", share=1.4),
        Column(title=lang.pick("说法", "claim"), share=4),
        Column(title=lang.pick("所称", "claimed"), share=0.8),
        Column(title=lang.pick("所计", "found"), share=0.8),
        Column(title=lang.pick("结论", "holds")),
        Column(title=lang.pick("依据", "evidence"), share=7),
    )
    return ReportTable(title=lang.pick("可数的说法", "claims"), columns=columns, rows=rows)


def readings_table(readings: Iterable[RivalReading], lang: Lang) -> ReportTable:
    """Return the rival readings and the areas that they give."""
    rows = tuple(
        (
            r.unit_id,
            r.reading_id,
            r.chosen,
            sides_zh(r),
            r.area_km2,
            r.sigma_km2,
            Decimal(r.reported),
            r.difference_km2,
            holds(r.meets if r.tells else None, lang) if r.meets is not None else None,
            r.tells,
            lang.pick(r.words_zh, r.words),
        )
        for r in readings
    )
    columns = (
        Column(title=lang.pick("单元", "unit"), share=0.7),
        Column(title=lang.pick("解读", "reading"), share=0.9),
        Column(title=lang.pick("采用", "chosen"), share=0.7),
        Column(title=lang.pick("四至", "sides"), share=4),
        Column(
            title=lang.pick("不用公布面积所得 km²", "without own area km²"), digits=3, share=1.2
        ),
        Column(title="σ", digits=3, share=0.8),
        Column(title=lang.pick("公布", "reported"), share=0.8),
        Column(title=lang.pick("差", "difference"), digits=3, signed=True),
        Column(title=lang.pick("符合", "meets"), share=0.9),
        Column(title=lang.pick("可分辨", "tells"), share=0.8),
        Column(title=lang.pick("说明", "in words"), share=3.5),
    )
    return ReportTable(title=lang.pick("解读比较", "readings"), columns=columns, rows=rows)


def extents_table(extents: Iterable[ExtentCheck], lang: Lang) -> ReportTable:
    """Return the extents that other texts publish."""
    rows = tuple(
        (
            x.extent.unit_id,
            x.extent.name_zh,
            x.extent.sides_zh,
            Decimal(x.extent.published_km2),
            Decimal(x.reported),
            holds(x.meets, lang),
            x.extent.reading_id,
            x.area_km2,
            x.sigma_km2,
            x.extent.source_id,
            x.extent.note,
        )
        for x in extents
    )
    columns = (
        Column(title=lang.pick("单元", "unit"), share=0.7),
        Column(title=lang.pick("名称", "name"), share=2),
        Column(title=lang.pick("四至", "sides"), share=3),
        Column(title=lang.pick("所载 km²", "published km²")),
        Column(title=lang.pick("本规划", "reported")),
        Column(title=lang.pick("相同", "same")),
        Column(title=lang.pick("解读", "reading")),
        Column(title=lang.pick("所得", "derived"), digits=3),
        Column(title="σ", digits=3),
        Column(title=lang.pick("来源", "source"), share=2),
        Column(title=lang.pick("说明", "note"), share=3),
    )
    return ReportTable(title=lang.pick("他处所载", "extents"), columns=columns, rows=rows)


def holds(value: bool | None, lang: Lang) -> str:  # noqa: FBT001  (the value itself)
    """Return whether a claim holds, in words."""
    if value is None:
        return lang.pick("无从判断", "cannot tell")
    return lang.pick("成立", "holds") if value else lang.pick("不成立", "does not hold")


def sides_zh(reading: RivalReading) -> str:
    """Return the sides of a reading as a description: 东至…，南至…."""
    told = [f"{SIDES[side]}至{'、'.join(names)}" for side, names in reading.sides.items() if names]
    return "，".join(told)
