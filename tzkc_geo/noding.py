"""Outlines get the vertices of each other that lie on their sides (结点匹配)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.adjust import Adjustment
    from tzkc_geo.derive import Stretch

    Points = NDArray[np.float64]

NODE_M: Final = 2e-4  # a vertex nearer to a side lies on it: two cells of the grid of 0.1 mm


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The vertices of all outlines, each once; metres, one plane."""

    points: Points  # (n, 2)
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: Iterable[Polygon | MultiPolygon]) -> Nodes:
        """Return the vertices of these outlines."""
        points = np.unique(shapely.get_coordinates(list(shapes)), axis=0)
        return cls(points, shapely.STRtree(shapely.points(points)))

    def on(self, line: Points) -> Points:
        """Return a line with every vertex inserted that lies on one of its sides.

        Parameters
        ----------
        line
            Shape ``(n, 2)``, metres; a ring is closed. No side has length 0.

        Returns
        -------
        Points
            Shape ``(m, 2)``, ``m >= n``: the old vertices, unchanged, and between them those
            within `NODE_M` of a side and farther than that from both its ends.

        Notes
        -----
        A side that is straight in a map plane is not straight in lon, lat: between its ends it
        bends by up to ``s² tan B / (8 R)``, 0.27 m for 5 km at 28.6 N. Two outlines that share
        a side in the plane, where one has a vertex more, part by that much in degrees. With the
        same vertices they agree to the last bit in any plane.
        """
        sides = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
        side, node = self.tree.query(sides, predicate="dwithin", distance=NODE_M)
        found = self.points[node]
        from_start, from_end = found - line[side], found - line[side + 1]
        between = np.minimum(np.hypot(*from_start.T), np.hypot(*from_end.T)) > NODE_M
        along = np.sum(from_start * (line[side + 1] - line[side]), axis=1)
        order = np.lexsort((along, side))
        order = order[between[order]]
        noded: Points = np.insert(line, side[order] + 1, found[order], axis=0)
        return noded

    def on_shape(self, shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
        """Return an outline with the vertices inserted that lie on its sides."""
        parts = [
            shapely.Polygon(
                self.on(shapely.get_coordinates(part.exterior)),
                [self.on(shapely.get_coordinates(hole)) for hole in part.interiors],
            )
            for part in shapely.get_parts(shape)
        ]
        return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)

    def on_rings(self, adjustment: Adjustment) -> Adjustment:
        """Return the adjustment with the vertices inserted that lie on its rings."""
        rings = {
            key: replace(ring, stretches=tuple(self._stretch(s) for s in ring.stretches))
            for key, ring in adjustment.rings.items()
        }
        return replace(adjustment, rings=rings)

    def _stretch(self, stretch: Stretch) -> Stretch:
        return replace(stretch, points=self.on(stretch.points))
