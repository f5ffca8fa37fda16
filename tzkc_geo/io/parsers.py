"""A row becomes a record, or says where it fails."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.model import (
    Certainty,
    Clause,
    Constraint,
    ConstraintKind,
    DeclaredException,
    Edition,
    ExceptionKind,
    LineKind,
    Observation,
    ObservationKind,
    Place,
    Prior,
    Reading,
    ReferenceLine,
    Side,
    Source,
    Station,
    UnitKind,
    UnitRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.io.rows import TableRow

SOURCES = ("source_id", "title", "publisher", "date", "address", "licence", "note")
UNITS = (
    "unit_id",
    "kind",
    "parent_id",
    "name_zh",
    "name_en",
    "aliases",
    "reported_area_km2",
    "description_zh",
    "build_out_zh",
    "build_out_year",
    "direction_zh",
    "starter_area_zh",
    "first_hub_zh",
    "districts",
    "source_id",
    "note",
)
LINES = ("line_id", "name_zh", "aliases", "kind", "band_m", "source_id", "note")
PRIORS = ("line_id", "sigma_offset_m", "sigma_rotation_m_per_km", "source_id", "reason")
OBSERVATIONS = (
    "observation_id",
    "kind",
    "line_id",
    "unit_id",
    "other_id",
    "lon",
    "lat",
    "value",
    "sigma",
    "source_id",
    "used",
    "reason",
    "note",
)
CONSTRAINTS = (
    "constraint_id",
    "kind",
    "unit_id",
    "line_id",
    "place_id",
    "side",
    "tolerance_m",
    "source_id",
    "note",
)
CLAUSES = (
    "unit_id",
    "reading_id",
    "part",
    "side",
    "step",
    "line_id",
    "edge",
    "certainty",
    "source_id",
    "text_zh",
    "note",
)
READINGS = ("reading_id", "unit_id", "chosen", "open", "seeds", "reason", "source_id")
PLACES = (
    "place_id",
    "name_zh",
    "name_en",
    "kind",
    "lon",
    "lat",
    "sigma_m",
    "unit_id",
    "source_id",
    "note",
)
STATIONS = (
    "station_id",
    "line",
    "seq",
    "name_zh",
    "name_en",
    "lon",
    "lat",
    "sigma_m",
    "status",
    "opening",
    "structure",
    "source_id",
    "note",
)

EXCEPTIONS = ("exception_id", "kind", "unit_id", "other_id", "limit_m2", "reason", "source_id")

EDITIONS = ("edition_date", "note")


def source(row: TableRow) -> Source:
    """Parse a row of ``sources.csv``."""
    return Source(
        source_id=row.required("source_id"),
        title=row.required("title"),
        publisher=row.text("publisher"),
        date=row.text("date"),
        address=row.text("address"),
        licence=row.required("licence"),
        note=row.text("note"),
    )


def unit(row: TableRow) -> UnitRow:
    """Parse a row of ``units.csv``; the reported area keeps its digits."""
    row.positive("reported_area_km2")
    year = row.optional("build_out_year")
    return UnitRow(
        unit_id=row.required("unit_id"),
        kind=row.choice("kind", UnitKind),
        parent_id=row.optional("parent_id"),
        name_zh=row.required("name_zh"),
        name_en=row.required("name_en"),
        aliases=row.parts("aliases"),
        reported_area_km2=row.required("reported_area_km2"),
        description_zh=row.text("description_zh"),
        build_out_zh=row.text("build_out_zh"),
        build_out_year=row.integer("build_out_year", least=1900) if year else None,
        direction_zh=row.text("direction_zh"),
        starter_area_zh=row.text("starter_area_zh"),
        first_hub_zh=row.text("first_hub_zh"),
        districts=row.parts("districts"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def line(row: TableRow, shapes: Mapping[str, NDArray[np.float64]]) -> ReferenceLine:
    """Parse a row of ``lines.csv`` and join its shape."""
    line_id = row.required("line_id")
    if line_id not in shapes:
        msg = f"{row.where}: line {line_id!r} has no shape, expected a feature in lines.geojson"
        raise DataError(msg)
    return ReferenceLine(
        line_id=line_id,
        name_zh=row.required("name_zh"),
        aliases=row.parts("aliases"),
        kind=row.choice("kind", LineKind),
        band_m=row.positive("band_m"),
        source_id=row.required("source_id"),
        note=row.text("note"),
        points=shapes[line_id],
    )


def prior(row: TableRow) -> Prior:
    """Parse a row of ``priors.csv``."""
    return Prior(
        line_id=row.required("line_id"),
        sigma_offset_m=row.positive("sigma_offset_m"),
        sigma_rotation_m_per_km=row.positive("sigma_rotation_m_per_km"),
        source_id=row.required("source_id"),
        reason=row.text("reason"),
    )


def observation(row: TableRow) -> Observation:
    """Parse a row of ``observations.csv``; an unused one must say why."""
    kind = row.choice("kind", ObservationKind)
    used = row.flag("used")
    needed = {
        ObservationKind.AREA: ("unit_id",),
        ObservationKind.DISTANCE: ("line_id", "other_id"),
        ObservationKind.LENGTH: ("line_id", "unit_id"),
    }.get(kind, ("line_id",))
    for column in needed:
        row.required(column)
    reason = row.text("reason") if used else row.required("reason")
    lon, lat = _position(row, required=kind is ObservationKind.ON_LINE)
    return Observation(
        observation_id=row.required("observation_id"),
        kind=kind,
        line_id=row.optional("line_id"),
        unit_id=row.optional("unit_id"),
        other_id=row.optional("other_id"),
        lon=lon,
        lat=lat,
        value=row.number("value"),
        sigma=row.positive("sigma"),
        source_id=row.required("source_id"),
        used=used,
        reason=reason,
        note=row.text("note"),
    )


def constraint(row: TableRow) -> Constraint:
    """Parse a row of ``constraints.csv``."""
    kind = row.choice("kind", ConstraintKind)
    contains = kind is ConstraintKind.CONTAINS
    row.required("unit_id" if contains else "line_id")
    return Constraint(
        constraint_id=row.required("constraint_id"),
        kind=kind,
        unit_id=row.optional("unit_id"),
        line_id=row.optional("line_id"),
        place_id=row.required("place_id"),
        side=None if contains else row.choice("side", Side),
        tolerance_m=row.positive("tolerance_m"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def clause(row: TableRow) -> Clause:
    """Parse a row of ``clauses.csv``; what is not stated carries a note."""
    certainty = row.choice("certainty", Certainty)
    note = row.text("note") if certainty is Certainty.STATED else row.required("note")
    return Clause(
        unit_id=row.required("unit_id"),
        reading_id=row.required("reading_id"),
        part=row.integer("part", least=1),
        side=row.choice("side", Side),
        step=row.integer("step", least=1),
        line_id=row.optional("line_id"),
        edge=row.required("edge"),
        certainty=certainty,
        source_id=row.required("source_id"),
        text_zh=row.text("text_zh"),
        note=note,
    )


def reading(row: TableRow) -> Reading:
    """Parse a row of ``readings.csv``; seeds are ``lon lat`` pairs."""
    return Reading(
        reading_id=row.required("reading_id"),
        unit_id=row.required("unit_id"),
        chosen=row.flag("chosen"),
        open=row.flag("open"),
        seeds=tuple(_seed(row, part) for part in row.parts("seeds")),
        reason=row.required("reason"),
        source_id=row.required("source_id"),
    )


def place(row: TableRow) -> Place:
    """Parse a row of ``places.csv``; a place without coordinates is known by name only."""
    lon, lat = _position(row, required=False)
    return Place(
        place_id=row.required("place_id"),
        name_zh=row.required("name_zh"),
        name_en=row.text("name_en"),
        kind=row.required("kind"),
        lon=lon,
        lat=lat,
        sigma_m=row.positive("sigma_m") if lon is not None else None,
        unit_id=row.optional("unit_id"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def station(row: TableRow) -> Station:
    """Parse a row of ``stations.csv``; unknown coordinates stay unknown."""
    lon, lat = _position(row, required=False)
    return Station(
        station_id=row.required("station_id"),
        line=row.required("line"),
        seq=row.integer("seq", least=1) if row.optional("seq") else None,
        name_zh=row.required("name_zh"),
        name_en=row.text("name_en"),
        lon=lon,
        lat=lat,
        sigma_m=row.positive("sigma_m") if lon is not None else None,
        status=row.required("status"),
        opening=row.text("opening"),
        structure=row.text("structure"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def declared(row: TableRow) -> DeclaredException:
    """Parse a row of ``exceptions.csv``; an overlap names both units."""
    kind = row.choice("kind", ExceptionKind)
    overlap = kind is ExceptionKind.OVERLAP
    limited = kind is not ExceptionKind.OPEN_SIDE
    return DeclaredException(
        exception_id=row.required("exception_id"),
        kind=kind,
        unit_id=row.required("unit_id"),
        other_id=row.required("other_id") if overlap else row.optional("other_id"),
        limit_m2=row.positive("limit_m2") if limited else None,
        reason=row.required("reason"),
        source_id=row.required("source_id"),
    )


def edition(row: TableRow) -> Edition:
    """Parse a row of ``editions.csv``; the date is a day that there is."""
    text = row.required("edition_date")
    try:
        sound = date.fromisoformat(text).isoformat() == text
    except ValueError:
        sound = False
    if not sound:
        msg = f"{row.where}: edition_date is not a day, expected YYYY-MM-DD, got {text!r}"
        raise DataError(msg)
    return Edition(edition_date=text, note=row.required("note"))


def position(row: TableRow) -> tuple[float, float]:
    """Return lon, lat of a row in degrees, EPSG:4490; swapped axes are refused."""
    lon, lat = row.number("lon"), row.number("lat")
    _check(row, lon, lat)
    return lon, lat


def _position(row: TableRow, *, required: bool) -> tuple[float | None, float | None]:
    """Return lon, lat in degrees, both or neither."""
    if not required and not row.text("lon") and not row.text("lat"):
        return None, None
    return position(row)


def _seed(row: TableRow, text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(value) for value in text.split(" "))
    except ValueError as exc:
        msg = f"{row.where}: seeds {text!r} is not a pair, expected 'lon lat' pairs joined by ;"
        raise DataError(msg) from exc
    _check(row, lon, lat)
    return lon, lat


def _check(row: TableRow, lon: float, lat: float) -> None:
    try:
        crs.check_position(lon, lat, where=row.where)
    except CrsError as exc:
        raise DataError(str(exc)) from exc
