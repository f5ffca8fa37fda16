"""Shapes of a collection in the grid of a zoom; what neighbours share stays shared (综合)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.collections import POINTS, POLYGONS, collection
from tzkc_geo.tiles.scheme import EXTENT, to_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog

    Shapes = NDArray[np.object_]

STEPS: Final = 0.5  # grid steps of a tile by which a simplified line may be off; 1/16 pixel
NOTHING: Final = shapely.Point()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """The shapes of a collection in the square of the world."""

    geometry: str  # Polygon | LineString | Point
    shapes: Shapes  # (n,) faces for polygons, else one for each feature; empty: no position
    members: tuple[NDArray[np.intp], ...] | None  # the faces of each feature; None: no polygons

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, north, east, south, 0 to 1; None where nothing has a position."""
        placed = self.shapes if self.members is None else self._held()
        if not len(placed) or shapely.is_empty(placed).all():
            return None
        west, north, east, south = shapely.total_bounds(placed).tolist()
        return west, north, east, south

    def at_zoom(self, z: int) -> Shapes:
        """Return the shape of each feature, in grid steps of a zoom.

        Parameters
        ----------
        z
            Zoom; a tile of it is `EXTENT` steps wide.

        Returns
        -------
        ndarray
            Shape ``(n,)``; x to the east and y to the south from the corner of the world. A
            line is off by at most `STEPS`.

        Notes
        -----
        Polygons are cut into the faces that all outlines of the catalog make together. The
        faces are simplified as one coverage (`shapely.coverage_simplify`, Visvalingam and
        Whyatt) and put together again, so that units share their edges at every zoom, within
        a level and between levels. Lines are simplified one by one (Douglas and Peucker).
        """
        scale = 2.0**z * EXTENT
        shapes = shapely.transform(self.shapes, lambda xy: xy * scale)
        if self.geometry == POINTS or not len(shapes):
            return shapes  # type: ignore[no-any-return]
        if self.members is None:
            return shapely.simplify(shapes, STEPS, preserve_topology=False)  # type: ignore[no-any-return]
        faces = shapely.coverage_simplify(shapes, STEPS)
        found = np.empty(len(self.members), dtype=object)
        found[:] = [shapely.coverage_union_all(faces[mine]) for mine in self.members]
        return found

    def _held(self) -> Shapes:
        """Return the faces that a feature of this collection holds."""
        return self.shapes[np.unique(np.concatenate(self.members or (np.empty(0, np.intp),)))]


def ground(catalog: Catalog, collection_id: str) -> Ground:
    """Return the shapes of a collection, ready for every zoom.

    Parameters
    ----------
    catalog
        Where the collection comes from.
    collection_id
        One of those of `tzkc_geo.collections.collections`.

    Raises
    ------
    UnknownIdError
        There is no such collection.
    """
    found = collection(catalog, collection_id)
    if found.geometry == POLYGONS:
        faces, members = _faces(catalog)
        mine = tuple(members[unit_id] for unit_id in found.ids)
        return Ground(geometry=POLYGONS, shapes=faces, members=mine)
    shapes = np.array([NOTHING if shape is None else shape for shape in found.shapes], dtype=object)
    return Ground(geometry=found.geometry, shapes=shapely.transform(shapes, to_world), members=None)


@lru_cache(maxsize=4)
def _faces(catalog: Catalog) -> tuple[Shapes, dict[str, NDArray[np.intp]]]:
    """Return the faces between all outlines in the square of the world, and those of each unit."""
    whole = np.array([catalog.polygons[row.unit_id] for row in catalog.units], dtype=object)
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(whole)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.point_on_surface(faces)
    members = {
        row.unit_id: np.flatnonzero(shapely.contains(catalog.polygons[row.unit_id], inside))
        for row in catalog.units
    }
    return shapely.transform(faces, to_world), members
