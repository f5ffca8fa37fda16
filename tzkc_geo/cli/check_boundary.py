"""``tzkc check-boundary`` and ``tzkc describe``: a boundary against its words, and into words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import polygons, show, tables
from tzkc_geo.cli.polygons import Datum, Json
from tzkc_geo.cli.state import catalog_of, folder_of
from tzkc_geo.errors import DataError, LimitError

if TYPE_CHECKING:
    from tzkc_geo.boundary_check import BoundaryCheck
    from tzkc_geo.bounds import Bound
    from tzkc_geo.catalog import Tables
    from tzkc_geo.describe import Described
    from tzkc_geo.named_lines import NamedLine

EXAMPLE = (
    "Example: tzkc check-boundary mine.geojson --clauses 东至椒金线，南至一江山大道，"
    "西至东环大道，北至市府大道 --html check.html"
)
DESCRIBE_EXAMPLE = "Example: tzkc describe mine.geojson"
SIDE_ZH = {"east": "东", "south": "南", "west": "西", "north": "北"}
VERDICT_ZH = {"agrees": "一致", "disagrees": "不一致", "not_checkable": "不可检核"}

File = Annotated[Path, typer.Argument(metavar="FILE", help=polygons.KINDS)]


def check_boundary(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    file: File,
    clauses: Annotated[
        str | None, typer.Option("--clauses", help="The 四至 text to check against. 四至文字")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit", help="A unit: its clauses, or whose lines a name of --clauses means. 单元"
        ),
    ] = None,
    datum: Datum = None,
    step: Annotated[
        float, typer.Option("--step", help="Compare once every so many metres. 采样间隔（米）")
    ] = 20.0,
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with a picture. 输出网页")
    ] = None,
) -> None:
    """Compare each side of a boundary with the line its 四至 names. 四至核验."""
    from tzkc_geo.boundary_check import check_boundary as check

    if not 1.0 <= step <= 1000.0:  # noqa: PLR2004 - as the message says
        msg = f"--step: expected 1 to 1000 m, got {step:g}"
        raise LimitError(msg)
    if clauses is None and unit is None:
        msg = "check-boundary: nothing to check against, expected --clauses TEXT or --unit ID"
        raise DataError(msg)
    found = polygons.read(context, file, datum)
    bounds = _bounds(context, clauses, unit)
    answers, faults = polygons.each(
        found, lambda plot: check(plot.polygon, bounds, name=plot.plot_id, step_m=step)
    )
    checks = [one for _, one in answers]
    if html is not None:
        from tzkc_geo.io.folder import write_file
        from tzkc_geo.reports import boundary_html

        write_file(html, boundary_html([plot.polygon for plot, _ in answers], checks))
        show.note(f"written: {html}")
    if json:
        rows = [one.to_json() for one in checks]
        show.as_json({"clauses": clauses, "unit": unit, "checks": rows, "faults": list(faults)})
    else:
        for one in checks:
            print_check(one)
    polygons.done(faults)


def describe(
    context: typer.Context,
    file: File,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", help="Metres; a line is a limit up to here or its accuracy. 容差（米）"
        ),
    ] = 50.0,
    datum: Datum = None,
    json: Json = False,
) -> None:
    """Write the 四至 sentence of a polygon from the reference lines. 四至描述."""
    from tzkc_geo.describe import describe as words

    if not 0.0 <= tolerance <= 5000.0:  # noqa: PLR2004 - as the message says
        msg = f"--tolerance: expected 0 to 5000 m, got {tolerance:g}"
        raise LimitError(msg)
    found = polygons.read(context, file, datum)
    lines, _ = _lines(context)
    told, faults = polygons.each(
        found,
        lambda plot: words(plot.polygon, lines, name=plot.plot_id, tolerance_m=tolerance),
    )
    if json:
        rows = [{"id": plot.plot_id, **described.to_json()} for plot, described in told]
        show.as_json({"tolerance_m": tolerance, "polygons": rows, "faults": list(faults)})
    else:
        for plot, described in told:
            print_described(plot.plot_id, described)
    polygons.done(faults)


def _lines(context: typer.Context) -> tuple[tuple[NamedLine, ...], Tables]:
    from tzkc_geo.io.tables import read_tables
    from tzkc_geo.named_lines import named_lines

    rows = read_tables(folder_of(context))
    return named_lines(catalog_of(context), rows.lines, rows.clauses), rows


def _bounds(context: typer.Context, clauses: str | None, unit: str | None) -> tuple[Bound, ...]:
    """Return what the text says; of a unit alone its own clauses."""
    from tzkc_geo.bounds import bounds_of_text, bounds_of_unit, chosen_clauses

    lines, rows = _lines(context)
    if unit is not None:
        catalog_of(context).unit(unit)
    if clauses is None:
        return bounds_of_unit(str(unit), rows, lines)
    own = () if unit is None else chosen_clauses(unit, rows)
    return bounds_of_text(clauses, lines, preferred=[str(row.line_id) for row in own])


def print_check(found: BoundaryCheck) -> None:
    """Print the sides of one boundary and what is said of each."""
    from tzkc_geo.boundary_words import signed

    table = tables.table(
        "方位 side", "参照线 line", "长 m", "均值 mean m", "rms m", "最大 m", "判定"
    )
    for side in found.sides:
        line = show.NONE if side.line is None else f"{side.line.name_zh} {side.line.line_id}"
        table.add_row(
            f"{SIDE_ZH[side.bound.side]} {side.bound.limit_zh}",
            line,
            f"{side.length_m:.0f}",
            show.NONE if side.mean_m is None else signed(side.mean_m),
            show.NONE if side.rms_m is None else f"{side.rms_m:.1f}",
            show.NONE if side.max_m is None else signed(side.max_m),
            f"{VERDICT_ZH[side.verdict]} {side.verdict}",
        )
    tables.render(f"地块 {found.name}")
    tables.render(table)
    for side in found.sides:
        tables.render(side.words)
    if found.joined_m > 0.0:
        tables.render(f"{found.joined_m:.0f} m join two steps of a side, without a line · 连接段")
    if found.holes:
        tables.render(f"holes are not compared: {found.holes} · 内环未比")
    tables.render(show.DISCLAIMER)


def print_described(name: str, described: Described) -> None:
    """Print the sentence of one polygon and the lines that it names."""
    tables.render(f"地块 {name}: {described.text_zh}")
    table = tables.table(
        "方位 side", "参照线 line", "占边 share", "均距 mean m", "最大 m", "依据 by"
    )
    for row in described.sides:
        if not row.matches:
            table.add_row(SIDE_ZH[row.side], "未知 unknown", *[show.NONE] * 4)
        for match in row.matches:
            also = f" (also {', '.join(match.also)})" if match.also else ""
            table.add_row(
                SIDE_ZH[row.side],
                f"{match.written} {match.line_id}{also}",
                f"{match.share:.0%}",
                f"{match.mean_m:.1f}",
                f"{match.largest_m:.1f}",
                f"{match.within}, {show.GRADE_ZH[match.grade]} {match.grade}",
            )
    tables.render(table)
    tables.render(show.DISCLAIMER)
