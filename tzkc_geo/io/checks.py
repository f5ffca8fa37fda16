"""Check the rows of all tables against each other: what one row alone cannot show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.model import ExceptionKind, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tzkc_geo.model import (
        Clause,
        Constraint,
        DeclaredException,
        Edition,
        Observation,
        Place,
        Prior,
        Reading,
        ReferenceLine,
        Source,
        Station,
        Survey,
        UnitRow,
    )

TABLE_OF = {
    "line_id": "lines.csv",
    "other_id": "lines.csv",
    "parent_id": "units.csv",
    "place_id": "places.csv",
    "reading_id": "readings.csv",
    "source_id": "sources.csv",
    "unit_id": "units.csv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The records of all tables by key, each with the place where it stands."""

    sources: Mapping[object, tuple[Source, str]]
    units: Mapping[object, tuple[UnitRow, str]]
    lines: Mapping[object, tuple[ReferenceLine, str]]
    priors: Mapping[object, tuple[Prior, str]]
    observations: Mapping[object, tuple[Observation, str]]
    constraints: Mapping[object, tuple[Constraint, str]]
    clauses: Mapping[object, tuple[Clause, str]]
    readings: Mapping[object, tuple[Reading, str]]
    places: Mapping[object, tuple[Place, str]]
    stations: Mapping[object, tuple[Station, str]]
    exceptions: Mapping[object, tuple[DeclaredException, str]]
    editions: Mapping[object, tuple[Edition, str]]
    surveys: Mapping[object, tuple[Survey, str]]


def check(rows: Rows, districts: frozenset[str]) -> None:
    """Return if the rows agree with each other.

    Parameters
    ----------
    rows
        All records.
    districts
        Ids of the districts that have an outline.

    Raises
    ------
    UnknownIdError
        A row names an id that its table lacks.
    DataError
        A unit has no chosen reading or two, a reading has other parts than its clauses, a chosen
        clause names no line, a line has no prior, a constraint uses a place without coordinates.
    """
    _ids(rows)
    _units(rows, districts)
    _lines(rows)
    _readings(rows)
    _clauses(rows)
    _constraints(rows)
    _exceptions(rows)


def _ids(rows: Rows) -> None:
    clauses, observations, constraints = rows.clauses, rows.observations, rows.constraints
    sourced = (
        *(rows.units, rows.lines, rows.priors, observations, constraints, clauses, rows.readings),
        *(rows.places, rows.stations, rows.exceptions, rows.surveys),
    )
    placed = (observations, constraints, clauses, rows.readings, rows.places, rows.exceptions)
    _resolve("source_id", sourced, rows.sources)
    _resolve("line_id", (rows.priors, observations, constraints, clauses), rows.lines)
    _resolve("other_id", (observations,), rows.lines)
    _resolve("unit_id", (*placed, rows.surveys), rows.units)
    _resolve("parent_id", (rows.units,), rows.units)
    _resolve("place_id", (constraints,), rows.places)
    _resolve("reading_id", (clauses,), rows.readings)


def _resolve(
    column: str,
    tables: Iterable[Mapping[Any, tuple[Any, str]]],
    targets: Mapping[object, object],
) -> None:
    for record, where in chain.from_iterable(table.values() for table in tables):
        value = getattr(record, column)
        if value is not None and value not in targets:
            _unknown(where, column, value, TABLE_OF[column])


def _unknown(where: str, column: str, value: str, table: str) -> None:
    msg = f"{where}: {column} {value!r} points at nothing, expected an id of {table}"
    raise UnknownIdError(msg)


def _units(rows: Rows, districts: frozenset[str]) -> None:
    """Every district has an outline; a zone, which is filled, has at least one."""
    for unit, where in rows.units.values():
        for name in unit.districts:
            if name not in districts:
                _unknown(where, "districts", name, "districts.geojson")
        if not unit.districts and unit.kind in (UnitKind.CORE, UnitKind.ZONE):
            msg = f"{where}: districts is empty, expected the districts of {unit.unit_id!r}"
            raise DataError(msg)
    for survey, where in rows.surveys.values():
        if rows.units[survey.unit_id][0].kind is not UnitKind.CLUSTER:
            msg = f"{where}: unit {survey.unit_id!r} is no cluster, expected a cluster"
            raise DataError(msg)


def _lines(rows: Rows) -> None:
    for line, where in rows.lines.values():
        if line.line_id not in rows.priors:
            msg = f"{where}: line {line.line_id!r} has no prior, expected a row in priors.csv"
            raise DataError(msg)


def _readings(rows: Rows) -> None:
    """One chosen reading for a cluster; as many seeds as parts, and clauses for each."""
    parts: dict[str, set[int]] = {}
    for clause, _ in rows.clauses.values():
        parts.setdefault(clause.reading_id, set()).add(clause.part)
    for reading, where in rows.readings.values():
        expected = set(range(1, len(reading.seeds) + 1))
        got = parts.get(reading.reading_id, set())
        if got != expected or not got:
            msg = (
                f"{where}: reading {reading.reading_id!r} has {len(reading.seeds)} seeds, expected"
                f" one for each part of its clauses, got parts {sorted(got)}"
            )
            raise DataError(msg)
    chosen = Counter(r.unit_id for r, _ in rows.readings.values() if r.chosen)
    for unit, where in rows.units.values():
        wanted = unit.kind is UnitKind.CLUSTER and unit.unit_id not in rows.surveys
        count = chosen[unit.unit_id]
        if count > 1 or (wanted and count == 0):
            msg = (
                f"{where}: unit {unit.unit_id!r} has {count} chosen readings, expected one in"
                " readings.csv"
            )
            raise DataError(msg)


def _clauses(rows: Rows) -> None:
    for clause, where in rows.clauses.values():
        reading = rows.readings[clause.reading_id][0]
        if clause.unit_id != reading.unit_id:
            msg = (
                f"{where}: unit_id {clause.unit_id!r} is not that of its reading, expected"
                f" {reading.unit_id!r}"
            )
            raise DataError(msg)
        if reading.chosen and clause.line_id is None:
            msg = f"{where}: chosen clause names no line, expected a line of kind 'limit' at least"
            raise DataError(msg)


def _constraints(rows: Rows) -> None:
    for constraint, where in rows.constraints.values():
        if rows.places[constraint.place_id][0].lon is None:
            msg = (
                f"{where}: place {constraint.place_id!r} has no coordinates, expected lon and lat"
                " in places.csv"
            )
            raise DataError(msg)


def _exceptions(rows: Rows) -> None:
    """Resolve the other id: the line that closes an open side, else a unit."""
    for declared, where in rows.exceptions.values():
        side = declared.kind is ExceptionKind.OPEN_SIDE
        targets: Mapping[object, object] = rows.lines if side else rows.units
        if declared.other_id is not None and declared.other_id not in targets:
            _unknown(where, "other_id", declared.other_id, "lines.csv" if side else "units.csv")
