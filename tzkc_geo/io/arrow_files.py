"""GeoParquet 1.1 and Arrow IPC with geoarrow.wkb; files without shapes are plain tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.epsg import WGS84_EPSG
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import FeatureTable
from tzkc_geo.io.cell_values import column_cells, table_arrays
from tzkc_geo.io.header_json import HEADER, header_json, header_of
from tzkc_geo.io.vector_files import flat

if TYPE_CHECKING:
    import pyarrow as pa

    from tzkc_geo.features import Cells

PARQUET: Final = ".parquet"
GEO: Final = b"geo"
GEOMETRY: Final = "geometry"
EXTENSION, EXTENSION_FACTS = b"ARROW:extension:name", b"ARROW:extension:metadata"
WKB: Final = "geoarrow.wkb"
CRS84: Final = object()  # the default of GeoParquet: lon, lat in WGS84


def parse_arrow(data: bytes, *, name: str, parquet: bool) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return the rows of a Parquet or Arrow IPC file (file or stream format), and notes.

    Parameters
    ----------
    data
        All bytes.
    name
        Of the file, for messages.
    parquet
        It is Parquet, else Arrow IPC.

    Returns
    -------
    tuple
        Shapes are those of the primary geometry column in WKB; None without such a column.

    Raises
    ------
    DataError
        The file is not what its ending says, is damaged, or its metadata or shapes are wrong.
    CrsError
        It names a system that has no EPSG code.
    """
    import pyarrow as pa

    try:
        table = _table(data, parquet=parquet)
        column, said, surplus = _geometry(table.schema, name)
        names = [n for n in table.column_names if n not in (column, *surplus)]
        columns = {n: column_cells(table[n]) for n in names}
        shapes, notes = (None, ()) if column is None else _shapes(table[column], name)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as exc:
        form = "Parquet" if parquet else "Arrow IPC"
        msg = f"{name}: cannot be read, expected {form}, got {exc}"
        raise DataError(msg) from exc
    kept = (table.schema.metadata or {}).get(HEADER.encode())
    result = FeatureTable(
        columns=columns,
        shapes=shapes,
        system=_epsg(said, name),
        faults=("",) * table.num_rows,
        name=name,
        header=header_of(None if kept is None else _json(kept, name), name),
    )
    return result, notes


def arrow_bytes(table: FeatureTable, *, parquet: bool) -> bytes:
    """Return a table as GeoParquet 1.1 or as an Arrow IPC file, with the header of a 界址点 file.

    A column whose cells are of several types becomes text. Without shapes it is a plain table.

    Raises
    ------
    DataError
        A column is called `GEOMETRY`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays: dict[str, pa.Array] = table_arrays(table.columns)
    fields = [pa.field(name, array.type) for name, array in arrays.items()]
    metadata = {HEADER: json.dumps(header_json(table.header))} if table.header else {}
    if table.shapes is not None:
        if GEOMETRY in table.columns:
            msg = f"{table.name}: column {GEOMETRY!r} cannot be written beside the shapes,"
            msg += " expected another name; rename it"
            raise DataError(msg)
        arrays[GEOMETRY] = pa.array(wkb_cells(table.shapes), pa.binary())
        facts = {} if table.epsg is None else {"crs": _projjson(table.epsg)}
        about = {EXTENSION: WKB, EXTENSION_FACTS: json.dumps(facts)}
        fields.append(pa.field(GEOMETRY, pa.binary(), metadata=None if parquet else about))
        if parquet:  # its readers take the metadata of the file
            metadata[GEO.decode()] = json.dumps(geo_facts(table.shapes, table.epsg))
    schema = pa.schema(fields, metadata=metadata or None)
    content = pa.Table.from_arrays(list(arrays.values()), schema=schema)
    sink = pa.BufferOutputStream()
    if parquet:
        pq.write_table(content, sink, compression="zstd")
    else:
        with pa.ipc.new_file(sink, content.schema) as writer:
            writer.write_table(content)
    return bytes(sink.getvalue())


def _table(data: bytes, *, parquet: bool) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if parquet:
        return pq.read_table(pa.BufferReader(data))
    try:
        return pa.ipc.open_file(pa.BufferReader(data)).read_all()
    except pa.ArrowInvalid:
        return pa.ipc.open_stream(pa.BufferReader(data)).read_all()


def _geometry(schema: pa.Schema, name: str) -> tuple[str | None, Any, tuple[str, ...]]:
    """Return the column of shapes, its system as PROJJSON, and columns made of it (bbox)."""
    if text := (schema.metadata or {}).get(GEO):
        facts = _json(text, name)
        try:
            column = str(facts["primary_column"])
            about = facts["columns"][column]
            encoding = str(about["encoding"])
        except (KeyError, TypeError) as exc:
            msg = f"{name}: metadata 'geo' is not clear, expected GeoParquet 1.x, got no {exc}"
            raise DataError(msg) from exc
        if encoding.upper() != "WKB" or column not in schema.names:
            msg = f"{name}: shapes are not supported, expected a column {column!r} in WKB, got"
            msg += f" {encoding}"
            raise DataError(msg)
        boxes = about.get("covering", {}).get("bbox", {})
        surplus = {str(path[0]) for path in boxes.values()}
        return column, about.get("crs", CRS84), tuple(surplus)
    for field in schema:
        facts = field.metadata or {}
        if facts.get(EXTENSION, b"").decode() in (WKB, "ogc.wkb"):
            about = _json(facts.get(EXTENSION_FACTS) or b"{}", name)
            return field.name, about.get("crs"), ()
    return None, None, ()


def _json(text: bytes, name: str) -> Any:  # noqa: ANN401  (JSON is anything)
    try:
        return json.loads(text)
    except ValueError as exc:
        msg = f"{name}: metadata is not JSON, expected JSON, got {exc}"
        raise DataError(msg) from exc


def _shapes(column: pa.ChunkedArray, name: str) -> tuple[Cells, tuple[str, ...]]:
    """Return the shapes in 2D; bytes that are no WKB raise `DataError` with their row."""
    values = np.array([*column.to_pylist(), None], dtype=object)[:-1]
    try:
        shapes = shapely.from_wkb(values)
    except (shapely.errors.ShapelyError, TypeError) as exc:
        msg = f"{name}: a shape cannot be read, expected WKB, got {exc}"
        raise DataError(msg) from exc
    return flat(shapes, name)


def _epsg(said: Any, name: str) -> int | None:  # noqa: ANN401  (PROJJSON or text)
    """Return the code of a system in PROJJSON, WKT or ``EPSG:n``; None for none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if said is CRS84:
        return WGS84_EPSG
    if said is None:
        return None
    try:
        system = CRS.from_user_input(json.dumps(said) if isinstance(said, dict) else said)
    except CRSError as exc:
        msg = f"{name}: CRS is not clear, expected PROJJSON or WKT, got {exc}"
        raise CrsError(msg) from exc
    if "CRS84" in str(system.to_authority() or system.name):
        return WGS84_EPSG
    code = system.to_epsg()
    if code is None:
        msg = f"{name}: CRS has no known EPSG code, expected one such as 4549, got {system.name!r}"
        raise CrsError(msg)
    return int(code)


def _projjson(epsg: int) -> dict[str, Any]:
    from pyproj import CRS

    facts: dict[str, Any] = CRS.from_epsg(epsg).to_json_dict()
    return facts


def wkb_cells(shapes: Cells) -> list[bytes | None]:
    """Return shapes as WKB; None for none."""
    found: list[bytes | None] = shapely.to_wkb(shapes).tolist()
    return found


def geo_facts(shapes: Cells, epsg: int | None) -> dict[str, Any]:
    """Return the metadata of GeoParquet 1.1."""
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    about: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in known}),
        "crs": None if epsg is None else _projjson(epsg),
    }
    if len(known) and np.isfinite(bounds := shapely.total_bounds(known)).all():
        about["bbox"] = bounds.tolist()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: about}}
