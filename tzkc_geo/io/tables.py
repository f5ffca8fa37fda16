"""Read the tables of a data folder and check them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tzkc_geo._version import __version__
from tzkc_geo.catalog import Tables
from tzkc_geo.edition_rows import KEYS
from tzkc_geo.io import parsers
from tzkc_geo.io.checks import Rows, check
from tzkc_geo.io.layered import layered, plain
from tzkc_geo.io.shapes import district_outlines, line_shapes, surveys
from tzkc_geo.io.transport_tables import read_transport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tzkc_geo.io.folder import DataFolder
    from tzkc_geo.io.layered import Located
    from tzkc_geo.io.rows import TableRow

    Record = TypeVar("Record")


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
        sources=plain(rows.sources),
        units=plain(rows.units),
        lines=plain(rows.lines),
        priors=plain(rows.priors),
        observations=plain(rows.observations),
        constraints=plain(rows.constraints),
        clauses=plain(rows.clauses),
        readings=plain(rows.readings),
        places=plain(rows.places),
        stations=plain(rows.stations),
        exceptions=plain(rows.exceptions),
        editions=plain(rows.editions),
        surveys=plain(rows.surveys),
        districts=districts,
        digest=folder.digest(__version__),
        transport=read_transport(folder, sources=rows.sources, stations=rows.stations),
    )


def _read(folder: DataFolder) -> Rows:
    """Return the rows of all tables, each with the place where it stands."""
    shapes = line_shapes(folder)

    def table(
        name: str, columns: Sequence[str], parse: Callable[[TableRow], Record]
    ) -> Located[Record]:
        return layered(folder, name, columns, parse, _key(name))

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


def _key(table: str) -> Callable[[object], object]:
    """Return what tells the records of a table apart: a text, or a tuple of texts."""

    def key(record: object) -> object:
        texts = tuple(str(getattr(record, name)) for name in KEYS[table])
        return texts[0] if len(texts) == 1 else texts

    return key
