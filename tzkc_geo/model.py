"""The nouns. Records only: no file, no web, no geometry made here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class UnitKind(StrEnum):
    """What a spatial unit (单元) is."""

    CORRIDOR = "corridor"
    CORE = "core"
    ZONE = "zone"
    CLUSTER = "cluster"


class Side(StrEnum):
    """A side of the compass, in the order in which 四至 texts list them."""

    EAST = "east"
    SOUTH = "south"
    WEST = "west"
    NORTH = "north"


class LineKind(StrEnum):
    """What a reference line is; ``limit`` closes a side that the text does not name."""

    ROAD = "road"
    BANK = "bank"
    CANAL = "canal"
    RAIL = "rail"
    BORDER = "border"
    LIMIT = "limit"


class Certainty(StrEnum):
    """How the line of a clause is known: named, inferred by us, or unnamed in the text."""

    STATED = "stated"
    INFERRED = "inferred"
    UNNAMED = "unnamed"


class ObservationKind(StrEnum):
    """What was observed."""

    ON_LINE = "on_line"
    BEARING = "bearing"
    DISTANCE = "distance"
    AREA = "area"
    LENGTH = "length"


class ConstraintKind(StrEnum):
    """One-sided facts."""

    CONTAINS = "contains"
    SIDE_OF = "side_of"


class Grade(StrEnum):
    """How well an outline is known (等级); from the tables, never from formal sigma."""

    LOCATED = "located"
    CLOSED = "closed"
    SCHEMATIC = "schematic"


class AreaVerdict(StrEnum):
    """What the adjustment says about a reported area (判定)."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    NOT_CHECKABLE = "not_checkable"


class ExceptionKind(StrEnum):
    """What a declared exception allows."""

    OVERLAP = "overlap"
    GAP = "gap"
    OPEN_SIDE = "open_side"
    OUTSIDE_DISTRICT = "outside_district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A state of the boundaries that was given out (版本)."""

    edition_date: str  # YYYY-MM-DD
    note: str  # what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from (来源)."""

    source_id: str
    title: str
    publisher: str
    date: str  # as known, ISO where possible; empty if unknown
    address: str
    licence: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """What the plan says of one spatial unit."""

    unit_id: str  # corridor, core, z1..z3, c01..c14
    kind: UnitKind
    parent_id: str | None
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    reported_area_km2: str  # text as printed, digits kept
    description_zh: str  # the 四至 text, verbatim; empty for core and zones
    build_out_zh: str  # verbatim
    build_out_year: int | None  # None: 远期谋划 or not stated
    direction_zh: str  # verbatim development direction
    starter_area_zh: str  # 首建区 in it, empty if none
    first_hub_zh: str  # 首聚地 in it, empty if none
    districts: tuple[str, ...]  # ids in districts.geojson
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLine:
    """A line that a clause points at (参照线), with its approximate shape."""

    line_id: str
    name_zh: str
    aliases: tuple[str, ...]
    kind: LineKind
    band_m: float  # half width of the stated band where no 95 % accuracy exists
    source_id: str
    note: str
    points: NDArray[np.float64]  # (n, 2) lon lat, EPSG:4490


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed of a line before any observation."""

    line_id: str
    sigma_offset_m: float
    sigma_rotation_m_per_km: float  # 0: the line may not turn
    source_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One observed fact."""

    observation_id: str
    kind: ObservationKind
    line_id: str | None  # on_line, bearing, distance
    unit_id: str | None  # area
    other_id: str | None  # second line of a distance
    lon: float | None
    lat: float | None
    value: float  # metres, degrees (bearing) or km2 (area); 0 for on_line
    sigma: float  # same unit as value
    source_id: str
    used: bool
    reason: str  # why not used; empty if used
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One one-sided fact: a unit contains a place, or a line passes on one side of it."""

    constraint_id: str
    kind: ConstraintKind
    unit_id: str | None
    line_id: str | None
    place_id: str
    side: Side | None  # where the place lies, seen from the line
    tolerance_m: float
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One boundary clause (四至条款), such as ``东至椒金线``."""

    unit_id: str
    reading_id: str
    part: int  # 1, 2, … ring of a unit in several parts
    side: Side
    step: int  # 1, 2, … along the side, in walking order (clockwise)
    line_id: str | None  # None: the text names no line. Never guessed.
    edge: str  # centreline, bank, border …
    certainty: Certainty
    source_id: str
    text_zh: str  # verbatim
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a description (解读版本)."""

    reading_id: str
    unit_id: str
    chosen: bool
    open: bool  # the plan's own words leave it open, so it lowers the grade
    seeds: tuple[tuple[float, float], ...]  # lon lat inside each part: corners are seen from it
    reason: str
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point that helps to place or to check a line."""

    place_id: str
    name_zh: str
    name_en: str
    kind: str
    lon: float | None
    lat: float | None
    sigma_m: float | None
    unit_id: str | None  # the unit that the plan puts it in
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredException:
    """A fault of the outlines that is known and allowed, with its reason."""

    exception_id: str
    kind: ExceptionKind
    unit_id: str
    other_id: str | None  # overlap: the other unit; open_side: the line that closes the side
    limit_m2: float | None  # the largest area that is allowed; None: the kind has no area
    reason: str
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A station of S1, of S2 or of national rail; coordinates are None where unknown."""

    station_id: str
    line: str
    seq: int | None  # None: reserved, or national rail: place in the sequence unknown
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    sigma_m: float | None
    status: str  # operating | planned
    opening: str
    structure: str
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One stretch of an outline and the line that made it."""

    unit_id: str
    line_id: str | None  # None: infill outline, made by no line
    name_zh: str
    text_zh: str  # the clause, verbatim; empty for infill
    points: NDArray[np.float64]  # (n, 2) lon lat, EPSG:4490
    sigma_m: NDArray[np.float64] | None  # (n,), None: no standard deviation is stated
    accuracy_m: float | None  # 95 %, largest along the edge; None: the band counts
    band_m: float  # half width used where accuracy_m is None
    how: str  # observed | area | prior | reading | infill | survey


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    """The figures that the adjustment gives for one unit; None where there is none."""

    unit_id: str
    area_km2: float
    area_sigma_km2: float | None
    leave_one_out_km2: float | None
    leave_one_out_sigma_km2: float | None
    redundancy: float | None
    w: float | None
    grade: Grade
    verdict: AreaVerdict
    method: str  # how the outline was made, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A surveyed outline of a unit, added by a GIS office; it replaces the derived ring."""

    unit_id: str
    source_id: str
    sigma_m: float
    date: str
    rings: tuple[NDArray[np.float64], ...]  # outer rings, (n, 2) lon lat, EPSG:4490
