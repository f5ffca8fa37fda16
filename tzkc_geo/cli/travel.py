"""What the commands of the travel-time model share: places, scenario, modes and tables."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli.state import undo_shift_of
from tzkc_geo.errors import DataError, UnknownIdError

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
    from tzkc_geo import crs
    from tzkc_geo.datum import Datum as Known
    from tzkc_geo.positions import read_pair

    x, y = read_pair(first, second)
    undo_shift = undo_shift_of(context)
    used = Known.WGS84 if datum is None else crs.allow_shift(datum, undo_shift=undo_shift)
    crs.check_position(x, y, datum=used)
    lon, lat = crs.to_cgcs2000(x, y, used, undo_shift=undo_shift)
    return float(lon), float(lat)


def scenario_of(name: str, catalog: Catalog) -> str | Scenario:
    """Return a built-in scenario, or that of a user's file."""
    if not name.lower().endswith(".toml"):
        return name
    from tzkc_geo.io.scenario_file import read_scenario

    return read_scenario(Path(name), catalog)


def modes_of(text: str) -> tuple[str, ...]:
    """Return the modes of a list such as ``walk,rail``; what they are is checked later."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def minutes_of(text: str) -> tuple[float, ...]:
    """Return the minutes of a list such as ``15,30``, or say which is no number."""
    found = []
    for part in text.split(","):
        try:
            found.append(float(part))
        except ValueError as exc:
            msg = f"--minutes: is not a number, expected numbers joined by commas, got {part!r}"
            raise DataError(msg) from exc
    return tuple(found)


def place(catalog: Catalog, name: str) -> tuple[float, float]:
    """Return lon, lat of a station, junction, place or unit, by id or Chinese name.

    Raises
    ------
    UnknownIdError
        Nothing has that id or name; the nearest ones are named.
    DataError
        It is known, but not where it is.
    """
    known = _places(catalog)
    if name not in known:
        near = get_close_matches(name, known, n=3)
        hint = f"; did you mean {', '.join(near)}" if near else ""
        msg = (
            f"place {name!r}: no such station, unit, junction or place, expected an id or a"
            f" Chinese name, or LON LAT{hint}"
        )
        raise UnknownIdError(msg)
    spot = known[name]
    if spot is None:
        msg = f"place {name!r}: its position is not known, expected a place with coordinates"
        raise DataError(msg)
    return spot


def _places(catalog: Catalog) -> dict[str, tuple[float, float] | None]:
    """Return the position of everything by id and by name; what stands first keeps a name."""
    found: dict[str, tuple[float, float] | None] = {}

    def add(key: str, name: str, lon: float | None, lat: float | None) -> None:
        spot = None if lon is None or lat is None else (lon, lat)
        for word in (key, name):
            if found.get(word) is None:
                found[word] = spot

    for unit in catalog.units:
        point = catalog.polygons[unit.unit_id].representative_point()
        add(unit.unit_id, unit.name_zh, point.x, point.y)
    for station in catalog.stations:
        add(station.station_id, station.name_zh, station.lon, station.lat)
    for spot in catalog.places:
        add(spot.place_id, spot.name_zh, spot.lon, spot.lat)
    for junction in catalog.transport.junctions:
        add(junction.junction_id, junction.name_zh, junction.lon, junction.lat)
    return found
