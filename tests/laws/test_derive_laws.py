"""Laws of rings: motion, reversal, and vertices that neighbours share to the last bit."""

from collections.abc import Collection

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.toy import lines as toy
from tzkc_geo import crs
from tzkc_geo.adjust import Adjustment, Problem
from tzkc_geo.catalog import Catalog
from tzkc_geo.derive import Ring, Walk, noded, ring_of

Floats = NDArray[np.float64]
Shift = tuple[float, float]
UNKNOWNS = st.lists(st.floats(-60.0, 60.0), min_size=10, max_size=10)
SHIFTS = st.tuples(st.floats(-5000.0, 5000.0), st.floats(-5000.0, 5000.0))


def walks(shift: Shift = (0.0, 0.0)) -> list[Walk]:
    return [
        Walk(unit_id, 1, tuple(toy.clauses([unit_id])), np.array(seed) + shift)
        for unit_id, seed in toy.SEEDS.items()
    ]


def lines_at(unknowns: list[float]) -> dict[str, Floats]:
    world = toy.problem()
    return {k: toy.local(v) for k, v in world.placed(np.array(unknowns)).items()}


def rings(lines: dict[str, Floats], shift: Shift = (0.0, 0.0)) -> list[Ring]:
    return noded([ring_of(walk, lines) for walk in walks(shift)])


@given(UNKNOWNS, SHIFTS)
def test_moving_all_lines_by_v_moves_the_polygon_by_v(unknowns: list[float], v: Shift) -> None:
    lines = lines_at(unknowns)
    moved = {name: points + np.array(v) for name, points in lines.items()}
    for before, after in zip(rings(lines), rings(moved, v), strict=True):
        assert after.points == pytest.approx(before.points + np.array(v), abs=1.5e-4)  # the grid


@given(UNKNOWNS, st.sets(st.sampled_from(sorted(toy.SHAPES))))
def test_the_direction_in_which_a_line_is_written_changes_nothing(
    unknowns: list[float], flip: Collection[str]
) -> None:
    lines = lines_at(unknowns)
    other = {name: points[::-1] if name in flip else points for name, points in lines.items()}
    for before, after in zip(rings(lines), rings(other), strict=True):
        assert after.points == pytest.approx(before.points, abs=1.1e-4)


@given(UNKNOWNS)
def test_neighbours_share_their_corners_to_the_last_bit(unknowns: list[float]) -> None:
    first, second = rings(lines_at(unknowns))
    (one,) = (s.points for s in first.stretches if s.clause.line_id == "middle")
    (two,) = (s.points for s in second.stretches if s.clause.line_id == "middle")
    assert one.tobytes() == two[::-1].tobytes()
    shapes = [shapely.Polygon(r.points) for r in (first, second)]
    assert shapes[0].intersection(shapes[1]).area == 0.0


@given(UNKNOWNS)
def test_signed_area_is_that_of_the_polygon(unknowns: list[float]) -> None:
    for ring in rings(lines_at(unknowns)):
        assert -ring.signed_area_m2 == pytest.approx(toy.plane_area(ring.points), rel=1e-9)
        assert -ring.signed_area_m2 == pytest.approx(shapely.Polygon(ring.points).area, rel=1e-9)


def vertices_on(catalog: Catalog, unit_id: str, line_id: str) -> set[tuple[float, ...]]:
    """Return the vertices of a unit's outline that its edges on a line claim."""
    outline = {tuple(xy) for xy in shapely.get_coordinates(catalog.polygons[unit_id]).tolist()}
    claimed = {
        tuple(xy)
        for edge in catalog.edges_of(unit_id)
        if edge.line_id == line_id
        for xy in edge.points.tolist()
    }
    assert claimed <= outline  # an edge has the bits of its outline
    return claimed


SHARED = [
    ("c01", "c04", "shifu-avenue"),
    ("c11", "c12", "neihuan-south-road"),
]


@pytest.mark.parametrize(("first", "second", "line_id"), SHARED)
def test_shipped_neighbours_share_vertices_to_the_last_bit(
    real_catalog: Catalog, first: str, second: str, line_id: str
) -> None:
    one, two = (vertices_on(real_catalog, unit_id, line_id) for unit_id in (first, second))
    shapes = [real_catalog.polygons[unit_id] for unit_id in (first, second)]
    shared = shapely.shared_paths(shapes[0].boundary, shapes[1].boundary)
    assert len(one & two) >= 2
    assert shared.length > 0
    touching = {tuple(xy) for xy in shapely.get_coordinates(shared).tolist()}
    assert touching <= one & two
    assert shapes[0].intersection(shapes[1]).area == 0.0


def test_every_shipped_edge_lies_on_its_adjusted_line(
    real_problem: Problem, real_adjustment: Adjustment, real_catalog: Catalog
) -> None:
    lines = real_problem.prolonged(real_problem.placed(real_adjustment.x))
    clusters = {unit_id for unit_id, _ in real_adjustment.rings}
    for edge in real_catalog.edges:
        if edge.unit_id in clusters:
            line = shapely.LineString(lines[str(edge.line_id)])
            gaps = shapely.distance(shapely.points(crs.to_metric(edge.points)), line)
            assert np.max(gaps) < 1e-3, edge.unit_id
