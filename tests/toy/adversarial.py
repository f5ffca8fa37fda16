"""Points that a careless test of membership gets wrong: on edges, on vertices, a hair beside."""

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def points(polygons: Iterable[shapely.Geometry], size: int, *, seed: int = 0) -> Floats:
    """Return ``(size, 2)`` points on, and within 1e-12 degree and 5 m of, edges and vertices."""
    rng = np.random.default_rng(seed)
    rings = [ring for polygon in polygons for ring in _rings(polygon)]
    starts = np.vstack([ring[:-1] for ring in rings])
    ends = np.vstack([ring[1:] for ring in rings])
    which = rng.integers(len(starts), size=size)
    along = rng.choice([0.0, 0.25, 0.5, 1.0, np.nan], size=size)
    along = np.where(np.isnan(along), rng.random(size), along)
    on = starts[which] + along[:, None] * (ends[which] - starts[which])
    on[along == 1.0] = ends[which][along == 1.0]
    hair = rng.choice([0.0, 0.0, 1e-15, 1e-12, 1e-9, 5e-5], size=(size, 1))
    beside = on + hair * rng.uniform(-1.0, 1.0, size=(size, 2))
    last_bit = rng.random(size) < 0.2
    beside[last_bit, 1] = np.nextafter(on[last_bit, 1], rng.choice([-90.0, 90.0], last_bit.sum()))
    return beside


def _rings(polygon: shapely.Geometry) -> list[Floats]:
    parts = shapely.get_parts(polygon)
    lines = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [shapely.get_coordinates(line) for line in lines]
