"""The map of a sheet: its limits, outlines by zone and grade, scale bar and arrow to the north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.maps.layers import dashed
from tzkc_geo.maps.words import GRADES
from tzkc_geo.model import Grade, UnitKind
from tzkc_geo.palette import colours, opacity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow
    from tzkc_geo.sheets.page import Page

    Points = NDArray[np.float64]

KM: Final = 1000.0  # metres
MARGIN: Final = 0.05  # of the extent, on each side
BAR_SHARE: Final = 0.2  # of the map's width, at most
HATCH: Final = {Grade.LOCATED: "", Grade.CLOSED: "//", Grade.SCHEMATIC: "xx"}
DASH: Final = (0, (5.0, 3.0))
NORTH: Final = ("北", "N")
GRADE_GREY: Final = "#444444"


def km(lonlat: Points) -> Points:
    """Return kilometres, EPSG:4549, of lon lat in degrees, EPSG:4490; shapes ``(n, 2)``."""
    return crs.to_metric(lonlat) / KM


def drawn(shape: Any) -> Any:  # noqa: ANN401 - untyped shapely
    """Return a shape in kilometres, EPSG:4549, of one in degrees."""
    return shapely.transform(shape, km)


def frame(page: Page, shapes: Iterable[Any], margin: float = MARGIN) -> None:
    """Set the limits of the map, so that shapes (degrees) fill it and a kilometre is square."""
    west, south, east, north = shapely.total_bounds([drawn(shape) for shape in shapes])
    box = page.axes.get_window_extent()
    per_px = (1.0 + 2.0 * margin) * max((east - west) / box.width, (north - south) / box.height)
    half_x, half_y = per_px * box.width / 2, per_px * box.height / 2
    x, y = (west + east) / 2, (south + north) / 2
    page.axes.set(xlim=(x - half_x, x + half_x), ylim=(y - half_y, y + half_y))
    page.axes.set(xticks=[], yticks=[], facecolor="#f7f7f5")


def unit_style(row: UnitRow, grade: Grade) -> dict[str, Any]:
    """Return how the ground of a unit is filled: its colour by zone, its hatch by grade."""
    from matplotlib.colors import to_rgba

    fill, line = colours(row)
    hatch = HATCH[grade] if row.kind is UnitKind.CLUSTER else ""
    faint = opacity(row, grade)
    return {"facecolor": to_rgba(fill, faint), "hatch": hatch, "hatchcolor": to_rgba(line, 0.55)}


def grade_style(grade: Grade) -> dict[str, Any]:
    """Return the box of the legend for a grade: its hatch and line, on no zone's colour."""
    return {
        "facecolor": "white",
        "hatch": HATCH[grade],
        "hatchcolor": GRADE_GREY,
        "edgecolor": GRADE_GREY,
        "linestyle": DASH if grade is Grade.SCHEMATIC else "-",
        "linewidth": 1.0,
    }


def area(page: Page, shape: Any, **style: Any) -> None:  # noqa: ANN401 - untyped shapely
    """Fill a shape given in degrees; ``style`` goes to matplotlib."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rings = shapely.get_rings(shapely.get_parts(shape))
    paths = [Path(km(shapely.get_coordinates(ring)), closed=True) for ring in rings]
    if paths:
        patch = PathPatch(Path.make_compound_path(*paths), **{"linewidth": 0.0, **style})
        page.axes.add_patch(patch)


def unit(page: Page, catalog: Catalog, row: UnitRow, **style: Any) -> None:  # noqa: ANN401
    """Draw a unit: its ground by zone and grade, its edges solid or dashed as they are known.

    ``style`` goes before that of zone and grade.
    """
    grade = catalog.results[row.unit_id].grade
    filled = {**unit_style(row, grade), **style}
    area(page, catalog.polygons[row.unit_id], gid=f"map:{row.unit_id}", **filled)
    for edge in catalog.edges_of(row.unit_id):
        loose = dashed(edge, grade)
        x, y = km(edge.points).T
        wide, colour = page.scale * (1.0 if loose else 1.3), colours(row)[1]
        if loose:  # white below, so that the dashes of two neighbours stay dashes
            page.axes.plot(x, y, color="white", lw=wide * 1.4, zorder=4)
        page.axes.plot(
            x, y, color=colour, lw=wide, ls=DASH if loose else "-", zorder=5 if loose else 6
        )


def outline(page: Page, shape: Any, **style: Any) -> None:  # noqa: ANN401 - untyped shapely
    """Draw the border of a shape given in degrees; ``style`` goes to matplotlib."""
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        page.axes.plot(*km(shapely.get_coordinates(ring)).T, **style)


def grades(page: Page, found: Iterable[Grade]) -> None:
    """Write the legend of those grades that the map shows."""
    shown = set(found)
    for grade, (name, meaning) in GRADES.items():
        if grade in shown:
            page.entry(
                f"{page.pick(name)}: {_meaning(page, grade, meaning)}", 7.5, **grade_style(grade)
            )


def _meaning(page: Page, grade: Grade, meaning: tuple[str, str]) -> str:
    """Return what a grade means, in the words of a sheet that hatches instead of blurring."""
    if grade is Grade.SCHEMATIC:
        return page.pick(
            (
                "虚线加网格，证据不足，仅示意大致范围",
                "dashed and cross-hatched: too little evidence",
            )
        )
    return page.pick(meaning)


def furniture(page: Page) -> list[Bbox]:
    """Draw the scale bar and the arrow to the north; return the pixels that they take up."""
    from matplotlib.patches import Polygon, Rectangle
    from matplotlib.transforms import Bbox

    west, east = page.axes.get_xlim()
    south, north = page.axes.get_ylim()
    wide, tall = east - west, north - south
    bar = bar_km(wide * BAR_SHARE)
    x, y = west + 0.02 * wide, south + 0.03 * tall
    for start, colour in ((0.0, "black"), (0.5, "white")):
        half = Rectangle((x + start * bar, y), bar / 2, 0.009 * tall, fc=colour, ec="black")
        half.set(zorder=25, linewidth=0.8)
        page.axes.add_patch(half)
    words = f"{bar:g} km" if bar >= 1.0 else f"{bar * KM:.0f} m"
    style: dict[str, Any] = {"fontproperties": page.letters(8.0), "zorder": 25}
    for at, text in ((x, "0"), (x + bar, words)):
        page.axes.text(at, y + 0.015 * tall, text, ha="center", **style)
    top, middle = north - 0.03 * tall, east - 0.03 * wide
    arrow = [(0.0, 0.0), (0.011, -0.06), (0.0, -0.045), (-0.011, -0.06)]
    corners = [(middle + dx * wide, top + dy * tall) for dx, dy in arrow]
    page.axes.add_patch(Polygon(corners, fc="black", zorder=25))
    page.axes.text(middle, top - 0.07 * tall, page.pick(NORTH), ha="center", va="top", **style)
    pixels = page.axes.transData.transform
    ends = [
        [(west, south), (x + bar + 0.04 * wide, y + 0.05 * tall)],
        [(middle - 0.02 * wide, top - 0.12 * tall), (east, north)],
    ]
    return [Bbox(pixels(pair)) for pair in ends]


def bar_km(most: float) -> float:
    """Return 1, 2 or 5 times a power of ten: the longest bar that is not longer than this."""
    power = int(np.floor(np.log10(most)))
    steps = [float(f"{step}e{power + up}") for up in (-1, 0) for step in (1, 2, 5)]
    return max(step for step in steps if step <= most)
