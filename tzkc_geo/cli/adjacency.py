"""``tzkc adjacency``: who borders whom, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables
from tzkc_geo.cli.state import catalog_of

if TYPE_CHECKING:
    from tzkc_geo.adjacency import Adjacency, Pair
    from tzkc_geo.catalog import Catalog

EXAMPLE = "Example: tzkc adjacency --level cluster --geojson neighbours.geojson"
RELATION_ZH = {
    "edge": "共边",
    "corner": "共点",
    "across_road": "隔路",
    "across_water": "隔水",
    "contains": "包含",
}


def adjacency(
    context: typer.Context,
    level: Annotated[
        str | None, typer.Option("--level", help="cluster or zone; both if not said. 层级")
    ] = None,
    geojson: Annotated[
        Path | None,
        typer.Option("--geojson", help="Write shared edges, corners and links. 输出文件"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Say which units border which, how long, and along or across which line. 单元邻接."""
    from tzkc_geo.adjacency import adjacency as find
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.store import collection_text

    catalog = catalog_of(context)
    found = find(catalog, level=level)
    if geojson is not None:
        write_file(geojson, collection_text(found.to_features()))
        show.note(f"written: {geojson}")
    if json:
        show.as_json(found.to_json())
    elif geojson is None:
        _print(found, catalog)


def _print(found: Adjacency, catalog: Catalog) -> None:
    """Print the pairs that have a relation, and how many have none."""
    names = {row.unit_id: row.name_zh for row in catalog.units}
    table = tables.table(
        "单元 unit", "邻 neighbour", "邻接 relation", "长 m", "间隔 gap m", "线 line"
    )
    related = [pair for pair in found.pairs if pair.relation != "none"]
    for pair in related:
        table.add_row(
            f"{pair.a} {names[pair.a]}",
            f"{pair.b} {names[pair.b]}",
            f"{RELATION_ZH[pair.relation]} {pair.relation}",
            f"{pair.shared_m or pair.facing_m or 0.0:,.1f}",
            _gap(pair),
            pair.line or show.NONE,
        )
    tables.render(table)
    tables.render(
        f"{len(found.pairs) - len(related)} other pairs have no relation; 长: shared, or facing"
        " each other across the gap; gap: smallest (mean)"
    )
    parts = [part for part in found.contains if part.outside_m2 > 0.0]
    for part in parts:
        tables.render(f"{part.child} 超出 outside {part.parent}: {part.outside_m2:,.1f} m²")
    tables.render(
        f"{len(found.contains) - len(parts)} of {len(found.contains)} units lie wholly in the unit"
        " that they are part of"
    )
    tables.render(show.DISCLAIMER)


def _gap(pair: Pair) -> str:
    if not pair.gap_m:
        return show.NONE
    return f"{pair.gap_m:,.1f} ({pair.gap_mean_m:,.1f})"
