"""One promise in one scenario as a map: times as bands, clusters with their shares, stations."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.model import UnitKind
from tzkc_geo.network.grids import CELL_M, Grid, bounds_of
from tzkc_geo.network.isochrones import isochrones
from tzkc_geo.reports.drawing import Disc, Drawing, Label, Shape
from tzkc_geo.reports.labels import Lang
from tzkc_geo.reports.picture import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tzkc_geo.network.commitments import Commitments, Finding

    Points = NDArray[np.float64]
    Mark = Shape | Disc | Label

WIDTH_PX: Final = 900.0
MARGIN_M: Final = 900.0
STEPS: Final = (1.0, 1.5, 2.0)  # of the time that is promised
NO_LIMIT_MIN: Final = 30.0  # the first step where no time is promised
# From Okabe and Ito's colours, told apart by colour-blind readers: within each step, and beyond
COLOURS: Final = ("#009e73", "#f0e442", "#e69f00", "#d55e00")
UNREACHED: Final = "#b8b8b8"
WORST_FILL: Final = "#5b2a86"
SIMPLE_PX: Final = 0.3
LABEL_PX, NOTE_PX, DISC_PX = 19.0, 17.0, 12.0
BAR_M: Final = 5000.0


def steps_of(finding: Finding) -> tuple[float, ...]:
    """Return the times between the colours of a map, minutes, ascending.

    Parameters
    ----------
    finding
        The first is the time that is promised.
    """
    limit = finding.shown.limit_min or NO_LIMIT_MIN
    return tuple(limit * step for step in STEPS)


def legend(finding: Finding, lang: Lang) -> list[tuple[str, str]]:
    """Return the colours of a map and what each means."""
    steps = steps_of(finding)
    unit = lang.pick("分钟", "min")
    kept = lang.pick("（符合）", " (kept)") if finding.shown.limit_min else ""
    words = [f"≤ {steps[0]:g} {unit}{kept}"]
    words += [f"{low:g}–{high:g} {unit}" for low, high in pairwise(steps)]
    words += [f"> {steps[-1]:g} {unit}"]
    words += [lang.pick("水面，或路网不可达", "water, or no way by the network")]
    return [*zip((*COLOURS, UNREACHED), words, strict=True)]


def promise_map(found: Commitments, finding: Finding, lang: Lang = Lang.ZH) -> Drawing:
    """Return the map of one promise in one scenario (承诺检验图).

    Parameters
    ----------
    found
        From `network.commitments.commitments`.
    finding
        One of its findings; without times the units stand alone, grey.
    lang
        Of the titles.

    Returns
    -------
    Drawing
        North is up. Bands of equal time (`legend`), the time that is promised with a black line,
        clusters with their share in per cent, stations where trains stop, and the worst places
        by their number in the table.
    """
    sheet = _sheet(found)
    marks = [
        *_units(found, sheet, fill=UNREACHED),
        *_bands(found, finding, sheet),
        *_units(found, sheet, fill=None),
        *_stations(found, finding, sheet),
        *_shares(found, finding, sheet),
        *_worst(finding, sheet, lang),
        *_furniture(sheet, lang),
    ]
    title = f"{finding.promise.promise_id} · {finding.scenario}"
    return Drawing(width=WIDTH_PX, height=sheet.height_px, title=title, marks=tuple(marks))


def _sheet(found: Commitments) -> Sheet:
    west, south, east, north = bounds_of(found.catalog)
    per_m = WIDTH_PX / (east - west + 2 * MARGIN_M)
    height = (north - south + 2 * MARGIN_M) * per_m
    return Sheet(west - MARGIN_M, north + MARGIN_M, per_m, height)


def _units(found: Commitments, sheet: Sheet, *, fill: str | None) -> Iterator[Shape]:
    """Draw all ground of the units, or the outlines of corridor and clusters."""
    for unit in found.catalog.units:
        cluster = unit.kind is UnitKind.CLUSTER
        if fill is None and not (cluster or unit.kind is UnitKind.CORRIDOR):
            continue
        yield Shape(
            rings=_rings(found.catalog.polygons[unit.unit_id], sheet),
            closed=True,
            fill=fill,
            stroke=None if fill else "#222222",
            width=1.3 if cluster else 0.8,
            dash=None if cluster else (4.0, 3.0),
            title="" if fill else f"{unit.unit_id} {unit.name_zh}",
        )


def _rings(polygon: shapely.Geometry, sheet: Sheet) -> tuple[Points, ...]:
    drawn = shapely.simplify(shapely.transform(polygon, sheet.px), SIMPLE_PX)
    return tuple(shapely.get_coordinates(ring) for ring in shapely.get_rings(_parts(drawn)))


def _parts(shape: shapely.Geometry) -> NDArray[np.object_]:
    parts: NDArray[np.object_] = shapely.get_parts(shape)
    some: NDArray[np.object_] = parts[~shapely.is_empty(parts)]
    return some


def _bands(found: Commitments, finding: Finding, sheet: Sheet) -> Iterator[Shape]:
    """Draw the bands, the longest time lowest, and a line about the first."""
    if finding.minutes is None or not np.isfinite(finding.minutes).any():
        return
    grid = Grid.around(bounds_of(found.catalog), CELL_M)
    field = np.full((grid.rows, grid.columns), np.nan)
    column, row = np.rint((found.cells.places.xy - [grid.west, grid.south]) / CELL_M).T.astype(int)
    field[row, column] = finding.minutes
    levels = (*steps_of(finding), max(float(np.nanmax(field)), steps_of(finding)[-1]) + 1.0)
    bands = isochrones(grid.x, grid.y, field, levels)
    for band, colour in reversed([*zip(bands, COLOURS, strict=True)]):
        yield Shape(rings=_rings(band, sheet), closed=True, fill=colour)
    if finding.shown.limit_min is not None:
        yield Shape(rings=_rings(bands[0], sheet), closed=True, stroke="#000000", width=1.0)


def _stations(found: Commitments, finding: Finding, sheet: Sheet) -> Iterator[Disc]:
    """Draw the stations where trains stop in the scenario, as far as they lie on the sheet."""
    for spot in found.stations[finding.scenario]:
        if spot.lon is None or spot.lat is None:
            continue
        x, y = sheet.px(np.array([[spot.lon, spot.lat]]))[0].tolist()
        if 0.0 < x < WIDTH_PX and 0.0 < y < sheet.height_px:
            yield Disc(x=x, y=y, radius=5.0, fill="#000000")
            yield Disc(x=x, y=y, radius=3.0, fill="#ffffff", title=spot.name_zh)


def _shares(found: Commitments, finding: Finding, sheet: Sheet) -> Iterator[Label]:
    """Write into each cluster its share in per cent."""
    shares = finding.shown.shares.by_cluster
    for unit in found.catalog.units:
        if unit.kind is not UnitKind.CLUSTER:
            continue
        share = shares.get(unit.unit_id)
        told = unit.unit_id if share is None else f"{unit.unit_id}\n{100.0 * share:.0f}%"
        largest = max(
            shapely.get_parts(found.catalog.polygons[unit.unit_id]), key=lambda part: part.area
        )
        spot = shapely.get_coordinates(largest.representative_point())
        x, y = sheet.px(spot)[0].tolist()
        yield Label(x=x, y=y, text=told, size=LABEL_PX, anchor="middle", halo=True)


def _worst(finding: Finding, sheet: Sheet, lang: Lang) -> Iterator[Mark]:
    """Draw the worst places, numbered as in the table."""
    for number, place in reversed([*enumerate(finding.worst, start=1)]):  # the worst on top
        x, y = sheet.px(np.array([[place.lon, place.lat]], dtype=np.float64))[0].tolist()
        minutes = f"{place.minutes:.1f} {lang.pick('分钟', 'min')}"
        yield Disc(x=x, y=y, radius=DISC_PX, fill=WORST_FILL, title=f"{place.name_zh} {minutes}")
        yield Label(
            x=x, y=y + 6.5, text=str(number), size=LABEL_PX, anchor="middle", fill="#ffffff"
        )


def _furniture(sheet: Sheet, lang: Lang) -> Iterator[Mark]:
    """Draw the scale bar and say what the map is."""
    y, end = sheet.height_px - 16.0, 16.0 + BAR_M * sheet.per_m
    yield Shape(rings=(np.array([[16.0, y], [end, y]]),), stroke="#000000", width=4.0)
    text = f"{BAR_M / 1000:g} km · ↑ {lang.pick('北', 'N')} · EPSG:{crs.METRIC_EPSG}"
    yield Label(x=end + 8, y=y + 5, text=text, size=NOTE_PX, halo=True)
