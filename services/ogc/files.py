"""Pages of features as files: CSV, GeoPackage, GeoParquet. The same page has the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.ogc.crs import shapes_in
from tzkc_geo.io.collection_files import encode

if TYPE_CHECKING:
    from datetime import datetime

    from services.ogc.media import Format
    from services.ogc.query import Found
    from tzkc_geo.collections import Collection


def file_name(found: Found, shown: Format) -> str:
    """Return the name under which a page is saved, such as ``units.csv``."""
    return f"{found.collection.collection_id}.{shown.name}"


def file_bytes(found: Found, shown: Format, modified: datetime) -> bytes:
    """Return a page of features as a file, x = easting or longitude first.

    Parameters
    ----------
    found
        What to write, as `tzkc export` writes it. The files name the system themselves but for
        CSV, whose column ``wkt`` holds the shapes.
    shown
        CSV, GeoPackage or GeoParquet.
    modified
        When the data was changed, UTC: the date within a GeoPackage.
    """
    return encode([page_of(found)], shown.name, epsg=found.crs.epsg, changed=modified)


def page_of(found: Found) -> Collection:
    """Return a page of features as a collection, its shapes in the system asked for."""
    rows, one = list(found.rows), found.collection
    return replace(
        one,
        shapes=shapes_in(one, found.crs)[rows],
        values={name: tuple(cells[row] for row in rows) for name, cells in one.values.items()},
    )
