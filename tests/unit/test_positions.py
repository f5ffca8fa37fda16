"""Tables with good and bad rows: a reason for each bad one, nothing lost of the others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tzkc_geo.crs import Datum, from_cgcs2000
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.positions import read_pair, read_positions

GOOD = (121.44, 28.65)
GK40 = (40640790.145, 3171326.196)
# first cell, second cell, words of the reason; everything declared as degrees
DEGREE_ROWS: list[tuple[object, object, str]] = [
    (None, 28.65, "lon: the cell is empty, expected a number"),
    ("  ", 28.65, "lon: the cell is empty"),
    (121.44, None, "lat: the cell is empty"),
    (None, None, "lon: the cell is empty"),
    ("here", 28.65, "lon: 'here' is neither a number nor an angle"),
    (True, 28.65, "lon: not a number, expected one or text, got True"),
    (121.44, b"28.65", "lat: not a number, expected one or text, got b'28.65'"),
    (math.nan, 28.65, "lon is not a finite number"),
    (121.44, "NaN", "lat is not a finite number"),
    (10**400, 28.65, "lon is not a finite number, expected degrees within ±180, got inf"),
    (200, 28.65, "lon is out of range"),
    (121.44, 95, "lat is out of range"),
    (28.65, 121.44, "swapped"),
    ("28°39'N", 121.44, 'expected longitude first; call with LON LAT = 121.44 "28°39\'N"'),
    (28.65, "121°26'24\"E", "swapped"),
    ("北纬28度", "东经121度", "call with LON LAT = '东经121度' '北纬28度'"),
    ("28N", None, "lat: the cell is empty"),
    ("121°61'", 28.65, "60 minutes or seconds or more"),
    (*GK40, "which fit EPSG:4528 (easting, northing); call with --datum gk40"),
    (*GK40[::-1], f"call with LON LAT = {GK40[0]} {GK40[1]} --datum gk40"),
    (347475.826, 3171473.518, "ask which they are, then call with --datum gk123 for EPSG:4550"),
    (420000.0, 3171473.518, "--datum gk120 for EPSG:4549 or --datum gk123 for EPSG:4550"),
    (13518638.962, 3331173.852, "which fit EPSG:3857 (easting, northing); convert them to degrees"),
    (58000.5, 71000.25, "look like a local city grid (地方坐标系 / 相对独立坐标系)"),
]
METRIC_ROWS: list[tuple[object, object, str]] = [
    (math.nan, 3171326.196, "easting is not a finite number, expected metres"),
    (GK40[0], None, "northing: the cell is empty"),
    (*GK40[::-1], f"easting, northing look swapped, got easting {GK40[1]}"),
    (*GOOD, "degrees where metres are expected (easting, northing of gk40), got 121.44 28.65"),
    ("121°26'24\"", "28°39'", "degrees where metres are expected"),
    (640790.145, 3171326.196, "expected easting with zone prefix (带号) 40"),
    (640790.145, 3171326.196, "call with --datum gk120"),
    (41347475.826, 3171473.518, "which fit EPSG:4529 (easting, northing); call with --datum gk41"),
    (58000.5, 71000.25, "must not be guessed"),
    (39442000.0, 4416000.0, "unless they are of another zone"),
    (GK40[0], 121.44, "metres that gk40 (EPSG:4528) cannot have"),
    (1e9, 3171326.196, "metres that gk40 (EPSG:4528) cannot have"),
]


@pytest.mark.parametrize(
    ("datum", "good", "rows"),
    [
        (None, GOOD, DEGREE_ROWS),
        (Datum.CGCS2000, GOOD, DEGREE_ROWS),
        (Datum.GK40, GK40, METRIC_ROWS),
    ],
)
def test_every_bad_row_has_its_own_reason_and_good_rows_do_not_notice(
    datum: Datum | None, good: tuple[float, float], rows: list[tuple[object, object, str]]
) -> None:
    firsts = [cell for first, _, _ in rows for cell in (first, good[0])]
    seconds = [cell for _, second, _ in rows for cell in (second, good[1])]
    found = read_positions(firsts, seconds, datum=datum)
    for reason, (_, _, words) in zip(found.reasons[::2], rows, strict=True):
        assert words in reason
    assert np.isnan(found.lon[::2]).all()
    assert np.isnan(found.lat[::2]).all()
    assert set(found.reasons[1::2]) == {""}
    assert found.lon[1::2] == pytest.approx(np.full(len(rows), GOOD[0]), abs=1.5e-8)
    assert found.lat[1::2] == pytest.approx(np.full(len(rows), GOOD[1]), abs=1.5e-8)


def test_another_zone_is_told_from_a_prefix_that_should_not_be_there() -> None:
    found = read_positions([GK40[0]], [GK40[1]], datum=Datum.GK120)
    assert "expected easting without a zone prefix (带号)" in found.reasons[0]
    assert "call with --datum gk40" in found.reasons[0]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
def test_numeric_arrays_are_read_as_they_are_and_stay_as_they_were(kind: type) -> None:
    lon: np.ndarray = np.array([121, 28, 122], dtype=kind)
    lat: np.ndarray = np.array([28, 121, 29], dtype=kind)
    found = read_positions(lon, lat, datum=None)
    assert np.array_equal(found.lon, [121.0, np.nan, 122.0], equal_nan=True)
    assert [bool(reason) for reason in found.reasons] == [False, True, False]
    assert (lon.tolist(), lat.tolist()) == ([121, 28, 122], [28, 121, 29])


def test_arrays_of_objects_and_numpy_scalars_are_read_cell_by_cell() -> None:
    cells = np.array(["121.44", None, np.float64(121.44), np.int32(121)], dtype=object)
    found = read_positions(cells, [28.65] * 4, datum=None)
    assert np.array_equal(found.lon, [121.44, np.nan, 121.44, 121.0], equal_nan=True)


def test_no_rows_are_read() -> None:
    nothing: list[list[float] | np.ndarray] = [[], np.empty(0)]
    for empty in nothing:
        found = read_positions(empty, empty, datum=None)
        assert (found.lon.shape, found.lat.shape, found.reasons) == ((0,), (0,), ())


def test_columns_of_two_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="expected a cell of each in a row, got 2 and 1"):
        read_positions([121.4, 121.5], [28.6], datum=None)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_an_offset_is_undone_unless_that_is_switched_off(datum: Datum) -> None:
    there = [[float(value)] for value in from_cgcs2000(*GOOD, datum)]
    found = read_positions(*there, datum=datum)
    assert (found.lon[0], found.lat[0]) == pytest.approx(GOOD, abs=1e-9)
    with pytest.raises(CrsError, match="switched off"):
        read_positions(*there, datum=datum, undo_shift=False)


@pytest.mark.parametrize("datum", [None, *(d for d in Datum if not d.is_shifted)])
def test_the_switch_touches_no_other_datum(datum: Datum | None) -> None:
    there = [[float(value)] for value in from_cgcs2000(*GOOD, datum or Datum.WGS84)]
    on, off = (read_positions(*there, datum=datum, undo_shift=switch) for switch in (True, False))
    assert (on.lon[0], on.lat[0]) == (off.lon[0], off.lat[0])


def test_a_pair_of_texts_gives_the_numbers_as_they_are() -> None:
    assert read_pair("121:27:00E", "28:39N") == (121.45, 28.65)
    assert read_pair("40640790.145", "3171326.196") == GK40


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("here", "28.6", "^position: lon: 'here' is neither a number nor an angle"),
        ("121.4", "", "^position: lat: the cell is empty"),
        ("28°39'N", "121°26'E", "^position: lon, lat look swapped"),
        ("28.65", "121.44E", "^position: lon, lat look swapped"),
    ],
)
def test_a_pair_that_is_none_is_refused(first: str, second: str, words: str) -> None:
    with pytest.raises(CrsError, match=words):
        read_pair(first, second)
