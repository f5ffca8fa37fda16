"""Laws of `tzkc_geo.geodesy`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo import geodesy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EARTH_M = 6371008.8


@st.composite
def star_rings(draw: st.DrawFn, *, largest_deg: float = 0.2) -> Floats:
    """Draw an open ring of 3 to 12 vertices around a point of the corridor."""
    count = draw(st.integers(3, 12))
    size_deg = largest_deg * 10.0 ** -draw(st.floats(0.0, 4.0))
    share = st.floats(0.3, 1.0)
    radius = size_deg * np.array(draw(st.lists(share, min_size=count, max_size=count)))
    angle = 2.0 * np.pi * np.arange(count) / count
    centre = draw(st.tuples(st.floats(121.0, 121.8), st.floats(28.3, 28.9)))
    ring: Floats = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, np.newaxis] + centre
    return ring


def area(ring: Floats) -> float:
    """Return the statutory area of one ring."""
    return float(geodesy.statutory_area_m2(ring)[0])


@given(star_rings(), st.data())
def test_direction_start_closing_and_repeats_change_nothing(
    ring: Floats, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(ring) - 1))
    times = data.draw(st.lists(st.integers(1, 3), min_size=len(ring), max_size=len(ring)))
    expected = pytest.approx(area(ring), rel=1e-12)
    assert area(ring[::-1]) == expected
    assert area(np.roll(ring, start, axis=0)) == expected
    assert area(np.concatenate([ring, ring[:1]])) == expected
    assert area(np.repeat(ring, times, axis=0)) == expected


@given(star_rings(), st.floats(-60.0, 50.0))
def test_a_turn_about_the_axis_changes_nothing(ring: Floats, turn_deg: float) -> None:
    turned = ring + np.array([turn_deg, 0.0])
    back = turned - np.array(
        [turn_deg, 0.0]
    )  # the turn rounds the longitudes; compare what it left
    assert area(turned) == pytest.approx(area(back), rel=1e-8)


@given(star_rings(), st.integers(0, 11), st.integers(1, 10))
def test_a_diagonal_splits_a_ring_into_what_adds_up(ring: Floats, start: int, step: int) -> None:
    ring = np.roll(ring, start, axis=0)
    fan = [ring[[0, i, i + 1]] for i in range(1, len(ring) - 1)]
    cut = 1 + step % (len(ring) - 2)
    halves = (ring[: cut + 1], np.concatenate([ring[cut:], ring[:1]]))
    signed = [np.sign(signed_degrees(part)) * area(part) for part in fan]
    assert sum(signed) == pytest.approx(area(ring), rel=1e-9)
    signed = [np.sign(signed_degrees(part)) * area(part) for part in halves]
    assert sum(signed) == pytest.approx(area(ring), rel=1e-9)


def signed_degrees(ring: Floats) -> float:
    """Return the shoelace sum in square degrees, positive counter-clockwise."""
    x, y = (ring - ring[0]).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2.0)


@given(star_rings(largest_deg=0.1), st.floats(20.0, 2000.0))
def test_adding_points_keeps_the_vertices_and_cuts_every_side(
    ring: Floats, longest_m: float
) -> None:
    closed = np.concatenate([ring, ring[:1]])
    dense = geodesy.densify(closed, longest_m)
    kept = {tuple(vertex) for vertex in dense.tolist()}
    assert all(tuple(vertex) in kept for vertex in closed.tolist())
    steps = np.array([geodesy.geodesic_length_m(dense[i : i + 2]) for i in range(len(dense) - 1)])
    assert steps.max() <= longest_m * (1.0 + 1e-9)


@given(
    st.tuples(st.floats(-30.0, 30.0), st.floats(-80.0, 80.0)),
    st.tuples(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0)),
)
def test_no_piece_is_longer_than_asked_for_anywhere(
    start: tuple[float, float], move: tuple[float, float]
) -> None:
    dense = geodesy.densify(np.array([start, np.add(start, move)]), 5000.0)
    steps = [geodesy.geodesic_length_m(dense[i : i + 2]) for i in range(len(dense) - 1)]
    assert max(steps) <= 5000.0 * (1.0 + 1e-9)


@given(star_rings())
def test_the_kinds_of_side_differ_by_no_more_than_their_bulges(ring: Floats) -> None:
    closed = np.concatenate([ring, ring[:1]])
    lengths = np.array([geodesy.geodesic_length_m(side) for side in pairwise(closed)])
    steepest = np.tan(np.radians(ring[:, 1].max()))
    unit_m2 = 1.02 * float(np.sum(lengths**3)) * steepest / (12.0 * EARTH_M)
    straight = area(geodesy.densify(closed, max(lengths.max() / 50.0, 1.0)))
    geodesic = float(geodesy.geodesic_area_m2(ring)[0])
    rounding = 1e-4 * len(ring)
    # Factors: the largest of sin α (1 + 2 cos² α) and of sin α cos² α.
    assert abs(area(ring) - geodesic) <= 1.4143 * unit_m2 + rounding
    assert abs(area(ring) - straight) <= 0.385 * unit_m2 + rounding


def test_a_side_along_a_parallel_differs_from_its_geodesic_by_the_stated_bulge() -> None:
    south, north, width = 28.6, 28.600001, 0.01
    ring = np.array([[0, south], [width, south], [width, north], [0, north]])
    ring[:2, 0] = 0.5 * width + np.array([-1e-9, 1e-9])  # one long side only: the northern
    side_m = geodesy.geodesic_length_m(ring[2:])
    bulge_m2 = side_m**3 * np.tan(np.radians(north)) / (12.0 * EARTH_M)
    difference = float(geodesy.geodesic_area_m2(ring)[0]) - area(ring)
    # Two slanting sides of half the length are nearly parallels too: an eighth each, inward.
    assert difference == pytest.approx(bulge_m2 * (1.0 - 2.0 / 8.0), rel=0.02)


@given(st.lists(star_rings(), min_size=1, max_size=6))
def test_many_rings_are_measured_as_each_alone(rings: list[Floats]) -> None:
    offsets = np.concatenate([[0], np.cumsum([len(ring) for ring in rings])])
    together = geodesy.statutory_area_m2(np.concatenate(rings), offsets)
    assert together == pytest.approx([area(ring) for ring in rings], rel=1e-14)


def test_a_hundred_thousand_rings_are_measured_as_each_alone() -> None:
    rng = np.random.default_rng(32)
    counts = rng.integers(0, 9, 100_000)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    coords = rng.uniform(0.0, 0.01, (offsets[-1], 2)) + np.array([121.4, 28.6])
    together = geodesy.statutory_area_m2(coords, offsets)
    alone = [area(coords[a:b]) for a, b in pairwise(offsets.tolist())]
    assert together == pytest.approx(alone, rel=1e-12, abs=1e-9)
