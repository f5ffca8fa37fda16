"""Rival readings and published extents: what meets the printed area, and what cannot tell."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.toy import world as toy
from tests.toy.layers import SHIPPED, put, row
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.errors import DataError, DuplicateIdError, UnknownIdError
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.plan import read_extents, read_plan
from tzkc_geo.model import Side
from tzkc_geo.readings import Extent, check_extents, meets, rival_readings


def told(reading_id: str, area: float | None, sigma: float | None, **cells: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a reading of c01, printed as 0.98, as the adjustment keeps it."""
    return {
        "reading_id": reading_id,
        "unit_id": "c01",
        "chosen": reading_id == "c01-a",
        "sides": {"east": ["甲路"], "south": [], "west": [], "north": []},
        "reported_area_km2": "0.98",
        "area_km2": area,
        "area_sigma_km2": sigma,
        "difference_km2": None if area is None else area - 0.98,
        "failure": "" if area is not None else "no ring",
        **cells,
    }


def world(*readings: dict[str, Any]) -> Catalog:
    return replace(toy.catalog(), adjustment={"readings": list(readings)})


def extent(**cells: Any) -> Extent:  # noqa: ANN401
    """Return an extent on the ground of c01."""
    facts = {
        "extent_id": "x",
        "unit_id": "c01",
        "name_zh": "甲区",
        "sides_zh": "东至甲路",
        "published_km2": "1.0",
        "reading_id": None,
        "source_id": "toy",
        "note": "",
    }
    return Extent(**{**facts, **cells})


@pytest.mark.parametrize(
    ("area", "sigma", "printed", "met"),
    [
        (13.4, 0.0, "13", True),  # rounding alone
        (13.6, 0.0, "13", False),
        (13.6, 0.06, "13", True),  # 13.6 - 1.96 * 0.06 = 13.48
        (4.0, 0.46, "4.92", False),  # 4.0 + 0.90 = 4.90
        (4.0, 0.47, "4.92", True),  # 4.0 + 0.92 = 4.92
    ],
)
def test_an_area_meets_a_figure_within_95_per_cent_and_rounding(
    area: float, sigma: float, printed: str, *, met: bool
) -> None:
    assert meets(area, sigma, printed) is met


def test_the_readings_of_a_clause_are_told_apart() -> None:
    near, far, vague, none = rival_readings(
        world(
            told("c01-a", 1.0, 0.05),
            told("c01-b", 2.0, 0.1),
            told("c01-c", 1.5, 0.4),
            told("c01-d", None, None),
        )
    )
    assert (near.meets, near.tells, near.nearest, near.chosen) == (True, True, True, True)
    assert (far.meets, far.tells, far.nearest) == (False, True, False)
    assert (vague.meets, vague.tells) == (True, False)
    assert "too uncertain" in vague.words
    assert (none.meets, none.tells, none.nearest, none.words) == (None, False, False, "no ring")


def test_a_vague_reading_that_misses_still_misses() -> None:
    (found,) = rival_readings(world(told("c01-a", 3.0, 0.4)))
    assert (found.meets, found.tells) == (False, False)
    assert "misses" in found.words


def test_the_real_readings_keep_their_sides(real_catalog: Catalog, real_tables: Tables) -> None:
    found = {row.reading_id: row for row in rival_readings(real_catalog)}
    names = {line.line_id: line.name_zh for line in real_tables.lines}
    for reading_id, reading in found.items():
        clauses = [c for c in real_tables.clauses if c.reading_id == reading_id]
        assert list(reading.sides) == [str(side) for side in Side]
        for side in Side:
            own = {names[str(c.line_id)] for c in clauses if c.side is side}
            assert set(reading.sides[side]) == own
    assert found["c01-a"].sides["south"] == ["一江山大道"]
    assert found["c01-b"].sides["south"] == ["现代大道"]
    assert found["c02-a"].sides["south"][0] == "东海大道"  # then the step, then 体育场路
    assert found["c02-a"].sides["south"][-1] == "体育场路"


def test_no_reading_of_4_and_8_meets_and_the_chosen_of_1_is_nearer(real_catalog: Catalog) -> None:
    found = {row.reading_id: row for row in rival_readings(real_catalog)}
    for reading_id in ("c04-a", "c04-b", "c08-a", "c08-b"):
        assert (found[reading_id].meets, found[reading_id].tells) == (False, True)
    assert (found["c01-a"].nearest, found["c01-b"].nearest) == (True, False)
    assert not found["c01-b"].tells


def test_an_extent_is_set_against_the_plan_and_against_its_lines() -> None:
    catalog = world(told("c01-a", 1.0, 0.05), told("c01-d", None, None))
    same, other, derived, failed = check_extents(
        catalog,
        [
            extent(published_km2="1.0"),  # 0.95 to 1.05 holds 0.98
            extent(published_km2="1.28"),
            extent(published_km2="1.28", reading_id="c01-a"),
            extent(reading_id="c01-d"),
        ],
    )
    assert (same.meets, same.gives, same.area_km2) == (True, None, None)
    assert other.meets is False
    assert (derived.area_km2, derived.gives, derived.tells) == (1.0, False, True)
    assert (failed.gives, failed.tells) == (None, False)


def test_an_extent_of_no_unit_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="c99"):
        check_extents(world(told("c01-a", 1.0, 0.05)), [extent(unit_id="c99")])


def test_the_shipped_extents_name_units_readings_and_sources(real_tables: Tables) -> None:
    units = {u.unit_id for u in real_tables.units}
    readings = {r.reading_id: r.unit_id for r in real_tables.readings}
    sources = {s.source_id for s in real_tables.sources}
    found = read_extents(DataFolder(SHIPPED))
    assert [x.extent_id for x in found] == sorted(x.extent_id for x in found)
    for x in found:
        assert x.unit_id in units
        assert x.source_id in sources
        assert x.reading_id is None or readings[x.reading_id] == x.unit_id


def test_the_earlier_extent_of_cluster_1_has_the_area_of_the_plan(real_catalog: Catalog) -> None:
    found = {
        x.extent.extent_id: x
        for x in check_extents(real_catalog, read_extents(DataFolder(SHIPPED)))
    }
    assert {key for key, x in found.items() if x.meets} == {"central-innovation-2018"}
    assert found["edz-south"].area_km2 is not None
    assert found["edz-north"].gives is None


def test_rows_of_a_users_folder_lie_over_the_shipped_ones(tmp_path: Path) -> None:
    put(tmp_path, "extents", row("extents", "edz-north", published_km2="1.07"))
    (tmp_path / "plan").mkdir()
    put(tmp_path, "plan/claims", row("plan/claims", "zones", value="4"))
    folder = DataFolder(SHIPPED, tmp_path)
    areas = {x.extent_id: x.published_km2 for x in read_extents(folder)}
    assert areas == {x.extent_id: x.published_km2 for x in read_extents(DataFolder(SHIPPED))} | {
        "edz-north": "1.07"
    }
    assert read_plan(folder)["plan/claims"].rows["zones"]["value"] == "4"


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    folder = DataFolder(SHIPPED, tmp_path)
    first = row("extents", "edz-north")
    put(tmp_path, "extents", first, first)
    with pytest.raises(DuplicateIdError, match=r"extents\.csv:3: id 'edz-north' stands twice"):
        read_extents(folder)
    put(tmp_path, "extents", row("extents", "edz-north", published_km2="about 1"))
    with pytest.raises(DataError, match=r"extents\.csv:2: published_km2 is not a number"):
        read_extents(folder)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"extents\.csv: table is missing"):
        read_extents(DataFolder(tmp_path))
    with pytest.raises(DataError, match=r"units\.csv: table is missing"):
        read_plan(DataFolder(tmp_path))
