"""``tzkc export``: collections to a file, to PostGIS, or as tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.errors import DataError

EXAMPLE = "Example: tzkc export all.gpkg"
OUTS = ".geojson, .csv, .gpkg, .parquet, or postgresql://user@host/database. 输出文件或数据库"
IDS = "Of what, such as units,edges; all for .gpkg and PostGIS, else units. 要素集合"


def export(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    out: Annotated[str | None, typer.Argument(metavar="OUT", help=OUTS)] = None,
    collections: Annotated[str | None, typer.Option("--collections", help=IDS)] = None,
    schema: Annotated[
        str | None, typer.Option("--schema", help="Of PostGIS; tzkc if not said. 模式")
    ] = None,
    pmtiles: Annotated[
        Path | None,
        typer.Option("--pmtiles", help="Vector tiles of all collections in one file. 矢量瓦片包"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Write units and all else that is known, EPSG:4490, to files or PostGIS. 导出.

    A file is whole or not there. A password is better left out of OUT: PGPASSWORD or ~/.pgpass.
    """
    from tzkc_geo.io.postgis import is_address

    ids = None if collections is None else [name.strip() for name in collections.split(",")]
    if pmtiles is not None:
        _check(alone=out is None and ids is None and schema is None)
        _pmtiles(context, pmtiles, json=json)
    elif out is None:
        _check(alone=False)
    elif is_address(out):
        _publish(context, out, ids, schema, json=json)
    elif schema is not None:
        msg = f"--schema: is of a database, expected postgresql://user@host/database, got {out}"
        raise DataError(msg)
    else:
        from tzkc_geo.io.collection_files import form_of, write_collections

        form_of(Path(out))  # before the catalog is made
        _written(out, write_collections(catalog_of(context), Path(out), ids), json=json)


def _check(*, alone: bool) -> None:
    if not alone:
        msg = "export: what to write is not clear, expected a file or --pmtiles FILE, one of both"
        raise DataError(msg)


def _pmtiles(context: typer.Context, path: Path, *, json: bool) -> None:
    from tzkc_geo.tiles.pmtiles import write_pmtiles

    catalog = catalog_of(context)
    write_pmtiles(catalog, path)
    _written(str(path), {"units": len(catalog.units)}, json=json)


def _publish(
    context: typer.Context, out: str, ids: list[str] | None, schema: str | None, *, json: bool
) -> None:
    from tzkc_geo.collections import chosen, stamped
    from tzkc_geo.collections import collections as all_of
    from tzkc_geo.io.postgis import SCHEMA, Database, publish

    database = Database.of(out)  # before the catalog is made
    catalog = catalog_of(context)
    found = chosen(catalog, all_of(catalog) if ids is None else ids)
    rows = [stamped(one, catalog.edition) for one in found]
    publish(rows, database, schema=SCHEMA if schema is None else schema)
    _written(str(database), {one.collection_id: len(one) for one in found}, json=json)


def _written(out: str, counts: dict[str, int], *, json: bool) -> None:
    if json:
        show.as_json({"written": out, **counts})
    else:
        show.note(f"written: {out}")
