"""Contiguity against libpysal, and graphs that libpysal and networkx read."""

import sys
from itertools import combinations

import geopandas
import libpysal.graph
import networkx as nx
import numpy as np
import pytest
import shapely

import tzkc_geo
from tests.toy.neighbours import moved, row_of_two
from tests.toy.world import HIGH, SOUTH, WEST, WIDE, catalog
from tzkc_geo.adjacency import contiguity
from tzkc_geo.errors import DataError
from tzkc_geo.graphs import to_libpysal, to_networkx

TOY = catalog()
CLUSTERS = [f"c{n:02d}" for n in range(1, 15)]
FRAME = geopandas.GeoDataFrame(
    index=CLUSTERS, geometry=[TOY.polygons[name] for name in CLUSTERS], crs="EPSG:4490"
)


def mosaic(count: int) -> list[shapely.Polygon]:
    """Return a coverage of Voronoi cells in degrees."""
    seeds = np.random.default_rng(4).uniform((121.2, 28.5), (121.5, 28.7), (count, 2))
    return list(shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds))))


@pytest.mark.parametrize(("rook", "relations"), [(True, ["edge"]), (False, ["edge", "corner"])])
def test_the_toy_has_the_neighbours_of_libpysal(rook: bool, relations: list[str]) -> None:  # noqa: FBT001
    ours = to_libpysal(tzkc_geo.adjacency(TOY, level="cluster").pairs, relations=relations)
    theirs = libpysal.graph.Graph.build_contiguity(FRAME, rook=rook)
    assert set(ours.unique_ids) == set(CLUSTERS)
    assert ours.adjacency.to_dict() == theirs.adjacency.to_dict()
    assert not ours.asymmetry().size


def test_ten_thousand_sides_have_the_lengths_of_libpysal() -> None:
    cells = mosaic(1500)
    found = contiguity(cells)
    frame = geopandas.GeoDataFrame(geometry=cells, crs="EPSG:4490")
    theirs = libpysal.graph.Graph.build_contiguity(frame, rook=True)
    edges = {tuple(pair) for pair in found.pairs[found.is_edge].tolist()}
    listed = {tuple(sorted(pair)) for pair in theirs.adjacency.index if pair[0] != pair[1]}
    short = {(a, b) for a, b in listed - edges if cells[a].intersection(cells[b]).length < 2e-6}
    assert edges <= listed
    assert edges | short == listed  # they call an edge what is shorter than 10 cm


def test_a_graph_of_networkx_has_every_unit_and_relation() -> None:
    pairs = tzkc_geo.adjacency(row_of_two(50.0, c01_east="canal")).pairs
    graph = to_networkx(pairs)
    assert isinstance(graph, nx.Graph)
    assert set(graph) == {*CLUSTERS, "core", "z1", "z2", "z3"}
    assert graph["c02"]["c01"]["relation"] == "across_water"
    assert graph["c04"]["c05"]["shared_m"] == pytest.approx(997.47, abs=0.01)
    assert not graph.has_edge("c01", "c03")
    assert nx.number_connected_components(graph) == 4 + 5


def test_a_contained_unit_names_its_container() -> None:
    inner = shapely.box(WEST + WIDE / 4, SOUTH + HIGH / 4, WEST + WIDE / 2, SOUTH + HIGH / 2)
    graph = to_networkx(tzkc_geo.adjacency(moved({"c02": inner}, {})).pairs)
    assert graph["c02"]["c01"] == {
        "relation": "contains",
        "shared_m": 0.0,
        "gap_m": None,
        "line": None,
        "container": "c01",
    }


def test_lengths_can_be_weights_and_lonely_units_are_isolates() -> None:
    pairs = tzkc_geo.adjacency(TOY).pairs
    graph = to_libpysal(pairs, by_length=True)
    assert graph["c01"].to_dict() == pytest.approx({"c02": 997.47}, abs=0.01)
    assert set(graph.isolates) == {"core", "z1", "z2", "z3"}
    both = [(a, b) for a, b in combinations(CLUSTERS, 2) if (a, b) in graph.adjacency.index]
    assert len(both) == 10


@pytest.mark.parametrize("library", ["networkx", "libpysal"])
def test_without_the_extra_the_message_says_how_to_get_it(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(sys.modules, "libpysal.graph", None)
    make = to_networkx if library == "networkx" else to_libpysal
    with pytest.raises(DataError, match=rf"^{library}: is not installed, .*tzkc_geo\[graph\]"):
        make(tzkc_geo.adjacency(TOY).pairs)
