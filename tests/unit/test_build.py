"""Builds that differ from the shipped one: surveys, declared overlaps, a river unknown."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tzkc_geo import crs
from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.build import build, problem_of
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.errors import RingError
from tzkc_geo.left_out import LeftOut
from tzkc_geo.model import AreaVerdict, DeclaredException, ExceptionKind, Grade, Survey
from tzkc_geo.zones import WATER_HALF_WIDTH_M, WATER_LINE, fill_all

Floats = NDArray[np.float64]


@pytest.fixture(autouse=True)
def _without_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds and is tested elsewhere: trials and leave-one-out solutions."""

    def linear(_: Problem, adjustment: Adjustment, **_rest: object) -> dict[str, LeftOut]:
        return {k: LeftOut(a.area_km2, a.sigma_km2) for k, a in adjustment.areas.items()}

    monkeypatch.setattr("tzkc_geo.build.left_out", linear)
    monkeypatch.setattr("tzkc_geo.compare.summary", lambda *_, **__: {})


def surveyed(tables: Tables, unit_id: str, *rings: Floats, sigma_m: float = 0.5) -> Tables:
    survey = Survey(
        unit_id=unit_id,
        source_id=tables.sources[0].source_id,
        sigma_m=sigma_m,
        date="2026-01-01",
        rings=rings,
    )
    return replace(tables, surveys=(survey,))


def rings_of(catalog: Catalog, unit_id: str, *, wider_m: float) -> list[Floats]:
    """Return the outline of a unit, moved outward, without closing vertices."""
    metric = shapely.transform(catalog.polygons[unit_id], crs.to_metric)
    wide = metric.buffer(wider_m, join_style="mitre")
    moved = shapely.transform(wide, crs.to_geographic)
    return [shapely.get_coordinates(part.exterior)[:-1] for part in shapely.get_parts(moved)]


def test_a_survey_replaces_all_that_was_derived_of_a_unit(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    rings = rings_of(real_catalog, "c07", wider_m=-20.0)
    tables = surveyed(real_tables, "c07", *rings)
    problem = problem_of(tables)
    assert all(o.unit_id != "c07" for o in problem.observations)
    assert all(walk.unit_id != "c07" for walk in problem.walks)
    found = build(tables)
    assert len(shapely.get_parts(found.polygons["c07"])) == len(rings) == 2
    after = shapely.transform(found.polygons["c07"], crs.to_metric)
    before = shapely.MultiPolygon([shapely.Polygon(crs.to_metric(xy)) for xy in rings])
    corners = shapely.MultiPoint(shapely.get_coordinates(after))
    assert before.boundary.hausdorff_distance(after.boundary) < 2e-4  # the grid of 0.1 mm
    for xy in np.vstack(rings):
        assert corners.distance(shapely.Point(crs.to_metric([xy])[0])) < 1e-4
    edges = found.edges_of("c07")
    assert np.array_equal(
        np.vstack([e.points for e in edges]), shapely.get_coordinates(found.polygons["c07"])
    )
    assert [e.how for e in edges] == ["survey"] * 2
    assert all(e.accuracy_m == 1.96 * 0.5 for e in edges)
    assert all((e.points[0] == e.points[-1]).all() for e in edges)
    figures = found.results["c07"]
    assert (figures.grade, figures.redundancy) == (Grade.LOCATED, 1.0)
    assert figures.verdict is AreaVerdict.INCONSISTENT  # two squares 40 m too narrow
    for unit_id in ("c10", "z3"):
        assert found.polygons[unit_id].equals(real_catalog.polygons[unit_id])
    old, new = (  # the infill of z1 ends elsewhere on the common side of c01 and c04
        shapely.transform(c.polygons["c01"], crs.to_metric) for c in (real_catalog, found)
    )
    assert old.boundary.hausdorff_distance(new.boundary) < 1e-3


def test_a_survey_that_agrees_with_the_plan_is_consistent(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    rings = rings_of(real_catalog, "c10", wider_m=0.0)
    found = build(surveyed(real_tables, "c10", *rings, sigma_m=2.0)).results["c10"]
    assert found.verdict is AreaVerdict.CONSISTENT
    outline_m = shapely.transform(real_catalog.polygons["c10"], crs.to_metric).length
    assert found.area_sigma_km2 == pytest.approx(2.0 * outline_m / 1e6, rel=1e-6)


def test_a_survey_is_cut_from_a_neighbour_that_is_only_derived(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    """5 m wider all round: the neighbour loses just that, and its outline follows the survey."""
    tables = surveyed(real_tables, "c01", *rings_of(real_catalog, "c01", wider_m=5.0))
    found = build(tables)
    new, survey = (shapely.transform(found.polygons[u], crs.to_metric) for u in ("c04", "c01"))
    old = shapely.Polygon(solve(problem_of(tables)).rings["c04", 1].points)
    assert new.symmetric_difference(old.difference(survey)).area < 1.0
    assert new.intersection(survey).area < 1e-3
    assert old.area - new.area == pytest.approx(old.intersection(survey).area, abs=1.0)
    assert old.area - new.area > 10_000.0  # 5 m along more than 2 km of 市府大道
    assert "survey of a neighbour" in found.results["c04"].method
    assert "survey of a neighbour" not in found.results["c02"].method
    edges = found.edges_of("c04")
    assert {e.how for e in edges} == {"survey", "observed"}
    joined = shapely.union_all([shapely.LineString(crs.to_metric(e.points)) for e in edges])
    assert joined.hausdorff_distance(new.boundary) < 0.01


def test_a_survey_may_not_take_most_of_a_neighbour(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    both = shapely.union(real_catalog.polygons["c01"], real_catalog.polygons["c04"])
    outer = max(shapely.get_parts(both), key=lambda part: part.area).exterior
    tables = surveyed(real_tables, "c01", shapely.get_coordinates(outer))
    with pytest.raises(RingError, match=r"'c04': expected surveys .* at least 50% of it, got 0%"):
        build(tables)


def test_a_survey_that_crosses_itself_is_refused(real_tables: Tables) -> None:
    bow = np.array([[121.45, 28.64], [121.46, 28.65], [121.46, 28.64], [121.45, 28.65]])
    with pytest.raises(RingError, match="survey of 'c01': expected simple rings"):
        build(surveyed(real_tables, "c01", bow))


def test_two_surveys_that_overlap_are_refused_unless_that_is_declared(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    first = surveyed(real_tables, "c04", *rings_of(real_catalog, "c04", wider_m=0.0))
    second = surveyed(real_tables, "c01", *rings_of(real_catalog, "c01", wider_m=5.0))
    tables = replace(first, surveys=(*first.surveys, *second.surveys))
    with pytest.raises(RingError, match=r"'c01' and 'c04': overlap, expected at most 1 m2"):
        build(tables)

    def declared(limit_m2: float) -> Tables:
        row = DeclaredException(
            exception_id="toy",
            kind=ExceptionKind.OVERLAP,
            unit_id="c04",
            other_id="c01",
            limit_m2=limit_m2,
            reason="a survey beside a line that is none",
            source_id=tables.sources[0].source_id,
        )
        return replace(tables, exceptions=(*tables.exceptions, row))

    with pytest.raises(RingError, match=r"'c01' and 'c04': overlap, expected at most 100 m2"):
        build(declared(100.0))
    assert build(declared(50_000.0)).results["c01"].grade is Grade.LOCATED


def test_infill_keeps_out_of_the_river_only_where_the_river_is_known(
    real_tables: Tables, real_problem: Problem, real_adjustment: Adjustment, real_catalog: Catalog
) -> None:
    shapes = {k: shapely.transform(p, crs.to_metric) for k, p in real_catalog.polygons.items()}
    clusters = {u.unit_id: shapes[u.unit_id] for u in real_tables.units if u.kind == "cluster"}
    land = shapely.union_all(list(clusters.values()))
    river = shapely.LineString(real_adjustment.lines[WATER_LINE].points)
    water = river.buffer(WATER_HALF_WIDTH_M - 1.0, quad_segs=1)  # within the octagons of the code
    wide = [
        replace(u, reported_area_km2="90") if u.unit_id == "z1" else u for u in real_tables.units
    ]
    tables = replace(real_tables, units=tuple(wide))
    unknown = {k: v for k, v in real_problem.lines.items() if k != WATER_LINE}

    def flooded(problem: Problem) -> float:
        filled = fill_all(tables, problem, real_adjustment, clusters)
        zones = shapely.union_all([f.polygon for f in filled.values()])
        return float(zones.difference(land).intersection(water).area)

    assert flooded(real_problem) < 1.0
    assert flooded(replace(real_problem, lines=unknown)) > 1000.0
