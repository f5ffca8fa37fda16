"""``tzkc locate``: which unit holds a site, or each site of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import catalog_of, undo_shift_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.sites import Located

FAULTY = 1  # exit code: done, but some rows failed
FIRST = 5  # faults that are printed; all stand in the file
EXAMPLE = (
    "Examples: tzkc locate 121.4544 28.6420 --datum gcj02; "
    "tzkc locate 121:27:00E 28:38:42N; "
    "tzkc locate 40641774.7 3170783.8 --datum gk40; "
    "tzkc locate --in sites.xlsx --out answers.xlsx --datum gcj02"
)


def locate(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    lon: Annotated[
        str | None,
        typer.Argument(help="Longitude, decimal or DMS; or easting, metres. 经度或横坐标"),
    ] = None,
    lat: Annotated[
        str | None,
        typer.Argument(help="Latitude, decimal or DMS; or northing, metres. 纬度或纵坐标"),
    ] = None,
    datum: Annotated[
        str | None,
        typer.Option(
            "--datum",
            help="wgs84 (if not said), cgcs2000, gcj02, bd09 in degrees; gk40, gk41, gk120, gk123 "
            "(EPSG:4528, 4529, 4549, 4550) in metres, easting first. 坐标系",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--in",
            help="File of sites, points or polygons: .csv .xlsx .geojson .gpkg .shp .kml .dxf "
            ".parquet .arrow or 界址点 .txt. 输入文件",
        ),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option("--out", help="The same rows with the answers; any of these. 输出文件"),
    ] = None,
    lon_column: Annotated[
        str | None, typer.Option("--lon", help="Column of longitude or easting. 经度列")
    ] = None,
    lat_column: Annotated[
        str | None, typer.Option("--lat", help="Column of latitude or northing. 纬度列")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Say which unit holds a site, or each site of a file, with the grounds. 地块归属."""
    if source is None and target is None:
        if lon_column is not None or lat_column is not None:
            msg = "locate: --lon and --lat name columns, expected --in FILE with them"
            raise DataError(msg)
        _position(context, lon, lat, datum, json=json)
        return
    if lon is not None or source is None or target is None:
        msg = "locate: expected LON LAT, or --in FILE and --out FILE, got a part of both"
        raise DataError(msg)
    _file(context, source, target, (datum, lon_column, lat_column), json=json)


def _position(
    context: typer.Context, lon: str | None, lat: str | None, datum: str | None, *, json: bool
) -> None:
    """Locate one position."""
    from tzkc_geo.positions import read_pair
    from tzkc_geo.verdict import locate as find

    if lon is None or lat is None:
        msg = "locate: expected LON LAT, or --in FILE and --out FILE"
        raise DataError(msg if lon is None else f"{msg}, got {lon!r} alone")
    pair = read_pair(lon, lat)
    catalog = catalog_of(context)
    verdict = find(*pair, catalog, datum=datum, undo_shift=undo_shift_of(context))
    if json:
        show.as_json(verdict.to_json())
    else:
        show.verdict(verdict, catalog)


def _file(
    context: typer.Context,
    source: Path,
    target: Path,
    reading: tuple[str | None, str | None, str | None],
    *,
    json: bool,
) -> None:
    """Locate the rows of a file."""
    from tzkc_geo.io.feature_files import known_ending, read_features
    from tzkc_geo.io.feature_write import write_features
    from tzkc_geo.sites import locate_rows, located_json

    if source.resolve() == target.resolve():
        msg = f"{target.name}: is the file to be read, expected another --out than --in"
        raise DataError(msg)
    known_ending(target)
    undo_shift = undo_shift_of(context)
    datum, lon, lat = reading
    catalog = catalog_of(context)
    table, detected = read_features(source, datum=datum, lon=lon, lat=lat, undo_shift=undo_shift)
    with show.progress(len(table), quiet=json) as told:
        found = locate_rows(table, detected, catalog, undo_shift=undo_shift, told=told)
    written, notes = write_features(found.table, target)
    content = located_json(found, detected, notes)
    if json:
        show.as_json({"read": str(source), "written": str(target), **content})
    else:
        _tell(target, content, found)
    if any(written.faults):
        raise typer.Exit(FAULTY)


def _tell(target: Path, content: dict[str, Any], found: Located) -> None:
    """Print the summary for a person."""
    listed = ", ".join(
        f"{key} {' and '.join(value) if isinstance(value, tuple) else value}"
        for key, value in content["detected"].items()
        if key not in ("notes", "variants")
    )
    show.note(f"detected 识别: {listed}")
    for sentence in content["notes"]:
        show.note(sentence)
    show.verdict_counts(found.verdicts, rows=len(found.table), faults=found.faults)
    if found.changed:
        show.note(
            f"注意: nobody declared the datum, and {found.changed} rows would have another answer "
            "on GCJ-02 or BD-09: see column 'readings'; say which with --datum"
        )
    for sentence in content["faulty"][:FIRST]:
        show.note(sentence)
    if found.faults > FIRST:
        show.note(f"… and {found.faults - FIRST} more, see column 'fault'")
    show.note(f"written: {target}, {len(found.table)} rows")
