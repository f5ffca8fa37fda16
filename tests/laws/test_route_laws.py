"""Laws of routes over random positions and changes of the toy network."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toy import network as toy
from tests.toy.network import lonlat
from tzkc_geo.network.build import network
from tzkc_geo.network.route import Route, route
from tzkc_geo.network.scenario import SCENARIOS, Scenario
from tzkc_geo.transport import Mode

CATALOG = toy.catalog()
EASTS, NORTHS = st.integers(-1000, 6500), st.integers(-200, 7500)
SPOTS = st.tuples(EASTS, NORTHS)
MODES = st.lists(st.sampled_from(list(Mode)), min_size=1, unique=True).map(tuple)
TIMES = st.none() | st.integers(0, 1439).map(float)
FREE_TIMES = st.sampled_from((False, True))
IDS = tuple(link.link_id for link in toy.links())
TODAY = SCENARIOS["today"]
FEW = settings(max_examples=60, deadline=None)


def way(
    scenario: Scenario | str,
    modes: tuple[str, ...],
    spots: tuple[tuple[float, float], tuple[float, float]],
    depart: float | None = None,
) -> Route:
    net = network(CATALOG, scenario=scenario, modes=modes)
    return route(net, lonlat(*spots[0]), lonlat(*spots[1]), depart=depart)


def tenths(found: Route) -> float:
    return float("inf") if found.tenths is None else found.tenths


@FEW
@given(MODES, SPOTS, SPOTS, TIMES)
def test_legs_sum_to_the_time_or_there_is_a_reason(
    modes: tuple[str, ...], start: tuple[int, int], end: tuple[int, int], depart: float | None
) -> None:
    found = way("2028", modes, (start, end), depart)
    assert (found.tenths is None) == bool(found.reason)
    assert sum(leg.tenths for leg in found.legs) == (found.tenths or 0)
    assert all(a.mode != b.mode or a.line != b.line for a, b in zip(found.legs, found.legs[1:],
                                                                    strict=False))  # fmt: skip
    body = found.to_json()
    total = sum(round(100 * leg["minutes"]) for leg in body["legs"])
    assert total == round(100 * (body["minutes"] or 0))
    said = {leg.mode for leg in found.legs} | {note.split(" ")[0] for note in found.notes}
    assert not found.legs or set(found.modes) - {"walk"} <= said


@FEW
@given(MODES, SPOTS, SPOTS, st.sets(st.sampled_from(IDS)), st.sampled_from(IDS))
def test_closing_a_link_never_shortens(
    modes: tuple[str, ...], start: tuple[int, int], end: tuple[int, int], shut: set[str], one: str
) -> None:
    some = replace(TODAY, closed=frozenset(shut))
    more = replace(TODAY, closed=frozenset(shut | {one}))
    assert tenths(way(more, modes, (start, end))) >= tenths(way(some, modes, (start, end)))


@FEW
@given(
    st.sampled_from((("walk",), ("road",), ("walk", "rail"))),
    SPOTS,
    SPOTS,
    st.lists(st.sampled_from(tuple(toy.JUNCTIONS)), min_size=2, max_size=2, unique=True),
)
def test_adding_a_link_never_lengthens(
    modes: tuple[str, ...], start: tuple[int, int], end: tuple[int, int], ends: list[str]
) -> None:
    new = toy.link("new", "新路", (ends[0], ends[1]), crosses=(toy.RIVER, toy.RAILWAY))
    more = replace(TODAY, links=(new,))
    assert tenths(way(more, modes, (start, end))) <= tenths(way(TODAY, modes, (start, end)))


@FEW
@given(MODES, SPOTS, SPOTS, TIMES)
def test_a_scenario_with_more_lines_is_never_slower(
    modes: tuple[str, ...], start: tuple[int, int], end: tuple[int, int], depart: float | None
) -> None:
    times = [tenths(way(name, modes, (start, end), depart)) for name in ("2022", "today", "2028")]
    assert times == sorted(times, reverse=True)


@FEW
@given(MODES, MODES, SPOTS, SPOTS)
def test_more_modes_are_never_slower(
    modes: tuple[str, ...], others: tuple[str, ...], start: tuple[int, int], end: tuple[int, int]
) -> None:
    both = (*modes, *others)
    assert tenths(way(TODAY, both, (start, end))) <= tenths(way(TODAY, modes, (start, end)))


@FEW
@given(EASTS, st.integers(-200, 1540), EASTS, st.integers(1660, 7500))
def test_walkers_cross_the_river_by_the_bridge_alone(
    east: int, south: int, other: int, north: int
) -> None:
    spots = (east, south), (other, north)
    found = way("2022", ("walk", "bike"), spots)
    assert found.tenths is None or "大桥" in {leg.line for leg in found.legs}
    shut = replace(SCENARIOS["2022"], closed=frozenset({"大桥"}))
    assert way(shut, ("walk", "bike"), spots).tenths is None


@FEW
@given(SPOTS, SPOTS)
def test_no_leg_is_faster_than_its_mode(start: tuple[int, int], end: tuple[int, int]) -> None:
    best = {"walk": 0.6, "bike": 0.2, "road": 0.05}
    for modes in (("walk",), ("bike",), ("road",)):
        for leg in way(TODAY, modes, (start, end)).legs:
            assert leg.tenths / 10 >= best[leg.mode] * leg.metres - 1
