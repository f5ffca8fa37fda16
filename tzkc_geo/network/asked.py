"""What a person writes of a trip: modes, minutes, places."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tzkc_geo.errors import DataError, UnknownIdError

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog


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
            msg = f"minutes: is not a number, expected numbers joined by commas, got {part!r}"
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
