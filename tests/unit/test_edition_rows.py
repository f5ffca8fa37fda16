"""Changed rows are told cell by cell and put together to facts that stand alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo.edition_rows import (
    KEYS,
    CellChange,
    RowKind,
    applied,
    by_table,
    changed_rows,
    facts,
)
from tzkc_geo.io.folder import SHAPES, TABLES
from tzkc_geo.model import (
    DeclaredException,
    Edition,
    ExceptionKind,
    ObservationKind,
    Source,
    Survey,
)

if TYPE_CHECKING:
    from tzkc_geo.catalog import Tables

SQUARE = np.array([[121.4, 28.6], [121.5, 28.6], [121.5, 28.7], [121.4, 28.6]])


def altered(tables: Tables, table: str, number: int, **changes: object) -> Tables:
    """Return tables with one record changed."""
    records = list(getattr(tables, table))
    records[number] = replace(records[number], **changes)
    return put(tables, table, records)


def put(tables: Tables, table: str, records: list[Any]) -> Tables:
    """Return tables with other records in one table."""
    changes: dict[str, Any] = {table: tuple(records)}
    return replace(tables, **changes)


def point(tables: Tables) -> int:
    """Return the number of the first control point that is used."""
    return next(
        k for k, o in enumerate(tables.observations) if o.kind is ObservationKind.ON_LINE and o.used
    )


def test_all_tables_have_a_key() -> None:
    assert tuple(KEYS) == (*TABLES, "surveys", "districts")
    assert set(SHAPES) <= set(KEYS)


def test_equal_tables_have_no_changed_row(real_tables: Tables) -> None:
    again = replace(real_tables, digest="another")
    assert changed_rows(real_tables, again) == ()
    assert facts(()) == ()


def test_a_changed_cell_is_named_with_both_values(real_tables: Tables) -> None:
    k = point(real_tables)
    old = real_tables.observations[k]
    (row,) = changed_rows(real_tables, altered(real_tables, "observations", k, used=False))
    assert (row.table, row.key, row.kind) == (
        "observations",
        (old.observation_id,),
        RowKind.CHANGED,
    )
    assert row.cells == (CellChange(column="used", old="yes", new="no"),)
    assert row.name == f"observations.csv {old.observation_id}"


def test_a_moved_shape_is_told_by_its_file_and_not_by_all_its_figures(real_tables: Tables) -> None:
    line = real_tables.lines[0]
    after = altered(real_tables, "lines", 0, points=line.points + 1e-9)
    (row,) = changed_rows(real_tables, after)
    (cell,) = row.cells
    assert (row.file, cell.column) == ("lines.geojson", "geometry")
    assert cell.old is not None
    assert cell.old.startswith(f"{len(line.points)} vertices, sha256 ")
    assert cell.old != cell.new


def test_the_way_back_exchanges_old_and_new(real_tables: Tables) -> None:
    source = Source(
        source_id="new", title="t", publisher="", date="", address="", licence="own", note=""
    )
    after = put(real_tables, "sources", [*real_tables.sources, source])
    (there,), (back,) = changed_rows(real_tables, after), changed_rows(after, real_tables)
    assert (there.kind, back.kind) == (RowKind.ADDED, RowKind.REMOVED)
    assert [(c.column, c.old, c.new) for c in there.cells] == [
        ("source_id", None, "new"),
        ("title", None, "t"),
        ("licence", None, "own"),
    ]
    assert [(c.column, c.old, c.new) for c in back.cells] == [
        (c.column, c.new, c.old) for c in there.cells
    ]


def test_a_new_source_and_all_that_it_brings_or_sets_aside_are_one_fact(
    real_tables: Tables,
) -> None:
    k = point(real_tables)
    old = real_tables.observations[k]
    source = replace(real_tables.sources[0], source_id="survey-x")
    new = replace(old, observation_id="survey-x-p1", source_id="survey-x")
    after = put(real_tables, "sources", [*real_tables.sources, source])
    after = put(after, "observations", [*after.observations, new])
    after = altered(after, "observations", k, used=False, reason="superseded by survey-x")
    (fact,) = facts(changed_rows(real_tables, after))
    assert fact.name == f"observations.csv {old.observation_id} +2"
    assert fact.table == "observations"
    whole = applied(real_tables, after, fact)
    assert changed_rows(whole, after) == ()
    assert whole.digest == real_tables.digest


def test_rows_that_have_nothing_in_common_are_facts_of_their_own(real_tables: Tables) -> None:
    first, second = (o.observation_id for o in real_tables.observations[:2])
    after = altered(real_tables, "observations", 0, note="a")
    after = altered(after, "observations", 1, note="b")
    found = facts(changed_rows(real_tables, after))
    assert [fact.name for fact in found] == [
        f"observations.csv {first}",
        f"observations.csv {second}",
    ]
    one = applied(real_tables, after, found[1])
    assert one.observations[0] == real_tables.observations[0]
    assert one.observations[1] == after.observations[1]


def test_another_reading_of_a_unit_is_one_fact(real_tables: Tables) -> None:
    c01 = [k for k, r in enumerate(real_tables.readings) if r.unit_id == "c01"][:2]
    after = real_tables
    for k in c01:
        after = altered(after, "readings", k, chosen=not after.readings[k].chosen)
    (fact,) = facts(changed_rows(real_tables, after))
    assert [row.table for row in fact.rows] == ["readings", "readings"]


def test_steps_of_one_side_are_one_fact_and_sides_are_several(real_tables: Tables) -> None:
    steps = [k for k, c in enumerate(real_tables.clauses) if c.step == 2]
    second = real_tables.clauses[steps[0]]
    first = next(
        k
        for k, c in enumerate(real_tables.clauses)
        if (c.reading_id, c.side, c.step) == (second.reading_id, second.side, 1)
    )
    after = altered(real_tables, "clauses", steps[0], note="x")
    after = altered(after, "clauses", first, note="x")
    assert len(facts(changed_rows(real_tables, after))) == 1
    other = next(
        k
        for k, c in enumerate(real_tables.clauses)
        if c.reading_id == second.reading_id and c.side != second.side
    )
    assert len(facts(changed_rows(real_tables, altered(after, "clauses", other, note="x")))) == 2


def test_a_survey_stands_with_the_exception_that_allows_it(real_tables: Tables) -> None:
    survey = Survey(
        unit_id="c13", source_id="plan-2022", sigma_m=0.5, date="2026-11-02", rings=(SQUARE, SQUARE)
    )
    allowed = DeclaredException(
        exception_id="c13-c01",
        kind=ExceptionKind.OVERLAP,
        unit_id="c13",
        other_id="c01",
        limit_m2=9.0,
        reason="meant",
        source_id="plan-2022",
    )
    after = put(real_tables, "surveys", [survey])
    after = put(after, "exceptions", [*after.exceptions, allowed])
    (fact,) = facts(changed_rows(real_tables, after))
    assert [row.file for row in fact.rows] == ["exceptions.csv", "surveys.geojson"]
    geometry = next(c for c in fact.rows[1].cells if c.column == "geometry")
    assert str(geometry.new).startswith("8 vertices, sha256 ")
    (gone,) = facts(changed_rows(after, real_tables))
    assert changed_rows(applied(after, real_tables, gone), real_tables) == ()


def test_districts_and_editions_count_too(real_tables: Tables) -> None:
    name = next(iter(real_tables.districts))
    moved = shapely.transform(real_tables.districts[name], lambda xy: xy + 1e-6)
    after = replace(real_tables, districts={**real_tables.districts, name: moved})
    after = put(after, "editions", [*after.editions, Edition(edition_date="2027-01-01", note="n")])
    assert (real_tables.edition_date, after.edition_date) == ("2026-11-24", "2027-01-01")
    assert put(after, "editions", []).edition_date is None
    found = facts(changed_rows(real_tables, after))
    assert [fact.name for fact in found] == [
        "editions.csv 2027-01-01",
        f"districts.geojson {name}",
    ]
    for fact in found:
        assert len(changed_rows(real_tables, applied(real_tables, after, fact))) == 1


def test_many_facts_are_put_together_by_table_and_none_is_lost(real_tables: Tables) -> None:
    after = real_tables
    for k in range(4):
        after = altered(after, "observations", k, note=f"x{k}")
        after = altered(after, "priors", k, reason=f"y{k}")
    found = facts(changed_rows(real_tables, after))
    tables = by_table(found)
    assert len(found) == 8
    assert [fact.table for fact in tables] == ["priors", "observations"]
    assert sorted(row.name for fact in tables for row in fact.rows) == sorted(
        row.name for fact in found for row in fact.rows
    )
