"""One place, however it is written, has one verdict; an angle, however written, one value."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.toy.world import SOUTH, WEST, catalog
from tzkc_geo.angles import read_angle
from tzkc_geo.crs import Datum, from_cgcs2000
from tzkc_geo.errors import CrsError
from tzkc_geo.faults import faults, faulty
from tzkc_geo.positions import read_pair, read_positions
from tzkc_geo.verdict import Verdict, locate

TOY = catalog()
MM_DEG = 0.9e-8
METRIC = [datum for datum in Datum if datum.is_metric]
STYLES = [
    "{d}°{m}'{s}\"{h}",
    "{h}{d}°{m}′{s}″",
    "{d} {m} {s} {h}",
    "{d}:{m}:{s}{h}",
    "{zh}{d}度{m}分{s}秒",
]
WORDS = {"E": "东经", "W": "西经", "N": "北纬", "S": "南纬"}

# A lattice of 1 m that keeps 0.3 m off every side of the toy world, over and around it.
places = st.tuples(st.integers(-1000, 6000), st.integers(-1000, 8000)).map(
    lambda at: (WEST + (at[0] + 0.37) * 1e-5, SOUTH + (at[1] + 0.37) * 1e-5)
)
near = st.tuples(st.floats(119.1, 122.9), st.floats(27.1, 29.9))


def dms(degrees: float, style: str, hemispheres: str = "EW") -> str:
    """Write degrees as text, to 1e-8 of a second."""
    seconds = round(Decimal(abs(degrees)) * 3600, 8)
    letter = hemispheres[degrees < 0]
    return style.format(
        d=int(seconds // 3600),
        m=int(seconds % 3600 // 60),
        s=f"{seconds % 60:.8f}",
        h=letter,
        zh=WORDS[letter],
    )


def encodings(lon: float, lat: float) -> list[tuple[str, str, str]]:
    """Write a place in every way: first text, second text, what to declare."""
    pairs = [(*map(float, from_cgcs2000(lon, lat, datum)), datum) for datum in Datum]
    written = [(f"{x:.12f}", f"{y:.12f}", str(datum)) for x, y, datum in pairs]
    return written + [(dms(lon, style), dms(lat, style, "NS"), "cgcs2000") for style in STYLES]


def same(one: Verdict, other: Verdict) -> bool:
    """Say whether two verdicts agree, distances within 1 mm."""
    gaps = [
        abs((a.distance_m or 0.0) - (b.distance_m or 0.0)) < 1e-3
        for a, b in zip(one.units, other.units, strict=True)
    ]
    relations = [unit.relation for unit in one.units] == [unit.relation for unit in other.units]
    heads = (one.verdict, one.cluster, one.zone) == (other.verdict, other.cluster, other.zone)
    return heads and relations and all(gaps)


@given(places)
def test_one_place_has_one_verdict_in_every_encoding(place: tuple[float, float]) -> None:
    expected = locate(*place, TOY, datum=Datum.CGCS2000)
    for first, second, datum in encodings(*place):
        found = locate(*read_pair(first, second), TOY, datum=datum)
        assert same(expected, found), datum
        assert (found.declared, found.used, found.alternatives) == (datum, datum, ())


@given(st.lists(near, max_size=6))
def test_a_table_is_read_as_each_of_its_rows(places: list[tuple[float, float]]) -> None:
    lon, lat = np.array(places, dtype=float).reshape(-1, 2).T
    for datum in Datum:
        x, y = from_cgcs2000(lon, lat, datum)
        arrays = read_positions(x, y, datum=datum)
        texts = read_positions([f"{v!r}" for v in x.tolist()], y.tolist(), datum=datum)
        for table in (arrays, texts):
            assert table.reasons == ("",) * len(places)
            assert np.abs(table.lon - lon).max(initial=0.0) < MM_DEG
            assert np.abs(table.lat - lat).max(initial=0.0) < MM_DEG


@given(st.floats(-180.0, 180.0), st.sampled_from(STYLES))
def test_an_angle_comes_back_from_every_way_of_writing_it(degrees: float, style: str) -> None:
    angle = read_angle(dms(degrees, style))
    assert angle.degrees == pytest.approx(degrees, abs=3e-12)
    assert angle.axis == "lon"


@given(st.text(alphabet="0123456789.-+°'\": EWNSdms东经度分秒", max_size=14))
def test_any_text_is_an_angle_or_a_refusal(text: str) -> None:
    try:
        angle = read_angle(text)
    except CrsError:
        return
    assert any(digit in text for digit in "0123456789")
    assert angle.axis is None or any(letter in text for letter in "EWNS经")


@pytest.mark.parametrize("declared", METRIC)
@pytest.mark.parametrize("true", METRIC)
@given(place=near, order=st.sampled_from([1, -1]))
def test_a_wrong_zone_prefix_or_order_is_seen_and_the_remedy_holds(
    declared: Datum, true: Datum, place: tuple[float, float], order: int
) -> None:
    x, y = (np.array([float(value)]) for value in from_cgcs2000(*place, true))
    first, second = (x, y) if order == 1 else (y, x)
    if declared.prefix_m == true.prefix_m and order == 1:
        assert not faulty(first, second, declared)[0]  # what is declared is obeyed
        return
    assert faulty(first, second, declared)[0]
    sentence = faults(first, second, declared)[0]
    right = f"LON LAT = {x[0].item()!r} {y[0].item()!r}"
    assert (right in sentence) == (order == -1)
    assert declared.prefix_m == true.prefix_m or f"--datum {true}" in sentence


@given(near, st.sampled_from(METRIC), st.sampled_from([1, -1]))
def test_metres_of_a_zone_are_never_taken_for_degrees(
    place: tuple[float, float], datum: Datum, order: int
) -> None:
    x, y = (float(value) for value in from_cgcs2000(*place, datum))
    first, second = (x, y) if order == 1 else (y, x)
    with pytest.raises(CrsError, match=f"--datum {datum}"):
        locate(first, second, TOY)


@given(st.floats(-400_000.0, 900_000.0), st.floats(-400_000.0, 900_000.0))
def test_a_local_grid_is_refused_under_every_datum(x: float, y: float) -> None:
    assume(min(abs(x), abs(y)) > 180.0)
    for datum in Datum:
        with pytest.raises(CrsError, match="相对独立坐标系"):
            locate(x, y, TOY, datum=datum)
