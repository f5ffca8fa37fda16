"""The audit as a PDF: summary, tables, a sheet a cluster with its map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.audit import tree
from tzkc_geo.errors import DataError
from tzkc_geo.model import UnitKind
from tzkc_geo.reports.audit_chart import chart
from tzkc_geo.reports.audit_tables import audit_tables, sides_table
from tzkc_geo.reports.cluster_map import cluster_map
from tzkc_geo.reports.html import NONE, number
from tzkc_geo.reports.labels import (
    CREDIT,
    GRADES,
    NOT_LEGAL,
    NOTES,
    TITLE,
    VERDICTS,
    Lang,
    measured_in,
)

if TYPE_CHECKING:
    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.io.fonts import FontFace
    from tzkc_geo.reports.audit import AuditReport
    from tzkc_geo.reports.paper import Paper
    from tzkc_geo.reports.report_table import ReportTable

TOLD = 10  # characters that a font lacks, named in the message


def audit_pdf(report: AuditReport, font: FontFace, lang: Lang = Lang.ZH) -> bytes:
    """Return the audit (审计) as a PDF of A4 sheets.

    Parameters
    ----------
    report
        The audit; every number is one of its values.
    font
        With Chinese characters, from `io.fonts.find_font`; those that are used are embedded.
    lang
        Of titles and terms.

    Returns
    -------
    bytes
        The same audit gives the same bytes.

    Raises
    ------
    DataError
        The font lacks a character of the audit.
    """
    from tzkc_geo.reports.paper import Paper

    foot = f"{lang.pick(*NOT_LEGAL)} · {CREDIT} · {lang.pick('数据摘要', 'digest')}"
    foot += f" {report.digest[:16]} · tzkc_geo {report.version}"
    paper = Paper(font, foot=foot, title=lang.pick(*TITLE), lang=lang)
    try:
        _print(paper, report, lang)
        if lacking := paper.lacking():
            msg = f"{font.path}: does not do, expected a font with all characters of the audit, got"
            msg += f" one without {lacking[:TOLD]!r}; name another with --font FILE"
            raise DataError(msg)
        return bytes(paper.output())
    finally:
        paper.close_font()


def _print(paper: Paper, report: AuditReport, lang: Lang) -> None:
    """Print the front, a sheet a cluster, and the tables that are not on them."""
    _front(paper, report, lang)
    for unit in report.units:
        if unit.kind is UnitKind.CLUSTER:
            _cluster(paper, report, unit, lang)
    paper.add_page(orientation="landscape")
    for name, table in audit_tables(report, lang).items():
        if name not in ("units", "sides"):  # the first on the front, the others with the maps
            _table(paper, table, lang)


def _front(paper: Paper, report: AuditReport, lang: Lang) -> None:
    """Print title, notes, chart and the table of the units."""
    from tzkc_geo.reports.paper import TITLE_PT

    paper.add_page(orientation="landscape")
    paper.heading(lang.pick(*TITLE), TITLE_PT)
    paper.paragraph(f"{lang.pick(*NOT_LEGAL)} · {NOTES[lang]}")
    paper.paragraph(
        f"{measured_in(report.plane, lang)} · {lang.pick('数据摘要', 'digest')} {report.digest}"
    )
    paper.drawing(chart([unit for _, unit in tree(report.units)], lang))
    paper.add_page(orientation="landscape")
    _table(paper, audit_tables(report, lang)["units"], lang)


def _cluster(paper: Paper, report: AuditReport, unit: UnitAudit, lang: Lang) -> None:
    """Print the sheet of one cluster: its map, its figures in words, its sides."""
    paper.add_page(orientation="portrait")
    paper.heading(f"{unit.unit_id} {lang.pick(unit.name_zh, unit.name_en)}")
    paper.drawing(cluster_map(report, unit, lang))
    sigma = NONE if unit.sigma_km2 is None else number(unit.sigma_km2, 4)
    paper.paragraph(
        f"{lang.pick('公布', 'reported')} {unit.reported} km² ·"
        f" {lang.pick('测得', 'measured')} {unit.measured_km2:.4f} km² · σ {sigma} km² ·"
        f" {lang.pick('差', 'difference')} {number(unit.difference_km2, 4, signed=True)} km² ·"
        f" {lang.term(GRADES, str(unit.grade))} · {lang.term(VERDICTS, str(unit.verdict))}"
    )
    paper.paragraph(lang.pick(unit.words_zh, unit.words))
    _table(paper, sides_table(report, lang, unit.unit_id), lang)


def _table(paper: Paper, table: ReportTable, lang: Lang) -> None:
    columns = table.columns
    titles, shares = [c.title for c in columns], [c.share for c in columns]
    paper.table_of(table.title, table.note, titles, shares, table.texts(lang))
