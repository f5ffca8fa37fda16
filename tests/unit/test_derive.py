"""Corners, rings and shared vertices; the squares of the toy world."""

import numpy as np
import pytest
import shapely

from tests.toy.lines import SEEDS, SHAPES, UNITS, clause, clauses, problem, state
from tzkc_geo.derive import Ring, Stretch, Walk, corner, noded, ring_of
from tzkc_geo.errors import CornerError, RingError
from tzkc_geo.model import Clause, Side

FLAT = {name: np.array(points, dtype=float) for name, points in SHAPES.items()}
MIDDLE = np.array(SEEDS["u1"])


def walk_of(*rows: Clause, seed: tuple[float, float] = (500.0, 500.0)) -> Walk:
    return Walk("u1", 1, rows, np.array(seed))


def square(unit_id: str = "u1") -> Walk:
    return Walk(unit_id, 1, tuple(clauses([unit_id])), np.array(SEEDS[unit_id]))


def test_four_clauses_give_the_square_clockwise() -> None:
    ring = ring_of(square(), FLAT)
    assert ring.points.tolist() == [[1000, 1000], [1000, 0], [0, 0], [0, 1000]]
    assert ring.signed_area_m2 == -1e6
    assert [s.clause.line_id for s in ring.stretches] == list(UNITS["u1"])
    for stretch in ring.stretches:
        ends = shapely.LineString(FLAT[str(stretch.clause.line_id)])
        assert shapely.LineString(stretch.points).within(ends)


def test_a_bent_line_keeps_its_vertices_whichever_way_it_is_written_down() -> None:
    river = np.array([[-200.0, 0.0], [300.0, 0.0], [500.0, -100.0], [700.0, 0.0], [2200.0, 0.0]])
    rings = [ring_of(square(), {**FLAT, "south": points}) for points in (river, river[::-1])]
    for ring in rings:
        south = ring.stretches[1].points
        assert south.tolist() == [[1000, 0], [700, 0], [500, -100], [300, 0], [0, 0]]
        assert ring.signed_area_m2 == -1.02e6  # and a triangle of 400 m by 100 m


def test_parallel_lines_name_themselves_and_their_gap() -> None:
    with pytest.raises(CornerError, match=r"'west' and 'east'.*gap 2000 m"):
        corner("west", "east", FLAT, seed=MIDDLE)


def test_the_corner_is_the_same_from_both_sides() -> None:
    tilted = {**FLAT, "west": np.array([[0.1, -200.3], [33.3, 1201.7]])}
    one = corner("west", "north", tilted, seed=MIDDLE)
    two = corner("north", "west", tilted, seed=MIDDLE)
    assert one.point.tobytes() == two.point.tobytes()
    assert (one.on_first_m, one.on_second_m) == (two.on_second_m, two.on_first_m)


def test_of_several_crossings_the_first_seen_from_inside_counts() -> None:
    comb = np.array([[600.0, -50.0], [600.0, 50.0], [900.0, 50.0], [900.0, -50.0]])
    lines = {**FLAT, "comb": comb}
    assert corner("south", "comb", lines, seed=np.array([500.0, 100.0])).point[0] == 600.0
    assert corner("south", "comb", lines, seed=np.array([990.0, 100.0])).point[0] == 900.0


def test_two_crossings_equally_near_are_ambiguous() -> None:
    comb = np.array([[400.0, -50.0], [400.0, 50.0], [600.0, 50.0], [600.0, -50.0]])
    with pytest.raises(CornerError, match=r"'south' and 'comb'.*two that are equally near.*200 m"):
        corner("south", "comb", {**FLAT, "comb": comb}, seed=np.array([500.0, 100.0]))


def test_a_crossing_at_a_vertex_is_one_crossing() -> None:
    bend = np.array([[500.0, -50.0], [500.0, 0.0], [510.0, 50.0]])
    found = corner("south", "bend", {**FLAT, "bend": bend}, seed=MIDDLE)
    assert found.point.tolist() == [500.0, 0.0]


def test_a_ring_that_crosses_itself_is_refused() -> None:
    lines = {
        **FLAT,
        "middle": np.array([[-100.0, 1300.0], [1100.0, -200.0]]),
        "west": np.array([[0.0, -200.0], [1300.0, 1425.0]]),
    }
    with pytest.raises(RingError, match=r"'u1'.*crosses itself \(middle, south, west, north\)"):
        ring_of(square(), lines)


def test_a_ring_inside_out_is_refused() -> None:
    with pytest.raises(RingError, match=r"'u1'.*inside out"):
        ring_of(square(), {**FLAT, "west": FLAT["west"] + [1500.0, 0.0]})


def test_a_side_without_length_is_refused() -> None:
    slanted = np.array([[-100.0, -100.0], [1200.0, 1200.0]])  # through the corner west/south
    rows = [
        clause("u1", Side.EAST, "middle"),
        clause("u1", Side.SOUTH, "south"),
        clause("u1", Side.WEST, "slanted"),
        clause("u1", Side.WEST, "west", step=2),
        clause("u1", Side.NORTH, "north"),
    ]
    with pytest.raises(RingError, match="side on line 'slanted', got a point"):
        ring_of(walk_of(*rows), {**FLAT, "slanted": slanted})


def test_a_side_without_a_line_is_refused() -> None:
    rows = [*clauses(["u1"])[:3], clause("u1", Side.NORTH, None)]
    with pytest.raises(RingError, match=r"'u1'.*line on the north side, got none"):
        ring_of(walk_of(*rows), FLAT)


def test_neighbours_get_the_corners_of_each_other() -> None:
    half = np.array([[900.0, 500.0], [2200.0, 500.0]])
    upper = Walk(
        "u2",
        1,
        (
            clause("u2", Side.EAST, "east"),
            clause("u2", Side.SOUTH, "half"),
            clause("u2", Side.WEST, "middle"),
            clause("u2", Side.NORTH, "north"),
        ),
        np.array([1500.0, 700.0]),
    )
    lines = {**FLAT, "half": half}
    first, second = noded([ring_of(square(), lines), ring_of(upper, lines)])
    assert first.points.tolist() == [[1000, 1000], [1000, 500], [1000, 0], [0, 0], [0, 1000]]
    assert second.points.tolist() == [[2000, 1000], [2000, 500], [1000, 500], [1000, 1000]]


def test_noding_keeps_area_and_snaps_to_a_tenth_of_a_millimetre() -> None:
    rings = list(problem().rings(np.full(10, 0.123456789)).values())
    for before, after in zip(rings, noded(rings), strict=True):
        assert after.signed_area_m2 == pytest.approx(before.signed_area_m2, abs=1.0)
        assert np.array_equal(after.points, np.round(after.points, 4))


def test_noding_twice_changes_nothing() -> None:
    once = noded(list(state(problem()).rings.values()))
    twice = noded(once)
    assert [r.points.tolist() for r in once] == [r.points.tolist() for r in twice]


def test_signed_area_tells_the_direction() -> None:
    ring = ring_of(square(), FLAT)
    back = Ring(tuple(_reversed(ring)))
    assert back.signed_area_m2 == -ring.signed_area_m2 == 1e6


def _reversed(ring: Ring) -> list[Stretch]:
    return [Stretch(s.clause, s.points[::-1]) for s in reversed(ring.stretches)]
