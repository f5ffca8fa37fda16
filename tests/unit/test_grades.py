"""Grades are counted from the tables; the toy squares and the shipped tables."""

from collections.abc import Mapping, Sequence

import pytest

from tests.toy import lines as toy
from tzkc_geo.adjust import Problem
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.grades import evidenced, line_grades, measured, open_sides, unit_grades
from tzkc_geo.model import Certainty, Clause, Grade, Observation, ObservationKind, Side

POINTS = [
    toy.on_line("west", 0, 500),
    toy.on_line("middle", 1000, 500),
    toy.on_line("south", 1000, 0),
    toy.on_line("north", 1000, 1000),
]
AREA = toy.area("u1", 1.0)
NO_WEST = POINTS[1:]
NO_WEST_NOR_SOUTH = [POINTS[1], POINTS[3]]


def graded(
    observations: Sequence[Observation],
    *,
    is_open: bool = False,
    rows: Sequence[Clause] | None = None,
) -> tuple[Grade, Mapping[str, Grade]]:
    world = toy.problem(
        observations,
        rows=rows or toy.clauses(["u1"]),
        readings=[toy.reading("u1", is_open=is_open)],
    )
    units = unit_grades(world.walks, world.readings, world.observations)
    return units["u1"], line_grades(world.walks, world.observations)


CASES = {
    "all sides observed": (POINTS, False, Grade.LOCATED),
    "and its own area adds nothing": ([*POINTS, AREA], False, Grade.LOCATED),
    "all sides observed, words open": (POINTS, True, Grade.CLOSED),
    "one side by the area": ([*NO_WEST, AREA], False, Grade.CLOSED),
    "one side by the area, words open": ([*NO_WEST, AREA], True, Grade.SCHEMATIC),
    "one side by nothing": (NO_WEST, False, Grade.SCHEMATIC),
    "one side by an area set aside": ([*NO_WEST, toy.unused(AREA)], False, Grade.SCHEMATIC),
    "one side by the neighbour's area": ([*NO_WEST, toy.area("u2", 1.0)], False, Grade.SCHEMATIC),
    "two sides by one area": ([*NO_WEST_NOR_SOUTH, AREA], False, Grade.SCHEMATIC),
    "nothing": ([], False, Grade.SCHEMATIC),
}


@pytest.mark.parametrize(("observations", "is_open", "grade"), CASES.values(), ids=CASES)
def test_a_unit_is_graded_by_its_evidence(
    observations: list[Observation],
    is_open: bool,  # noqa: FBT001
    grade: Grade,
) -> None:
    assert graded(observations, is_open=is_open)[0] is grade


def test_formal_sigma_never_counts() -> None:
    vague = [toy.on_line(str(o.line_id), 0, 0, sigma=1e6) for o in POINTS]
    assert graded(vague)[0] is Grade.LOCATED


def test_lines_are_graded_like_the_sides_they_make() -> None:
    _, by_area = graded([*NO_WEST, AREA])
    assert by_area == {
        "west": Grade.CLOSED,
        **dict.fromkeys(("middle", "south", "north"), Grade.LOCATED),
    }
    assert graded(NO_WEST)[1]["west"] is Grade.SCHEMATIC
    two = graded([*NO_WEST_NOR_SOUTH, AREA])[1]
    assert two["west"] is two["south"] is Grade.SCHEMATIC


@pytest.mark.parametrize("units", [("u1", "u2"), ("u2", "u1")])
def test_a_shared_line_closed_by_one_area_is_closed(units: tuple[str, str]) -> None:
    rest = [o for o in POINTS if o.line_id != "middle"]  # nothing on the east line either
    world = toy.problem([*rest, AREA], readings=[toy.reading(u) for u in units])
    lines = line_grades(world.walks, world.observations)
    assert (lines["middle"], lines["east"]) == (Grade.CLOSED, Grade.SCHEMATIC)
    grades = unit_grades(world.walks, world.readings, world.observations)
    assert grades == {"u1": Grade.CLOSED, "u2": Grade.SCHEMATIC}


def test_a_step_that_the_reading_adds_lowers_no_unit_but_needs_a_grade_itself() -> None:
    rows = toy.clauses(["u1"])
    rows[2] = toy.clause("u1", Side.WEST, "west", certainty=Certainty.INFERRED)
    grade, lines = graded(NO_WEST, rows=rows)
    assert (grade, lines["west"]) == (Grade.LOCATED, Grade.SCHEMATIC)
    grade, lines = graded([*NO_WEST, AREA], rows=rows)
    assert (grade, lines["west"]) == (Grade.LOCATED, Grade.CLOSED)


def test_one_area_cannot_close_a_side_of_each_of_two_parts() -> None:
    rows = [
        toy.clause("u1", side, name, part=part)
        for part, unit_id in enumerate(("u1", "u2"), start=1)
        for side, name in zip(Side, toy.UNITS[unit_id], strict=True)
    ]
    readings = [toy.reading("u1", *toy.SEEDS.values())]
    for points, grade in ((NO_WEST, Grade.SCHEMATIC), (POINTS, Grade.CLOSED)):
        world = toy.problem([*points, AREA], rows=rows, readings=readings)  # east: no point
        assert unit_grades(world.walks, world.readings, world.observations) == {"u1": grade}
        assert line_grades(world.walks, world.observations)["east"] is grade


@pytest.mark.parametrize(
    ("kind", "places"),
    [("on_line", True), ("distance", True), ("length", True), ("bearing", False)],
)
def test_what_places_a_line(kind: str, places: bool) -> None:  # noqa: FBT001
    row = toy.observation(ObservationKind(kind), "row", line_id="west")
    assert evidenced([row]) == (frozenset({"west"}) if places else frozenset())
    assert evidenced([toy.unused(row)]) == frozenset()


def test_the_shipped_grades_follow_from_the_rows(
    real_problem: Problem, real_catalog: Catalog
) -> None:
    """Count anew: sides without evidence, by unit, against what adjustment.md says."""
    known, areas = evidenced(real_problem.observations), measured(real_problem.observations)
    words_open = {r.unit_id for r in real_problem.readings if r.chosen and r.open}
    for unit_id in sorted({walk.unit_id for walk in real_problem.walks}):
        walks = [walk for walk in real_problem.walks if walk.unit_id == unit_id]
        unknown = {name for walk in walks for name in open_sides(walk, known)}
        score = len(unknown) + 2 * bool(unknown and unit_id not in areas)
        score += unit_id in words_open
        grade = (Grade.LOCATED, Grade.CLOSED)[score] if score < 2 else Grade.SCHEMATIC
        assert real_catalog.results[unit_id].grade is grade, unit_id


def test_the_shipped_grades_are_those_of_the_plan(
    real_tables: Tables, real_catalog: Catalog
) -> None:
    by_grade: dict[Grade, list[str]] = {grade: [] for grade in Grade}
    for row in real_tables.units:
        if row.kind == "cluster":
            by_grade[real_catalog.results[row.unit_id].grade].append(row.unit_id)
        else:
            assert real_catalog.results[row.unit_id].grade is Grade.SCHEMATIC
    assert by_grade[Grade.LOCATED] == ["c04"]
    assert by_grade[Grade.CLOSED] == ["c01", "c02", "c08", "c09"]
    assert {"c06", "c07", "c10"} <= set(by_grade[Grade.SCHEMATIC])  # sides unnamed in the text


def test_only_the_units_whose_words_are_open_are_lowered(real_tables: Tables) -> None:
    assert {r.unit_id for r in real_tables.readings if r.open} == {"c02", "c08", "c09"}
