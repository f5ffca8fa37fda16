"""The audit as a page: a chart, every table, a map a cluster; no outside address."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tzkc_geo.audit import tree
from tzkc_geo.model import UnitKind
from tzkc_geo.reports.audit_chart import chart
from tzkc_geo.reports.audit_tables import BY_UNIT, audit_tables
from tzkc_geo.reports.cluster_map import cluster_map
from tzkc_geo.reports.drawing import svg
from tzkc_geo.reports.html import STYLE, table
from tzkc_geo.reports.labels import CREDIT, NOT_LEGAL, NOTES, TITLE, Lang, measured_in

if TYPE_CHECKING:
    from tzkc_geo.reports.audit import AuditReport
    from tzkc_geo.reports.report_table import ReportTable

MAP_STYLE = """
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(560px,1fr));gap:1rem}
.maps h3{margin:.4rem 0}.wide{overflow-x:auto}
.wide{font-size:13px}.wide td,.wide th{padding:.2rem .5rem}
.wide td{word-break:keep-all;overflow-wrap:break-word}
.tree td:nth-child(2){min-width:13em}.tree td:last-child:not(.n){min-width:18em}
"""


def audit_html(report: AuditReport, lang: Lang = Lang.ZH) -> str:
    """Return the audit (审计) as one page that works without a network.

    Parameters
    ----------
    report
        The audit; every number on the page is one of its values.
    lang
        Of titles and terms.
    """
    units = [unit for _, unit in tree(report.units)]
    title = escape(lang.pick(*TITLE))
    digest = lang.pick("数据摘要", "digest")
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}{MAP_STYLE}</style><h1>{title}</h1>"
        f"<p><b>{lang.pick(*NOT_LEGAL)}</b> · {escape(NOTES[lang])}</p>"
        f"<p>{measured_in(report.plane, lang)} · {digest} {report.digest[:12]} · tzkc_geo"
        f" {report.version} · {CREDIT}</p>{svg(chart(units, lang))}"
        f"{_maps(report, lang)}{_tables(report, lang)}</html>"
    )


def _maps(report: AuditReport, lang: Lang) -> str:
    clusters = [unit for unit in report.units if unit.kind is UnitKind.CLUSTER]
    maps = "".join(
        f"<div><h3>{u.unit_id} {escape(lang.pick(u.name_zh, u.name_en))}</h3>"
        f"{svg(cluster_map(report, u, lang))}</div>"
        for u in clusters
    )
    return f'<h2>{lang.pick("组团图", "maps of the clusters")}</h2><div class="maps">{maps}</div>'


def _tables(report: AuditReport, lang: Lang) -> str:
    return "".join(
        f'<div class="wide{" tree" if name in BY_UNIT else ""}">{_table(shown, lang)}</div>'
        for name, shown in audit_tables(report, lang).items()
    )


def _table(shown: ReportTable, lang: Lang) -> str:
    note = f'<p class="note">{escape(shown.note)}</p>' if shown.note else ""
    return table(shown.title, (c.title for c in shown.columns), shown.texts(lang)) + note
