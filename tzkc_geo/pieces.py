"""Parcels cut by the faces of the units into connected pieces; slivers find a neighbour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.geodesy import A_M, polygon_areas_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.faces import Faces

    Codes = NDArray[np.intp]
    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

SLIVER_M: Final = 0.01  # a piece of a smaller mean width is no share of its own
COMMON_DEG: Final = 1e-8  # sides nearer than this, 1 mm, are common


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The k connected pieces of n parcels, in order of parcel, then face."""

    parcel: Codes  # (k,)
    cut: Codes  # (k,) the face that the piece lies in; the last stands for outside
    cell: Codes  # (k,) the face that is given it: another one for slivers
    shape: Shapes  # (k,) polygons
    area_m2: Floats  # (k,)


def width_m(shapes: Shapes, area_m2: Floats) -> Floats:
    """Return the mean width, 2 area / perimeter, of each shape (平均宽度).

    Parameters
    ----------
    shapes
        Polygons and multipolygons, shape ``(k,)``; lon lat, EPSG:4490; not empty.
    area_m2
        Their areas.

    Returns
    -------
    Floats
        Metres, shape ``(k,)``, to 1 %: the perimeter is that on a sphere.
    """
    rings, owner = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.radians(np.diff(coords, axis=0)) * A_M
    step[:, 0] *= np.cos(np.radians(coords[:-1, 1]))
    inside = ring[1:] == ring[:-1]
    length = np.hypot(*step[inside].T)
    perimeter = np.bincount(owner[ring[:-1][inside]], length, minlength=len(shapes))
    width: Floats = 2.0 * area_m2 / perimeter
    return width


def cut(parcels: Shapes, ready: Faces) -> Pieces:
    """Return parcels cut by the faces into connected pieces (分割).

    Parameters
    ----------
    parcels
        Valid polygons and multipolygons, shape ``(n,)``; lon lat, EPSG:4490.
    ready
        The faces of a catalog.

    Returns
    -------
    Pieces
        At least one a parcel. The parts of a parcel that one face covers are those of the
        parcel, to the last bit.
    """
    cell, parcel = shapely.STRtree(parcels).query(ready.shapes, predicate="intersects")
    whole = shapely.covers(ready.shapes[cell], parcels[parcel])
    settled = np.zeros(len(parcels), dtype=np.bool_)
    settled[parcel[whole]] = True
    split = ~settled[parcel]
    rest = np.flatnonzero(~settled & ~shapely.covers(ready.whole, parcels))
    shapes = (
        parcels[parcel[whole]],
        shapely.intersection(ready.shapes[cell[split]], parcels[parcel[split]]),
        shapely.difference(parcels[rest], ready.whole),
    )
    outside = np.full(rest.size, len(ready.shapes))
    parts, source = _polygons(np.concatenate(shapes))
    owner = np.concatenate([parcel[whole], parcel[split], rest])[source]
    held = np.concatenate([cell[whole], cell[split], outside])[source]
    order = np.lexsort((held, owner))
    parts, owner, held = parts[order], owner[order], held[order]
    area = polygon_areas_m2(list(parts))
    return Pieces(parcel=owner, cut=held, cell=held, shape=parts, area_m2=area)


def without_slivers(pieces: Pieces) -> Pieces:
    """Return the pieces with each sliver given to another piece of its parcel (碎屑归并).

    Parameters
    ----------
    pieces
        As `cut` returns them.

    Returns
    -------
    Pieces
        The same ground; ``cell`` differs from ``cut`` where a piece was given away. The rule
        is that of `tzkc_geo.parcels.divide_many`.
    """
    by_size = np.lexsort((-pieces.area_m2, pieces.parcel))
    largest = by_size[np.flatnonzero(np.diff(pieces.parcel, prepend=-1))]
    thin = width_m(pieces.shape, pieces.area_m2) < SLIVER_M
    thin[largest] = False
    cell = pieces.cell.copy()
    for k in np.flatnonzero(thin):
        first, last = np.searchsorted(pieces.parcel, pieces.parcel[k] + np.arange(2))
        mine = first + np.flatnonzero(~thin[first:last])
        around = shapely.buffer(pieces.shape[k], COMMON_DEG)
        common = shapely.area(shapely.intersection(pieces.shape[mine], around))
        best = common if common.any() else pieces.area_m2[mine]
        cell[k] = pieces.cell[mine[np.argmax(best)]]
    return replace(pieces, cell=cell)


def unsure_m2(pieces: Pieces, ready: Faces) -> Floats:
    """Return how much of each piece lies within reach of an edge that decides it (待定面积).

    Parameters
    ----------
    pieces
        As `cut` returns them.
    ready
        The faces that cut them.

    Returns
    -------
    Floats
        Statutory square metres, shape ``(k,)``, at most the area of the piece.
    """
    region = ready.unsure[pieces.cut]
    covered = shapely.covers(region, pieces.shape)
    area = np.where(covered, pieces.area_m2, 0.0)
    partly = np.flatnonzero(~covered & shapely.intersects(region, pieces.shape))
    parts, owner = _polygons(shapely.intersection(region[partly], pieces.shape[partly]))
    np.add.at(area, partly[owner], polygon_areas_m2(list(parts)))
    return np.minimum(area, pieces.area_m2)


def of_parcel(pieces: Pieces, rows: slice) -> Pieces:
    """Return some rows of the pieces, such as those of one parcel."""
    return Pieces(
        parcel=pieces.parcel[rows],
        cut=pieces.cut[rows],
        cell=pieces.cell[rows],
        shape=pieces.shape[rows],
        area_m2=pieces.area_m2[rows],
    )


def _polygons(shapes: Shapes) -> tuple[Shapes, Codes]:
    """Return the polygons among the parts of shapes, and the shape that each came from."""
    parts, source = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[areal], source[areal]
