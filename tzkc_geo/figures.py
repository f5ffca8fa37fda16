"""The figures of every unit: area, its accuracy, how far it checks the plan, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo import geodesy, zones
from tzkc_geo.grades import measured, unit_grades
from tzkc_geo.model import AreaVerdict, Grade, UnitKind, UnitResult
from tzkc_geo.uncertainty import clusters_area, rounding_sigma_km2, survey_sigma_km2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.adjust import Adjustment, Problem
    from tzkc_geo.catalog import Tables
    from tzkc_geo.left_out import LeftOut
    from tzkc_geo.model import UnitRow

CRITICAL_W = 3.29
REDUNDANCY_MIN = 0.10
INFORMATIVE = 0.5  # a prediction whose 95 % exceeds this share of the area confirms nothing
ARITHMETIC = "the agreement is arithmetic, not proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the figures are taken from; polygons in lon lat, EPSG:4490."""

    tables: Tables
    problem: Problem
    adjustment: Adjustment
    polygons: Mapping[str, BaseGeometry]
    filled: Mapping[str, zones.Infill]
    left: Mapping[str, LeftOut]
    cut: frozenset[str] = frozenset()  # clusters that a survey of a neighbour has cut


def all_figures(world: World) -> dict[str, UnitResult]:
    """Return the figures of every unit, by unit id."""
    problem = world.problem
    grades = unit_grades(problem.walks, problem.readings, problem.observations)
    surveyed = {survey.unit_id: survey.sigma_m for survey in world.tables.surveys}
    found = {}
    for unit in world.tables.units:
        area = geodesy.polygon_area_m2(world.polygons[unit.unit_id]) / 1e6
        if unit.unit_id in surveyed:
            sigma = survey_sigma_km2(world.polygons[unit.unit_id], surveyed[unit.unit_id])
            found[unit.unit_id] = _surveyed(unit, area, sigma)
        elif unit.kind is UnitKind.CLUSTER:
            found[unit.unit_id] = _adjusted(unit, area, world, grades[unit.unit_id])
        elif unit.kind is UnitKind.CORRIDOR:
            words = "union of the core and the three zones; " + ARITHMETIC
            found[unit.unit_id] = _schematic(unit, area, words)
        else:
            found[unit.unit_id] = _zone(unit, area, world)
    return found


def verdict_of(redundancy: float | None, w: float | None) -> AreaVerdict:
    """Say what an area check is worth: nothing below a redundancy of 0.10."""
    if redundancy is None or w is None or redundancy < REDUNDANCY_MIN:
        return AreaVerdict.NOT_CHECKABLE
    return AreaVerdict.INCONSISTENT if abs(w) > CRITICAL_W else AreaVerdict.CONSISTENT


def _adjusted(unit: UnitRow, area: float, world: World, grade: Grade) -> UnitResult:
    """Judge a cluster by its own row, or, if that was set aside, by all the others."""
    figures, left = world.adjustment.areas[unit.unit_id], world.left[unit.unit_id]
    verdict = verdict_of(figures.redundancy, figures.w)
    if unit.unit_id in measured(world.problem.observations):
        words = f"ring of adjusted lines; the reported area helped to place a side: {ARITHMETIC}"
    else:
        words = "ring of adjusted lines; the reported area was set aside and is judged by the rest"
        vague = 1.96 * figures.sigma_km2 > INFORMATIVE * float(unit.reported_area_km2)
        if verdict is AreaVerdict.CONSISTENT and vague:
            verdict = AreaVerdict.NOT_CHECKABLE
            words += ", which is too uncertain to confirm it"
    if unit.unit_id in world.cut:
        words += "; cut where the survey of a neighbour takes it"
    return UnitResult(
        unit_id=unit.unit_id,
        area_km2=area,
        area_sigma_km2=figures.sigma_km2,
        leave_one_out_km2=left.area_km2,
        leave_one_out_sigma_km2=left.sigma_km2,
        redundancy=figures.redundancy,
        w=figures.w,
        grade=grade,
        verdict=verdict,
        method=words,
    )


def _surveyed(unit: UnitRow, area: float, sigma: float) -> UnitResult:
    """Judge a survey: it is independent of the reported area, so all of it is a check."""
    w = _standardised(unit, area, sigma)
    return UnitResult(
        unit_id=unit.unit_id,
        area_km2=area,
        area_sigma_km2=sigma,
        leave_one_out_km2=area,
        leave_one_out_sigma_km2=sigma,
        redundancy=1.0,
        w=w,
        grade=Grade.LOCATED,
        verdict=verdict_of(1.0, w),
        method="surveyed outline",
    )


def _standardised(unit: UnitRow, area: float, sigma: float) -> float:
    rounding = rounding_sigma_km2(unit.reported_area_km2)
    return (float(unit.reported_area_km2) - area) / float(np.hypot(sigma, rounding))


def _zone(unit: UnitRow, area: float, world: World) -> UnitResult:
    """Judge core or zone: filled, it has its area by construction.

    Clusters that exceed it already contradict it, if by more than chance; that they fit into
    it would confirm nothing, because how much land lies between them is not stated.
    """
    infill = world.filled[unit.unit_id]
    if infill.met:
        words = (
            f"clusters and infill with parameter {infill.parameter_m:.1f} m, solved for the"
            f" reported area: {ARITHMETIC}"
        )
        return _schematic(unit, area, words)
    if infill.parameter_m > 0:
        words = "clusters and all the land that infill may lie on: less than the reported area"
        return _schematic(unit, area, words)
    sigma = clusters_area(world, zones.members(world.tables, unit.unit_id)).sigma_km2
    w = _standardised(unit, area, sigma)
    excess = area - float(unit.reported_area_km2)
    words = f"clusters alone, nothing filled: they exceed the reported area by {excess:.2f} km2"
    contradicted = w < -CRITICAL_W
    return UnitResult(
        unit_id=unit.unit_id,
        area_km2=area,
        area_sigma_km2=sigma,
        leave_one_out_km2=area,
        leave_one_out_sigma_km2=sigma,
        redundancy=1.0 if contradicted else None,
        w=w if contradicted else None,
        grade=Grade.SCHEMATIC,
        verdict=AreaVerdict.INCONSISTENT if contradicted else AreaVerdict.NOT_CHECKABLE,
        method=words,
    )


def _schematic(unit: UnitRow, area: float, words: str) -> UnitResult:
    """Return the figures of a unit whose area follows by construction: nothing is checked."""
    return UnitResult(
        unit_id=unit.unit_id,
        area_km2=area,
        area_sigma_km2=None,
        leave_one_out_km2=None,
        leave_one_out_sigma_km2=None,
        redundancy=None,
        w=None,
        grade=Grade.SCHEMATIC,
        verdict=AreaVerdict.NOT_CHECKABLE,
        method=words,
    )
