"""Cut every outline into edges, each with the line and the clause that made it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.adjust.statistics import NORMAL_95, across_sigma
from tzkc_geo.model import Certainty, Edge, Grade, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.adjust import Adjustment, Problem
    from tzkc_geo.catalog import Tables
    from tzkc_geo.derive import Stretch
    from tzkc_geo.model import Clause

    Points = NDArray[np.float64]

ON_EDGE_M = 0.01  # a segment of an outline whose middle is nearer to an edge belongs to it
INFILL_NAME = "填充边界（示意）"
INFILL_BAND_M = 1000.0
BAND_STEP_M = 50.0  # a band is never narrower than the model's own 95 %, rounded up to this
SURVEY_NAME = "实测边界"


def all_edges(
    tables: Tables,
    problem: Problem,
    adjustment: Adjustment,
    shapes: Mapping[str, BaseGeometry],
    *,
    cut: frozenset[str] = frozenset(),
) -> list[Edge]:
    """Return the edges of all units in unit order; coordinates EPSG:4490.

    Parameters
    ----------
    shapes
        Outlines by unit id, EPSG:4549, metres.
    cut
        Ids of clusters that a survey has cut: their outline follows the survey there.
    """
    contested = _contested(tables)
    made = {
        u.unit_id: list(_derived(u.unit_id, problem, adjustment, contested)) for u in tables.units
    }
    for survey in tables.surveys:
        made[survey.unit_id] = [
            _survey_edge(survey.unit_id, part, survey.sigma_m)
            for part in shapely.get_parts(shapes[survey.unit_id])
        ]
    clusters = [u.unit_id for u in tables.units if u.kind is UnitKind.CLUSTER]
    known = [edge for unit_id in clusters for edge in made[unit_id]]
    tree = shapely.STRtree([shapely.LineString(crs.to_metric(e.points)) for e in known])
    found: list[Edge] = []
    for unit in tables.units:
        follow = unit.unit_id in cut or not made[unit.unit_id]
        found += (
            _cut(unit.unit_id, shapes[unit.unit_id], known, tree) if follow else made[unit.unit_id]
        )
    return found


def _contested(tables: Tables) -> frozenset[Clause]:
    """Return the clauses of open chosen readings that a rival reading does not share."""
    chosen = {r.unit_id: r.reading_id for r in tables.readings if r.chosen and r.open}
    found = set()
    for clause in tables.clauses:
        if chosen.get(clause.unit_id) != clause.reading_id:
            continue
        rivals = {c.reading_id for c in tables.clauses if c.unit_id == clause.unit_id}
        sharing = {
            c.reading_id
            for c in tables.clauses
            if (c.unit_id, c.side, c.line_id) == (clause.unit_id, clause.side, clause.line_id)
        }
        if rivals - sharing:
            found.add(clause)
    return frozenset(found)


def _derived(
    unit_id: str, problem: Problem, adjustment: Adjustment, contested: frozenset[Clause]
) -> Iterator[Edge]:
    """Return the edges of a unit that has clauses."""
    for (owner, _), ring in adjustment.rings.items():
        if owner == unit_id:
            for stretch in ring.stretches:
                yield _edge(stretch, problem, adjustment, contested)


def _edge(
    stretch: Stretch, problem: Problem, adjustment: Adjustment, contested: frozenset[Clause]
) -> Edge:
    clause = stretch.clause
    line = problem.lines[str(clause.line_id)]
    result = adjustment.lines[line.line_id]
    how = _how(
        result.grade, open_words=clause in contested or clause.certainty is Certainty.INFERRED
    )
    formal = across_sigma(
        problem, line.line_id, stretch.points, adjustment.x, adjustment.covariance
    )
    worst_m = NORMAL_95 * float(np.max(formal))
    known = result.accuracy_m is not None and how != "reading"
    return Edge(
        unit_id=clause.unit_id,
        line_id=line.line_id,
        name_zh=line.name_zh,
        text_zh=clause.text_zh,
        points=crs.to_geographic(stretch.points),
        sigma_m=formal if known else None,
        accuracy_m=worst_m if known else None,
        band_m=max(line.band_m, BAND_STEP_M * float(np.ceil(worst_m / BAND_STEP_M))),
        how=how,
    )


def _how(grade: Grade, *, open_words: bool) -> str:
    """Say what placed an edge; a reading, where the plan's own words leave it open."""
    if grade is Grade.CLOSED:
        return "area"
    if open_words:
        return "reading"
    return "observed" if grade is Grade.LOCATED else "prior"


def _survey_edge(unit_id: str, part: shapely.Polygon, sigma_m: float) -> Edge:
    ring = shapely.get_coordinates(part.exterior)
    return Edge(
        unit_id=unit_id,
        line_id=None,
        name_zh=SURVEY_NAME,
        text_zh="",
        points=crs.to_geographic(ring),
        sigma_m=np.full(len(ring), sigma_m),
        accuracy_m=NORMAL_95 * sigma_m,
        band_m=INFILL_BAND_M,
        how="survey",
    )


def _cut(
    unit_id: str, shape: BaseGeometry, known: Sequence[Edge], tree: shapely.STRtree
) -> Iterator[Edge]:
    """Cut the outline of a filled zone where it leaves the edges of clusters."""
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            middles = shapely.points((points[:-1] + points[1:]) / 2.0)
            pairs = tree.query_nearest(middles, max_distance=ON_EDGE_M, all_matches=False)
            nearest = np.full(len(middles), -1)
            nearest[pairs[0]] = pairs[1]
            owner: list[int] = nearest.tolist()
            for _, run in groupby(range(len(owner)), key=lambda i: _maker(known, owner[i])):
                span = list(run)
                piece = points[span[0] : span[-1] + 2]
                makers = [known[owner[i]] for i in span if owner[i] >= 0]
                yield _zone_edge(unit_id, piece, max(makers, key=_doubt, default=None))


def _maker(known: Sequence[Edge], k: int) -> str | None:
    """Return the line that a segment lies on, or None for infill."""
    return known[k].line_id or known[k].name_zh if k >= 0 else None


def _doubt(edge: Edge) -> float:
    """Order the edges of one line from the best known to the worst."""
    return float("inf") if edge.accuracy_m is None else edge.accuracy_m


def _zone_edge(unit_id: str, piece: Points, edge: Edge | None) -> Edge:
    points = crs.to_geographic(piece)
    if edge is None:
        return Edge(
            unit_id=unit_id,
            line_id=None,
            name_zh=INFILL_NAME,
            text_zh="",
            points=points,
            sigma_m=None,
            accuracy_m=None,
            band_m=INFILL_BAND_M,
            how="infill",
        )
    sigma = None if edge.sigma_m is None else np.full(len(points), float(np.max(edge.sigma_m)))
    return Edge(
        unit_id=unit_id,
        line_id=edge.line_id,
        name_zh=edge.name_zh,
        text_zh=edge.text_zh,
        points=points,
        sigma_m=sigma,
        accuracy_m=edge.accuracy_m,
        band_m=edge.band_m,
        how=edge.how,
    )
