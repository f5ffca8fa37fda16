"""The travel times from one site, searched and written as a Cloud Optimized GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.io.raster import write_cog
from tzkc_geo.network.pixels import raster
from tzkc_geo.network.reach import search_from

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.scenario import Scenario

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0; 示意图，非法定边界"


def write_travel_times(  # noqa: PLR0913  (the question has so many sides)
    path: Path,
    catalog: Catalog,
    lon: float,
    lat: float,
    *,
    scenario: str | Scenario,
    modes: Iterable[str],
    at: str | None,
    peak: bool,
    limit_min: float,
    step_m: float = 10.0,
) -> None:
    """Write the travel time from a site to every pixel of the corridor's box (时间栅格).

    Parameters
    ----------
    path
        The file; written whole or not at all.
    catalog, lon, lat, scenario, modes, at, peak, limit_min
        As in `tzkc_geo.network.reach.search_from`.
    step_m
        Side of a pixel, metres.

    Raises
    ------
    DataError
        The file cannot be written.
    LimitError
        The side of a pixel, the modes or the departure are not allowed.
    """
    one = search_from(
        catalog,
        lon,
        lat,
        scenario=scenario,
        modes=modes,
        at=at,
        peak=peak,
        limit_min=limit_min,
    )
    made = raster(catalog, one.network, one.clock, one.to_targets(), step_m=step_m)
    tags = {
        "origin": f"{lon:.7f} {lat:.7f} EPSG:4490",
        "scenario": one.network.scenario.name,
        "modes": ",".join(str(mode) for mode in one.network.modes),
        "at": at or "half a headway",
        "speeds": "peak" if peak else "free flow",
        "limit_minutes": f"{limit_min:g}",
        "digest": catalog.digest,
        "attribution": ATTRIBUTION,
    }
    write_cog(path, made.minutes, west=made.west, north=made.north, step_m=made.step_m, tags=tags)
