"""The units as JSON objects: the table of all, and all that is known of one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tzkc_geo.areas import areas
from tzkc_geo.geodesy import geodesic_length_m
from tzkc_geo.plan_facts import plan_facts

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge, UnitResult, UnitRow


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


def unit_json(catalog: Catalog, unit_id: str) -> dict[str, Any]:
    """Return one unit with all that is known of it (单元详情): ``GET /units/{id}`` gives it.

    Parameters
    ----------
    catalog
        Where the unit comes from.
    unit_id
        Of the unit.

    Returns
    -------
    dict
        As in `units_json`, and: ``aliases``, ``parts`` (ids), ``description_zh`` (四至,
        verbatim), ``plan`` as in `plan_facts` of a position inside, ``areas_m2`` as in
        `areas.areas`, ``edges`` in walking order, ``lines`` (the reference lines that made them,
        as in ``tzkc adjust --json``, without points), ``grounds`` of area and outline.

    Raises
    ------
    UnknownIdError
        There is no such unit.
    """
    row = catalog.unit(unit_id)
    result = catalog.results[unit_id]
    place = catalog.polygons[unit_id].representative_point()
    edges = catalog.edges_of(unit_id)
    made = {edge.line_id for edge in edges}
    lines = catalog.adjustment.get("lines", ())
    return {
        **_unit(row, result),
        "aliases": list(row.aliases),
        "parts": [part.unit_id for part in catalog.units if part.parent_id == unit_id],
        "description_zh": row.description_zh,
        "plan": plan_facts(catalog, unit_id, place.x, place.y),
        "areas_m2": areas(catalog)[unit_id],
        "edges": [_edge(edge, k) for k, edge in enumerate(edges, start=1)],
        "lines": [
            {key: value for key, value in line.items() if key != "points"}
            for line in lines
            if line["line_id"] in made
        ],
        "grounds": {"method": result.method, "source_id": row.source_id, "note": row.note},
        "digest": catalog.digest,
        "edition": catalog.edition,
    }


def _edge(edge: Edge, number: int) -> dict[str, Any]:
    """Return one edge; its id is that of the collection of edges."""
    return {
        "edge_id": f"{edge.unit_id}-{number:02d}",
        "line_id": edge.line_id,
        "name_zh": edge.name_zh,
        "text_zh": edge.text_zh,
        "length_m": geodesic_length_m(edge.points),
        "accuracy_m": edge.accuracy_m,
        "band_m": edge.band_m,
        "how": edge.how,
    }


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
