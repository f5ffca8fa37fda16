"""Laws of a proposed repair: every m2 has an entry, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.neighbours import moved, polygon, rect
from tests.toy.world import HIGH, SOUTH, WEST, WIDE, catalog
from tzkc_geo.coverage import FaultKind, FaultSize, coverage, faults
from tzkc_geo.errors import DataError, RingError
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.repair import LEDGER_M2, Repair, proposed_catalog_repair, proposed_repair

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

TOY = catalog()
NAMES = [f"p{k}" for k in range(6)]


@st.composite
def mosaics(draw: DrawFn) -> list[shapely.Polygon]:
    """Draw six boxes in two rows whose sides miss each other by up to 6 cm, or 3 m."""
    miss = st.floats(-0.06, 0.06) | st.floats(-3.0, 3.0)
    shapes = []
    for k in range(6):
        x, y = 100.0 * (k % 3), 100.0 * (k // 3)
        west, south, east, north = (draw(miss) for _ in range(4))
        shapes.append(rect(x + west, y + south, x + 100 + east, y + 100 + north))
    return shapes


def check_ledger(found: Repair) -> None:
    """Assert that the ledger adds up to the change of every area, exactly."""
    for name, shape in found.shapes.items():
        after = Decimal(polygon_area_m2(shape)).quantize(LEDGER_M2)
        assert found.after_m2[name] == after
        assert found.before_m2[name] + found.change_m2(name) == after
    total = sum(found.after_m2.values()) - sum(found.before_m2.values())
    assert sum((found.change_m2(name) for name in found.shapes), Decimal(0)) == total


@given(mosaics(), st.sampled_from(FaultSize))
def test_the_ledger_adds_up_to_every_change_exactly(
    shapes: list[shapely.Polygon], up_to: FaultSize
) -> None:
    before = shapely.to_wkb(shapes).tolist()
    found = proposed_repair(NAMES, shapes, up_to=up_to)
    check_ledger(found)
    assert shapely.to_wkb(shapes).tolist() == before
    moves = [move for move in found.ledger if move.kind != "formula"]
    assert all(move.area_m2 >= 0 for move in moves)
    assert all(move.reason for move in found.ledger)
    untouched = {*NAMES} - {name for move in found.ledger for name in (move.giver, move.taker)}
    for name in untouched:
        assert shapely.equals_exact(found.shapes[name], shapes[NAMES.index(name)], 0.0)


@given(mosaics())
def test_after_a_full_repair_no_overlap_and_no_enclosed_gap_is_left(
    shapes: list[shapely.Polygon],
) -> None:
    found = proposed_repair(NAMES, shapes, up_to=FaultSize.REAL)
    left = faults(list(found.shapes), list(found.shapes.values()), near_m=0.0)
    assert {fault.size for fault in left} <= {FaultSize.NOISE}
    whole = shapely.union_all(shapes)
    filled = shapely.union_all([shapely.Polygon(p.exterior) for p in shapely.get_parts(whole)])
    assert polygon_area_m2(shapely.union_all(list(found.shapes.values()))) == pytest.approx(
        polygon_area_m2(filled), rel=1e-9
    )


def test_only_what_is_small_is_moved_unless_more_is_asked_for() -> None:
    shapes = [rect(0, 0, 100, 100), rect(99.95, 0, 200, 100), rect(198, 0, 300, 100)]
    names = ["a", "b", "c"]
    noise = proposed_repair(names, shapes, up_to=FaultSize.NOISE)
    assert noise.ledger == ()
    (move, *rest) = proposed_repair(names, shapes).ledger
    assert (move.kind, move.giver, move.taker, move.keeper) == ("overlap", "b", None, "a")
    assert float(move.area_m2) == pytest.approx(5.0, rel=1e-3)
    assert {entry.kind for entry in rest} <= {"formula"}
    assert move.to_json()["from"] == "b"
    real = [m for m in proposed_repair(names, shapes, up_to=FaultSize.REAL).ledger if m.giver]
    assert [(m.giver, m.keeper) for m in real] == [("b", "a"), ("c", "b")]


def test_an_enclosed_gap_goes_to_the_longest_neighbour() -> None:
    ring = rect(0, 0, 300, 300).difference(rect(100, 100, 200, 200))
    plug = rect(100, 100, 199.95, 200)
    found = proposed_repair(["plug", "ring"], [plug, ring])
    moves = [m for m in found.ledger if m.kind == "gap"]
    assert [(m.giver, m.taker) for m in moves] == [(None, "ring")]
    assert found.shapes["plug"].equals(plug)
    check_ledger(found)


def test_a_hole_in_the_middle_of_a_side_gives_the_formula_an_entry() -> None:
    long = rect(0, 0, 3_000, 1_000)
    bite = polygon((1_000, 1_001), (1_500, 999.9), (2_000, 1_001), (2_000, 1_100), (1_000, 1_100))
    found = proposed_repair(["bite", "long"], [bite, long])
    assert {m.kind for m in found.ledger} == {"overlap", "formula"}
    check_ledger(found)


def test_what_cannot_be_repaired_is_refused() -> None:
    box = rect(0, 0, 100, 100)
    bow = polygon((0, 0), (100, 100), (100, 0), (0, 100))
    with pytest.raises(RingError, match="'b': is not valid, expected simple rings, got Self-int"):
        proposed_repair(["a", "b"], [box, bow])
    with pytest.raises(RingError, match="'b': expected ground of its own, got none; remove it"):
        proposed_repair(["a", "b"], [box, box], up_to=FaultSize.REAL)
    with pytest.raises(DataError, match="expected 2 different ones, got 2"):
        proposed_repair(["a", "a"], [box, box])


def test_a_zone_takes_what_its_cluster_has_outside_and_the_corridor_too() -> None:
    box = shapely.box(WEST - 5e-7, SOUTH, WEST + WIDE + 5e-7, SOUTH + HIGH)  # 5 cm
    world = moved({"c01": box}, {})
    found = proposed_catalog_repair(world)
    check_ledger(found)
    entries = [(m.kind, m.giver, m.taker, m.keeper) for m in found.ledger if m.kind != "formula"]
    assert entries == [
        ("overlap", "c02", None, "c01"),
        ("outside", None, "core", "c01"),
        ("outside", None, "corridor", "core"),
    ]
    repaired = coverage(replace(world, polygons=found.shapes)).faults
    kinds = {f.kind for f in repaired if f.size is not FaultSize.NOISE}
    assert kinds == {FaultKind.GAP}


def test_the_toy_needs_no_repair() -> None:
    found = proposed_catalog_repair(TOY)
    assert found.ledger == ()
    assert found.before_m2 == found.after_m2
