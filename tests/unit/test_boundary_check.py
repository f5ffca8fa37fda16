"""What is said of the sides of a boundary: the cases that a GIS office meets."""

import numpy as np
import pytest
import shapely

from tests.toy.sides import ORIGIN, ROADS, TEXT, bounds, box, line, lonlat, polygon
from tzkc_geo.boundary_check import check_boundary
from tzkc_geo.boundary_words import signed
from tzkc_geo.bounds import Bound, bounds_of_text, bounds_of_unit, chosen_clauses
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.describe import describe
from tzkc_geo.errors import ClauseError, CrsError, DataError, RingError
from tzkc_geo.model import LineKind, Side
from tzkc_geo.named_lines import named_lines, reach_m
from tzkc_geo.outline_sides import outline_of
from tzkc_geo.reports import boundary_html
from tzkc_geo.side_check import SideCheck, SideVerdict


def east(shape: shapely.Polygon, road: object = None, text: str = TEXT) -> SideCheck:
    """Return the east side of a shape; another road may stand for 东路."""
    lines = list(ROADS) if road is None else [road, *ROADS[1:]]
    return check_boundary(shape, bounds_of_text(text, lines)).sides[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (LineKind.ROAD, "centre line or kerb, a width of 40 m"),
        (LineKind.RAIL, "centre line or kerb, a width of 40 m"),
        (LineKind.CANAL, "centre line or bank"),
        (LineKind.BORDER, "constant offset -20.0 m (scatter 0.0 m)"),
    ],
)
def test_a_constant_offset_of_half_a_road_is_told_as_such(kind: LineKind, words: str) -> None:
    road = line("东路", [(1000, -500), (1000, 1500)], kind=kind, sigma=50.0)
    side = east(box(east=980.0), road)
    assert side.verdict is SideVerdict.AGREES
    assert side.constant_m == pytest.approx(-20.0, abs=0.01)
    assert words in side.words


@pytest.mark.parametrize(("at", "constant"), [(1004.0, False), (1006.0, True), (1041.0, False)])
def test_only_what_fits_half_a_road_is_a_constant_offset(at: float, *, constant: bool) -> None:
    assert (east(box(east=at)).constant_m is not None) is constant


def test_an_offset_that_grows_is_no_constant_one_and_its_largest_counts() -> None:
    side = east(polygon([(0, 0), (1000, 0), (1040, 1000), (0, 1000)]))
    assert side.constant_m is None
    assert side.mean_m == pytest.approx(20.0, abs=0.5)
    assert side.scatter_m == pytest.approx(40.0 / np.sqrt(12.0), abs=0.3)
    assert side.within_share == pytest.approx((1.96 * 10.0 + 1.0) / 40.0, abs=0.03)
    assert side.verdict is SideVerdict.DISAGREES
    assert "outward 20.0 m · disagrees by 20.0 m" in side.words


def test_a_bulge_disagrees_by_its_largest_offset() -> None:
    bulge = [(0, 0), (1000, 0), (1000, 400), (900, 500), (1000, 600), (1000, 1000), (0, 1000)]
    side = east(polygon(bulge))
    assert side.verdict is SideVerdict.DISAGREES
    assert "向内 inward" in side.words
    assert "disagrees by up to" in side.words
    assert side.max_m == pytest.approx(-93.0, abs=5.0)


def test_the_profile_runs_clockwise_from_the_start_of_the_side() -> None:
    side = east(polygon([(0, 0), (1000, 0), (1040, 1000), (0, 1000)]))
    assert (np.diff(side.along_m) > 0).all()
    assert (np.diff(side.offset_m) < 0).all()  # from the north, where it is widest
    assert np.abs(side.reach_m - 19.6).max() < 1e-9
    assert len(side.points) == len(side.feet) == len(side.offset_m) > 40


def test_a_line_of_which_only_a_band_is_known_checks_nothing_but_shows_the_offsets() -> None:
    side = east(box(east=1100.0), line("东路", [(1000, -500), (1000, 1500)], sigma=None))
    assert side.verdict is SideVerdict.NOT_CHECKABLE
    assert side.within_share is None
    assert side.accuracy_m is None
    assert side.mean_m == pytest.approx(100.0, abs=0.01)
    assert "only a band of 300 m is known" in side.words
    assert {step["reach_m"] for step in side.to_json()["profile"]} == {None}


def test_a_name_that_no_line_bears_is_named() -> None:
    side = check_boundary(box(), bounds("东至青石路，南至南路，西至西路，北至北路")).sides[0]
    assert side.verdict is SideVerdict.NOT_CHECKABLE
    assert side.line is None
    assert side.length_m == pytest.approx(1000.0, abs=21.0)
    assert "no reference line is known as 青石路" in side.words
    assert side.mean_m is side.rms_m is side.max_m is side.scatter_m is side.constant_m is None


def test_a_side_that_the_text_leaves_out_is_said_and_the_others_are_checked() -> None:
    found = check_boundary(box(), bounds("南至南路，西至西路"))
    words = {side.bound.side: side.words for side in found.sides}
    assert "the text names no line on this side" in words[Side.EAST]
    assert "the text names no line on this side" in words[Side.NORTH]
    assert [side.verdict for side in found.sides] == [
        SideVerdict.NOT_CHECKABLE,
        SideVerdict.AGREES,
        SideVerdict.AGREES,
        SideVerdict.NOT_CHECKABLE,
    ]


def test_nothing_is_said_of_a_line_past_its_ends() -> None:
    short = line("东路", [(1000, 0), (1000, 400)])
    half = east(box(), short)
    assert half.compared_m == pytest.approx(400.0, abs=41.0)
    assert half.beyond_m == pytest.approx(600.0, abs=41.0)
    assert half.verdict is SideVerdict.AGREES
    assert "past the known ends of the line" in half.words
    none = east(box(), line("东路", [(1000, 2000), (1000, 2400)]))
    assert none.verdict is SideVerdict.NOT_CHECKABLE
    assert none.mean_m is None
    assert "past the known ends of the line, not checkable" in none.words


def test_pieces_across_the_line_are_not_compared_but_told() -> None:
    notch = [(0, 0), (1000, 0), (1000, 400), (980, 400), (980, 600), (1000, 600), (1000, 1000)]
    side = east(
        polygon([*notch, (0, 1000)]), line("东路", [(1000, -500), (1000, 1500)], sigma=20.0)
    )
    assert side.turned_m == pytest.approx(40.0, abs=0.1)
    assert side.verdict is SideVerdict.AGREES
    assert "40 m turn away from the line" in side.words


def test_a_side_that_does_not_run_along_its_line_disagrees() -> None:
    across = line("东路", [(400, 500), (2000, 500)])
    side = east(box(), across)
    assert side.strays
    assert side.verdict is SideVerdict.DISAGREES
    assert "不沿此线" in side.words


def test_steps_may_be_given_either_way_round_and_need_no_line_between_them() -> None:
    low, high = (
        line("低路", [(-500, 0), (1500, 0)]),
        line("高路", [(-500, 300), (1500, 300)]),
    )
    stepped = polygon([(0, 300), (400, 300), (400, 0), (1000, 0), (1000, 1000), (0, 1000)])
    lines = [ROADS[0], low, high, *ROADS[2:]]
    for names in ("低路、高路", "高路、低路"):
        text = f"东至东路，南至{names}，西至西路，北至北路"
        found = check_boundary(stepped, bounds_of_text(text, lines))
        assert [side.verdict for side in found.sides] == [SideVerdict.AGREES] * 5
        assert found.joined_m == pytest.approx(300.0, abs=25.0)
        assert [side.bound.limit_zh for side in found.sides[1:3]] == names.split("、")


@pytest.mark.parametrize("backward", [False, True])
def test_a_step_that_has_a_line_is_compared_with_it_whichever_way_it_was_drawn(
    *, backward: bool
) -> None:
    ends = [(400, -200), (400, 500)]
    step = line("小巷", ends[::-1] if backward else ends, sigma=100.0)
    low, high = (
        line("低路", [(-500, 0), (1500, 0)]),
        line("高路", [(-500, 300), (1500, 300)]),
    )
    stepped = polygon([(0, 300), (420, 300), (420, 0), (1000, 0), (1000, 1000), (0, 1000)])
    text = "东至东路，南至低路、小巷、高路，西至西路，北至北路"
    found = check_boundary(stepped, bounds_of_text(text, [ROADS[0], low, step, high, *ROADS[2:]]))
    lane = found.sides[2]
    assert lane.verdict is SideVerdict.AGREES
    assert lane.length_m == pytest.approx(300.0, abs=1.0)
    # walked from the east, the land lies north of the step: 20 m east of it is inward
    assert lane.mean_m == pytest.approx(-20.0, abs=0.01)


def test_of_two_lines_of_one_name_the_nearer_counts_unless_one_is_preferred() -> None:
    near, far = (
        line("东路", [(1000, -500), (1000, 1500)], line_id="near"),
        line("东路", [(3000, -500), (3000, 1500)], line_id="far"),
    )
    lines = [far, near, *ROADS[1:]]
    free = check_boundary(box(), bounds_of_text(TEXT, lines)).sides[0]
    told = check_boundary(box(), bounds_of_text(TEXT, lines, preferred=["far"])).sides[0]
    assert free.line is near
    assert told.line is far
    assert told.mean_m == pytest.approx(-2000.0, abs=0.01)


def test_two_lines_of_one_name_are_told_apart_on_a_shape_that_faces_no_side() -> None:
    near, far = (
        line("东路", [(1000, -500), (1000, 1500)], line_id="near"),
        line("东路", [(9000, -500), (9000, 1500)], line_id="far"),
    )
    sliver = polygon([(0, 0), (900, 1), (0, 2)])  # no piece of it faces east
    side = check_boundary(sliver, bounds_of_text(TEXT, [far, near, *ROADS[1:]])).sides[0]
    assert side.line is near


def test_holes_are_counted_and_not_compared() -> None:
    holed = polygon(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)],
        [(200, 200), (400, 200), (400, 400)],
        [(600, 600), (800, 600), (800, 800)],
    )
    found = check_boundary(holed, bounds())
    assert found.holes == 2
    assert [side.verdict for side in found.sides] == [SideVerdict.AGREES] * 4
    assert check_boundary(shapely.MultiPolygon([holed]), bounds()).holes == 2


def test_a_multipolygon_of_one_part_is_drawn_as_the_polygon_it_is() -> None:
    square = polygon([(0, 0), (1000, 0), (1000, 1000), (0, 1000)])
    many = shapely.MultiPolygon([square])
    pages = [boundary_html([one], [check_boundary(one, bounds())]) for one in (square, many)]
    assert pages[0] == pages[1]
    assert 'd=""' not in pages[1]


def test_a_polygon_of_several_parts_is_refused_by_name() -> None:
    parts = shapely.MultiPolygon([box(), box(west=2000.0, east=3000.0)])
    with pytest.raises(RingError, match=r"^plot 7: expected a polygon of one part, got 2;"):
        check_boundary(parts, bounds(), name="7")
    with pytest.raises(RingError, match=r"^plot none: expected a polygon of one part, got 0;"):
        describe(shapely.Polygon(), ROADS, name="none")
    assert check_boundary(shapely.MultiPolygon([box()]), bounds()).sides[0].mean_m is not None


def test_an_outline_far_from_its_lines_is_in_another_system() -> None:
    far = box(east=31_000.0, west=30_000.0)
    with pytest.raises(CrsError, match=r"^plot 1: lies 2\d km from the lines .* \(--datum\)$"):
        check_boundary(far, bounds())
    assert check_boundary(far, bounds("东至青石路")).sides[0].line is None


def test_a_text_of_several_parts_is_refused() -> None:
    with pytest.raises(ClauseError, match="2 parts"):
        bounds("椒江北岸章安，分两片布局。")


def test_a_long_outline_is_cut_into_longer_pieces() -> None:
    long = outline_of(box(east=90_000.0), step_m=1.0)
    assert long.length_m.size <= 4_004
    assert outline_of(box(), step_m=10.0).length_m.max() == pytest.approx(10.0, abs=0.01)


def test_the_json_holds_the_figures_of_the_sides() -> None:
    found = check_boundary(box(east=1100.0), bounds(), name="mine")
    content = found.to_json()
    assert content["id"] == "mine"
    assert content["verdicts"] == {"agrees": 3, "disagrees": 1, "not_checkable": 0}
    side, told = found.sides[0], content["sides"][0]
    for name in ("mean_m", "rms_m", "max_m", "scatter_m", "length_m", "compared_m", "accuracy_m"):
        assert told[name] == getattr(side, name)
    assert (told["side"], told["limit_zh"], told["line_id"]) == ("east", "东路", "东路")
    assert [step["offset_m"] for step in told["profile"]] == side.offset_m.tolist()


def test_the_lines_of_the_plan_go_by_their_names_and_aliases(
    real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = {
        row.line_id: row
        for row in named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    }
    assert len(lines) == len(real_tables.lines)
    bank = lines["jiaojiang-south-bank"]
    assert bank.names == {"椒江(南岸)", "椒江", "椒江岸线"}
    assert bank.written == "椒江"
    assert lines["yongtaiwen-expressway"].written == "甬台温高速"
    assert "高速公路" in lines["yongtaiwen-expressway"].names
    assert lines["c10-west-limit"].written is None
    assert "规划路" not in lines["c10-west-limit"].names
    assert lines["zhudong-estate"].written == "珠东小区"
    assert lines["anhai-road"].sigma_m is None
    assert np.isnan(reach_m(lines["anhai-road"], np.zeros(2))).all()


def test_a_unit_without_clauses_or_in_parts_is_refused(
    real_catalog: Catalog, real_tables: Tables
) -> None:
    lines = named_lines(real_catalog, real_tables.lines, real_tables.clauses)
    for unit_id, parts in (("core", 0), ("c07", 2)):
        with pytest.raises(DataError, match=f"unit '{unit_id}': lies in {parts} parts"):
            bounds_of_unit(unit_id, real_tables, lines)
    assert chosen_clauses("core", real_tables) == ()


def test_a_clause_without_a_line_names_nothing(real_tables: Tables) -> None:
    found = bounds_of_unit("c01", real_tables, ())
    assert [(bound.side, bound.limit_zh, bound.lines) for bound in found] == [
        (side, "", ()) for side in Side
    ]


def test_a_description_names_the_lines_of_a_stepped_side_in_walking_order() -> None:
    low, high = (
        line("低路", [(-500, 0), (1500, 0)]),
        line("高路", [(-500, 300), (1500, 300)]),
    )
    stepped = polygon([(0, 300), (400, 300), (400, 0), (1000, 0), (1000, 1000), (0, 1000)])
    found = describe(stepped, [ROADS[0], high, low, *ROADS[2:]])
    assert found.text_zh == "东至东路，南至低路、高路，西至西路，北至北路。"


def test_lines_without_a_name_and_no_lines_at_all_leave_a_side_unknown() -> None:
    nameless = line("东界", [(1000, -500), (1000, 1500)], written=None)
    found = describe(box(), [nameless, *ROADS[1:]])
    assert found.text_zh == "东至（未知），南至南路，西至西路，北至北路。"
    assert describe(box(), []).text_zh == "东至（未知），南至（未知），西至（未知），北至（未知）。"
    told = found.to_json()["sides"]
    assert [side["known"] for side in told] == [False, True, True, True]
    assert told[0]["known_share"] == 0


def test_a_line_that_covers_less_than_half_of_a_side_does_not_make_it_known() -> None:
    short = line("东路", [(1000, 0), (1000, 250)])
    found = describe(box(), [short, *ROADS[1:]])
    assert found.sides[0].matches == ()


def test_a_line_that_crosses_a_side_is_no_limit_of_it() -> None:
    found = describe(box(), [line("横路", [(0, 500), (2000, 500)]), *ROADS[1:]])
    assert found.text_zh.startswith("东至（未知）")


def test_two_lines_that_fit_equally_well_are_both_told() -> None:
    twin = line("复线", [(1000.5, -500), (1000.5, 1500)])
    (match,) = describe(box(), [*ROADS, twin]).sides[0].matches
    assert (match.line_id, match.also) == ("东路", ("复线",))


@pytest.mark.parametrize(("value", "text"), [(-0.04, "+0.0"), (0.0, "+0.0"), (-1.26, "-1.3")])
def test_zero_has_no_minus(value: float, text: str) -> None:
    assert signed(value) == text


def test_the_toy_square_lies_where_it_says() -> None:
    xy = shapely.get_coordinates(box())
    assert np.abs(lonlat([(0, 0)]) - xy).min(axis=0).max() < 1e-12
    assert ORIGIN.tolist() == [640_000.0, 3_170_000.0]
    assert Bound(side=Side.EAST, step=1, limit_zh="").lines == ()
