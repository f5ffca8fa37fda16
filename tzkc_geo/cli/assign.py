"""``tzkc assign``: the unit of every point of a file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tzkc_geo.bulk import Summary

EXAMPLE = (
    "Examples: tzkc assign points.parquet assigned.parquet ·"
    " tzkc assign 点位.csv 归属.csv --lon 经度 --lat 纬度 ·"
    " tzkc assign points/ assigned/ --engine dask --workers 4"
)


def assign(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN", help="Parquet, Arrow IPC or CSV, or a folder of Parquet. 输入文件"
        ),
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The same form; replaced at the end. 输出文件")
    ],
    engine: Annotated[
        str, typer.Option("--engine", help="local or dask (Parquet only). 计算引擎")
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Dask scheduler; a cluster here if not said. 调度器地址"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Threads or processes; all cores. 并行数"),
    ] = None,
    lon: Annotated[str, typer.Option("--lon", help="Column of the longitudes. 经度列")] = "lon",
    lat: Annotated[str, typer.Option("--lat", help="Column of the latitudes. 纬度列")] = "lat",
    edges: Annotated[
        bool, typer.Option("--edges", help="Add verdict and edge_m; slow. 加判定与距边")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Add to every row of a file its cluster and zone, degrees in CGCS2000 or WGS84. 批量归属."""
    from tzkc_geo.bulk import ENGINES, Columns, Engine, Question, assign_file

    if engine not in ENGINES:
        msg = f"--engine: {engine!r} is not known, expected {' or '.join(ENGINES)}"
        raise DataError(msg)
    if scheduler is not None and engine != "dask":
        msg = "--scheduler: expected --engine dask beside it, got --engine local"
        raise DataError(msg)
    columns = Columns(lon=lon, lat=lat)
    question = Question.of(catalog_of(context), columns=columns, edges=edges)
    with _bar(hidden=json) as progress:
        summary = assign_file(
            source,
            target,
            question,
            engine=Engine(name=engine, scheduler=scheduler, workers=workers),
            progress=progress,
        )
    content = {"read": str(source), "written": str(target), "engine": engine, **summary.to_json()}
    if json:
        show.as_json(content)
    else:
        _print(summary, target)
    if summary.tally.faults:
        raise typer.Exit(1)


@contextmanager
def _bar(*, hidden: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Show the rows done on standard error, if that is a terminal; gone when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), "rows", TimeRemainingColumn())
    console = Console(stderr=True)
    off = hidden or not sys.stderr.isatty()
    with Progress(*columns, console=console, transient=True, disable=off) as progress:
        task = progress.add_task("rows", total=None)

        def told(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total)

        yield told


def _print(summary: Summary, target: Path) -> None:
    """Print the summary to standard error; no table, so that it fits any terminal."""
    content = summary.to_json()
    inside = sum(content["clusters"].values())
    zones = sum(content["zone_only"].values())
    for name, number in content["clusters"].items():
        show.note(f"{name:9s}{number:15,d}")
    show.note(
        f"written: {target}: {content['rows']:,} rows in {summary.seconds:.1f} s;"
        f" 组团内 in a cluster {inside:,}, 仅片区内 in a zone only {zones:,},"
        f" 走廊外 outside {content['outside']:,}"
        f" (无坐标 without a position {content['without_position']:,})"
    )
    if summary.kept:
        show.note(f"kept: {summary.kept} of {summary.files} files were finished before")
    for row in content["bad_lines"]:
        show.note(f"line {row['line']}: {row['reason']}")
    if content["bad_rows"]:
        show.note(f"bad rows: {content['bad_rows']:,} kept with empty answers")
