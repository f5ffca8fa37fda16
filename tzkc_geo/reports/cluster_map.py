"""One cluster as a map: its sides by name, accuracy and grade, its neighbours in grey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.model import UnitKind
from tzkc_geo.reports.drawing import Drawing, Label, Shape
from tzkc_geo.reports.label_places import Placer
from tzkc_geo.reports.labels import GRADES, NOT_LEGAL, Lang
from tzkc_geo.reports.picture import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.audit_sides import SideAudit
    from tzkc_geo.reports.audit import AuditReport

    Points = NDArray[np.float64]

WIDTH_PX, HEIGHT_PX = 900.0, 600.0
SIDE_PX, TOP_PX = 170.0, 80.0  # left for labels beside, above and below the outline
SHRINK: Final = 0.98  # of the map scale, at the sheet's edges
TEXT_GREY: Final = "#555555"  # darker than the line, to be read on a grey neighbour
LONG_PX: Final = 150.0  # a label longer than this has two lines
SMALL_PX2: Final = 2500.0  # a neighbour smaller than this on the sheet has no label
BAR_SHARE: Final = 0.22  # of the sheet that the scale bar may take up
LABEL_PX, NAME_PX, NOTE_PX = 15.0, 20.0, 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Metres (EPSG:4549) to pixels, the middle of the cluster in the middle of the sheet."""

    x: float
    y: float
    per_m: float

    def px(self, lonlat: Points) -> Points:
        """Return pixels, shape ``(n, 2)``, of lon lat in degrees, EPSG:4490."""
        xy = crs.to_metric(lonlat)
        east, south = (xy[:, 0] - self.x) * self.per_m, (self.y - xy[:, 1]) * self.per_m
        return np.column_stack([WIDTH_PX / 2 + east, HEIGHT_PX / 2 + south])


def cluster_map(report: AuditReport, unit: UnitAudit, lang: Lang = Lang.ZH) -> Drawing:
    """Return the map of one cluster (组团图).

    Parameters
    ----------
    report
        The audit; accuracies and bands on the map are its values.
    unit
        The cluster.
    lang
        Of names and notes; lines have a Chinese name only.

    Returns
    -------
    Drawing
        North is up. A side says its line and its 95 % accuracy (±), or the band within which it
        lies where there is no accuracy; its colour is its grade.
    """
    ground = _ground(report.polygons[unit.unit_id])
    sides = [side for side in report.sides if side.unit_id == unit.unit_id]
    outline = _rings(report.polygons[unit.unit_id], ground)
    placer = Placer(
        WIDTH_PX, HEIGHT_PX, shapely.transform(report.polygons[unit.unit_id], ground.px)
    )
    furniture = [*_furniture(ground, lang)]
    name = f"{unit.unit_id} {lang.pick(unit.name_zh, unit.name_en)}"
    for mark in furniture:
        if isinstance(mark, Label):
            placer.keep_free(mark)
    middle = placer.inside(Label(x=0, y=0, text=name, size=NAME_PX, halo=True), unit.unit_id)
    shortest_first = sorted(sides, key=lambda side: side.length_m)  # they have the fewest places
    labels = [_side_label(side, ground, placer, lang) for side in shortest_first]
    marks = [
        *_neighbours(report, unit, ground, placer),
        Shape(rings=outline, closed=True, fill="#fff3d6"),
        *(_side(side, ground, lang) for side in sides),
        *labels,
        middle,
        *furniture,
    ]
    return Drawing(width=WIDTH_PX, height=HEIGHT_PX, title=name, marks=tuple(marks))


def side_text(side: SideAudit, lang: Lang) -> str:
    """Return what the map says of a side: its name, and ± its 95 % accuracy or its band."""
    if side.accuracy_m is not None:
        return f"{side.name_zh} ±{side.accuracy_m:.0f} m"
    return f"{side.name_zh} {lang.pick('示意带', 'band')} {side.band_m:.0f} m"


def _ground(polygon: Polygon | MultiPolygon) -> Ground:
    xy = crs.to_metric(shapely.get_coordinates(polygon))
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    room = (WIDTH_PX - 2 * SIDE_PX) / (east - west), (HEIGHT_PX - 2 * TOP_PX) / (north - south)
    return Ground(
        x=float(west + east) / 2, y=float(south + north) / 2, per_m=float(min(room)) * SHRINK
    )


def _rings(polygon: Polygon | MultiPolygon, ground: Ground) -> tuple[Points, ...]:
    rings = shapely.get_rings(shapely.get_parts(polygon))
    return tuple(ground.px(shapely.get_coordinates(ring)) for ring in rings)


def _side(side: SideAudit, ground: Ground, lang: Lang) -> Shape:
    return Shape(
        rings=(ground.px(side.points),),
        stroke=COLOURS[str(side.grade)],
        width=3.5,
        dash=(9.0, 6.0) if side.accuracy_m is None else None,
        title=f"{side_text(side, lang)} · {lang.term(GRADES, str(side.grade))}",
    )


def _side_label(side: SideAudit, ground: Ground, placer: Placer, lang: Lang) -> Label:
    """Return the name and the accuracy of a side, beside it."""
    fill, text = COLOURS[str(side.grade)], side_text(side, lang)
    fill = fill if side.accuracy_m is not None else TEXT_GREY
    label = Label(x=0, y=0, text=text, size=LABEL_PX, fill=fill, halo=True)
    if label.width() > LONG_PX:
        label = replace(label, text="\n".join(text.split(" ", 1)))
    return placer.beside(ground.px(side.points), label)


def _neighbours(
    report: AuditReport, unit: UnitAudit, ground: Ground, placer: Placer
) -> Iterator[Shape | Label]:
    """Draw the other clusters as far as they lie on the sheet, with their numbers."""
    sheet = (0.0, 0.0, WIDTH_PX, HEIGHT_PX)
    for other in report.units:
        if other.kind is not UnitKind.CLUSTER or other.unit_id == unit.unit_id:
            continue
        drawn = shapely.transform(report.polygons[other.unit_id], ground.px)
        for part in _areas(shapely.clip_by_rect(drawn, *sheet)):
            rings = tuple(shapely.get_coordinates(ring) for ring in shapely.get_rings(part))
            yield Shape(rings=rings, closed=True, fill="#e4e4e4", stroke="#a0a0a0")
            number = Label(x=0, y=0, text=other.unit_id, size=LABEL_PX, fill="#666666")
            label = placer.on(part, number) if part.area > SMALL_PX2 else None
            if label is not None:
                yield label


def _areas(shape: shapely.Geometry) -> Iterable[Polygon]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _furniture(ground: Ground, lang: Lang) -> Iterator[Shape | Label]:
    """Draw the scale bar, the arrow to the north, and what the map is not."""
    length_m = bar_m(ground.per_m)
    y, end = HEIGHT_PX - 22.0, 20.0 + length_m * ground.per_m
    yield Shape(rings=(np.array([[20.0, y], [end, y]]),), stroke="#000000", width=4.0)
    text = f"{length_m / 1000:g} km" if length_m >= 1000.0 else f"{length_m:.0f} m"  # noqa: PLR2004
    yield Label(x=end + 8, y=y + 5, text=text, size=NOTE_PX, halo=True)
    x, top = WIDTH_PX - 34.0, 26.0
    arrow = np.array([[x, top], [x + 10, top + 34], [x, top + 26], [x - 10, top + 34]])
    yield Shape(rings=(arrow,), closed=True, fill="#000000")
    yield Label(
        x=x, y=top + 52, text=lang.pick("北", "N"), size=NOTE_PX, anchor="middle", halo=True
    )
    note = f"{lang.pick(*NOT_LEGAL)} · EPSG:4549"
    yield Label(x=WIDTH_PX - 16, y=y + 5, text=note, size=NOTE_PX, anchor="end", halo=True)


def bar_m(per_m: float) -> float:
    """Return 1, 2 or 5 times a power of ten: the longest scale bar that takes up its share."""
    most_m = WIDTH_PX * BAR_SHARE / per_m
    power = 10.0 ** np.floor(np.log10(most_m))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most_m))
