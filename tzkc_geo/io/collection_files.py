"""Collections as files: GeoJSON, CSV, GeoPackage and GeoParquet; the same rows, the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tzkc_geo.collections import chosen, collections, stamped
from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.csv_table import csv_bytes
from tzkc_geo.io.folder import write_file
from tzkc_geo.io.geopackage import geopackage
from tzkc_geo.io.geoparquet import geoparquet
from tzkc_geo.io.position_columns import wkt_cells
from tzkc_geo.io.store import collection_text, geojson_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.collections import Collection

GEOJSON, CSV, GEOPACKAGE, PARQUET = "geojson", "csv", "gpkg", "parquet"
FORMATS: Final = (GEOJSON, CSV, GEOPACKAGE, PARQUET)
WKT: Final = "wkt"
UNITS: Final = "units"
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


def encode(
    found: Sequence[Collection],
    form: str,
    *,
    epsg: int = GEOGRAPHIC_EPSG,
    changed: datetime = LONG_AGO,
) -> bytes:
    """Return collections as the bytes of a file.

    Parameters
    ----------
    found
        One collection; a GeoPackage takes several, each a layer with a style that QGIS opens.
        Shapes have x = easting or longitude first and keep all their bits.
    form
        One of `FORMATS`. CSV is UTF-8 with a BOM, so that Excel reads Chinese right, and has the
        shapes of every kind in a column ``wkt``.
    epsg
        System of the shapes; GeoPackage and GeoParquet say it, GeoJSON is taken as degrees.
    changed
        UTC; the time of change within a GeoPackage. No clock is read: the same collections have
        the same bytes.

    Raises
    ------
    DataError
        The format is not known, or holds one collection and there are several.
    """
    if form not in FORMATS:
        msg = f"format: is not known, expected one of {', '.join(FORMATS)}, got {form!r}"
        raise DataError(msg)
    if form == GEOPACKAGE:
        return geopackage(found, epsg=epsg, changed=changed)
    if len(found) != 1:
        msg = f"format {form}: holds one collection, expected one, got {len(found)}; write a .gpkg"
        raise DataError(msg)
    (one,) = found
    if form == CSV:
        return _csv(one)
    if form == PARQUET:
        return geoparquet(one, epsg=epsg)
    return collection_text(one.feature(row) for row in range(len(one))).encode()


def write_collections(
    catalog: Catalog, path: Path, ids: Iterable[str] | None = None
) -> dict[str, int]:
    """Write collections of a catalog to a file, whole or not at all; each row says its edition.

    Parameters
    ----------
    catalog
        The world.
    path
        The ending says the format: ``.geojson``, ``.csv``, ``.gpkg`` or ``.parquet``. Units in
        GeoJSON have ``edges`` as well: the name of the line of each edge.
    ids
        Of collections. None: all for a GeoPackage, else ``units``.

    Returns
    -------
    dict
        The number of features by id, in the order of the file.

    Raises
    ------
    DataError
        The ending is not known, the format holds one collection only, or the file cannot be
        written; nothing is left half-written.
    UnknownIdError
        There is no such collection.
    """
    form = form_of(path)
    wanted = ids if ids is not None else collections(catalog) if form == GEOPACKAGE else (UNITS,)
    found = chosen(catalog, wanted)
    names = tuple(one.collection_id for one in found)
    if form == GEOJSON and names == (UNITS,):
        write_file(path, geojson_text(catalog))
    else:
        rows = [stamped(one, catalog.edition) for one in found]
        write_file(path, encode(rows, form, changed=edition_time(catalog)))
    return {one.collection_id: len(one) for one in found}


def form_of(path: Path) -> str:
    """Return the format that the ending of a file says, or raise `DataError`."""
    ending = path.suffix.lower()
    if ending.removeprefix(".") not in FORMATS:
        known = ", ".join(f".{form}" for form in FORMATS)
        msg = f"{path.name}: ending {ending!r} is not known, expected one of {known}"
        raise DataError(msg)
    return ending.removeprefix(".")


def edition_time(catalog: Catalog) -> datetime:
    """Return the day of the edition, UTC; a fixed day if no edition is said."""
    if catalog.edition_date is None:
        return LONG_AGO
    return datetime.fromisoformat(catalog.edition_date).replace(tzinfo=UTC)


def _csv(one: Collection) -> bytes:
    columns = {column.name: cells(one.values[column.name]) for column in one.columns}
    return csv_bytes(
        FeatureTable(
            columns={**columns, WKT: wkt_cells(one.shapes)},
            shapes=None,
            system=None,
            faults=("",) * len(one),
            name=one.collection_id,
        )
    )
