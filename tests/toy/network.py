"""A hand-made network on the toy world, with travel times known by hand.

Metres east and north of the south-west corner of c01, in the plane of EPSG:4549:

    y 6300   n2 ------ 丁路 ------ d2 <-- ramp-2 -- e2      n2: station r3;  d2: station u2
             | 戊路, crosses        .                |
    y 5000 --|-- toy-railway -------.----------------|--
             |                      .                |
    y 3800   n1                     .                |     r2 stands alone at (0, 3000)
             | 乙路                 . S2 (2028)      | 快速路, for cars alone
    y 1800   bn                     .                |
    y 1600 ==|== toy-river =========.================|==   100 m wide
    y 1400   a1 - 甲路 - bs - 甲路 - a3 --- ramp-1 --- e1   a1: station r1;  a3: station u1
    x        0          2000        4000             5000

bs-bn is the one bridge; bn, n1 and n2 stand at x = 2000. National rail stops at nr (3000, 1400)
without trains. S1 (since 2022-12-28): r1 - r2 - r3, 120 s and 240 s. S2 (2028): u0, of which no
position is known, then u1 - u2, 200 s and 300 s. Trains of both leave their termini every 600 s
from 06:20 to 21:40. Arterials are entered every 500 m; one goes 1500 m off the network at most.

Seconds a metre: walk 0.6 on a road and 0.9 off it; bike 0.2 and 0.3; car on arterials, ramps and
the bridge 0.1 (peak 0.2), on the expressway 0.05 (peak 0.1), off the network 0.3 (peak 0.6). As 0.9
is more than 0.6 times the root of 2, no corner is worth cutting. To park takes 60 s, from the
street to the platform 60 s, back 30 s, a change between stations of one place at least 150 s.

Answers, seconds:

    r1 - r3 on foot, 2022          1200 + 240 + 1200 + 1500                = 4140
    r1 - r3 by car                 200 + 40 + 200 + 250                    =  690, peak 1380
    r1 - r3 by car, bridge closed  400 + 100 + 245 + 100 + 200             = 1045
    r1 - r3 on foot and by rail    60 + 300 (half of 600) + 360 + 30       =  750
    the same, leaving at 08:00     60 + 540 (the train of 08:10) + 360 + 30 = 990
    a3 - d2 by car                 100 + 245 + 100                         =  445
    d2 - a3 by car (ramp-2 is one way) 200 + 250 + 200 + 40 + 200          =  890
    a3 - d2 on foot and by rail, today 2400 + 750 + 1200                   = 4350
    the same, 2028 (S2)            60 + 300 + 300 + 30                     =  690
    (1000, 1400) - r3 with all three, peak: car 200, park 60, then S1 750  = 1010
    (2000, 1100) - (1700, 1800) on foot  270 + 240 + 270                   =  780
    (2300, 4900) - (2300, 5100) on foot, by the crossing 284.6 + 300 + 324.5 = 909.1
    r1 - (0, 3500) on foot and by rail   60 + 300 + 120 + 30 + 450         =  960
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.toy.world import SOUTH, WEST
from tests.toy.world import catalog as world
from tests.toy.world import station as plain_station
from tzkc_geo.catalog import Catalog
from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.model import Station
from tzkc_geo.transport import (
    Barrier,
    BarrierKind,
    Grounds,
    Impedance,
    Junction,
    JunctionKind,
    Link,
    LinkClass,
    Run,
    Service,
    Track,
    Transport,
)

RIVER, RAILWAY = "toy-river", "toy-railway"
JUNCTIONS = {
    "a1": (0, 1400),
    "bs": (2000, 1400),
    "a3": (4000, 1400),
    "bn": (2000, 1800),
    "n1": (2000, 3800),
    "n2": (2000, 6300),
    "d2": (4000, 6300),
    "e1": (5000, 1400),
    "e2": (5000, 6300),
}
STATIONS = {
    "r1": ("S1", (0, 1400), "2022-12-28"),
    "r2": ("S1", (0, 3000), "2022-12-28"),
    "r3": ("S1", (2000, 6300), "2022-12-28"),
    "u0": ("S2", None, "2028"),
    "u1": ("S2", (4000, 1400), "2028"),
    "u2": ("S2", (4000, 6300), "2028"),
    "nr": ("杭台高铁", (3000, 1400), ""),
}
IMPEDANCES = {
    "walk_kmh": 6.0,
    "bike_kmh": 18.0,
    "local_free_kmh": 18.0,
    "local_peak_kmh": 9.0,
    "detour_walk": 1.5,
    "detour_bike": 1.5,
    "detour_road": 1.5,
    "connector_m": 1500.0,
    "entry_step_m": 500.0,
    "park_s": 60.0,
    "station_access_s": 60.0,
    "alight_s": 30.0,
    "transfer_s": 150.0,
}


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return lon, lat of metres from the south-west corner of c01."""
    lon, lat = degrees([(x, y)])[0]
    return float(lon), float(lat)


def degrees(metres: ArrayLike) -> NDArray[np.float64]:
    """Return lon lat, shape (n, 2), of metres from the south-west corner of c01."""
    return to_geographic(plane(metres))


def plane(metres: ArrayLike) -> NDArray[np.float64]:
    """Return x y of EPSG:4549, shape (n, 2), of metres from the south-west corner of c01."""
    moved: NDArray[np.float64] = np.asarray(metres, dtype=np.float64) + to_metric([(WEST, SOUTH)])
    return moved


def junction(junction_id: str, x: float, y: float) -> Junction:
    """Return one junction."""
    lon, lat = lonlat(x, y)
    return Junction(
        junction_id=junction_id,
        name_zh=f"{junction_id}路口",
        kind=JunctionKind.JUNCTION,
        lon=lon,
        lat=lat,
        sigma_m=20.0,
        grounds=Grounds.MEASURED,
        source_id="toy",
        note="",
    )


def link(  # noqa: PLR0913 - a row has many cells
    link_id: str,
    road: str,
    ends: tuple[str, str],
    link_class: LinkClass = LinkClass.ARTERIAL,
    *,
    free_kmh: float = 36.0,
    crosses: tuple[str, ...] = (),
    oneway: bool = False,
    grounds: Grounds = Grounds.MEASURED,
) -> Link:
    """Return one link; at peak it is half as fast."""
    return Link(
        link_id=link_id,
        road=road,
        from_id=ends[0],
        to_id=ends[1],
        link_class=link_class,
        length_m=None,
        free_kmh=free_kmh,
        peak_kmh=free_kmh / 2,
        oneway=oneway,
        crosses=crosses,
        opening="",
        grounds=grounds,
        source_id="toy",
        note="",
    )


def links() -> tuple[Link, ...]:
    """Return the nine links."""
    both = (RIVER, RAILWAY)
    return (
        link("jia-1", "甲路", ("a1", "bs")),
        link("jia-2", "甲路", ("bs", "a3")),
        link("bridge", "大桥", ("bs", "bn"), LinkClass.BRIDGE, crosses=(RIVER,)),
        link("yi", "乙路", ("bn", "n1")),
        link("wu", "戊路", ("n1", "n2"), crosses=(RAILWAY,), grounds=Grounds.ASSUMED),
        link("ding", "丁路", ("n2", "d2")),
        link("ramp-1", "匝道一", ("a3", "e1"), LinkClass.RAMP),
        link("fast", "快速路", ("e1", "e2"), LinkClass.EXPRESSWAY, free_kmh=72.0, crosses=both),
        link("ramp-2", "匝道二", ("e2", "d2"), LinkClass.RAMP, oneway=True),
    )


def run(line: str, from_id: str, to_id: str, run_s: float) -> Run:
    """Return the run between two stations."""
    return Run(
        line=line,
        from_id=from_id,
        to_id=to_id,
        run_s=run_s,
        sigma_s=10.0,
        length_m=None,
        grounds=Grounds.PUBLISHED,
        source_id="toy",
        note="",
    )


def service(line: str, opening: str, headway_s: float = 600.0) -> Service:
    """Return the trains of a line: 06:20 to 21:40."""
    return Service(
        service_id=f"{line}-all-day",
        line=line,
        from_min=380,
        to_min=1300,
        headway_s=headway_s,
        opening=opening,
        grounds=Grounds.DERIVED,
        source_id="toy",
        note="",
    )


def barrier(barrier_id: str, name_zh: str, kind: BarrierKind, y: float, width_m: float) -> Barrier:
    """Return a barrier from west to east."""
    return Barrier(
        barrier_id=barrier_id,
        name_zh=name_zh,
        kind=kind,
        points=degrees([(-5000, y), (2500, y), (9000, y)]),
        width_m=width_m,
        grounds=Grounds.ASSUMED,
        source_id="toy",
        note="",
    )


def track(line: str, status: str, metres: ArrayLike) -> Track:
    """Return the drawn course of a line."""
    return Track(
        line=line, points=degrees(metres), status=status, sigma_m=10.0, source_id="toy", note=""
    )


def station(station_id: str) -> Station:
    """Return one station of the network."""
    line, metres, opening = STATIONS[station_id]
    lon, lat = (None, None) if metres is None else lonlat(*metres)
    row = plain_station(station_id, line, lon, lat)
    status = "planned" if line == "S2" else "operating"
    return replace(
        row, seq=int(station_id[1:]) if line != "杭台高铁" else 1, status=status, opening=opening
    )


def transport() -> Transport:
    """Return the rows of the network."""
    return Transport(
        junctions=tuple(junction(name, x, y) for name, (x, y) in JUNCTIONS.items()),
        links=links(),
        runs=(
            run("S1", "r1", "r2", 120.0),
            run("S1", "r2", "r3", 240.0),
            run("S2", "u0", "u1", 200.0),
            run("S2", "u1", "u2", 300.0),
        ),
        services=(service("S1", "2022-12-28"), service("S2", "2028")),
        barriers=(
            barrier(RIVER, "大江", BarrierKind.WATER, 1600, 100.0),
            barrier(RAILWAY, "铁路", BarrierKind.RAIL, 5000, 10.0),
        ),
        tracks=(
            track("S1", "operating", [(0, 1400), (0, 3000), (2000, 6300)]),
            track("S2", "planned", [(4000, 1400), (4000, 6300)]),
        ),
        impedances=tuple(
            Impedance(
                impedance_id=name, value=value, grounds=Grounds.ASSUMED, source_id="toy", note=""
            )
            for name, value in IMPEDANCES.items()
        ),
    )


def catalog() -> Catalog:
    """Return the toy world with its network."""
    stations = tuple(station(name) for name in STATIONS)
    return replace(world(), stations=stations, transport=transport())
