"""Where a promise is kept worst, and where nothing leads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.crs import to_geographic
from tzkc_geo.network.snap import snap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.grids import UnitCells
    from tzkc_geo.network.promise_outcome import Outcome
    from tzkc_geo.network.promise_times import Spot, World

    Minutes = NDArray[np.float64]

WORST: Final = 5  # places that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place from which it takes long, or from which no way leads."""

    unit_id: str | None  # None: a place outside of the units
    name_zh: str
    minutes: float | None = None  # None: it is not reached
    lon: float | None = None  # EPSG:4490
    lat: float | None = None
    area_km2: float | None = None  # of the unit's ground that is not reached
    reason: str | None = None  # why it is not reached

    def to_json(self) -> dict[str, Any]:
        """Return the place as an object."""
        return asdict(self)


def worst_places(world: World, cells: UnitCells, outcome: Outcome) -> tuple[Place, ...]:
    """Return the places that take longest, the longest first, at most one a unit.

    Parameters
    ----------
    world
        Whose units are meant.
    cells
        Their cells.
    outcome
        Its times.
    """
    if outcome.minutes is None:
        return ()
    reached = np.flatnonzero(np.isfinite(outcome.minutes))
    order = reached[np.argsort(-outcome.minutes[reached], kind="stable")]
    return tuple(
        replace(_place(world, cells, at), minutes=float(outcome.minutes[at]))
        for at in _one_a_unit(cells, order)
    )


def unreached_places(world: World, cells: UnitCells, outcome: Outcome) -> tuple[Place, ...]:
    """Return the places without a way, the largest ground first, at most one a unit.

    Parameters are those of `worst_places`. A place is that cell of the ground without a way which
    is nearest to its centre. Targets of the promise that are not located stand last.
    """
    lost = tuple(_not_located(spot) for spot in outcome.missing)
    if outcome.minutes is None:
        return lost
    dry = np.flatnonzero(np.isnan(outcome.minutes) & cells.places.dry)
    ground = np.bincount(cells.code[dry], cells.ground_km2[dry], len(cells.total_km2))
    own = world.own(outcome.modes)
    found = []
    for unit in np.argsort(-ground, kind="stable")[:WORST].tolist():
        at = dry[cells.code[dry] == unit]
        if not at.size:
            break
        xy = cells.places.xy[at]
        cell = int(at[np.hypot(*(xy - xy.mean(axis=0)).T).argmin()])
        why = snap(own, *cells.places.xy[cell].tolist()).reason
        reason = why or "no way leads there"
        area = float(ground[unit])
        found.append(replace(_place(world, cells, cell), area_km2=area, reason=reason))
    return (*found, *lost)


def _one_a_unit(cells: UnitCells, order: NDArray[np.intp]) -> list[int]:
    """Return the first cells of some, one a unit, in their order."""
    _, first = np.unique(cells.code[order], return_index=True)
    at: list[int] = order[np.sort(first)][:WORST].tolist()
    return at


def _place(world: World, cells: UnitCells, cell: int) -> Place:
    """Return one cell as a place."""
    unit = world.catalog.units[cells.code[cell]]
    lon, lat = to_geographic([cells.places.xy[cell]])[0].tolist()
    return Place(unit_id=unit.unit_id, name_zh=unit.name_zh, lon=lon, lat=lat)


def _not_located(spot: Spot) -> Place:
    """Return a target that is known by name only."""
    return Place(unit_id=None, name_zh=spot.name_zh, reason="its position is not known")
