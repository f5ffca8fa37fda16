"""Times between the ground of the corridor and some places, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tzkc_geo.crs import to_metric
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.model import UnitKind
from tzkc_geo.network.backward import backward
from tzkc_geo.network.build import network
from tzkc_geo.network.grids import unit_cells
from tzkc_geo.network.scenario import scenario_of
from tzkc_geo.network.search import UNREACHED, search
from tzkc_geo.network.snap import snap
from tzkc_geo.network.surface import tenths_per_m, times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network
    from tzkc_geo.network.grids import UnitCells
    from tzkc_geo.network.scenario import Scenario
    from tzkc_geo.network.search import Found

    Minutes = NDArray[np.float64]
    Nodes = NDArray[np.integer[Any]]

TENTHS_PER_MIN: Final = 600


class Spot(NamedTuple):
    """A place by its id; some are known by name only."""

    place_id: str
    name_zh: str
    lon: float | None
    lat: float | None
    sigma_m: float | None

    @property
    def xy(self) -> NDArray[np.float64] | None:
        """Metres, EPSG:4549, ``(2,)``; None: not located."""
        if self.lon is None or self.lat is None:
            return None
        metres: NDArray[np.float64] = to_metric([(self.lon, self.lat)])[0]
        return metres


class Uses(NamedTuple):
    """What times rest on: positions of links, ids of stations at which trains are taken."""

    links: frozenset[int] = frozenset()
    stations: frozenset[str] = frozenset()

    def and_of(self, others: Iterable[Uses]) -> Uses:
        """Return what these times and others rest on."""
        every = [self, *others]
        return Uses(
            frozenset().union(*(one.links for one in every)),
            frozenset().union(*(one.stations for one in every)),
        )


NOTHING: Final = Uses()


class Field(NamedTuple):
    """The time of each cell of the units, and what the times rest on."""

    minutes: Minutes  # (t,) NaN where there is no way, and in water
    uses: Uses


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A catalog in one scenario, cars at one speed."""

    catalog: Catalog
    scenario: str | Scenario
    peak: bool

    def own(self, modes: Iterable[str]) -> Network:
        """Return the network for some modes."""
        return network(self.catalog, scenario=self.scenario, modes=modes, peak=self.peak)

    def cells(self, own: Network) -> UnitCells:
        """Return the cells of the units; at peak those of free flow, at the speeds of peak."""
        if not own.peak:
            return unit_cells(self.catalog, own)
        free = network(self.catalog, scenario=self.scenario, modes=own.modes)
        cells = unit_cells(self.catalog, free)
        each = len(cells.places.per_m) // len(own.access)
        per_m = np.repeat([tenths_per_m(own, mode) for mode in own.access], each)
        ratio = (per_m / cells.places.per_m).astype(np.float32)
        places = replace(
            cells.places,
            tenths=cells.places.tenths * ratio[:, None],
            per_m=per_m.astype(np.float32),
        )
        return replace(cells, places=places)

    @property
    def clusters(self) -> dict[str, int]:
        """The clusters by id, with their positions in the units of the catalog."""
        units = enumerate(self.catalog.units)
        return {row.unit_id: at for at, row in units if row.kind is UnitKind.CLUSTER}

    def middle(self, cells: UnitCells, unit: int) -> NDArray[np.float64] | None:
        """Return the dry cell nearest to the centre of a unit, ``(2,)`` metres; None: no such."""
        ground = cells.places.xy[cells.part[unit, cells.code] & cells.places.dry]
        if not len(ground):
            return None
        nearest: NDArray[np.float64] = ground[np.hypot(*(ground - ground.mean(axis=0)).T).argmin()]
        return nearest

    def spot(self, place_id: str) -> Spot:
        """Return a station, a place or a junction by its id, or raise `UnknownIdError`."""
        catalog = self.catalog
        for row in (*catalog.stations, *scenario_of(self.scenario).stations):
            if row.station_id == place_id:
                return Spot(place_id, row.name_zh, row.lon, row.lat, row.sigma_m)
        for place in catalog.places:
            if place.place_id == place_id:
                return Spot(place_id, place.name_zh, place.lon, place.lat, place.sigma_m)
        for end in catalog.transport.junctions:
            if end.junction_id == place_id:
                return Spot(place_id, end.name_zh, end.lon, end.lat, end.sigma_m)
        msg = (
            f"promises.csv: target {place_id!r} is not known, expected the id of a station, a place"
            " or a junction"
        )
        raise UnknownIdError(msg)


def to_nodes(world: World, own: Network, nodes: Nodes, *, limit_min: float | None) -> Field:
    """Return the time from each cell to the nearest of some nodes.

    Parameters
    ----------
    world
        Whose units are meant.
    own
        The network, of this world.
    nodes
        Positions in it.
    limit_min
        What the times rest on is said of the ways up to here; None: of all ways.
    """
    costs = np.zeros(len(nodes), dtype=np.int64)
    return _field(world, own, (nodes, costs), None, limit_min=limit_min, turned=True)


def to_point(
    world: World, own: Network, xy: NDArray[np.float64], *, limit_min: float | None
) -> Field:
    """Return the time from each cell to a position, ``(2,)`` metres; see `to_nodes`."""
    seeds = snap(own, *xy.tolist())
    start = xy if seeds.nodes.size else None
    pair = seeds.nodes, seeds.costs
    return _field(world, own, pair, start, limit_min=limit_min, turned=True)


def both_ways(
    world: World, own: Network, xy: NDArray[np.float64], *, limit_min: float | None
) -> Field:
    """Return the longer of the times to a position and back; NaN where one of them is not."""
    seeds = snap(own, *xy.tolist())
    start = xy if seeds.nodes.size else None
    pair = seeds.nodes, seeds.costs
    there, back = (
        _field(world, own, pair, start, limit_min=limit_min, turned=turned)
        for turned in (True, False)
    )
    return Field(np.maximum(there.minutes, back.minutes), there.uses.and_of([back.uses]))


def _field(  # noqa: PLR0913  (a search has so many sides)
    world: World,
    own: Network,
    seeds: tuple[Nodes, Nodes],
    start: NDArray[np.float64] | None,
    *,
    limit_min: float | None,
    turned: bool,
) -> Field:
    """Return the times of the cells from or to some seeds."""
    graph, order = backward(own) if turned else (own.graph, np.arange(len(own.graph.cost)))
    found = search(graph, [seeds])
    seconds = times(world.cells(own).places, found.time[0], own, start=start)
    return Field(seconds.astype(np.float64) / 60.0, _uses(own, found, order, limit_min))


def _uses(own: Network, found: Found, order: Nodes, limit_min: float | None) -> Uses:
    """Return the links and stations on the ways to all nodes within a time."""
    most = UNREACHED - 1 if limit_min is None else round(limit_min * TENTHS_PER_MIN)
    before = found.before[0]
    edges = order[before[(before >= 0) & (found.time[0] <= most)]]
    links, runs = (np.unique(part[edges]) for part in (own.edge_link, own.edge_run))
    ridden = [own.runs[run] for run in runs[runs >= 0].tolist()]
    stops = frozenset(stop for run in ridden for stop in (run.from_id, run.to_id))
    return Uses(frozenset(links[links >= 0].tolist()), stops)
