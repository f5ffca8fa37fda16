"""The plan's promises on travel, tested (规划承诺检验): shares, worst places, verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import DuplicateIdError
from tzkc_geo.network.grids import CELL_M
from tzkc_geo.network.loops import compiled
from tzkc_geo.network.promise_places import unreached_places, worst_places
from tzkc_geo.network.promise_shares import OUTSIDE, RULES, SHARE_ERROR, reading_json, reading_of
from tzkc_geo.network.promise_tests import run_test
from tzkc_geo.network.promise_times import World
from tzkc_geo.network.reach import Accuracy, accuracy_words
from tzkc_geo.network.scenario import SCENARIOS, scenario_of
from tzkc_geo.transport import Grounds, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.build import Network
    from tzkc_geo.network.grids import UnitCells
    from tzkc_geo.network.promise_outcome import Outcome, Verdict, Words
    from tzkc_geo.network.promise_places import Place
    from tzkc_geo.network.promise_shares import Reading
    from tzkc_geo.network.promise_times import Spot
    from tzkc_geo.network.scenario import Scenario
    from tzkc_geo.transport import Promise

    Minutes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """What the test of one promise gives in one scenario."""

    promise: Promise
    scenario: str
    reading: Reading
    rivals: tuple[Reading, ...]
    speeds: dict[str, tuple[float | None, Verdict]]  # free, peak: share of area and verdict
    worst: tuple[Place, ...]  # of those reached, the longest first, one a unit
    unreached: tuple[Place, ...]  # the largest ground first, one a unit; then unknown targets
    reason: Words | None
    details: tuple[dict[str, Any], ...]  # rows; what they hold depends on the test
    accuracy: Accuracy
    planned_walk_min: float | None  # what that of the planned stations is on foot
    shown: Reading  # the one that map and places are of
    minutes: Minutes | None  # (t,) of `shown`, order of the cells; None: no times

    def to_json(self) -> dict[str, Any]:
        """Return the entry of ``tzkc commitments --json``."""
        reading, row, accuracy = self.reading, self.promise, self.accuracy
        return {
            "id": row.promise_id,
            "promise_zh": row.text_zh,
            "cite": row.cite,
            "test": str(row.test),
            "threshold_min": row.threshold_min,
            "modes": [str(mode) for mode in row.modes],
            **reading_json(reading),
            "reason_zh": self.reason.zh if self.reason else None,
            "reason_en": self.reason.en if self.reason else None,
            "speeds": {
                name: {"share_area": share, "verdict": str(verdict)}
                for name, (share, verdict) in self.speeds.items()
            },
            "rivals": [reading_json(rival) for rival in self.rivals],
            "shown": self.shown.name,
            "worst": [place.to_json() for place in self.worst],
            "unreached": [place.to_json() for place in self.unreached],
            "details": list(self.details),
            "accuracy": {
                "cell_m": accuracy.cell_m,
                "share_error": SHARE_ERROR,
                "planned_station_sigma_m": accuracy.planned_sigma_m,
                "planned_station_walk_min": self.planned_walk_min,
                "links_travelled": accuracy.links,
                "links_assumed": accuracy.assumed_links,
                "words_zh": accuracy_words(accuracy, "zh"),
                "words_en": accuracy_words(accuracy, "en"),
            },
            "source_id": row.source_id,
            "note": row.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Commitments:
    """Every promise in some scenarios (规划承诺检验)."""

    catalog: Catalog
    peak: bool
    findings: dict[str, tuple[Finding, ...]]  # by name of the scenario, order of the rows
    cells: UnitCells  # of which the shares are made
    stations: dict[str, tuple[Spot, ...]]  # by scenario: where trains stop, for maps

    @property
    def ground_km2(self) -> dict[str, float]:
        """The dry ground: of the corridor, of each cluster, and of the rest; statutory."""
        clusters = World(catalog=self.catalog, scenario="today", peak=False).clusters
        total = self.cells.total_km2
        whole = float(self.cells.ground_km2.sum())
        own = {name: float(total[at]) for name, at in clusters.items()}
        return {"corridor": whole, **own, OUTSIDE: max(whole - sum(own.values()), 0.0)}

    def to_json(self) -> dict[str, Any]:
        """Return the object of ``tzkc commitments --json``; numbers are not rounded."""
        return {
            "peak": self.peak,
            "ground_km2": self.ground_km2,
            "rules": {name: words._asdict() for name, words in RULES.items()},
            "scenario": {
                name: [finding.to_json() for finding in found]
                for name, found in self.findings.items()
            },
            "digest": self.catalog.digest,
        }


def commitments(
    catalog: Catalog,
    scenarios: Iterable[str | Scenario] = tuple(SCENARIOS),
    *,
    peak: bool = False,
) -> Commitments:
    """Return how far each promise of the plan is kept in each scenario (规划承诺检验).

    Parameters
    ----------
    catalog
        Units, places, stations and the tables of the network with its promises.
    scenarios
        Names of built-in scenarios, or those from files.
    peak
        Which speed of cars the shares are of; the share at the other one stands beside them.

    Returns
    -------
    Commitments
        Scenarios in the order given, promises in the order of their rows.

    Raises
    ------
    UnknownIdError
        There is no such scenario, or a promise names a target that is in no table.
    DuplicateIdError
        Two scenarios have one name.
    DataError
        An impedance is missing, or a promise on a trunk line does not name one line.

    Notes
    -----
    Shares are by cells of `grids.CELL_M` whose middle lies in a unit, weighted by their statutory
    area; water is left out. A cell is reached from its nearest entries (`surface.NEAREST`), which
    makes shares too small by up to `promise_shares.SHARE_ERROR`, and one that is open in one
    scenario alone may change them by less than that. What each verdict means is said in
    `promise_shares.RULES`.
    """
    compiled()  # hundreds of searches follow
    findings: dict[str, tuple[Finding, ...]] = {}
    stations: dict[str, tuple[Spot, ...]] = {}
    world = World(catalog=catalog, scenario="today", peak=peak)
    for scenario in map(scenario_of, scenarios):
        if scenario.name in findings:
            msg = f"scenario {scenario.name!r}: is there twice, expected each once; rename one"
            raise DuplicateIdError(msg)
        world = World(catalog=catalog, scenario=scenario, peak=peak)
        found = [_finding(world, row) for row in catalog.transport.promises]
        findings[scenario.name] = tuple(found)
        stations[scenario.name] = _stops(world)
    cells = world.cells(world.own([Mode.WALK]))
    return Commitments(
        catalog=catalog, peak=peak, findings=findings, cells=cells, stations=stations
    )


def _stops(world: World) -> tuple[Spot, ...]:
    """Return the stations where trains stop."""
    own = world.own([Mode.WALK, Mode.RAIL])
    return tuple(world.spot(name) for name in own.halls)


def _finding(world: World, promise: Promise) -> Finding:
    """Return what the test of one promise gives."""
    outcome = run_test(world, promise)
    shown = outcome.shown or outcome
    own = world.own(shown.modes)
    cells = world.cells(own)
    reading = reading_of(world, cells, outcome)
    accuracy = _accuracy(world, own, shown)
    sigma_m = accuracy.planned_sigma_m
    return Finding(
        promise=promise,
        scenario=own.scenario.name,
        reading=reading,
        rivals=tuple(reading_of(world, cells, rival) for rival in outcome.rivals),
        speeds=_speeds(world, promise, outcome, reading),
        worst=worst_places(world, cells, shown),
        unreached=unreached_places(world, cells, shown),
        reason=outcome.reason,
        details=outcome.details,
        accuracy=accuracy,
        planned_walk_min=None if sigma_m is None else sigma_m * own.seconds_per_m("walk") / 60.0,
        shown=reading_of(world, cells, shown),
        minutes=shown.minutes,
    )


def _speeds(
    world: World, promise: Promise, outcome: Outcome, reading: Reading
) -> dict[str, tuple[float | None, Verdict]]:
    """Return share and verdict with cars at free flow and at peak; the same without cars."""
    same = reading.shares.area, reading.verdict
    if Mode.ROAD not in outcome.modes or outcome.minutes is None:
        return {"free": same, "peak": same}
    other = World(catalog=world.catalog, scenario=world.scenario, peak=not world.peak)
    then = reading_of(other, other.cells(other.own(outcome.modes)), run_test(other, promise))
    changed = then.shares.area, then.verdict
    pair = (changed, same) if world.peak else (same, changed)
    return dict(zip(("free", "peak"), pair, strict=True))


def _accuracy(world: World, own: Network, outcome: Outcome) -> Accuracy:
    """Return how fine the figures of an outcome are, and what they rest on."""
    rows = {r.station_id: r for r in (*world.catalog.stations, *own.scenario.stations)}
    planned = [
        row.sigma_m
        for name in outcome.uses.stations
        if (row := rows[name]).status == "planned" and row.sigma_m is not None
    ]
    kinds = [own.links[link].grounds for link in outcome.uses.links]
    return Accuracy(
        cell_m=CELL_M,
        display_m=CELL_M,
        planned_sigma_m=max(planned, default=None),
        assumed_links=kinds.count(Grounds.ASSUMED),
        links=len(kinds),
    )
