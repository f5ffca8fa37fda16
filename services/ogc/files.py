"""Pages of features as files: CSV, GeoPackage, GeoParquet. The same page has the same bytes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from services.ogc.crs import shapes_in
from services.ogc.media import CSV, GEOPACKAGE
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.arrow_files import arrow_bytes
from tzkc_geo.io.csv_table import csv_bytes
from tzkc_geo.io.position_columns import wkt_cells
from tzkc_geo.io.vector_files import vector_files

if TYPE_CHECKING:
    from datetime import datetime

    from services.ogc.media import Format
    from services.ogc.query import Found
    from tzkc_geo.collections import Shapes

FIRST: Final = (1).to_bytes(4, "big")


def file_name(found: Found, shown: Format) -> str:
    """Return the name under which a page is saved, such as ``units.csv``."""
    return f"{found.collection.collection_id}.{shown.name}"


def file_bytes(found: Found, shown: Format, modified: datetime) -> bytes:
    """Return a page of features as a file, x = easting or longitude first.

    Parameters
    ----------
    found
        What to write. The files name the system themselves but for CSV, whose column ``wkt``
        holds the shapes; it has a BOM, so that Excel reads Chinese right.
    shown
        CSV, GeoPackage or GeoParquet.
    modified
        When the data was changed: the date within a GeoPackage.
    """
    table = table_of(found)
    if shown is CSV:
        # every collection alike: points are WKT too, so that one reader reads all
        columns = {**table.columns, "wkt": wkt_cells(_shapes(found))}
        plain = FeatureTable(columns=columns, shapes=None, system=None, faults=table.faults)
        return csv_bytes(plain)
    if shown is GEOPACKAGE:
        name = file_name(found, shown)
        return _dated(vector_files(table, name)[0][name], modified)
    return arrow_bytes(table, parquet=True)


def table_of(found: Found) -> FeatureTable:
    """Return a page of features as a table."""
    rows = list(found.rows)
    collection = found.collection
    return FeatureTable(
        columns={
            column.name: cells([collection.values[column.name][row] for row in rows])
            for column in collection.columns
        },
        shapes=_shapes(found),
        system=found.crs.epsg,
        faults=("",) * len(rows),
        name=collection.collection_id,
    )


def _shapes(found: Found) -> Shapes:
    """Return the shapes of a page."""
    shapes: Shapes = shapes_in(found.collection, found.crs)[list(found.rows)]
    return shapes


def _dated(content: bytes, modified: datetime) -> bytes:
    """Return a GeoPackage with a stated date of change in place of the time of writing.

    Offsets as in "Database File Format", 1.3, of SQLite: the file change counter stands at 24, the
    version-valid-for number at 92.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        when = modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        database.execute("UPDATE gpkg_contents SET last_change = ?", (when,))
        database.commit()
        dated = database.serialize()
    # The counts of changes hang on how GDAL wrote; both are set to one, as they must agree.
    return b"".join((dated[:24], FIRST, dated[28:92], FIRST, dated[96:]))
