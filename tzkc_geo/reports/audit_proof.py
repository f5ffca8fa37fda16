"""What the audit rests on, as tables: statistics of the adjustment, sources, digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.reports.labels import KINDS, TESTS, TESTS_EN, Lang
from tzkc_geo.reports.report_table import Cell, Column, ReportTable

if TYPE_CHECKING:
    from tzkc_geo.audit_statistics import AdjustmentStatistics
    from tzkc_geo.reports.audit import AuditReport


def statistics_table(statistics: AdjustmentStatistics | None, lang: Lang) -> ReportTable:
    """Return the figures of the adjustment as a whole; no row where there was none."""
    rows: list[tuple[Cell, ...]] = []
    if statistics is not None:
        s = statistics
        test = TESTS[s.verdict] if lang is Lang.ZH else TESTS_EN[s.verdict]
        rows = [
            (lang.pick("采用的观测", "observations used"), s.observations, ""),
            (lang.pick("未知数", "unknowns"), s.unknowns, ""),
            (lang.pick("秩", "rank"), s.rank, ""),
            (lang.pick("起作用的约束", "active constraints"), s.active_constraints, ""),
            (lang.pick("自由度（含先验）", "degrees of freedom"), s.degrees_of_freedom, ""),
            (lang.pick("多余观测分量之和", "sum of redundancy numbers"), s.redundancy, ""),
            (lang.pick("验后单位权中误差 σ0", "sigma0 after adjustment"), s.sigma0, ""),
            (lang.pick("χ² 值", "chi-square"), s.chi_square, test),
            (lang.pick("χ² 95% 下限", "chi-square, 95 % from"), s.chi_square_95[0], ""),
            (lang.pick("χ² 95% 上限", "chi-square, 95 % to"), s.chi_square_95[1], ""),
        ]
    columns = (
        Column(title=lang.pick("平差统计量", "figure"), share=2),
        Column(title=lang.pick("值", "value"), digits=4),
        Column(title=lang.pick("说明", "note"), share=4),
    )
    return ReportTable(title=lang.pick("平差统计", "statistics"), columns=columns, rows=tuple(rows))


def kinds_table(statistics: AdjustmentStatistics | None, lang: Lang) -> ReportTable:
    """Return redundancy and largest residuals, one row a kind of observation."""
    rows = tuple(
        (
            lang.term(KINDS, k.kind),
            k.used,
            k.left_out,
            k.redundancy,
            k.largest_residual,
            k.unit,
            k.residual_of,
            k.largest_w,
            k.w_of,
        )
        for k in (() if statistics is None else statistics.kinds)
    )
    columns = (
        Column(title=lang.pick("观测类别", "kind")),
        Column(title=lang.pick("采用", "used"), share=0.6),
        Column(title=lang.pick("不用", "left out"), share=0.6),
        Column(title=lang.pick("多余观测分量之和", "redundancy"), digits=4),
        Column(title=lang.pick("最大残差", "largest residual"), digits=4, signed=True),
        Column(title=lang.pick("单位", "unit"), share=0.5),
        Column(title=lang.pick("观测", "observation"), share=2),
        Column(title=lang.pick("最大 w", "largest w"), digits=3, signed=True, share=0.7),
        Column(title=lang.pick("观测", "observation"), share=2),
    )
    return ReportTable(title=lang.pick("观测与残差", "observations"), columns=columns, rows=rows)


def residuals_table(statistics: AdjustmentStatistics | None, lang: Lang) -> ReportTable:
    """Return every observation with its residual, those that were not used too."""
    rows = tuple(
        (
            *(r.id, lang.term(KINDS, r.kind), r.used, r.value, r.sigma, r.residual, r.unit),
            *(r.redundancy, r.w),
        )
        for r in (() if statistics is None else statistics.residuals)
    )
    columns = (
        Column(title=lang.pick("观测", "observation"), share=2),
        Column(title=lang.pick("类别", "kind")),
        Column(title=lang.pick("采用", "used"), share=0.6),
        Column(title=lang.pick("观测值", "value"), digits=3),
        Column(title="σ", digits=3),
        Column(title=lang.pick("残差", "residual"), digits=4, signed=True),
        Column(title=lang.pick("单位", "unit"), share=0.5),
        Column(title=lang.pick("多余观测分量", "redundancy"), digits=4),
        Column(title="w", digits=3, signed=True, share=0.7),
    )
    return ReportTable(title=lang.pick("各观测残差", "residuals"), columns=columns, rows=rows)


def sources_table(report: AuditReport, lang: Lang) -> ReportTable:
    """Return the sources with what rests on them, the digest and the version last."""
    rows = tuple(
        (
            use.source.source_id,
            use.source.title,
            use.source.publisher,
            use.source.date,
            use.source.address,
            use.source.licence,
            ", ".join(use.units),
            ", ".join(use.lines),
            len(use.observations),
            ", ".join(use.extents),
        )
        for use in report.sources
    )
    columns = (
        Column(title=lang.pick("来源", "source"), share=1.6),
        Column(title=lang.pick("标题", "title"), share=2.4),
        Column(title=lang.pick("发布者", "publisher"), share=1.8),
        Column(title=lang.pick("日期", "date"), share=1.1),
        Column(title=lang.pick("地址", "address"), share=2.6),
        Column(title=lang.pick("许可", "licence"), share=1.8),
        Column(title=lang.pick("所据单元", "units"), share=1.3),
        Column(title=lang.pick("所据参照线", "lines"), share=3.4),
        Column(title=lang.pick("观测数", "observations"), share=1.2),
        Column(title=lang.pick("所据范围", "extents"), share=1.4),
    )
    note = lang.pick("数据摘要", "digest") + f" {report.digest} · tzkc_geo {report.version}"
    return ReportTable(title=lang.pick("来源", "sources"), columns=columns, rows=rows, note=note)
