"""How much ground keeps a promise, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.network.promise_outcome import Verdict, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.grids import UnitCells
    from tzkc_geo.network.promise_outcome import Outcome
    from tzkc_geo.network.promise_times import World
    from tzkc_geo.transport import Mode

    Minutes = NDArray[np.float64]

WHOLE: Final = 0.995  # a share that is printed as 100 %
HALF: Final = 0.5
SHARE_ERROR: Final = 0.005  # measured: with 32 nearest entries a cell, not 8, 0.895 for 0.890
OUTSIDE: Final = "outside_clusters"
RULES: Final = {
    "met": Words(
        f"每个组团和整个走廊都有至少 {WHOLE:.1%} 的陆地符合",
        f"every cluster and the corridor keep the time on at least {WHOLE:.1%} of their ground",
    ),
    "partly": Words(
        f"不到上述程度，但走廊有至少 {HALF:.0%} 的陆地符合",
        f"less than that, but at least {HALF:.0%} of the corridor's ground keeps it",
    ),
    "not_met": Words("再少", "less than that"),
    "not_checkable": Words(
        "规划没有写明时间，或所涉地点不在数据表中",
        "no time is stated, or what the promise is about is not in the tables",
    ),
    "journey": Words(
        "城际：全部有公布的最快时间且不超时为符合；部分为部分符合；已公布的都超时为不符合；"
        "都未公布为不可检核（目标值不作证据）",
        "journeys: met if all are published and within the time; partly if some are; not_met if"
        " none of those published is; not_checkable if none is published (a target is no evidence)",
    ),
    "trunk": Words(
        "轨道主干线：每个组团都有陆地在车站步行 15 分钟之内为符合；部分组团为部分符合；"
        "没有或未运营为不符合",
        "trunk: met if every cluster has ground within 15 minutes on foot of a station of the"
        " line; partly if some have; not_met if none has, or the line does not run",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much ground keeps a time, 0 to 1; None where nothing could be measured."""

    area: float | None  # of the corridor
    by_cluster: dict[str, float]  # clusters with ground
    outside: float | None  # of the ground of the corridor in no cluster
    clusters: float | None  # share of the clusters that keep it on `WHOLE` of their ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a promise, and what it gives."""

    name: str
    words: Words
    modes: tuple[Mode, ...]
    limit_min: float | None
    shares: Shares
    median_min: float | None  # of the ground; None: more than half of it is not reached
    verdict: Verdict


def reading_of(world: World, cells: UnitCells, outcome: Outcome) -> Reading:
    """Return the shares of one outcome and the verdict on them.

    Parameters
    ----------
    world
        Whose clusters are meant.
    cells
        Its cells.
    outcome
        Times, or how far each cell keeps the promise.
    """
    met = outcome.met
    if met is None and outcome.minutes is not None and outcome.limit_min is not None:
        met = (outcome.minutes <= outcome.limit_min).astype(np.float64)
    shares = _shares(world, cells, met)
    return Reading(
        name=outcome.name,
        words=outcome.words,
        modes=outcome.modes,
        limit_min=outcome.limit_min,
        shares=shares,
        median_min=_median(cells, outcome.minutes),
        verdict=outcome.verdict or verdict_of(shares),
    )


def _shares(world: World, cells: UnitCells, met: Minutes | None) -> Shares:
    """Return the shares of ground that keep a time, given that of each cell."""
    whole = float(cells.ground_km2.sum())
    if met is None or whole == 0.0:
        return Shares(area=None, by_cluster={}, outside=None, clusters=None)
    share = cells.shares(met)
    ground = {name: at for name, at in world.clusters.items() if cells.total_km2[at] > 0.0}
    by_cluster = {name: float(share[at]) for name, at in ground.items()}
    rest = ~np.isin(cells.code, list(world.clusters.values()))
    loose = float(cells.ground_km2[rest].sum())
    return Shares(
        area=min(float(met @ cells.ground_km2) / whole, 1.0),
        by_cluster=by_cluster,
        outside=min(float(met[rest] @ cells.ground_km2[rest]) / loose, 1.0) if loose else None,
        clusters=float(np.mean([own >= WHOLE for own in by_cluster.values()]))
        if by_cluster
        else None,
    )


def verdict_of(shares: Shares) -> Verdict:
    """Return the verdict on shares of ground (判定), by `RULES`.

    Parameters
    ----------
    shares
        Of the corridor and of its clusters.
    """
    if shares.area is None:
        return Verdict.NOT_CHECKABLE
    if min([shares.area, *shares.by_cluster.values()]) >= WHOLE:
        return Verdict.MET
    return Verdict.PARTLY if shares.area >= HALF else Verdict.NOT_MET


def _median(cells: UnitCells, minutes: Minutes | None) -> float | None:
    """Return the time that half of the ground keeps."""
    if minutes is None:
        return None
    order = np.argsort(minutes)  # NaN last
    reached = np.cumsum(cells.ground_km2[order])
    if not reached.size or reached[-1] == 0.0:
        return None
    half = minutes[order][np.searchsorted(reached, reached[-1] / 2.0)]
    return float(half) if np.isfinite(half) else None


def reading_json(reading: Reading) -> dict[str, Any]:
    """Return a reading and its shares as an object."""
    shares = reading.shares
    return {
        "reading": reading.name,
        "reading_zh": reading.words.zh,
        "reading_en": reading.words.en,
        "reading_modes": [str(mode) for mode in reading.modes],
        "limit_min": reading.limit_min,
        "share_area": shares.area,
        "share_by_cluster": shares.by_cluster,
        "share_outside_clusters": shares.outside,
        "share_clusters": shares.clusters,
        "median_min": reading.median_min,
        "verdict": str(reading.verdict),
    }
