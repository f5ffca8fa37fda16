"""Boundaries that were checked as a page: picture, table, a profile of each side."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.boundary_words import signed
from tzkc_geo.clauses.words import LETTERS
from tzkc_geo.reports.html import STYLE
from tzkc_geo.reports.picture import LABEL_PX, WIDTH_PX, Sheet, band, path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.boundary_check import BoundaryCheck
    from tzkc_geo.side_check import SideCheck

    Floats = NDArray[np.float64]

NONE: Final = "–"
# Okabe and Ito's colours, told apart by colour-blind readers
COLOURS: Final = {"agrees": "#009e73", "disagrees": "#d55e00", "not_checkable": "#777777"}
VERDICTS: Final = {
    "agrees": "一致 agrees",
    "disagrees": "不一致 disagrees",
    "not_checkable": "不可检核 not checkable",
}
HEAD: Final = (
    "方位 side",
    "四至 limit",
    "参照线 line",
    "等级 grade",
    "长 m",
    "比 compared m",
    "均值 mean m",
    "rms m",
    "最大 largest m",
    "判定 verdict",
    "说明 in words",
)
MARGIN: Final = 0.12  # round the polygon, of its width or height
MIN_MARGIN_M: Final = 50.0
CHART_PX: Final = (900, 160)
CHART_MIN_M: Final = 10.0  # a profile never shows less than this to either side
SCALE_SHARE: Final = 0.2  # of the picture that the scale bar may take up


def boundary_html(
    polygons: Sequence[Polygon | MultiPolygon], checks: Sequence[BoundaryCheck]
) -> str:
    """Return boundaries that were checked (四至核验) as one page that works without a network.

    Parameters
    ----------
    polygons
        Lon lat in degrees, EPSG:4490.
    checks
        From `boundary_check.check_boundary`, one a polygon.
    """
    parts = [_part(*pair) for pair in zip(polygons, checks, strict=True)]
    legend = " ".join(
        f'<span><span class="key" style="background:{COLOURS[key]}"></span>{text}</span>'
        for key, text in VERDICTS.items()
    )
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>四至核验</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style><h1>四至核验 · boundary check</h1>"
        "<p><b>示意图，非法定边界</b> · the reference lines are a reconstruction, not a legal"
        " boundary. © OpenStreetMap contributors (ODbL)</p>"
        f"<p>{legend}<br>Shaded: 95 % accuracy of the line. Strokes: from the line to the"
        " outline. Offsets are positive outward (向外为正).</p>" + "".join(parts) + "</html>"
    )


def _part(polygon: Polygon | MultiPolygon, check: BoundaryCheck) -> str:
    charts = "".join(_chart(side) for side in check.sides if side.offset_m.size)
    joined = (
        f"<p>{check.joined_m:.0f} m of the outline join two steps of a side; the text names no"
        " line for them.</p>"
        if check.joined_m > 0.0
        else ""
    )
    return f"<h2>{escape(check.name)}</h2>{_picture(polygon, check)}{_table(check)}{joined}{charts}"


def _table(check: BoundaryCheck) -> str:
    top = "".join(f"<th>{cell}</th>" for cell in HEAD)
    body = "".join(_row(side) for side in check.sides)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _row(side: SideCheck) -> str:
    line = side.line
    words = [LETTERS[side.bound.side], side.bound.limit_zh or NONE]
    words += [NONE, NONE] if line is None else [line.name_zh, line.grade]
    numbers = [
        f"{side.length_m:.0f}",
        f"{side.compared_m:.0f}",
        NONE if side.mean_m is None else signed(side.mean_m),
        NONE if side.rms_m is None else f"{side.rms_m:.1f}",
        NONE if side.max_m is None else signed(side.max_m),
    ]
    told = [VERDICTS[side.verdict], side.words]
    return (
        "<tr>"
        + "".join(f"<td>{escape(word)}</td>" for word in words)
        + "".join(f'<td class="n">{number}</td>' for number in numbers)
        + "".join(f"<td>{escape(text)}</td>" for text in told)
        + "</tr>"
    )


def _picture(polygon: Polygon | MultiPolygon, check: BoundaryCheck) -> str:
    """Return an SVG of the polygon, the lines with their accuracy, and the offsets."""
    sheet = _sheet(polygon)
    body = [_outline(polygon, sheet)]
    for side in check.sides:
        body += _line(side, sheet)
    body += [*_labels(check, sheet), _scale_bar(sheet)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="四至核验 boundary check"'
        f' viewBox="0 0 {WIDTH_PX} {sheet.height_px:.0f}">' + "\n".join(body) + "</svg>"
    )


def _sheet(polygon: Polygon | MultiPolygon) -> Sheet:
    xy = crs.to_metric(shapely.get_coordinates(polygon))
    margin = max(float(np.ptp(xy, axis=0).max()) * MARGIN, MIN_MARGIN_M)
    (west, south), (east, north) = xy.min(axis=0) - margin, xy.max(axis=0) + margin
    per_m = WIDTH_PX / float(east - west)
    return Sheet(float(west), float(north), per_m, float(north - south) * per_m)


def _outline(polygon: Polygon | MultiPolygon, sheet: Sheet) -> str:
    rings = shapely.get_rings(shapely.get_parts(polygon))  # of a multipolygon it has none
    drawn = "".join(path(sheet.px(shapely.get_coordinates(r)), closed=True) for r in rings)
    return (
        f'<path d="{drawn}" fill="#56b4e9" fill-opacity=".2" fill-rule="evenodd"'
        ' stroke="#000" stroke-width="1.5"/>'
    )


def _line(side: SideCheck, sheet: Sheet) -> Iterator[str]:
    """Draw the line of a side, its accuracy where it was compared, and the offsets."""
    line, colour = side.line, COLOURS[side.verdict]
    if line is None:
        return
    feet, points = sheet.px(side.feet), sheet.px(side.points)
    if line.sigma_m is not None and len(feet) > 1:
        half = side.reach_m * sheet.per_m
        yield f'<path d="{band(feet, half)}" fill="{colour}" fill-opacity=".15"/>'
    strokes = "".join(path(np.array(pair)) for pair in zip(feet, points, strict=True))
    yield f'<path d="{strokes}" stroke="{colour}" stroke-width="1" stroke-opacity=".6"/>'
    dash = ' stroke-dasharray="3 5"' if line.sigma_m is None else ""
    whole = path(sheet.px(crs.to_geographic(line.points)))
    yield (
        f'<path d="{whole}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}>'
        f"<title>{escape(side.words)}</title></path>"
    )


def _labels(check: BoundaryCheck, sheet: Sheet) -> Iterator[str]:
    """Name each side at the middle of what was compared."""
    for side in check.sides:
        if side.offset_m.size:
            x, y = sheet.px(side.points[len(side.points) // 2][None, :])[0]
            text = (
                f"{LETTERS[side.bound.side]} {side.bound.limit_zh} {signed(side.mean_m or 0.0)} m"
            )
            yield (
                f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{LABEL_PX + 4}"'
                ' font-weight="700" stroke="#fff" stroke-width="4" paint-order="stroke">'
                f"{escape(text)}</text>"
            )


def _scale_bar(sheet: Sheet) -> str:
    """Draw a bar of 1, 10, 100 … metres, the longest that takes up no more than its share."""
    most_m = WIDTH_PX * SCALE_SHARE / sheet.per_m
    length_m = 10.0 ** np.floor(np.log10(most_m))
    length, y = length_m * sheet.per_m, sheet.height_px - 18
    return (
        f'<path d="M20 {y:.0f} h{length:.1f}" stroke="#000" stroke-width="4"/>'
        f'<text x="{24 + length:.0f}" y="{y + 5:.0f}" font-size="{LABEL_PX}">'
        f"{length_m:,.0f} m · EPSG:4549 · ↑ N</text>"
    )


def _chart(side: SideCheck) -> str:
    """Return the offsets along a side as a small SVG, the accuracy of the line shaded."""
    width, height = CHART_PX
    top = max(float(np.abs(side.offset_m).max()) * 1.2, CHART_MIN_M)
    x = 60 + side.along_m / side.length_m * (width - 80)
    y = height / 2 - side.offset_m / top * (height / 2 - 15)
    half = np.minimum(side.reach_m / top, 1.0) * (height / 2 - 15)
    known = side.line is not None and side.line.sigma_m is not None
    edge = np.vstack(
        [np.column_stack([x, height / 2 - half]), np.column_stack([x, height / 2 + half])[::-1]]
    )
    colour = COLOURS[side.verdict]
    shade = (
        f'<path d="{path(edge, closed=True)}" fill="{colour}" fill-opacity=".15"/>' if known else ""
    )
    return (
        f"<h3>{LETTERS[side.bound.side]} {escape(side.bound.limit_zh)}</h3>"
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="偏离 profile"'
        f' style="max-width:{width}px" viewBox="0 0 {width} {height}">{shade}'
        f'<path d="M60 {height / 2:.0f} H{width - 20}" stroke="#000" stroke-width=".7"/>'
        f'<path d="{path(np.column_stack([x, y]))}" fill="none" stroke="{colour}"'
        f' stroke-width="1.8"/><text x="4" y="20" font-size="{LABEL_PX}">+{top:.0f} m</text>'
        f'<text x="4" y="{height - 8}" font-size="{LABEL_PX}">-{top:.0f} m</text>'
        f'<text x="{width - 90}" y="{height - 8}" font-size="{LABEL_PX}">{side.length_m:.0f} m'
        "</text></svg>"
    )
