"""Sums of the printed areas, in decimal arithmetic, against the printed totals (求和核对)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tzkc_geo.audit import rounding_interval
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow

CENTI = -2  # exponent of two decimals, as most areas are printed


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSum:
    """Some printed areas added up; km2."""

    sum_id: str
    unit_ids: tuple[str, ...]
    of_unit_id: str  # whose area the sum is set against
    printed_sum: Decimal  # exact sum of the printed figures
    interval: tuple[Decimal, Decimal]  # what the rounding of every summand leaves open
    reported: Decimal
    left: Decimal  # reported - sum: what no summand claims
    share: Decimal  # sum / reported, 4 decimals
    measured_km2: float  # sum of the measured areas, statutory
    sigma_km2: float | None  # of that sum, with covariances; None: not known


def audit_sums(catalog: Catalog) -> tuple[AreaSum, ...]:
    """Add up the printed areas of the clusters of each part, of all clusters and of the parts.

    Parameters
    ----------
    catalog
        Units with their areas as printed.

    Returns
    -------
    tuple of AreaSum
        One for core and each zone, then ``clusters`` and ``parts``, both against the corridor.
    """
    whole = next(row for row in catalog.units if row.kind is UnitKind.CORRIDOR)
    parts = [row for row in catalog.units if row.parent_id == whole.unit_id]
    clusters = [row for row in catalog.units if row.kind is UnitKind.CLUSTER]
    known = {row["unit_id"]: row for row in catalog.adjustment.get("area_sigmas", ())}

    def sigma(unit_id: str, key: str) -> float | None:
        return known[unit_id][key] if unit_id in known else None

    found = [
        _sum(
            part.unit_id,
            [row for row in clusters if row.parent_id == part.unit_id],
            part,
            catalog,
            sigma_km2=sigma(part.unit_id, "clusters_sigma_km2"),
        )
        for part in parts
    ]
    every = sigma(whole.unit_id, "clusters_sigma_km2")
    found.append(_sum("clusters", clusters, whole, catalog, sigma_km2=every))
    joined = sigma(whole.unit_id, "sigma_km2")
    found.append(_sum("parts", parts, whole, catalog, sigma_km2=joined))
    return tuple(found)


def _sum(
    sum_id: str,
    summands: Sequence[UnitRow],
    total: UnitRow,
    catalog: Catalog,
    *,
    sigma_km2: float | None,
) -> AreaSum:
    figures = [Decimal(row.reported_area_km2) for row in summands]
    ends = [rounding_interval(row.reported_area_km2) for row in summands]
    printed, reported = sum(figures, Decimal(0)), Decimal(total.reported_area_km2)
    return AreaSum(
        sum_id=sum_id,
        unit_ids=tuple(row.unit_id for row in summands),
        of_unit_id=total.unit_id,
        printed_sum=_tidy(printed),
        interval=(sum((a for a, _ in ends), Decimal(0)), sum((b for _, b in ends), Decimal(0))),
        reported=reported,
        left=_tidy(reported - printed),
        share=(printed / reported).quantize(Decimal("0.0001")),
        measured_km2=sum(catalog.results[row.unit_id].area_km2 for row in summands),
        sigma_km2=sigma_km2,
    )


def _tidy(figure: Decimal) -> Decimal:
    """Return the same figure without the zeros that only a third decimal of a summand left."""
    short = figure.quantize(Decimal("0.01"))
    return short if short == figure and int(figure.as_tuple().exponent) < CENTI else figure
