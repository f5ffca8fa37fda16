"""What the plan says of a unit, and the stations near a site."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.geodesy import spans_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Station

    Floats = NDArray[np.float64]

WALK_M: Final = 1200.0  # 15 minutes at 80 m a minute, in a straight line
NATIONAL: Final = "国铁"  # all lines of national rail together
URBAN: Final = re.compile(r"S\d+")  # a line of urban rail: S1, S2


def plan_facts(catalog: Catalog, unit_id: str | None, lon: float, lat: float) -> dict[str, Any]:
    """Return what the plan says of a unit, and which stations a position reaches.

    Parameters
    ----------
    catalog
        Where units and stations come from.
    unit_id
        The unit that was hit; None where there is none.
    lon, lat
        Degrees, EPSG:4490.

    Returns
    -------
    dict
        Of the unit: names, printed area, function, build-out, 首建区 and 首聚地, source.
        ``stations``: the nearest of S1, of S2 and of national rail, all whose lines count as one;
        ``stations_in_reach``: all within ``reach_m``, nearest first. Distances are straight lines,
        metres; the ``stations_unplaced`` have no known position and are in neither list.
    """
    known, networks, lons, lats = _placed(catalog)
    metres = spans_m(np.array(lat), lons - lon, lats - lat).tolist()
    nearest: dict[str, int] = {}
    order = sorted(range(len(known)), key=metres.__getitem__)
    for number in order:
        nearest.setdefault(networks[number], number)
    return {
        "unit_id": unit_id,
        **({} if unit_id is None else _of_unit(catalog, unit_id)),
        "stations": [_told(known[n], metres[n]) for _, n in sorted(nearest.items())],
        "stations_in_reach": [_told(known[n], metres[n]) for n in order if metres[n] <= WALK_M],
        "reach_m": WALK_M,
        "stations_unplaced": len(catalog.stations) - len(known),
    }


def _of_unit(catalog: Catalog, unit_id: str) -> dict[str, Any]:
    """Return what the plan says of a unit."""
    row = catalog.unit(unit_id)
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "reported_area_km2": row.reported_area_km2,
        "direction_zh": row.direction_zh,
        "function_zh": row.direction_zh or None,
        "build_out_zh": row.build_out_zh,
        "build_out_year": row.build_out_year,
        "starter_area_zh": row.starter_area_zh or None,
        "first_hub_zh": row.first_hub_zh or None,
        "source_id": row.source_id,
    }


def _told(station: Station, metres: float) -> dict[str, Any]:
    """Return a station with the distance to it."""
    return {
        "line": station.line,
        "station_id": station.station_id,
        "name_zh": station.name_zh,
        "name_en": station.name_en,
        "status": station.status,
        "distance_m": metres,
        "distance_kind": "straight_line",
    }


@lru_cache(maxsize=8)
def _placed(catalog: Catalog) -> tuple[list[Station], list[str], Floats, Floats]:
    """Return the stations that have a position: rows, networks, longitudes and latitudes."""
    known = [row for row in catalog.stations if row.lon is not None]
    places = [(row.lon, row.lat) for row in known]
    lons, lats = np.array(places, dtype=np.float64).reshape(-1, 2).T.copy()
    networks = [row.line if URBAN.fullmatch(row.line) else NATIONAL for row in known]
    return known, networks, lons, lats
