"""Who borders whom in the toy world and in small worlds, with answers known by hand."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

import tzkc_geo
from tests.toy.neighbours import SCALE, moved, polygon, rect, row_of_two
from tests.toy.world import HIGH, ROWS, SOUTH, WEST, WIDE, catalog
from tzkc_geo.adjacency import WIDEST_M, Pair, Relation, contiguity
from tzkc_geo.catalog import Catalog
from tzkc_geo.contiguity import SAME_LINE_M, TOUCH_M, sides_of_shapes
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.facing import facing
from tzkc_geo.geodesy import geodesic_length_m
from tzkc_geo.model import LineKind

TOY = catalog()
SIDE_M = geodesic_length_m([[WEST, SOUTH], [WEST, SOUTH + HIGH]])


def pair(world: Catalog, one: str = "c01", other: str = "c02") -> Pair:
    return tzkc_geo.adjacency(world).between(one, other)


def test_the_squares_of_a_row_share_a_side_and_no_others_do() -> None:
    found = tzkc_geo.adjacency(TOY)
    neighbours = {pair for row in ROWS.values() for pair in pairwise(row)}
    assert {(p.a, p.b) for p in found.pairs if p.relation is Relation.EDGE} == neighbours
    others = [p for p in found.pairs if (p.a, p.b) not in neighbours]
    assert {p.relation for p in others} == {Relation.NONE}
    assert Counter(p.level for p in found.pairs) == {"cluster": 14 * 13 // 2, "zone": 6}
    first = found.between("c02", "c01")
    assert first.shared_m == pytest.approx(SIDE_M, rel=1e-9)
    assert first.line == "c01东路"  # both sides are as long; the smaller id stands
    side = shapely.LineString([(WEST + WIDE, SOUTH), (WEST + WIDE, SOUTH + HIGH)])
    assert first.contact.hausdorff_distance(side) < 1e-12
    assert found.digest == TOY.digest


def test_every_unit_lies_in_the_one_that_it_is_part_of() -> None:
    parts = tzkc_geo.adjacency(TOY).contains
    assert {p.child: p.parent for p in parts} == {
        row.unit_id: row.parent_id for row in TOY.units if row.parent_id
    }
    assert {p.outside_m2 for p in parts} == {0.0}
    assert {p.share for p in parts} == {1.0}


def test_what_lies_outside_its_parent_is_measured() -> None:
    half = shapely.box(WEST - WIDE / 2, SOUTH, WEST + WIDE / 2, SOUTH + HIGH)
    part = next(
        p for p in tzkc_geo.adjacency(moved({"c01": half}, {})).contains if p.child == "c01"
    )
    assert part.share == pytest.approx(0.5, abs=1e-9)
    assert part.outside_m2 == pytest.approx(tzkc_geo.areas(TOY)["c01"]["statutory"] / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "relation"),
    [
        ("road", Relation.ACROSS_ROAD),
        ("rail", Relation.ACROSS_ROAD),
        ("canal", Relation.ACROSS_WATER),
        ("bank", Relation.ACROSS_WATER),
        ("border", Relation.NONE),
        ("limit", Relation.NONE),
    ],
)
def test_a_gap_along_a_line_is_that_line(kind: str, relation: Relation) -> None:
    found = pair(row_of_two(50.0, c01_east=kind))
    assert found.relation is relation
    assert found.gap_m == pytest.approx(50.0, abs=0.1)
    assert found.gap_mean_m == pytest.approx(50.0, abs=0.1)
    assert found.facing_m == pytest.approx(SIDE_M, rel=1e-3)
    assert found.line == (None if relation is Relation.NONE else "c01东路")
    assert found.shared_m == 0.0
    assert found.contact.length * SCALE[0] == pytest.approx(50.0, abs=0.1)


@pytest.mark.parametrize("kind", list(WIDEST_M))
def test_a_gap_wider_than_such_a_line_can_be_is_land(kind: LineKind) -> None:
    widest = WIDEST_M[kind]
    assert pair(row_of_two(0.99 * widest, c01_east=kind)).line == "c01东路"
    beyond = pair(row_of_two(1.01 * widest, c01_east=kind))
    assert (beyond.relation, beyond.line, beyond.facing_m) == (Relation.NONE, None, None)
    assert beyond.gap_m == pytest.approx(1.01 * widest, rel=1e-3)


def test_of_two_lines_in_a_gap_the_water_counts() -> None:
    assert pair(row_of_two(50.0, c01_east="road", c02_west="canal")).line == "c02西路"
    assert pair(row_of_two(50.0, c01_east="canal", c02_west="road")).line == "c01东路"
    assert pair(row_of_two(50.0, c01_east="road", c02_west="road")).line == "c01东路"
    wide = pair(row_of_two(150.0, c01_east="road", c02_west="canal"))
    assert (wide.line, wide.relation) == ("c02西路", Relation.ACROSS_WATER)


def test_two_drawings_of_one_line_are_one_edge_within_the_tolerance() -> None:
    def drawn(gap_m: float, line_id: str) -> Relation:
        world = row_of_two(gap_m)
        edges = [replace(e, line_id=line_id) if e.line_id == "c02-west" else e for e in world.edges]
        return pair(replace(world, edges=tuple(edges))).relation

    assert drawn(0.9 * SAME_LINE_M, "c01-east") is Relation.EDGE
    assert drawn(0.9 * SAME_LINE_M, "other") is Relation.NONE
    assert drawn(1.1 * SAME_LINE_M, "c01-east") is Relation.NONE
    assert drawn(0.9 * TOUCH_M, "other") is Relation.EDGE


def test_squares_corner_to_corner_meet_in_a_corner_or_across_a_road() -> None:
    def diagonal(apart_m: float) -> Catalog:
        west, south = WEST + WIDE + apart_m / SCALE[0], SOUTH + HIGH + apart_m / SCALE[1]
        kinds = {"c01-east": "road", "c02-south": "limit"}
        return moved({"c02": shapely.box(west, south, west + WIDE, south + HIGH)}, kinds)

    corner = pair(diagonal(0.0))
    assert (corner.relation, corner.shared_m, corner.gap_m) == (Relation.CORNER, 0.0, 0.0)
    assert corner.contact.distance(shapely.Point(WEST + WIDE, SOUTH + HIGH)) < 1e-12
    across = pair(diagonal(50.0))
    assert (across.relation, across.line) == (Relation.ACROSS_ROAD, "c01东路")
    assert across.gap_m == pytest.approx(50.0 * 2**0.5, abs=0.1)
    assert (across.gap_mean_m, across.facing_m) == (across.gap_m, 0.0)


def test_a_unit_between_two_others_keeps_them_apart() -> None:
    thin = WEST + WIDE + 20.0 / SCALE[0]
    world = row_of_two(50.0, c01_east="road")
    assert pair(world).relation is Relation.ACROSS_ROAD
    wall = shapely.box(thin, SOUTH - HIGH, thin + 10.0 / SCALE[0], SOUTH + 2 * HIGH)
    parted = moved({"c02": world.polygons["c02"], "c03": wall}, {"c01-east": "road"})
    found = pair(parted)
    assert (found.relation, found.line) == (Relation.NONE, None)
    assert pair(parted, "c01", "c03").relation is Relation.ACROSS_ROAD


def test_a_unit_in_another_is_contained_whichever_comes_first() -> None:
    inner = shapely.box(WEST + WIDE / 4, SOUTH + HIGH / 4, WEST + WIDE / 2, SOUTH + HIGH / 2)
    later = pair(moved({"c02": inner}, {}))
    assert (later.a, later.b, later.relation) == ("c01", "c02", Relation.CONTAINS)
    outer = TOY.polygons["c02"].buffer(WIDE)
    earlier = pair(replace(TOY, polygons={**TOY.polygons, "c02": outer}))
    assert (earlier.a, earlier.b, earlier.gap_m) == ("c02", "c01", None)


def test_a_catalog_without_edges_still_has_outlines() -> None:
    bare = replace(TOY, edges=())
    found = pair(bare)
    assert found.relation is Relation.EDGE
    assert found.shared_m == pytest.approx(SIDE_M, rel=1e-9)
    assert found.line is None


def test_the_json_keeps_the_contract() -> None:
    content = tzkc_geo.adjacency(TOY, level="zone").to_json()
    assert list(content) == ["pairs", "contains", "digest"]
    assert len(content["pairs"]) == 6
    keys = {"a", "b", "level", "relation", "shared_m", "gap_m", "line"}
    assert all(keys <= set(row) for row in content["pairs"])
    assert {row["child"] for row in content["contains"]} == {"core", "z1", "z2", "z3"}


def test_features_are_those_pairs_that_have_a_relation() -> None:
    features = tzkc_geo.adjacency(TOY).to_features()
    assert len(features) == 10
    assert {f["geometry"]["type"] for f in features} == {"LineString"}


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(DataError, match="level: 'block' is not known, expected one of cluster"):
        tzkc_geo.adjacency(TOY, level="block")
    found = tzkc_geo.adjacency(TOY)
    for one, other in (("c01", "core"), ("c01", "c01"), ("c01", "nowhere")):
        with pytest.raises(UnknownIdError, match="no such pair, expected two units of one level"):
            found.between(one, other)


def test_public_functions_stay_functions_though_modules_have_their_names() -> None:
    assert callable(tzkc_geo.adjacency)
    assert tzkc_geo.areas(TOY).keys() == {row.unit_id for row in TOY.units}
    assert tzkc_geo.areas.__module__ == "tzkc_geo.areas"


def test_no_shapes_have_no_neighbours() -> None:
    assert contiguity([]).pairs.shape == (0, 2)
    assert contiguity([rect(0, 0, 100, 100)]).pairs.shape == (0, 2)


@pytest.mark.parametrize(("offset_m", "together"), [(0.009, True), (0.011, False)])
def test_sides_count_within_the_tolerance(offset_m: float, together: bool) -> None:  # noqa: FBT001
    found = contiguity([rect(0, 0, 100, 100), rect(20, 100 + offset_m, 90, 200)])
    assert bool(len(found.pairs)) is together
    if together:
        assert found.shared_m == pytest.approx([70.0], abs=1e-3)


def test_sides_that_part_slowly_count_as_far_as_they_are_near() -> None:
    found = contiguity(
        [rect(0, 0, 100, 100), polygon((0, 100), (100, 100.1), (100, 200), (0, 200))]
    )
    assert found.shared_m == pytest.approx([10.0], abs=0.01)  # 1 cm of 10 cm in 100 m


def test_crossing_outlines_touch() -> None:
    found = contiguity([rect(0, 40, 100, 60), rect(40, 0, 60, 100)])
    assert found.pairs.tolist() == [[0, 1]]
    assert found.shared_m.tolist() == [0.0]


def test_the_mean_width_of_a_wedge_is_half_its_end() -> None:
    known = sides_of_shapes(
        [rect(0, 0, 100, 100), polygon((0, 110), (100, 130), (100, 200), (0, 200))]
    )
    found = facing(known, 0, 1, limit_m=50.0)
    mean, length = found.mean_within(50.0)
    assert found.gap_m == pytest.approx(10.0, abs=0.2)  # the corner sees the sloping side
    assert mean == pytest.approx(19.8, abs=0.3)
    assert length == pytest.approx(99.0, abs=5.0)
    assert found.mean_within(1.0) == (found.gap_m, 0.0)
    assert np.all(found.width_m <= 50.0)
