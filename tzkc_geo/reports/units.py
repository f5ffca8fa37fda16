"""The table of units as a JSON object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitResult, UnitRow


def units_json(catalog: Catalog) -> dict[str, Any]:
    """Return the object that ``tzkc units --json`` and ``GET /units`` give.

    Parameters
    ----------
    catalog
        Its units, in their order.

    Returns
    -------
    dict
        ``digest``, ``edition`` (date and digest) and ``units``. Areas are on the ellipsoid
        (statutory), sigma is one standard deviation; a number that does not exist is None.
    """
    rows = [_unit(row, catalog.results[row.unit_id]) for row in catalog.units]
    return {"digest": catalog.digest, "edition": catalog.edition, "units": rows}


def _unit(row: UnitRow, result: UnitResult) -> dict[str, Any]:
    """Return one unit with what the plan says and what the adjustment gives."""
    return {
        "unit_id": row.unit_id,
        "kind": row.kind,
        "parent_id": row.parent_id,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "reported_area_km2": row.reported_area_km2,
        "area_km2": _number(result.area_km2),
        "area_sigma_km2": _number(result.area_sigma_km2),
        "leave_one_out_km2": _number(result.leave_one_out_km2),
        "leave_one_out_sigma_km2": _number(result.leave_one_out_sigma_km2),
        "redundancy": _number(result.redundancy),
        "w": _number(result.w),
        "grade": result.grade,
        "verdict": result.verdict,
    }


def _number(value: float | None) -> float | None:
    """Return a finite number, or None."""
    return None if value is None or not math.isfinite(value) else float(value)
