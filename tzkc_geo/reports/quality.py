"""How good the data is (数据质量): validity, coverage, audit, provenance, age; JSON and a page."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any, Final

import shapely

from tzkc_geo.coverage import coverage
from tzkc_geo.reports.audit import audit_json
from tzkc_geo.reports.html import STYLE, number, table
from tzkc_geo.reports.labels import GRADES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.reports.audit import AuditReport

OF_A_UNIT: Final = (
    *("unit_id", "name_zh", "name_en", "reported", "measured_km2", "sigma_km2", "difference_km2"),
    *("redundancy", "w", "grade", "verdict", "words", "words_zh"),
)
HOLDS: Final = {True: "holds", False: "contradicted", None: "not_checkable"}
HOLDS_ZH: Final = {"holds": "成立", "contradicted": "不成立", "not_checkable": "不可检核"}
FAULTS_ZH: Final = {"invalid": "无效环", "overlap": "重叠", "gap": "缝隙", "outside": "超出"}
SIZES_ZH: Final = {"noise": "数值噪声", "sliver": "狭长碎屑", "real": "实际"}
YEAR_DIGITS: Final = 4
AGE: Final = """
const age = document.getElementById("age"), then = Date.parse(age.dataset.date);
if (then) age.textContent = `${Math.floor((Date.now() - then) / 864e5)} 天 days`;
"""


def quality_json(catalog: Catalog, report: AuditReport) -> dict[str, Any]:
    """Return the state of the data (数据质量): ``GET /quality`` gives it.

    Parameters
    ----------
    catalog
        Outlines and edition.
    report
        The audit of the same catalog.

    Returns
    -------
    dict
        ``edition`` (date and digest; no age in days, which would change with the clock),
        ``validity`` of the outlines (OGC), ``coverage`` as ``tzkc coverage --json``, ``audit``
        (verdicts counted and by unit, claims counted; the figures of ``tzkc audit --json``), and
        ``provenance`` with all sources and what rests on them.
    """
    audit = audit_json(report)
    claims = Counter(HOLDS[row["holds"]] for row in audit["claims"])
    dates = [row["date"] for row in audit["sources"] if row["date"][:YEAR_DIGITS].isdecimal()]
    return {
        "edition": catalog.edition,
        "newest_source_date": max(dates, default=None),
        "validity": _validity(catalog),
        "coverage": coverage(catalog).to_json(),
        "audit": {
            "plane": audit["plane"],
            "verdicts": _counted(row["verdict"] for row in audit["units"]),
            "grades": _counted(row["grade"] for row in audit["units"]),
            "claims": {key: claims[key] for key in HOLDS.values()},
            "units": [{key: row[key] for key in OF_A_UNIT} for row in audit["units"]],
            "statistics": audit["statistics"],
        },
        "provenance": {"sources": audit["sources"], "digest": catalog.digest},
        "digest": catalog.digest,
        "version": audit["version"],
    }


def quality_html(content: Mapping[str, Any]) -> str:
    """Return the state of the data as a page that works without a network, Chinese first.

    Parameters
    ----------
    content
        From `quality_json`; every number on the page is one of its values, but for the age in
        days, which the browser works out when the page is looked at.
    """
    edition = content["edition"]
    date = escape(edition["date"] or "")
    title = "数据质量 Quality of the data"
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style><h1>{title}</h1>"
        "<p><b>示意图，非法定边界 A reconstruction, not a legal boundary</b></p>"
        f'<p>版本 edition {date or "–"} · 已过 age <span id="age" data-date="{date}">–</span>'
        f" · 最新来源 newest source {escape(content['newest_source_date'] or '–')}"
        f" · 数据摘要 digest {edition['digest']} · tzkc_geo {content['version']}</p>"
        f"{_summary(content)}{_units(content['audit']['units'])}"
        f"{_faults(content['coverage']['faults'])}{_sources(content['provenance']['sources'])}"
        f"<script>{AGE}</script></html>"
    )


def _validity(catalog: Catalog) -> dict[str, Any]:
    """Return whether all outlines are valid, and which are not."""
    rows = [(row.unit_id, catalog.polygons[row.unit_id]) for row in catalog.units]
    wrong = [
        {"unit_id": unit_id, "reason": shapely.is_valid_reason(shape)}
        for unit_id, shape in rows
        if not shape.is_valid
    ]
    return {"units": len(rows), "valid": not wrong, "invalid": wrong}


def _counted(words: Iterable[str]) -> dict[str, int]:
    """Return how often each word stands there, in the order of the words."""
    return dict(sorted(Counter(words).items()))


def _summary(content: Mapping[str, Any]) -> str:
    """Return what there is to count."""
    validity, audit = content["validity"], content["audit"]
    words = {**VERDICTS, **GRADES}
    rows = [
        ["无效外廓 invalid outlines", f"{len(validity['invalid'])} / {validity['units']}"],
        ["未声明的实际缺陷 undeclared faults", f"{content['coverage']['counting']}"],
        *([f"面积判定 {words[k]} {k}", f"{n}"] for k, n in audit["verdicts"].items()),
        *([f"等级 {words[k]} {k}", f"{n}"] for k, n in audit["grades"].items()),
        *([f"规划论断 {HOLDS_ZH[k]} {k}", f"{n}"] for k, n in audit["claims"].items()),
    ]
    return table("概要 Summary", ("项 item", "数 count"), rows)


def _units(units: Iterable[Mapping[str, Any]]) -> str:
    """Return the audit of every unit."""
    head = ("", "单元 unit", "规划 reported km²", "测得 measured km²", "差 difference km²")
    rows = [
        [
            row["unit_id"],
            f"{row['name_zh']} {row['name_en']}",
            row["reported"],
            number(row["measured_km2"], 3),
            number(row["difference_km2"], 3, signed=True),
            f"{GRADES[row['grade']]} {row['grade']}",
            f"{VERDICTS[row['verdict']]} {row['verdict']}",
            row["words_zh"],
        ]
        for row in units
    ]
    return table("面积审计 Areas", (*head, "等级 grade", "判定 verdict", "依据 grounds"), rows)


def _faults(faults: Iterable[Mapping[str, Any]]) -> str:
    """Return what is wrong between outlines."""
    rows = [
        [
            f"{FAULTS_ZH[row['kind']]} {row['kind']}",
            f"{SIZES_ZH[row['size']]} {row['size']}",
            " ".join(unit for unit in (row["a"], row["b"]) if unit),
            number(row["area_m2"], 1),
            number(row["width_m"], 2),
            row["line"] or row["declared"] or "–",
        ]
        for row in faults
    ]
    head = ("类 kind", "大小 size", "单元 units", "m²", "宽 width m", "因 allowed by")
    return table("面域检查 Coverage", head, rows)


def _sources(sources: Iterable[Mapping[str, Any]]) -> str:
    """Return where facts come from."""
    rows = [
        [
            row["source_id"],
            row["title"],
            row["publisher"],
            row["date"] or "–",
            row["licence"],
            ", ".join((*row["units"], *row["lines"])) or "–",
        ]
        for row in sources
    ]
    head = ("", "名称 title", "发布者 publisher", "日期 date", "许可 licence", "用于 used by")
    return table("来源 Sources", head, rows)
