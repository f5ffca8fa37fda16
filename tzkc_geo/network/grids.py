"""Regular grids of target points: over the units, over the network, and their area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import assign
from tzkc_geo.network.surface import Targets, targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network

    Codes = NDArray[np.int16]
    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

CELL_M: Final = 50.0  # side of the cells of which shares of units are made
DISPLAY_M: Final = 200.0  # side of the squares between which isochrones are drawn
CENTRAL_EASTING_M: Final = 500_000.0
GAUSS_RADIUS_M: Final = 6_366_500.0  # of the ellipsoid at 28.6 N, root of M N


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Points in rows from south to north; metres, EPSG:4549."""

    west: float  # of the first point
    south: float
    step_m: float
    columns: int
    rows: int

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float], step_m: float) -> Grid:
        """Return a grid that covers west, south, east, north; it stands on whole steps."""
        west, south = (float(np.floor(edge / step_m)) for edge in bounds[:2])
        east, north = (float(np.ceil(edge / step_m)) for edge in bounds[2:])
        return cls(
            west=(west + 0.5) * step_m,
            south=(south + 0.5) * step_m,
            step_m=step_m,
            columns=int(east - west),
            rows=int(north - south),
        )

    @property
    def x(self) -> Floats:
        """Eastings of the columns."""
        x: Floats = self.west + self.step_m * np.arange(self.columns, dtype=np.float64)
        return x

    @property
    def y(self) -> Floats:
        """Northings of the rows."""
        y: Floats = self.south + self.step_m * np.arange(self.rows, dtype=np.float64)
        return y

    @property
    def xy(self) -> Floats:
        """All points, (rows * columns, 2), row by row."""
        x, y = np.meshgrid(self.x, self.y)
        return np.column_stack([x.ravel(), y.ravel()])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitCells:
    """The cells of all units, ready to be reached."""

    places: Targets
    code: Codes  # (t,) position in the units: the cluster, else the zone
    ground_km2: Floats  # (t,) statutory area of each cell; 0 in water
    part: Flags  # (u, u) whether the second unit is the first one or a part of it
    total_km2: Floats  # (u,) of all cells of a unit that are not in water

    def shares(self, reached: Flags | Floats) -> Floats:
        """Return the share of each unit's ground, (u,), given which cells are reached; 0 to 1.

        A cell may be reached in part, 0 to 1. NaN for a unit without ground.
        """
        own = np.bincount(self.code, reached * self.ground_km2, len(self.total_km2))
        with np.errstate(invalid="ignore"):
            share: Floats = np.minimum(self.part @ own / self.total_km2, 1.0)
        return share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Display:
    """A grid over all ground that the network can reach, for isochrones."""

    grid: Grid
    at: NDArray[np.intp]  # (t,) position in the grid of the points that can be reached at all
    drawn: Flags  # (t,) whether polygons may be drawn there
    places: Targets  # these points alone
    ground_km2: Floats  # (t,)


def ground_km2(x: Floats, step_m: float) -> Floats:
    """Return the area on the ellipsoid of squares of the map, square kilometres.

    Parameters
    ----------
    x
        Eastings, EPSG:4549, metres.
    step_m
        Side of the squares on the map.

    Notes
    -----
    The scale of the Gauss-Krueger map is ``1 + (x - 500 km)² / 2R²`` to second order; the next
    term is below 1e-7 within 200 km of the central meridian.
    """
    scale = 1.0 + ((x - CENTRAL_EASTING_M) / GAUSS_RADIUS_M) ** 2 / 2.0
    return (step_m / 1000.0 / scale) ** 2


def bounds_of(catalog: Catalog) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all units; metres, EPSG:4549."""
    lonlat = shapely.get_coordinates(list(catalog.polygons.values()))
    xy = to_metric(lonlat)
    return (*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())


@lru_cache(maxsize=8)
def unit_cells(catalog: Catalog, network: Network) -> UnitCells:
    """Return the cells of `CELL_M` whose middle lies in a unit; made once for each network."""
    grid = Grid.around(bounds_of(catalog), CELL_M)
    lon, lat = to_geographic(grid.xy).T
    codes = assign(lon, lat, catalog)
    inside = codes != OUTSIDE
    places = targets(network, grid.xy[inside])
    area = np.where(places.dry, ground_km2(places.xy[:, 0], CELL_M), 0.0)
    part = _part(catalog)
    own = np.bincount(codes[inside], area, len(catalog.units))
    total: Floats = part.astype(np.float64) @ own
    return UnitCells(places=places, code=codes[inside], ground_km2=area, part=part, total_km2=total)


@lru_cache(maxsize=8)
def display(network: Network) -> Display:
    """Return the points of `DISPLAY_M` around the network that can be reached from it.

    Of two neighbours with a river between them the one that is nearer to it is left out, so
    that no polygon is drawn from one bank to the other.
    """
    reach_m = network.parameters["connector_m"]
    west, south = network.graph.xy.min(axis=0) - reach_m
    east, north = network.graph.xy.max(axis=0) + reach_m
    grid = Grid.around((west, south, east, north), DISPLAY_M)
    places = targets(network, grid.xy)
    near = np.isfinite(places.snap_m)
    at = np.flatnonzero(near)
    some = places.take(at)
    return Display(
        grid=grid,
        at=at,
        drawn=~_beside_water(grid, near, network.barriers.water)[at],
        places=some,
        ground_km2=ground_km2(some.xy[:, 0], DISPLAY_M),
    )


def _part(catalog: Catalog) -> Flags:
    """Return which unit is part of which, (u, u); each of itself."""
    rows = {row.unit_id: row for row in catalog.units}
    part = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    position = {unit_id: code for code, unit_id in enumerate(rows)}
    for unit_id, code in position.items():
        above: str | None = unit_id
        while above is not None:
            part[position[above], code] = True
            above = rows[above].parent_id
    return part


def _beside_water(grid: Grid, near: Flags, water: shapely.Geometry) -> Flags:
    """Return which points are the nearer ones to water that parts them from a neighbour.

    ``near``: which points can be reached at all, the others are of no interest.
    """
    xy = grid.xy
    beside = np.zeros(len(xy), dtype=np.bool_)
    number = np.arange(len(xy)).reshape(grid.rows, grid.columns)
    for a, b in ((number[:, :-1], number[:, 1:]), (number[:-1], number[1:])):
        pairs = np.column_stack([a.ravel(), b.ravel()])
        pairs = pairs[near[pairs].all(axis=1)]
        parted = pairs[shapely.intersects(water, shapely.linestrings(xy[pairs]))]
        apart = shapely.distance(shapely.points(xy[parted]), water)
        beside[parted[np.arange(len(parted)), apart.argmin(axis=1)]] = True
    return beside
