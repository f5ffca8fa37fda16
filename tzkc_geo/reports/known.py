"""What is known of each cluster and what is not, as a Markdown table for the README."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.errors import DataError
from tzkc_geo.model import AreaVerdict, UnitKind

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge, UnitResult

BEGIN = "<!-- begin: tzkc units --markdown -->"
END = "<!-- end -->"
HEAD = (
    (
        "| | cluster 组团 | grade | reported km² | without it km² | known sides (±95 %) |"
        " sides placed by the area, a reading or a prior only | area check |"
    ),
    "|---|---|---|---|---|---|---|---|",
)
WORDS = {
    AreaVerdict.CONSISTENT: "consistent",
    AreaVerdict.INCONSISTENT: "**inconsistent**",
    AreaVerdict.NOT_CHECKABLE: "not checkable: arithmetic, not proof",
}


def known_markdown(catalog: Catalog) -> str:
    """Return one row a cluster: grade, areas, which sides are known and which are not."""
    rows = [
        _row(catalog, row.unit_id, row.name_zh, row.reported_area_km2)
        for row in catalog.units
        if row.kind is UnitKind.CLUSTER
    ]
    return "\n".join([*HEAD, *rows]) + "\n"


def _row(catalog: Catalog, unit_id: str, name: str, reported: str) -> str:
    result = catalog.results[unit_id]
    edges = catalog.edges_of(unit_id)
    known = [f"{e.name_zh} {e.accuracy_m:.0f} m" for e in edges if _known(e)]
    rest = [f"{e.name_zh} ({e.how})" for e in edges if not _known(e)]
    cells = [
        unit_id,
        name,
        str(result.grade),
        reported,
        _left_out(result),
        _listed(known),
        _listed(rest),
        WORDS[result.verdict],
    ]
    return "| " + " | ".join(cells) + " |"


def _known(edge: Edge) -> bool:
    return edge.accuracy_m is not None and edge.how in ("observed", "survey")


def _left_out(result: UnitResult) -> str:
    if result.leave_one_out_km2 is None or result.leave_one_out_sigma_km2 is None:
        return "–"
    return f"{result.leave_one_out_km2:.1f} ± {result.leave_one_out_sigma_km2:.1f}"


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "–"


def spliced(text: str, table: str, *, where: str) -> str:
    """Return a Markdown text with the table between its two marks replaced.

    Raises
    ------
    DataError
        A mark is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"{where}: marks are missing, expected {BEGIN} … {END}"
        raise DataError(msg)
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"
