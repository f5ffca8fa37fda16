"""``tzkc diff``: how much ground moved between two editions, and which fact moved it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tzkc_geo.edition_diff import EditionDiff, FactShare, Moved
    from tzkc_geo.edition_rows import RowChange

EXAMPLE = "Examples: tzkc diff shipped mine; tzkc diff old.geojson new.geojson --json"
KINDS = "A data folder, `shipped` (or `.`), or a .geojson of `tzkc export`. 数据目录或导出文件"
KIND_ZH = {"added": "新增", "changed": "修改", "removed": "删除"}
SHOWN_ROWS = 5


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help=f"Before. {KINDS}")],
    b: Annotated[str, typer.Argument(metavar="B", help="After. The same. 之后")],
    facts: Annotated[
        int,
        typer.Option("--facts", min=1, help="With more facts than this: by table. 逐条列出的上限"),
    ] = 25,
    geojson: Annotated[
        Path | None, typer.Option("--geojson", help="Write the ground that moved. 输出变动地块")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Say per unit how many m2 moved from A to B, and which fact moved them. 版本比较."""
    from tzkc_geo.io.editions import diff_of, read_edition

    old, new = read_edition(a), read_edition(b)
    with show.stages() as progress:
        found = diff_of(old, new, limit=facts, progress=progress)
    if geojson is not None:
        _write(geojson, found, a=old.to_json(), b=new.to_json())
        show.note(f"written: {geojson}")
    if json:
        show.as_json({"a": old.to_json(), "b": new.to_json(), **found.to_json()})
        return
    for name, side in (("A", old), ("B", new)):
        digest = (side.digest or show.NONE)[:12]
        tables.render(f"{name} {side.name}: 版本 edition {side.date or show.NONE}, {digest}")
    _print_units(found)
    _print_facts(found)


def _write(path: Path, found: EditionDiff, **members: Mapping[str, Any]) -> None:
    """Write what each unit gained and lost, one feature each."""
    from shapely.geometry import mapping

    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.store import collection_text

    features = [
        {
            "type": "Feature",
            "properties": {"unit_id": unit.unit_id, "what": what, "m2": float(m2)},
            "geometry": dict(mapping(shape)),
        }
        for unit in found.units
        for what, m2, shape in (
            ("gained", unit.moved.gained_m2, unit.gained),
            ("lost", unit.moved.lost_m2, unit.lost),
        )
        if m2
    ]
    write_file(path, collection_text(features, **members))


def _print_units(found: EditionDiff) -> None:
    """Print the units that moved."""
    moved = [unit for unit in found.units if unit.moved]
    if not moved:
        tables.render("没有变动 · no ground moved")
        return
    table = tables.table(
        "单元 unit", "前 before m²", "后 after m²", "变化 change m²", "得 gained", "失 lost"
    )
    for unit in moved:
        table.add_row(
            unit.unit_id,
            f"{unit.before_m2:,.1f}",
            f"{unit.after_m2:,.1f}",
            f"{unit.after_m2 - unit.before_m2:+,.1f}",
            f"{unit.moved.gained_m2:,.1f}",
            f"{unit.moved.lost_m2:,.1f}",
        )
    tables.render(table)


def _print_facts(found: EditionDiff) -> None:
    """Print every fact with its rows and what it moves, and what they do not add up to."""
    if found.facts is None:
        tables.render("outlines alone do not tell which fact moved them · 仅有图形，无法归因")
        return
    if found.by_table:
        tables.render("many facts, put together by table; --facts N lists more · 按表归并")
    for share in found.facts:
        tables.render(f"事实 fact {share.fact.name}: {_shares(share)}")
        for row in share.fact.rows[:SHOWN_ROWS]:
            tables.render(f"  {_row(row)}")
        if len(share.fact.rows) > SHOWN_ROWS:
            tables.render(f"  … {len(share.fact.rows) - SHOWN_ROWS} more rows, see --json")
    if found.interaction:
        tables.render(f"交互 interaction: {_moves(found.interaction)}")


def _shares(share: FactShare) -> str:
    """Say what a fact moves alone."""
    if share.moved is None:
        return f"does not stand alone ({share.reason}) · 不能单独成立"
    return _moves(share.moved) or "moves nothing · 无变动"


def _moves(moved: Mapping[str, Moved]) -> str:
    """Return gained and lost m2 of each unit in words."""
    return ", ".join(
        f"{unit_id} {part.gained_m2:+,.1f}/{-part.lost_m2:+,.1f} m²"
        for unit_id, part in moved.items()
    )


def _row(row: RowChange) -> str:
    """Return a row with the cells that differ."""
    cells = ", ".join(
        f"{cell.column} {cell.old!r} → {cell.new!r}" for cell in row.cells if row.kind == "changed"
    )
    return f"{KIND_ZH[row.kind]} {row.kind} {row.name}" + (f": {cells}" if cells else "")
