"""What can be counted in the plan's own tables: each figure with the rows that it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.errors import UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NUMERALS: Final = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7}
TEXTS: Final = (
    "text_zh",
    "state_zh",
    "indicator_zh",
    "build_out_zh",
    "description_zh",
    "direction_zh",
    "name_zh",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """One table of the plan, as printed."""

    file: str  # path in the data folder
    rows: Mapping[str, Mapping[str, str]]  # by key, in file order


PlanTables = dict[str, PlanTable]  # by name, such as units and plan/claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A row that a figure comes from (依据)."""

    file: str
    key: str
    text: str  # verbatim


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure and its evidence."""

    value: Decimal | None  # None: the tables do not print it
    evidence: tuple[Evidence, ...]


def cell(table: str, key: str, column: str) -> Callable[[PlanTables], Figure]:
    """Return the figure of a cell."""

    def figure(tables: PlanTables) -> Figure:
        row = _row(tables, table, key)
        return Figure(value=_decimal(row[column]), evidence=(_evidence(tables, table, key),))

    return figure


def rise(key: str) -> Callable[[PlanTables], Figure]:
    """Return by how much an indicator of table 2-1 is to rise from 2021 to 2026."""

    def figure(tables: PlanTables) -> Figure:
        row = _row(tables, "plan/table_2_1", key)
        first, last = _decimal(row["value_2021"]), _decimal(row["value_2026"])
        value = None if first is None or last is None else last - first
        return Figure(value=value, evidence=(_evidence(tables, "plan/table_2_1", key),))

    return figure


def count(table: str, **where: str) -> Callable[[PlanTables], Figure]:
    """Return how many rows of a table have these cells."""

    def figure(tables: PlanTables) -> Figure:
        keys = list(_chosen(tables, table, where))
        evidence = tuple(_evidence(tables, table, key) for key in keys)
        return Figure(value=Decimal(len(keys)), evidence=evidence)

    return figure


def named(claim: str, table: str, **where: str) -> Callable[[PlanTables], Figure]:
    """Return how many rows with these cells a claim calls by their name."""

    def figure(tables: PlanTables) -> Figure:
        text = _row(tables, "plan/claims", claim)["text_zh"]
        keys = [
            key
            for key in _chosen(tables, table, where)
            if _row(tables, table, key)["name_zh"] in text
        ]
        evidence = tuple(
            _evidence(tables, table, key, text=_row(tables, table, key)["name_zh"]) for key in keys
        )
        return Figure(value=Decimal(len(keys)), evidence=evidence)

    return figure


def total(table: str, column: str, **where: str) -> Callable[[PlanTables], Figure]:
    """Return the exact sum of a column over the rows that have these cells."""

    def figure(tables: PlanTables) -> Figure:
        keys = list(_chosen(tables, table, where))
        cells = [_row(tables, table, key)[column] for key in keys]
        evidence = tuple(
            _evidence(tables, table, key, text=f"{_row(tables, table, key)['name_zh']} {text}")
            for key, text in zip(keys, cells, strict=True)
        )
        return Figure(value=sum((Decimal(text) for text in cells), Decimal(0)), evidence=evidence)

    return figure


def dated(claim: str) -> Callable[[PlanTables], Figure]:
    """Return how many clusters are dated at the year of a claim or earlier."""

    def figure(tables: PlanTables) -> Figure:
        latest = int(_row(tables, "plan/claims", claim)["year"])
        keys = [
            key
            for key in _chosen(tables, "units", {"kind": "cluster"})
            if (year := _row(tables, "units", key)["build_out_year"]) and int(year) <= latest
        ]
        evidence = tuple(_dated_row(tables, key) for key in keys)
        return Figure(value=Decimal(len(keys)), evidence=evidence)

    return figure


def latest_start(extent: str) -> Callable[[PlanTables], Figure]:
    """Return the latest year of a cluster that is a starter area (首建区) to this extent.

    All starter areas and their clusters are evidence; those of another extent are part of a
    cluster and may be ready before it.
    """

    def figure(tables: PlanTables) -> Figure:
        table = "plan/starter_areas"
        areas = list(_chosen(tables, table, {"kind": "starter_area"}))
        years, evidence = [], []
        for key in areas:
            row = _row(tables, table, key)
            unit = _row(tables, "units", row["unit_id"])
            evidence += [_evidence(tables, table, key), _dated_row(tables, row["unit_id"])]
            if row["extent"] == extent and unit["build_out_year"]:
                years.append(Decimal(unit["build_out_year"]))
        return Figure(value=max(years, default=None), evidence=tuple(evidence))

    return figure


def names(table: str, key: str, column: str, pattern: str) -> Callable[[PlanTables], Figure]:
    """Return how many names a text lists; group 1 of the pattern holds the list."""

    def figure(tables: PlanTables) -> Figure:
        text = _row(tables, table, key)[column]
        found = _match(pattern, text)
        value = None if found is None else Decimal(len(re.split(r"、|和|，|(?<=”)(?=“)", found)))
        evidence = (_evidence(tables, table, key, text=text),)
        return Figure(value=value, evidence=evidence)

    return figure


def numeral(table: str, key: str, column: str, pattern: str) -> Callable[[PlanTables], Figure]:
    """Return a figure written as a character (三大); group 1 of the pattern holds it."""

    def figure(tables: PlanTables) -> Figure:
        text = _row(tables, table, key)[column]
        found = _match(pattern, text)
        value = None if found is None else Decimal(NUMERALS[found])
        return Figure(value=value, evidence=(_evidence(tables, table, key, text=text),))

    return figure


def _chosen(tables: PlanTables, table: str, where: Mapping[str, str]) -> Iterator[str]:
    for key, row in _table(tables, table).rows.items():
        if all(row[column] == value for column, value in where.items()):
            yield key


def _table(tables: PlanTables, table: str) -> PlanTable:
    if table not in tables:
        msg = f"{table}.csv: table is missing, expected one of {', '.join(sorted(tables))}"
        raise UnknownIdError(msg)
    return tables[table]


def _row(tables: PlanTables, table: str, key: str) -> Mapping[str, str]:
    found = _table(tables, table)
    if key not in found.rows:
        msg = f"{found.file}: row {key!r} is missing, expected it because a claim is checked by it"
        raise UnknownIdError(msg)
    return found.rows[key]


def _evidence(tables: PlanTables, table: str, key: str, *, text: str = "") -> Evidence:
    """Return a row as evidence, by default with the first text that it has."""
    row: Mapping[str, Any] = _row(tables, table, key)
    said = text or next(str(row[name]) for name in TEXTS if row.get(name))
    if table == "plan/table_2_1":
        said = f"{said} {row['value_2021']} → {row['value_2026']} {row['unit_zh']}"
    return Evidence(file=_table(tables, table).file, key=key, text=said)


def _dated_row(tables: PlanTables, unit_id: str) -> Evidence:
    """Return the build-out column of a cluster as evidence."""
    row = _row(tables, "units", unit_id)
    return _evidence(tables, "units", unit_id, text=f"{row['name_zh']}：{row['build_out_zh']}")


def _match(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return None if found is None else found.group(1)


def _decimal(text: str) -> Decimal | None:
    """Return the figure of a cell; None where it holds none or a range."""
    return Decimal(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None
