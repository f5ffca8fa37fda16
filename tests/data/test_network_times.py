"""Known times of the real network, within the range that is published for them."""

from dataclasses import replace

import pytest

from tests.toy.world import catalog as world
from tzkc_geo.catalog import Catalog
from tzkc_geo.io.folder import shipped_folder
from tzkc_geo.io.tables import read_tables
from tzkc_geo.network.build import network
from tzkc_geo.network.route import Route, route
from tzkc_geo.network.scenario import SCENARIOS


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Return the shipped network; the units are of no matter here."""
    tables = read_tables(shipped_folder())
    return replace(world(), stations=tables.stations, transport=tables.transport)


def way(  # noqa: PLR0913 - what a question consists of
    catalog: Catalog,
    start: str,
    end: str,
    modes: tuple[str, ...],
    *,
    scenario: str = "today",
    peak: bool = False,
    depart: float | None = None,
) -> Route:
    """Return the way between two stations or junctions."""
    net = network(catalog, modes=modes, scenario=scenario, peak=peak)
    at = {row.station_id: (row.lon, row.lat) for row in catalog.stations if row.lon and row.lat}
    at |= {row.junction_id: (row.lon, row.lat) for row in catalog.transport.junctions}
    return route(net, *((at[name][0] or 0.0, at[name][1] or 0.0) for name in (start, end)),
                 depart=depart)  # fmt: skip


def ridden(found: Route, line: str) -> float:
    """Return the minutes on the trains of a line."""
    return sum(leg.minutes for leg in found.legs if (leg.mode, leg.line) == ("rail", line))


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [("s1-01", "s1-15", 52, 56), ("s1-09", "s1-01", 29.4, 30.5)],
)
def test_s1_rides_as_long_as_published(
    catalog: Catalog, start: str, end: str, least: float, most: float
) -> None:
    found = way(catalog, start, end, ("walk", "rail"))
    assert least <= ridden(found, "S1") <= most
    assert sum(leg.tenths for leg in found.legs) == found.tenths


@pytest.mark.parametrize(("start", "end"), [("s1-01", "s1-15"), ("s1-15", "s1-01")])
def test_first_and_last_train_of_s1(catalog: Catalog, start: str, end: str) -> None:
    parameters = network(catalog, modes=("walk", "rail")).parameters
    access = parameters["station_access_s"] / 60
    early = way(catalog, start, end, ("walk", "rail"), depart=380 - access)  # 06:20
    late = way(catalog, start, end, ("walk", "rail"), depart=1300 - access)  # 21:40
    ride = access + ridden(early, "S1") + parameters["alight_s"] / 60
    assert early.minutes == late.minutes == pytest.approx(ride)
    gone = way(catalog, start, end, ("walk", "rail"), depart=1301 - access)
    assert ridden(gone, "S1") == 0


def test_from_the_ring_to_the_coast_by_yijiangshan_avenue(catalog: Catalog) -> None:
    found = way(catalog, "shifu-west", "taizhou-east-gate", ("road",))
    lines = [leg.line for leg in found.legs]
    onward = found.legs[lines.index("内环路") + 1 :]
    assert onward[0].line == "一江山大道"
    assert 9 <= sum(leg.minutes for leg in onward) <= 11  # published: about 10


def test_cars_in_town_make_some_30_km_h_at_peak(catalog: Catalog) -> None:
    found = way(catalog, "s1-01", "s2-14", ("road",), peak=True)
    leg = max(found.legs, key=lambda leg: leg.metres)
    assert leg.line == "市府大道"
    assert 28 <= leg.metres * 0.06 / leg.minutes <= 32


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_network_of_every_scenario_is_small(catalog: Catalog, name: str) -> None:
    net = network(catalog, scenario=name)
    assert 3000 < len(net.node_id) < 6000
    assert net.graph.head.size < 60_000


def test_s2_shortens_the_way_from_taizhou_west(catalog: Catalog) -> None:
    ends = ("s2-07", "s1-09", ("walk", "road", "rail"))
    today = way(catalog, *ends, peak=True)
    later = way(catalog, *ends, peak=True, scenario="2028")
    assert today.tenths is not None
    assert later.tenths is not None
    assert later.tenths <= today.tenths
