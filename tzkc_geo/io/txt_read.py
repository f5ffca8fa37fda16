"""Read the 界址点坐标交换格式 (勘测定界 TXT), in every variant that is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, RingError
from tzkc_geo.io.encoding import decode
from tzkc_geo.io.txt_lines import RawFile, RawPlot, split_lines
from tzkc_geo.io.txt_rings import RingRows, closure_of, numbering_of, split_rings
from tzkc_geo.io.txt_system import Zone, find_zone
from tzkc_geo.parcel_file import (
    HECTARE_M2,
    Detected,
    ParcelFile,
    Plot,
    PlotCheck,
    Reading,
    assemble,
    check,
)

if TYPE_CHECKING:
    from pathlib import Path

    Shape: TypeAlias = shapely.Polygon | shapely.MultiPolygon

PARAMETERS: Final = "转换参数"


def read_txt(path: Path, *, epsg: int | None = None) -> Reading:
    """Return the plots of a 界址点 file in lon lat, EPSG:4490, and what was detected.

    Parameters
    ----------
    path
        The file.
    epsg
        Its coordinate system, where it does not say so; it may not contradict the file.

    Raises
    ------
    DataError
        The file cannot be read, its encoding is not clear, or a line is wrong.
    CrsError
        The datum is not CGCS2000, X and Y are exchanged, or the zone does not follow.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        msg = f"{path.name}: cannot be read, expected a text file, got {exc.strerror}"
        raise DataError(msg) from exc
    return parse_txt(data, name=path.name, epsg=epsg)


def parse_txt(data: bytes, *, name: str, epsg: int | None = None) -> Reading:
    """Return what `read_txt` returns, of bytes; ``name`` stands in messages."""
    text, encoding = decode(data, name=name)
    raw = split_lines(text, name=name)
    split = [split_rings(plot.points, name=name) for plot in raw.plots]
    rings = [found for found, _ in split]
    points = [p for plot in rings for ring in plot for p in ring.points]
    zone = find_zone(raw.header, points, name=name, epsg=epsg)
    shapes = [
        _shape(plot, found, zone, name=name) for plot, found in zip(raw.plots, rings, strict=True)
    ]
    plots = tuple(
        _plot(r, _degrees(s, zone, r, name)) for r, s in zip(raw.plots, shapes, strict=True)
    )
    checks = tuple(check(p, points=len(r.points)) for p, r in zip(plots, raw.plots, strict=True))
    notes = _header_notes(raw, zone, plots, name)
    for raw_plot, shape, found, row in zip(raw.plots, shapes, rings, checks, strict=True):
        notes += _plot_notes(raw_plot, shape, found, row, name)
    detected = Detected(
        form="txt",
        encoding=encoding,
        epsg=zone.epsg,
        zone=zone.zone,
        zone_from=zone.found,
        prefixed=zone.prefixed,
        closure=closure_of([ring for plot in rings for ring in plot]),
        numbering=_numbering(rings),
        variants=tuple(sorted(raw.variants.union(*(variants for _, variants in split)))),
    )
    lines = tuple(plot.row for plot in raw.plots)
    file = ParcelFile(
        plots=plots,
        attributes=tuple((key, value) for key, (_, value) in raw.header.items()),
        sections=tuple((title, tuple(lines)) for title, lines in raw.others),
    )
    return Reading(file=file, detected=detected, checks=checks, notes=tuple(notes), lines=lines)


def _numbering(plots: list[list[RingRows]]) -> str | None:
    kinds = {kind for rings in plots if (kind := numbering_of(rings)) is not None}
    if len(kinds) > 1:
        return "mixed"
    return kinds.pop() if kinds else None


def _shape(plot: RawPlot, rings: list[RingRows], zone: Zone, *, name: str) -> Shape:
    """Return the polygon of a plot in metres of its zone, x = easting."""
    try:
        return assemble([[(p.east, p.north) for p in ring.points] for ring in rings])
    except RingError as exc:
        ring = rings[int(str(exc).split(":", 1)[0].removeprefix("ring ")) - 1]
        where = f"{name}:{ring.points[0].row}"
        msg = f"{where}: plot {plot.fields[0]!r} in EPSG:{zone.epsg}, {exc}"
        raise RingError(msg) from exc


def _degrees(shape: Shape, zone: Zone, plot: RawPlot, name: str) -> Shape:
    try:
        moved: Shape = shapely.transform(shape, lambda xy: crs.unproject(xy, zone.epsg))
    except CrsError as exc:
        msg = f"{name}:{plot.row}: {exc}"
        raise CrsError(msg) from exc
    return moved


def _plot(raw: RawPlot, polygon: Shape) -> Plot:
    plot_id, name, _, sheet, use, land_class, *others = raw.fields
    return Plot(
        polygon=polygon,
        plot_id=plot_id,
        name=name,
        stated_area_ha=raw.area_ha,
        stated_points=raw.count,
        sheet=sheet,
        use=use,
        land_class=land_class,
        others=tuple(others),
    )


def _header_notes(raw: RawFile, zone: Zone, plots: tuple[Plot, ...], name: str) -> list[str]:
    """Return what the header leaves open or what it says and the place does not fit."""
    notes = []
    if zone.found == "position":
        notes.append(
            f"{name}: zone is not said, taken {zone.zone} (EPSG:{zone.epsg}), the one that puts"
            " the points near Taizhou"
        )
    if zone.found == "header":
        notes.append(f"{name}: 带号 is {zone.zone}, Y has no zone in front: EPSG:{zone.epsg}")
    row, value = raw.header.get(PARAMETERS, (0, ""))
    if value.strip(",0. "):
        notes.append(f"{name}:{row}: {PARAMETERS} are stated and were not applied, got {value!r}")
    bounds = shapely.total_bounds([plot.polygon for plot in plots])
    lon, lat = (bounds[:2] + bounds[2:]) / 2
    west, east, south, north = crs.TAIZHOU_WINDOW_DEG
    if not (west <= lon <= east and south <= lat <= north):
        notes.append(f"{name}: lies far from Taizhou, at lon {lon:.4f} lat {lat:.4f}")
    return notes


def _plot_notes(
    raw: RawPlot, shape: Shape, rings: list[RingRows], row: PlotCheck, name: str
) -> list[str]:
    """Return where a plot differs from what its line states."""
    notes = []
    where = f"{name}:{raw.row}: plot {raw.fields[0]!r}"
    without_closing = sum(len(ring.points) for ring in rings)
    if raw.count not in (None, row.points, without_closing):
        notes.append(f"{where}: 界址点数 does not fit, expected {row.points}, got {raw.count}")
    if raw.area_ha is not None and row.difference_m2 is not None:
        decimals = len(raw.area_ha.partition(".")[2])
        rounding_m2 = 0.5 * 10.0**-decimals * HECTARE_M2
        if abs(row.difference_m2) > rounding_m2 * (1 + 1e-9):
            plane_ha = round(shape.area / HECTARE_M2, decimals)
            plane = ", the plane area" if np.isclose(plane_ha, float(raw.area_ha)) else ""
            notes.append(
                f"{where}: 地块面积 does not fit, expected {row.area_m2 / HECTARE_M2:.{decimals}f}"
                f" ha (ellipsoid), got {raw.area_ha}{plane}: {row.difference_m2:+.1f} m2"
            )
    return notes
