"""The catalog as collections of features (集合): what files, tiles and the web API give out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitResult, UnitRow

    Shapes = NDArray[np.object_]
    Row = dict[str, Any]

CACHE_SIZE: Final = 4  # catalogs whose collections are kept
POLYGONS, LINES, POINTS = "Polygon", "LineString", "Point"


@dataclass(frozen=True, slots=True)
class Column:
    """One property of the features of a collection."""

    name: str
    kind: str  # string | number | integer | boolean, as in JSON Schema
    about: str
    unit: str = ""  # m, km2, …


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collection:
    """Features of one kind (集合); the first column is their id, which is text and unique."""

    collection_id: str
    title_zh: str
    title_en: str
    about: str
    geometry: str  # Polygon | LineString | Point; a Polygon may be a MultiPolygon
    columns: tuple[Column, ...]
    shapes: Shapes  # (n,), lon lat, EPSG:4490; None where the position is not known
    values: Mapping[str, tuple[Any, ...]]  # by column, each of n cells; None: not known

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.shapes)

    @property
    def key(self) -> str:
        """The name of the column of the ids."""
        return self.columns[0].name

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in the order of the features."""
        return self.values[self.key]

    def properties(self, row: int) -> Row:
        """Return the properties of one feature."""
        return {column.name: self.values[column.name][row] for column in self.columns}

    def feature(self, row: int) -> Row:
        """Return one feature as GeoJSON, EPSG:4490 lon lat, unrounded."""
        shape = self.shapes[row]
        geometry = None if shape is None else dict(shapely.geometry.mapping(shape))
        return {
            "type": "Feature",
            "id": self.ids[row],
            "geometry": geometry,
            "properties": self.properties(row),
        }


TEXT, NUMBER, WHOLE, FLAG = "string", "number", "integer", "boolean"
NAMES: Final = (
    Column("name_zh", TEXT, "name, Chinese"),
    Column("name_en", TEXT, "name, English"),
)
PLACED: Final = (
    Column("sigma_m", NUMBER, "standard deviation of the position", "m"),
    Column("source_id", TEXT, "source of the row"),
    Column("note", TEXT, "what else is to be known"),
)
UNIT: Final = (
    Column("unit_id", TEXT, "id of the unit"),
    Column("kind", TEXT, "corridor, core, zone or cluster"),
    Column("parent_id", TEXT, "the unit that it is part of"),
    *NAMES,
    Column("reported_area_km2", TEXT, "area as printed in the plan", "km2"),
    Column("area_km2", NUMBER, "area on the ellipsoid, by the statutory formula", "km2"),
    Column("area_sigma_km2", NUMBER, "standard deviation of the area", "km2"),
    Column("leave_one_out_km2", NUMBER, "area adjusted without the printed one", "km2"),
    Column("leave_one_out_sigma_km2", NUMBER, "its standard deviation", "km2"),
    Column("redundancy", NUMBER, "how much of the printed area is a check, 0 to 1"),
    Column("w", NUMBER, "w-test of the printed area"),
    Column("grade", TEXT, "located, closed or schematic"),
    Column("verdict", TEXT, "consistent, inconsistent or not_checkable"),
)
EDGE: Final = (
    Column("edge_id", TEXT, "unit and number of the edge in walking order"),
    Column("unit_id", TEXT, "the unit that it bounds"),
    Column("line_id", TEXT, "the reference line that made it"),
    Column("name_zh", TEXT, "name of that line"),
    Column("text_zh", TEXT, "the clause, verbatim"),
    Column("accuracy_m", NUMBER, "accuracy at 95 %; none where it cannot be told", "m"),
    Column("band_m", NUMBER, "half width of the band that counts instead", "m"),
    Column("how", TEXT, "how the edge came about"),
)
REFERENCE_LINE: Final = (
    Column("line_id", TEXT, "id of the line"),
    Column("name_zh", TEXT, "its name"),
    Column("kind", TEXT, "road, bank, canal, rail, border or limit"),
    Column("grade", TEXT, "located, closed or schematic"),
    Column("accuracy_m", NUMBER, "accuracy at 95 % after the adjustment", "m"),
    Column("band_m", NUMBER, "half width of the band that counts instead", "m"),
    Column("note", TEXT, "what else is to be known"),
)
CONTROL_POINT: Final = (
    Column("observation_id", TEXT, "id of the observation"),
    Column("line_id", TEXT, "the line that it is a point of"),
    Column("sigma_m", NUMBER, "standard deviation", "m"),
    Column("residual_m", NUMBER, "residual after the adjustment", "m"),
    Column("redundancy", NUMBER, "redundancy number, 0 to 1"),
    Column("w", NUMBER, "w-test"),
    Column("used", FLAG, "whether the adjustment uses it"),
    Column("reason", TEXT, "why it is not used"),
)
STATION: Final = (
    Column("station_id", TEXT, "id of the station"),
    Column("line", TEXT, "the railway line"),
    Column("seq", WHOLE, "number along the line"),
    *NAMES,
    Column("status", TEXT, "operating or planned"),
    Column("opening", TEXT, "day or year of opening"),
    Column("structure", TEXT, "underground, elevated or at_grade"),
    *PLACED,
)
RAIL: Final = (
    Column("line", TEXT, "the railway line"),
    Column("status", TEXT, "operating or planned"),
    *PLACED,
)
ROAD: Final = (
    Column("link_id", TEXT, "id of the link"),
    Column("road", TEXT, "name of the road"),
    Column("link_class", TEXT, "motorway, expressway, arterial, ramp or bridge"),
    Column("length_m", NUMBER, "length, where it is not the straight line", "m"),
    Column("free_kmh", NUMBER, "speed without traffic", "km/h"),
    Column("peak_kmh", NUMBER, "speed in the peak hour", "km/h"),
    Column("oneway", FLAG, "from its start to its end alone"),
    Column("opening", TEXT, "since when; empty: before 2022"),
    Column("grounds", TEXT, "published, measured, derived or assumed"),
    Column("source_id", TEXT, "source of the row"),
    Column("note", TEXT, "what else is to be known"),
)
PLACE: Final = (
    Column("place_id", TEXT, "id of the place"),
    *NAMES,
    Column("kind", TEXT, "what it is"),
    Column("unit_id", TEXT, "the unit that the plan puts it in"),
    *PLACED,
)
EDITION: Final = (
    Column("edition_date", TEXT, "date of the edition of the boundaries"),
    Column("edition_digest", TEXT, "digest of what made them"),
)


def collections(catalog: Catalog) -> Mapping[str, Collection]:
    """Return all collections of a catalog by id, in the order in which they are listed.

    Parameters
    ----------
    catalog
        The world; what was made of it is kept.

    Returns
    -------
    Mapping
        ``units``, ``clusters``, ``zones``, ``edges``, ``reference_lines``, ``control_points``,
        ``stations``, ``rail``, ``roads``, ``places``. A feature whose position is not known has
        no shape.
    """
    return _collections(catalog)


def collection(catalog: Catalog, collection_id: str) -> Collection:
    """Return one collection, or raise `UnknownIdError`."""
    return chosen(catalog, (collection_id,))[0]


def chosen(catalog: Catalog, ids: Iterable[str]) -> tuple[Collection, ...]:
    """Return some collections, in the order of the list and each once.

    Raises
    ------
    UnknownIdError
        There is no such collection; the message names the nearest.
    """
    known = collections(catalog)
    for name in (wanted := dict.fromkeys(ids)):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"; did you mean {near[0]!r}" if near else ""
            msg = f"collection {name!r}: no such collection, expected one of {', '.join(known)}"
            raise UnknownIdError(msg + remedy)
    return tuple(known[name] for name in wanted)


def stamped(one: Collection, edition: Mapping[str, str | None]) -> Collection:
    """Return a collection with its edition (版本) in every row, so that a file may go alone.

    Parameters
    ----------
    edition
        ``date`` and ``digest``, as `Catalog.edition` says them.
    """
    cells = {f"edition_{key}": (value,) * len(one) for key, value in edition.items()}
    return replace(one, columns=(*one.columns, *EDITION), values={**one.values, **cells})


@lru_cache(maxsize=CACHE_SIZE)
def _collections(catalog: Catalog) -> dict[str, Collection]:
    made = (
        _units(catalog, "units", "单元", "Units", frozenset(UnitKind)),
        _units(catalog, "clusters", "功能组团", "Clusters", {UnitKind.CLUSTER}),
        _units(catalog, "zones", "核与片区", "Core and zones", {UnitKind.CORE, UnitKind.ZONE}),
        _edges(catalog),
        _reference_lines(catalog),
        _control_points(catalog),
        _stations(catalog),
        _rail(catalog),
        _roads(catalog),
        _places(catalog),
    )
    return {one.collection_id: one for one in made}


def _units(
    catalog: Catalog, collection_id: str, zh: str, en: str, kinds: Iterable[UnitKind]
) -> Collection:
    rows = [row for row in catalog.units if row.kind in frozenset(kinds)]
    return _made(
        (collection_id, zh, en, "outlines derived from the plan's words; not legal boundaries"),
        POLYGONS,
        UNIT,
        [catalog.polygons[row.unit_id] for row in rows],
        lambda name: [_of_unit(row, catalog.results[row.unit_id], name) for row in rows],
    )


def _of_unit(row: UnitRow, result: UnitResult, name: str) -> object:
    """Return what was derived of a unit, or else what its row says."""
    return _cell(result if hasattr(result, name) else row, name)


def _edges(catalog: Catalog) -> Collection:
    count: dict[str, int] = {}
    ids = []
    for edge in catalog.edges:
        count[edge.unit_id] = count.get(edge.unit_id, 0) + 1
        ids.append(f"{edge.unit_id}-{count[edge.unit_id]:02d}")
    return _made(
        ("edges", "四至边", "Edges", "stretches of outlines, each with the line that made it"),
        LINES,
        EDGE,
        [shapely.LineString(edge.points) for edge in catalog.edges],
        lambda name: ids if name == "edge_id" else [_cell(edge, name) for edge in catalog.edges],
    )


def _reference_lines(catalog: Catalog) -> Collection:
    rows: list[Row] = list(catalog.adjustment.get("lines", ()))
    return _made(
        ("reference_lines", "参照线", "Reference lines", "lines that the plan names, adjusted"),
        LINES,
        REFERENCE_LINE,
        [shapely.LineString([point[:2] for point in row["points"]]) for row in rows],
        lambda name: [row.get(name) for row in rows],
    )


def _control_points(catalog: Catalog) -> Collection:
    named = {"observation_id": "id", "sigma_m": "sigma", "residual_m": "residual"}
    rows: list[Row] = [
        row for row in catalog.adjustment.get("observations", ()) if row.get("lon") is not None
    ]
    return _made(
        ("control_points", "控制点", "Control points", "points that the adjustment was given"),
        POINTS,
        CONTROL_POINT,
        [shapely.Point(row["lon"], row["lat"]) for row in rows],
        lambda name: [row.get(named.get(name, name)) for row in rows],
    )


def _stations(catalog: Catalog) -> Collection:
    return _records(
        ("stations", "车站", "Stations", "of S1, S2 and the national railways"),
        POINTS,
        STATION,
        catalog.stations,
        [_point(row.lon, row.lat) for row in catalog.stations],
    )


def _rail(catalog: Catalog) -> Collection:
    tracks = catalog.transport.tracks
    shapes = [shapely.LineString(track.points) for track in tracks]
    return _records(
        ("rail", "轨道线", "Rail", "drawn courses of railways"), LINES, RAIL, tracks, shapes
    )


def _roads(catalog: Catalog) -> Collection:
    at = {row.junction_id: (row.lon, row.lat) for row in catalog.transport.junctions}
    at |= {
        row.station_id: (row.lon, row.lat)
        for row in catalog.stations
        if row.lon is not None and row.lat is not None
    }
    links = catalog.transport.links
    shapes = [
        shapely.LineString([at[link.from_id], at[link.to_id]])
        if {link.from_id, link.to_id} <= at.keys()
        else None
        for link in links
    ]
    return _records(
        ("roads", "道路", "Roads", "links of the main roads, straight between junctions"),
        LINES,
        ROAD,
        links,
        shapes,
    )


def _places(catalog: Catalog) -> Collection:
    return _records(
        ("places", "地点", "Places", "first-phase areas, first hubs and named points"),
        POINTS,
        PLACE,
        catalog.places,
        [_point(row.lon, row.lat) for row in catalog.places],
    )


def _records(
    about: tuple[str, str, str, str],
    geometry: str,
    columns: tuple[Column, ...],
    records: Sequence[object],
    shapes: Sequence[object],
) -> Collection:
    """Return a collection of records that have the columns as attributes."""
    return _made(
        about, geometry, columns, shapes, lambda name: [_cell(row, name) for row in records]
    )


def _made(
    about: tuple[str, str, str, str],
    geometry: str,
    columns: tuple[Column, ...],
    shapes: Sequence[object],
    cells: Callable[[str], Sequence[object]],
) -> Collection:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return Collection(
        collection_id=about[0],
        title_zh=about[1],
        title_en=about[2],
        about=about[3],
        geometry=geometry,
        columns=columns,
        shapes=array,
        values={column.name: tuple(cells(column.name)) for column in columns},
    )


def _cell(record: object, name: str) -> object:
    """Return an attribute as JSON has it."""
    value = getattr(record, name)
    return str(value) if isinstance(value, str) else value


def _point(lon: float | None, lat: float | None) -> shapely.Point | None:
    return None if lon is None or lat is None else shapely.Point(lon, lat)
