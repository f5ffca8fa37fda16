"""The adjustment problem: unknowns, rows, and how lines move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo import crs
from tzkc_geo.derive import Ring, Walk, ring_of
from tzkc_geo.model import LineKind, ObservationKind, Side
from tzkc_geo.polyline import REACH_M, Frame, frame_of, move, prolong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.model import (
        Clause,
        Constraint,
        Observation,
        Place,
        Prior,
        Reading,
        ReferenceLine,
    )

    Floats = NDArray[np.float64]

_CLOCKWISE = tuple(Side)
SHAPED_REACH_M = 3_000.0  # rivers, rails and borders keep their shape: prolonged less far


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the solver."""

    iterations: int = 40
    step_m: float = 0.01  # converged when no line moves more than this
    halvings: int = 12
    constraint_rounds: int = 12
    power_delta: float = 4.13  # Baarda's delta0 for alpha 0.1 %, power 80 %
    prior_scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything the solver reads; coordinates in metres, EPSG:4549."""

    lines: Mapping[str, ReferenceLine]
    priors: Mapping[str, Prior]
    observations: Sequence[Observation]
    constraints: Sequence[Constraint]
    places: Mapping[str, Place]
    walks: Sequence[Walk]
    readings: Sequence[Reading]
    options: Options = field(default_factory=Options)
    base: Mapping[str, Floats]  # approximate shapes, metres
    frames: Mapping[str, Frame]
    control: Mapping[str, Floats]  # observation id -> (2,) metres
    spots: Mapping[str, Floats]  # place id -> (2,) metres

    @property
    def order(self) -> tuple[str, ...]:
        """Line ids in the order of the unknowns; two unknowns a line."""
        return tuple(sorted(self.lines))

    def columns(self, line_id: str) -> tuple[int, int]:
        """Return the columns of offset (m) and rotation (m per km) of a line."""
        k = self.order.index(line_id)
        return 2 * k, 2 * k + 1

    def placed(self, x: Floats) -> dict[str, Floats]:
        """Return the moved shapes for an unknown vector."""
        return {
            name: move(
                self.base[name],
                self.frames[name],
                offset_m=x[2 * k],
                rotation=x[2 * k + 1] / 1000.0,
            )
            for k, name in enumerate(self.order)
        }

    def prolonged(self, placed: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return the moved shapes prolonged at both ends, so that corners can be found."""
        return {
            name: prolong(points, _reach(self.lines[name].kind)) for name, points in placed.items()
        }

    def rings(self, x: Floats) -> dict[tuple[str, int], Ring]:
        """Return the rings for an unknown vector, by unit id and part."""
        lines = self.prolonged(self.placed(x))
        return {(walk.unit_id, walk.part): ring_of(walk, lines) for walk in self.walks}

    def moves(self, line_id: str, points: Floats, x: Floats) -> tuple[Floats, Floats]:
        """Return how points fixed to a line move per unit of offset and of rotation."""
        frame = self.frames[line_id]
        arm = points - frame.pivot - x[self.columns(line_id)[0]] * frame.normal
        turn = np.column_stack([-arm[:, 1], arm[:, 0]]) / 1000.0
        return np.broadcast_to(frame.normal, points.shape), turn


def _reach(kind: LineKind) -> float:
    straight = kind in (LineKind.ROAD, LineKind.LIMIT, LineKind.CANAL)
    return REACH_M if straight else SHAPED_REACH_M


def build_problem(  # noqa: PLR0913  (one argument a table)
    *,
    lines: Sequence[ReferenceLine],
    priors: Sequence[Prior],
    observations: Sequence[Observation],
    constraints: Sequence[Constraint],
    places: Sequence[Place],
    clauses: Sequence[Clause],
    readings: Sequence[Reading],
    options: Options | None = None,
) -> Problem:
    """Return the problem for the chosen readings of these tables (coordinates EPSG:4490)."""
    base = {line.line_id: crs.to_metric(line.points) for line in lines}
    control = {
        o.observation_id: crs.to_metric(np.array([[o.lon, o.lat]]))[0]
        for o in observations
        if o.kind is ObservationKind.ON_LINE
    }
    spots = {
        p.place_id: crs.to_metric(np.array([[p.lon, p.lat]]))[0]
        for p in places
        if p.lon is not None and p.lat is not None
    }
    return Problem(
        lines={line.line_id: line for line in lines},
        priors={prior.line_id: prior for prior in priors},
        observations=tuple(observations),
        constraints=tuple(constraints),
        places={place.place_id: place for place in places},
        walks=walks_of(clauses, readings),
        readings=tuple(readings),
        options=options or Options(),
        base=base,
        frames={name: frame_of(points) for name, points in base.items()},
        control=control,
        spots=spots,
    )


def walks_of(clauses: Sequence[Clause], readings: Sequence[Reading]) -> tuple[Walk, ...]:
    """Return the walks of the chosen readings, in the order of the readings."""
    walks = []
    for reading in readings:
        if not reading.chosen:
            continue
        for part, seed in enumerate(reading.seeds, start=1):
            own = tuple(
                sorted(
                    (c for c in clauses if c.reading_id == reading.reading_id and c.part == part),
                    key=lambda c: (_CLOCKWISE.index(c.side), c.step),
                )
            )
            spot = crs.to_metric(np.array([seed]))[0]
            walks.append(Walk(reading.unit_id, part, own, spot))
    return tuple(walks)
