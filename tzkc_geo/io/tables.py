"""Read the tables of a data folder and check them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tzkc_geo._version import __version__
from tzkc_geo.catalog import Tables
from tzkc_geo.edition_rows import KEYS
from tzkc_geo.errors import DataError
from tzkc_geo.io import parsers
from tzkc_geo.io.checks import Rows, check
from tzkc_geo.io.rows import TableRow, read_rows, records
from tzkc_geo.io.shapes import district_outlines, line_shapes, surveys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tzkc_geo.io.folder import DataFolder

    Record = TypeVar("Record")
    Located = Mapping[object, tuple[Record, str]]


def read_tables(folder: DataFolder) -> Tables:
    """Return all tables of a data folder, or say which row is wrong.

    Raises
    ------
    DataError
        A row or file is wrong; the message names file and row.
    """
    rows = _read(folder)
    districts = district_outlines(folder)
    check(rows, frozenset(districts))
    return Tables(
        sources=_plain(rows.sources),
        units=_plain(rows.units),
        lines=_plain(rows.lines),
        priors=_plain(rows.priors),
        observations=_plain(rows.observations),
        constraints=_plain(rows.constraints),
        clauses=_plain(rows.clauses),
        readings=_plain(rows.readings),
        places=_plain(rows.places),
        stations=_plain(rows.stations),
        exceptions=_plain(rows.exceptions),
        editions=_plain(rows.editions),
        surveys=_plain(rows.surveys),
        districts=districts,
        digest=folder.digest(__version__),
    )


def _read(folder: DataFolder) -> Rows:
    """Return the rows of all tables, each with the place where it stands."""
    shapes = line_shapes(folder)

    def table(
        name: str, columns: Sequence[str], parse: Callable[[TableRow], Record]
    ) -> Located[Record]:
        return _layered(folder, name, columns, parse)

    return Rows(
        sources=table("sources", parsers.SOURCES, parsers.source),
        units=table("units", parsers.UNITS, parsers.unit),
        lines=table("lines", parsers.LINES, lambda row: parsers.line(row, shapes)),
        priors=table("priors", parsers.PRIORS, parsers.prior),
        observations=table("observations", parsers.OBSERVATIONS, parsers.observation),
        constraints=table("constraints", parsers.CONSTRAINTS, parsers.constraint),
        clauses=table("clauses", parsers.CLAUSES, parsers.clause),
        readings=table("readings", parsers.READINGS, parsers.reading),
        places=table("places", parsers.PLACES, parsers.place),
        stations=table("stations", parsers.STATIONS, parsers.station),
        exceptions=table("exceptions", parsers.EXCEPTIONS, parsers.declared),
        editions=table("editions", parsers.EDITIONS, parsers.edition),
        surveys=surveys(folder),
    )


def _layered(
    folder: DataFolder,
    table: str,
    columns: Sequence[str],
    parse: Callable[[TableRow], Record],
) -> Located[Record]:
    """Return the records of one table; rows of a higher layer replace those below."""
    found: dict[object, tuple[Record, str]] = {}
    paths = folder.files(f"{table}.csv")
    if not paths:
        msg = f"{table}.csv: table is missing, expected it in the data folder"
        raise DataError(msg)
    for path in paths:
        found.update(records(read_rows(path, columns), parse, key=_key(table)))
    return found


def _key(table: str) -> Callable[[object], object]:
    """Return what tells the records of a table apart: a text, or a tuple of texts."""

    def key(record: object) -> object:
        texts = tuple(str(getattr(record, name)) for name in KEYS[table])
        return texts[0] if len(texts) == 1 else texts

    return key


def _plain(found: Located[Record]) -> tuple[Record, ...]:
    return tuple(record for record, _ in found.values())
