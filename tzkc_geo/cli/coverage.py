"""``tzkc coverage``: overlaps, gaps, slivers, and what a repair would move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tzkc_geo.cli import show, tables
from tzkc_geo.cli.state import catalog_of

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.coverage import Coverage, Fault
    from tzkc_geo.repair import Repair

EXAMPLE = "Example: tzkc coverage --repair repaired.geojson"
SOME_FOUND = 1
KIND_ZH = {
    "invalid": "无效环",
    "overlap": "重叠",
    "gap": "缝隙",
    "outside": "超出",
}
SIZE_ZH = {"noise": "数值噪声", "sliver": "狭长碎屑", "real": "实际"}


def coverage(
    context: typer.Context,
    repair: Annotated[
        Path | None,
        typer.Option(
            "--repair", help="Write the units without noise and slivers, and the ledger. 修复建议"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")] = False,
) -> None:
    """Check the outlines against each other; exit code 1 if a fault is undeclared. 面域检查."""
    from tzkc_geo.coverage import coverage as check

    catalog = catalog_of(context)
    found = check(catalog)
    content = found.to_json()
    if repair is not None:
        proposal = _write(repair, catalog)
        content["ledger"] = [move.to_json() for move in proposal.ledger]
        show.note(f"written: {repair}, {len(proposal.ledger)} entries in the ledger")
    if json:
        show.as_json(content)
    else:
        _print(found, content.get("ledger", []))
    if found.counting:
        raise typer.Exit(SOME_FOUND)


def _write(path: Path, catalog: Catalog) -> Repair:
    """Write the repaired units with the ledger as a further member of the collection."""
    from shapely.geometry import mapping

    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.store import collection_text
    from tzkc_geo.repair import proposed_catalog_repair

    proposal = proposed_catalog_repair(catalog)
    features = [
        {
            "type": "Feature",
            "id": unit_id,
            "properties": {
                "unit_id": unit_id,
                "before_m2": float(proposal.before_m2[unit_id]),
                "after_m2": float(proposal.after_m2[unit_id]),
            },
            "geometry": dict(mapping(shape)),
        }
        for unit_id, shape in proposal.shapes.items()
    ]
    ledger = [move.to_json() for move in proposal.ledger]
    write_file(path, collection_text(features, ledger=ledger))
    return proposal


def _print(found: Coverage, ledger: list[dict[str, Any]]) -> None:
    """Print the faults that count first, then what is allowed and by what."""
    table = tables.table(
        "问题 fault", "等级 size", "单元 unit", "m²", "宽 width m", "许可 allowed by"
    )
    for fault in sorted(found.faults, key=lambda fault: not fault.counts):
        table.add_row(
            f"{KIND_ZH[fault.kind]} {fault.kind}",
            f"{SIZE_ZH[fault.size]} {fault.size}",
            " / ".join(name for name in (fault.a, fault.b) if name),
            f"{fault.area_m2:,.2f}",
            f"{fault.width_m:,.3f}",
            _allowed(fault),
        )
    tables.render(table)
    for move in ledger:
        tables.render(
            f"台账 {move['kind']}: {move['area_m2']:,.6f} m² from {move['from'] or show.NONE}"
            f" to {move['to'] or move['kept_by']}: {move['reason']}"
        )
    tables.render(
        f"{len(found.counting)} real and undeclared, {len(found.faults)} in all; nothing is changed"
    )
    tables.render(show.DISCLAIMER)


def _allowed(fault: Fault) -> str:
    """Say what allows a fault, or that nothing does."""
    if fault.counts:
        return f"无 nothing {fault.note}".rstrip()
    return fault.declared or fault.line or SIZE_ZH[fault.size]
