"""The tables of the audit: one set of rows, which page, workbook and PDF show."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tzkc_geo.areas import RING_AREAS
from tzkc_geo.audit import tree
from tzkc_geo.reports.audit_lists import claims_table, extents_table, readings_table, sums_table
from tzkc_geo.reports.audit_proof import (
    kinds_table,
    residuals_table,
    sources_table,
    statistics_table,
)
from tzkc_geo.reports.labels import GRADES, HOW, PARTS, VERDICTS, WAYS, Lang
from tzkc_geo.reports.report_table import INDENT, Cell, Column, ReportTable

if TYPE_CHECKING:
    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.reports.audit import AuditReport

BY_UNIT = ("units", "parts", "areas")  # the tables that show the hierarchy
PARTS_ORDER = ("projection", "rounding", "overlap", "gap", "remainder", "geometry")


def audit_tables(report: AuditReport, lang: Lang) -> dict[str, ReportTable]:
    """Return every table of the audit by its name, in the order in which it is shown.

    Parameters
    ----------
    report
        The audit; every number is one of its values.
    lang
        Of titles and terms. Texts that exist in one language only stand as they are.
    """
    return {
        "units": _units(report, lang),
        "parts": _parts(report, lang),
        "areas": _areas(report, lang),
        "sums": sums_table(report.sums, lang),
        "claims": claims_table(report.claims, lang),
        "readings": readings_table(report.readings, lang),
        "extents": extents_table(report.extents, lang),
        "sides": sides_table(report, lang),
        "statistics": statistics_table(report.statistics, lang),
        "observations": kinds_table(report.statistics, lang),
        "residuals": residuals_table(report.statistics, lang),
        "sources": sources_table(report, lang),
    }


def _named(depth: int, unit: UnitAudit, lang: Lang) -> tuple[str, str]:
    return unit.unit_id, INDENT * depth + lang.pick(unit.name_zh, unit.name_en)


def _unit_columns(lang: Lang) -> tuple[Column, Column]:
    return Column(title="id", share=0.9), Column(title=lang.pick("单元", "unit"), share=2.4)


def _units(report: AuditReport, lang: Lang) -> ReportTable:
    rows: list[tuple[Cell, ...]] = [
        (
            *_named(depth, u, lang),
            Decimal(u.reported),
            *u.interval_km2,
            u.measured_km2,
            u.sigma_km2,
            *(u.interval95_km2 or (None, None)),
            u.difference_km2,
            u.redundancy,
            u.w,
            lang.term(GRADES, str(u.grade)),
            lang.term(VERDICTS, str(u.verdict)),
            lang.pick(u.words_zh, u.words),
        )
        for depth, u in tree(report.units)
    ]
    columns = (
        *_unit_columns(lang),
        Column(title=lang.pick("公布 km²", "reported km²")),
        Column(title=lang.pick("舍入下限", "rounds from")),
        Column(title=lang.pick("舍入上限", "to")),
        Column(title=lang.pick("测得 km²", "measured km²"), digits=4, share=1.15),
        Column(title="σ", digits=4),
        Column(title=lang.pick("95% 下限", "95 % from"), digits=2),
        Column(title=lang.pick("95% 上限", "to"), digits=2),
        Column(title=lang.pick("差", "difference"), digits=4, signed=True, share=1.15),
        Column(title="r", digits=3, share=0.8),
        Column(title="w", digits=2, share=0.8),
        Column(title=lang.pick("等级", "grade"), share=1.1),
        Column(title=lang.pick("判定", "verdict"), share=1.2),
        Column(title=lang.pick("说明", "what it is worth"), share=5.6),
    )
    note = lang.pick("r：多余观测分量；w：标准化残差。", "r: redundancy number; w: w-test.")
    return ReportTable(
        title=lang.pick("单元", "units"), columns=columns, rows=tuple(rows), note=note
    )


def _parts(report: AuditReport, lang: Lang) -> ReportTable:
    rows: list[tuple[Cell, ...]] = [
        (
            *_named(depth, u, lang),
            u.difference_km2,
            *(getattr(u.parts, name) for name in PARTS_ORDER),
            u.ground.uncovered,
            u.unclaimed_km2,
        )
        for depth, u in tree(report.units)
    ]
    signed = [lang.pick("差 km²", "difference km²"), *(lang.term(PARTS, p) for p in PARTS_ORDER)]
    columns = (
        *_unit_columns(lang),
        *(Column(title=title, digits=6, signed=True) for title in signed),
        Column(title=lang.pick("测得未覆盖", "uncovered"), digits=4),
        Column(title=lang.pick("公布未分", "unclaimed")),
    )
    return ReportTable(title=lang.pick("差值分解", "parts"), columns=columns, rows=tuple(rows))


def _areas(report: AuditReport, lang: Lang) -> ReportTable:
    ways = tuple(RING_AREAS)
    rows: list[tuple[Cell, ...]] = [
        (*_named(depth, u, lang), *(u.areas_km2[way] for way in ways))
        for depth, u in tree(report.units)
    ]
    columns = (
        *_unit_columns(lang),
        *(Column(title=lang.term(WAYS, way), digits=4) for way in ways),
    )
    note = lang.pick(
        "km²；UTM 与网络墨卡托仅作警示。", "km²; utm51n and webmercator are warnings only."
    )
    return ReportTable(
        title=lang.pick("各种面积", "areas"), columns=columns, rows=tuple(rows), note=note
    )


def sides_table(report: AuditReport, lang: Lang, unit_id: str | None = None) -> ReportTable:
    """Return the sides of all clusters, or of one.

    Parameters
    ----------
    report
        The audit.
    lang
        Of titles and terms.
    unit_id
        The cluster; None for all.
    """
    rows = tuple(
        (
            s.unit_id,
            s.text_zh,
            s.name_zh,
            s.line_id,
            lang.term(GRADES, str(s.grade)),
            s.accuracy_m,
            s.band_m,
            lang.term(HOW, s.how),
            s.length_m,
        )
        for s in report.sides
        if unit_id in (None, s.unit_id)
    )
    columns = (
        Column(title=lang.pick("单元", "unit"), share=0.6),
        Column(title=lang.pick("条款", "clause"), share=2.2),
        Column(title=lang.pick("参照线", "line"), share=1.9),
        Column(title="id", share=2),
        Column(title=lang.pick("等级", "grade")),
        Column(title="±95% m", digits=1, share=0.8),
        Column(title=lang.pick("示意带 m", "band m"), digits=0, share=0.8),
        Column(title=lang.pick("依据", "placed by"), share=0.9),
        Column(title=lang.pick("长 m", "length m"), digits=1, share=0.8),
    )
    return ReportTable(title=lang.pick("各边", "sides"), columns=columns, rows=rows)
