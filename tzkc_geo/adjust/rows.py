"""Observation equations: for each observed fact its computed value and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo import crs, geodesy
from tzkc_geo.errors import DataError
from tzkc_geo.model import ConstraintKind, ObservationKind, Side
from tzkc_geo.polyline import foot, prolong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.adjust.problem import Problem
    from tzkc_geo.derive import Ring
    from tzkc_geo.model import Constraint, Observation

    Floats = NDArray[np.float64]

CONTROL_REACH_M = 2_000.0  # a control point may lie this far past the end of its line
_OUTWARD = {
    Side.EAST: np.array([1.0, 0.0]),
    Side.SOUTH: np.array([0.0, -1.0]),
    Side.WEST: np.array([-1.0, 0.0]),
    Side.NORTH: np.array([0.0, 1.0]),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One linearised equation: ``computed + derivatives @ dx = value`` with ``sigma``."""

    row_id: str
    computed: float
    value: float
    sigma: float
    derivatives: Floats  # (unknowns,)


@dataclass(frozen=True, slots=True)
class State:
    """The geometry at one point of the iteration."""

    x: Floats
    placed: Mapping[str, Floats]
    rings: Mapping[tuple[str, int], Ring]


def state_at(problem: Problem, x: Floats) -> State:
    """Return lines and rings for an unknown vector; raises if a ring is impossible."""
    return State(x, problem.placed(x), problem.rings(x))


def prior_rows(problem: Problem, x: Floats) -> list[Row]:
    """Return two rows a line: offset and rotation are zero, with the prior's sigma."""
    rows = []
    for name in problem.order:
        prior = problem.priors[name]
        sigmas = (prior.sigma_offset_m, prior.sigma_rotation_m_per_km)
        for column, sigma, what in zip(
            problem.columns(name), sigmas, ("offset", "rotation"), strict=True
        ):
            unit = np.zeros(len(x))
            unit[column] = 1.0
            scaled = max(sigma * problem.options.prior_scale, 1e-6)
            rows.append(Row(f"prior:{name}:{what}", float(x[column]), 0.0, scaled, unit))
    return rows


def observation_row(problem: Problem, state: State, observation: Observation) -> Row:
    """Return the row of one observation."""
    builders = {
        ObservationKind.ON_LINE: _on_line,
        ObservationKind.BEARING: _bearing,
        ObservationKind.DISTANCE: _distance,
        ObservationKind.AREA: _area,
        ObservationKind.LENGTH: _length,
    }
    computed, derivatives = builders[observation.kind](problem, state, observation)
    value = observation.value
    if observation.kind is ObservationKind.BEARING:  # a line has two bearings: take the nearer
        value += 180.0 * round((computed - value) / 180.0)
    return Row(observation.observation_id, computed, value, observation.sigma, derivatives)


def _on_line(problem: Problem, state: State, observation: Observation) -> tuple[float, Floats]:
    name = str(observation.line_id)
    line = prolong(state.placed[name], CONTROL_REACH_M)
    near = foot(line, problem.control[observation.observation_id])
    row = np.zeros(len(state.x))
    for column, moved in zip(
        problem.columns(name), problem.moves(name, near.point[None], state.x), strict=True
    ):
        row[column] = -float(moved[0] @ near.normal)
    return near.distance_m, row


def _bearing(problem: Problem, state: State, observation: Observation) -> tuple[float, Floats]:
    name = str(observation.line_id)
    points = state.placed[name]
    east, north = points[-1] - points[0]
    row = np.zeros(len(state.x))
    row[problem.columns(name)[1]] = -np.degrees(1.0 / 1000.0)
    return float(np.degrees(np.arctan2(east, north))), row


def _distance(problem: Problem, state: State, observation: Observation) -> tuple[float, Floats]:
    """Distance from the middle of one line to another line, unsigned."""
    name, other = str(observation.line_id), str(observation.other_id)
    points = state.placed[name]
    middle = (points[0] + points[-1]) / 2.0
    near = foot(prolong(state.placed[other], CONTROL_REACH_M), middle)
    sign = float(np.sign(near.distance_m)) or 1.0
    row = np.zeros(len(state.x))
    for column, moved in zip(
        problem.columns(name), problem.moves(name, middle[None], state.x), strict=True
    ):
        row[column] += sign * float(moved[0] @ near.normal)
    for column, moved in zip(
        problem.columns(other), problem.moves(other, near.point[None], state.x), strict=True
    ):
        row[column] -= sign * float(moved[0] @ near.normal)
    return abs(near.distance_m), row


def _length(problem: Problem, state: State, observation: Observation) -> tuple[float, Floats]:
    """Length of the stretch of a line in a unit's ring; derivatives by central differences."""
    unit, name = str(observation.unit_id), str(observation.line_id)
    value = _stretch_length(state.rings, unit, name)
    row = np.zeros(len(state.x))
    ring_lines = {
        str(s.clause.line_id) for ring in rings_of(state.rings, unit) for s in ring.stretches
    }
    for line in ring_lines:
        for column in problem.columns(line):
            step = np.zeros(len(state.x))
            step[column] = 0.1
            up = _stretch_length(problem.rings(state.x + step), unit, name)
            down = _stretch_length(problem.rings(state.x - step), unit, name)
            row[column] = (up - down) / 0.2
    return value, row


def rings_of(rings: Mapping[tuple[str, int], Ring], unit_id: str) -> list[Ring]:
    """Return the rings of one unit, or raise `DataError` if it has none."""
    own = [ring for (unit, _), ring in rings.items() if unit == unit_id]
    if not own:
        msg = f"observations.csv: unit {unit_id!r} has no ring, expected a unit with clauses"
        raise DataError(msg)
    return own


def _stretch_length(rings: Mapping[tuple[str, int], Ring], unit: str, name: str) -> float:
    return sum(
        float(np.sum(np.hypot(*np.diff(s.points, axis=0).T)))
        for ring in rings_of(rings, unit)
        for s in ring.stretches
        if s.clause.line_id == name
    )


def area_km2(ring: Ring) -> float:
    """Return the statutory ellipsoid area of a ring given in EPSG:4549."""
    lonlat = crs.to_geographic(ring.points)
    return float(geodesy.statutory_area_m2(lonlat)[0]) / 1e6


def _area(problem: Problem, state: State, observation: Observation) -> tuple[float, Floats]:
    return unit_area(problem, state, str(observation.unit_id))


def unit_area(problem: Problem, state: State, unit_id: str) -> tuple[float, Floats]:
    """Return the statutory area of a unit, km2, and its derivatives by all unknowns.

    Exact to first order, edge by edge; all parts of the unit count.

    Raises
    ------
    DataError
        The unit has no ring.
    """
    total, row = 0.0, np.zeros(len(state.x))
    for ring in rings_of(state.rings, unit_id):
        area = area_km2(ring)
        total += area
        row += area_gradient(problem, state, ring) * area / abs(ring.signed_area_m2)
    return total, row


def area_gradient(problem: Problem, state: State, ring: Ring) -> Floats:
    """Return the derivatives of a ring's plane area (m2) by all unknowns.

    The area changes by the integral of the outward motion along the edges; where corners
    slide to matters only in second order (Reynolds' transport theorem in the plane).
    """
    row = np.zeros(len(state.x))
    outward = -np.sign(ring.signed_area_m2)  # clockwise: outward is left
    for stretch in ring.stretches:
        name = str(stretch.clause.line_id)
        step = np.diff(stretch.points, axis=0)
        normals = outward * np.column_stack([-step[:, 1], step[:, 0]])  # times length
        for column, moved in zip(
            problem.columns(name), problem.moves(name, stretch.points, state.x), strict=True
        ):
            mean = (moved[:-1] + moved[1:]) / 2.0
            row[column] += float(np.sum(mean * normals))
    return row


def constraint_margin(problem: Problem, state: State, constraint: Constraint) -> Row:
    """Return the row of a one-sided fact: ``computed`` is the margin, met if not negative.

    The margin of ``contains`` is the signed distance of the place to the unit's outline
    plus the tolerance; of ``side_of`` the signed distance to the line plus the tolerance.
    """
    spot = problem.spots[constraint.place_id]
    if constraint.kind is ConstraintKind.CONTAINS:
        name, point, normal, distance = _inside(state, str(constraint.unit_id), spot)
    else:
        name = str(constraint.line_id)
        near = foot(prolong(state.placed[name], CONTROL_REACH_M), spot)
        toward = _OUTWARD[Side(constraint.side or Side.EAST)]
        sign = 1.0 if float(near.normal @ toward) >= 0 else -1.0
        point, normal, distance = near.point, sign * near.normal, sign * near.distance_m
        normal = -normal  # moving the line towards the place shrinks the margin
    row = np.zeros(len(state.x))
    for column, moved in zip(
        problem.columns(name), problem.moves(name, point[None], state.x), strict=True
    ):
        row[column] = float(moved[0] @ normal)
    sigma = max(constraint.tolerance_m / 2.0, 1.0)
    margin = distance + constraint.tolerance_m
    return Row(constraint.constraint_id, margin, 0.0, sigma, row)


def _inside(state: State, unit: str, spot: Floats) -> tuple[str, Floats, Floats, float]:
    """Return line, foot, outward normal and signed distance (positive inside) of a place."""
    candidates = []
    for ring in rings_of(state.rings, unit):
        closed = np.vstack([ring.points, ring.points[:1]])
        inside = _covers(closed, spot)
        outward = -np.sign(ring.signed_area_m2)
        for stretch in ring.stretches:
            near = foot(stretch.points, spot)
            signed = abs(near.distance_m) if inside else -abs(near.distance_m)
            name = str(stretch.clause.line_id)
            candidates.append((name, near.point, outward * near.normal, signed))
    return _nearest(candidates)


def _nearest(
    candidates: Sequence[tuple[str, Floats, Floats, float]],
) -> tuple[str, Floats, Floats, float]:
    inside = [c for c in candidates if c[3] >= 0]
    pool = inside or list(candidates)
    return min(pool, key=lambda c: abs(c[3]))


def _covers(closed: Floats, spot: Floats) -> bool:
    (x0, y0), (x1, y1) = closed[:-1].T, closed[1:].T
    cuts = (y0 > spot[1]) != (y1 > spot[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (spot[1] - y0) * (x1 - x0) / (y1 - y0)
    return bool(np.count_nonzero(cuts & (spot[0] < at)) % 2)
