"""How each kind of promise is put to the test: one function a kind, times and words out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.model import UnitKind
from tzkc_geo.network.promise_outcome import Outcome, Words, no_time, nothing, outcome
from tzkc_geo.network.promise_rail import journey, not_checkable, trunk
from tzkc_geo.network.promise_times import NOTHING, Field, both_ways, to_nodes, to_point
from tzkc_geo.network.reach_table import main_road_entries
from tzkc_geo.transport import Test

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from tzkc_geo.network.promise_times import Spot, World
    from tzkc_geo.transport import Promise

    Minutes = NDArray[np.float64]


def run_test(world: World, promise: Promise) -> Outcome:
    """Return what the test of a promise gives.

    Parameters
    ----------
    world
        The catalog in one scenario.
    promise
        Its row.
    """
    return TESTS[promise.test](world, promise)


def to_expressway(world: World, promise: Promise) -> Outcome:
    """Return the times to the nearest entry of a fast road, against the direction of links."""
    own, limit = world.own(promise.modes), promise.threshold_min
    words = Words(
        "从走廊内每一处开车到最近的高速公路或快速路入口（单向，驶入方向）",
        "by car from every place of the corridor to the nearest point at which a motorway or an"
        " expressway is driven onto",
    )
    found = to_nodes(world, own, main_road_entries(own), limit_min=limit)
    return outcome("to_expressway", words, found, limit_min=limit, modes=promise.modes)


def to_corridor(world: World, promise: Promise) -> Outcome:
    """Return the times from any place to the middle of any cluster: the farthest counts."""
    own, limit = world.own(promise.modes), promise.threshold_min
    cells = world.cells(own)
    middles = [world.middle(cells, at) for at in world.clusters.values()]
    ways = [to_point(world, own, xy, limit_min=limit) for xy in middles if xy is not None]
    if not ways:
        return nothing("any_to_any", promise, Words("组团没有陆地", "no cluster has dry ground"))
    every = np.array([way.minutes for way in ways])
    farthest = Field(every.max(axis=0), NOTHING.and_of(way.uses for way in ways))
    words = Words(
        "从走廊内任何一处到任何一个组团的中部，以最远的组团计",
        "from any place of the corridor to the middle of any cluster; the farthest one counts",
    )
    pairs, core = _pairs(every, farthest, promise), _to_core(world, promise)
    found = outcome("any_to_any", words, farthest, limit_min=limit, modes=promise.modes)
    return replace(found, rivals=(pairs, *core), reason=no_time(promise))


def _pairs(every: Minutes, farthest: Field, promise: Promise) -> Outcome:
    """Return the reading that counts pairs of a place and a cluster, each by itself."""
    words = Words(
        "走廊内任何一处与任何一个组团的中部两两组合，按符合的组合所占份额计",
        "all pairs of a place of the corridor and the middle of a cluster: the share of the pairs"
        " that keep the time",
    )
    limit = promise.threshold_min
    mean = Field(every.mean(axis=0), farthest.uses)
    met = None if limit is None else (every <= limit).mean(axis=0)
    found = outcome("pairs", words, mean, limit_min=limit, modes=promise.modes)
    return replace(found, met=met)


def _to_core(world: World, promise: Promise) -> list[Outcome]:
    """Return the reading that means the core alone; none if it has no dry ground."""
    own, limit = world.own(promise.modes), promise.threshold_min
    cells, units = world.cells(own), enumerate(world.catalog.units)
    middles = [world.middle(cells, at) for at, row in units if row.kind is UnitKind.CORE]
    words = Words(
        "从走廊内任何一处到中央创新核的中部",
        "from any place of the corridor to the middle of 中央创新核",
    )
    ways = [to_point(world, own, xy, limit_min=limit) for xy in middles if xy is not None]
    return [outcome("to_core", words, way, limit_min=limit, modes=promise.modes) for way in ways]


def between(world: World, promise: Promise) -> Outcome:
    """Return the times between a place and the corridor: the longer of there and back.

    The first target that is located is meant, the others are rival readings. A unit among the
    targets is part of the corridor, all of which is asked.
    """
    units = {row.unit_id for row in world.catalog.units}
    spots = [world.spot(name) for name in promise.targets if name not in units]
    located = [(spot, xy) for spot in spots if (xy := spot.xy) is not None]
    missing = tuple(spot for spot in spots if spot.xy is None)
    if not located:
        names = "、".join(spot.name_zh for spot in missing)
        reason = Words(f"没有坐标：{names}", f"not located: {names}")
        return nothing("between", promise, reason, missing=missing)
    first, *others = [_around(world, promise, spot, xy) for spot, xy in located]
    return replace(
        first,
        rivals=tuple(others),
        missing=missing,
        reason=no_time(promise),
        details=tuple(_placed(spot) for spot, _ in located),
    )


def _around(world: World, promise: Promise, spot: Spot, xy: NDArray[np.float64]) -> Outcome:
    """Return the times between one place and the corridor."""
    own, limit = world.own(promise.modes), promise.threshold_min
    words = Words(
        f"{spot.name_zh}与走廊内每一处之间，往返取慢者",
        f"between {spot.name_zh} ({spot.place_id}) and every place of the corridor, the slower of"
        " there and back",
    )
    found = both_ways(world, own, xy, limit_min=limit)
    return outcome(spot.place_id, words, found, limit_min=limit, modes=promise.modes)


def _placed(spot: Spot) -> dict[str, Any]:
    """Return where a target stands and how well that is known."""
    return {
        "target": spot.place_id,
        "name_zh": spot.name_zh,
        "lon": spot.lon,
        "lat": spot.lat,
        "sigma_m": spot.sigma_m,
    }


TESTS: Final[Mapping[Test, Callable[[World, Promise], Outcome]]] = {
    Test.TO_EXPRESSWAY: to_expressway,
    Test.TO_CORRIDOR: to_corridor,
    Test.BETWEEN: between,
    Test.JOURNEY: journey,
    Test.TRUNK: trunk,
    Test.NOT_CHECKABLE: not_checkable,
}
