"""``tzkc audit`` and ``tzkc readings``: the plan's figures, checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, show_audit
from tzkc_geo.cli.state import catalog_of, folder_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.audit import Plane
    from tzkc_geo.reports import AuditReport
    from tzkc_geo.reports.labels import Lang

AUDIT_EXAMPLE = (
    "Example: tzkc audit --plane gk120 --html audit.html --pdf audit.pdf --xlsx audit.xlsx"
)
READINGS_EXAMPLE = "Example: tzkc readings --json"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")]


def audit(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    plane: Annotated[
        str,
        typer.Option("--plane", help="statutory (ellipsoid), gk120 or gk123. 量算面"),
    ] = "statutory",
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with a chart. 输出网页")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Write a workbook. 输出 Excel 工作簿")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", help="Write a PDF with a map a cluster. 输出 PDF")
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", help="Language of the files: zh or en. 文件的语言")
    ] = "zh",
    font: Annotated[
        Path | None, typer.Option("--font", help="Chinese font for the PDF. PDF 所用中文字体")
    ] = None,
) -> None:
    """Check the plan's areas, sums and countable claims, with evidence. 规划数据审计."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.reports import audit_json

    way, tongue = _plane(plane), _lang(lang)
    makers = [(p, make) for p, make in ((html, _page), (xlsx, _workbook), (pdf, _paper)) if p]
    if len({path for path, _ in makers}) < len(makers):
        msg = "--html, --xlsx and --pdf: name the same file twice, expected one file each"
        raise DataError(msg)
    report = report_of(context, way)
    written = {path: make(report, tongue, font) for path, make in makers}
    for path, content in written.items():
        write_file(path, content)
        show.note(f"written: {path}")
    if json:
        show.as_json(audit_json(report))
    elif not written:
        show_audit.report(report)


def report_of(context: typer.Context, plane: Plane | None = None) -> AuditReport:
    """Return the audit of the data folder; None: areas on the ellipsoid."""
    from tzkc_geo.audit import Plane
    from tzkc_geo.io.papers import read_papers
    from tzkc_geo.reports import audit_report

    papers = read_papers(folder_of(context))
    asked = (papers.plan, papers.extents, papers.sources)
    return audit_report(catalog_of(context), *asked, plane=plane or Plane.STATUTORY)


def _page(report: AuditReport, lang: Lang, font: Path | None) -> str:
    from tzkc_geo.reports import audit_html

    del font  # of the reader's browser
    return audit_html(report, lang)


def _workbook(report: AuditReport, lang: Lang, font: Path | None) -> bytes:
    from tzkc_geo.reports import audit_xlsx

    del font  # of the reader's office
    return audit_xlsx(report, lang)


def _paper(report: AuditReport, lang: Lang, font: Path | None) -> bytes:
    from tzkc_geo.io.fonts import find_font
    from tzkc_geo.reports import audit_pdf

    return audit_pdf(report, find_font(font), lang)


def readings(context: typer.Context, json: Json = False) -> None:
    """Show which reading of a clause meets the printed area. 解读比较."""
    from tzkc_geo.io.plan import read_extents
    from tzkc_geo.readings import check_extents, rival_readings
    from tzkc_geo.reports.audit import extent_json, reading_json

    folder, catalog = folder_of(context), catalog_of(context)
    found = rival_readings(catalog)
    extents = check_extents(catalog, read_extents(folder))
    if json:
        show.as_json(
            {
                "readings": [reading_json(row) for row in found],
                "extents": [extent_json(row) for row in extents],
                "digest": catalog.digest,
            }
        )
    else:
        show_audit.readings(found)
        show_audit.extents(extents)


def _plane(text: str) -> Plane:
    """Return the plane of that name, or raise `DataError`."""
    from tzkc_geo.audit import Plane

    if text not in list(Plane):
        msg = f"--plane: is not known, expected one of {', '.join(Plane)}, got {text!r}"
        raise DataError(msg)
    return Plane(text)


def _lang(text: str) -> Lang:
    """Return the language of that code, or raise `DataError`."""
    from tzkc_geo.reports.labels import Lang

    if text not in list(Lang):
        msg = f"--lang: is not known, expected one of {', '.join(Lang)}, got {text!r}"
        raise DataError(msg)
    return Lang(text)
