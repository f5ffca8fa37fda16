"""The frozen records of the transport network: one row, one fact, one source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Mode(StrEnum):
    """How one moves (交通方式)."""

    WALK = "walk"
    BIKE = "bike"
    ROAD = "road"
    RAIL = "rail"


class LinkClass(StrEnum):
    """The class of a link; it says who may use it, and how fast where the row does not."""

    MOTORWAY = "motorway"  # 高速公路: cars only, entered at ramps
    EXPRESSWAY = "expressway"  # 快速路: cars only, entered at ramps
    ARTERIAL = "arterial"  # 主干路, and highways at grade: everyone, entered anywhere
    RAMP = "ramp"  # 匝道: cars only, between the two kinds
    BRIDGE = "bridge"  # a bridge at grade with its approaches: everyone, entered at its ends


class Grounds(StrEnum):
    """What a row of the network rests on."""

    PUBLISHED = "published"  # a source says so
    MEASURED = "measured"  # from mapped geometry
    DERIVED = "derived"  # computed from what a source says
    ASSUMED = "assumed"  # no source says so; the note gives the reason


class JunctionKind(StrEnum):
    """What a junction is."""

    JUNCTION = "junction"  # 平面交叉口
    INTERCHANGE = "interchange"  # 立交, 互通: where ramps meet
    BRIDGEHEAD = "bridgehead"  # 桥头
    GATEWAY = "gateway"  # where a road leaves the area
    BEND = "bend"  # a point of the course alone


class Test(StrEnum):
    """How a promise of the plan is put to the test."""

    TO_EXPRESSWAY = "to_expressway"  # from every place to the nearest entry of a fast road
    TO_CORRIDOR = "to_corridor"  # between the places of the corridor
    BETWEEN = "between"  # from the targets to the corridor
    JOURNEY = "journey"  # to other cities, by what is published
    TRUNK = "trunk"  # what a rail line adds
    NOT_CHECKABLE = "not_checkable"  # the data that it is about is not there


class BarrierKind(StrEnum):
    """What cannot be crossed off the network."""

    WATER = "water"
    RAIL = "rail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """A point of the road network: a junction, a ramp, a bridge head or a bend."""

    junction_id: str
    name_zh: str
    kind: JunctionKind
    lon: float
    lat: float
    sigma_m: float
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A stretch of road between two junctions; its course is straight unless longer."""

    link_id: str
    road: str  # the road's name, Chinese
    from_id: str
    to_id: str
    link_class: LinkClass
    length_m: float | None  # None: the straight line between the ends
    free_kmh: float
    peak_kmh: float
    oneway: bool
    crosses: tuple[str, ...]  # ids of the barriers that it may cross
    opening: str  # YYYY, YYYY-MM or YYYY-MM-DD; empty: before 2022
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run of a train from one station to the next, dwell included; the same both ways."""

    line: str
    from_id: str
    to_id: str
    run_s: float
    sigma_s: float
    length_m: float | None
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Trains of one line in one period of the day, both ways."""

    service_id: str
    line: str
    from_min: int  # minutes after midnight: first departure at either terminus
    to_min: int  # the last one
    headway_s: float
    opening: str  # the day from which it runs
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A river or a railway that is crossed on links alone, and how wide it is."""

    barrier_id: str
    name_zh: str
    kind: BarrierKind
    points: NDArray[np.float64]  # (n, 2) lon lat, EPSG:4490: the middle of it
    width_m: float  # mean width, from side to side; a railway has the width of its bed
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The drawn course of a railway line, for maps and for GTFS shapes."""

    line: str
    points: NDArray[np.float64]  # (n, 2) lon lat, EPSG:4490
    status: str  # operating | planned
    sigma_m: float
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impedance:
    """A speed, a factor or a time of the travel-time model."""

    impedance_id: str  # walk_kmh, bike_kmh, local_free_kmh, local_peak_kmh, detour_walk, …
    value: float
    grounds: Grounds
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A journey beyond the network, such as by train to another city, as published."""

    journey_id: str
    from_id: str  # a station
    to_zh: str
    minutes: float
    kind: str  # published | target
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise of the plan on travel, verbatim, and how it is tested."""

    promise_id: str
    text_zh: str
    cite: str
    test: Test
    threshold_min: float | None
    targets: tuple[str, ...]  # places, stations or junctions; what they are depends on the test
    modes: tuple[Mode, ...]
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Every row of the network's tables; the stations are in the catalog itself."""

    junctions: tuple[Junction, ...] = ()
    links: tuple[Link, ...] = ()
    runs: tuple[Run, ...] = ()
    services: tuple[Service, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    tracks: tuple[Track, ...] = ()
    impedances: tuple[Impedance, ...] = ()
    journeys: tuple[Journey, ...] = ()
    promises: tuple[Promise, ...] = ()
    digest: str = ""  # sha256 of the files of all these


NO_TRANSPORT = Transport()  # nothing is known
