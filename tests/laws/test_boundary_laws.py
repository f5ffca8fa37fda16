"""Laws of the check of a boundary and of its description."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import world
from tests.toy.sides import ORIGIN, ROADS, TEXT, bounds, box, line, lines_of, polygon
from tzkc_geo import crs
from tzkc_geo.boundary_check import check_boundary
from tzkc_geo.bounds import bounds_of_text, bounds_of_unit
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.clauses import RemarkKind, canonical, parse
from tzkc_geo.describe import UNKNOWN_ZH, describe
from tzkc_geo.model import Side, UnitKind
from tzkc_geo.named_lines import feet, named_lines
from tzkc_geo.outline_sides import cut, outline_of
from tzkc_geo.polyline import foot, prolong
from tzkc_geo.side_check import SideVerdict

SHIFTS = st.tuples(*[st.floats(-300.0, 300.0)] * 4)
CLUSTERS = [f"c{n:02d}" for n in range(1, 15) if n != 7]  # the text of c07 names no side


def moved(shifts: tuple[float, float, float, float]) -> shapely.Polygon:
    """Return the square with its sides moved outward, east, south, west, north."""
    east, south, west, north = shifts
    return box(1000.0 + east, -south, -west, 1000.0 + north)


@given(SHIFTS)
def test_a_side_that_is_moved_is_off_by_that_much_and_no_other(
    shifts: tuple[float, float, float, float],
) -> None:
    found = check_boundary(moved(shifts), bounds())
    for side, shift in zip(found.sides, shifts, strict=True):
        assert side.mean_m == pytest.approx(shift, abs=0.01)
        assert side.rms_m == pytest.approx(abs(shift), abs=0.01)
        assert abs(side.max_m or 0.0) == pytest.approx(abs(shift), abs=0.01)
        within = abs(shift) <= 1.96 * 10.0 + 1.0
        assert side.verdict == (SideVerdict.AGREES if within else SideVerdict.DISAGREES)


@given(SHIFTS, st.integers(0, 3), st.sampled_from((1, -1)), st.integers(0, 3))
def test_start_direction_and_repeated_points_of_the_ring_change_nothing(
    shifts: tuple[float, float, float, float], start: int, way: int, twice: int
) -> None:
    whole = moved(shifts)
    ring = shapely.get_coordinates(whole.exterior)[:-1]
    ring = np.roll(ring, start, axis=0)[::way]
    other = shapely.Polygon(np.insert(ring, twice, ring[twice], axis=0))
    for one, two in zip(
        check_boundary(whole, bounds()).sides, check_boundary(other, bounds()).sides, strict=True
    ):
        assert one.verdict == two.verdict
        assert two.mean_m == pytest.approx(one.mean_m, abs=1e-6)
        assert two.length_m == pytest.approx(one.length_m, abs=1e-6)


@given(SHIFTS)
def test_the_sides_are_the_whole_outline(shifts: tuple[float, float, float, float]) -> None:
    whole = moved(shifts)
    found = check_boundary(whole, bounds())
    around = shapely.transform(whole, crs.to_metric).length
    assert sum(side.length_m for side in found.sides) + found.joined_m == pytest.approx(around)
    for side in found.sides:
        parts = side.compared_m + side.beyond_m + side.turned_m
        assert parts == pytest.approx(side.length_m)


@given(SHIFTS)
def test_the_way_in_which_a_line_was_drawn_changes_no_offset(
    shifts: tuple[float, float, float, float],
) -> None:
    backward = [line(road.name_zh, (road.points[::-1] - ORIGIN).tolist()) for road in ROADS]
    one = check_boundary(moved(shifts), bounds())
    two = check_boundary(moved(shifts), bounds_of_text(TEXT, backward))
    assert [side.mean_m for side in two.sides] == pytest.approx([s.mean_m for s in one.sides])


@given(SHIFTS, st.floats(-40.0, 40.0))
def test_a_turn_of_roads_and_square_together_changes_no_offset(
    shifts: tuple[float, float, float, float], degrees: float
) -> None:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, s], [-s, c]])
    roads = [line(road.name_zh, ((road.points - ORIGIN) @ turn).tolist()) for road in ROADS]
    ring = crs.to_metric(shapely.get_coordinates(moved(shifts).exterior)) - ORIGIN
    turned = polygon((ring @ turn).tolist())
    found = check_boundary(turned, bounds_of_text(TEXT, roads))
    assert [side.mean_m for side in found.sides] == pytest.approx(list(shifts), abs=0.01)


@given(
    st.lists(
        st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=2, max_size=6
    ).filter(lambda points: all(a != b for a, b in pairwise(points))),
    st.lists(st.tuples(st.floats(-2e3, 2e3), st.floats(-2e3, 2e3)), min_size=1, max_size=8),
)
def test_many_feet_are_the_feet_one_by_one(
    vertices: list[tuple[int, int]], points: list[tuple[float, float]]
) -> None:
    bent, xy = np.array(vertices, dtype=float), np.array(points)
    found = feet(bent, xy, reach_m=500.0)
    for k, point in enumerate(xy):
        alone = foot(prolong(bent, 500.0), point)
        assert abs(found.offset_m[k]) == pytest.approx(abs(alone.distance_m), abs=1e-6)
        assert np.hypot(*(found.point[k] - point)) == pytest.approx(abs(alone.distance_m), abs=1e-6)


@given(
    st.integers(1, 3).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=1, max_size=6
        )
    )
)
def test_no_other_cut_of_the_walk_is_cheaper(rows: list[list[int]]) -> None:
    cost = np.array(rows, dtype=float).T
    count, size = cost.shape
    labels, total = cut(cost)
    assert total == pytest.approx(cost[labels, np.arange(size)].sum())
    best = np.inf
    for code in range(count**size):
        trial = [code // count**i % count for i in range(size)]
        runs = [a for a, b in zip(trial, [*trial[1:], trial[0]], strict=True) if a != b]
        turns = sum((b - a) % count for a, b in pairwise([*runs, *runs[:1]]))
        if turns <= count:  # once round, in order
            best = min(best, cost[trial, np.arange(size)].sum())
    assert total == best


@given(st.tuples(*[st.floats(-45.0, 45.0)] * 4))
def test_a_square_near_its_roads_is_described_by_them(
    shifts: tuple[float, float, float, float],
) -> None:
    found = describe(moved(shifts), ROADS)
    assert found.text_zh == "东至东路，南至南路，西至西路，北至北路。"
    for side, shift in zip(found.sides, shifts, strict=True):
        assert side.matches[0].mean_m == pytest.approx(abs(shift), abs=0.01)
        assert side.matches[0].within == ("accuracy" if abs(shift) <= 19.6 else "tolerance")


@given(st.floats(51.0, 400.0), st.sampled_from(list(Side)))
def test_a_side_beyond_the_tolerance_is_unknown(off: float, side: Side) -> None:
    shifts = [off if each is side else 0.0 for each in Side]
    found = describe(moved((shifts[0], shifts[1], shifts[2], shifts[3])), ROADS)
    assert [row.side for row in found.sides if not row.matches] == [side]
    assert found.text_zh.count(UNKNOWN_ZH) == 1


@pytest.mark.parametrize("unit_id", ["c01", "c02", "c04", "c09", "c14"])
def test_a_square_of_the_toy_world_is_described_by_its_own_lines(unit_id: str) -> None:
    toy = world.catalog()
    own = [edge.line_id for edge in toy.edges_of(unit_id)]
    found = describe(toy.polygons[unit_id], lines_of(toy))
    for row, line_id in zip(found.sides, own, strict=True):
        (match,) = row.matches
        assert line_id in (match.line_id, *match.also)  # neighbours share a side
        assert match.share == 1.0


def test_a_square_of_the_toy_world_agrees_with_its_own_clauses() -> None:
    toy = world.catalog()
    text = "，".join(edge.text_zh for edge in toy.edges_of("c05"))
    found = check_boundary(toy.polygons["c05"], bounds_of_text(text, lines_of(toy)))
    assert [side.verdict for side in found.sides] == [SideVerdict.AGREES] * 4


@pytest.mark.parametrize("unit_id", CLUSTERS)
def test_no_side_of_a_unit_disagrees_with_its_own_clauses(
    unit_id: str, real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    found = check_boundary(
        real_catalog.polygons[unit_id], bounds_of_unit(unit_id, real_tables, lines)
    )
    own = [edge.line_id for edge in real_catalog.edges_of(unit_id)]
    assert [side.line.line_id for side in found.sides if side.line] == own
    for side in found.sides:
        known = side.line is not None and side.line.sigma_m is not None
        assert side.verdict == (SideVerdict.AGREES if known else SideVerdict.NOT_CHECKABLE)
        assert side.max_m == pytest.approx(0.0, abs=0.001)


@pytest.mark.parametrize("unit_id", ["c01", "c04"])
def test_a_unit_agrees_with_the_text_of_the_plan_on_every_side(
    unit_id: str, real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    text = real_catalog.unit(unit_id).description_zh
    found = check_boundary(real_catalog.polygons[unit_id], bounds_of_text(text, lines))
    assert [side.verdict for side in found.sides] == [SideVerdict.AGREES] * 4


def test_the_bank_moved_by_100_m_disagrees_by_100_m_on_that_side_alone(
    real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    text = real_catalog.unit("c04").description_zh
    bank = crs.to_metric(real_catalog.edges_of("c04")[3].points)
    strip = shapely.buffer(shapely.LineString(bank), 100.0, cap_style="flat", join_style="mitre")
    whole = shapely.transform(real_catalog.polygons["c04"], crs.to_metric)
    wider = shapely.transform(shapely.union(whole, strip), crs.to_geographic)
    found = check_boundary(wider, bounds_of_text(text, lines))
    *others, north = found.sides
    assert [side.verdict for side in others] == [SideVerdict.AGREES] * 3
    assert north.verdict == SideVerdict.DISAGREES
    assert north.mean_m == pytest.approx(100.0, abs=1.0)
    assert "disagrees by 100." in north.words


@pytest.mark.parametrize("unit_id", CLUSTERS)
def test_the_polygon_of_a_unit_gives_back_the_names_of_its_clauses(
    unit_id: str, real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    told = parse(real_catalog.unit(unit_id).description_zh)
    found = describe(real_catalog.polygons[unit_id], lines)
    for row in found.sides:
        named = [clause.limit_zh for clause in told.on(row.side) if clause.named]
        if told.on(row.side) and not named and unit_id == "c09":
            named = ["甬台温高速"]  # the text says 高速公路, which is no name
        assert [match.written for match in row.matches] == named


def test_the_sentence_is_in_the_language(real_catalog: Catalog, real_tables: Tables) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    for row in real_catalog.units:
        if row.kind is UnitKind.CLUSTER and row.unit_id != "c07":
            text = describe(real_catalog.polygons[row.unit_id], lines).text_zh
            again = parse(text)
            assert canonical(again) == text
            assert len({clause.side for clause in again.clauses}) == 4
            assert not again.remarks(RemarkKind.OPENING)


@given(st.floats(5.0, 500.0))
def test_the_pieces_are_the_outline(step: float) -> None:
    outline = outline_of(box(), step_m=step)
    assert outline.length_m.sum() == pytest.approx(4000.0, abs=1e-3)
    assert outline.length_m.max() <= step + 1e-6
    assert np.hypot(*outline.direction.T) == pytest.approx(1.0)
    centre = ORIGIN + 500.0
    assert (np.einsum("ni,ni->n", outline.outward, outline.middle - centre) > 0).all()
