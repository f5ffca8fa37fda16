"""Faults of a coverage, sorted by stated thresholds, with answers known by hand."""

from dataclasses import replace

import pytest
import shapely

from tests.toy.neighbours import allowed, moved, polygon, rect, row_of_two
from tests.toy.world import HIGH, SOUTH, WEST, WIDE, catalog
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.coverage import (
    NOISE_M,
    NOISE_M2,
    SLIVER_M,
    THRESHOLDS,
    Fault,
    FaultKind,
    FaultSize,
    coverage,
    faults,
    size_of,
)
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.model import ExceptionKind

TOY = catalog()
OVERLAP = shapely.box(WEST + 0.9 * WIDE, SOUTH, WEST + 2 * WIDE, SOUTH + HIGH)  # a tenth of c01


def of_kind(found: tuple[Fault, ...], kind: FaultKind) -> list[Fault]:
    return [fault for fault in found if fault.kind is kind]


@pytest.mark.parametrize(
    ("area_m2", "width", "size"),
    [
        (1e6, 0.99 * NOISE_M, FaultSize.NOISE),
        (0.99 * NOISE_M2, 10.0, FaultSize.NOISE),
        (NOISE_M2, NOISE_M, FaultSize.SLIVER),
        (1e6, 0.99 * SLIVER_M, FaultSize.SLIVER),
        (NOISE_M2, SLIVER_M, FaultSize.REAL),
    ],
)
def test_thresholds_are_those_stated(area_m2: float, width: float, size: FaultSize) -> None:
    assert size_of(area_m2, width) is size


def test_a_coverage_without_a_fault_has_none() -> None:
    assert faults(["a", "b"], [rect(0, 0, 100, 100), rect(100, 0, 200, 100)]) == ()
    assert faults([], []) == ()


@pytest.mark.parametrize(
    ("deep_m", "size"),
    [(0.0005, FaultSize.NOISE), (0.05, FaultSize.SLIVER), (0.5, FaultSize.REAL)],
)
def test_an_overlap_has_its_area_and_width(deep_m: float, size: FaultSize) -> None:
    (found,) = faults(["a", "b"], [rect(0, 0, 100, 100), rect(100 - deep_m, 0, 200, 100)])
    assert (found.kind, found.a, found.b, found.size) == (FaultKind.OVERLAP, "a", "b", size)
    assert found.area_m2 == pytest.approx(100 * deep_m, rel=1e-3)
    assert found.width_m == pytest.approx(deep_m, rel=0.01)
    assert found.counts is (size is FaultSize.REAL)


def test_an_enclosed_gap_is_found_and_the_hole_of_one_polygon_is_none() -> None:
    ring = rect(0, 0, 300, 300).difference(rect(100, 100, 200, 200))
    assert faults(["ring"], [ring]) == ()
    (gap,) = faults(["ring", "plug"], [ring, rect(100, 100, 199.5, 200)])
    assert (gap.kind, gap.a, gap.b) == (FaultKind.GAP, "ring", "plug")
    assert gap.area_m2 == pytest.approx(50.0, rel=1e-3)
    assert gap.size is FaultSize.REAL


def test_an_open_gap_between_neighbours_is_found_once() -> None:
    (gap,) = faults(["a", "b"], [rect(0, 0, 100, 100), rect(100.3, 0, 200, 100)])
    assert (gap.kind, gap.a, gap.b, gap.size) == (FaultKind.GAP, "a", "b", FaultSize.REAL)
    assert gap.area_m2 == pytest.approx(30.0, rel=0.01)
    assert gap.width_m == pytest.approx(0.3, rel=0.01)
    assert faults(["a", "b"], [rect(0, 0, 100, 100), rect(101.1, 0, 200, 100)]) == ()
    (far,) = faults(["a", "b"], [rect(0, 0, 100, 100), rect(101.1, 0, 200, 100)], near_m=2.0)
    assert far.width_m == pytest.approx(1.1, rel=0.01)


def test_a_wedge_that_touches_at_one_end_is_an_open_gap() -> None:
    right = polygon((100, 0), (200, 0), (200, 100), (100.8, 100))
    (gap,) = faults(["a", "b"], [rect(0, 0, 100, 100), right])
    assert gap.area_m2 == pytest.approx(40.0, rel=0.05)


def test_an_invalid_ring_is_named_with_its_reason_and_the_rest_is_still_checked() -> None:
    bow = polygon((0, 0), (100, 100), (100, 0), (0, 100))
    good = [rect(500, 0, 600, 100), rect(590, 0, 700, 100)]
    found = faults(["bow", "empty", "a", "b"], [bow, shapely.Polygon(), *good])
    assert [(f.kind, f.a) for f in found] == [
        (FaultKind.INVALID, "bow"),
        (FaultKind.INVALID, "empty"),
        (FaultKind.OVERLAP, "a"),
    ]
    assert found[0].note.startswith("Self-intersection")
    assert found[1].to_json()["at"] is None
    assert all(fault.counts for fault in found)


def test_metres_given_as_degrees_and_missing_ids_are_refused() -> None:
    metres = [shapely.box(640_000, 3_170_000, 640_100, 3_170_100)] * 2
    with pytest.raises(CrsError):
        faults(["a", "b"], metres)
    apart = [metres[0], shapely.box(640_200, 3_170_000, 640_300, 3_170_100)]
    with pytest.raises(CrsError):
        faults(["a", "b"], apart)
    with pytest.raises(DataError, match="ids do not fit, expected 2, got 1"):
        faults(["a"], metres)


def test_neighbours_that_overlap_here_and_part_there_have_both_faults() -> None:
    right = polygon((99.5, 0), (200, 0), (200, 100), (100.5, 100))
    found = faults(["a", "b"], [rect(0, 0, 100, 100), right])
    assert [fault.kind for fault in found] == [FaultKind.OVERLAP, FaultKind.GAP]
    assert [fault.area_m2 for fault in found] == pytest.approx([12.5, 12.5], rel=0.05)


def test_a_gap_that_a_third_polygon_fills_is_none() -> None:
    left, right = rect(0, 0, 100, 100), rect(100.5, 0, 200, 100)
    assert len(faults(["a", "b"], [left, right])) == 1
    assert faults(["a", "b", "c"], [left, right, rect(100, 0, 100.5, 100)]) == ()


def test_the_toy_is_filled_but_for_the_infill_of_its_zones() -> None:
    found = coverage(TOY)
    assert {(f.kind, f.a, f.b) for f in found.counting} == {
        (FaultKind.GAP, zone, None) for zone in ("core", "z1", "z2", "z3")
    }
    gap = found.counting[0]
    assert gap.area_m2 == pytest.approx(975_000, rel=0.01)
    zones = ("core", "z1", "z2", "z3")
    rows = tuple(allowed(ExceptionKind.GAP, zone, None, 1e6) for zone in zones)
    assert coverage(replace(TOY, exceptions=rows)).counting == ()


def test_a_declared_exception_is_named_and_allows_no_more_than_it_says() -> None:
    world = moved({"c02": OVERLAP}, {})

    def overlap(limit: float) -> Fault:
        rows = (
            allowed(ExceptionKind.OPEN_SIDE, "c01", "c02", 1e9),
            allowed(ExceptionKind.OVERLAP, "c02", "c01", limit),
        )
        found = coverage(replace(world, exceptions=rows)).faults
        return of_kind(found, FaultKind.OVERLAP)[0]

    assert (overlap(1e5).declared, overlap(1e5).counts) == ("c02-overlap", False)
    over = overlap(9e4)
    assert (over.declared, over.counts) == (None, True)
    assert over.note.startswith("c02-overlap allows 90,000 m2, got 97,")


def test_a_road_or_water_is_no_gap_but_land_is() -> None:
    across = of_kind(coverage(row_of_two(50.0, c01_east="road")).faults, FaultKind.GAP)
    (gap,) = [fault for fault in across if fault.b == "c02"]
    assert (gap.line, gap.counts, gap.level) == ("c01东路", False, "cluster")
    assert gap.area_m2 == pytest.approx(50.0 * 997.5, rel=0.01)
    between = of_kind(coverage(row_of_two(50.0, c01_east="limit")).faults, FaultKind.GAP)
    (gap,) = [fault for fault in between if fault.b == "c02"]
    assert (gap.line, gap.counts) == (None, True)


def test_what_sticks_out_of_its_zone_is_found() -> None:
    box = shapely.box(WEST - 1e-5, SOUTH, WEST + WIDE, SOUTH + HIGH)
    (out,) = of_kind(coverage(moved({"c01": box}, {})).faults, FaultKind.OUTSIDE)
    assert (out.a, out.b, out.size, out.level) == ("core", "c01", FaultSize.REAL, "part")
    assert out.width_m == pytest.approx(0.98, rel=0.01)


def test_an_invalid_unit_stops_the_rest() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    (found,) = coverage(replace(TOY, polygons={**TOY.polygons, "z1": bow})).faults
    assert (found.kind, found.a, found.level) == (FaultKind.INVALID, "z1", "zone")


def test_the_json_states_thresholds_and_places() -> None:
    content = coverage(moved({"c02": OVERLAP}, {})).to_json()
    assert content["thresholds"] == dict(THRESHOLDS)
    assert content["counting"] == sum(row["counts"] for row in content["faults"])
    row = next(row for row in content["faults"] if row["kind"] == "overlap")
    assert shapely.Point(row["at"]).within(TOY.polygons["c01"])


def test_the_plan_has_no_fault_that_is_not_declared(
    real_catalog: Catalog, real_tables: Tables
) -> None:
    found = coverage(real_catalog)
    assert found.counting == ()
    assert {f.a: f.declared for f in found.faults if f.kind is FaultKind.GAP and f.b is None} == {
        name: f"{name}-gap" for name in ("core", "z1", "z3")
    }
    assert {f.line for f in found.faults if f.line} == {"高闸浦", "椒江(南岸)", "永宁江"}
    assert not of_kind(found.faults, FaultKind.OVERLAP)
    assert not of_kind(found.faults, FaultKind.OUTSIDE)
    undeclared = coverage(replace(real_catalog, exceptions=()))
    assert {f.a for f in undeclared.counting} == {"core", "z1", "z3"}
    assert real_catalog.exceptions == real_tables.exceptions
