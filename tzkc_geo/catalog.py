"""The frozen records of the world: all tables, and the catalog that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.transport import NO_TRANSPORT, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import MultiPolygon, Polygon

    from tzkc_geo.model import (
        Clause,
        Constraint,
        DeclaredException,
        Edge,
        Edition,
        Observation,
        Place,
        Prior,
        Reading,
        ReferenceLine,
        Source,
        Station,
        Survey,
        UnitResult,
        UnitRow,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every row of the data folder, checked against each other."""

    sources: tuple[Source, ...]
    units: tuple[UnitRow, ...]
    lines: tuple[ReferenceLine, ...]
    priors: tuple[Prior, ...]
    observations: tuple[Observation, ...]
    constraints: tuple[Constraint, ...]
    clauses: tuple[Clause, ...]
    readings: tuple[Reading, ...]
    places: tuple[Place, ...]
    stations: tuple[Station, ...]
    districts: Mapping[str, Polygon]  # coarse, EPSG:4490
    surveys: tuple[Survey, ...]
    digest: str  # sha256 of all input files and the version
    exceptions: tuple[DeclaredException, ...] = ()
    editions: tuple[Edition, ...] = ()
    transport: Transport = NO_TRANSPORT

    @property
    def edition_date(self) -> str | None:
        """The date of the latest edition, YYYY-MM-DD; None: no edition is said."""
        return max((edition.edition_date for edition in self.editions), default=None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalog:
    """Everything an answer needs (目录); built once, never changed, equal to itself alone."""

    units: tuple[UnitRow, ...]  # 19: corridor, core, z1, z2, z3, c01 … c14
    results: Mapping[str, UnitResult]  # by unit id
    polygons: Mapping[str, Polygon | MultiPolygon]  # by unit id; lon lat, EPSG:4490
    edges: tuple[Edge, ...]  # in unit order, walking order within a unit
    places: tuple[Place, ...]
    stations: tuple[Station, ...]
    adjustment: Mapping[str, Any]  # the object that `tzkc adjust --json` prints
    digest: str  # sha256 of tables, options and version
    exceptions: tuple[DeclaredException, ...] = ()  # faults that are known and allowed
    edition_date: str | None = None  # YYYY-MM-DD, of the latest edition; None: not said
    transport: Transport = NO_TRANSPORT  # roads and rail lines; not part of the digest

    @property
    def edition(self) -> dict[str, str | None]:
        """The edition (版本) that outlines carry: its date, and the digest of what made them."""
        return {"date": self.edition_date, "digest": self.digest}

    def unit(self, unit_id: str) -> UnitRow:
        """Return the row of one unit, or raise `UnknownIdError`."""
        for row in self.units:
            if row.unit_id == unit_id:
                return row
        known = ", ".join(row.unit_id for row in self.units)
        msg = f"unit {unit_id!r}: no such unit, expected one of {known}"
        raise UnknownIdError(msg)

    def edges_of(self, unit_id: str) -> tuple[Edge, ...]:
        """Return the edges of one unit in walking order."""
        return tuple(edge for edge in self.edges if edge.unit_id == unit_id)
