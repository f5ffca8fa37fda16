"""Which source stands behind which line, observation and unit (来源)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tzkc_geo.catalog import Tables
    from tzkc_geo.model import Source
    from tzkc_geo.readings import Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUse:
    """A source and the rows that cite it, by id."""

    source: Source
    units: tuple[str, ...]
    lines: tuple[str, ...]
    observations: tuple[str, ...]
    extents: tuple[str, ...]


def sources_used(tables: Tables, extents: Iterable[Extent]) -> tuple[SourceUse, ...]:
    """Return every source with what rests on it (来源及其用处).

    Parameters
    ----------
    tables
        All rows; a survey counts as a row of its unit.
    extents
        What other texts publish of the same ground.

    Returns
    -------
    tuple of SourceUse
        In the order of the sources; one that nothing cites has four empty lists.
    """
    published = tuple(extents)
    of_units = [
        *((row.unit_id, row.source_id) for row in tables.units),
        *((row.unit_id, row.source_id) for row in tables.clauses),
        *((row.unit_id, row.source_id) for row in tables.surveys),
    ]
    return tuple(
        SourceUse(
            source=source,
            units=tuple(dict.fromkeys(u for u, of in of_units if of == source.source_id)),
            lines=tuple(r.line_id for r in tables.lines if r.source_id == source.source_id),
            observations=tuple(
                r.observation_id for r in tables.observations if r.source_id == source.source_id
            ),
            extents=tuple(r.extent_id for r in published if r.source_id == source.source_id),
        )
        for source in tables.sources
    )
