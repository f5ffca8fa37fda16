"""Promises on the toy network: times by hand, by routes, and what each verdict needs."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.toy import network as toy
from tests.toy import promises
from tzkc_geo.catalog import Catalog
from tzkc_geo.crs import to_geographic
from tzkc_geo.errors import DataError, DuplicateIdError, UnknownIdError
from tzkc_geo.model import UnitKind
from tzkc_geo.network.build import network
from tzkc_geo.network.commitments import Commitments, Finding, commitments
from tzkc_geo.network.grids import unit_cells
from tzkc_geo.network.matrix import matrix
from tzkc_geo.network.promise_outcome import Verdict
from tzkc_geo.network.promise_shares import Shares, verdict_of
from tzkc_geo.network.promise_times import World
from tzkc_geo.network.route import route
from tzkc_geo.network.scenario import SCENARIOS
from tzkc_geo.transport import Mode, Promise
from tzkc_geo.transport import Test as Kind

TOY = promises.catalog()
FOUND = commitments(TOY)
SAID = FOUND.to_json()
CLUSTERS = [unit.unit_id for unit in TOY.units if unit.kind is UnitKind.CLUSTER]


def finding(name: str, scenario: str = "today", found: Commitments = FOUND) -> Finding:
    (one,) = (f for f in found.findings[scenario] if f.promise.promise_id == name)
    return one


def checked(promise: Promise, scenario: str = "today", catalog: Catalog | None = None) -> Finding:
    own = catalog or TOY
    rows = replace(own.transport, promises=(promise,))
    return finding(
        promise.promise_id, scenario, commitments(replace(own, transport=rows), [scenario])
    )


def test_the_object_has_the_keys_of_the_contract_in_every_scenario() -> None:
    assert json.loads(json.dumps(SAID, allow_nan=False)) == SAID
    assert list(SAID["scenario"]) == ["2022", "today", "2028"]
    for entries in SAID["scenario"].values():
        assert [row["id"] for row in entries] == [row.promise_id for row in promises.PROMISES]
        for row in entries:
            assert {
                *("id", "promise_zh", "threshold_min", "share_area", "share_by_cluster"),
                *("worst", "verdict"),
            } <= set(row)


def test_an_entry_by_car_is_reached_as_by_hand() -> None:
    """South of the river: 0.3 s a metre to an entry of 甲路, 0.1 along it to a3, 100 s of ramp."""
    own = network(TOY, modes=["road"])
    cells = unit_cells(TOY, own)
    xy = cells.places.xy - toy.plane([(0.0, 0.0)])[0]
    south = np.flatnonzero((xy[:, 1] < 1000.0) & (xy[:, 0] < 3000.0))
    entries = np.arange(0.0, 4001.0, 500.0)
    apart = np.hypot(xy[south, 0, None] - entries, xy[south, 1, None] - 1400.0)
    ways = np.where(apart <= 1500.0, 0.3 * apart + 0.1 * (4000.0 - entries) + 100.0, np.inf)
    minutes = ways.min(axis=1) / 60.0
    fast = finding("fast")
    assert fast.minutes is not None
    assert fast.minutes[south] == pytest.approx(minutes, abs=0.01)
    codes = [unit.unit_id for unit in TOY.units]
    for name in ("c01", "c02", "c03"):
        mine = cells.code[south] == codes.index(name)
        ground = cells.ground_km2[south][mine]
        share = ground[minutes[mine] <= 10.0].sum() / ground.sum()
        assert fast.reading.shares.by_cluster[name] == pytest.approx(share, abs=1e-9)
    assert fast.reading.shares.by_cluster["c01"] < 1.0


def test_half_as_fast_cars_take_longer_and_both_are_told() -> None:
    at_peak = commitments(TOY, ["today"], peak=True)
    for row in promises.PROMISES:
        free, peak = finding(row.promise_id), finding(row.promise_id, found=at_peak)
        assert free.speeds == peak.speeds
        assert free.reading.shares.area == free.speeds["free"][0]
        assert peak.reading.shares.area == peak.speeds["peak"][0]
        if free.reading.shares.area is not None:
            assert (peak.speeds["peak"][0] or 0.0) <= free.reading.shares.area
    fast = finding("fast")
    assert (fast.speeds["peak"][0] or 0.0) < (fast.speeds["free"][0] or 0.0)


def test_cells_at_peak_are_those_of_free_flow_at_other_speeds() -> None:
    world = World(catalog=TOY, scenario="today", peak=True)
    own = world.own(promises.ALL)
    mine, theirs = world.cells(own).places, unit_cells(TOY, own).places
    assert (mine.node == theirs.node).all()
    assert mine.tenths == pytest.approx(theirs.tenths, rel=1e-5)
    assert mine.per_m == pytest.approx(theirs.per_m, rel=1e-6)


def sample(one: Finding) -> list[tuple[int, tuple[float, float]]]:
    """Return some cells that are reached, with lon lat."""
    assert one.minutes is not None
    cells = FOUND.cells.places.xy
    at = np.random.default_rng(4).choice(
        np.flatnonzero(np.isfinite(one.minutes)), 12, replace=False
    )
    lonlat = to_geographic(cells[at])
    return [(int(k), (float(x), float(y))) for k, (x, y) in zip(at, lonlat, strict=True)]


def test_between_is_the_slower_of_the_routes_there_and_back() -> None:
    one, own = finding("town"), network(TOY, modes=promises.ALL)
    town = toy.lonlat(0, 1400)
    assert one.minutes is not None
    for cell, spot in sample(one):
        ways = [route(own, spot, town).minutes, route(own, town, spot).minutes]
        slower = max(way for way in ways if way is not None)
        assert slower - 0.01 <= one.minutes[cell] <= 1.1 * slower + 1.0


def test_within_the_corridor_the_farthest_cluster_counts() -> None:
    wide = [
        replace(row, value=3000.0) if row.impedance_id == "connector_m" else row
        for row in TOY.transport.impedances
    ]
    river = TOY.transport.barriers[:1]
    rows = replace(TOY.transport, impedances=tuple(wide), barriers=river)
    open_country = replace(TOY, transport=rows)
    one = checked(promises.PROMISES[1], catalog=open_country)
    own = network(open_country, modes=promises.ALL)
    ends = matrix(open_country, CLUSTERS, modes=promises.ALL).ends
    assert one.minutes is not None
    for cell, spot in sample(one):
        ways = [route(own, spot, (end.lon, end.lat)).minutes for end in ends]
        longest = max(way for way in ways if way is not None)
        assert longest - 0.01 <= one.minutes[cell] <= 1.1 * longest + 1.0
    strict, pairs, core = (r.shares.area or 0.0 for r in (one.reading, *one.rivals))
    assert 0.0 < strict <= pairs < 1.0
    assert strict <= core
    assert finding("inside").reading.shares.area == 0.0  # one cluster has no way to it


def test_a_target_without_a_place_is_named_and_the_next_one_is_taken() -> None:
    town = finding("town")
    assert [town.reading.name, *(rival.name for rival in town.rivals)] == ["r1", "a3"]
    assert (town.unreached[-1].name_zh, town.unreached[-1].lon) == ("某城", None)
    ports = finding("ports")
    assert ports.reading.verdict is Verdict.NOT_CHECKABLE
    assert ports.reason is not None
    assert "某城" in ports.reason.zh
    assert ports.minutes is None


def test_without_a_time_there_are_times_and_no_verdict() -> None:
    for kind in (Kind.BETWEEN, Kind.TO_CORRIDOR):
        one = checked(promises.promise("x", kind, None, ("college",)))
        assert one.reading.verdict is Verdict.NOT_CHECKABLE
        assert one.reading.shares.area is None
        assert one.reason is not None
        assert one.reason.en == "the plan states no time"
        assert one.shown.limit_min is None
        assert one.minutes is not None
    rail = checked(promises.promise("x", Kind.JOURNEY, None, ("jia",)))
    assert rail.reason == one.reason
    assert rail.details[0]["kept"] is None


@pytest.mark.parametrize(
    ("limit", "targets", "verdict", "share"),
    [
        (60.0, ("jia",), Verdict.MET, 1.0),
        (60.0, ("jia", "yi"), Verdict.PARTLY, 0.0),
        (60.0, ("jia", "bing"), Verdict.PARTLY, 1.0),
        (60.0, ("yi", "bing"), Verdict.NOT_MET, 0.0),
        (60.0, ("bing",), Verdict.NOT_CHECKABLE, None),
        (70.0, ("jia", "yi"), Verdict.MET, 1.0),
    ],
)
def test_journeys_count_as_published_and_targets_do_not(
    limit: float, targets: tuple[str, ...], verdict: Verdict, share: float | None
) -> None:
    one = checked(promises.promise("x", Kind.JOURNEY, limit, targets, (Mode.RAIL,)))
    assert one.reading.verdict is verdict
    assert one.reading.shares.area == (None if share is None else pytest.approx(share))
    assert one.speeds["free"] == one.speeds["peak"] == (one.reading.shares.area, verdict)


def test_the_way_to_the_station_is_told_apart() -> None:
    one, own = finding("cities"), network(TOY)
    (door,) = one.rivals
    assert door.median_min is not None
    assert one.reading.median_min == 70.0
    assert door.median_min > 70.0
    assert one.minutes is not None
    for cell, spot in sample(one):
        way = route(own, spot, toy.lonlat(3000, 1400)).minutes
        assert way is not None
        assert way + 70.0 - 0.01 <= one.minutes[cell] <= 1.1 * way + 71.0
    assert [row["kept"] for row in one.details] == [True, False, None]


def test_a_station_that_is_not_open_gives_no_journey() -> None:
    later = [replace(s, opening="2030") if s.station_id == "nr" else s for s in TOY.stations]
    row = promises.promise("x", Kind.JOURNEY, 60.0, ("jia",), (Mode.RAIL,))
    one = checked(row, catalog=replace(TOY, stations=tuple(later)))
    assert one.reading.verdict is Verdict.NOT_CHECKABLE
    assert [detail["access_median_min"] for detail in one.details] == [None]


def test_a_trunk_is_near_some_clusters_when_it_runs_and_near_none_before() -> None:
    before, after = finding("trunk"), finding("trunk", "2028")
    assert before.reading.verdict is Verdict.NOT_MET
    assert before.reading.shares.area == 0.0
    assert before.reason is not None
    assert "S2" in before.reason.en
    assert after.reading.verdict is Verdict.PARTLY
    assert after.reading.shares.by_cluster["c14"] > 0.0
    assert after.reading.shares.by_cluster["c01"] == 0.0
    assert after.accuracy.planned_sigma_m == 20.0
    assert after.planned_walk_min == pytest.approx(20.0 * 0.9 / 60.0)
    saved = {row["unit_id"]: row for row in after.details}
    assert list(saved) == CLUSTERS
    a, b = matrix(TOY, ["c14", "c03"], modes=["walk", "rail"], scenario="2028").minutes[0]
    assert a == 0.0
    assert saved["c14"]["mean_saved_min"] > 0.0
    assert saved["c14"]["mean_after_min"] < saved["c14"]["mean_before_min"]
    assert np.isfinite(b)


def some_units(*names: str) -> Catalog:
    units = tuple(row for row in TOY.units if row.unit_id in names)
    polygons = {name: TOY.polygons[name] for name in names}
    edges = tuple(edge for edge in TOY.edges if edge.unit_id in names)
    return replace(TOY, units=units, polygons=polygons, edges=edges)


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        (("corridor", "z3", "c14"), Verdict.MET),
        (("corridor", "core", "c01"), Verdict.NOT_MET),
    ],
)
def test_a_trunk_is_judged_by_the_clusters_it_serves(
    names: tuple[str, ...], verdict: Verdict
) -> None:
    row = promises.promise("x", Kind.TRUNK, None, ("S2",), (Mode.WALK, Mode.RAIL))
    one = checked(row, "2028", some_units(*names))
    assert one.reading.verdict is verdict
    assert one.details[0]["mean_saved_min"] is None  # there is no other cluster


def test_units_without_clusters_have_no_shares_of_clusters() -> None:
    own = some_units("corridor", "core")
    (strict, fast) = (
        promises.promise("x", Kind.TO_CORRIDOR, 20.0),
        promises.promise("y", Kind.TO_EXPRESSWAY, 10.0, modes=(Mode.ROAD,)),
    )
    one = checked(strict, catalog=own)
    assert one.reading.verdict is Verdict.NOT_CHECKABLE
    assert one.reason is not None
    other = checked(fast, catalog=own)
    assert other.reading.shares.clusters is None
    assert other.reading.shares.outside == pytest.approx(other.reading.shares.area)


def test_a_core_under_water_is_no_place_to_go_to() -> None:
    (river, rail) = TOY.transport.barriers
    points = river.points.copy()
    points[:, 1] = 28.6545  # the row of the core
    flood = replace(river, points=points, width_m=1200.0)
    wet = replace(TOY, transport=replace(TOY.transport, barriers=(flood, rail)))
    one = checked(promises.promise("x", Kind.TO_CORRIDOR, 20.0), catalog=wet)
    assert [rival.name for rival in one.rivals] == ["pairs"]
    assert not {"c01", "c02", "c03"} & set(one.reading.shares.by_cluster)
    everything = replace(flood, width_m=40_000.0)
    sea = replace(TOY, transport=replace(TOY.transport, barriers=(everything, rail)))
    under = checked(
        promises.promise("x", Kind.TO_EXPRESSWAY, 10.0, modes=(Mode.ROAD,)), catalog=sea
    )
    assert under.reading.shares.area is None
    assert under.reading.median_min is None
    assert under.worst == under.unreached == ()


def test_a_circle_of_services_is_not_checkable_and_stations_are_our_own_figure() -> None:
    for scenario, stops in (("2022", 0), ("today", 3), ("2028", 5)):
        one = finding("circle", scenario)
        assert one.reading.verdict is Verdict.NOT_CHECKABLE
        assert one.reading.shares.area is None
        (own,) = one.rivals
        assert own.verdict is Verdict.NOT_CHECKABLE
        assert ((own.shares.area or 0.0) > 0.0) == (stops > 0)
        assert len(FOUND.stations[scenario]) == stops


def test_the_worst_places_are_the_longest_one_a_unit() -> None:
    cells = FOUND.cells
    for findings in FOUND.findings.values():
        for one in findings:
            if one.minutes is None or np.isnan(one.minutes).all():
                assert one.worst == ()
                continue
            minutes = [place.minutes or 0.0 for place in one.worst]
            assert minutes == sorted(minutes, reverse=True)
            assert minutes[0] == np.nanmax(one.minutes)
            assert len({place.unit_id for place in one.worst}) == len(one.worst)
            lost = np.isnan(one.minutes) & cells.places.dry
            found = sum(place.area_km2 or 0.0 for place in one.unreached)
            assert found <= cells.ground_km2[lost].sum() + 1e-9
            assert all(place.reason for place in one.unreached)


def test_an_island_has_no_way_and_says_so() -> None:
    """North of the closed bridge nothing is reached on foot from the south."""
    cut = replace(SCENARIOS["today"], name="cut", closed=frozenset({"大桥", "匝道一"}))
    row = promises.promise("x", Kind.BETWEEN, 8.0, ("a3",), (Mode.ROAD,))
    rows = replace(TOY.transport, promises=(row,))
    found = commitments(replace(TOY, transport=rows), [cut])
    one = finding("x", "cut", found)
    reasons = {place.reason for place in one.unreached}
    assert "no way leads there" in reasons
    assert one.reading.shares.by_cluster["c08"] == 0.0


@pytest.mark.parametrize(
    ("area", "least", "verdict"),
    [
        (1.0, 1.0, Verdict.MET),
        (0.999, 0.995, Verdict.MET),
        (0.999, 0.99, Verdict.PARTLY),
        (0.5, 0.0, Verdict.PARTLY),
        (0.49, 0.0, Verdict.NOT_MET),
        (None, 0.0, Verdict.NOT_CHECKABLE),
    ],
)
def test_a_verdict_needs_every_cluster(area: float | None, least: float, verdict: Verdict) -> None:
    shares = Shares(area=area, by_cluster={"c01": least, "c02": 1.0}, outside=1.0, clusters=0.5)
    assert verdict_of(shares) is verdict


@pytest.mark.parametrize(
    ("kind", "targets", "sentence"),
    [
        (Kind.BETWEEN, ("no-such-id",), "target 'no-such-id' is not known"),
        (Kind.JOURNEY, ("jia", "ding"), "journey 'ding' of 'x' is not known"),
        (Kind.TRUNK, (), "'x' has 0 targets, expected one line"),
    ],
)
def test_targets_must_be_known(kind: Kind, targets: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        checked(promises.promise("x", kind, 8.0, targets))


def test_a_station_of_a_scenario_is_on_the_map() -> None:
    new = replace(toy.station("u1"), station_id="new", name_zh="新站")
    mine = replace(
        SCENARIOS["2028"],
        name="mine",
        stations=(new,),
        runs=(toy.run("S2", "u2", "new", 60.0),),
    )
    spots = {spot.place_id: spot for spot in commitments(TOY, [mine]).stations["mine"]}
    assert spots["new"].name_zh == "新站"
    assert spots["new"].lon == new.lon


def test_a_scenario_must_be_known_and_be_there_once() -> None:
    with pytest.raises(UnknownIdError, match="'2050' is not known"):
        commitments(TOY, ["2050"])
    with pytest.raises(DuplicateIdError, match="'today': is there twice"):
        commitments(TOY, ["today", SCENARIOS["today"]])
    assert commitments(TOY, []).to_json()["scenario"] == {}
