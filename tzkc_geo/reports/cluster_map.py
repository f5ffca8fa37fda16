"""A map of one cluster with its sides labelled: who made each, and how well it is known."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import known_m
from tzkc_geo.reports.picture import LABEL_PX, Sheet, band, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge

WIDTH_PX: Final = 760.0
MARGIN: Final = 0.22  # of the larger side, for labels
SURE, BAND = "#0072b2", "#777777"  # an accuracy is stated, or only a band
NOTE: Final = "示意图，非法定边界"


def cluster_svg(catalog: Catalog, unit_id: str) -> str:
    """Return an SVG of a unit with the names and accuracies of its sides (组团图).

    Parameters
    ----------
    catalog
        Where the units come from.
    unit_id
        Of the unit.

    Returns
    -------
    str
        The outline, the 95 % accuracy of each side shaded, a side with a band alone dashed and
        not shaded, the other clusters in grey, a scale bar; EPSG:4549, north is up.
    """
    sheet = _sheet(catalog, unit_id)
    edges = catalog.edges_of(unit_id)
    body = [
        *_others(catalog, unit_id, sheet),
        *(_shade(edge, sheet) for edge in edges if edge.accuracy_m is not None),
        *(_side(edge, sheet) for edge in edges),
        *_labels(edges, sheet),
        _scale_bar(sheet),
    ]
    name = catalog.unit(unit_id).name_zh
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(name)}"'
        f' viewBox="0 0 {WIDTH_PX:.0f} {sheet.height_px:.0f}">' + "\n".join(body) + "</svg>"
    )


def cluster_maps(catalog: Catalog) -> str:
    """Return the maps of all clusters, one below the other, each with its name and grade."""
    return "".join(
        f"<h3>{row.unit_id} {escape(row.name_zh)} {escape(row.name_en)} ·"
        f" {catalog.results[row.unit_id].grade}</h3>{cluster_svg(catalog, row.unit_id)}"
        for row in catalog.units
        if row.kind is UnitKind.CLUSTER
    )


def _sheet(catalog: Catalog, unit_id: str) -> Sheet:
    xy = crs.to_metric(shapely.get_coordinates(catalog.polygons[unit_id]))
    margin = float(np.ptp(xy, axis=0).max()) * MARGIN
    (west, south), (east, north) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    per_m = WIDTH_PX / float(east - west)
    return Sheet(float(west), float(north), per_m, float(north - south) * per_m)


def _others(catalog: Catalog, unit_id: str, sheet: Sheet) -> Iterator[str]:
    """Draw the other clusters in grey, this one in light blue."""
    for row in catalog.units:
        if row.kind is not UnitKind.CLUSTER:
            continue
        rings = shapely.get_rings(shapely.get_parts(catalog.polygons[row.unit_id]))
        drawn = "".join(path(sheet.px(shapely.get_coordinates(r)), closed=True) for r in rings)
        fill = "#56b4e9" if row.unit_id == unit_id else "#999"
        yield (
            f'<path d="{drawn}" fill="{fill}" fill-opacity=".18" fill-rule="evenodd">'
            f"<title>{row.unit_id} {escape(row.name_zh)}</title></path>"
        )


def _shade(edge: Edge, sheet: Sheet) -> str:
    """Shade the 95 % accuracy of a side."""
    half = known_m(edge)[1] * sheet.per_m
    return f'<path d="{band(sheet.px(edge.points), half)}" fill="{SURE}" fill-opacity=".16"/>'


def _side(edge: Edge, sheet: Sheet) -> str:
    """Draw a side: solid where its accuracy is stated, dashed where only a band is."""
    colour, dash = (SURE, "") if edge.accuracy_m is not None else (BAND, ' stroke-dasharray="7 5"')
    return (
        f'<path d="{path(sheet.px(edge.points))}" fill="none" stroke="{colour}"'
        f' stroke-width="2.2"{dash}><title>{escape(_words(edge))}</title></path>'
    )


def _words(edge: Edge) -> str:
    """Return the name of a side and how well it is known."""
    if edge.accuracy_m is None:
        return f"{edge.name_zh} (带 band {edge.band_m:.0f} m)"
    return f"{edge.name_zh} ±{edge.accuracy_m:.0f} m"


def _labels(edges: tuple[Edge, ...], sheet: Sheet) -> Iterator[str]:
    """Label each side at its middle; a label that would meet another moves down."""
    taken: list[tuple[float, float, float]] = []
    for edge in edges:
        pixels = sheet.px(edge.points)
        middle = shapely.line_interpolate_point(shapely.LineString(pixels), 0.5, normalized=True)
        words = _words(edge)
        half = 0.5 * sum(LABEL_PX * (1.0 if ord(letter) > 0x2E80 else 0.58) for letter in words)  # noqa: PLR2004  (wide letters)
        x = float(np.clip(middle.x, half + 4, WIDTH_PX - half - 4))
        y = float(np.clip(middle.y, LABEL_PX + 4, sheet.height_px - 3 * LABEL_PX))
        while any(abs(x - a) < half + h and abs(y - b) < LABEL_PX + 3 for a, b, h in taken):
            y += LABEL_PX + 4
        taken.append((x, y, half))
        yield (
            f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{LABEL_PX}"'
            ' font-weight="600" stroke="#fff" stroke-width="4" paint-order="stroke">'
            f"{escape(words)}</text>"
        )


def _scale_bar(sheet: Sheet) -> str:
    """Draw a scale bar of a round length, about a fifth of the width."""
    metres = WIDTH_PX / sheet.per_m / 5.0
    power = 10.0 ** np.floor(np.log10(metres))
    length = power * max(step for step in (1.0, 2.0, 5.0) if step * power <= metres)
    y, width = sheet.height_px - 14, length * sheet.per_m
    return (
        f'<path d="M16 {y:.0f} h{width:.1f}" stroke="#000" stroke-width="4"/>'
        f'<text x="{22 + width:.0f}" y="{y + 5:.0f}" font-size="{LABEL_PX}">'
        f"{length:,.0f} m · EPSG:4549 · ↑ N · {NOTE}</text>"
    )
