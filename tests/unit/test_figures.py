"""What a figure checks, and what it does not: verdicts of clusters, zones and surveys."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from tzkc_geo import crs
from tzkc_geo.adjust import Adjustment, Problem
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.compare import summary
from tzkc_geo.figures import World, all_figures, verdict_of
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.infill import Infill
from tzkc_geo.left_out import LeftOut
from tzkc_geo.model import AreaVerdict, UnitKind
from tzkc_geo.uncertainty import rounding_sigma_km2
from tzkc_geo.zones import fill_all, frame

ZONES = ("core", "z1", "z2", "z3")


@pytest.fixture(scope="module")
def world(
    real_tables: Tables, real_problem: Problem, real_adjustment: Adjustment, real_catalog: Catalog
) -> World:
    """Return the shipped world; leave-one-out figures are the linear ones."""
    left = {
        unit_id: LeftOut(a.leave_one_out_km2, a.leave_one_out_sigma_km2)
        for unit_id, a in real_adjustment.areas.items()
    }
    shapes = {u: shapely.transform(p, crs.to_metric) for u, p in real_catalog.polygons.items()}
    clusters = {u.unit_id: shapes[u.unit_id] for u in real_tables.units if u.kind == "cluster"}
    filled = fill_all(real_tables, real_problem, real_adjustment, clusters)
    return World(
        tables=real_tables,
        problem=real_problem,
        adjustment=real_adjustment,
        polygons=real_catalog.polygons,
        filled=filled,
        left=left,
    )


@pytest.mark.parametrize(
    ("redundancy", "w", "verdict"),
    [
        (0.09, 50.0, "not_checkable"),
        (0.10, 3.29, "consistent"),
        (0.10, -3.30, "inconsistent"),
        (None, 1.0, "not_checkable"),
        (1.0, None, "not_checkable"),
    ],
)
def test_verdicts(redundancy: float | None, w: float | None, verdict: str) -> None:
    assert verdict_of(redundancy, w) == verdict


@pytest.mark.parametrize(("text", "half"), [("13", 0.5), ("4.92", 0.005), ("6.223", 0.0005)])
def test_rounding_is_a_uniform_error(text: str, half: float) -> None:
    assert rounding_sigma_km2(text) == pytest.approx(half / np.sqrt(3))


def test_a_filled_zone_checks_nothing(world: World) -> None:
    for unit_id in ZONES:
        result = all_figures(world)[unit_id]
        if world.filled[unit_id].met:
            assert (result.redundancy, result.w, result.area_sigma_km2) == (None, None, None)
            assert result.verdict is AreaVerdict.NOT_CHECKABLE
            assert "arithmetic" in result.method


def test_zones_have_their_reported_area_or_say_why_not(world: World) -> None:
    for unit in world.tables.units:
        if unit.unit_id not in ZONES:
            continue
        result = all_figures(world)[unit.unit_id]
        reported = float(unit.reported_area_km2)
        if world.filled[unit.unit_id].met:
            assert result.area_km2 == pytest.approx(reported, abs=5e-6)
        else:
            assert result.area_km2 > reported
            assert "exceed" in result.method


def with_zone(world: World, polygon: shapely.Geometry, *, parameter_m: float) -> World:
    infill = Infill(polygon, parameter_m, 0.0, met=False)
    return replace(
        world,
        filled={**world.filled, "z2": infill},
        polygons={**world.polygons, "z2": polygon},
    )


def test_a_zone_whose_clusters_are_far_too_large_is_contradicted(world: World) -> None:
    polygon = shapely.box(121.20, 28.60, 121.30, 28.70)  # 108 km2 for 28
    result = all_figures(with_zone(world, polygon, parameter_m=0.0))["z2"]
    assert result.verdict is AreaVerdict.INCONSISTENT
    assert (result.w or 0.0) < -3.29


def test_land_that_does_not_suffice_is_said_so(world: World) -> None:
    polygon = shapely.box(121.20, 28.60, 121.21, 28.61)
    result = all_figures(with_zone(world, polygon, parameter_m=9000.0))["z2"]
    assert result.verdict is AreaVerdict.NOT_CHECKABLE
    assert "less than the reported area" in result.method


def test_an_area_set_aside_that_fits_badly_known_sides_confirms_nothing(world: World) -> None:
    """c10 without its area is known to 140 %: that it fits proves nothing."""
    observations = [
        replace(o, used=False, reason="test") if o.observation_id == "c10-area" else o
        for o in world.problem.observations
    ]
    area = world.adjustment.areas["c10"]
    vague = replace(area, sigma_km2=5.7, redundancy=1.0, w=0.01)
    adjustment = replace(world.adjustment, areas={**world.adjustment.areas, "c10": vague})
    problem = replace(world.problem, observations=observations)
    result = all_figures(replace(world, problem=problem, adjustment=adjustment))["c10"]
    assert result.verdict is AreaVerdict.NOT_CHECKABLE
    assert "too uncertain" in result.method


def test_infill_lies_in_frame_and_district_and_zones_do_not_meet(world: World) -> None:
    bounds = frame(world.tables, world.adjustment).buffer(1e-3)
    shapes = {u: world.filled[u].polygon for u in ZONES}
    for unit in world.tables.units:
        if unit.unit_id not in ZONES:
            continue
        own = shapely.union_all(
            [
                shapely.transform(world.polygons[c.unit_id], crs.to_metric)
                for c in world.tables.units
                if c.parent_id == unit.unit_id
            ]
        )
        land = shapely.union_all(
            [shapely.transform(world.tables.districts[d], crs.to_metric) for d in unit.districts]
        )
        infill = shapes[unit.unit_id].difference(own.buffer(1e-3))
        assert infill.difference(bounds).area < 1.0
        assert infill.difference(land.buffer(1e-3)).area < 1.0
    for first in ZONES:
        for second in ZONES:
            if first < second:
                assert shapes[first].intersection(shapes[second]).area < 1.0


def test_the_corridor_is_the_union_of_the_four(real_catalog: Catalog) -> None:
    parts = sum(polygon_area_m2(real_catalog.polygons[u]) for u in ZONES)
    assert polygon_area_m2(real_catalog.polygons["corridor"]) == pytest.approx(parts, abs=10.0)


def test_every_outline_is_its_edges(real_catalog: Catalog) -> None:
    """The edges of a unit, joined, are its outline: nothing is missing and nothing is extra."""
    for unit in real_catalog.units:
        outline = shapely.transform(real_catalog.polygons[unit.unit_id].boundary, crs.to_metric)
        edges = shapely.union_all(
            [
                shapely.LineString(crs.to_metric(edge.points))
                for edge in real_catalog.edges_of(unit.unit_id)
            ]
        )
        assert edges.length == pytest.approx(outline.length, abs=0.01)
        assert outline.hausdorff_distance(edges) < 0.01


def test_an_edge_without_accuracy_has_a_band_as_wide_as_its_line_is_uncertain(
    real_catalog: Catalog, real_adjustment: Adjustment
) -> None:
    clusters = {u.unit_id for u in real_catalog.units if u.kind is UnitKind.CLUSTER}
    for edge in real_catalog.edges:
        if edge.unit_id not in clusters or edge.line_id is None:
            continue
        assert (edge.accuracy_m is None) == (edge.sigma_m is None)
        if edge.accuracy_m is None:
            line = real_adjustment.lines[edge.line_id]
            middle_m = 0.95 * float(np.min(line.sigma_m))  # least at the middle, between vertices
            assert edge.band_m >= 1.96 * middle_m


def test_what_the_words_leave_open_has_no_accuracy(real_catalog: Catalog) -> None:
    """Rival readings of c08 put its east side elsewhere, of c02 its south side."""
    by_reading = {
        (e.unit_id, e.line_id) for e in real_catalog.edges if e.how == "reading" and e.line_id
    }
    assert ("c08", "jiaojiang-sanjiangkou") in by_reading
    assert ("c02", "tiyuchang-road") in by_reading
    assert ("c01", "yijiangshan-avenue") not in by_reading  # compared, but the plan is clear
    assert all(e.accuracy_m is None for e in real_catalog.edges if e.how == "reading")


def test_all_readings_are_compared(real_catalog: Catalog, real_tables: Tables) -> None:
    rows = {row["reading_id"]: row for row in real_catalog.adjustment["readings"]}
    assert set(rows) == {r.reading_id for r in real_tables.readings if r.unit_id != "corridor"}
    for row in rows.values():
        assert (row["area_km2"] is None) == bool(row["failure"])
        if row["area_km2"] is not None:
            difference = row["area_km2"] - float(row["reported_area_km2"])
            assert row["difference_km2"] == pytest.approx(difference)


def test_sensitivity_tells_stable_areas_from_stable_outlines(real_catalog: Catalog) -> None:
    rows = {row["unit_id"]: row for row in real_catalog.adjustment["prior_sensitivity"]}
    assert len(rows) == 14
    c10 = rows["c10"]  # nothing but its area is known
    assert not c10["stable"]
    known = [v for v in c10["outline_m"].values() if v is not None]
    changes = [v for v in c10["area_km2"].values() if v is not None]
    assert max(known) > 100.0
    assert max(abs(v) for v in changes) < 0.05


def test_a_trial_without_rings_is_none_and_a_rival_without_a_ring_says_so(
    real_tables: Tables, real_problem: Problem, real_adjustment: Adjustment, world: World
) -> None:
    content = summary(
        real_tables,
        replace(real_problem, options=replace(real_problem.options, halvings=1, iterations=1)),
        real_adjustment,
        world.left,
        progress=lambda _: None,
    )
    failures = [r["failure"] for r in content["readings"] if r["failure"]]
    assert any("crosses itself" in text for text in failures)
