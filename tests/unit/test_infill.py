"""Infill of a zone: between its clusters first, then outward, up to the area."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tzkc_geo.infill import CLOSING_MAX_M, REACH_MAX_M, Infill, fill, join

KM = 1000.0
PLAIN = shapely.box(-50 * KM, -50 * KM, 50 * KM, 50 * KM)
SQUARE = shapely.box(0, 0, KM, KM)
PAIR = shapely.union_all([SQUARE, shapely.box(1.4 * KM, 0, 2.4 * KM, KM)])
GAP = shapely.box(KM, 0, 1.4 * KM, KM)


def plane(shape: BaseGeometry) -> float:
    return float(shape.area)


def grown(
    target_km2: float, clusters: BaseGeometry = PAIR, allowed: BaseGeometry = PLAIN
) -> Infill:
    return fill(clusters, allowed, target_km2 * 1e6, plane)


@pytest.mark.parametrize("target_km2", [2.1, 2.2, 2.39, 2.41, 3.0, 7.5, 40.0])
def test_the_area_is_met(target_km2: float) -> None:
    found = grown(target_km2)
    assert found.met
    assert found.area_m2 == plane(found.polygon) == pytest.approx(target_km2 * 1e6, abs=1.0)
    assert found.polygon.is_valid
    assert PAIR.difference(found.polygon).area < 0.1


def test_the_gap_between_the_clusters_is_filled_before_anything_else() -> None:
    found = grown(2.2)  # a gap of 400 m with parallel sides: a closing fills it at once
    assert found.parameter_m == pytest.approx(200.0, abs=0.001)
    assert found.polygon.difference(shapely.union(PAIR, GAP)).area < 1.0


def test_beyond_the_closing_the_shape_grows_by_equal_distance() -> None:
    found = grown(4.0, SQUARE)
    beyond = found.parameter_m - CLOSING_MAX_M
    # Steiner: area + perimeter d + pi d2; chords for arcs cost less than 0.6 % of it.
    assert 1e6 + 4 * KM * beyond + np.pi * beyond**2 == pytest.approx(4e6, rel=6e-3)
    far = KM + beyond
    assert found.polygon.bounds == pytest.approx((-beyond, -beyond, far, far), abs=0.01)


@settings(max_examples=30)
@given(st.floats(2.01, 30.0), st.floats(0.01, 10.0))
def test_the_parameter_grows_with_the_area(target_km2: float, more_km2: float) -> None:
    small, large = grown(target_km2), grown(target_km2 + more_km2)
    assert small.parameter_m <= large.parameter_m
    lost = small.polygon.difference(large.polygon).area
    assert lost < 1e-3 * (large.area_m2 - small.area_m2) + 1.0  # chords of circles


@settings(max_examples=30)
@given(st.floats(0.5, 3.0), st.floats(-1.0, 1.0), st.floats(2.05, 6.0))
def test_infill_stays_on_the_allowed_land(wide: float, shift: float, target_km2: float) -> None:
    allowed = shapely.box(shift * KM, -wide * KM, (shift + wide) * KM, wide * KM)
    found = grown(target_km2, allowed=allowed)
    assert found.polygon.difference(shapely.union(allowed, PAIR)).area < 1.0
    if found.met:
        assert found.area_m2 == pytest.approx(target_km2 * 1e6, abs=1.0)
    else:
        assert found.area_m2 < target_km2 * 1e6
        assert found.parameter_m == CLOSING_MAX_M + REACH_MAX_M


def test_clusters_outside_the_allowed_land_still_belong_to_the_zone() -> None:
    found = grown(1.5, SQUARE, shapely.box(KM, 0, 3 * KM, KM))
    assert found.met
    assert SQUARE.difference(found.polygon).area < 0.1
    assert found.polygon.bounds == pytest.approx((0, 0, 1.5 * KM, KM), abs=1.0)


def test_clusters_that_are_too_large_already_stay_alone() -> None:
    found = grown(1.9)
    assert (found.met, found.parameter_m, found.area_m2) == (False, 0.0, 2e6)
    assert found.polygon.equals(PAIR)


def test_clusters_that_have_the_area_are_met_as_they_are() -> None:
    found = grown(2.0)
    assert found.met
    assert found.polygon.equals(PAIR)


def test_land_that_does_not_suffice_is_all_taken() -> None:
    found = grown(2.5, allowed=GAP)
    assert not found.met
    assert found.area_m2 == pytest.approx(2.4e6, abs=0.1)
    assert isinstance(found.polygon, shapely.Polygon)


def test_land_that_only_touches_gives_nothing() -> None:
    found = grown(2.5, allowed=shapely.box(2.4 * KM, 0, 2.4 * KM + 0.4, KM))
    assert not found.met
    assert found.area_m2 == pytest.approx(2e6 + 400.0, abs=0.5)


def test_joining_drops_crumbs_and_keeps_the_rest() -> None:
    holes = [shapely.box(10, 10, 10.5, 10.5).exterior, shapely.box(100, 100, 200, 200).exterior]
    pierced = shapely.Polygon(SQUARE.exterior, holes)
    crumb, islet = shapely.box(5000, 0, 5000.5, 0.5), shapely.box(6000, 0, 6002, 2)
    joined = join([pierced, crumb])
    assert isinstance(joined, shapely.Polygon)
    assert joined.area == 1e6 - 1e4
    both = join([pierced, islet, crumb])
    assert isinstance(both, shapely.MultiPolygon)
    assert both.area == 1e6 - 1e4 + 4.0


def test_joining_neighbours_leaves_no_line_between_them() -> None:
    joined = join([SQUARE, GAP])
    assert isinstance(joined, shapely.Polygon)
    assert joined.equals(shapely.box(0, 0, 1.4 * KM, KM))
