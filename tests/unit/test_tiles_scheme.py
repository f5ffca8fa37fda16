"""The arithmetic of WebMercatorQuad, against morecantile."""

import morecantile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.tiles.scheme import (
    check,
    scale_denominator,
    tile_bounds,
    tiles_over,
    to_lonlat,
    to_world,
)

OTHER = morecantile.tms.get("WebMercatorQuad")
LON, LAT = st.floats(-179.9, 179.9), st.floats(-85, 85)


@given(LON, LAT, st.integers(0, 18))
def test_a_position_is_in_the_tile_that_morecantile_says(lon: float, lat: float, z: int) -> None:
    tile = OTHER.tile(lon, lat, z)
    place = to_world([[lon, lat]])[0] * 2**z
    assert np.all(place > np.array([tile.x, tile.y]) - 1e-6)
    assert np.all(place < np.array([tile.x, tile.y]) + 1 + 1e-6)


@given(LON, LAT)
def test_there_and_back_is_the_same(lon: float, lat: float) -> None:
    assert np.allclose(to_lonlat(to_world([[lon, lat]])), [[lon, lat]], atol=1e-9)


@given(st.integers(0, 18), st.data())
def test_bounds_are_those_of_morecantile(z: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in "xy")
    assert np.allclose(tile_bounds(z, x, y), OTHER.bounds(morecantile.Tile(x, y, z)), atol=1e-7)


@pytest.mark.parametrize("z", [0, 8, 18])
def test_scale_denominators_are_those_of_the_standard(z: int) -> None:
    assert scale_denominator(z) == pytest.approx(OTHER.matrix(z).scaleDenominator, rel=1e-9)


def test_tiles_over_bounds_reach_over_their_sides() -> None:
    assert tiles_over((0.5, 0.25, 0.5, 0.3), 2) == (range(1, 3), range(2))
    assert tiles_over((0.51, 0.3, 0.6, 0.3), 2, buffer=0) == (range(2, 3), range(1, 2))
    assert tiles_over((0.0, 0.0, 1.0, 1.0), 1) == (range(2), range(2))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ((7, 0, 0), "zoom 7: there are no such tiles, expected 8 to 18, got 7"),
        ((19, 0, 0), "zoom 19: there are no such tiles, expected 8 to 18, got 19"),
        ((8, 256, 0), "column x 256: outside zoom 8, expected 0 to 255, got 256"),
        ((8, 0, -1), "row y -1: outside zoom 8, expected 0 to 255, got -1"),
    ],
)
def test_an_address_outside_is_refused_with_the_range(
    address: tuple[int, int, int], words: str
) -> None:
    with pytest.raises(UnknownIdError, match=words):
        check(*address)
    check(8, 255, 0)
