"""GeoPackage 1.3: collections as layers, each with its style; written in memory, same bytes."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.collections import FLAG, NUMBER, POLYGONS, TEXT, WHOLE
from tzkc_geo.epsg import WGS84_EPSG, crs_of
from tzkc_geo.io.qgis_style import expression, qml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tzkc_geo.collections import Collection

APPLICATION_ID: Final = 0x47504B47  # "GPKG"
VERSION: Final = 10300
GEOMETRY: Final = "geom"
FID: Final = "fid"
TYPES: Final = {TEXT: "TEXT", NUMBER: "DOUBLE", WHOLE: "INTEGER", FLAG: "BOOLEAN"}
LITTLE_ENDIAN, ENVELOPE_XY = 0b1, 0b10  # flags of the header of a geometry
STYLES: Final = "layer_styles"
SCHEMA: Final = "http://www.geopackage.org/spec121/#extension_schema"
TABLES: Final = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE {STYLES} (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
"""


def geopackage(found: Sequence[Collection], *, epsg: int, changed: datetime) -> bytes:
    """Return a GeoPackage with one layer for each collection, each with a style for QGIS.

    Parameters
    ----------
    found
        Collections with different ids, which name the layers. Shapes have x = easting or
        longitude first; polygons become MultiPolygons, all their bits are kept.
    epsg
        System of the shapes.
    changed
        UTC; stands as time of change, so that the same collections have the same bytes.

    Notes
    -----
    OGC 12-128r17 (GeoPackage 1.3) with its extension for the schema, which says what a column
    is; table ``layer_styles`` as QGIS writes it, whose default style QGIS opens by itself. There
    is no spatial index: layers of some hundred features are read whole.
    """
    when = changed.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES)
        _insert(database, "gpkg_spatial_ref_sys", _systems(epsg))
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            _insert(
                database, "gpkg_extensions", [(table, None, "gpkg_schema", SCHEMA, "read-write")]
            )
        for one in found:
            _layer(database, one, epsg, when)
        about = ("styles of the layers, for QGIS", when, None, None, None, None, None)
        _insert(database, "gpkg_contents", [(STYLES, "attributes", STYLES, *about)])
        database.commit()
        return database.serialize()


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def multi(one: Collection) -> Any:  # noqa: ANN401  (an array of shapes)
    """Return the shapes, polygons as MultiPolygons, so that a column holds one kind."""
    if one.geometry != POLYGONS:
        return one.shapes
    made = np.empty(len(one), dtype=object)
    made[:] = [s and shapely.MultiPolygon(list(shapely.get_parts(s))) for s in one.shapes]
    return made


def kind_of(one: Collection) -> str:
    """Return the kind of shape of a column: MultiPolygon, LineString or Point."""
    return f"Multi{one.geometry}" if one.geometry == POLYGONS else one.geometry


def _layer(database: sqlite3.Connection, one: Collection, epsg: int, when: str) -> None:
    """Write one layer: what it is, its columns, its rows, its style."""
    name, shapes = one.collection_id, multi(one)
    known = [shape for shape in shapes if shape is not None]
    bounds = shapely.total_bounds(known).tolist() if known else [None] * 4
    title = f"{one.title_zh} {one.title_en}"
    contents = (name, "features", title, one.about, when, *bounds, epsg)
    _insert(database, "gpkg_contents", [contents])
    _insert(
        database,
        "gpkg_geometry_columns",
        [(name, GEOMETRY, kind_of(one).upper(), epsg, 0, 0)],
    )
    told = [
        (name, c.name, None, None, c.about + (f", {c.unit}" if c.unit else ""), None, None)
        for c in one.columns
    ]
    _insert(database, "gpkg_data_columns", told)
    columns = ", ".join(
        f"{quoted(c.name)} {TYPES[c.kind]}{' NOT NULL UNIQUE' if c.name == one.key else ''}"
        for c in one.columns
    )
    database.execute(
        f"CREATE TABLE {quoted(name)} ({FID} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
        f" {GEOMETRY} {kind_of(one).upper()}, {columns})"
    )
    cells = (one.values[c.name] for c in one.columns)
    blobs = (_blob(shape, epsg) for shape in shapes)
    _insert(database, name, list(zip(range(1, len(one) + 1), blobs, *cells, strict=True)))
    _style(database, one, when)


def _style(database: sqlite3.Connection, one: Collection, when: str) -> None:
    """Write the style of a layer, whose categories are the values that stand in the layer."""
    name, told = one.collection_id, expression(one)
    rows = database.execute(
        f"SELECT DISTINCT {told} FROM {quoted(name)} ORDER BY 1"  # noqa: S608  (our own words)
    )
    style = qml(one, dict.fromkeys(str(value or "") for (value,) in rows))
    place = (None, "", "", name, GEOMETRY)
    rest = (style, None, 1, f"{one.title_zh} {one.title_en}", "tzkc_geo", None, when)
    _insert(database, STYLES, [(*place, "tzkc_geo", *rest)])


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write rows that have a cell for every column of a table."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        text = f"INSERT INTO {quoted(table)} VALUES ({marks})"  # noqa: S608  (our own names)
        database.executemany(text, rows)


def _systems(epsg: int) -> list[tuple[object, ...]]:
    """Return the rows of the systems that each GeoPackage has, and of that of the shapes."""
    rows: list[tuple[object, ...]] = [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic"),
    ]
    for code in dict.fromkeys((WGS84_EPSG, epsg)):
        crs = crs_of(code)
        rows.append((crs.name, code, "EPSG", code, crs.to_wkt("WKT1_GDAL"), None))
    return rows


def _blob(shape: shapely.Geometry | None, epsg: int) -> bytes | None:
    """Return a shape as a GeoPackage has it: header, then WKB; a point has no envelope."""
    if shape is None:
        return None
    west, south, east, north = shape.bounds
    flags = LITTLE_ENDIAN | (0 if shape.geom_type == "Point" else ENVELOPE_XY)
    head = struct.pack("<2sBBi", b"GP", 0, flags, epsg)
    envelope = struct.pack("<4d", west, east, south, north) if flags & ENVELOPE_XY else b""
    body: bytes = shapely.to_wkb(shape, byte_order=1)
    return head + envelope + body
