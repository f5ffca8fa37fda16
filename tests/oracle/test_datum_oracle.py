"""GCJ-02 and BD-09 against the independent package ``prcoords`` (public domain)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import prcoords
import pytest

from tzkc_geo.crs import Datum, from_cgcs2000, to_cgcs2000

if TYPE_CHECKING:
    from collections.abc import Callable

MM_DEG = 0.9e-8  # below 1 mm in lon and lat


@pytest.fixture(autouse=True)
def exact_inverse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the other package iterate until nothing changes (its default stops at 1 m)."""
    monkeypatch.setattr(prcoords, "PRC_EPS", 1e-13)


def points() -> tuple[np.ndarray, np.ndarray]:
    """Return 100 points over Taizhou and 900 over China."""
    rng = np.random.default_rng(20220)
    lon = np.concatenate([rng.uniform(121.0, 122.0, 100), rng.uniform(73.0, 135.0, 900)])
    lat = np.concatenate([rng.uniform(28.0, 29.0, 100), rng.uniform(3.0, 53.0, 900)])
    return lon, lat


@pytest.mark.parametrize(
    ("ours", "datum", "theirs"),
    [
        (from_cgcs2000, Datum.GCJ02, prcoords.wgs_gcj),
        (from_cgcs2000, Datum.BD09, prcoords.wgs_bd),
        (to_cgcs2000, Datum.GCJ02, prcoords.gcj_wgs_bored),
        (to_cgcs2000, Datum.BD09, prcoords.bd_wgs_bored),
    ],
)
def test_both_directions_agree_below_a_millimetre(
    ours: Callable[..., tuple[np.ndarray, np.ndarray]],
    datum: Datum,
    theirs: Callable[[tuple[float, float]], tuple[float, float]],
) -> None:
    lon, lat = points()
    expected = np.array([theirs((b, a)) for a, b in zip(lon, lat, strict=True)])
    got = np.column_stack(ours(lon, lat, datum))
    assert np.abs(got - expected[:, ::-1]).max() < MM_DEG
