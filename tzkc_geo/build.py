"""From tables to the catalog: adjust, derive, fill, measure. Pure; opens no file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from tzkc_geo import compare, crs, outline_edges, zones
from tzkc_geo.adjust import Adjustment, Options, Problem, solve
from tzkc_geo.adjust.problem import build_problem
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.derive import GRID_DECIMALS
from tzkc_geo.errors import RingError
from tzkc_geo.figures import World, all_figures
from tzkc_geo.infill import GRID_M, join
from tzkc_geo.left_out import left_out
from tzkc_geo.model import ExceptionKind
from tzkc_geo.noding import Nodes
from tzkc_geo.uncertainty import area_sigmas, sigmas_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.model import Survey


Shape: TypeAlias = Polygon | MultiPolygon
LEFT_MIN = 0.5  # surveys that take more than half of a neighbour are misplaced
OVERLAP_MAX_M2 = 1.0  # clusters may not share more than this


def problem_of(tables: Tables, *, options: Options | None = None) -> Problem:
    """Return the adjustment problem of these tables; surveyed units leave it."""
    surveyed = {survey.unit_id for survey in tables.surveys}
    return build_problem(
        lines=tables.lines,
        priors=tables.priors,
        observations=[o for o in tables.observations if o.unit_id not in surveyed],
        constraints=[c for c in tables.constraints if c.unit_id not in surveyed],
        places=tables.places,
        clauses=tables.clauses,
        readings=[r for r in tables.readings if r.unit_id not in surveyed],
        options=options,
    )


def build(tables: Tables, *, progress: Callable[[str], None] = lambda _: None) -> Catalog:
    """Adjust the lines and derive all 19 units.

    Parameters
    ----------
    tables
        All rows of the data folder.
    progress
        Called with a short text before each stage.

    Raises
    ------
    DerivationError
        A ring is impossible, two clusters overlap, or a survey takes most of a neighbour.
    """
    drawn = _drawn(tables, progress)
    problem, adjustment = drawn.problem, drawn.adjustment
    progress("naming edges")
    noded = drawn.nodes.on_rings(adjustment)
    edges = outline_edges.all_edges(tables, problem, noded, drawn.shapes, cut=drawn.cut)
    progress("leaving areas out")
    left = left_out(problem, adjustment, progress=progress)
    world = World(
        tables=tables,
        problem=problem,
        adjustment=adjustment,
        polygons=drawn.polygons,
        filled=drawn.filled,
        left=left,
        cut=drawn.cut,
    )
    return Catalog(
        units=tables.units,
        results=all_figures(world),
        polygons=drawn.polygons,
        edges=tuple(edges),
        places=tables.places,
        stations=tables.stations,
        adjustment={
            **compare.summary(tables, problem, adjustment, left, progress=progress),
            "area_sigmas": sigmas_json(area_sigmas(world)),
        },
        digest=tables.digest,
        exceptions=tables.exceptions,
        edition_date=tables.edition_date,
        transport=tables.transport,
    )


def outlines(tables: Tables) -> Mapping[str, Shape]:
    """Return the outlines of all units alone, without edges and figures; some 0.7 s.

    Parameters
    ----------
    tables
        All rows of the data folder.

    Returns
    -------
    Mapping
        By unit id, in the order of ``units.csv``: lon lat, EPSG:4490; those of `build`.

    Raises
    ------
    DerivationError
        As in `build`.
    """
    return _drawn(tables, lambda _: None).polygons


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drawn:
    """The outlines of all units, and what they were made of."""

    problem: Problem
    adjustment: Adjustment
    filled: Mapping[str, zones.Infill]
    cut: frozenset[str]
    nodes: Nodes
    shapes: Mapping[str, Shape]  # EPSG:4549
    polygons: Mapping[str, Shape]  # lon lat, EPSG:4490, in the order of the units


def _drawn(tables: Tables, progress: Callable[[str], None]) -> _Drawn:
    """Adjust the lines, draw the clusters and fill core and zones."""
    progress("adjusting lines")
    problem = problem_of(tables)
    adjustment = solve(problem)
    clusters, cut = _clusters(tables, adjustment)
    _check_overlaps(clusters, _allowed_overlaps(tables))
    progress("filling core and zones")
    filled = zones.fill_all(tables, problem, adjustment, clusters)
    shapes: dict[str, Shape] = {**clusters, **{k: f.polygon for k, f in filled.items()}}
    shapes["corridor"] = join([f.polygon for f in filled.values()])
    nodes = Nodes.of(shapes.values())
    shapes = {unit_id: nodes.on_shape(shape) for unit_id, shape in shapes.items()}
    return _Drawn(
        problem=problem,
        adjustment=adjustment,
        filled=filled,
        cut=cut,
        nodes=nodes,
        shapes=shapes,
        polygons={u.unit_id: _geographic(shapes[u.unit_id]) for u in tables.units},
    )


def _clusters(tables: Tables, adjustment: Adjustment) -> tuple[dict[str, Shape], frozenset[str]]:
    """Return the cluster polygons, EPSG:4549, and the ids of those that a survey has cut.

    A surveyed outline stands as it is; what it takes of a cluster that is only derived is cut
    from that cluster. Two surveys are never cut by each other.
    """
    surveyed = {survey.unit_id: _surveyed(survey) for survey in tables.surveys}
    derived: dict[str, Shape] = {}
    for unit in tables.units:
        rings = [r for (owner, _), r in adjustment.rings.items() if owner == unit.unit_id]
        if rings:
            parts = [shapely.Polygon(ring.points) for ring in rings]
            derived[unit.unit_id] = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    taken = shapely.union_all(list(surveyed.values()), grid_size=GRID_M)
    declared = _allowed_overlaps(tables)
    cut = frozenset(
        unit_id
        for unit_id, shape in derived.items()
        if shape.intersection(taken).area > 0
        and not any(frozenset((unit_id, other)) in declared for other in surveyed)
    )
    for unit_id in cut:
        derived[unit_id] = _without(unit_id, derived, taken)
    return {**surveyed, **derived}, cut


def _surveyed(survey: Survey) -> Shape:
    """Return a surveyed outline on the common grid, so that neighbours share its vertices."""
    rings = [np.round(crs.to_metric(ring), GRID_DECIMALS) for ring in survey.rings]
    parts = [shapely.Polygon(ring) for ring in rings]
    shape: Shape = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if not shape.is_valid:
        got = shapely.is_valid_reason(shape)
        msg = f"survey of {survey.unit_id!r}: expected simple rings, got {got}"
        raise RingError(msg)
    return shape


def _without(unit_id: str, derived: Mapping[str, Shape], taken: BaseGeometry) -> Shape:
    """Return what surveys leave of a derived cluster; most of it, or they are misplaced."""
    rest = join([shapely.difference(derived[unit_id], taken, grid_size=GRID_M)])
    share = rest.area / derived[unit_id].area
    if share < LEFT_MIN:
        msg = (
            f"unit {unit_id!r}: expected surveys of its neighbours to leave at least"
            f" {LEFT_MIN:.0%} of it, got {share:.0%}; check the survey, or survey {unit_id} too"
        )
        raise RingError(msg)
    return rest


def _allowed_overlaps(tables: Tables) -> dict[frozenset[str | None], float]:
    """Return the overlaps that are declared, in m2, by pair of units."""
    return {
        frozenset((e.unit_id, e.other_id)): e.limit_m2
        for e in tables.exceptions
        if e.kind is ExceptionKind.OVERLAP and e.limit_m2 is not None
    }


def _check_overlaps(
    clusters: Mapping[str, Shape], allowed: Mapping[frozenset[str | None], float]
) -> None:
    for first, second in combinations(sorted(clusters), 2):
        limit = allowed.get(frozenset((first, second)), OVERLAP_MAX_M2)
        shared = clusters[first].intersection(clusters[second]).area
        if shared > limit:
            msg = (
                f"units {first!r} and {second!r}: overlap, expected at most {limit:g} m2,"
                f" got {shared:.0f} m2; declare it in exceptions.csv if it is meant"
            )
            raise RingError(msg)


def _geographic(shape: BaseGeometry) -> Shape:
    """Return a shape in lon lat, EPSG:4490; equal vertices stay equal."""
    moved: Shape = shapely.transform(shape, crs.to_geographic)
    if not moved.is_valid:
        msg = f"expected a valid outline in lon lat, got {shapely.is_valid_reason(moved)}"
        raise RingError(msg)
    return moved
