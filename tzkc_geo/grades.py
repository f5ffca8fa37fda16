"""Grades of lines and units: counted from the tables, never from formal sigma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.model import Certainty, Grade, ObservationKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tzkc_geo.derive import Walk
    from tzkc_geo.model import Observation, Reading

EVIDENCE = frozenset(
    {
        ObservationKind.ON_LINE,
        ObservationKind.BEARING,
        ObservationKind.DISTANCE,
        ObservationKind.LENGTH,
    }
)


def evidenced(observations: Sequence[Observation]) -> frozenset[str]:
    """Return the lines that a used control point, distance or length places."""
    placing = EVIDENCE - {ObservationKind.BEARING}  # a bearing turns a line, it does not place it
    return frozenset(
        str(o.line_id) for o in observations if o.used and o.kind in placing and o.line_id
    )


def measured(observations: Sequence[Observation]) -> frozenset[str]:
    """Return the units whose reported area is used in the adjustment."""
    return frozenset(
        str(o.unit_id) for o in observations if o.used and o.kind is ObservationKind.AREA
    )


def open_sides(walk: Walk, known: frozenset[str]) -> list[str]:
    """Return the lines of a walk that nothing but a prior or an area places.

    A step that the chosen reading adds between two named lines (kind ``limit``, certainty
    ``inferred``, with a note) belongs to the reading and is not a side of its own.
    """
    return [
        str(c.line_id)
        for c in walk.clauses
        if str(c.line_id) not in known and c.certainty is not Certainty.INFERRED
    ]


def line_grades(walks: Sequence[Walk], observations: Sequence[Observation]) -> dict[str, Grade]:
    """Return the grade of every line that bounds a unit or has evidence."""
    known, areas = evidenced(observations), measured(observations)
    grades = dict.fromkeys(known, Grade.LOCATED)
    unknown: dict[str, set[str]] = {}  # by unit: one area closes one line, whatever the parts
    for walk in walks:
        names = {str(c.line_id) for c in walk.clauses} - known
        unknown.setdefault(walk.unit_id, set()).update(names)
    for unit_id, names in unknown.items():
        closes = unit_id in areas and len(names) == 1
        for name in names:
            if closes:
                grades[name] = Grade.CLOSED
            else:
                grades.setdefault(name, Grade.SCHEMATIC)
    return grades


def unit_grades(
    walks: Sequence[Walk], readings: Sequence[Reading], observations: Sequence[Observation]
) -> Mapping[str, Grade]:
    """Return the grade (等级) of every unit that has clauses.

    ``located``: every side has evidence other than the unit's own area. ``closed``: one side
    is closed by the reported area, or by a reading that the plan's words leave open.
    ``schematic``: less than that.
    """
    known, areas = evidenced(observations), measured(observations)
    undecided = {r.unit_id for r in readings if r.chosen and r.open}
    missing: dict[str, set[str]] = {}
    for walk in walks:
        missing.setdefault(walk.unit_id, set()).update(open_sides(walk, known))
    grades = {}
    for unit_id, names in missing.items():
        by_area = len(names) == 1 and unit_id in areas
        if not names:
            grades[unit_id] = Grade.CLOSED if unit_id in undecided else Grade.LOCATED
        elif by_area and unit_id not in undecided:
            grades[unit_id] = Grade.CLOSED
        else:
            grades[unit_id] = Grade.SCHEMATIC
    return grades
