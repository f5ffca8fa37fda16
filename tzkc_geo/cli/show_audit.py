"""What a person sees of the audit in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.audit import tree
from tzkc_geo.cli.show import DISCLAIMER, GRADE_ZH, NONE, VERDICT_ZH
from tzkc_geo.cli.tables import render
from tzkc_geo.cli.tables import table as new_table
from tzkc_geo.figures import ARITHMETIC
from tzkc_geo.model import AreaVerdict
from tzkc_geo.reports.audit_lists import sides_zh
from tzkc_geo.reports.html import number
from tzkc_geo.reports.report_table import INDENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.audit_sums import AreaSum
    from tzkc_geo.claims import ClaimCheck
    from tzkc_geo.readings import ExtentCheck, RivalReading
    from tzkc_geo.reports import AuditReport

HOLDS_ZH = {True: "成立 yes", False: "不成立 no", None: "无从判断"}
KEY = (
    "差 = 测得 − 公布 = 投影 + 舍入 + 重叠 + 缝隙 + 未覆盖 + 界线 · difference = measured −"
    " reported = the six parts\nr: redundancy; below 0.10 the figure was used to place a line:"
    " agreement is arithmetic, not proof (算术，非证明)"
)


def report(content: AuditReport) -> None:
    """Print the audit: units, parts, sums, claims that fail, readings."""
    units = tree(content.units)
    _units(units)
    _parts(units)
    render(KEY)
    _sums(content.sums)
    _claims(content.claims)
    readings(content.readings)
    extents(content.extents)
    render(DISCLAIMER)


def _units(units: Iterable[tuple[int, UnitAudit]]) -> None:
    table = new_table("单元 unit", "公布 km²", "舍入 rounds", "测得 km²", "±95 %", "差", "r", "w")
    for name in ("等级", "判定 verdict", "公布面积 the figure"):
        table.add_column(name, overflow="fold")
    for depth, u in units:
        table.add_row(
            f"{INDENT * depth}{u.unit_id} {u.name_zh}",
            u.reported,
            "–".join(str(end) for end in u.interval_km2),
            number(u.measured_km2, 3),
            number(None if u.sigma_km2 is None else 1.96 * u.sigma_km2, 2),
            number(u.difference_km2, 3, signed=True),
            number(u.redundancy, 3),
            number(u.w, 1),
            GRADE_ZH[u.grade],
            f"{VERDICT_ZH[u.verdict]} {u.verdict}",
            _worth(u),
        )
    render(table)


def _worth(unit: UnitAudit) -> str:
    """Say in a word what the agreement with the reported figure is worth."""
    if unit.verdict is AreaVerdict.NOT_CHECKABLE:
        return "算术 arithmetic" if ARITHMETIC in unit.words else "无检核 not checked"
    return "得到检核 confirmed" if unit.verdict is AreaVerdict.CONSISTENT else "矛盾 contradicted"


def _parts(units: Iterable[tuple[int, UnitAudit]]) -> None:
    names = ("projection", "rounding", "overlap", "gap", "remainder", "geometry")
    zh = ("投影", "舍入", "重叠", "缝隙", "未覆盖", "界线")
    table = new_table("单元 unit", "差 km²", *(f"{a} {b}" for a, b in zip(zh, names, strict=True)))
    for depth, u in units:
        parts = [number(getattr(u.parts, name), 4, signed=True) for name in names]
        table.add_row(INDENT * depth + u.unit_id, number(u.difference_km2, 4, signed=True), *parts)
    render(table)


def _sums(sums: Iterable[AreaSum]) -> None:
    table = new_table("和 sum", "公布之和 km²", "总数 total", "余 left", "占", "测得之和 measured")
    for s in sums:
        table.add_row(
            s.sum_id,
            str(s.printed_sum),
            f"{s.of_unit_id} {s.reported}",
            str(s.left),
            f"{float(s.share):.1%}",
            f"{s.measured_km2:.3f} ±{number(s.sigma_km2, 2)}",
        )
    render(table)


def _claims(claims: Iterable[ClaimCheck]) -> None:
    """Print the claims that can be told, those that fail with all their evidence."""
    listed = list(claims)
    table = new_table("说法 claim", "所称 claimed", "所计 found", "结论 holds", "说明")
    for c in listed:
        if c.holds is not None:
            cells = [str(c.claimed), str(c.found), HOLDS_ZH[c.holds]]
            table.add_row(c.claim_id, *cells, c.claim)
    render(table)
    for c in listed:
        if c.holds is False:
            render(f"不成立 {c.claim_id}: {c.words}")
            for e in c.evidence:
                render(f"  {e.file} {e.key}: {e.text}")
    untold = sum(c.holds is None for c in listed)
    render(f"无从判断 cannot be told from the data: {untold}; --json lists them")


def readings(rows: Iterable[RivalReading]) -> None:
    """Print what each reading gives and whether it meets the printed area."""
    table = new_table(
        "解读 reading", "采用", "四至 sides", "公布", "所得 km²", "符合 meets", "说明"
    )
    for r in rows:
        table.add_row(
            r.reading_id,
            "是" if r.chosen else "否",
            sides_zh(r),
            r.reported,
            _with_sigma(r.area_km2, r.sigma_km2),
            NONE if r.meets is None else HOLDS_ZH[r.meets] if r.tells else "无从判断",
            r.words,
        )
    render(table)


def extents(rows: Iterable[ExtentCheck]) -> None:
    """Print what other texts publish of the same ground."""
    table = new_table("他处所载 extent", "四至 sides", "所载 km²", "本规划", "相同", "所得 derived")
    for x in rows:
        table.add_row(
            f"{x.extent.unit_id} {x.extent.name_zh}",
            x.extent.sides_zh,
            x.extent.published_km2,
            x.reported,
            HOLDS_ZH[x.meets],
            _with_sigma(x.area_km2, x.sigma_km2),
        )
    render(table)


def _with_sigma(value: float | None, sigma: float | None) -> str:
    return NONE if value is None else f"{value:.2f} ±{number(sigma, 2)}"
