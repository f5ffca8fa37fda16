"""A hand-made railway: S1 with three stations, S2 with a hub and a station that has no position.

S1    a ── 240 s ── b ── 180 s ── c        trains 06:20 to 21:40, every 9 min
S2    p ── 100 s ── q ── 200 s ── r        opens in 2028, planned; p has no position
q lies 60 m from b: a hub. A reserved station of S2 has no place in the order; T is a station of
another railway. The track of S1 is drawn from east to west, beyond both ends, with a vertex twice.
"""

from dataclasses import replace

import numpy as np

from tests.toy.world import catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.model import Station
from tzkc_geo.transport import Grounds, Impedance, Run, Service, Track, Transport

FIRST_MIN, LAST_MIN = 6 * 60 + 20, 21 * 60 + 40
TRACK = ((121.43, 28.65), (121.415, 28.651), (121.415, 28.651), (121.405, 28.65), (121.39, 28.65))


def station(
    station_id: str,
    line: str,
    seq: int | None,
    place: tuple[float, float] | None,
    opening: str = "2022-12-28",
) -> Station:
    """Return a station."""
    lon, lat = place or (None, None)
    return Station(
        station_id=station_id,
        line=line,
        seq=seq,
        name_zh=f"{station_id}站",
        name_en=station_id.upper(),
        lon=lon,
        lat=lat,
        sigma_m=None if place is None else 100.0,
        status="operating" if line == "S1" else "planned",
        opening=opening,
        structure="elevated",
        source_id="toy",
        note="",
    )


def run(line: str, from_id: str, to_id: str, run_s: float) -> Run:
    """Return a run."""
    return Run(
        line=line,
        from_id=from_id,
        to_id=to_id,
        run_s=run_s,
        sigma_s=30.0,
        length_m=None,
        grounds=Grounds.DERIVED,
        source_id="toy",
        note="",
    )


def service(
    line: str,
    from_min: int = FIRST_MIN,
    to_min: int = LAST_MIN,
    headway_s: float = 540.0,
    opening: str = "2022-12-28",
) -> Service:
    """Return a service."""
    return Service(
        service_id=f"{line}-{from_min}",
        line=line,
        from_min=from_min,
        to_min=to_min,
        headway_s=headway_s,
        opening=opening,
        grounds=Grounds.ASSUMED,
        source_id="toy",
        note="",
    )


STATIONS = (
    station("c", "S1", 3, (121.42, 28.65)),
    station("a", "S1", 1, (121.40, 28.65)),
    station("b", "S1", 2, (121.41, 28.65)),
    station("p", "S2", 1, None, "2028"),
    station("q", "S2", 2, (121.4101, 28.6505), "2028"),
    station("r", "S2", 3, (121.43, 28.64), "2028"),
    station("x", "S2", None, None, ""),
    station("t", "国铁", None, (121.40, 28.651)),
)
TRANSPORT = Transport(
    runs=(
        run("S1", "a", "b", 240.0),
        run("S1", "c", "b", 180.0),
        run("S2", "p", "q", 100.0),
        run("S2", "q", "r", 200.0),
    ),
    services=(service("S1"), service("S2", opening="2028")),
    tracks=(
        Track(
            line="S1",
            points=np.array(TRACK),
            status="operating",
            sigma_m=10.0,
            source_id="toy",
            note="",
        ),
    ),
    impedances=(
        Impedance(
            impedance_id="transfer_s",
            value=240.0,
            grounds=Grounds.ASSUMED,
            source_id="toy",
            note="",
        ),
    ),
)


def railway(transport: Transport = TRANSPORT, stations: tuple[Station, ...] = STATIONS) -> Catalog:
    """Return the toy world with a railway."""
    return replace(catalog(), stations=stations, transport=transport, edition_date="2026-11-24")
