"""``tzkc access``: how much of each unit is near S1, S2 and the main roads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.network import asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tzkc_geo.network.reach_table import ReachTable, Row

EXAMPLE = "Examples: tzkc access; tzkc access --scenario 2028 --minutes 10,20 --csv access.csv"
NAMES = {"S1": "S1", "S2": "S2", "main_roads": "快速路网 main roads"}
COLUMNS = (
    *("facility", "mode", "unit_id", "name_zh", "minutes", "network", "straight"),
    *("snap_median_m", "snap_max_m", "unsnapped", "reason"),
)


def access(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    minutes: Annotated[
        str, typer.Option("--minutes", help="Times, joined by commas. 分钟")
    ] = "5,10,15,30",
    scenario: travel.ScenarioName = "today",
    peak: travel.Peak = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write it. 输出 CSV")] = None,
    json: travel.Json = False,
) -> None:
    """Give the share of each unit within some minutes of S1, S2 and main roads. 可达性表.

    Network against straight line: a share by the network, and in brackets what the straight line
    would say, without detours and barriers.
    """
    from tzkc_geo.network.reach_table import reach_table

    wanted = asked.minutes_of(minutes)
    catalog = catalog_of(context)
    own = travel.scenario_of(scenario, catalog)
    found = reach_table(catalog, wanted, scenario=own, peak=peak)
    if csv is not None:
        _write(csv, found)
        show.note(f"written: {csv}")
    if json:
        show.as_json(found.to_json())
    elif csv is None:
        _tell(found)


def _write(path: Path, found: ReachTable) -> None:
    """Write one row a unit, facility, mode and time."""
    import csv
    import io

    from tzkc_geo.io.folder import write_file

    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(_cells(found))
    write_file(path, text.getvalue())


def _cells(found: ReachTable) -> Iterator[tuple[object, ...]]:
    for row in found.rows:
        about = (row.facility, row.mode, row.unit_id, row.name_zh)
        snap = (row.snap_median_m, row.snap_max_m, row.unsnapped, row.reason or "")
        if not row.shares:
            yield (*about, None, None, None, *snap)
        for share in row.shares:
            yield (*about, share.minutes, share.network, share.straight, *snap)


def _tell(found: ReachTable) -> None:
    """Print a table for each facility and mode."""
    speed = "高峰 peak" if found.peak else "畅通 free flow"
    tables.render(
        f"情景 scenario {found.scenario}; {speed}; 路网（直线） network (straight line), %"
    )
    kinds = dict.fromkeys((row.facility, row.mode) for row in found.rows)
    for facility, mode in kinds:
        rows = [row for row in found.rows if (row.facility, row.mode) == (facility, mode)]
        tables.render(f"\n{NAMES[facility]} · {travel.MODES[mode]}")
        if not any(row.shares for row in rows):
            tables.render(f"– {rows[0].reason}")
            continue
        first = next(row for row in rows if row.shares)
        levels = [f"{share.minutes:g} min" for share in first.shares]
        shown = tables.table("单元 unit", "", *levels, "到路网 snap m")
        for row in rows:
            shown.add_row(row.unit_id, row.name_zh, *_shares(row, len(levels)), _snap(row))
        tables.render(shown)


def _shares(row: Row, levels: int) -> list[str]:
    if not row.shares:
        return ["–"] * levels
    return [f"{100 * s.network:.0f} ({100 * s.straight:.0f})" for s in row.shares]


def _snap(row: Row) -> str:
    """Return the distance to the nearest entry: the median and the largest."""
    if row.snap_median_m is None or row.snap_max_m is None:
        return row.reason or "–"
    return f"{row.snap_median_m:.0f}, ≤ {row.snap_max_m:.0f}"
