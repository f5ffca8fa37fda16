"""The committed derived files are those of the committed tables, and a build repeats itself."""

import hashlib
import json
from itertools import combinations

import pytest
import shapely

from tests.toy.layers import SHIPPED
from tzkc_geo import crs
from tzkc_geo.build import build
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.store import derived_texts, is_fresh, read_derived
from tzkc_geo.model import ExceptionKind, UnitKind

DERIVED = SHIPPED / "derived"
MOVE_M = 0.001  # a rebuild that moves an outline by more is a red test
UNITS = ["corridor", "core", "z1", "z2", "z3", *(f"c{n:02d}" for n in range(1, 15))]
CRUMB_M2 = 1.0


@pytest.fixture(scope="module")
def committed(real_tables: Tables) -> Catalog:
    return read_derived(real_tables, DataFolder(SHIPPED))


@pytest.fixture(scope="module")
def metric(real_catalog: Catalog) -> dict[str, shapely.Geometry]:
    """Return the outlines of a new build, EPSG:4549."""
    shapes = real_catalog.polygons
    return {name: shapely.transform(shape, crs.to_metric) for name, shape in shapes.items()}


def test_the_committed_files_are_those_of_the_tables(real_tables: Tables) -> None:
    manifest = json.loads((DERIVED / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["digest"] == real_tables.digest, "stale: run make data"
    for name, expected in manifest["sha256"].items():
        assert hashlib.sha256((DERIVED / name).read_bytes()).hexdigest() == expected
    assert {path.name for path in DERIVED.iterdir()} == {*manifest["sha256"], "manifest.json"}
    assert is_fresh(real_tables, DataFolder(SHIPPED))


@pytest.mark.parametrize("unit_id", UNITS)
def test_a_rebuild_moves_no_vertex_by_more_than_1_mm(
    unit_id: str, committed: Catalog, metric: dict[str, shapely.Geometry]
) -> None:
    old = shapely.transform(committed.polygons[unit_id], crs.to_metric)
    new = metric[unit_id]
    assert old.geom_type == new.geom_type
    assert shapely.get_num_coordinates(old) == shapely.get_num_coordinates(new)
    assert shapely.hausdorff_distance(old, new) <= MOVE_M
    assert shapely.hausdorff_distance(old.boundary, new.boundary) <= MOVE_M
    assert old.symmetric_difference(new).area <= MOVE_M * old.length


def test_a_rebuild_gives_the_same_edges_and_figures(
    committed: Catalog, real_catalog: Catalog
) -> None:
    assert [row.unit_id for row in committed.units] == UNITS
    assert len(committed.edges) == len(real_catalog.edges)
    for old, new in zip(committed.edges, real_catalog.edges, strict=True):
        for field in ("unit_id", "line_id", "name_zh", "text_zh", "band_m", "how"):
            assert getattr(old, field) == getattr(new, field)
        assert old.accuracy_m == pytest.approx(new.accuracy_m, abs=0.01)
    for unit_id, result in committed.results.items():
        again = real_catalog.results[unit_id]
        assert (result.grade, result.verdict) == (again.grade, again.verdict)
        assert result.area_km2 == pytest.approx(again.area_km2, abs=1e-6)


def test_two_builds_give_the_same_bytes(real_tables: Tables, real_catalog: Catalog) -> None:
    assert derived_texts(build(real_tables)) == derived_texts(real_catalog)


def test_all_outlines_are_valid_and_have_an_area(metric: dict[str, shapely.Geometry]) -> None:
    assert list(metric) == UNITS
    for unit_id, shape in metric.items():
        assert shape.is_valid, unit_id
        assert shape.area > 1e5, unit_id


def test_clusters_overlap_no_more_than_is_declared(
    real_tables: Tables, metric: dict[str, shapely.Geometry]
) -> None:
    allowed = {
        frozenset((e.unit_id, e.other_id)): e.limit_m2
        for e in real_tables.exceptions
        if e.kind is ExceptionKind.OVERLAP
    }
    clusters = [u.unit_id for u in real_tables.units if u.kind is UnitKind.CLUSTER]
    for pair in combinations(clusters, 2):
        limit = allowed.get(frozenset(pair)) or CRUMB_M2
        assert metric[pair[0]].intersection(metric[pair[1]]).area <= limit, pair
    for pair in combinations(("core", "z1", "z2", "z3"), 2):
        assert metric[pair[0]].intersection(metric[pair[1]]).area <= CRUMB_M2, pair


def test_children_lie_in_their_parents_and_fill_them_but_for_declared_gaps(
    real_tables: Tables, metric: dict[str, shapely.Geometry]
) -> None:
    allowed = {e.unit_id: e.limit_m2 for e in real_tables.exceptions if e.kind is ExceptionKind.GAP}
    for parent in ("corridor", "core", "z1", "z2", "z3"):
        parts = [metric[u.unit_id] for u in real_tables.units if u.parent_id == parent]
        union = shapely.union_all(parts)
        assert union.difference(metric[parent]).area <= CRUMB_M2, parent
        gap = metric[parent].difference(union).area
        assert gap <= (allowed.get(parent) or CRUMB_M2), parent


def test_children_lie_in_their_parents_in_degrees_too(committed: Catalog) -> None:
    for row in committed.units:
        if row.parent_id is not None:
            outside = shapely.difference(
                committed.polygons[row.unit_id], committed.polygons[row.parent_id]
            )
            assert outside.is_empty, row.unit_id


def test_the_edges_of_a_unit_are_its_outline(committed: Catalog) -> None:
    for row in committed.units:
        lines = [shapely.LineString(edge.points) for edge in committed.edges_of(row.unit_id)]
        sides = shapely.get_coordinates(shapely.node(shapely.MultiLineString(lines)))
        ring = shapely.get_coordinates(committed.polygons[row.unit_id])
        assert {*map(tuple, sides)} == {*map(tuple, ring)}, row.unit_id


def test_clusters_lie_in_their_districts_but_for_declared_parts(
    real_tables: Tables, metric: dict[str, shapely.Geometry]
) -> None:
    allowed = {
        e.unit_id: e.limit_m2
        for e in real_tables.exceptions
        if e.kind is ExceptionKind.OUTSIDE_DISTRICT
    }
    outlines = {
        name: shapely.transform(shape, crs.to_metric)
        for name, shape in real_tables.districts.items()
    }
    for unit in real_tables.units:
        if unit.kind is UnitKind.CLUSTER:
            shape = metric[unit.unit_id]
            land = shapely.union_all([outlines[name] for name in unit.districts])
            outside = shape.difference(land).area
            assert outside <= (allowed.get(unit.unit_id) or CRUMB_M2), unit.unit_id
            assert outside <= 0.2 * shape.area, unit.unit_id
    assert set(allowed) <= {u.unit_id for u in real_tables.units}
