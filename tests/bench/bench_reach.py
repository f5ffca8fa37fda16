"""Reach, matrix and raster on the corridor's network, warm, beside a peer in the same run.

The figures to reach: a reach request with polygons in 10 ms, the 19 x 19 matrix with paths in
100 ms, the Cloud Optimized GeoTIFF of 10 m pixels in 2 s. The peers are networkx for the search,
scipy for the surface (the nearest entry through a tree, at request time, no barriers) and shapely
for the polygons (one box a square of the grid, united).
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import shapely
from scipy.spatial import cKDTree

import tzkc_geo
from tests.bench.bench_membership import best
from tzkc_geo.crs import to_metric
from tzkc_geo.io.raster import write_cog
from tzkc_geo.network import loops
from tzkc_geo.network.build import network
from tzkc_geo.network.grids import display, unit_cells
from tzkc_geo.network.matrix import matrix
from tzkc_geo.network.pixels import raster
from tzkc_geo.network.reach import search_from
from tzkc_geo.network.reach_table import reach_table
from tzkc_geo.network.snap import snap

if TYPE_CHECKING:
    from collections.abc import Callable

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network

SITE = (121.45, 28.645)
UNITS = 19
MS = 1000.0


def peer_graph(own: Network) -> nx.DiGraph:
    """Return the network as networkx has it; of parallel edges the fastest."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(own.graph.xy)))
    columns = (own.graph.tail, own.graph.head, own.graph.cost)
    rows = sorted(
        zip(*(column.tolist() for column in columns), strict=True), key=lambda row: -row[2]
    )
    graph.add_weighted_edges_from(rows)
    return graph


def peer(catalog: Catalog, own: Network) -> Callable[[], object]:
    """Return a reach request as one would write it without this library."""
    graph, cells, view = peer_graph(own), unit_cells(catalog, own), display(own)
    entries = np.flatnonzero(own.entry)
    tree = cKDTree(own.graph.xy[entries])
    start = to_metric([SITE])[0]
    half = view.grid.step_m / 2.0
    pace = 10.0 * own.seconds_per_m("road")

    def run() -> object:
        seeds = snap(own, *start.tolist())
        graph.add_weighted_edges_from(
            ("site", int(node), int(cost))
            for node, cost in zip(seeds.nodes, seeds.costs, strict=True)
        )
        time = nx.single_source_dijkstra_path_length(graph, "site", weight="weight")
        graph.remove_node("site")
        clock = np.array([time.get(int(node), np.inf) for node in entries])
        tenths = []
        for xy in (cells.places.xy, view.places.xy):
            metres, at = tree.query(xy, k=8)
            tenths.append((clock[at] + metres * pace).min(axis=1))
        shares = [cells.shares(tenths[0] <= limit) for limit in (9000.0, 18000.0)]
        bands = []
        for limit in (9000.0, 18000.0):
            x, y = view.places.xy[tenths[1] <= limit].T
            bands.append(shapely.union_all(shapely.box(x - half, y - half, x + half, y + half)))
        return shares, bands

    return run


def say(name: str, seconds: float, most_ms: float, beside: str = "") -> None:
    sys.stdout.write(f"{name:44s} {seconds * MS:9.1f} ms, at most {most_ms:.0f}{beside}\n")


def cog(catalog: Catalog, own: Network, folder: Path) -> Callable[[], object]:
    """Return the whole way from a site to a file."""

    def run() -> object:
        one = search_from(catalog, *SITE)
        found = raster(catalog, own, one.clock, one.to_targets())
        place = {"west": found.west, "north": found.north, "step_m": found.step_m}
        write_cog(folder / "times.tif", found.minutes, **place, tags={})
        return found

    return run


def main() -> None:
    catalog = tzkc_geo.load()
    own = network(catalog)
    sys.stdout.write(f"{len(own.graph.xy)} nodes, {len(own.graph.head)} edges\n")
    first = best(lambda: (unit_cells(catalog, own), display(own)), of=1)
    sys.stdout.write(f"{'cells and squares, once for a network':44s} {first * MS:9.1f} ms\n")
    plain = best(lambda: tzkc_geo.reach(catalog, *SITE), of=5)
    say("reach with polygons, plain search", plain, 10.0)
    loops.compiled()
    ours = best(lambda: tzkc_geo.reach(catalog, *SITE), of=20)
    theirs = best(peer(catalog, own), of=3)
    say("reach with polygons", ours, 10.0, f", {theirs / ours:.0f} x networkx + scipy + shapely")
    ids = [row.unit_id for row in catalog.units]
    took = best(lambda: matrix(catalog, ids).paths(), of=5)
    graph = peer_graph(own)
    nodes = [int(own.stations[i]) for i in list(own.stations)[:3]]
    slow = best(lambda: [nx.single_source_dijkstra(graph, node) for node in nodes], of=2)
    ratio = slow / len(nodes) * UNITS / took
    say(
        "matrix 19 x 19 with paths",
        took,
        100.0,
        f", {ratio:.0f} x networkx, which gives nodes alone",
    )
    with TemporaryDirectory() as name:
        make = cog(catalog, own, Path(name))
        sys.stdout.write(f"{'COG of 10 m pixels, the first':44s} {best(make, of=1) * MS:9.1f} ms\n")
        say("COG of 10 m pixels", best(make, of=3), 2000.0)
        size = (Path(name) / "times.tif").stat().st_size
        sys.stdout.write(f"{'  its size':44s} {size / 1e6:9.1f} MB\n")
    table = best(lambda: reach_table(catalog, scenario="2028"), of=1)
    sys.stdout.write(f"{'reach table, 2028, the first':44s} {table * MS:9.1f} ms\n")


if __name__ == "__main__":
    main()
