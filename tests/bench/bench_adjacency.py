"""Adjacency of 10,000 polygons against libpysal's perimeter-weight graph, in one run.

Run it with ``python tests/bench/bench_adjacency.py``. Each figure is the best of three runs.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import geopandas
import libpysal.graph
import numpy as np
import shapely

from tzkc_geo.adjacency import contiguity

if TYPE_CHECKING:
    from collections.abc import Callable

POLYGONS = 10_000
LIMIT_S, FASTER = 2.0, 5.0


def best(run: Callable[[], object]) -> float:
    """Return the seconds of the best of three runs."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> int:
    """Print the figures; 1 if one is missed."""
    seeds = np.random.default_rng(1).uniform((121.0, 28.4), (121.6, 28.9), (POLYGONS, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds)))
    frame = geopandas.GeoDataFrame(geometry=cells, crs="EPSG:4490")
    build = libpysal.graph.Graph.build_contiguity
    peer_s = best(lambda: build(frame, rook=True, by_perimeter=True))
    ours_s = best(lambda: contiguity(list(cells)))
    sys.stdout.write(
        f"adjacency of {POLYGONS} polygons: {ours_s:.2f} s, libpysal with perimeters"
        f" {peer_s:.2f} s, {peer_s / ours_s:.1f} times\n"
    )
    return int(ours_s > LIMIT_S or peer_s / ours_s < FASTER)


if __name__ == "__main__":
    sys.exit(main())
