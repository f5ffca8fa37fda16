"""Known answers and refusals of `tzkc_geo.crs`."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tzkc_geo import crs
from tzkc_geo.crs import Datum
from tzkc_geo.errors import CrsError

SAMPLE = (121.44, 28.65)
# practice.md 5.1; the last two from EPSG:32651 and EPSG:3857 by their definitions (cs2cs).
KNOWN = {
    4528: (40640790.145, 3171326.196),
    4549: (640790.145, 3171326.196),
    4529: (41347475.826, 3171473.518),
    4550: (347475.826, 3171473.518),
    32651: (347536.835, 3170204.928),
    3857: (13518638.962, 3331173.852),
    4490: SAMPLE,
    4326: SAMPLE,
}


@pytest.mark.parametrize(("epsg", "expected"), KNOWN.items())
def test_the_sample_point_has_its_published_coordinates(
    epsg: int, expected: tuple[float, float]
) -> None:
    assert crs.project([SAMPLE], epsg)[0] == pytest.approx(expected, abs=1e-3)
    assert crs.unproject([expected], epsg)[0] == pytest.approx(SAMPLE, abs=1.5e-8)


def test_both_zones_of_the_edge_have_their_published_coordinates() -> None:
    edge = [[121.5, 28.66]]
    assert crs.project(edge, 4528)[0] == pytest.approx((40646643.197, 3172506.890), abs=1e-3)
    assert crs.project(edge, 4529)[0] == pytest.approx((41353356.803, 3172506.890), abs=1e-3)


def test_metric_means_4549() -> None:
    assert crs.to_metric([SAMPLE]).tolist() == crs.project([SAMPLE], 4549).tolist()
    assert crs.to_geographic([KNOWN[4549]])[0] == pytest.approx(SAMPLE, abs=1.5e-8)


def test_wgs84_and_cgcs2000_degrees_are_taken_as_equal() -> None:
    assert crs.project([SAMPLE], 4326).tolist() == [list(SAMPLE)]


@pytest.mark.parametrize("empty", [[], np.empty((0, 2))])
def test_no_points_give_no_points(empty: object) -> None:
    assert crs.to_metric(empty).shape == (0, 2)  # type: ignore[arg-type]
    assert crs.to_geographic(empty).shape == (0, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(2,), (1, 3), (2, 2, 2)])
def test_anything_but_pairs_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(CrsError, match=r"expected shape \(n, 2\)"):
        crs.to_metric(np.zeros(shape))


@pytest.mark.parametrize(
    ("epsg", "words"),
    [
        (99999, "no such code"),
        (5737, "not a map system"),  # a height
        (4978, "not a map system"),  # geocentric
        (4979, "not a map system"),  # three axes
        (6697, "not a map system"),  # compound
        (2384, "no published way from 'Xian 1980'"),
        (2437, "from 'Beijing 1954' to WGS 84 is not known to 1 m"),
    ],
)
def test_a_code_that_cannot_be_used_is_refused_with_its_reason(epsg: int, words: str) -> None:
    with pytest.raises(CrsError, match=words):
        crs.project([SAMPLE], epsg)
    with pytest.raises(CrsError, match=words):
        crs.unproject([SAMPLE], epsg)


@pytest.mark.parametrize(
    ("xy", "epsg"),
    [
        ((3171326.196, 640790.145), 4549),  # northing first
        ((3171473.518, 347475.826), 4550),
        (SAMPLE, 4549),  # degrees
        ((40640790.145, 3171326.196), 4549),  # a zone prefix that the code does not have
        ((640790.145, 3171326.196), 4528),  # no zone prefix
        ((np.nan, 3171326.196), 4549),
        ((np.inf, 3171326.196), 4549),
    ],
)
def test_metres_that_do_not_fit_their_code_are_refused(xy: tuple[float, float], epsg: int) -> None:
    with pytest.raises(CrsError, match=rf"EPSG:{epsg}: row 1 .*expected x = easting, y = northing"):
        crs.unproject([KNOWN[epsg], xy], epsg)


def test_geographic_codes_are_checked_like_positions_and_reach_round_the_world() -> None:
    assert crs.unproject([[-74.0, 40.7]], 4490).tolist() == [[-74.0, 40.7]]
    with pytest.raises(CrsError, match="look swapped"):
        crs.unproject([[28.6, 121.4]], 4326)


def test_a_code_without_an_image_of_the_point_is_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:3034: row 1 has no image"):
        crs.project([[10.0, 50.0], [10.0, -90.0]], 3034)  # a cone shows one pole only


def test_a_code_used_across_the_antimeridian_is_not_held_to_longitudes() -> None:
    new_zealand = [[178.0, -38.0]]
    there = crs.project(new_zealand, 3994)
    assert crs.unproject(there, 3994)[0] == pytest.approx(new_zealand[0], abs=1e-9)


@pytest.mark.parametrize(
    ("lon", "lat"), [(121.4, 28.6), (-180.0, -90.0), (180.0, 90.0), (0.0, 0.0), (2.35, 48.85)]
)
def test_any_position_on_earth_is_accepted(lon: float, lat: float) -> None:
    crs.check_position(lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        (np.nan, 28.6, "lon is not a finite number, expected degrees within ±180, got nan"),
        (121.4, np.inf, "lat is not a finite number, expected degrees within ±90, got inf"),
        (121.4, -np.inf, "lat is not a finite number, expected degrees within ±90, got -inf"),
        (
            28.6,
            121.4,
            "expected longitude first; call with LON LAT = 121.4 28.6",
        ),
        (181.0, 28.6, "lon is out of range, expected degrees within ±180, got 181.0"),
        (121.4, -90.1, "lat is out of range, expected degrees within ±90 (longitude first)"),
        (39.9, 116.4, "lat is out of range, expected degrees within ±90 (longitude first)"),
        (640790.145, 3171326.196, "fit EPSG:4549 (easting, northing); call with --datum gk120"),
        (3171326.196, 640790.145, "call with LON LAT = 640790.145 3171326.196 --datum gk120"),
        (40640790.145, 3171326.196, "which fit EPSG:4528 (easting, northing)"),
        (41347475.826, 3171473.518, "which fit EPSG:4529 (easting, northing)"),
        (347475.826, 3171473.518, "which fit EPSG:4550 or EPSG:32651 (easting, northing)"),
        (13518638.962, 3331173.852, "which fit EPSG:3857 (easting, northing)"),
        (640790.145, 3171326.196 + 40007862.917, "which none of EPSG:4549"),  # once round the earth
        (1e6, 1e7, "which none of EPSG:4549, EPSG:4528"),
        (1e300, 1e300, "lon is out of range, expected degrees within ±180, got 1e+300"),
    ],
)
def test_a_position_that_cannot_be_is_refused_with_what_it_looks_like(
    lon: float, lat: float, words: str
) -> None:
    with pytest.raises(CrsError) as caught:
        crs.check_position(lon, lat, where="line 7")
    assert str(caught.value).startswith("line 7: ")
    assert words in str(caught.value)


@pytest.mark.parametrize("datum", [datum for datum in Datum if datum.is_metric])
def test_metres_are_held_to_their_zone(datum: Datum) -> None:
    assert datum.epsg is not None
    x, y = KNOWN[datum.epsg]
    crs.check_position(x, y, datum=datum)
    crs.check_position([x, x], y, datum=f"EPSG:{datum.epsg}")
    with pytest.raises(CrsError, match=r"^a 1: easting, northing look swapped"):
        crs.check_position([x, y], [y, x], datum=datum, where="a")
    with pytest.raises(CrsError, match=r"^position: northing is not a finite number"):
        crs.check_position(x, np.nan, datum=datum)


def test_a_zone_far_from_taizhou_is_taken_where_it_is_used() -> None:
    (harbin,) = crs.project([[122.9, 45.8]], 4529)
    crs.check_position(*harbin, datum=Datum.GK41)


def test_of_many_positions_the_first_wrong_one_is_named() -> None:
    with pytest.raises(CrsError, match=r"^points\.csv 2: lon is not"):
        crs.check_position([121.4, 0.0, np.nan, 999.0], 28.6, where="points.csv")


def test_no_positions_are_right() -> None:
    crs.check_position([], [])


def test_conversion_keeps_the_shape_of_a_scalar_a_row_and_a_table() -> None:
    for shape in ((), (3,), (2, 3), (0,)):
        lon, lat = crs.to_cgcs2000(np.full(shape, 121.4), 28.6, Datum.BD09)
        assert lon.shape == lat.shape == shape


@pytest.mark.parametrize("datum", ["wgs84", "CGCS2000", Datum.WGS84])
def test_wgs84_and_cgcs2000_pass_unchanged(datum: Datum | str) -> None:
    for change in (crs.to_cgcs2000, crs.from_cgcs2000):
        lon, lat = change(121.4, 28.6, datum)
        assert (lon.item(), lat.item()) == (121.4, 28.6)


@pytest.mark.parametrize("datum", [datum for datum in Datum if datum.is_metric])
def test_gauss_krueger_has_its_published_coordinates_and_a_lost_row_is_nan(datum: Datum) -> None:
    assert datum.epsg is not None
    x, y = KNOWN[datum.epsg]
    for odd in (np.nan, np.inf):
        lon, lat = crs.to_cgcs2000([[x, odd], [x, x]], [[y, y], [odd, y]], datum)
        lost = [[False, True], [True, False]]
        assert np.isnan(lon).tolist() == np.isnan(lat).tolist() == lost
        assert (lon[0, 0], lat[1, 1]) == pytest.approx(SAMPLE, abs=1.5e-8)
    assert np.array(crs.from_cgcs2000(*SAMPLE, datum)) == pytest.approx(np.array([x, y]), abs=1e-3)


@pytest.mark.parametrize("datum", ["gcj02", "BD-09"])
def test_undoing_an_offset_can_be_switched_off(datum: str) -> None:
    with pytest.raises(CrsError, match=r"switched off \(--no-undo-shift or TZKC_UNDO_SHIFT=0;"):
        crs.to_cgcs2000(*SAMPLE, datum, undo_shift=False)
    for other in (other for other in Datum if not other.is_shifted):
        assert crs.allow_shift(other, undo_shift=False) is other


def test_a_datum_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CrsError, match="bd09, gk40, gk41, gk120, gk123, got 'nad27'"):
        crs.to_cgcs2000(121.4, 28.6, "nad27")


def test_importing_the_module_does_not_load_pyproj() -> None:
    code = "import sys, tzkc_geo.crs; sys.exit('pyproj' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
