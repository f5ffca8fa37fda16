"""``tzkc convert``: parcel files from one format to another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tzkc_geo.cli import show
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.parcel_file import Plot, PlotCheck, Reading

DEFAULT_EPSG = 4528
EXAMPLE = "Example: tzkc convert 界址点.txt plots.geojson"


def convert(  # noqa: PLR0917  (one parameter an option)
    source: Annotated[Path, typer.Argument(metavar="IN", help="Parcel file. 输入文件")],
    target: Annotated[
        Path,
        typer.Argument(metavar="OUT", help=".txt .geojson .gpkg .shp or .kml. 输出文件"),
    ],
    epsg: Annotated[
        int | None, typer.Option("--epsg", help="EPSG code of IN, if it does not say. 坐标系")
    ] = None,
    to_epsg: Annotated[
        int | None,
        typer.Option("--to-epsg", help="Zone of a TXT written; that of IN, else 4528. 输出带号"),
    ] = None,
    closed: Annotated[
        bool, typer.Option("--closed/--open", help="Repeat the first point. 首尾闭合")
    ] = True,
    restart: Annotated[
        bool, typer.Option("--restart", help="点号 begin again with each ring. 每圈重新编号")
    ] = False,
    decimals: Annotated[int, typer.Option("--decimals", help="0 to 6. 小数位")] = 3,
    encoding: Annotated[
        str, typer.Option("--encoding", help="gbk, gb18030, utf-8 or utf-8-sig. 编码")
    ] = "gbk",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Convert a parcel file (界址点 TXT, GeoJSON, GeoPackage …); the endings say how. 格式转换."""
    from tzkc_geo.io.parcels import read_parcels, write_parcels
    from tzkc_geo.io.txt_system import zone_of
    from tzkc_geo.io.txt_write import TxtStyle

    if source.resolve() == target.resolve():
        msg = f"{target.name}: is the file to be read, expected another OUT than IN"
        raise DataError(msg)
    reading = read_parcels(source, epsg=epsg)
    own = reading.detected.epsg
    kept = own if own is not None and zone_of(own) is not None else DEFAULT_EPSG
    style = TxtStyle(
        epsg=kept if to_epsg is None else to_epsg,
        closed=closed,
        restart=restart,
        decimals=decimals,
        encoding=encoding,
    )
    write_parcels(reading.file, target, style)
    for sentence in _sentences(reading, source.name):
        show.note(sentence)
    plots = reading.file.plots
    show.note(f"written: {target}, {len(plots)} plots")
    if json:
        content = {
            "read": str(source),
            "written": str(target),
            "detected": asdict(reading.detected),
            "plots": [_summary(p, c) for p, c in zip(plots, reading.checks, strict=True)],
            "notes": list(reading.notes),
        }
        show.as_json(content)


def _sentences(reading: Reading, name: str) -> list[str]:
    """Return what was detected and what does not agree, one sentence each."""
    facts = {k: v for k, v in asdict(reading.detected).items() if v is not None and v != ()}
    variants = facts.pop("variants", ())
    listed = ", ".join(f"{key} {value}" for key, value in facts.items())
    return [
        f"{name}: detected {listed}",
        *(f"{name}: variant: {variant}" for variant in variants),
        *reading.notes,
    ]


def _summary(plot: Plot, row: PlotCheck) -> dict[str, Any]:
    return {
        "plot_id": plot.plot_id,
        "name": plot.name,
        "parts": len(plot.parts),
        "holes": sum(len(part.interiors) for part in plot.parts),
        "points": row.points,
        "stated_points": plot.stated_points,
        "stated_area_ha": plot.stated_area_ha,
        "area_m2": row.area_m2,
        "difference_m2": row.difference_m2,
    }
