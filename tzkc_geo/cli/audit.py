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

AUDIT_EXAMPLE = "Example: tzkc audit --plane gk120 --html audit.html --xlsx audit.xlsx"
READINGS_EXAMPLE = "Example: tzkc readings --json"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")]


def audit(
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
        Path | None, typer.Option("--xlsx", help="Write a workbook, a sheet a list. 输出表格")
    ] = None,
) -> None:
    """Check the plan's areas, sums and countable claims, with evidence. 规划数据审计."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.plan import read_extents, read_plan
    from tzkc_geo.reports import (
        audit_html,
        audit_json,
        audit_report,
        audit_xlsx,
        cluster_maps,
    )

    way = _plane(plane)
    folder, catalog = folder_of(context), catalog_of(context)
    report = audit_report(catalog, read_plan(folder), read_extents(folder), plane=way)
    if html is not None:
        write_file(html, audit_html(report, cluster_maps(catalog)))
        show.note(f"written: {html}")
    if xlsx is not None:
        write_file(xlsx, audit_xlsx(report, catalog.adjustment))
        show.note(f"written: {xlsx}")
    if json:
        show.as_json(audit_json(report))
    elif html is None and xlsx is None:
        show_audit.report(report)


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
