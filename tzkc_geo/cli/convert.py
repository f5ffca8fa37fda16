"""``tzkc convert``: tables of features from one format to another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.polygons import Repair
from tzkc_geo.cli.state import undo_shift_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.features import FeatureTable
    from tzkc_geo.parcel_file import Detected

EXAMPLE = "Example: tzkc convert sites.csv sites.gpkg --datum gcj02 --to cgcs2000"
FORMATS = ".csv .xlsx .geojson .gpkg .shp .kml .dxf .parquet .arrow or .txt (界址点)"
SYSTEMS = "wgs84, cgcs2000, gcj02, bd09, gk40, gk41, gk120, gk123 or EPSG:n"
SHOWN_FAULTS = 10
SOME_FAILED = 1


def convert(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="IN", help=f"{FORMATS}. 输入文件")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The same. 输出文件")],
    datum: Annotated[
        str | None, typer.Option("--datum", help=f"What IN is on: {SYSTEMS}. 输入坐标系")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="What OUT is on; that of IN where OUT can be. 输出坐标系"),
    ] = None,
    lon: Annotated[
        str | None, typer.Option("--lon", help="Column of longitude or easting. 经度或东坐标列")
    ] = None,
    lat: Annotated[
        str | None, typer.Option("--lat", help="Column of latitude or northing. 纬度或北坐标列")
    ] = None,
    closed: Annotated[
        bool, typer.Option("--closed/--open", help="TXT: repeat the first point. 首尾闭合")
    ] = True,
    restart: Annotated[
        bool, typer.Option("--restart", help="TXT: 点号 begin again with each ring. 每圈重新编号")
    ] = False,
    decimals: Annotated[int, typer.Option("--decimals", help="TXT: 0 to 6. 小数位")] = 3,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="gbk, gb18030, utf-8 or utf-8-sig; TXT gbk. 输出编码"),
    ] = None,
    repair: Repair = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Convert tables of points and polygons; the endings say how. 格式与坐标转换.

    Rows that cannot be used are kept, marked in a column `fault`, and counted: exit code 1.
    """
    from tzkc_geo.io.feature_files import read_features
    from tzkc_geo.io.feature_write import WriteStyle, write_features
    from tzkc_geo.io.txt_write import TxtStyle
    from tzkc_geo.systems import parse_system

    if source.resolve() == target.resolve():
        msg = f"{target.name}: is the file to be read, expected another OUT than IN"
        raise DataError(msg)
    table, detected = read_features(
        source, datum=datum, lon=lon, lat=lat, undo_shift=undo_shift_of(context), repair=repair
    )
    style = WriteStyle(
        txt=TxtStyle(closed=closed, restart=restart, decimals=decimals), encoding=encoding
    )
    wanted = _zone_kept(detected, target) if to is None else parse_system(to)
    written, notes = write_features(table, target, to=wanted, style=style)
    faults = [(row, fault) for row, fault in enumerate(written.faults, start=1) if fault]
    told = [*_sentences(detected, source.name), *notes]
    told += [f"fault: {fault}" for _, fault in faults[:SHOWN_FAULTS]]
    counted = f", {len(faults)} with a fault" if faults else ""
    for sentence in (*told, f"written: {target}, {len(written)} rows{counted}"):
        show.note(sentence)
    if json:
        show.as_json(
            {
                "read": str(source),
                "written": str(target),
                "detected": asdict(detected),
                "rows": len(written),
                "columns": list(written.columns),
                "system": None if written.system is None else str(written.system),
                "faults": [{"row": row, "reason": fault} for row, fault in faults],
                "plots": _plots(table) if ".txt" in (source.suffix, target.suffix) else [],
                "notes": list(notes),
            }
        )
    if faults:
        raise typer.Exit(SOME_FAILED)


def _zone_kept(detected: Detected, target: Path) -> int | None:
    """Return the zone of a 界址点 TXT that was read, for a format in metres."""
    from tzkc_geo.io.txt_system import zone_of

    own = detected.epsg
    metres = target.suffix.lower() in (".txt", ".dxf")
    return own if metres and own is not None and zone_of(own) is not None else None


def _sentences(detected: Detected, name: str) -> list[str]:
    """Return what was detected and what does not agree, one sentence each."""
    facts = {k: v for k, v in asdict(detected).items() if v is not None and v != ()}
    variants, notes = facts.pop("variants", ()), facts.pop("notes", ())
    facts |= {"columns": " ".join(facts["columns"])} if "columns" in facts else {}
    listed = ", ".join(f"{key} {value}" for key, value in facts.items())
    return [
        f"{name}: detected {listed}",
        *(f"{name}: variant: {variant}" for variant in variants),
        *notes,
    ]


def _plots(table: FeatureTable) -> list[dict[str, Any]]:
    """Return each sound plot beside what its file states."""
    from tzkc_geo.epsg import GEOGRAPHIC_EPSG
    from tzkc_geo.io.txt_features import plot_of
    from tzkc_geo.parcel_file import check
    from tzkc_geo.systems import moved

    stored = moved(table, GEOGRAPHIC_EPSG)
    plots = [plot_of(stored, row) for row in range(len(stored)) if not stored.faults[row]]
    return [
        {
            "plot_id": plot.plot_id,
            "name": plot.name,
            "parts": len(plot.parts),
            "holes": sum(len(part.interiors) for part in plot.parts),
            "points": found.points,
            "stated_points": plot.stated_points,
            "stated_area_ha": plot.stated_area_ha,
            "area_m2": found.area_m2,
            "difference_m2": found.difference_m2,
        }
        for plot in plots
        for found in [check(plot)]
    ]
