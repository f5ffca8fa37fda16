"""Promises on trains: journeys to other cities, a trunk line, stations on foot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.network.build import DEFAULT_MODES
from tzkc_geo.network.matrix import matrix
from tzkc_geo.network.promise_outcome import Outcome, Verdict, Words, no_time, nothing, outcome
from tzkc_geo.network.promise_times import NOTHING, Field, Uses, to_nodes
from tzkc_geo.network.reach_table import line_stations
from tzkc_geo.transport import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.network.promise_times import World
    from tzkc_geo.transport import Journey, Promise

WALK_MIN: Final = 15.0  # on foot to a station: our own measure, after the 15 minutes of the plan
BASE: Final = "today"  # the scenario that time is saved against
ON_FOOT: Final = (Mode.WALK,)
PUBLISHED: Final = "published"


def journey(world: World, promise: Promise) -> Outcome:
    """Return the time by the fastest published train; the way to the station apart.

    A journey of which a target is known alone is no evidence. The rival reading adds the way to
    the station, and the slowest of the published journeys counts in both.
    """
    limit = promise.threshold_min
    asked = _asked(world, promise)
    ways = _ways(world, asked, limit)
    details = tuple(_journey(world, row, ways.get(row.from_id), limit) for row in asked)
    known = [row for row in asked if row.kind == PUBLISHED and row.from_id in ways]
    if not known or limit is None:
        names = "、".join(row.to_zh for row in asked)
        reason = no_time(promise) or Words(
            f"{names}：没有公布的最快时间，或车站未开通；目标值不作证据",
            f"{names}: no fastest time is published, or no station is open; a target is no"
            " evidence",
        )
        return nothing("station_to_station", promise, reason, details=details)
    door = _from_the_door(known, ways, limit)
    slowest = max(row.minutes for row in known)
    return Outcome(
        name="station_to_station",
        words=Words(
            "公布的最快列车，站到站，不计到站时间（各城取最慢者）",
            "the fastest published train from station to station, without the way to the station"
            " (the slowest of the cities counts)",
        ),
        modes=promise.modes,
        limit_min=limit,
        minutes=np.full(len(ways[known[0].from_id].minutes), slowest),
        rivals=(door,),
        shown=door,
        verdict=_of_journeys(asked, known, limit),
        details=details,
    )


def _asked(world: World, promise: Promise) -> list[Journey]:
    """Return the journeys that a promise names."""
    rows = {row.journey_id: row for row in world.catalog.transport.journeys}
    unknown = [name for name in promise.targets if name not in rows]
    if unknown:
        msg = (
            f"promises.csv: journey {unknown[0]!r} of {promise.promise_id!r} is not known, expected"
            f" one of {', '.join(rows)}"
        )
        raise UnknownIdError(msg)
    return [rows[name] for name in promise.targets]


def _ways(world: World, asked: Sequence[Journey], limit: float | None) -> dict[str, Field]:
    """Return the times to the stations that are open, by id."""
    own = world.own(DEFAULT_MODES)
    return {
        name: to_nodes(world, own, np.array([own.stations[name]]), limit_min=limit)
        for name in dict.fromkeys(row.from_id for row in asked)
        if name in own.stations
    }


def _from_the_door(known: Sequence[Journey], ways: dict[str, Field], limit: float) -> Outcome:
    """Return the reading that counts the way to the station."""
    words = Words(
        "从走廊各处到车站（步行、开车、轨道），再乘公布的最快列车（各城取最慢者）",
        "from every place of the corridor to the station (on foot, by car, by rail), then by the"
        " fastest published train (the slowest of the cities counts)",
    )
    minutes = np.max([ways[row.from_id].minutes + row.minutes for row in known], axis=0)
    uses = NOTHING.and_of(ways[row.from_id].uses for row in known)
    found = Field(minutes, uses)
    return outcome("from_the_door", words, found, limit_min=limit, modes=DEFAULT_MODES)


def _journey(world: World, row: Journey, way: Field | None, limit: float | None) -> dict[str, Any]:
    """Return what is known of one journey, and how far its station is."""
    access = np.empty(0) if way is None else way.minutes[np.isfinite(way.minutes)]
    judged = row.kind == PUBLISHED and limit is not None
    return {
        "journey": row.journey_id,
        "to_zh": row.to_zh,
        "station_zh": world.spot(row.from_id).name_zh,
        "minutes": row.minutes,
        "kind": row.kind,
        "kept": row.minutes <= limit if judged and limit is not None else None,
        "access_median_min": float(np.median(access)) if access.size else None,
        "note": row.note,
    }


def _of_journeys(asked: Sequence[Journey], known: Sequence[Journey], limit: float) -> Verdict:
    """Return the verdict on journeys: all must be published and kept, or some are."""
    kept = [row for row in known if row.minutes <= limit]
    if not kept:
        return Verdict.NOT_MET
    return Verdict.MET if len(kept) == len(asked) else Verdict.PARTLY


def trunk(world: World, promise: Promise) -> Outcome:
    """Return what a line adds: ground near its stations on foot, and minutes saved by cluster."""
    if len(promise.targets) != 1:
        msg = (
            f"promises.csv: {promise.promise_id!r} has {len(promise.targets)} targets, expected one"
            " line such as S2"
        )
        raise DataError(msg)
    (line,) = promise.targets
    words = Words(
        f"步行 {WALK_MIN:g} 分钟内有 {line} 车站（规划未写明时间，此为本库尺度）；"
        f"另计步行加轨道在组团之间比情景 {BASE} 节省的分钟",
        f"a station of {line} within {WALK_MIN:g} minutes on foot (the plan states no time, the"
        f" measure is ours); and minutes saved between clusters on foot and by rail against"
        f" scenario {BASE}",
    )
    own = world.own(ON_FOOT)
    runs = [service.line for service in own.services]
    found = _sheds(world, "stations_on_foot", words, [line] if line in runs else [])
    if found.minutes is None:
        name = own.scenario.name
        reason = Words(f"情景 {name} 中 {line} 未运营", f"{line} does not run in scenario {name}")
        return replace(found, reason=reason, verdict=Verdict.NOT_MET)
    saved = tuple(_saved(world, promise))
    return replace(found, verdict=_of_trunk(world, found.minutes), details=saved)


def _of_trunk(world: World, minutes: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Verdict:
    """Return the verdict on a trunk: does it have a station for every cluster."""
    cells = world.cells(world.own(ON_FOOT))
    near = set(cells.code[minutes <= WALK_MIN].tolist())
    served = [at in near for at in world.clusters.values()]
    if all(served):
        return Verdict.MET
    return Verdict.PARTLY if any(served) else Verdict.NOT_MET


def _saved(world: World, promise: Promise) -> list[dict[str, Any]]:
    """Return the minutes saved from each cluster to the others, in the mean of those reached."""
    cells = world.cells(world.own(ON_FOOT))
    ids = [name for name, at in world.clusters.items() if cells.total_km2[at] > 0.0]
    before, after = (
        matrix(world.catalog, ids, scenario=scenario, modes=promise.modes).minutes
        for scenario in (BASE, world.scenario)
    )
    rows = []
    for at, name in enumerate(ids):
        own, then = np.delete(before[at], at), np.delete(after[at], at)
        both = np.isfinite(own) & np.isfinite(then)
        rows.append(
            {
                "unit_id": name,
                "name_zh": world.catalog.unit(name).name_zh,
                "mean_before_min": _mean(own[both]),
                "mean_after_min": _mean(then[both]),
                "mean_saved_min": _mean((own - then)[both]),
                "newly_reached": int((np.isfinite(then) & ~np.isfinite(own)).sum()),
            }
        )
    return rows


def _mean(minutes: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    return float(minutes.mean()) if minutes.size else None


def not_checkable(world: World, promise: Promise) -> Outcome:
    """Return nothing but our own figure: ground near stations on foot."""
    lines = sorted({service.line for service in world.own(ON_FOOT).services})
    named = "、".join(lines) or "无"
    words = Words(
        f"本库自有指标，非规划承诺：步行 {WALK_MIN:g} 分钟内有轨道车站（{named}）",
        f"our own figure, not the promise: a rail station ({', '.join(lines) or 'none'}) within"
        f" {WALK_MIN:g} minutes on foot",
    )
    sheds = replace(_sheds(world, "station_sheds", words, lines), verdict=Verdict.NOT_CHECKABLE)
    reason = Words("所涉设施没有数据", "it is about places that no table locates")
    return nothing("as_stated", promise, reason, rivals=(sheds,), shown=sheds)


def _sheds(world: World, name: str, words: Words, lines: Sequence[str]) -> Outcome:
    """Return the times on foot to the stations of some lines; no times where there is none."""
    own = world.own(ON_FOOT)
    stations = [line_stations(world.catalog, own, line) for line in lines]
    nodes = np.concatenate([np.empty(0, dtype=np.intp), *stations])
    if not nodes.size:
        none = np.zeros(len(world.cells(own).code))
        return Outcome(name=name, words=words, modes=ON_FOOT, limit_min=WALK_MIN, met=none)
    found = to_nodes(world, own, nodes, limit_min=WALK_MIN)
    stops = Uses(stations=frozenset(own.node_id[node] for node in nodes.tolist()))
    used = Field(found.minutes, found.uses.and_of([stops]))
    return outcome(name, words, used, limit_min=WALK_MIN, modes=ON_FOOT)
