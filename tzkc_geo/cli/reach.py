"""``tzkc reach``: what is reached from a site within some minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.network import asked

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.reach import Band, Reach

EXAMPLE = (
    "Examples: tzkc reach 121.45 28.645 --minutes 15,30; "
    "tzkc reach 121.45 28.645 --modes walk,rail --scenario 2028 --at 08:00 --geojson reach.geojson"
)
LISTED = 8  # units and stations of a band that are printed; all stand in the JSON


def reach(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    lon: Annotated[
        str, typer.Argument(help="Longitude, decimal or DMS; or easting, metres. 经度或横坐标")
    ],
    lat: Annotated[
        str, typer.Argument(help="Latitude, decimal or DMS; or northing, metres. 纬度或纵坐标")
    ],
    minutes: Annotated[
        str, typer.Option("--minutes", help="Times, joined by commas. 分钟")
    ] = "15,30",
    scenario: travel.ScenarioName = "today",
    modes: travel.Modes = travel.DEFAULT_MODES,
    at: travel.At = None,
    peak: travel.Peak = False,
    datum: travel.Datum = None,
    geojson: travel.GeoJson = None,
    cog: Annotated[
        Path | None,
        typer.Option("--cog", help="Write travel times as a GeoTIFF, 10 m pixels. 时间栅格"),
    ] = None,
    json: travel.Json = False,
) -> None:
    """Say what is reached from a site within some minutes, and on what grounds. 可达范围.

    A place that cannot be reached is an answer, with its reason.
    """
    from tzkc_geo.network.reach import reach as find

    wanted = asked.minutes_of(minutes)
    catalog = catalog_of(context)
    own = travel.scenario_of(scenario, catalog)
    site = travel.position(context, lon, lat, datum)
    using = asked.modes_of(modes)
    found = find(catalog, *site, wanted, scenario=own, modes=using, at=at, peak=peak)
    if geojson is not None:
        _write_bands(geojson, found)
    if cog is not None:
        from tzkc_geo.io.travel_raster import write_travel_times

        write_travel_times(
            cog, catalog, *site, scenario=own, modes=using, at=at, peak=peak, limit_min=max(wanted)
        )
    for path in (geojson, cog):
        if path is not None:
            show.note(f"written: {path}")
    if json:
        show.as_json(found.to_json())
    else:
        _tell(found, catalog)


def _write_bands(path: Path, found: Reach) -> None:
    """Write one MultiPolygon a band."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.io.store import collection_text

    write_file(path, collection_text(found.features(), reason=found.reason))


def _tell(found: Reach, catalog: Catalog) -> None:
    """Print the answer for a person."""
    from tzkc_geo.network.reach import accuracy_words

    at = "" if found.at is None else f", 出发 at {found.at}"
    speed = "高峰 peak" if found.peak else "畅通 free flow"
    tables.render(
        f"情景 scenario {found.scenario}; {', '.join(found.modes)}; {speed}{at}; "
        f"{found.lon:.6f}, {found.lat:.6f} (EPSG:4490)"
    )
    if found.snap_m is None:
        tables.render(f"不可达 unreachable: {found.reason}")
        return
    tables.render(f"到路网 to the network: {found.snap_m:.0f} m")
    for band in found.bands:
        _tell_band(band, catalog)
    if found.unused:
        tables.render(f"未用到 not used: {', '.join(found.unused)}")
    tables.render(accuracy_words(found.accuracy, "zh"))
    tables.render(accuracy_words(found.accuracy, "en"))


def _tell_band(band: Band, catalog: Catalog) -> None:
    """Print what one time reaches."""
    shown = tables.table("单元 unit", "", "份额 share")
    for unit_id, share in band.units:
        shown.add_row(unit_id, catalog.unit(unit_id).name_zh, f"{100.0 * share:.1f} %")
    tables.render(f"\n{band.minutes:g} 分钟 minutes: {band.area_km2:.1f} km²")
    if band.units:
        tables.render(shown)
    names = [f"{row.name_zh} {row.minutes:.0f}" for row in band.stations[:LISTED]]
    more = len(band.stations) - len(names)
    tail = f" … +{more}" if more > 0 else ""
    tables.render(f"车站 stations (min): {'、'.join(names) or '无 none'}{tail}")
