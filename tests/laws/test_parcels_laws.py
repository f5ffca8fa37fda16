"""Laws of divided parcels over random parcels of the toy world."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.toy.world import HIGH, RISE, ROWS, SOUTH, WEST, WIDE, catalog
from tzkc_geo.faces import ShareKind, faces
from tzkc_geo.geodesy import A_M, polygon_area_m2
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import LEVELS, Level, assign, decide
from tzkc_geo.parcels import (
    ParcelVerdict,
    Share,
    ZoneTotal,
    divide,
    divide_many,
    rounded_percent,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

TOY = catalog()
FACES = faces(TOY)
CODE = {row.unit_id: code for code, row in enumerate(TOY.units)} | {None: OUTSIDE}
LEVEL_OF = {
    ShareKind.CLUSTER: Level.IN_CLUSTER,
    ShareKind.ZONE_ONLY: Level.ZONE_ONLY,
    ShareKind.CORRIDOR_ONLY: Level.CORRIDOR_ONLY,
    ShareKind.OUTSIDE: Level.OUTSIDE,
}


@st.composite
def stars(draw: DrawFn) -> shapely.Polygon:
    """Draw a parcel of 1 m2 up to the whole corridor; every second one has a hole."""
    count = draw(st.integers(3, 9))
    seed = draw(st.integers(0, 2**32 - 1))
    radius = 10.0 ** draw(st.floats(-5.0, -1.5))
    rng = np.random.default_rng(seed)
    centre = rng.uniform((WEST - WIDE, SOUTH - HIGH), (WEST + 6 * WIDE, SOUTH + 4 * RISE))
    angle = (np.arange(count) + rng.uniform(0.1, 0.9, count)) * 2.0 * np.pi / count
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    ring *= radius * rng.uniform(0.5, 1.0, (count, 1))
    core = [] if count < 5 or draw(st.booleans()) else [ring * 0.3 + centre]
    return shapely.Polygon(ring + centre, core)


@st.composite
def boxes(draw: DrawFn) -> shapely.Polygon:
    """Draw a box on the grid of the toy world: its sides and corners touch those of units."""
    west, south = draw(st.integers(-2, 11)), draw(st.integers(-2, 150))
    wide, high = draw(st.integers(1, 12)), draw(st.integers(1, 40))
    lon = [round(WEST + k * WIDE / 2, 6) for k in (west, west + wide)]
    lat = [round(SOUTH + k * HIGH / 18, 6) for k in (south, south + high)]
    return shapely.box(lon[0], lat[0], lon[1], lat[1])


@st.composite
def several(draw: DrawFn) -> shapely.MultiPolygon:
    """Draw a parcel in two or three parts that lie apart or touch in a point."""
    parts = draw(st.lists(st.one_of(stars(), boxes()), min_size=2, max_size=3))
    whole = shapely.MultiPolygon(parts)
    assume(whole.is_valid)
    return whole


UNITS = st.sampled_from([TOY.polygons[row.unit_id] for row in TOY.units])
PARCELS = st.one_of(stars(), boxes(), several(), UNITS)
AMOUNTS = st.lists(st.floats(0.0, 1e12), min_size=1, max_size=30).filter(any)


def spread(verdict: ParcelVerdict) -> dict[str | None, float]:
    """Return the area of each share by unit."""
    return {share.unit_id: share.area_m2 for share in verdict.shares}


@given(PARCELS)
def test_shares_add_up_to_the_parcel_and_to_a_hundred(parcel: shapely.Polygon) -> None:
    found = divide(parcel, TOY)
    total = polygon_area_m2(parcel)
    assert found.area_m2 == total
    assert sum(share.area_m2 for share in found.shares) == pytest.approx(total, rel=1e-9)
    assert sum(Decimal(share.percent_text) for share in found.shares) == 100
    assert sum(share.percent for share in found.shares) == pytest.approx(100.0, rel=1e-9)
    rest = [s for s in found.shares if s.kind in (ShareKind.OUTSIDE, ShareKind.CORRIDOR_ONLY)]
    parts: list[Share | ZoneTotal] = [*found.zones, *rest]
    assert sum(part.area_m2 for part in parts) == pytest.approx(total, rel=1e-9)
    assert sum(Decimal(part.percent_text) for part in parts) == 100


@given(PARCELS)
def test_what_is_spread_is_only_the_bow_of_the_sides(parcel: shapely.Polygon) -> None:
    rings, _ = shapely.get_rings(shapely.get_parts(parcel), return_index=True)
    bow, rim = 0.0, 0.0
    for ring in rings:
        coords = shapely.get_coordinates(ring)
        east, north = np.radians(np.diff(coords, axis=0)).T * A_M
        east *= np.cos(np.radians(SOUTH))
        tan = np.tan(np.radians(coords[:, 1].max()))
        bow += float((np.abs(east) * north**2).sum()) * tan / (12.0 * A_M)
        rim += float(np.hypot(east, north).sum())
    rounding = 1e-7 * rim + 1e-6  # coordinates are held to 14 nm
    assert abs(divide(parcel, TOY).closure_m2) <= 1.05 * bow + rounding


@given(PARCELS, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=5, max_size=20))
def test_a_point_of_a_share_is_in_its_unit(
    parcel: shapely.Polygon, at: list[tuple[float, float]]
) -> None:
    found = divide(parcel, TOY)
    west, south, east, north = parcel.bounds
    lon, lat = (np.array(at) * (east - west, north - south) + (west, south)).T
    limits = [TOY.polygons[row.unit_id].boundary for row in TOY.units]
    clear = shapely.distance(shapely.union_all(limits), shapely.points(lon, lat)) > 1e-6
    held = {CODE[s.unit_id]: shapely.contains_xy(s.geometry, lon, lat) for s in found.shares}
    inside = shapely.contains_xy(parcel, lon, lat) & clear
    hits = np.sum(list(held.values()), axis=0)
    assert (hits[inside] == 1).all()
    codes = assign(lon, lat, TOY)
    for code, mine in held.items():
        assert (codes[mine & clear] == code).all()


@given(st.lists(st.tuples(st.floats(-0.02, 0.07), st.floats(-0.02, 0.09)), min_size=1, max_size=40))
def test_what_is_undecided_covers_every_undecided_point(at: list[tuple[float, float]]) -> None:
    lon, lat = np.add(at, (WEST, SOUTH)).T
    level = decide(lon, lat, TOY).level
    cell = assign(lon, lat, TOY)
    for x, y, code, answer in zip(lon, lat, cell, level, strict=True):
        if not FACES.unsure[code].intersects(shapely.Point(x, y)):
            assert LEVELS[answer] is LEVEL_OF[FACES.kinds[code]]


@given(st.lists(PARCELS, max_size=6))
def test_many_at_once_is_one_at_a_time(parcels: list[shapely.Polygon]) -> None:
    many = divide_many(parcels, TOY)
    assert [one.to_json() for one in many] == [divide(parcel, TOY).to_json() for parcel in parcels]


@given(PARCELS)
def test_start_and_direction_of_the_rings_do_not_count(parcel: shapely.Polygon) -> None:
    one, other = (divide(p, TOY) for p in (parcel, parcel.normalize().reverse()))
    assert spread(other) == pytest.approx(spread(one), rel=1e-9, abs=1e-6)
    assert other.verdict == one.verdict


@given(PARCELS)
def test_shares_have_bounds_and_the_order_of_the_catalog(parcel: shapely.Polygon) -> None:
    found = divide(parcel, TOY)
    codes = [CODE[share.unit_id] % (len(TOY.units) + 1) for share in found.shares]
    assert codes == sorted(set(codes))
    for share in found.shares:
        assert 0.0 <= share.undecided_m2 <= share.area_m2 * (1.0 + 1e-12)
        assert share.sigma_m2 is None or share.sigma_m2 >= 0.0
        assert share.area_m2 == pytest.approx(
            polygon_area_m2(share.geometry), abs=abs(found.closure_m2) + 1e-5 * found.area_m2
        )


@given(st.sampled_from([unit for members in ROWS.values() for unit in members]))
def test_a_cluster_is_its_own_to_the_last_bit(unit_id: str) -> None:
    found = divide(TOY.polygons[unit_id], TOY)
    assert found.closure_m2 == 0.0
    assert spread(found) == {unit_id: found.area_m2}
    assert not found.slivers


@given(AMOUNTS, st.integers(0, 4))
def test_rounded_percent_adds_up_and_is_near(amounts: list[float], decimals: int) -> None:
    texts = rounded_percent(amounts, decimals=decimals)
    unit = Fraction(1, 10**decimals)
    total = sum(Fraction(amount) for amount in amounts)
    assert sum(Fraction(text) for text in texts) == 100
    for text, amount in zip(texts, amounts, strict=True):
        assert abs(Fraction(text) - 100 * Fraction(amount) / total) < unit
        assert len(text.partition(".")[2]) == decimals


@given(AMOUNTS)
def test_of_equal_amounts_the_earlier_is_printed_no_smaller(amounts: list[float]) -> None:
    texts = rounded_percent([*amounts, *amounts])
    for first, again in zip(texts[: len(amounts)], texts[len(amounts) :], strict=True):
        assert 0 <= Decimal(first) - Decimal(again) <= Decimal("0.01")
