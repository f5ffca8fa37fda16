"""Routes over the toy network: times and legs known by hand, and reasons where there is none."""

from dataclasses import replace

import pytest

from tests.toy import network as toy
from tests.toy.network import lonlat
from tzkc_geo.errors import CrsError, LimitError
from tzkc_geo.network.build import network
from tzkc_geo.network.route import Route, route
from tzkc_geo.network.scenario import SCENARIOS
from tzkc_geo.transport import Grounds

CATALOG = toy.catalog()
R1, R3 = (0, 1400), (2000, 6300)
FOOT, RAIL, CAR, ALL = ("walk",), ("walk", "rail"), ("road",), ("walk", "road", "rail")


def way(  # noqa: PLR0913 - what a question consists of
    modes: tuple[str, ...],
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    scenario: str = "today",
    peak: bool = False,
    depart: float | None = None,
) -> Route:
    """Return a route between metres of the toy network."""
    net = network(CATALOG, modes=modes, scenario=scenario, peak=peak)
    return route(net, lonlat(*start), lonlat(*end), depart=depart)


def legs(found: Route) -> list[tuple[str, float, str]]:
    """Return mode, seconds and line of each leg."""
    return [(leg.mode, leg.tenths / 10, leg.line) for leg in found.legs]


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (way(FOOT, R1, R3, scenario="2022"), 4140),
        (way(CAR, R1, R3), 690),
        (way(CAR, R1, R3, peak=True), 1380),
        (way(RAIL, R1, R3), 750),
        (way(RAIL, R1, R3, depart=480), 990),
        (way(ALL, R1, R3), 690),
        (way(ALL, R1, R3, peak=True), 750),
        (way(FOOT, (2000, 1100), (1700, 1800)), 780),
        (way(FOOT, (2300, 4900), (2300, 5100)), 909.1),
        (way(RAIL, R1, (0, 3500)), 960),
        (way(FOOT, (700, 600), (700, 1200)), 540),  # straight on: 600 m
        (way(CAR, (700, 600), (700, 1200)), 180),
        (way(ALL, (700, 600), (700, 1200)), 180),
        (way(FOOT, (700, 600), (700, 600)), 0),
    ],
)
def test_the_times_are_those_worked_by_hand(found: Route, seconds: float) -> None:
    assert found.tenths == seconds * 10
    assert sum(leg.minutes for leg in found.legs) * 60 == pytest.approx(seconds)
    assert found.reason is None
    assert sum(leg.tenths for leg in found.legs) == found.tenths


def test_park_and_ride_is_told_leg_by_leg() -> None:
    found = way(ALL, (1000, 1400), R3, peak=True)
    assert legs(found) == [
        ("road", 200, "甲路"),
        ("park", 60, ""),
        ("walk", 60, ""),
        ("wait", 300, "S1"),
        ("rail", 360, "S1"),
        ("walk", 30, ""),
    ]
    names = [(leg.start, leg.end) for leg in found.legs]
    assert names == [
        ("origin", "a1路口"),
        ("r1站", "r1站"),
        ("r1站", "r1站"),
        ("r1站", "r1站"),
        ("r1站", "r3站"),
        ("r3站", "destination"),
    ]
    assert [leg.grounds for leg in found.legs] == [
        Grounds.MEASURED,
        Grounds.ASSUMED,
        Grounds.ASSUMED,
        Grounds.DERIVED,
        Grounds.PUBLISHED,
        Grounds.ASSUMED,
    ]
    assert found.notes == ()


def test_a_leg_rests_on_the_weakest_of_its_links() -> None:
    found = way(CAR, R1, R3)
    assert [(leg.line, round(leg.metres, 3), leg.grounds) for leg in found.legs] == [
        ("甲路", 2000, Grounds.MEASURED),
        ("大桥", 400, Grounds.MEASURED),
        ("乙路", 2000, Grounds.MEASURED),
        ("戊路", 2500, Grounds.ASSUMED),
    ]
    assert (found.legs[0].end, found.legs[1].end) == ("bs路口", "bn路口")
    on_foot = way(FOOT, R1, R3, scenario="2022")
    assert {leg.grounds for leg in on_foot.legs} == {Grounds.ASSUMED}  # the speed of walking is


def test_the_object_of_the_contract() -> None:
    body = way(RAIL, R1, (0, 3500)).to_json()
    assert body["minutes"] == 16.0
    assert body["scenario"] == "today"
    assert body["snap_m"] == [0.0, 500.0]
    assert body["legs"][2] == {
        "mode": "rail",
        "from": "r1站",
        "to": "r2站",
        "minutes": 2.0,
        "metres": 0.0,
        "line": "S1",
        "grounds": "published",
    }
    assert body["legs"][-1]["line"] is None


def test_rounded_minutes_of_the_legs_add_up() -> None:
    body = way(FOOT, (2300, 4900), (2300, 5100)).to_json()
    assert body["minutes"] == 15.15
    assert [leg["minutes"] for leg in body["legs"]] == [4.74, 5.0, 5.41]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            way(FOOT, R1, (20000, 20000)),
            (
                "destination has no network within 1500 m: the nearest entry for walk, d2路口, "
                "is 21064 m away"
            ),
        ),
        (way(ALL, (0, 1600), R1), "origin lies in a river"),
        (way(ALL, (0, 1590), (0, 1560)), "origin lies in a river; destination lies in a river"),
        (
            way(FOOT, R1, (0, 3500)),
            (
                "no way leads from origin to destination by walk in scenario today; between them "
                "lies 大江, and no way across is connected to both"
            ),
        ),
        (
            way(FOOT, (0, 1700), R1, scenario="2022"),
            (
                "origin has no network within 1500 m: the nearest entry for walk, a1路口, is 300 m "
                "away behind 大江"
            ),
        ),
        (
            way(RAIL, R1, (0, 3500), depart=1300),
            "no train leads there after 21:40: the last one has left",
        ),
    ],
)
def test_an_unreachable_place_has_a_reason(found: Route, reason: str) -> None:
    assert found.reason == reason
    assert found.tenths is None
    assert found.minutes is None
    assert found.legs == ()
    assert found.to_json()["minutes"] is None
    assert found.to_json()["legs"] == []


def test_without_barriers_between_the_modes_are_named() -> None:
    rows = replace(
        CATALOG.transport,
        junctions=(*CATALOG.transport.junctions, toy.junction("i1", 9000, 0),
                   toy.junction("i2", 9000, 400)),
        links=(*toy.links(), toy.link("island", "孤路", ("i1", "i2"))),
    )  # fmt: skip
    net = network(replace(CATALOG, transport=rows), modes=CAR)
    found = route(net, lonlat(*R1), lonlat(9000, 0))
    assert found.reason == "no way leads from origin to destination by road in scenario today"


def test_a_scenario_without_network_says_so() -> None:
    bare = replace(CATALOG, transport=replace(CATALOG.transport, links=()), stations=())
    found = route(network(bare, modes=FOOT), lonlat(0, 0), lonlat(3000, 0))
    assert found.reason is not None
    assert "origin has no network about it: nothing is open to walk in today" in found.reason
    assert found.snap_m == (None, None)
    near = route(network(bare, modes=FOOT), lonlat(0, 0), lonlat(1000, 0))
    assert legs(near) == [("walk", 900, "")]


@pytest.mark.parametrize(
    ("found", "notes"),
    [
        (way(ALL, R1, R3), ("rail is not used: it would not be faster",)),
        (
            way(ALL, R1, R3, scenario="2022"),
            ("rail is not used: no trains run in scenario 2022",),
        ),
        (way(ALL, R1, R3, peak=True), ("road is not used: it would not be faster",)),
        (
            way(RAIL, (9000, 900), (9000, 1000), scenario="today"),
            ("rail is not used: no train can be reached from the origin",),
        ),
        (
            way(("walk", "bike", "road"), (9000, 900), (9000, 1000)),
            ("road is not used: no road can be reached from the origin",),
        ),
        (way(RAIL, R1, R3), ()),
        (way(FOOT, R1, R3, scenario="2022"), ()),
    ],
)
def test_a_mode_that_is_not_used_is_never_passed_over(found: Route, notes: tuple[str, ...]) -> None:
    assert found.tenths is not None
    assert found.notes == notes


def test_rail_without_walking_is_left_at_the_station_alone() -> None:
    modes = ("road", "rail")
    assert way(modes, R1, (0, 3090)).tenths == 10 * (60 + 300 + 120 + 30) + 90 * 9
    assert way(modes, R1, (0, 3110)).tenths is None


def test_a_closed_bridge_leaves_the_expressway() -> None:
    shut = replace(SCENARIOS["today"], name="shut", closed=frozenset({"bridge"}))
    found = route(network(CATALOG, modes=CAR, scenario=shut), lonlat(*R1), lonlat(*R3))
    assert found.tenths == 10450
    assert [leg.line for leg in found.legs] == ["甲路", "匝道一", "快速路", "匝道二", "丁路"]
    by_name = replace(shut, closed=frozenset({"大桥", "快速路"}))
    gone = route(network(CATALOG, modes=CAR, scenario=by_name), lonlat(*R1), lonlat(*R3))
    assert gone.reason is not None
    assert gone.reason.endswith("lies 大江、铁路, and no way across is connected to both")


@pytest.mark.parametrize("depart", [-1.0, 1440.0, float("nan")])
def test_a_departure_outside_the_day_is_refused(depart: float) -> None:
    with pytest.raises(LimitError, match="depart: not within the day, expected minutes"):
        way(RAIL, R1, R3, depart=depart)


def test_a_position_that_is_no_degrees_is_refused() -> None:
    net = network(CATALOG, modes=FOOT)
    with pytest.raises(CrsError):
        route(net, (500000.0, 3170000.0), lonlat(*R1))
