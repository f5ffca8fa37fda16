"""The audit as a workbook: a sheet for each list of its JSON, every number the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.reports.audit import audit_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsxwriter import Workbook

    from tzkc_geo.reports.audit import AuditReport

    Row = Mapping[str, Any]

NOTE: Final = "示意图，非法定边界 · a reconstruction, not a legal boundary"
SHEETS: Final = {  # of the JSON, and how people call them
    "units": "单元 units",
    "sums": "和 sums",
    "claims": "说法 claims",
    "readings": "解读 readings",
    "extents": "他处所载 extents",
}
OBSERVATIONS: Final = "平差 observations"
ABOUT: Final = "说明 about"
ENDS: Final = ("low", "high")  # what the two numbers of an interval are called
WIDEST: Final = 60  # characters


def audit_xlsx(report: AuditReport, adjustment: Mapping[str, Any]) -> bytes:
    """Return the audit as a workbook (.xlsx).

    Parameters
    ----------
    report
        The audit.
    adjustment
        That of the catalog: sigma0, observations with residuals, redundancy and w.

    Returns
    -------
    bytes
        A sheet for each list of `audit_json`, one row an item, columns named as in the JSON
        (``parts.rounding``, ``interval_km2.low``); numbers are numbers, with all their digits
        but the seventeenth. Then the observations of the adjustment, and what it is about.
    """
    from xlsxwriter import Workbook

    content = audit_json(report)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        for key, title in SHEETS.items():
            _sheet(book, title, [dict(_flat(row)) for row in content[key]])
        _sheet(book, OBSERVATIONS, [dict(_flat(row)) for row in adjustment["observations"]])
        about = {
            "note": NOTE,
            "plane": content["plane"],
            "digest": content["digest"],
            **{key: adjustment[key] for key in ("sigma0", "rank", "unknowns")},
        }
        _sheet(book, ABOUT, [{"key": key, "value": value} for key, value in about.items()])
    return out.getvalue()


def _flat(row: Row, before: str = "") -> Iterator[tuple[str, object]]:
    """Yield the cells of an item: nested names are joined by a point, texts of a list by ; ."""
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, (list, tuple)):
            yield from _listed(name, value)
        else:
            yield name, value


def _listed(name: str, values: Sequence[Any]) -> Iterator[tuple[str, object]]:
    """Yield the cells of a list: the ends of an interval, or one text."""
    if len(values) == len(ENDS) and all(isinstance(value, float) for value in values):
        yield from ((f"{name}.{end}", value) for end, value in zip(ENDS, values, strict=True))
        return
    texts = (
        " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
        for value in values
    )
    yield name, "; ".join(texts)


def _sheet(book: Workbook, title: str, rows: Sequence[Row]) -> None:
    """Write rows as a sheet with a frozen head; the columns are those of all rows, in order."""
    sheet = book.add_worksheet(title)
    names = list(dict.fromkeys(name for row in rows for name in row))
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
        cells = [row.get(name) for row in rows]
        for line, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write(line, column, cell)
        longest = max(len(name), *(len(str(cell)) for cell in cells), 0)
        sheet.set_column(column, column, min(longest + 2, WIDEST))
