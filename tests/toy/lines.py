"""A hand-made adjustment world: two squares of one kilometre that share a line.

Positions are metres east and north of the south-west corner of ``u1``, which lies near
121.40 E 28.65 N; a line overshoots its squares by 200 m at either end.

                north
          +--------+--------+
     west |   u1   m   u2   | east
          +--------+--------+
                south

Every line runs north or east as it is written down; ``flip`` writes it down the other way.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tzkc_geo import crs
from tzkc_geo.adjust import Options, Problem
from tzkc_geo.adjust.problem import build_problem
from tzkc_geo.adjust.rows import State, state_at
from tzkc_geo.model import (
    Certainty,
    Clause,
    Constraint,
    ConstraintKind,
    LineKind,
    Observation,
    ObservationKind,
    Place,
    Prior,
    Reading,
    ReferenceLine,
    Side,
)

Floats = NDArray[np.float64]
ORIGIN: Floats = np.round(crs.to_metric(np.array([[121.40, 28.65]]))[0])
SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "west": ((0, -200), (0, 1200)),
    "middle": ((1000, -200), (1000, 1200)),
    "east": ((2000, -200), (2000, 1200)),
    "south": ((-200, 0), (2200, 0)),
    "north": ((-200, 1000), (2200, 1000)),
}
UNITS = {"u1": ("middle", "south", "west", "north"), "u2": ("east", "south", "middle", "north")}
SEEDS = {"u1": (500.0, 500.0), "u2": (1500.0, 500.0)}


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return lon, lat of a position in metres."""
    lon, lat = crs.to_geographic(np.array([[x, y]]) + ORIGIN)[0]
    return float(lon), float(lat)


def line(
    line_id: str, *points: tuple[float, float], kind: LineKind = LineKind.ROAD
) -> ReferenceLine:
    """Return a line through positions."""
    return ReferenceLine(
        line_id=line_id,
        name_zh=f"{line_id}路",
        aliases=(),
        kind=kind,
        band_m=1000.0,
        source_id="toy",
        note="",
        points=np.array([lonlat(*xy) for xy in points]),
    )


def lines(*, flip: Collection[str] = ()) -> list[ReferenceLine]:
    """Return the five lines, some of them written down the other way."""
    return [
        line(name, *(points[::-1] if name in flip else points)) for name, points in SHAPES.items()
    ]


def prior(line_id: str, *, offset: float = 100.0, rotation: float = 0.0) -> Prior:
    """Return a prior; by default a line may shift and not turn."""
    return Prior(
        line_id=line_id,
        sigma_offset_m=offset,
        sigma_rotation_m_per_km=rotation,
        source_id="toy",
        reason="toy",
    )


def observation(  # noqa: PLR0913  (one argument a column)
    kind: ObservationKind,
    observation_id: str,
    *,
    line_id: str | None = None,
    unit_id: str | None = None,
    other_id: str | None = None,
    spot: tuple[float, float] | None = None,
    value: float = 0.0,
    sigma: float = 10.0,
) -> Observation:
    """Return a used observation."""
    lon, lat = (None, None) if spot is None else lonlat(*spot)
    return Observation(
        observation_id=observation_id,
        kind=kind,
        line_id=line_id,
        unit_id=unit_id,
        other_id=other_id,
        lon=lon,
        lat=lat,
        value=value,
        sigma=sigma,
        source_id="toy",
        used=True,
        reason="",
        note="",
    )


def on_line(line_id: str, x: float, y: float, *, sigma: float = 10.0) -> Observation:
    """Return a control point of a line."""
    name = f"{line_id}-{x:g}-{y:g}"
    kind = ObservationKind.ON_LINE
    return observation(kind, name, line_id=line_id, spot=(x, y), sigma=sigma)


def area(unit_id: str, km2: float, *, sigma: float = 0.001) -> Observation:
    """Return the reported area of a unit."""
    kind = ObservationKind.AREA
    return observation(kind, f"{unit_id}-area", unit_id=unit_id, value=km2, sigma=sigma)


def unused(row: Observation) -> Observation:
    """Return the observation set aside."""
    return replace(row, used=False, reason="set aside")


def clause(  # noqa: PLR0913  (one argument a column)
    unit_id: str,
    side: Side,
    line_id: str | None,
    *,
    reading_id: str = "",
    step: int = 1,
    part: int = 1,
    certainty: Certainty = Certainty.STATED,
) -> Clause:
    """Return a clause of the unit's first reading, unless another is named."""
    return Clause(
        unit_id=unit_id,
        reading_id=reading_id or f"{unit_id}-a",
        part=part,
        side=side,
        step=step,
        line_id=line_id,
        edge="centreline",
        certainty=certainty,
        source_id="toy",
        text_zh=f"{side}至{line_id}",
        note="",
    )


def clauses(units: Collection[str] = ("u1", "u2")) -> list[Clause]:
    """Return the four sides of each unit."""
    return [
        clause(unit_id, side, name)
        for unit_id in units
        for side, name in zip(Side, UNITS[unit_id], strict=True)
    ]


def reading(
    unit_id: str,
    *seeds: tuple[float, float],
    reading_id: str = "",
    chosen: bool = True,
    is_open: bool = False,
) -> Reading:
    """Return a reading; without seeds the middle of the unit counts."""
    return Reading(
        reading_id=reading_id or f"{unit_id}-a",
        unit_id=unit_id,
        chosen=chosen,
        open=is_open,
        seeds=tuple(lonlat(*xy) for xy in seeds or (SEEDS[unit_id],)),
        reason="toy",
        source_id="toy",
    )


def place(place_id: str, x: float, y: float) -> Place:
    """Return a named place."""
    lon, lat = lonlat(x, y)
    return Place(
        place_id=place_id,
        name_zh=place_id,
        name_en=place_id,
        kind="toy",
        lon=lon,
        lat=lat,
        sigma_m=1.0,
        unit_id=None,
        source_id="toy",
        note="",
    )


def constraint(
    place_id: str,
    *,
    unit_id: str | None = None,
    line_id: str | None = None,
    side: Side | None = None,
    tolerance_m: float = 0.0,
) -> Constraint:
    """Return a one-sided fact: the unit contains the place, or it lies on a side of the line."""
    return Constraint(
        constraint_id=f"{unit_id or line_id}-{place_id}",
        kind=ConstraintKind.CONTAINS if unit_id else ConstraintKind.SIDE_OF,
        unit_id=unit_id,
        line_id=line_id,
        place_id=place_id,
        side=side,
        tolerance_m=tolerance_m,
        source_id="toy",
        note="",
    )


def problem(  # noqa: PLR0913  (one argument a table)
    observations: Sequence[Observation] = (),
    *,
    constraints: Sequence[Constraint] = (),
    places: Sequence[Place] = (),
    shapes: Sequence[ReferenceLine] | None = None,
    priors: Sequence[Prior] = (),
    rows: Sequence[Clause] | None = None,
    readings: Sequence[Reading] | None = None,
    options: Options | None = None,
) -> Problem:
    """Return the problem; what is not given is the two squares with 100 m of prior a line."""
    known = lines() if shapes is None else shapes
    stated = {p.line_id: p for p in priors}
    return build_problem(
        lines=known,
        priors=[stated.get(row.line_id, prior(row.line_id)) for row in known],
        observations=observations,
        constraints=constraints,
        places=places,
        clauses=clauses() if rows is None else rows,
        readings=[reading("u1"), reading("u2")] if readings is None else readings,
        options=options,
    )


def state(world: Problem, x: Floats | None = None) -> State:
    """Return the geometry at an unknown vector, by default at the start."""
    return state_at(world, np.zeros(2 * len(world.lines)) if x is None else x)


def moved(world: Problem, line_id: str, *, offset_m: float = 0.0, turn: float = 0.0) -> Floats:
    """Return the unknown vector that moves one line (metres; metres per kilometre)."""
    x = np.zeros(2 * len(world.lines))
    x[list(world.columns(line_id))] = offset_m, turn
    return x


def local(points: Floats) -> Floats:
    """Return metric coordinates as positions."""
    shifted: Floats = points - ORIGIN
    return shifted


def plane_area(points: Floats) -> float:
    """Return the area of a ring without its closing vertex, by trapezoids under its sides."""
    closed = np.vstack([points, points[:1]])
    pairs = pairwise(closed.tolist())
    return abs(float(sum((b[0] - a[0]) * (a[1] + b[1]) / 2.0 for a, b in pairs)))
