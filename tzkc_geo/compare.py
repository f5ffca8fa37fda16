"""The adjustment as one JSON object: lines, observations, rival readings, prior sensitivity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tzkc_geo import crs
from tzkc_geo.adjust import check, solve
from tzkc_geo.adjust.problem import walks_of
from tzkc_geo.errors import DerivationError
from tzkc_geo.left_out import without_area
from tzkc_geo.model import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tzkc_geo.adjust import Adjustment, Problem
    from tzkc_geo.catalog import Tables
    from tzkc_geo.left_out import LeftOut
    from tzkc_geo.model import Reading

DRAWS = 4  # redraws of the approximate shapes within their priors
TRIES = 100  # of one redraw: most draws turn some small unit inside out
SEED = 20221114  # the day of the plan; any fixed number would do
STABLE_M = 100.0  # an outline that moves less when priors change counts as stable


def summary(
    tables: Tables,
    problem: Problem,
    adjustment: Adjustment,
    left: Mapping[str, LeftOut],
    *,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Return the object that ``tzkc adjust --json`` prints."""
    notes = {o.observation_id: o for o in problem.observations}
    return {
        "lines": [_line(problem, adjustment, name) for name in adjustment.order],
        "observations": [
            {
                "id": o.observation_id,
                "kind": o.kind,
                "line_id": notes[o.observation_id].line_id,
                "unit_id": notes[o.observation_id].unit_id,
                "lon": notes[o.observation_id].lon,
                "lat": notes[o.observation_id].lat,
                "value": o.value,
                "computed": o.computed,
                "sigma": o.sigma,
                "residual": o.residual,
                "redundancy": o.redundancy,
                "w": o.w,
                "detectable": o.detectable,
                "used": o.used,
                "reason": o.reason,
            }
            for o in adjustment.observations
        ],
        "readings": _readings(tables, problem, left, progress),
        "active_constraints": list(adjustment.active),
        "violated_constraints": list(adjustment.violated),
        "findings": [
            {"unit_id": f.unit_id, "what": f.what, "text": f.text} for f in check(problem)
        ],
        "prior_sensitivity": _sensitivity(problem, adjustment, progress),
        "sigma0": adjustment.sigma0,
        "rank": adjustment.rank,
        "unknowns": adjustment.unknowns,
        "iterations": adjustment.iterations,
    }


def _line(problem: Problem, adjustment: Adjustment, name: str) -> dict[str, Any]:
    line, result = problem.lines[name], adjustment.lines[name]
    lonlat = crs.to_geographic(result.points)
    return {
        "line_id": name,
        "name_zh": line.name_zh,
        "kind": str(line.kind),
        "grade": str(result.grade),
        "accuracy_m": result.accuracy_m,
        "band_m": line.band_m,
        "offset_m": result.offset_m,
        "rotation_m_per_km": result.rotation_m_per_km,
        "note": line.note,
        "points": [
            [float(lon), float(lat), float(sigma)]
            for (lon, lat), sigma in zip(lonlat, result.sigma_m, strict=True)
        ],
    }


def _readings(
    tables: Tables,
    problem: Problem,
    left: Mapping[str, LeftOut],
    progress: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Compare the readings: what area does each give without the unit's own reported area."""
    printed = {u.unit_id: u.reported_area_km2 for u in tables.units}
    rows = []
    for reading in problem.readings:
        if reading.chosen:
            figures = left[reading.unit_id]
            area, sigma, failure = figures.area_km2, figures.sigma_km2, ""
        elif reading.unit_id == "corridor":  # a frame, not an outline
            continue
        else:
            progress(f"reading {reading.reading_id}")
            area, sigma, failure = _rival(tables, problem, reading)
        reported = float(printed[reading.unit_id])
        rows.append(
            {
                "reading_id": reading.reading_id,
                "unit_id": reading.unit_id,
                "chosen": reading.chosen,
                "open": reading.open,
                "reason": reading.reason,
                "sides": sides_of(tables, problem, reading),
                "reported_area_km2": printed[reading.unit_id],
                "area_km2": area,
                "area_sigma_km2": sigma,
                "difference_km2": None if area is None else area - reported,
                "failure": failure,
            }
        )
    return rows


def sides_of(tables: Tables, problem: Problem, reading: Reading) -> dict[str, list[str]]:
    """Return the names of the lines that bound a unit in one reading, by side, steps in order."""
    own = [c for c in tables.clauses if c.reading_id == reading.reading_id]
    walk = sorted(own, key=lambda c: (list(Side).index(c.side), c.part, c.step))
    return {
        str(side): list(
            dict.fromkeys(problem.lines[str(c.line_id)].name_zh for c in walk if c.side is side)
        )
        for side in Side
    }


def _rival(
    tables: Tables, problem: Problem, reading: Reading
) -> tuple[float | None, float | None, str]:
    """Adjust again with a rival reading in place and the unit's area set aside."""
    readings = [
        replace(r, chosen=r.reading_id == reading.reading_id) if r.unit_id == reading.unit_id else r
        for r in problem.readings
    ]
    walks = walks_of(tables.clauses, readings)
    alone = without_area(problem, reading.unit_id)
    try:
        again = solve(replace(alone, readings=readings, walks=walks))
    except DerivationError as exc:
        return None, None, str(exc)
    figures = again.areas[reading.unit_id]
    return figures.area_km2, figures.sigma_km2, ""


def _sensitivity(
    problem: Problem, adjustment: Adjustment, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Say how far outlines and areas move when priors are doubled, halved and redrawn.

    Stable areas do not mean stable outlines: where the reported area places a side, the
    area stays and the side wanders.
    """
    trials = {}
    for scale in (0.5, 2.0):
        options = replace(problem.options, prior_scale=scale)
        trials[f"x{scale:g}"] = replace(problem, options=options)
    rng = np.random.default_rng(SEED)
    for draw in range(1, DRAWS + 1):
        trials[f"redraw {draw}"] = _redrawn(problem, rng)
    rows: dict[str, dict[str, Any]] = {
        unit_id: {"unit_id": unit_id, "outline_m": {}, "area_km2": {}}
        for unit_id in sorted(adjustment.areas)
    }
    for name, trial in trials.items():
        progress(f"priors {name}")
        try:
            again = solve(trial)
        except DerivationError:
            for row in rows.values():
                row["outline_m"][name] = row["area_km2"][name] = None
            continue
        for unit_id, row in rows.items():
            row["outline_m"][name] = _outline_shift(adjustment, again, unit_id)
            row["area_km2"][name] = (
                again.areas[unit_id].area_km2 - adjustment.areas[unit_id].area_km2
            )
    return [{**row, "stable": _stable(row["outline_m"])} for row in rows.values()]


def _stable(shifts: dict[str, float | None]) -> bool:
    """Say whether no trial that gave rings moved the outline; failed trials say nothing."""
    known = [shift for shift in shifts.values() if shift is not None]
    return bool(known) and max(known) < STABLE_M


def _redrawn(problem: Problem, rng: np.random.Generator) -> Problem:
    """Return the problem redrawn until its start gives rings; the last try if none does."""
    start = np.zeros(2 * len(problem.lines))
    for _ in range(TRIES):
        trial = _shifted(problem, rng)
        try:
            trial.rings(start)
        except DerivationError:
            continue
        break
    return trial


def _shifted(problem: Problem, rng: np.random.Generator) -> Problem:
    """Return the problem with its approximate lines shifted within half their priors."""
    base = {}
    for name in problem.order:
        shift = rng.normal(0.0, 0.5 * problem.priors[name].sigma_offset_m)
        base[name] = problem.base[name] + shift * problem.frames[name].normal
    frames = {
        name: replace(frame, pivot=frame.pivot + base[name][0] - problem.base[name][0])
        for name, frame in problem.frames.items()
    }
    return replace(problem, base=base, frames=frames)


def _outline_shift(first: Adjustment, second: Adjustment, unit_id: str) -> float:
    """Return how far the corners of a unit move at most, metres."""
    shifts = [
        float(np.hypot(*(a.points[0] - b.points[0])))
        for (owner, part), ring in first.rings.items()
        if owner == unit_id
        for a, b in zip(ring.stretches, second.rings[owner, part].stretches, strict=True)
    ]
    return max(shifts)
