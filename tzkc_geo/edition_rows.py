"""The rows in which two states of the tables differ, put together to facts that stand alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tzkc_geo.catalog import Tables

KEYS: Final = {  # in the order of `tzkc_geo.io.folder.TABLES`, then the shapes
    "sources": ("source_id",),
    "units": ("unit_id",),
    "lines": ("line_id",),
    "priors": ("line_id",),
    "observations": ("observation_id",),
    "constraints": ("constraint_id",),
    "clauses": ("reading_id", "part", "side", "step"),
    "readings": ("reading_id",),
    "places": ("place_id",),
    "stations": ("station_id",),
    "exceptions": ("exception_id",),
    "editions": ("edition_date",),
    "surveys": ("unit_id",),
    "districts": ("district_id",),
}
DEFINES: Final = ("sources", "lines", "readings", "places")  # an id of these may be new
POINTS_AT: Final = {"other_id": "line_id"}  # a column that names an id of another column
SHOWN_HASH: Final = 8


class RowKind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell that is not what it was; the text of its column."""

    column: str
    old: str | None  # None: the row is new
    new: str | None  # None: the row is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that is not what it was."""

    table: str  # a key of `KEYS`
    key: tuple[str, ...]
    kind: RowKind
    cells: tuple[CellChange, ...]  # that differ; of a new or removed row those that say something
    unit_id: str | None  # that it is about; None: about no single unit

    @property
    def file(self) -> str:
        """The file that it stands in."""
        shape = self.table in {"surveys", "districts"} or (
            self.kind is RowKind.CHANGED and {cell.column for cell in self.cells} == {"geometry"}
        )
        return f"{self.table}.{'geojson' if shape else 'csv'}"

    @property
    def name(self) -> str:
        """File and key, such as ``observations.csv c01-area``."""
        return f"{self.file} {'/'.join(self.key)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Rows that only together make sense, such as a new line with its prior (事实)."""

    rows: tuple[RowChange, ...]  # in table order

    @property
    def name(self) -> str:
        """Its first row that is no source, and how many further rows there are."""
        first = next((row for row in self.rows if row.table != "sources"), self.rows[0])
        return first.name + (f" +{len(self.rows) - 1}" if len(self.rows) > 1 else "")

    @property
    def table(self) -> str:
        """The table of that row."""
        return next((row.table for row in self.rows if row.table != "sources"), "sources")


def changed_rows(before: Tables, after: Tables) -> tuple[RowChange, ...]:
    """Return the rows in which two states of the tables differ (逐行比较).

    Parameters
    ----------
    before, after
        All rows of two data folders.

    Returns
    -------
    tuple
        In table order; within a table the rows of ``before`` first. A shape is one cell
        ``geometry``: the number of its vertices and the beginning of its sha256.
    """
    changes = []
    for table in KEYS:
        old, new = (
            {key: _cells(record) for key, record in _records(tables, table).items()}
            for tables in (before, after)
        )
        for key in dict.fromkeys([*old, *new]):
            was, now = old.get(key), new.get(key)
            if was != now:
                changes.append(_row_change(table, key, was, now))
    return tuple(changes)


def facts(changes: Sequence[RowChange]) -> tuple[Fact, ...]:
    """Return the changed rows as facts, each of which stands alone.

    Rows belong together where one names an id that another one brings or takes away, where they
    are steps of one side of one reading, readings of one unit, or a survey and the exception
    that allows it.

    Parameters
    ----------
    changes
        What `changed_rows` gives.

    Returns
    -------
    tuple
        Every row in exactly one fact; in the order of their first rows.
    """
    moving = {
        (column, row.key[0])
        for row in changes
        if row.table in DEFINES and row.kind is not RowKind.CHANGED
        for column in KEYS[row.table]
    }
    together = list(range(len(changes)))  # of each row, the first row of its fact
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(changes):
        for link in sorted(_links(row, moving)):
            other = together[first.setdefault(link, number)]
            mine = together[number]
            least = min(mine, other)
            together = [least if k in {mine, other} else k for k in together]
    return _gathered(changes, together)


def by_table(found: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts put together by table, for there are too many."""
    rows = [row for fact in found for row in fact.rows]
    order = list(KEYS)
    return _gathered(rows, [order.index(fact.table) for fact in found for _ in fact.rows])


def applied(tables: Tables, after: Tables, fact: Fact) -> Tables:
    """Return tables in which one fact is as in ``after``, and all else as it was.

    Parameters
    ----------
    tables
        The state before.
    after
        The state that the fact comes from.
    fact
        One of `facts`.

    Returns
    -------
    Tables
        With the digest of ``tables``; new rows stand at the end of their table.
    """
    wanted: dict[str, list[RowChange]] = defaultdict(list)
    for row in fact.rows:
        wanted[row.table].append(row)
    values: dict[str, Any] = {}
    for table, rows in wanted.items():
        records, new = _records(tables, table), _records(after, table)
        for row in rows:
            if row.kind is RowKind.REMOVED:
                del records[row.key]
            else:
                records[row.key] = new[row.key]
        if table == "districts":
            values[table] = {key[0]: shape for key, shape in records.items()}
        else:
            values[table] = tuple(records.values())
    return replace(tables, **values)


def _gathered(rows: Sequence[RowChange], numbers: Sequence[int]) -> tuple[Fact, ...]:
    """Return the rows of equal number as one fact each, in order of these numbers."""
    sets: dict[int, list[RowChange]] = defaultdict(list)
    for row, number in zip(rows, numbers, strict=True):
        sets[number].append(row)
    return tuple(Fact(rows=tuple(sets[number])) for number in sorted(sets))


def _links(row: RowChange, moving: Iterable[tuple[str, str]]) -> set[tuple[str, ...]]:
    """Return what ties a row to others: equal links are one fact."""
    named = {name: {key} for name, key in zip(KEYS[row.table], row.key, strict=True)}
    for cell in row.cells:
        values = {text for text in (cell.old, cell.new) if text}
        named.setdefault(POINTS_AT.get(cell.column, cell.column), set()).update(values)
    said = {word for text in named.get("reason", ()) for word in text.split()}
    named.setdefault("source_id", set()).update(said)  # superseded by survey-x
    links: set[tuple[str, ...]] = {pair for pair in moving if pair[1] in named.get(pair[0], ())}
    if row.table == "clauses":
        links.add(("clauses", row.key[0], row.key[2]))
    if row.table in {"readings", "surveys", "exceptions"}:
        kind = "readings" if row.table == "readings" else "surveys"
        links.add((kind, str(row.unit_id)))
    return links


def _records(tables: Tables, table: str) -> dict[tuple[str, ...], Any]:
    """Return the records of a table by key, in its order."""
    if table == "districts":
        return {(name,): shape for name, shape in tables.districts.items()}
    columns = KEYS[table]
    return {
        tuple(str(getattr(record, column)) for column in columns): record
        for record in getattr(tables, table)
    }


def _row_change(
    table: str,
    key: tuple[str, ...],
    was: Mapping[str, str] | None,
    now: Mapping[str, str] | None,
) -> RowChange:
    """Return how a row differs; one of both may be missing."""
    kind = RowKind.CHANGED
    if was is None or now is None:
        kind = RowKind.ADDED if was is None else RowKind.REMOVED
    columns = dict.fromkeys([*(was or {}), *(now or {})])
    old, new = ({} if row is None else row for row in (was, now))
    cells = [
        CellChange(column=column, old=old.get(column), new=new.get(column))
        for column in columns
        if old.get(column, "") != new.get(column, "")
    ]
    unit_id = (now or was or {}).get("unit_id")
    return RowChange(table=table, key=key, kind=kind, cells=tuple(cells), unit_id=unit_id)


def _cells(record: Any) -> dict[str, str]:  # noqa: ANN401  (any record of the tables)
    """Return the cells of a record as text; equal texts are equal values."""
    if isinstance(record, shapely.Polygon):
        return {"geometry": _shape_text([shapely.get_coordinates(record)])}
    return {
        "geometry" if field.name in {"points", "rings"} else field.name: _text(
            getattr(record, field.name)
        )
        for field in fields(record)
    }


def _text(value: Any) -> str:  # noqa: ANN401  (any cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, np.ndarray):
        return _shape_text([value])
    if isinstance(value, tuple):
        if value and isinstance(value[0], np.ndarray):
            return _shape_text(value)
        return ";".join(_text(part) for part in value)
    return str(value)


def _shape_text(rings: Sequence[np.ndarray[Any, Any]]) -> str:
    total = hashlib.sha256()
    for ring in rings:
        total.update(f"{len(ring)} ".encode() + np.ascontiguousarray(ring).tobytes())
    count = sum(len(ring) for ring in rings)
    return f"{count} vertices, sha256 {total.hexdigest()[:SHOWN_HASH]}"
