"""The audit of the plan's figures as one model, and that as a JSON object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tzkc_geo.audit import Plane, UnitAudit, audit
from tzkc_geo.audit_sums import AreaSum, audit_sums
from tzkc_geo.claims import ClaimCheck, check_claims
from tzkc_geo.readings import Extent, ExtentCheck, RivalReading, check_extents, rival_readings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.claim_terms import PlanTables


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """All that the audit says; every output shows these values."""

    plane: Plane
    units: tuple[UnitAudit, ...]
    sums: tuple[AreaSum, ...]
    claims: tuple[ClaimCheck, ...]
    readings: tuple[RivalReading, ...]
    extents: tuple[ExtentCheck, ...]
    digest: str


def audit_report(
    catalog: Catalog,
    tables: PlanTables,
    extents: Iterable[Extent],
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
    plane
        Where areas are measured.

    Returns
    -------
    AuditReport
        Units from the corridor down to the clusters, sums, claims, readings and extents.
    """
    return AuditReport(
        plane=plane,
        units=audit(catalog, plane=plane),
        sums=audit_sums(catalog),
        claims=check_claims(tables),
        readings=rival_readings(catalog),
        extents=check_extents(catalog, extents),
        digest=catalog.digest,
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
        "digest": report.digest,
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
        "claimed": _text(row.claimed),
        "found": _text(row.found),
        "relation": str(row.relation),
        "holds": row.holds,
        "words": row.words,
        "evidence": [asdict(item) for item in row.evidence],
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
