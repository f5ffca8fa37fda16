"""``tzkc matrix``: travel times between all units and stations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.network import asked

if TYPE_CHECKING:
    from tzkc_geo.network.matrix import Matrix

EXAMPLE = (
    "Examples: tzkc matrix --csv times.csv; "
    "tzkc matrix core z1 z2 z3 s1-01 --modes walk,rail --scenario 2028"
)
UNIT = "unit"
LEGS = typer.Option("--legs", help="With the way of every pair in the JSON. 含路径")


def matrix(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of units and stations; all if left out. 单元或车站编号"),
    ] = None,
    scenario: travel.ScenarioName = "today",
    modes: travel.Modes = travel.DEFAULT_MODES,
    at: travel.At = None,
    peak: travel.Peak = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write all pairs to a file. 输出 CSV")
    ] = None,
    legs: Annotated[bool, LEGS] = False,
    json: travel.Json = False,
) -> None:
    """Give the travel times between all units and stations, minutes. 出行时间矩阵.

    A unit is stood for by a point in its middle. No way is an empty cell, with its reason.
    """
    from tzkc_geo.network.matrix import matrix as find

    catalog = catalog_of(context)
    found = find(
        catalog,
        places or None,
        scenario=travel.scenario_of(scenario, catalog),
        modes=asked.modes_of(modes),
        at=at,
        peak=peak,
    )
    if csv is not None:
        _write(csv, found)
        show.note(f"written: {csv}")
    if json:
        show.as_json(found.to_json(legs=legs))
    elif csv is None:
        _tell(found, all_places=bool(places))


def _write(path: Path, found: Matrix) -> None:
    """Write one row a pair, with the reason where there is no way."""
    import csv
    import io

    from tzkc_geo.io.folder import write_file

    told = found.to_json()
    why = {(row["from"], row["to"]): row["reason"] for row in told["unreachable"]}
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("from_id", "from_zh", "to_id", "to_zh", "minutes", "reason"))
    for start, times in zip(told["places"], told["minutes"], strict=True):
        for end, minutes in zip(told["places"], times, strict=True):
            names = (start["id"], start["name_zh"], end["id"], end["name_zh"])
            rows.writerow((*names, minutes, why.get((start["id"], end["id"]), "")))
    write_file(path, text.getvalue())


def _tell(found: Matrix, *, all_places: bool) -> None:
    """Print the matrix for a person: whole minutes; of everything only the units."""
    told = found.to_json()
    kept = [n for n, end in enumerate(told["places"]) if all_places or end["kind"] == UNIT]
    ids = [told["places"][n]["id"] for n in kept]
    shown = tables.table("从 from", "到 to", *ids)
    for row, place_id in zip(kept, ids, strict=True):
        times = [told["minutes"][row][n] for n in kept]
        cells = ["–" if value is None else f"{value:.0f}" for value in times]
        shown.add_row(place_id, told["places"][row]["name_zh"], *cells)
    tables.render(f"分钟 minutes; 情景 scenario {told['scenario']}; {', '.join(told['modes'])}")
    tables.render(shown)
    left = len(told["places"]) - len(kept)
    if left:
        tables.render(f"另有 {left} 个车站 more stations: --json, --csv")
    for reason in sorted({row["reason"] for row in told["unreachable"]}):
        tables.render(f"– {reason}")
