"""Where a label goes: near what it names, on the sheet, off the outline and off other labels."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.reports.drawing import Label

    Points = NDArray[np.float64]

EDGE_PX: Final = 8.0  # between a label and the edge of the sheet
GAPS_PX: Final = (8.0, 20.0, 36.0, 56.0, 80.0, 110.0)  # between a label and its line
ALONG: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)  # of the side
SHIFTS: Final = (0, 1, -1)  # half lengths of the label that it is moved along its line
PAD_PX: Final = 2.0
CLEAR_PX: Final = 5.0  # round the outline, kept free of labels; less than the first gap
STEP: Final = 0.02  # of a side, for its direction
# What a place costs: pixels from the line, shares of the side off its middle, pixels2 on others
OFF_MIDDLE, ON_LABEL, ON_AREA = 60.0, 20.0, 2.0


class Placer:
    """Labels one sheet; what was placed first stays, what comes later keeps clear of it."""

    def __init__(self, width: float, height: float, area: BaseGeometry) -> None:
        """Begin with an empty sheet, pixels, on which an area is drawn."""
        self._width, self._height, self._area = width, height, area
        self._taken: list[Polygon] = []
        self._near = area.buffer(CLEAR_PX)
        shapely.prepare(area)

    def keep_free(self, label: Label) -> None:
        """Let no later label cover this one."""
        self._taken.append(box_of(label))

    def beside(self, line: Points, label: Label) -> Label:
        """Return a label moved beside a line of the area's outline, ``(n, 2)`` pixels."""
        best, least = label, np.inf
        tries = sorted(self._tries(shapely.LineString(line), label), key=lambda pair: pair[0])
        for cost, moved in tries:
            if cost >= least:  # what it covers only adds to it
                break
            whole = cost + self._cost(moved)
            if whole < least:
                best, least = moved, whole
        self.keep_free(best)
        return best

    def inside(self, label: Label, shorter: str) -> Label:
        """Return a label moved to where the outline of the area's largest part is farthest.

        It has the shorter text where it would reach over that outline.
        """
        largest = max(shapely.get_parts(self._area), key=lambda part: part.area)
        x, y = shapely.maximum_inscribed_circle(largest, tolerance=2.0).coords[0]
        best = _centred(label, x, y)
        if not largest.contains(box_of(best)):
            best = _centred(replace(label, text=shorter), x, y)
        self.keep_free(best)
        return best

    def on(self, part: Polygon, label: Label) -> Label | None:
        """Return a label moved on an area, or None where there is no room for it."""
        x, y = shapely.point_on_surface(part).coords[0]
        moved = _centred(label, x, y)
        box = box_of(moved)
        if moved != self._on_sheet(moved) or any(box.intersects(other) for other in self._taken):
            return None
        self.keep_free(moved)
        return moved

    def _tries(self, line: shapely.LineString, label: Label) -> Iterator[tuple[float, Label]]:
        """Yield places outside of the area along a line, each with the cost of being there."""
        half = np.array([label.width(), label.bottom() - label.top()]) / 2
        for share in ALONG:
            foot, out = _at(line, share), self._outward(line, share)
            along = np.array([-out[1], out[0]])
            for gap, shift in product(GAPS_PX, SHIFTS):
                aside = along * shift * float(np.abs(along) @ half)
                x, y = foot + out * (gap + float(np.abs(out) @ half)) + aside
                moved = self._on_sheet(_centred(label, x, y))
                off = abs(share - 0.5) + 0.5 * abs(shift)
                yield gap + OFF_MIDDLE * off, moved

    def _outward(self, line: shapely.LineString, share: float) -> Points:
        """Return the unit normal of a line that points away from the area."""
        along = _at(line, min(share + STEP, 1.0)) - _at(line, max(share - STEP, 0.0))
        normal = np.array([along[1], -along[0]]) / max(float(np.hypot(*along)), 1e-9)
        within = self._area.contains(shapely.Point(_at(line, share) + 3.0 * normal))
        return -normal if within else normal

    def _on_sheet(self, label: Label) -> Label:
        """Return the label moved so far that it stands on the sheet."""
        half, above, below = label.width() / 2, label.y - label.top(), label.bottom() - label.y
        x = np.clip(label.x, EDGE_PX + half, self._width - EDGE_PX - half)
        y = np.clip(label.y, EDGE_PX + above, self._height - EDGE_PX - below)
        return replace(label, x=float(x), y=float(y))

    def _cost(self, label: Label) -> float:
        """Return what a place costs for what it covers."""
        box = box_of(label)
        covered = sum(float(box.intersection(other).area) for other in self._taken)
        return ON_LABEL * covered + ON_AREA * float(self._near.intersection(box).area)


def box_of(label: Label) -> Polygon:
    """Return the ground that a label takes up, by the estimate of its width."""
    left, right = label.left(), label.left() + label.width()
    top, bottom = label.top(), label.bottom()
    return shapely.box(left - PAD_PX, top - PAD_PX, right + PAD_PX, bottom + PAD_PX)


def _centred(label: Label, x: float, y: float) -> Label:
    """Return a label with its middle at a point."""
    middle = (label.top() + label.bottom()) / 2
    return replace(label, x=x, y=y + label.y - middle, anchor="middle")


def _at(line: shapely.LineString, share: float) -> Points:
    return np.array(line.interpolate(share, normalized=True).coords[0])
