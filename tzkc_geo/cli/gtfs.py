"""``tzkc gtfs``: the rail lines as a GTFS feed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import folder_of
from tzkc_geo.errors import DataError

EXAMPLE = "Example: tzkc gtfs taizhou.zip --scenario today"
DATES = {"2022": "2022-11-01", "today": "2026-11-24", "2028": "2028-12-31"}


def gtfs(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File: .zip. 输出文件")],
    scenario: Annotated[
        str, typer.Option("--scenario", help="today (S1) or 2028 (S1 and S2). 情景")
    ] = "2028",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Write lines S1 and S2 as a GTFS feed for journey planners. 导出 GTFS 时刻数据.

    Stations without coordinates are left out and named; trains pass them.
    """
    from tzkc_geo.io.gtfs_zip import write_gtfs
    from tzkc_geo.io.tables import read_tables
    from tzkc_geo.network.gtfs import gtfs_tables
    from tzkc_geo.network.rail_lines import rail_lines

    if scenario not in DATES:
        msg = f"--scenario: is not known, expected one of {', '.join(DATES)}, got {scenario!r}"
        raise DataError(msg)
    tables = read_tables(folder_of(context))
    date = DATES[scenario]
    feed = gtfs_tables(tables, date=date)
    write_gtfs(out, feed)
    skipped = [
        {"station_id": station.station_id, "line": line.name, "name_zh": station.name_zh}
        for line in rail_lines(tables, date=date)
        for station in line.skipped
    ]
    if skipped:
        names = "、".join(row["name_zh"] for row in skipped)
        show.note(f"left out, no coordinates are known · 无坐标，未列入: {names}")
    show.note(f"written: {out}, {len(feed['routes.txt'])} lines, {len(feed['trips.txt'])} trips")
    if json:
        show.as_json(
            {
                "written": str(out),
                "scenario": scenario,
                "version": feed["feed_info.txt"][0]["feed_version"],
                "rows": {name: len(rows) for name, rows in feed.items()},
                "skipped": skipped,
            }
        )
