"""The commands of ``tzkc`` and their options."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tzkc_geo._version import __version__
from tzkc_geo.cli import (
    access,
    adjacency,
    area,
    assign,
    audit,
    boundaries,
    check_boundary,
    commitments,
    convert,
    coverage,
    diff,
    export,
    figure,
    gtfs,
    locate,
    matrix,
    reach,
    route,
    show,
)
from tzkc_geo.cli.state import catalog_of, folder_of, remember, undo_shift_of
from tzkc_geo.errors import DataError

app = typer.Typer(
    name="tzkc",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A planning boundary in words, put on the ground · 把文字四至落到地面",
    epilog="Example: tzkc locate 121.45 28.645",
)
app.add_typer(boundaries.app, name="boundaries")
NEGATIVE = {"ignore_unknown_options": True}  # -121.4 is a number, not an option
app.command(context_settings=NEGATIVE, epilog=locate.EXAMPLE)(locate.locate)
app.command(epilog=convert.EXAMPLE)(convert.convert)
app.command(epilog=assign.EXAMPLE)(assign.assign)
app.command(epilog=area.EXAMPLE)(area.area)
app.command("check-boundary", epilog=check_boundary.EXAMPLE)(check_boundary.check_boundary)
app.command(epilog=check_boundary.DESCRIBE_EXAMPLE)(check_boundary.describe)
app.command(epilog=audit.AUDIT_EXAMPLE)(audit.audit)
app.command(epilog=audit.READINGS_EXAMPLE)(audit.readings)
app.command(epilog=coverage.EXAMPLE)(coverage.coverage)
app.command(epilog=adjacency.EXAMPLE)(adjacency.adjacency)
app.command(epilog=commitments.EXAMPLE)(commitments.commitments)
app.command(epilog=diff.EXAMPLE)(diff.diff)
app.command(epilog=export.EXAMPLE)(export.export)
app.command(context_settings=NEGATIVE, epilog=reach.EXAMPLE)(reach.reach)
app.command(context_settings=NEGATIVE, epilog=route.EXAMPLE)(route.route)
app.command(epilog=matrix.EXAMPLE)(matrix.matrix)
app.command(epilog=access.EXAMPLE)(access.access)
app.command(epilog=gtfs.EXAMPLE)(gtfs.gtfs)
app.command(context_settings=NEGATIVE, epilog=figure.EXAMPLE)(figure.figure)

UNDO_SHIFT = "TZKC_UNDO_SHIFT"  # the environment variable of --undo-shift; the service reads it too
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")]
Lang = Annotated[str, typer.Option("--lang", help="zh or en. 语言")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"tzkc {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Your data folder, layered over the shipped one. 数据目录"),
    ] = None,
    undo_shift: Annotated[
        bool,
        typer.Option(
            "--undo-shift/--no-undo-shift",
            envvar=UNDO_SHIFT,
            help="Whether GCJ-02 and BD-09 may be turned back. 是否允许还原加密偏移",
        ),
    ] = True,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Keep the options that all commands share."""
    remember(context, data, undo_shift=undo_shift)


@app.command(epilog="Example: tzkc --data mine build")
def build(context: typer.Context, json: Json = False) -> None:
    """Build all geometry from the tables and write the derived files. 由表格生成几何."""
    from tzkc_geo.io.load import rebuild

    with show.stages() as progress:
        catalog, path = rebuild(folder_of(context), progress=progress)
    if json:
        show.as_json(
            {
                "digest": catalog.digest,
                "edition": catalog.edition,
                "units": len(catalog.units),
                "written": str(path),
            }
        )
    else:
        of = catalog.edition_date or "no date"
        show.note(f"{len(catalog.units)} units, edition {of}, written to {path}")


@app.command(epilog="Example: tzkc units --json | head")
def units(
    context: typer.Context,
    json: Json = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print what is known of each cluster. 已知与未知")
    ] = False,
    into: Annotated[
        Path | None, typer.Option("--into", help="Put that table between its marks in this file.")
    ] = None,
) -> None:
    """Print every unit: reported and measured area, grade, verdict. 单元面积表."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.text import read_text
    from tzkc_geo.reports import known_markdown, spliced, units_json

    catalog = catalog_of(context)
    content = units_json(catalog)
    if into is not None:
        text = spliced(read_text(into), known_markdown(catalog), where=into.name)
        write_file(into, text)
        show.note(f"written: {into}")
    if json:
        show.as_json(content)
    elif markdown:
        show.plain(known_markdown(catalog))
    elif into is None:
        show.units_table(content)


@app.command(epilog="Example: tzkc adjust --html adjustment.html")
def adjust(
    context: typer.Context,
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with a picture. 输出网页")
    ] = None,
) -> None:
    """Show the adjustment: lines, observations, readings, tests. 平差结果."""
    catalog = catalog_of(context)
    if html is not None:
        from tzkc_geo.io.folder import write_file
        from tzkc_geo.reports import adjust_html

        write_file(html, adjust_html(catalog))
        show.note(f"written: {html}")
    if json:
        show.as_json(dict(catalog.adjustment))
    elif html is None:
        show.adjustment(catalog.adjustment)


@app.command("map", epilog="Example: tzkc map -o overview.html --lang en")
def map_(
    context: typer.Context,
    out: Annotated[Path, typer.Option("-o", "--out", help="HTML file. 输出文件")],
    lang: Lang = "zh",
    json: Json = False,
) -> None:
    """Write a layered web map that works without a network. 离线网页地图."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.maps import overview_html

    if lang not in ("zh", "en"):
        msg = f"--lang: {lang!r} is not known, expected zh or en"
        raise DataError(msg)
    catalog = catalog_of(context)
    write_file(out, overview_html(catalog, lang=lang))
    _written(out, len(catalog.units), json=json)


@app.command(epilog="Example: tzkc serve --port 8080 --workers 2")
def serve(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Address. 地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port. 端口")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer. 进程数")
    ] = 1,
    settings: Annotated[
        Path | None, typer.Option("--settings", help="TOML file of settings. 配置文件")
    ] = None,
    unix: Annotated[
        Path | None, typer.Option("--unix", help="Socket to listen on instead. 套接字文件")
    ] = None,
    json: Json = False,
) -> None:
    """Start the web service until Ctrl-C; SIGHUP reloads the data. 启动服务."""
    import os
    from importlib import import_module

    from tzkc_geo.io.folder import ENVIRONMENT

    os.environ[UNDO_SHIFT] = "1" if undo_shift_of(context) else "0"
    folder = folder_of(context)
    if folder.user is not None:
        os.environ[ENVIRONMENT] = str(folder.user)
    if settings is not None:
        os.environ["TZKC_SETTINGS"] = str(settings)
    if json:
        url = f"http://{host}:{port}" if unix is None else f"unix:{unix}"
        show.as_json({"url": url, "started": datetime.now(UTC).isoformat()})
    server = import_module("services.server")  # the library does not know the web, only its name
    server.serve(host=host, port=port, unix=unix, workers=workers)


def _written(path: Path, units: int, *, json: bool) -> None:
    if json:
        show.as_json({"written": str(path), "units": units})
    else:
        show.note(f"written: {path}")
