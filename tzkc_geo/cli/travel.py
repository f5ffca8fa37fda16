"""What the commands of the travel-time model share: places, scenario, modes and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli.state import undo_shift_of

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.scenario import Scenario

ScenarioName = Annotated[
    str,
    typer.Option(
        "--scenario",
        help="2022 (before S1), today (S1), 2028 (S1 and S2), or your own .toml file. 情景",
    ),
]
Modes = Annotated[
    str,
    typer.Option(
        "--modes",
        help="Some of walk,bike,road,rail; road is a car from the origin on. 交通方式",
    ),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="Departure HH:MM; without it one waits half a headway. 出发时刻"),
]
Peak = Annotated[bool, typer.Option("--peak", help="Cars at peak-hour speeds. 高峰车速")]
Datum = Annotated[
    str | None,
    typer.Option("--datum", help="As in tzkc locate; wgs84 if not said. 坐标系"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")]
GeoJson = Annotated[
    Path | None, typer.Option("--geojson", help="Write the shapes to a file. 输出 GeoJSON")
]
DEFAULT_MODES = "walk,road,rail"
MODES = {
    "walk": "步行 walk",
    "bike": "骑行 bike",
    "road": "驾车 road",
    "rail": "轨道 rail",
    "wait": "候车 wait",
    "park": "停车 park",
}


def position(
    context: typer.Context, first: str, second: str, datum: str | None
) -> tuple[float, float]:
    """Return lon, lat in degrees, EPSG:4490, of what a person gave on a datum."""
    from tzkc_geo.positions import read_position

    return read_position(first, second, datum=datum, undo_shift=undo_shift_of(context))


def scenario_of(name: str, catalog: Catalog) -> str | Scenario:
    """Return a built-in scenario, or that of a user's file."""
    if not name.lower().endswith(".toml"):
        return name
    from tzkc_geo.io.scenario_file import read_scenario

    return read_scenario(Path(name), catalog)
