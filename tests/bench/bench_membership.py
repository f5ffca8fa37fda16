"""Membership of points against peers, all in one run: ``make bench`` prints the ratios.

Sizes are read from TZKC_BENCH_POINTS (10 million). Each figure is the best of three runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pandas as pd
import sedonadb
import shapely

import tzkc_geo
from tests.toy import adversarial
from tzkc_geo import cells
from tzkc_geo.outlines import outlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog

POINTS = int(os.environ.get("TZKC_BENCH_POINTS", "10_000_000"))
JOINED = POINTS  # what the peers are given
DEGREE_M = 111_000.0
OFTEN = 500
LOCATE = "from tzkc_geo.cli import main; main(['locate', '121.45', '28.645'])"


def best(run: Callable[[], object], *, of: int = 3) -> float:
    """Return the shortest of some runs, seconds."""
    took = []
    for _ in range(of):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return min(took)


def uniform(catalog: Catalog, size: int) -> NDArray[np.float64]:
    west, south, east, north = shapely.total_bounds(list(catalog.polygons.values()))
    rng = np.random.default_rng(0)
    return np.array([rng.uniform(west, east, size), rng.uniform(south, north, size)])


def beside_edges(catalog: Catalog, size: int) -> NDArray[np.float64]:
    """Return points within 5 m of an edge of a cluster or zone."""
    polygons = [catalog.polygons[row.unit_id] for row in catalog.units if row.kind != "corridor"]
    rings = shapely.union_all([polygon.boundary for polygon in polygons])
    rng = np.random.default_rng(1)
    along = rng.uniform(0.0, rings.length, size)
    on = shapely.get_coordinates(shapely.line_interpolate_point(rings, along))
    return np.ascontiguousarray((on + rng.uniform(-5, 5, on.shape) / DEGREE_M).T)


def frame(catalog: Catalog) -> geopandas.GeoDataFrame:
    """Return the units that take points, in the order in which they do."""
    index = outlines(catalog).index
    shapes = [index.polygons[code] for code in index.rank]
    return geopandas.GeoDataFrame({"rank": range(len(shapes))}, geometry=shapes, crs="EPSG:4490")


def by_sedona(points: NDArray[np.float64], catalog: Catalog) -> Callable[[], object]:
    """Return the same work in SQL: from arrays of degrees to one code a point, in order."""
    session = sedonadb.connect()
    table = pd.DataFrame({"row": np.arange(points.shape[1]), "lon": points[0], "lat": points[1]})
    session.create_data_frame(table).to_view("points")
    units = frame(catalog).set_crs(None, allow_override=True)
    session.create_data_frame(units).to_view("units")
    query = (
        "SELECT p.row, min(u.rank) AS code FROM points p LEFT JOIN units u"
        " ON ST_Intersects(u.geometry, ST_Point(p.lon, p.lat)) GROUP BY p.row ORDER BY p.row"
    )

    def run() -> object:
        return session.sql(query).to_pandas()["code"].to_numpy()

    return run


def by_sjoin(points: NDArray[np.float64], catalog: Catalog) -> Callable[[], object]:
    """Return the same work in geopandas."""
    right = frame(catalog)

    def run() -> object:
        left = geopandas.GeoDataFrame(geometry=shapely.points(*points), crs="EPSG:4490")
        joined = geopandas.sjoin(left, right, how="left", predicate="intersects")
        return joined.groupby(level=0)["rank"].min().to_numpy()

    return run


def rate(name: str, size: int, seconds: float) -> float:
    millions = size / seconds / 1e6
    sys.stdout.write(f"{name:42s} {millions:9.2f} M points/s\n")
    return millions


def points_in_memory(catalog: Catalog) -> None:
    for kind, make in (("uniform", uniform), ("within 5 m of an edge", beside_edges)):
        lon, lat = make(catalog, POINTS)
        few = np.array([lon[:JOINED], lat[:JOINED]])
        took = best(partial(tzkc_geo.assign, lon, lat, catalog), of=7)
        ours = rate(f"assign, {kind}", POINTS, took)
        same_as(catalog, few)
        sedona = rate(f"SedonaDB, {kind}", JOINED, best(by_sedona(few, catalog)))
        join = rate(f"geopandas.sjoin, {kind}", JOINED, best(by_sjoin(few, catalog), of=2))
        sys.stdout.write(
            f"  ratio {kind}: {ours / sedona:.0f} x SedonaDB, {ours / join:.0f} x sjoin\n"
        )


def same_as(catalog: Catalog, points: NDArray[np.float64]) -> None:
    """Stop unless the peers give our codes."""
    ours = tzkc_geo.assign(points[0], points[1], catalog)
    rank = np.array(outlines(catalog).index.rank)
    for peer in (by_sedona, by_sjoin):
        found = np.asarray(peer(points, catalog)(), dtype=np.float64)
        codes = np.where(np.isnan(found), -1, rank[np.nan_to_num(found).astype(int)])
        if not np.array_equal(codes, ours):
            sys.exit(f"{peer.__name__}: {(codes != ours).sum()} points differ")


def differences(catalog: Catalog) -> None:
    index = outlines(catalog).index
    lon, lat = np.ascontiguousarray(adversarial.points(index.polygons, 2_000_000).T)
    expected = np.column_stack([shapely.intersects_xy(p, lon, lat) for p in index.polygons])
    wrong = int((cells.covering(lon, lat, index) != expected).sum())
    sys.stdout.write(f"differences from GEOS on 2 M adversarial points: {wrong}\n")


def start_up(catalog: Catalog) -> None:
    for name, datum in (("declared", "wgs84"), ("undeclared, 3 readings", None)):
        took = best(partial(locate_often, catalog, datum), of=5)
        sys.stdout.write(f"{'locate in process, ' + name:42s} {took / OFTEN * 1e6:9.0f} us\n")
    for name, code in (
        ("import tzkc_geo, whole process", "import tzkc_geo"),
        ("tzkc locate cold, whole process", LOCATE),
    ):
        run = [sys.executable, "-c", code]
        took = best(partial(subprocess.run, run, check=True, capture_output=True), of=5)
        sys.stdout.write(f"{name:42s} {took:9.2f} s\n")


def locate_often(catalog: Catalog, datum: str | None) -> None:
    for step in range(OFTEN):
        tzkc_geo.locate(121.43 + step * 1e-4, 28.645, catalog, datum=datum)


if __name__ == "__main__":
    real = tzkc_geo.load()
    points_in_memory(real)
    differences(real)
    start_up(real)
