"""Polylines in the plane; every answer is known by hand."""

import numpy as np
import pytest

from tzkc_geo.polyline import (
    arc_lengths,
    between,
    crossings,
    foot,
    frame_of,
    move,
    prolong,
)

EASTWARD = np.array([[0.0, 0.0], [10.0, 0.0]])
BEND = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])  # east, then north: turns left
DIRECTIONS = {
    "east": ([[0.0, 0.0], [9.0, 0.0]], [0.0, 1.0]),
    "south": ([[0.0, 9.0], [0.0, 0.0]], [1.0, 0.0]),
    "west": ([[9.0, 0.0], [0.0, 0.0]], [0.0, -1.0]),
    "north": ([[0.0, 0.0], [0.0, 9.0]], [-1.0, 0.0]),
}


@pytest.mark.parametrize(("points", "left"), DIRECTIONS.values(), ids=DIRECTIONS)
def test_left_of_the_walking_direction_is_positive(
    points: list[list[float]], left: list[float]
) -> None:
    walk, normal = np.array(points), np.array(left)
    middle = walk.mean(axis=0)
    assert foot(walk, middle + 3 * normal).distance_m == 3.0
    assert foot(walk, middle - 3 * normal).distance_m == -3.0
    assert frame_of(walk).normal.tolist() == left
    shifted = move(walk, frame_of(walk), offset_m=2.0, rotation=0.0)
    assert (shifted - walk).tolist() == [[2 * left[0], 2 * left[1]]] * 2


def test_a_point_on_the_line_has_distance_nil() -> None:
    assert foot(EASTWARD, np.array([4.0, 0.0])).distance_m == 0.0
    at_end = foot(EASTWARD, np.array([10.0, 0.0]))
    assert (at_end.distance_m, at_end.position_m) == (0.0, 10.0)
    assert at_end.normal.tolist() == [0.0, 1.0]


def test_the_foot_counts_arc_length_over_the_bend() -> None:
    found = foot(BEND, np.array([12.0, 4.0]))
    assert found.position_m == 14.0
    assert found.distance_m == -2.0  # right of the northward part
    assert found.point.tolist() == [10.0, 4.0]


def test_past_a_vertex_the_normal_is_the_line_of_sight() -> None:
    found = foot(BEND, np.array([13.0, -4.0]))
    assert found.distance_m == -5.0
    assert found.point.tolist() == [10.0, 0.0]
    assert found.normal == pytest.approx([-0.6, 0.8])


def test_the_normal_is_the_gradient_of_the_distance_everywhere() -> None:
    rng = np.random.default_rng(1)
    for xy in rng.uniform(-20.0, 30.0, (200, 2)):
        numeric = [
            (foot(BEND, xy + step).distance_m - foot(BEND, xy - step).distance_m) / 2e-6
            for step in 1e-6 * np.eye(2)
        ]
        assert foot(BEND, xy).normal == pytest.approx(numeric, abs=1e-6)


def test_a_frame_stands_on_the_middle_of_the_chord() -> None:
    frame = frame_of(BEND)
    assert frame.pivot.tolist() == [5.0, 5.0]
    assert frame.normal == pytest.approx([-np.sqrt(0.5), np.sqrt(0.5)])


def test_a_positive_rotation_is_counter_clockwise() -> None:
    turned = move(EASTWARD, frame_of(EASTWARD), offset_m=0.0, rotation=np.pi / 2)
    assert turned == pytest.approx(np.array([[5.0, -5.0], [5.0, 5.0]]))


def test_a_motion_is_rigid() -> None:
    turned = move(BEND, frame_of(BEND), offset_m=-7.0, rotation=0.3)
    assert arc_lengths(turned) == pytest.approx(arc_lengths(BEND))


def test_prolonging_goes_straight_on_at_both_ends() -> None:
    long = prolong(BEND, 5.0)
    assert long.tolist() == [[-5.0, 0.0], *BEND.tolist(), [10.0, 15.0]]
    assert prolong(BEND, 0.0) is BEND


def test_crossings_come_in_the_order_along_the_first_line() -> None:
    comb = np.array([[2.0, -1.0], [2.0, 1.0], [6.0, 1.0], [6.0, -1.0]])
    found = crossings(EASTWARD, comb)
    assert [c.point.tolist() for c in found] == [[2.0, 0.0], [6.0, 0.0]]
    assert [c.on_a_m for c in found] == [2.0, 6.0]
    assert [c.on_b_m for c in found] == [1.0, 7.0]
    assert [c.on_a_m for c in crossings(EASTWARD[::-1], comb)] == [4.0, 8.0]


def test_parallel_lines_do_not_cross() -> None:
    assert crossings(EASTWARD, EASTWARD + np.array([0.0, 1.0])) == []
    assert crossings(EASTWARD, EASTWARD) == []


def test_segments_that_only_cross_when_prolonged_do_not_cross() -> None:
    assert crossings(EASTWARD, np.array([[11.0, -1.0], [11.0, 1.0]])) == []
    assert crossings(EASTWARD, np.array([[5.0, 1.0], [5.0, 2.0]])) == []


def test_vertices_between_two_arc_lengths_come_in_walking_order() -> None:
    line = np.array([[float(x), 0.0] for x in range(5)])
    assert between(line, 0.5, 3.5)[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert between(line, 3.5, 0.5)[:, 0].tolist() == [3.0, 2.0, 1.0]
    assert between(line, 1.0, 3.0)[:, 0].tolist() == [2.0]
    assert len(between(line, 1.2, 1.8)) == 0
