"""The audit of areas: rounding, the parts of a difference, words, sums."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toy import world as toy
from tzkc_geo.audit import NORMAL_95, Plane, UnitAudit, audit, rounding_interval, tree
from tzkc_geo.audit_sums import audit_sums
from tzkc_geo.audit_words import words_of
from tzkc_geo.catalog import Catalog
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.model import AreaVerdict

EXACT_KM2 = 1e-12
CUT_KM2 = 5e-6  # what cutting outlines in lon and lat leaves of an identity: 5 m2
WHOLES = ("corridor", "core", "z1", "z2", "z3")


def rows(catalog: Catalog, plane: Plane = Plane.STATUTORY) -> dict[str, UnitAudit]:
    return {row.unit_id: row for row in audit(catalog, plane=plane)}


def with_shapes(shapes: Mapping[str, shapely.Geometry]) -> Catalog:
    """Return the toy world with other outlines."""
    world = toy.catalog()
    return replace(world, polygons={**world.polygons, **shapes})


def km2(shape: shapely.Geometry) -> float:
    return polygon_area_m2(shape) / 1e6


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("13", "12.5", "13.5"),
        ("4.92", "4.915", "4.925"),
        ("6.223", "6.2225", "6.2235"),
        ("0.3", "0.25", "0.35"),
        ("10.5", "10.45", "10.55"),
        ("115", "114.5", "115.5"),
    ],
)
def test_the_digits_of_a_figure_say_how_it_was_rounded(printed: str, low: str, high: str) -> None:
    assert rounding_interval(printed) == (Decimal(low), Decimal(high))


@given(st.decimals("0.01", "999", places=5), st.integers(0, 3))
def test_what_was_rounded_lies_in_the_interval(area: Decimal, places: int) -> None:
    printed = area.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    low, high = rounding_interval(str(printed))
    assert low <= area < high
    assert high - low == Decimal(1).scaleb(-places)


@pytest.mark.parametrize("plane", list(Plane))
def test_the_parts_add_up_to_the_difference(real_catalog: Catalog, plane: Plane) -> None:
    for row in audit(real_catalog, plane=plane):
        assert row.measured_km2 == row.areas_km2[plane]
        assert row.difference_km2 == row.measured_km2 - float(row.reported)
        assert row.parts.total() == pytest.approx(row.difference_km2, abs=EXACT_KM2)


@pytest.mark.parametrize("plane", [Plane.GK120, Plane.GK123])
def test_only_the_projection_depends_on_the_plane(real_catalog: Catalog, plane: Plane) -> None:
    plain, shown = rows(real_catalog), rows(real_catalog, plane)
    for unit_id, row in shown.items():
        flat = plain[unit_id].parts
        assert flat.projection == 0.0
        assert row.parts.projection == row.areas_km2[plane] - row.areas_km2["statutory"]
        assert 0.0 < row.parts.projection < 0.001 * row.measured_km2
        for name in ("rounding", "overlap", "gap", "remainder"):
            assert getattr(row.parts, name) == getattr(flat, name)
        assert row.parts.geometry == pytest.approx(flat.geometry, abs=EXACT_KM2)


def test_rounding_explains_what_the_digits_leave_open_and_no_more(real_catalog: Catalog) -> None:
    for row in audit(real_catalog):
        low, high = (float(end) - float(row.reported) for end in row.interval_km2)
        assert low - EXACT_KM2 <= row.parts.rounding <= high + EXACT_KM2
        if low < row.difference_km2 < high:
            assert row.parts.rounding == pytest.approx(row.difference_km2, abs=EXACT_KM2)


def test_the_geometry_of_a_whole_is_the_differences_of_its_children(real_catalog: Catalog) -> None:
    found = rows(real_catalog)
    for unit_id in WHOLES:
        whole = found[unit_id]
        children = [row for row in found.values() if row.parent_id == unit_id]
        theirs = sum(row.difference_km2 for row in children)
        assert whole.parts.geometry + whole.parts.rounding == pytest.approx(theirs, abs=CUT_KM2)


def test_infill_takes_back_what_the_clusters_have_too_much(real_catalog: Catalog) -> None:
    """z1 has its 24 km2, although c04 alone has over 4 km2 more than is printed."""
    z1, c04 = (rows(real_catalog)[unit_id] for unit_id in ("z1", "c04"))
    assert z1.difference_km2 == pytest.approx(0.0, abs=1e-5)
    assert z1.unclaimed_km2 == Decimal("7.20")
    assert z1.parts.remainder < -4.0
    assert z1.parts.geometry == pytest.approx(c04.difference_km2, abs=0.02)


def test_a_toy_zone_by_hand() -> None:
    """The core is c01 to c03 and one square of infill; every unit is printed as 0.98."""
    square = km2(toy.box(*toy.corner(3, 0)))
    core = rows(toy.catalog())["core"]
    assert core.measured_km2 == pytest.approx(4 * square, abs=CUT_KM2)
    assert core.unclaimed_km2 == Decimal("-1.96")
    assert core.ground.uncovered == pytest.approx(square, abs=CUT_KM2)
    assert core.parts.remainder == pytest.approx(square + 1.96, abs=CUT_KM2)
    assert core.parts.rounding == pytest.approx(0.005)
    assert core.parts.geometry == pytest.approx(3 * (square - 0.98) - 0.005, abs=CUT_KM2)
    assert (core.parts.overlap, core.parts.gap, core.ground.outside) == (0.0, 0.0, 0.0)


def test_ground_that_two_clusters_hold_counts_with_the_later_and_once_in_their_zone() -> None:
    west, south = toy.corner(0, 0)
    shifted = toy.box(round(west + toy.WIDE / 2, 6), south)  # c02 over the east half of c01
    found = rows(with_shapes({"c02": shifted}))
    half = km2(shapely.intersection(shifted, toy.box(west, south)))
    assert found["c01"].parts.overlap == 0.0
    assert found["c02"].parts.overlap == pytest.approx(half, abs=CUT_KM2)
    assert found["core"].parts.overlap == pytest.approx(-half, abs=CUT_KM2)
    assert found["c02"].parts.geometry == pytest.approx(
        found["c02"].difference_km2 - found["c02"].parts.rounding - half, abs=CUT_KM2
    )


def test_a_courtyard_that_no_cluster_holds_is_a_gap_of_the_zone() -> None:
    west, south = toy.corner(0, 0)
    yard = shapely.box(west + 0.012, south + 0.003, west + 0.018, south + 0.006)
    found = rows(with_shapes({"c02": toy.box(*toy.corner(1, 0)).difference(yard)}))
    assert found["core"].parts.gap == pytest.approx(km2(yard), abs=CUT_KM2)
    assert found["core"].ground.uncovered == pytest.approx(
        km2(toy.box(*toy.corner(3, 0))), abs=CUT_KM2
    )
    assert found["c02"].parts.gap == 0.0


def test_a_cluster_that_leaves_its_zone_is_taken_off_the_remainder() -> None:
    shifted = toy.box(toy.corner(2, 0)[0], round(toy.SOUTH - toy.HIGH / 3, 6))
    core = rows(with_shapes({"c03": shifted}))["core"]
    whole = toy.box(*toy.corner(0, 0), columns=4)
    assert core.ground.outside == pytest.approx(km2(shifted.difference(whole)), abs=CUT_KM2)
    assert core.ground.outside > 0.3


@settings(max_examples=25)
@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from(list(Plane)))
def test_wherever_a_cluster_lies_the_parts_add_up(dx: float, dy: float, plane: Plane) -> None:
    west, south = toy.corner(1, 0)
    found = rows(with_shapes({"c02": toy.box(west + dx, south + dy)}), plane)
    for row in found.values():
        assert row.parts.total() == pytest.approx(row.difference_km2, abs=EXACT_KM2)
    core = found["core"]
    children = [found[f"c0{number}"] for number in (1, 2, 3)]
    sums = sum(row.areas_km2["statutory"] - float(row.reported) for row in children)
    assert core.parts.geometry + core.parts.rounding == pytest.approx(sums, abs=CUT_KM2)


def test_every_unit_follows_what_it_lies_in() -> None:
    told = [(depth, row.unit_id) for depth, row in tree(audit(toy.catalog()))]
    zones = [(1, zone, members) for zone, members in toy.ROWS.items()]
    wanted = [(0, "corridor")]
    for depth, zone, members in zones:
        wanted += [(depth, zone), *((2, cluster) for cluster in members)]
    assert told == wanted


def test_an_interval_is_1_96_sigma_about_the_measured_area(real_catalog: Catalog) -> None:
    for row in audit(real_catalog):
        assert row.sigma_km2 is not None
        low, high = row.interval95_km2 or (0.0, 0.0)
        assert high - low == pytest.approx(2 * NORMAL_95 * row.sigma_km2)
        assert (low + high) / 2 == pytest.approx(row.measured_km2)


def test_an_area_without_a_sigma_has_no_interval() -> None:
    row = rows(toy.catalog())["c05"]
    assert (row.sigma_km2, row.interval95_km2) == (None, None)


def test_a_verdict_is_that_of_the_catalog(real_catalog: Catalog) -> None:
    for row in audit(real_catalog):
        known = real_catalog.results[row.unit_id]
        assert (row.verdict, row.redundancy, row.w) == (known.verdict, known.redundancy, known.w)


def test_a_figure_that_placed_a_line_is_called_arithmetic(real_catalog: Catalog) -> None:
    for row in audit(real_catalog):
        near_nil = row.redundancy is not None and row.redundancy < 0.10
        tied = row.unit_id in ("core", "z1", "z3")
        assert ("arithmetic, not proof" in row.words) >= (near_nil or tied)
        assert ("不是证明" in row.words_zh) == ("arithmetic, not proof" in row.words)
        if row.verdict is AreaVerdict.INCONSISTENT:
            assert "contradicts" in row.words
            assert "矛盾" in row.words_zh


def test_the_sigma_of_a_filled_zone_is_said_to_be_its_rounding(real_catalog: Catalog) -> None:
    found = rows(real_catalog)
    for unit_id in ("core", "z1", "z3"):
        assert found[unit_id].sigma_km2 == pytest.approx(0.5 / 3**0.5)
        assert "rounding of that figure" in found[unit_id].words
    assert "its clusters alone" in found["z2"].words
    assert "union of the four" in found["corridor"].words


def test_a_confirmed_figure_says_how_much_is_independent() -> None:
    world = toy.catalog()
    words = words_of(world.results["c01"], reported=world.unit("c01"))
    assert "40% of the check is independent" in words.en
    assert "40%" in words.zh
    silent = words_of(world.results["c02"], reported=world.unit("c02"))
    assert silent.en == "nothing independent checks the figure"


def test_the_printed_figures_have_their_known_sums(real_catalog: Catalog) -> None:
    found = {row.sum_id: row for row in audit_sums(real_catalog)}
    told = {key: (str(r.printed_sum), str(r.reported), str(r.left)) for key, r in found.items()}
    assert told == {
        "core": ("26.08", "41", "14.92"),
        "z1": ("16.80", "24", "7.20"),
        "z2": ("25.02", "28", "2.98"),
        "z3": ("17.19", "22", "4.81"),
        "clusters": ("85.09", "115", "29.91"),
        "parts": ("115", "115", "0"),
    }
    assert str(found["clusters"].share) == "0.7399"
    assert found["parts"].interval == (Decimal(113), Decimal(117))
    assert len(found["clusters"].unit_ids) == 14
    assert {row.of_unit_id for row in found.values()} == set(WHOLES)


def test_measured_sums_are_those_of_the_units(real_catalog: Catalog) -> None:
    for row in audit_sums(real_catalog):
        areas = [real_catalog.results[unit_id].area_km2 for unit_id in row.unit_ids]
        assert row.measured_km2 == pytest.approx(sum(areas), abs=1e-9)
        assert row.sigma_km2 is not None
        assert row.sigma_km2 > 0


def test_sums_without_an_adjustment_have_no_sigma() -> None:
    assert {row.sigma_km2 for row in audit_sums(toy.catalog())} == {None}
