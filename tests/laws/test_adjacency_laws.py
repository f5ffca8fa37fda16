"""Laws of adjacency over random coverages of merged cells."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import tzkc_geo
from tests.toy.neighbours import rect
from tests.toy.world import catalog
from tzkc_geo.adjacency import contiguity
from tzkc_geo.geodesy import geodesic_length_m

if TYPE_CHECKING:
    from random import Random

    from hypothesis.strategies import DrawFn
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.contiguity import Contacts

CELL_M = 100.0


@st.composite
def coverages(draw: DrawFn) -> list[BaseGeometry]:
    """Draw a coverage: a grid of cells, joined by label; T-junctions keep no vertex."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    size = rows * columns
    labels = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    cells: dict[int, list[shapely.Polygon]] = {}
    for k, label in enumerate(labels):
        x, y = CELL_M * (k % columns), CELL_M * (k // columns)
        cells.setdefault(label, []).append(rect(x, y, x + CELL_M, y + CELL_M))
    return [shapely.simplify(shapely.union_all(c), 0.0) for c in cells.values()]


def lengths(found: Contacts) -> dict[tuple[int, int], float]:
    return {
        (int(a), int(b)): float(m) for (a, b), m in zip(found.pairs, found.shared_m, strict=True)
    }


@given(coverages())
def test_edges_and_corners_are_those_of_geos(shapes: list[BaseGeometry]) -> None:
    found = contiguity(shapes)
    edges = {(int(a), int(b)) for a, b in found.pairs[found.is_edge]}
    touching = set(lengths(found))
    for a, b in combinations(range(len(shapes)), 2):
        along = shapely.relate_pattern(shapes[a], shapes[b], "F***1****")
        # labels cover each other's holes, never each other: what touches, touches outside
        assert ((a, b) in edges) == along
        assert ((a, b) in touching) == bool(shapely.touches(shapes[a], shapes[b]))


@given(coverages())
def test_what_is_shared_has_the_length_that_geos_finds(shapes: list[BaseGeometry]) -> None:
    for (a, b), shared_m in lengths(contiguity(shapes)).items():
        common = shapely.intersection(shapes[a].boundary, shapes[b].boundary)
        lines = [p for p in shapely.get_parts(common) if p.geom_type == "LineString"]
        expected = sum(geodesic_length_m(shapely.get_coordinates(line)) for line in lines)
        assert shared_m == pytest.approx(expected, abs=1e-3)


@given(coverages(), st.randoms(use_true_random=False))
def test_the_order_of_the_shapes_changes_nothing(
    shapes: list[BaseGeometry], random: Random
) -> None:
    order = list(range(len(shapes)))
    random.shuffle(order)
    again = lengths(contiguity([shapes[k] for k in order]))
    turned = {tuple(sorted((order[a], order[b]))): m for (a, b), m in again.items()}
    before = lengths(contiguity(shapes))
    assert turned.keys() == before.keys()
    for key, shared_m in before.items():
        assert turned[key] == pytest.approx(shared_m, abs=1e-6)


@given(coverages(), st.booleans())
def test_direction_and_start_of_rings_change_nothing(
    shapes: list[BaseGeometry],
    turned: bool,  # noqa: FBT001  (hypothesis gives it)
) -> None:
    other = shapely.reverse(shapes) if turned else shapely.normalize(shapes)
    before, after = lengths(contiguity(shapes)), lengths(contiguity(list(other)))
    assert after == pytest.approx(before, abs=1e-6)


@given(coverages(), st.floats(-30.0, 30.0))
def test_moving_all_along_a_parallel_changes_nothing(
    shapes: list[BaseGeometry], east_deg: float
) -> None:
    away = shapely.transform(shapes, lambda xy: np.add(xy, [east_deg, 0.0]))
    before, after = lengths(contiguity(shapes)), lengths(contiguity(list(away)))
    assert after == pytest.approx(before, abs=1e-3)


def test_the_relation_does_not_depend_on_who_is_asked() -> None:
    found = tzkc_geo.adjacency(catalog())
    for pair in found.pairs:
        assert found.between(pair.b, pair.a) is found.between(pair.a, pair.b) is pair
