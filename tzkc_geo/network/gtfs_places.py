"""Stations as GTFS stops: hubs of several lines have a parent station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from tzkc_geo import geodesy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.network.rail_lines import RailLine, Stop
    from tzkc_geo.transport import Impedance

Row: TypeAlias = "dict[str, str]"
HUB_M: Final = (
    300.0  # stations of two lines nearer than this are one hub; S1 and S2 cross at 台州站
)
TRANSFER: Final = "transfer_s"  # the impedance that says how long a change of trains takes
STATUS_ZH: Final = {"operating": "运营", "planned": "规划"}


def stop_rows(lines: Sequence[RailLine]) -> tuple[list[Row], dict[str, list[Stop]]]:
    """Return the rows of ``stops.txt``, and the stops of each hub by the id of its parent.

    Parameters
    ----------
    lines
        Lines with their stops; degrees, EPSG:4490.

    Notes
    -----
    Stations of different lines less than `HUB_M` apart, along the geodesic, are a hub. The parent
    has name and position of the first one.
    """
    parents = _hubs(lines)
    parent_of = {stop.station.station_id: hub for hub, stops in parents.items() for stop in stops}
    rows = [
        _row(hub, stops[0], desc="枢纽 hub: " + " ".join(s.station.line for s in stops), kind="1")
        for hub, stops in parents.items()
    ]
    for line in lines:
        for stop in line.stops:
            station_id = stop.station.station_id
            parent = parent_of.get(station_id, "")
            rows.append(_row(station_id, stop, desc=_accuracy(stop), kind="0", parent=parent))
    return rows, parents


def transfer_rows(parents: dict[str, list[Stop]], impedances: Sequence[Impedance]) -> list[Row]:
    """Return the rows of ``transfers.txt``: how long a change within a hub takes, if it is known.

    Parameters
    ----------
    parents
        The stops of each hub, as from `stop_rows`.
    impedances
        The row `TRANSFER` counts, in seconds; without it there are no rows.
    """
    seconds = [row.value for row in impedances if row.impedance_id == TRANSFER]
    return [
        {
            "from_stop_id": a.station.station_id,
            "to_stop_id": b.station.station_id,
            "transfer_type": "2",
            "min_transfer_time": str(round(value)),
        }
        for value in seconds
        for stops in parents.values()
        for a in stops
        for b in stops
        if a is not b
    ]


def _hubs(lines: Sequence[RailLine]) -> dict[str, list[Stop]]:
    """Return the stops of each hub, in the order of the lines."""
    hubs: dict[str, list[Stop]] = {}
    stops = [stop for line in lines for stop in line.stops]
    first_of: dict[str, Stop] = {}  # the first stop of the hub, by station
    for k, stop in enumerate(stops):
        near = next((one for one in stops[:k] if _is_change(one, stop)), None)
        if near is None:
            continue
        first = first_of.setdefault(near.station.station_id, near)
        first_of[stop.station.station_id] = first
        hubs.setdefault(f"hub-{first.station.station_id}", [first]).append(stop)
    return hubs


def _is_change(a: Stop, b: Stop) -> bool:
    """Say whether one changes trains between two stops."""
    if a.station.line == b.station.line:
        return False
    return geodesy.geodesic_length_m([(a.lon, a.lat), (b.lon, b.lat)]) < HUB_M


def _row(stop_id: str, stop: Stop, *, desc: str, kind: str, parent: str = "") -> Row:
    return {
        "stop_id": stop_id,
        "stop_name": stop.station.name_zh,
        "stop_desc": desc,
        "stop_lat": f"{stop.lat:.7f}",
        "stop_lon": f"{stop.lon:.7f}",
        "location_type": kind,
        "parent_station": parent,
    }


def _accuracy(stop: Stop) -> str:
    """Say whether the station is in use, and how well its position is known."""
    station = stop.station
    said = f"{STATUS_ZH.get(station.status, '')} {station.status}".strip()
    if station.sigma_m is None:
        return said
    return f"{said}; 位置 position ±{1.96 * station.sigma_m:.0f} m (95 %)"
