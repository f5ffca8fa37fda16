"""The index over small polygons with answers by hand, and how it is run."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tzkc_geo import cells
from tzkc_geo.errors import LimitError
from tzkc_geo.kernel import OUTSIDE

SQUARE = shapely.box(0, 0, 2, 2)
RING = shapely.Polygon(shapely.box(4, 0, 7, 3).exterior, [shapely.box(5, 1, 6, 2).exterior])
RIGHT = shapely.box(2, 0, 3, 2)  # shares a side with SQUARE
ALL = [SQUARE, RIGHT, RING]

RUN = """
import numpy as np
from tests.toy.adversarial import points
from tests.toy.world import catalog
from tzkc_geo import cells
from tzkc_geo.outlines import outlines
index = outlines(catalog()).index
lon, lat = np.ascontiguousarray(points(index.polygons, 60_000).T)
print(cells.first_codes(lon, lat, index).astype(np.int64).sum())
print(cells.covering(lon, lat, index).sum())
"""


def codes(points: list[tuple[float, float]], rank: list[int]) -> list[int]:
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T.copy()
    found: list[int] = cells.first_codes(lon, lat, cells.index(ALL, rank)).tolist()
    return found


def test_a_shared_side_belongs_to_the_first_in_rank() -> None:
    assert codes([(2, 1), (1, 1), (2.5, 1)], [0, 1, 2]) == [0, 0, 1]
    assert codes([(2, 1), (1, 1), (2.5, 1)], [1, 0, 2]) == [1, 0, 1]


def test_a_hole_is_outside_and_its_edge_inside() -> None:
    assert codes([(5.5, 1.5), (5, 1.5), (5, 1), (4.5, 1.5)], [2]) == [OUTSIDE, 2, 2, 2]


def test_a_unit_without_rank_takes_no_point_but_covers_it() -> None:
    index = cells.index(ALL, [1])
    lon, lat = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    assert cells.first_codes(lon, lat, index).tolist() == [OUTSIDE, 1]
    assert cells.covering(lon, lat, index).tolist() == [[True, False, False], [True, True, False]]


def test_what_is_no_number_is_outside() -> None:
    nowhere = [(np.nan, 1.0), (1.0, np.nan), (np.inf, 1.0), (1.0, -np.inf), (1e308, 1e308)]
    assert codes(nowhere, [0, 1, 2]) == [OUTSIDE] * 5
    assert codes([], [0, 1, 2]) == []


def test_compiling_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    index = cells.index(ALL, [0, 1, 2])
    lon, lat = np.random.default_rng(0).uniform(-1, 8, (2, 1000))
    expected = cells.first_codes(lon, lat, index, threads=1)
    inside = cells.covering(lon, lat, index, threads=1)
    monkeypatch.setattr(cells, "COMPILE_FROM", 100)
    assert np.array_equal(cells.first_codes(lon, lat, index, threads=3), expected)
    assert np.array_equal(cells.covering(lon, lat, index, threads=3), inside)


def test_more_units_than_bits_are_refused() -> None:
    with pytest.raises(LimitError, match="expected at most 63, got 64"):
        cells.index([SQUARE] * 64, range(64))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=9),
    st.lists(st.tuples(st.integers(-1, 25), st.integers(-1, 25)), min_size=1, max_size=40),
)
def test_any_simple_ring_agrees_with_covers(
    ring: list[tuple[int, int]], halves: list[tuple[int, int]]
) -> None:
    polygon = shapely.convex_hull(shapely.MultiPoint(ring))
    rough = shapely.Polygon(ring)
    polygon = rough if rough.is_valid and rough.area > 0 else polygon
    if polygon.geom_type != "Polygon":
        polygon = shapely.buffer(polygon, 1.0, cap_style="square", quad_segs=1)
    points = np.array(halves, dtype=np.float64) / 2
    index = cells.index([polygon], [0])
    lon, lat = points.T.copy()
    found = cells.covering(lon, lat, index)[:, 0]
    expected = shapely.covers(polygon, shapely.points(points))
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_numba_switches_change_no_answer(switch: str, tmp_path: Path) -> None:
    """More points than it takes to compile: plain Python, and compiled with checked bounds."""
    here = Path(__file__).parents[2]
    answers = [
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, **extra, "PYTHONPATH": str(here)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for extra in ({}, {switch: "1", "NUMBA_CACHE_DIR": str(tmp_path)})
    ]
    assert answers[0] == answers[1]
    assert len(answers[0].split()) == 2
