"""Two editions: nothing lost or gained is unsaid, and the parts add up to the whole exactly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.world import box, catalog
from tzkc_geo import build, geodesy
from tzkc_geo.edition_diff import EditionDiff, Moved, diff_outlines, diff_tables
from tzkc_geo.errors import LimitError, RingError
from tzkc_geo.model import ObservationKind

if TYPE_CHECKING:
    from tzkc_geo.catalog import Tables

TOY = catalog().polygons
EAST_DEG = 0.0005  # some 50 m


def changed(tables: Tables, *numbers: int) -> Tables:
    """Return tables with control points moved to the east."""
    rows = list(tables.observations)
    for k in numbers:
        lon = rows[k].lon
        assert lon is not None
        rows[k] = replace(rows[k], lon=lon + EAST_DEG)
    return replace(tables, observations=tuple(rows))


def two_points(tables: Tables) -> list[int]:
    """Return the numbers of two used control points of 安康路, the west side of c04."""
    used = [
        k
        for k, o in enumerate(tables.observations)
        if o.kind is ObservationKind.ON_LINE and o.used and o.line_id == "ankang-road"
    ]
    return used[:2]


@pytest.fixture(scope="module")
def two(real_tables: Tables) -> EditionDiff:
    """Return what two moved points and one new title give."""
    after = changed(real_tables, *two_points(real_tables))
    titled = (replace(after.sources[0], title="another"), *after.sources[1:])
    return diff_tables(real_tables, replace(after, sources=titled))


def test_nothing_moves_between_equal_outlines() -> None:
    found = diff_outlines(TOY, TOY)
    assert [unit.unit_id for unit in found.units] == list(TOY)
    assert not any(unit.moved for unit in found.units)
    assert all(unit.before_m2 == unit.after_m2 > 0 for unit in found.units)
    assert found.facts is None
    assert found.to_json()["facts"] is None


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_the_way_back_exchanges_gained_and_lost(east: float, north: float) -> None:
    moved = {
        k: shapely.transform(s, lambda xy: xy + np.array([east, north])) for k, s in TOY.items()
    }
    there, back = diff_outlines(TOY, moved), diff_outlines(moved, TOY)
    for a, b in zip(there.units, back.units, strict=True):
        assert (a.before_m2, a.after_m2) == (b.after_m2, b.before_m2)
        assert (a.moved.gained_m2, a.moved.lost_m2) == (b.moved.lost_m2, b.moved.gained_m2)
        change, handed = a.after_m2 - a.before_m2, a.moved.gained_m2 - a.moved.lost_m2
        assert abs(change - handed) <= Decimal("0.1")
        assert a.moved.moved_m2 == a.moved.gained_m2 + a.moved.lost_m2


def test_a_strip_is_measured_and_a_shared_edge_is_no_ground() -> None:
    old = {"u": box(121.40, 28.65)}
    new = {"u": box(121.40, 28.65, columns=2), "v": box(121.42, 28.65)}
    u, v = diff_outlines(old, new).units
    strip = float(geodesy.polygon_areas_m2([box(121.41, 28.65)])[0])
    assert float(u.moved.gained_m2) == pytest.approx(strip, abs=1e-5)
    assert u.moved.lost_m2 == 0
    assert u.lost.is_empty
    assert u.gained.equals(box(121.41, 28.65))
    assert v.unit_id == "v"
    assert v.before_m2 == 0
    assert v.after_m2 == v.moved.gained_m2
    assert not diff_outlines({"u": box(121.40, 28.65)}, {"u": box(121.40, 28.65)}).units[0].moved


def test_moved_ground_adds_and_takes_back() -> None:
    some = Moved(gained_m2=Decimal(3), lost_m2=Decimal(1))
    assert some
    assert not some + -some
    assert (some + some).to_json() == {"gained_m2": 6.0, "lost_m2": 2.0, "moved_m2": 8.0}


def test_equal_tables_are_one_edition(real_tables: Tables) -> None:
    found = diff_tables(real_tables, replace(real_tables, digest="another"))
    assert found.facts == ()
    assert not found.interaction
    assert not any(unit.moved for unit in found.units)
    assert [unit.unit_id for unit in found.units] == [u.unit_id for u in real_tables.units]


def test_every_changed_fact_is_named_with_what_it_moves(
    two: EditionDiff, real_tables: Tables
) -> None:
    assert two.facts is not None
    ids = [real_tables.observations[k].observation_id for k in two_points(real_tables)]
    source = real_tables.sources[0].source_id
    assert [share.fact.name for share in two.facts] == [
        f"sources.csv {source}",
        *(f"observations.csv {name}" for name in ids),
    ]
    title, first, second = two.facts
    assert title.moved == {}
    for share in (first, second):
        assert share.moved is not None
        assert share.moved["c04"].moved_m2 > 1000
        assert "c13" not in share.moved
    assert not two.by_table


def test_the_parts_add_up_to_the_whole_exactly(two: EditionDiff) -> None:
    assert two.facts is not None
    assert two.interaction
    for unit in two.units:
        parts = [(share.moved or {}).get(unit.unit_id, Moved()) for share in two.facts]
        total = sum(parts, two.interaction.get(unit.unit_id, Moved()))
        assert total == unit.moved


def test_the_json_says_the_same(two: EditionDiff) -> None:
    content = two.to_json()
    assert list(content) == ["units", "facts", "facts_by_table", "interaction"]
    fact = content["facts"][1]
    assert [cell["column"] for cell in fact["rows"][0]["cells"]] == ["lon"]
    assert fact["rows"][0]["file"] == "observations.csv"
    row = next(row for row in content["units"] if row["unit_id"] == "c04")
    assert row["moved_m2"] == pytest.approx(row["gained_m2"] + row["lost_m2"])
    assert row["change_m2"] == pytest.approx(row["after_m2"] - row["before_m2"], abs=1e-6)


def test_beyond_the_limit_facts_are_put_together_by_table(
    real_tables: Tables, two: EditionDiff
) -> None:
    after = changed(real_tables, *two_points(real_tables))
    found = diff_tables(real_tables, after, limit=1)
    assert found.by_table
    assert found.facts is not None
    (share,) = found.facts
    assert len(share.fact.rows) == 2
    assert not found.interaction
    assert [unit.moved for unit in found.units] == [unit.moved for unit in two.units]
    with pytest.raises(LimitError, match="expected at least 1, got 0"):
        diff_tables(real_tables, after, limit=0)


def test_what_cannot_stand_alone_is_said_and_left_to_the_interaction(
    real_tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_points(real_tables)
    after = changed(real_tables, first, second)
    alone = changed(real_tables, second).observations

    def outlines(tables: Tables) -> dict[str, shapely.Polygon]:
        if tables.observations == alone:
            msg = "c01 crosses itself"
            raise RingError(msg)
        moved = sum(
            a != b for a, b in zip(tables.observations, real_tables.observations, strict=True)
        )
        return {"c01": box(121.40, 28.65, columns=1 + moved)}

    monkeypatch.setattr(build, "outlines", outlines)
    found = diff_tables(real_tables, after)
    assert found.facts is not None
    stands, falls = found.facts
    assert stands.moved is not None
    assert (falls.moved, falls.reason) == (None, "c01 crosses itself")
    assert falls.to_json()["moved"] is None
    (unit,) = found.units
    assert stands.moved["c01"] + found.interaction["c01"] == unit.moved
