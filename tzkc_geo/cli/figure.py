"""``tzkc figure``: a static figure for print and slides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.audit import report_of
from tzkc_geo.cli.state import catalog_of, folder_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.reach import Reach

EXAMPLE = (
    "Examples: tzkc figure overview -o overview.pdf --size a3; "
    "tzkc figure reach -o reach.png --at-lon 121.45 --at-lat 28.645; tzkc figure --list"
)


def figure(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the figure, as --list says. 图名")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file: .png, .svg or .pdf. 输出文件")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the figures. 列出全部图名")] = False,
    dpi: Annotated[float, typer.Option("--dpi", help="Dots an inch of a PNG. 分辨率")] = 150.0,
    size: Annotated[str, typer.Option("--size", help="a4, a3 or 16:9. 图幅")] = "a4",
    lang: Annotated[str, typer.Option("--lang", help="zh or en. 语言")] = "zh",
    review_number: Annotated[
        str, typer.Option("--review-number", help="Map review number, if there is one. 审图号")
    ] = "",
    font: Annotated[
        Path | None, typer.Option("--font", help="Font with Chinese characters. 中文字体")
    ] = None,
    at_lon: Annotated[
        str | None, typer.Option("--at-lon", help="Longitude of the site of `reach`. 场址经度")
    ] = None,
    at_lat: Annotated[
        str | None, typer.Option("--at-lat", help="Latitude of the site of `reach`. 场址纬度")
    ] = None,
    minutes: Annotated[
        str, typer.Option("--minutes", help="Times of `reach`, joined by commas. 分钟")
    ] = "15,30",
    scenario: travel.ScenarioName = "today",
    modes: travel.Modes = travel.DEFAULT_MODES,
    at: travel.At = None,
    peak: travel.Peak = False,
    datum: travel.Datum = None,
    json: travel.Json = False,
) -> None:
    """Draw a figure with title, legend, scale and note as PNG, SVG or PDF. 静态图."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.fonts import find_font
    from tzkc_geo.io.plan import read_plan
    from tzkc_geo.maps.words import language
    from tzkc_geo.sheets import Look, World, figure_bytes, figure_names
    from tzkc_geo.sheets.names import known

    catalog = catalog_of(context)
    names = figure_names(catalog)
    if listed:
        _list(names, json=json)
        return
    known("figure", name, names)
    path, ending = _file(output)
    look = Look(
        font=find_font(font),
        size=size.lower(),
        lang=language(lang),
        dpi=dpi,
        review_number=review_number,
    )
    reached = None
    if name == "reach":
        site = _site(context, at_lon, at_lat, datum)
        reached = _reach(
            catalog, site, minutes=minutes, scenario=scenario, modes=modes, at=at, peak=peak
        )
    world = World(
        catalog=catalog,
        plan=read_plan(folder_of(context)) if name == "carriers" else None,
        report=report_of(context) if name == "audit" else None,
        reach=reached,
    )
    content = figure_bytes(name, world, look, ending)
    write_file(path, content)
    show.note(f"written: {path}")
    if json:
        told = {"figure": name, "title": names[name][look.lang], "file": str(path)}
        told |= {"format": ending, "size": look.size, "lang": lang}
        show.as_json({**told, "bytes": len(content), "digest": catalog.digest})


def _file(output: Path | None) -> tuple[Path, str]:
    """Return the file to write and its ending, without the dot."""
    from tzkc_geo.sheets.names import ENDINGS, known

    if output is None:
        msg = "-o: the file is missing, expected a name that ends in .png, .svg or .pdf, got none"
        raise DataError(msg)
    ending = output.suffix.lower().removeprefix(".")
    known("-o", ending, ENDINGS)
    return output, ending


def _list(names: dict[str, tuple[str, str]], *, json: bool) -> None:
    """Print the names and titles of all figures."""
    if json:
        rows = [{"name": n, "title_zh": zh, "title_en": en} for n, (zh, en) in names.items()]
        show.as_json({"figures": rows})
        return
    shown = tables.table("图名 name", "标题", "title")
    for name, titles in names.items():
        shown.add_row(name, *titles)
    tables.render(shown)


def _site(
    context: typer.Context, lon: str | None, lat: str | None, datum: str | None
) -> tuple[float, float]:
    """Return the site, lon lat in degrees, EPSG:4490."""
    if lon is None or lat is None:
        msg = "figure 'reach': the site is missing, expected --at-lon and --at-lat, got"
        msg += f" {lon!r} and {lat!r}"
        raise DataError(msg)
    return travel.position(context, lon, lat, datum)


def _reach(
    catalog: Catalog,
    site: tuple[float, float],
    *,
    minutes: str,
    scenario: str,
    modes: str,
    at: str | None,
    peak: bool,
) -> Reach:
    """Return what is reached from the site."""
    from tzkc_geo.network.asked import minutes_of, modes_of
    from tzkc_geo.network.reach import reach

    wanted, own = minutes_of(minutes), travel.scenario_of(scenario, catalog)
    using = modes_of(modes)
    return reach(catalog, *site, wanted, scenario=own, modes=using, at=at, peak=peak)
