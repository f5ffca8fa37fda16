"""From a converged state to figures: covariance, redundancy, w-test, leave-one-out, grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.adjust.results import AdjustedLine, Adjustment, ObservationResult, UnitArea
from tzkc_geo.adjust.rows import constraint_margin, observation_row
from tzkc_geo.derive import noded
from tzkc_geo.grades import line_grades
from tzkc_geo.model import ConstraintKind, Grade, Observation, ObservationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tzkc_geo.adjust.problem import Problem
    from tzkc_geo.adjust.rows import Row, State

    Floats = NDArray[np.float64]

NIL = 1e-6  # a redundancy below this cannot be told from none
NORMAL_95 = 1.96


def summarise(
    problem: Problem,
    state: State,
    rows: tuple[Row, ...],
    active: tuple[str, ...],
    iterations: int,
) -> Adjustment:
    """Return the adjustment with all its tests."""
    sigma = np.array([row.sigma for row in rows])
    a = np.vstack([row.derivatives for row in rows]) / sigma[:, None]
    covariance = np.linalg.inv(a.T @ a)
    misfit = np.array([row.value - row.computed for row in rows]) / sigma
    observed = tuple(_tested(problem, state, o, covariance) for o in problem.observations)
    freedom = max(len(rows) - len(state.x), 1)  # priors are rows too
    margins = {c.constraint_id: constraint_margin(problem, state, c) for c in problem.constraints}
    slack = {c.constraint_id: c.tolerance_m for c in problem.constraints}
    rings = dict(zip(state.rings, noded(list(state.rings.values())), strict=True))
    return Adjustment(
        x=state.x,
        covariance=covariance,
        order=problem.order,
        lines=_lines(problem, state, covariance, _active_lines(problem, active, margins)),
        rings=rings,
        observations=observed,
        areas=_areas(problem, state, observed, covariance),
        active=active,
        violated=tuple(n for n, m in margins.items() if m.computed < -0.5 * slack[n] - 1.0),
        sigma0=float(np.sqrt(np.sum(misfit**2) / freedom)),
        rank=int(np.linalg.matrix_rank(a)),
        unknowns=len(state.x),
        iterations=iterations,
    )


def _tested(
    problem: Problem, state: State, observation: Observation, covariance: Floats
) -> ObservationResult:
    """Return residual, redundancy, w and smallest detectable error of one observation."""
    row = observation_row(problem, state, observation)
    fitted = float(row.derivatives @ covariance @ row.derivatives)
    share = fitted / row.sigma**2
    residual = row.value - row.computed
    if observation.used:
        redundancy = float(np.clip(1.0 - share, 0.0, 1.0))
        spread = row.sigma * np.sqrt(redundancy)
        factor = 1.0 / np.sqrt(redundancy) if redundancy > NIL else None
    else:  # predicted from everything else: the whole of it is a check
        redundancy, spread = 1.0, float(np.sqrt(row.sigma**2 + fitted))
        factor = float(np.sqrt(1.0 + share))
    return ObservationResult(
        observation_id=observation.observation_id,
        kind=str(observation.kind),
        value=row.value,
        computed=row.computed,
        sigma=row.sigma,
        residual=residual,
        redundancy=redundancy,
        w=residual / float(spread) if factor is not None else None,
        detectable=float(row.sigma * problem.options.power_delta * factor) if factor else None,
        used=observation.used,
        reason=observation.reason,
    )


def _areas(
    problem: Problem,
    state: State,
    observed: tuple[ObservationResult, ...],
    covariance: Floats,
) -> dict[str, UnitArea]:
    """Return each unit's area, its sigma, and its value without its own reported area.

    Leave-one-out by linear update: without row i the residual is ``v / r`` and the variance
    of the prediction ``q / r`` (q: its variance with the row, r: its redundancy).
    """
    results = {o.observation_id: o for o in observed}
    found = {}
    for o in problem.observations:
        if o.kind is not ObservationKind.AREA:
            continue
        tested = results[o.observation_id]
        row = observation_row(problem, state, o)
        variance = float(row.derivatives @ covariance @ row.derivatives)
        r = tested.redundancy
        if o.used:
            known = r > NIL
            left_out = row.value - tested.residual / r if known else None
            left_sigma = float(np.sqrt(variance / r)) if known else None
        else:
            left_out, left_sigma = row.computed, float(np.sqrt(variance))
        found[str(o.unit_id)] = UnitArea(
            unit_id=str(o.unit_id),
            area_km2=row.computed,
            sigma_km2=float(np.sqrt(variance)),
            leave_one_out_km2=left_out,
            leave_one_out_sigma_km2=left_sigma,
            redundancy=r,
            w=tested.w,
        )
    return found


def _active_lines(
    problem: Problem, active: tuple[str, ...], margins: Mapping[str, Row]
) -> set[str]:
    """Return the lines on which an active constraint presses."""
    pressed = set()
    for constraint in problem.constraints:
        if constraint.constraint_id not in active:
            continue
        if constraint.kind is ConstraintKind.SIDE_OF:
            pressed.add(str(constraint.line_id))
            continue
        columns = np.flatnonzero(margins[constraint.constraint_id].derivatives)
        pressed.update(problem.order[column // 2] for column in columns)
    return pressed


def _lines(
    problem: Problem, state: State, covariance: Floats, pressed: set[str]
) -> dict[str, AdjustedLine]:
    """Return every line with a standard deviation per vertex."""
    grades = line_grades(problem.walks, problem.observations)
    found = {}
    for name in problem.order:
        points = _with_corners(state, name)
        sigma = across_sigma(problem, name, points, state.x, covariance)
        grade = grades.get(name, Grade.SCHEMATIC)
        known = grade is not Grade.SCHEMATIC and name not in pressed
        offset, rotation = problem.columns(name)
        found[name] = AdjustedLine(
            line_id=name,
            points=points,
            sigma_m=sigma,
            grade=grade,
            accuracy_m=NORMAL_95 * float(np.max(sigma)) if known else None,
            offset_m=float(state.x[offset]),
            rotation_m_per_km=float(state.x[rotation]),
        )
    return found


def _with_corners(state: State, name: str) -> Floats:
    """Return a line prolonged to the farthest corner at either end, so that its sigma shows."""
    points = state.placed[name]
    first, last = points[0] - points[1], points[-1] - points[-2]
    ends = [
        s.points[k]
        for ring in state.rings.values()
        for s in ring.stretches
        if s.clause.line_id == name
        for k in (0, -1)
    ]
    before = max(ends, key=lambda p: float((p - points[0]) @ first), default=points[0])
    after = max(ends, key=lambda p: float((p - points[-1]) @ last), default=points[-1])
    head = [before] if float((before - points[0]) @ first) > 0 else []
    tail = [after] if float((after - points[-1]) @ last) > 0 else []
    return np.vstack([*head, points, *tail])


def across_sigma(
    problem: Problem, name: str, points: Floats, x: Floats, covariance: Floats
) -> Floats:
    """Return the standard deviation across a line at points on it, shape ``(n,)``, metres."""
    frame = problem.frames[name]
    shift, turn = problem.moves(name, points, x)
    design = np.column_stack([shift @ frame.normal, turn @ frame.normal])
    own = np.ix_(problem.columns(name), problem.columns(name))
    variance = np.einsum("ij,jk,ik->i", design, covariance[own], design)
    return np.asarray(np.sqrt(variance))
