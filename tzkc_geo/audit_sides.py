"""The sides of every cluster as the audit shows them: the line, its grade, its accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tzkc_geo.geodesy import geodesic_length_m
from tzkc_geo.model import Grade, UnitKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SideAudit:
    """One stretch of the outline of a cluster."""

    unit_id: str
    line_id: str | None  # None: a surveyed outline
    name_zh: str
    text_zh: str  # the clause, verbatim
    grade: Grade
    accuracy_m: float | None  # 95 %; None: the band counts
    band_m: float  # half width
    how: str
    length_m: float
    points: NDArray[np.float64]  # (n, 2) lon lat, EPSG:4490


def audit_sides(catalog: Catalog) -> tuple[SideAudit, ...]:
    """Return the sides of all clusters (组团各边).

    Parameters
    ----------
    catalog
        Edges, and the adjustment that grades their lines.

    Returns
    -------
    tuple of SideAudit
        In unit order, walking order within a unit. A side without an accuracy is schematic,
        whatever its line; one that no line made has the grade of its unit.
    """
    clusters = [row.unit_id for row in catalog.units if row.kind is UnitKind.CLUSTER]
    grades = {row["line_id"]: Grade(row["grade"]) for row in catalog.adjustment.get("lines", ())}
    edges = [edge for unit_id in clusters for edge in catalog.edges_of(unit_id)]
    return tuple(
        SideAudit(
            unit_id=edge.unit_id,
            line_id=edge.line_id,
            name_zh=edge.name_zh,
            text_zh=edge.text_zh,
            grade=Grade.SCHEMATIC
            if edge.accuracy_m is None
            else grades.get(edge.line_id or "", catalog.results[edge.unit_id].grade),
            accuracy_m=edge.accuracy_m,
            band_m=edge.band_m,
            how=edge.how,
            length_m=geodesic_length_m(edge.points),
            points=edge.points,
        )
        for edge in edges
    )
