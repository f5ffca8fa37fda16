"""The audit of the plan's figures as one model, and that as a JSON object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tzkc_geo._version import __version__
from tzkc_geo.audit import Plane, UnitAudit, audit
from tzkc_geo.audit_sides import SideAudit, audit_sides
from tzkc_geo.audit_statistics import AdjustmentStatistics, adjustment_statistics
from tzkc_geo.audit_sums import AreaSum, audit_sums
from tzkc_geo.claims import ClaimCheck, check_claims
from tzkc_geo.readings import Extent, ExtentCheck, RivalReading, check_extents, rival_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from shapely import MultiPolygon, Polygon

    from tzkc_geo.audit_sources import SourceUse
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.claim_terms import PlanTables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditReport:
    """All that the audit says; every output shows these values."""

    plane: Plane
    units: tuple[UnitAudit, ...]
    sums: tuple[AreaSum, ...]
    claims: tuple[ClaimCheck, ...]
    readings: tuple[RivalReading, ...]
    extents: tuple[ExtentCheck, ...]
    sides: tuple[SideAudit, ...]  # of the clusters
    statistics: AdjustmentStatistics | None  # None: the outlines follow from no adjustment
    sources: tuple[SourceUse, ...]
    polygons: Mapping[str, Polygon | MultiPolygon]  # by unit id; lon lat, EPSG:4490
    digest: str
    version: str


def audit_report(
    catalog: Catalog,
    tables: PlanTables,
    extents: Iterable[Extent],
    sources: Iterable[SourceUse] = (),
    *,
    plane: Plane = Plane.STATUTORY,
) -> AuditReport:
    """Return the audit of the plan's figures (规划数据审计).

    Parameters
    ----------
    catalog
        Units, outlines and adjustment.
    tables
        The plan's own tables, by which its claims are checked.
    extents
        What other texts publish of the same ground.
    sources
        From `audit_sources.sources_used`.
    plane
        Where areas are measured.

    Returns
    -------
    AuditReport
        Units from the corridor down to the clusters, sums, claims, readings and extents; the
        sides of the clusters, the statistics of the adjustment, the sources.
    """
    return AuditReport(
        plane=plane,
        units=audit(catalog, plane=plane),
        sums=audit_sums(catalog),
        claims=check_claims(tables),
        readings=rival_readings(catalog),
        extents=check_extents(catalog, extents),
        sides=audit_sides(catalog),
        statistics=adjustment_statistics(catalog.adjustment),
        sources=tuple(sources),
        polygons=catalog.polygons,
        digest=catalog.digest,
        version=__version__,
    )


def audit_json(report: AuditReport) -> dict[str, Any]:
    """Return the object that ``tzkc audit --json`` prints.

    Parameters
    ----------
    report
        The audit.

    Returns
    -------
    dict
        Areas in km2. Figures that are made from printed ones are texts with their digits, in
        ``reported`` and in ``sums``; measured ones are numbers, None where there is none.
    """
    return {
        "plane": str(report.plane),
        "units": [_unit(row) for row in report.units],
        "sums": [_sum(row) for row in report.sums],
        "claims": [_claim(row) for row in report.claims],
        "readings": [reading_json(row) for row in report.readings],
        "extents": [extent_json(row) for row in report.extents],
        "sides": [_side(row) for row in report.sides],
        "statistics": None if report.statistics is None else _statistics(report.statistics),
        "sources": [_source(row) for row in report.sources],
        "digest": report.digest,
        "version": report.version,
    }


def _unit(row: UnitAudit) -> dict[str, Any]:
    return {
        "unit_id": row.unit_id,
        "kind": str(row.kind),
        "parent_id": row.parent_id,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "reported": row.reported,
        "interval_km2": _ends(row.interval_km2),
        "areas_km2": row.areas_km2,
        "measured_km2": row.measured_km2,
        "sigma_km2": row.sigma_km2,
        "interval95_km2": None if row.interval95_km2 is None else list(row.interval95_km2),
        "difference_km2": row.difference_km2,
        "parts": asdict(row.parts),
        "ground_km2": asdict(row.ground),
        "unclaimed_km2": None if row.unclaimed_km2 is None else float(row.unclaimed_km2),
        "redundancy": row.redundancy,
        "w": row.w,
        "grade": str(row.grade),
        "verdict": str(row.verdict),
        "words": row.words,
        "words_zh": row.words_zh,
        "method": row.method,
    }


def _sum(row: AreaSum) -> dict[str, Any]:
    return {
        "sum_id": row.sum_id,
        "unit_ids": list(row.unit_ids),
        "of_unit_id": row.of_unit_id,
        "sum_km2": str(row.printed_sum),
        "interval_km2": _ends(row.interval),
        "reported": str(row.reported),
        "left_km2": str(row.left),
        "share": float(row.share),
        "measured_km2": row.measured_km2,
        "sigma_km2": row.sigma_km2,
    }


def _claim(row: ClaimCheck) -> dict[str, Any]:
    return {
        "claim_id": row.claim_id,
        "claim": row.claim,
        "claim_zh": row.claim_zh,
        "claimed": _text(row.claimed),
        "found": _text(row.found),
        "relation": str(row.relation),
        "holds": row.holds,
        "words": row.words,
        "evidence": [asdict(item) for item in row.evidence],
    }


def _side(row: SideAudit) -> dict[str, Any]:
    names = ("unit_id", "line_id", "name_zh", "text_zh", "accuracy_m", "band_m", "how", "length_m")
    return {**{name: getattr(row, name) for name in names}, "grade": str(row.grade)}


def _statistics(row: AdjustmentStatistics) -> dict[str, Any]:
    content = asdict(row)
    return {
        **content,
        "chi_square_95": list(row.chi_square_95),
        "kinds": list(content["kinds"]),
        "residuals": list(content["residuals"]),
    }


def _source(row: SourceUse) -> dict[str, Any]:
    return {
        **asdict(row.source),
        "units": list(row.units),
        "lines": list(row.lines),
        "observations": list(row.observations),
        "extents": list(row.extents),
    }


def reading_json(row: RivalReading) -> dict[str, Any]:
    """Return one reading as ``tzkc readings --json`` prints it."""
    return {
        "reading_id": row.reading_id,
        "unit_id": row.unit_id,
        "chosen": row.chosen,
        "sides": {side: list(names) for side, names in row.sides.items()},
        "area_km2": row.area_km2,
        "sigma_km2": row.sigma_km2,
        "reported": row.reported,
        "difference_km2": row.difference_km2,
        "meets": row.meets,
        "tells": row.tells,
        "nearest": row.nearest,
        "words": row.words,
        "words_zh": row.words_zh,
    }


def extent_json(row: ExtentCheck) -> dict[str, Any]:
    """Return one published extent as ``tzkc readings --json`` prints it."""
    return {
        **asdict(row.extent),
        "reported": row.reported,
        "meets": row.meets,
        "area_km2": row.area_km2,
        "sigma_km2": row.sigma_km2,
        "gives": row.gives,
        "tells": row.tells,
    }


def _ends(interval: tuple[Decimal, Decimal]) -> list[float]:
    return [float(interval[0]), float(interval[1])]


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)
