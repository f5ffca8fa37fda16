"""Distances to outlines against the geodesics of pyproj, point by point along every edge."""

import numpy as np
import pytest
from pyproj import Geod

from tzkc_geo.catalog import Catalog
from tzkc_geo.geodesy import lengths_m
from tzkc_geo.outlines import measure, outlines

GEOD = Geod(a=6378137.0, rf=298.257222101)
STEP_M = 2.0  # between the samples along an edge


def by_sampling(lon: float, lat: float, catalog: Catalog, unit_id: str) -> float:
    """Return the length of the shortest geodesic to a sample of the edges of a unit."""
    samples = []
    for edge in catalog.edges_of(unit_id):
        for start, end in zip(edge.points[:-1], edge.points[1:], strict=True):
            pieces = int(GEOD.inv(*start, *end)[2] / STEP_M) + 2
            samples.append(start + np.linspace(0.0, 1.0, pieces)[:, None] * (end - start))
    there = np.vstack(samples)
    here = np.broadcast_to([lon, lat], there.shape)
    return float(np.min(GEOD.inv(*here.T, *there.T)[2]))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(121.45, 28.645), (121.40, 28.60), (121.30, 28.68), (121.6, 28.5), (123.0, 30.0)],
)
def test_distances_are_geodesics_to_the_nearest_point(
    lon: float, lat: float, real_catalog: Catalog
) -> None:
    found = measure(np.array([lon]), np.array([lat]), outlines(real_catalog))
    for code, row in enumerate(real_catalog.units):
        expected = by_sampling(lon, lat, real_catalog, row.unit_id)
        distance = abs(found.distance_m[0, code])
        beside = STEP_M**2 / 8.0 / max(expected, STEP_M)  # a sample is up to 1 m from the foot
        assert expected - beside - 1e-6 * expected - 1e-4 <= distance
        assert distance <= expected * (1.0 + 1e-6) + 1e-4


def test_lengths_agree_with_geodesics() -> None:
    rng = np.random.default_rng(0)
    here = rng.uniform((121.0, 28.0), (122.0, 29.0), (2000, 2))
    there = here + rng.uniform(-1.0, 1.0, (2000, 2)) * rng.choice(
        [1e-6, 0.01, 0.05, 0.5, 3.0], (2000, 1)
    )
    truth = GEOD.inv(*here.T, *there.T)[2]
    error = np.abs(lengths_m(here, there) - truth)
    assert error[truth < 5_000].max() < 1e-4
    assert error.max() < 0.2


def test_a_length_broadcasts_and_beyond_half_a_degree_is_the_geodesic() -> None:
    there = np.array([[121.45, 28.645], [139.77, 35.68], [121.45, -28.645]])
    found = lengths_m([121.45, 28.645], there)
    expected = [GEOD.inv(121.45, 28.645, lon, lat)[2] for lon, lat in there]
    assert found == pytest.approx(expected, abs=1e-9)
    assert found[0] == 0.0
