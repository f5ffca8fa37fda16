"""The audit as a workbook: a sheet a table; numbers as numbers, texts as texts."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.reports.audit_tables import audit_tables
from tzkc_geo.reports.drawing import WIDE
from tzkc_geo.reports.labels import CREDIT, NOT_LEGAL, NOTES, TITLE, Lang, measured_in
from tzkc_geo.reports.report_table import shown

if TYPE_CHECKING:
    from tzkc_geo.reports.audit import AuditReport
    from tzkc_geo.reports.report_table import Column, ReportTable

MIN_WIDTH, MAX_WIDTH = 8, 60  # of a column, in figures
CREATED: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # so that the same audit is the same bytes


def audit_xlsx(report: AuditReport, lang: Lang = Lang.ZH) -> bytes:
    """Return the audit (审计) as a workbook.

    Parameters
    ----------
    report
        The audit. Its numbers stand in the cells with all their digits; a cell shows as many as
        the page does. A printed figure keeps the digits with which it was printed.
    lang
        Of sheets, titles and terms.

    Returns
    -------
    bytes
        A sheet a table, its header row frozen; the last sheet says what the figures mean.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED, "title": lang.pick(*TITLE)})
        for table in audit_tables(report, lang).values():
            _sheet(book, table, lang)
        about = book.add_worksheet(lang.pick("说明", "about"))
        about.set_column(0, 0, 120, book.add_format({"text_wrap": True}))
        for row, text in enumerate(_about(report, lang)):
            about.write_string(row, 0, text)
    return buffer.getvalue()


def _about(report: AuditReport, lang: Lang) -> tuple[str, ...]:
    return (
        f"{lang.pick(*TITLE)} · {lang.pick(*NOT_LEGAL)}",
        NOTES[lang],
        measured_in(report.plane, lang),
        f"{lang.pick('数据摘要', 'digest')} {report.digest}",
        f"tzkc_geo {report.version}",
        CREDIT,
    )


def _sheet(book: Any, table: ReportTable, lang: Lang) -> None:  # noqa: ANN401  (no types)
    sheet = book.add_worksheet(table.title)
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.title, head)
        sheet.set_column(number, number, _width(table, number, lang))
    formats: dict[str, Any] = {}
    for line, row in enumerate(table.rows, start=1):
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            match cell:
                case None:
                    continue
                case str():
                    sheet.write_string(line, number, cell)
                case bool():
                    sheet.write_string(line, number, shown(cell, column, lang))
                case _:
                    code = _code(cell, column)
                    if code not in formats:
                        formats[code] = book.add_format({"num_format": code})
                    sheet.write_number(line, number, float(cell), formats[code])


def _code(cell: float | Decimal, column: Column) -> str:
    """Return the number format of a cell: as many digits as the page shows."""
    digits = column.digits
    if isinstance(cell, Decimal):
        digits = max(0, -int(cell.as_tuple().exponent))
    elif isinstance(cell, int):
        digits = 0
    plain = "0." + "0" * digits if digits else "0"
    return f"+{plain};-{plain};{plain}" if column.signed else plain


def _width(table: ReportTable, number: int, lang: Lang) -> float:
    """Return the width of a column: of its longest text, within limits."""
    column = table.columns[number]
    texts = [shown(row[number], column, lang) for row in table.rows]
    widest = max((_figures(text) for text in (column.title, *texts)), default=0)
    return min(max(widest + 2, MIN_WIDTH), MAX_WIDTH)


def _figures(text: str) -> int:
    return sum(2 if ord(c) >= WIDE else 1 for c in text)
