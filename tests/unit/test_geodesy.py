"""Known answers and refusals of `tzkc_geo.geodesy`."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Polygon, box

from tzkc_geo import geodesy
from tzkc_geo.errors import CrsError, LimitError, RingError

QUAD = [[121.2, 28.5], [121.5, 28.5], [121.5, 28.7], [121.2, 28.7]]
QUAD_M2 = 650422969.05457  # practice.md 5.2
HALF = [[121.2, 28.5], [121.35, 28.5], [121.35, 28.7], [121.2, 28.7]]


def test_the_constants_have_their_printed_digits() -> None:
    printed = (
        1.00336408983419,
        0.00112418938192711,
        1.69945947351885e-6,
        2.71785784557743e-9,
        4.35841900483425e-12,
    )
    assert abs(geodesy.B_M - 6356752.3141403561) < 1e-8
    # 15 digits are printed; D and E carry the rounding of e² three and four times over.
    assert geodesy.SERIES[:3] == pytest.approx(printed[:3], rel=1e-13)
    assert geodesy.SERIES[3:] == pytest.approx(printed[3:], rel=1e-10)


def test_the_quad_has_its_published_area() -> None:
    assert geodesy.statutory_area_m2(QUAD)[0] == pytest.approx(QUAD_M2, abs=1e-5)


def test_half_the_longitudes_hold_half_the_area() -> None:
    assert geodesy.statutory_area_m2(HALF)[0] == pytest.approx(QUAD_M2 / 2, abs=1e-4)


def test_the_whole_ellipsoid_has_its_known_area() -> None:
    halves = [
        [[0, -90], [180, -90], [180, 90], [0, 90]],
        [[-180, -90], [0, -90], [0, 90], [-180, 90]],
    ]
    areas = geodesy.statutory_area_m2(np.reshape(halves, (8, 2)), [0, 4, 8])
    assert areas.sum() == pytest.approx(510065621724088.4, rel=3e-11)  # the series ends at e⁸


@pytest.mark.parametrize("size_deg", [2e-5, 1e-6])
def test_a_parcel_of_a_few_square_metres_keeps_its_digits(size_deg: float) -> None:
    west, south = 121.4375, 28.625  # exact in binary
    east, north = west + size_deg, south + size_deg
    middle, e2 = np.radians(0.5 * (south + north)), geodesy.E2
    w2 = 1.0 - e2 * np.sin(middle) ** 2
    per_radian2 = geodesy.A_M**2 * (1.0 - e2) * np.cos(middle) / w2**2  # M N cos B
    by_hand = per_radian2 * np.radians(north - south) * np.radians(east - west)
    ring = [[west, south], [east, south], [east, north], [west, north]]
    assert geodesy.statutory_area_m2(ring)[0] == pytest.approx(by_hand, rel=2e-11)


@pytest.mark.parametrize(
    "ring",
    [
        [],
        [[121.4, 28.6]],
        [[121.4, 28.6], [121.5, 28.7]],
        [[121.4, 28.6], [121.5, 28.7], [121.4, 28.6]],
        [[121.4, 28.6], [121.4, 28.6], [121.4, 28.6]],
    ],
)
def test_fewer_than_three_distinct_vertices_have_no_area(ring: list[list[float]]) -> None:
    assert geodesy.statutory_area_m2(ring).tolist() == [0.0]
    assert geodesy.geodesic_area_m2(ring) == pytest.approx([0.0], abs=1e-4)


def test_empty_rings_among_others_count_zero() -> None:
    for area in (geodesy.statutory_area_m2, geodesy.geodesic_area_m2):
        whole = area(QUAD)[0]
        assert area(QUAD + QUAD, [0, 0, 4, 4, 4, 8, 8]).tolist() == [0, whole, 0, 0, whole, 0]
        assert area([], [0]).tolist() == []
        assert area([], [0, 0]).tolist() == [0]


@pytest.mark.parametrize(
    ("coords", "offsets", "words"),
    [
        ([[121.4, 28.6, 3.0]], None, r"expected shape \(n, 2\)"),
        ([121.4, 28.6], None, r"expected shape \(n, 2\)"),
        (QUAD, [0, 3], "expected 0 … 4, never falling"),
        (QUAD, [1, 4], "expected 0 … 4, never falling"),
        (QUAD, [0, 3, 2, 4], "expected 0 … 4, never falling"),
        (QUAD, [], "expected 0 … 4, never falling"),
    ],
)
def test_arrays_of_another_shape_are_refused(
    coords: list[object], offsets: list[int] | None, words: str
) -> None:
    with pytest.raises(RingError, match=words):
        geodesy.statutory_area_m2(coords, offsets)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [[np.nan, 28.6], [121.4, np.inf], [28.6, 121.4], [640790.0, 3.1e6]])
def test_a_vertex_that_is_no_position_is_named(odd: list[float]) -> None:
    for call in (
        geodesy.statutory_area_m2,
        geodesy.geodesic_area_m2,
        geodesy.geodesic_length_m,
        lambda line: geodesy.densify(line, 10.0),
    ):
        with pytest.raises(CrsError, match=r"^vertex 4: "):
            call([*QUAD, odd])


def test_holes_are_subtracted_and_parts_added_whichever_way_rings_run() -> None:
    outer, hole, far = (
        box(121.2, 28.5, 121.5, 28.7),
        box(121.3, 28.6, 121.4, 28.65),
        box(1, 1, 2, 2),
    )
    sizes = [geodesy.polygon_area_m2(part) for part in (outer, hole, far)]
    pierced = outer.difference(hole)
    for polygon in (pierced, pierced.reverse(), pierced.normalize()):
        assert geodesy.polygon_area_m2(polygon) == pytest.approx(sizes[0] - sizes[1], rel=1e-14)
    both = MultiPolygon([pierced, far])
    areas = geodesy.polygon_areas_m2([both, Polygon(), outer, MultiPolygon()])
    assert areas == pytest.approx([sizes[0] - sizes[1] + sizes[2], 0, sizes[0], 0], rel=1e-14)
    assert geodesy.polygon_areas_m2([]).tolist() == []


def test_polygons_can_be_measured_along_geodesics() -> None:
    small = box(121.4, 28.6, 121.401, 28.601)
    geodesic = geodesy.polygon_area_m2(small, ring_area_m2=geodesy.geodesic_area_m2)
    assert geodesic == pytest.approx(geodesy.polygon_area_m2(small), rel=1e-6)


def test_a_third_coordinate_is_ignored() -> None:
    high = Polygon([(lon, lat, 55.0) for lon, lat in QUAD])
    assert geodesy.polygon_area_m2(high) == pytest.approx(QUAD_M2, abs=1e-5)


@pytest.mark.parametrize(
    ("odd", "words"), [(LineString(QUAD), "got LineString"), (None, "got nothing")]
)
def test_what_has_no_area_is_refused(odd: object, words: str) -> None:
    with pytest.raises(RingError, match=f"polygon 1: .*{words}"):
        geodesy.polygon_areas_m2([box(0, 0, 1, 1), odd])


def test_a_quarter_of_the_equator_and_of_a_meridian_have_their_known_lengths() -> None:
    assert geodesy.geodesic_length_m([[0, 0], [90, 0]]) == pytest.approx(10018754.171, abs=1e-3)
    assert geodesy.geodesic_length_m([[0, 0], [0, 90]]) == pytest.approx(10001965.729, abs=1e-3)


@pytest.mark.parametrize("line", [[], [[121.4, 28.6]]])
def test_fewer_than_two_vertices_have_no_length_and_nothing_to_add(line: list[list[float]]) -> None:
    assert geodesy.geodesic_length_m(line) == 0.0
    assert geodesy.densify(line, 1.0).tolist() == line


def test_a_side_of_the_equator_is_cut_into_equal_pieces() -> None:
    degree_m = np.pi / 180.0 * geodesy.A_M
    cut = geodesy.densify([[0, 0], [1, 0]], degree_m / 3.5)
    assert cut.tolist() == [[0, 0], [0.25, 0], [0.5, 0], [0.75, 0], [1, 0]]


@pytest.mark.parametrize("length", [0.0, -1.0, np.nan, np.inf])
def test_a_length_that_cuts_nothing_is_refused(length: float) -> None:
    with pytest.raises(LimitError, match="expected metres above 0"):
        geodesy.densify(QUAD, length)


def test_importing_the_module_does_not_load_pyproj() -> None:
    code = "import sys, tzkc_geo.geodesy; sys.exit('pyproj' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
