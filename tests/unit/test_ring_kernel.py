"""The loops over rings: compiled and plain agree, tall and low rings meet, nan is told."""

from itertools import pairwise

import numpy as np
import pytest

from tzkc_geo import geodesy, ring_kernel
from tzkc_geo.errors import CrsError

SERIES = np.array(geodesy.SERIES)


def trapezoids(ring: np.ndarray) -> float:
    """Return the area by the printed formula, each side to the meridian through the middle."""
    lon, lat = np.radians(ring).T
    lon = lon - (lon.min() + lon.max()) / 2
    total = 0.0
    for k in range(len(ring)):
        b1, b2 = lat[k], lat[(k + 1) % len(ring)]
        d, m = b2 - b1, (b1 + b2) / 2
        terms = [
            (-1) ** i * s * np.sin((2 * i + 1) * d / 2) * np.cos((2 * i + 1) * m)
            for i, s in enumerate(geodesy.SERIES)
        ]
        total += 2 * geodesy.B_M**2 * (lon[k] + lon[(k + 1) % len(ring)]) / 2 * sum(terms)
    return float(abs(total))


@pytest.mark.parametrize("high", [1e-4, 0.01, 1.1, 1.2, 20.0])  # degrees; 1.146 is the limit
def test_low_and_tall_rings_have_the_area_of_the_printed_formula(high: float) -> None:
    shape = np.array([[0.0, 0.0], [1.0, 1.0 / 3.0], [0.5, 1.0]])
    ring = np.array([121.3, 28.5]) + high * shape
    assert geodesy.statutory_area_m2(ring)[0] == pytest.approx(trapezoids(ring), rel=1e-9)


def test_compiled_and_plain_agree_to_the_last_bits() -> None:
    rng = np.random.default_rng(0)
    coords = rng.uniform((121.2, 28.5), (121.5, 28.7), (400, 2))
    starts = np.arange(0, 401, 4)
    plain, fast = np.empty((2, 100))
    ring_kernel.ring_areas(coords, starts, SERIES, plain)
    ring_kernel.compiled()["ring_areas"](coords, starts, SERIES, fast)
    assert fast == pytest.approx(plain, rel=1e-14)


def test_many_rings_are_those_of_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    coords = rng.uniform((121.2, 28.5), (121.5, 28.7), (300, 2))
    starts = np.array([0, 3, 3, 50, 55, 299, 300])
    alone = [geodesy.statutory_area_m2(coords[a:b])[0] for a, b in pairwise(starts)]
    monkeypatch.setattr(geodesy, "COMPILE_FROM", 10)
    assert geodesy.statutory_area_m2(coords, starts) == pytest.approx(alone, rel=1e-14)


@pytest.mark.parametrize("wrong", [(np.nan, 28.6), (121.4, np.inf), (28.6, 121.4), (181.0, 0.0)])
def test_what_is_no_position_is_named_in_compiled_rings_too(
    wrong: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geodesy, "COMPILE_FROM", 10)
    coords = np.tile([[121.3, 28.5], [121.4, 28.5], [121.4, 28.6]], (5, 1))
    coords[7] = wrong
    with pytest.raises(CrsError, match=r"^vertex 7: "):
        geodesy.statutory_area_m2(coords, np.arange(0, 16, 3))
