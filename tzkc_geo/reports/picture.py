"""The adjustment as a picture: outlines, lines with their error bands, control points."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog

    Points = NDArray[np.float64]

WIDTH_PX = 1500
MARGIN_M = 900.0
# Okabe and Ito's colours, told apart by colour-blind readers
COLOURS = {"located": "#0072b2", "closed": "#d55e00", "schematic": "#777777"}
ZONE_FILL = {"core": "#56b4e9", "z1": "#e69f00", "z2": "#009e73", "z3": "#cc79a7"}
LABEL_PX = 13
SCALE_BAR_M = 2000.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Metres (EPSG:4549) to pixels."""

    west: float
    north: float
    per_m: float
    height_px: float

    def px(self, lonlat: Points) -> Points:
        """Return pixels, shape ``(n, 2)``."""
        xy = crs.to_metric(lonlat)
        return np.column_stack([(xy[:, 0] - self.west), (self.north - xy[:, 1])]) * self.per_m


def picture_svg(catalog: Catalog) -> str:
    """Return an SVG of lines, points and 95 % bands over the cluster outlines."""
    sheet = _sheet(catalog)
    body = [
        *_units(catalog, sheet),
        *_lines(catalog.adjustment["lines"], sheet),
        *_points(catalog.adjustment["observations"], sheet),
        *_labels(catalog, sheet),
        _scale_bar(sheet),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="平差图 adjusted lines" viewBox="0 0 {WIDTH_PX} {sheet.height_px:.0f}">'
        + "\n".join(body)
        + "</svg>"
    )


def _sheet(catalog: Catalog) -> Sheet:
    clusters = [u.unit_id for u in catalog.units if u.kind is UnitKind.CLUSTER]
    xy = np.vstack(
        [crs.to_metric(shapely.get_coordinates(catalog.polygons[name])) for name in clusters]
    )
    (west, south), (east, north) = xy.min(axis=0) - MARGIN_M, xy.max(axis=0) + MARGIN_M
    per_m = WIDTH_PX / float(east - west)
    return Sheet(float(west), float(north), per_m, float(north - south) * per_m)


def path(points: Points, *, closed: bool = False) -> str:
    """Return the ``d`` of an SVG path through pixels, shape ``(n, 2)``."""
    moves = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{moves}" + ("Z" if closed else "")


def _units(catalog: Catalog, sheet: Sheet) -> Iterator[str]:
    for row in catalog.units:
        if row.kind is not UnitKind.CLUSTER:
            continue
        grade = catalog.results[row.unit_id].grade
        dash = ' stroke-dasharray="6 5"' if grade == "schematic" else ""
        outline = "".join(
            path(sheet.px(shapely.get_coordinates(part.exterior)), closed=True)
            for part in shapely.get_parts(catalog.polygons[row.unit_id])
        )
        fill = ZONE_FILL[row.parent_id or "core"]
        yield (
            f'<path d="{outline}" fill="{fill}" fill-opacity=".28" stroke="#333"{dash}>'
            f"<title>{row.unit_id} {escape(row.name_zh)} · {grade}</title></path>"
        )


def _lines(lines: list[Mapping[str, Any]], sheet: Sheet) -> Iterator[str]:
    """Draw each line with its band: 1.96 sigma on either side, growing where extrapolated."""
    for line in lines:
        values = np.array(line["points"])
        pixels = sheet.px(values[:, :2])
        half = 1.96 * values[:, 2] * sheet.per_m
        colour = COLOURS[line["grade"]]
        if line["accuracy_m"] is not None:
            yield f'<path d="{band(pixels, half)}" fill="{colour}" fill-opacity=".18"/>'
        dash = ' stroke-dasharray="2 4"' if line["grade"] == "schematic" else ""
        text = f"{line['name_zh']} {line['line_id']} · {line['grade']}"
        yield (
            f'<path d="{path(pixels)}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}>'
            f"<title>{escape(text)}</title></path>"
        )


def band(pixels: Points, half: Points) -> str:
    """Return the ``d`` of a band about a line: pixels ``(n, 2)``, half widths ``(n,)``."""
    step = np.gradient(pixels, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]])
    normal /= np.maximum(np.hypot(*normal.T), 1e-9)[:, None]
    left, right = pixels + normal * half[:, None], pixels - normal * half[:, None]
    return path(np.vstack([left, right[::-1]]), closed=True)


def _points(observations: list[Mapping[str, Any]], sheet: Sheet) -> Iterator[str]:
    for o in observations:
        if o["lon"] is None:
            continue
        x, y = sheet.px(np.array([[o["lon"], o["lat"]]]))[0]
        size = max(2.0, min(o["sigma"] * sheet.per_m, 14.0))
        title = f"{o['id']}: residual {o['residual']:.0f} m, sigma {o['sigma']:.0f} m"
        fill = "#000" if o["used"] else "none"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="none" stroke="#000"'
            f' stroke-opacity=".35"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{fill}"'
            f' stroke="#000"><title>{escape(title)}</title></circle>'
        )


def _labels(catalog: Catalog, sheet: Sheet) -> Iterator[str]:
    """Label the clusters by number; the table beside the picture has their names."""
    for row in catalog.units:
        if row.kind is not UnitKind.CLUSTER:
            continue
        for part in shapely.get_parts(catalog.polygons[row.unit_id]):
            spot = shapely.get_coordinates(shapely.point_on_surface(part))
            x, y = sheet.px(spot)[0]
            yield (
                f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{LABEL_PX + 5}"'
                f' font-weight="700" stroke="#fff" stroke-width="4" paint-order="stroke">'
                f"{row.unit_id}</text>"
            )


def _scale_bar(sheet: Sheet) -> str:
    length, y = SCALE_BAR_M * sheet.per_m, sheet.height_px - 18
    return (
        f'<path d="M20 {y:.0f} h{length:.1f}" stroke="#000" stroke-width="4"/>'
        f'<text x="{24 + length:.0f}" y="{y + 5:.0f}" font-size="{LABEL_PX}">'
        f"{SCALE_BAR_M / 1000:g} km · EPSG:4549 · ↑ N</text>"
    )
