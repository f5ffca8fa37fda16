"""Distances from points to the outlines of the units, with the edge and its accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tzkc_geo.crs import to_metric
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Edge

    Floats = NDArray[np.float64]

NORMAL_95 = 1.96  # 95 % accuracy = 1.96 standard deviations
STEP_DEG = 0.0005  # about 50 m: a chord of this length is straight in metres to 0.05 mm
TIE_M = 0.001  # outlines nearer than this are equally near
FAR_DEG = 2.0  # from here on the metres of EPSG:4549 mean little: geodesics instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """The edges of all units in metres, made once for a catalog."""

    edges: tuple[Edge, ...]  # order of the catalog
    unit_of: NDArray[np.intp]  # (edges,) position in catalog.units
    lines: NDArray[np.object_]  # (edges,) LineStrings, EPSG:4549 metres
    lonlat: tuple[Floats, ...]  # per edge: the vertices of the line, degrees
    along_m: tuple[Floats, ...]  # per edge: distance along it of each vertex
    sigma_m: tuple[Floats | None, ...]  # per edge and vertex; None where the band counts
    textless: frozenset[int]  # clusters of which no edge follows from the text
    overlapping: tuple[tuple[int, int], ...]  # clusters that share ground, earlier one first


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How n points lie to the outlines of u units; see `measure`."""

    inside: NDArray[np.bool_]  # (n, u), the outline itself is inside
    distance_m: Floats  # (n, u), positive inside; nan where a unit has no edge
    edge: NDArray[np.intp]  # (n, u), position in edges of the nearest edge; -1: none
    sigma_m: Floats  # (n, u), at the nearest point of that edge; nan where the band counts
    probability: Floats  # (n, u), of being inside
    unsure: NDArray[np.bool_]  # (n, u), within the accuracy or the band


def outlines(catalog: Catalog) -> Outlines:
    """Return the outlines of a catalog in metres, ready to be measured against.

    Notes
    -----
    An edge is straight between its vertices in longitude and latitude. It is made denser before
    it is projected, so that its metres agree with its degrees to better than 0.1 mm.
    """
    position = {row.unit_id: code for code, row in enumerate(catalog.units)}
    dense = [_dense(edge) for edge in catalog.edges]
    lines = np.empty(len(dense), dtype=object)
    lines[:] = [shapely.LineString(to_metric(lonlat)) for lonlat, _ in dense]
    return Outlines(
        edges=catalog.edges,
        unit_of=np.array([position[edge.unit_id] for edge in catalog.edges], dtype=np.intp),
        lines=lines,
        lonlat=tuple(lonlat for lonlat, _ in dense),
        along_m=tuple(_along(shapely.get_coordinates(line)) for line in lines),
        sigma_m=tuple(sigma for _, sigma in dense),
        textless=_textless(catalog, position),
        overlapping=_overlapping(catalog, position),
    )


def measure(lon: Floats, lat: Floats, catalog: Catalog, known: Outlines) -> Measures:
    """Measure points against every unit of the catalog.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``, finite.
    catalog
        Where the units come from.
    known
        Its outlines, from `outlines`.

    Returns
    -------
    Measures
        Arrays of shape ``(n, u)`` in the order of ``points`` and ``catalog.units``.

    Notes
    -----
    A point inside a unit is held there by all its edges: it is ``unsure`` as soon as one of them
    may lie behind it. A point outside is kept out by the nearest edge alone; where two edges are
    equally near (a corner) the better known of them keeps it out.

    The probability follows from the nearest edge alone. A cluster lies in its zone and a zone in
    the corridor by definition, so the whole is never less probable than its parts.
    """
    from scipy.special import ndtr  # heavy, so not at start-up

    apart, sigma = _to_edges(np.column_stack([lon, lat]), known)
    inside = covered(lon, lat, catalog)
    shape = inside.shape
    nearest = np.full(shape, -1, dtype=np.intp)
    unsure = np.zeros(shape, dtype=np.bool_)
    band_m = np.array([edge.band_m for edge in known.edges])
    reach = np.where(np.isnan(sigma), band_m, NORMAL_95 * sigma)
    for code in range(shape[1]):
        mine = np.flatnonzero(known.unit_of == code)
        if mine.size:
            nearest[:, code] = mine[np.argmin(apart[:, mine], axis=1)]
            unsure[:, code] = _unsure(apart[:, mine], reach[:, mine], inside[:, code])
    row = np.arange(shape[0])[:, None]
    none = np.full((shape[0], 1), np.nan)  # the last column, -1, stands for no edge
    distance = np.hstack([apart, none])[row, nearest] * np.where(inside, 1.0, -1.0)
    spread = np.maximum(np.hstack([reach, none])[row, nearest] / NORMAL_95, 1e-9)
    chance = np.where(nearest < 0, inside.astype(np.float64), ndtr(distance / spread))
    return Measures(
        inside=inside,
        distance_m=distance,
        edge=nearest,
        sigma_m=np.hstack([sigma, none])[row, nearest],
        probability=_nested(chance, catalog),
        unsure=unsure,
    )


def covered(lon: Floats, lat: Floats, catalog: Catalog) -> NDArray[np.bool_]:
    """Say for each point and unit, shape ``(n, u)``, whether the unit covers the point.

    The outline belongs to the unit. ``lon`` and ``lat`` are degrees, EPSG:4490, shape ``(n,)``;
    a NaN is in no unit.
    """
    inside = np.zeros((lon.size, len(catalog.units)), dtype=np.bool_)
    for code, row in enumerate(catalog.units):
        polygon = catalog.polygons[row.unit_id]
        shapely.prepare(polygon)
        west, south, east, north = polygon.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        inside[near, code] = shapely.intersects_xy(polygon, lon[near], lat[near])
    return inside


def _unsure(apart: Floats, reach: Floats, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say for the edges of one unit, ``(n, edges)``, which points lie within what is known."""
    within = apart < reach
    tied = apart <= apart.min(axis=1, keepdims=True) + TIE_M
    return np.where(inside, within.any(axis=1), (within | ~tied).all(axis=1))


def _nested(probability: Floats, catalog: Catalog) -> Floats:
    """Return probabilities, (n, u), raised so that no unit has less than one of its parts."""
    position = {row.unit_id: code for code, row in enumerate(catalog.units)}
    for code, row in reversed(list(enumerate(catalog.units))):  # parts stand after the whole
        if row.parent_id is not None:
            whole = position[row.parent_id]
            probability[:, whole] = np.maximum(probability[:, whole], probability[:, code])
    return probability


def _to_edges(lonlat: Floats, known: Outlines) -> tuple[Floats, Floats]:
    """Return the distance of each point to each edge, ``(n, edges)``, and sigma there or nan."""
    apart = np.empty((len(lonlat), len(known.edges)))
    sigma = np.full(apart.shape, np.nan)
    if not apart.size:
        return apart, sigma
    low, high = (np.vstack(known.lonlat).min(axis=0), np.vstack(known.lonlat).max(axis=0))
    far = ((lonlat < low - FAR_DEG) | (lonlat > high + FAR_DEG)).any(axis=1)
    points = np.asarray(shapely.points(to_metric(lonlat[~far])))
    apart[~far] = shapely.distance(points[:, None], known.lines[None, :])
    for edge, spread in enumerate(known.sigma_m):
        if spread is not None:
            at_m = shapely.line_locate_point(known.lines[edge], points)
            sigma[~far, edge] = np.interp(at_m, known.along_m[edge], spread)
            sigma[far, edge] = spread.max()
    for row in np.flatnonzero(far):
        apart[row] = [apart_m(lonlat[[row]], vertices).min() for vertices in known.lonlat]
    return apart, sigma


def apart_m(here: Floats, there: Floats) -> Floats:
    """Return the length of the geodesic between points, metres, shape ``(n,)``.

    ``here`` and ``there`` are lon, lat in degrees, EPSG:4490, shapes ``(n, 2)`` or ``(1, 2)``.
    """
    from pyproj import Geod

    start, end = np.broadcast_arrays(here, there)
    metres = Geod(ellps="GRS80").inv(*start.T, *end.T)[2]
    return np.asarray(metres, dtype=np.float64)


def _dense(edge: Edge) -> tuple[Floats, Floats | None]:
    """Return the vertices of an edge, made denser, and their standard deviations."""
    span = np.abs(np.diff(edge.points, axis=0)).max(axis=1)
    pieces = np.maximum(np.ceil(span / STEP_DEG), 1).astype(np.intp)
    knots = np.concatenate([[0], np.cumsum(pieces)])
    where = np.arange(knots[-1] + 1)
    lon, lat = (np.interp(where, knots, column) for column in edge.points.T)
    lonlat = np.column_stack([lon, lat])
    if edge.accuracy_m is None:  # a formal sigma may stand in the tables, but the band counts
        return lonlat, None
    if edge.sigma_m is None:
        return lonlat, np.full(where.shape, edge.accuracy_m / NORMAL_95)
    return lonlat, np.interp(where, knots, edge.sigma_m)


def _along(xy: Floats) -> Floats:
    """Return the distance along a line, metres, at each of its vertices."""
    steps = np.hypot(*np.diff(xy, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _textless(catalog: Catalog, position: dict[str, int]) -> frozenset[int]:
    """Return the clusters of which no edge was made by a clause of the plan or by a survey."""
    clusters = (row for row in catalog.units if row.kind is UnitKind.CLUSTER)
    return frozenset(
        position[row.unit_id] for row in clusters if not _grounded(catalog.edges_of(row.unit_id))
    )


def _grounded(edges: Sequence[Edge]) -> bool:
    """Say whether at least one of the edges follows from a clause or a survey."""
    return any(edge.how == "survey" or (edge.text_zh and edge.how != "infill") for edge in edges)


def _overlapping(catalog: Catalog, position: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Return the pairs of clusters whose interiors meet, the earlier one first."""
    ids = [row.unit_id for row in catalog.units if row.kind is UnitKind.CLUSTER]
    return tuple(
        (position[a], position[b])
        for a, b in combinations(ids, 2)
        if shapely.relate_pattern(catalog.polygons[a], catalog.polygons[b], "T********")
    )
