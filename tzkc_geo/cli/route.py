"""``tzkc route``: the fastest way between two places, leg by leg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.errors import DataError
from tzkc_geo.network import asked

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.route import Route

EXAMPLE = (
    "Examples: tzkc route 121.45 28.645 121.369 28.656; "
    "tzkc route c01 温岭火车站 --modes walk,rail --scenario 2028 --at 08:00"
)
COORDINATES, NAMES = 4, 2  # how many words the two places have


def route(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="LON1 LAT1 LON2 LAT2",
            help="Two positions; or two ids or Chinese names of stations, units, junctions or"
            " places. 起点、终点：坐标，或编号、名称",
        ),
    ],
    scenario: travel.ScenarioName = "today",
    modes: travel.Modes = travel.DEFAULT_MODES,
    at: travel.At = None,
    peak: travel.Peak = False,
    datum: travel.Datum = None,
    json: travel.Json = False,
) -> None:
    """Find the fastest way between two places, with its legs as the proof. 出行路径.

    The middle of a unit stands for it. A place that cannot be reached is an answer.
    """
    from tzkc_geo.network.build import network
    from tzkc_geo.network.reach import departure
    from tzkc_geo.network.route import route as find

    catalog = catalog_of(context)
    start, end = _ends(context, catalog, places, datum)
    tenths = departure(at)
    own = network(
        catalog,
        scenario=travel.scenario_of(scenario, catalog),
        modes=asked.modes_of(modes),
        peak=peak,
    )
    found = find(own, start, end, depart=None if tenths is None else tenths / 600)
    if json:
        show.as_json(found.to_json())
    else:
        _tell(found)


def _ends(
    context: typer.Context, catalog: Catalog, places: list[str], datum: str | None
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the two positions, EPSG:4490."""
    if len(places) == COORDINATES:
        lon1, lat1, lon2, lat2 = places
        start = travel.position(context, lon1, lat1, datum)
        return start, travel.position(context, lon2, lat2, datum)
    if len(places) == NAMES:
        return asked.place(catalog, places[0]), asked.place(catalog, places[1])
    msg = f"route: expected LON1 LAT1 LON2 LAT2, or two ids or names, got {len(places)} words"
    raise DataError(msg)


def _tell(found: Route) -> None:
    """Print the answer for a person."""
    if found.minutes is None:
        tables.render(f"不可达 unreachable: {found.reason}")
    else:
        tables.render(f"{found.minutes:.1f} 分钟 minutes; 情景 scenario {found.scenario}")
        shown = tables.table("", "从 from", "到 to", "分钟 min", "米 m", "线路 line", "依据")
        for leg in found.to_json()["legs"]:
            shown.add_row(
                travel.MODES[leg["mode"]],
                leg["from"],
                leg["to"],
                f"{leg['minutes']:.1f}",
                f"{leg['metres']:.0f}",
                leg["line"] or "–",
                leg["grounds"],
            )
        tables.render(shown)
    for note in found.notes:
        tables.render(f"注 note: {note}")
