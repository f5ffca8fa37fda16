"""Gauss-Krueger against Krueger's own series of 1912, written out here, on CGCS2000's ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest

from tzkc_geo.crs import Datum, from_cgcs2000, to_cgcs2000

A_M, F = 6378137.0, 1 / 298.257222101
MERIDIAN_DEG = {Datum.GK40: 120, Datum.GK41: 123, Datum.GK120: 120, Datum.GK123: 123}
PREFIX_M = {Datum.GK40: 40e6, Datum.GK41: 41e6, Datum.GK120: 0.0, Datum.GK123: 0.0}


def krueger(lon: np.ndarray, lat: np.ndarray, meridian: float) -> tuple[np.ndarray, np.ndarray]:
    """Return easting without the false one and northing, to the fourth order of n."""
    n = F / (2 - F)
    e = np.sqrt(F * (2 - F))
    phi, lam = np.radians(lat), np.radians(lon - meridian)
    t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
    xi, eta = np.arctan2(t, np.cos(lam)), np.arctanh(np.sin(lam) / np.hypot(1.0, t))
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    radius = A_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    east, north = eta, xi
    for j, a in enumerate(alpha, start=1):
        east = east + a * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        north = north + a * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
    return radius * east, radius * north


@pytest.mark.parametrize("datum", list(MERIDIAN_DEG))
def test_both_directions_agree_below_a_micrometre(datum: Datum) -> None:
    rng = np.random.default_rng(4549)
    lon, lat = rng.uniform(117.0, 126.0, 500), rng.uniform(20.0, 50.0, 500)
    east, north = krueger(lon, lat, MERIDIAN_DEG[datum])
    x = east + 500_000.0 + PREFIX_M[datum]
    ours = from_cgcs2000(lon, lat, datum)
    assert np.abs(ours[0] - x).max() < 1e-6
    assert np.abs(ours[1] - north).max() < 1e-6
    back = to_cgcs2000(x, north, datum)
    assert np.abs(np.subtract(back, (lon, lat))).max() < 1e-11
