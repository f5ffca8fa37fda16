"""The layered network of the toy world: its nodes, edges and times, known by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.toy import network as toy
from tzkc_geo.errors import DataError, LimitError, UnknownIdError
from tzkc_geo.network.assemble import LAYERS
from tzkc_geo.network.build import Network, network
from tzkc_geo.network.edges import WAYS
from tzkc_geo.network.scenario import SCENARIOS
from tzkc_geo.network.search import UNREACHED, search
from tzkc_geo.transport import Grounds, Impedance, JunctionKind, LinkClass, Transport

CATALOG = toy.catalog()


def seconds(net: Network, start: str, end: str, *, depart: int | None = None) -> float | None:
    """Return the time between two places, entered and left there."""
    at = {name: [i for i, own in enumerate(net.node_id) if own == name] for name in (start, end)}
    begin = [node for node in at[start] if net.entry[node]]
    found = search(net.graph, [(begin, [0] * len(begin))], depart=depart)
    best = min(int(found.time[0, node]) for node in at[end] if net.entry[node])
    return None if best == UNREACHED else best / 10


@pytest.mark.parametrize(
    ("modes", "ends", "scenario", "peak", "answer"),
    [
        (("walk",), ("a1", "n2"), "2022", 0, 4140),
        (("bike",), ("a1", "n2"), "2022", 0, 1380),
        (("road",), ("a1", "n2"), "today", 0, 690),
        (("road",), ("a1", "n2"), "today", 1, 1380),
        (("walk", "rail"), ("r1", "r3"), "today", 0, 750),
        (("walk", "rail"), ("r3", "r1"), "today", 0, 750),
        (("walk", "rail"), ("r1", "r3"), "2022", 0, 4140),
        (("road",), ("a3", "d2"), "today", 0, 445),
        (("road",), ("d2", "a3"), "today", 0, 890),
        (("walk", "rail"), ("a3", "d2"), "today", 0, 4350),
        (("walk", "rail"), ("a3", "d2"), "2028", 0, 690),
        (("walk", "road", "rail"), ("jia-1@2", "r3"), "today", 1, 1010),
    ],
)
def test_the_times_are_those_worked_by_hand(
    modes: tuple[str, ...], ends: tuple[str, str], scenario: str, peak: int, answer: float
) -> None:
    if scenario == "2022":  # no station is open, so its junction is meant
        ends = tuple({"r1": "a1", "r3": "n2"}.get(end, end) for end in ends)  # type: ignore[assignment]
    net = network(CATALOG, modes=modes, scenario=scenario, peak=bool(peak))
    assert seconds(net, *ends) == answer


def test_a_departure_waits_for_the_train_that_comes() -> None:
    net = network(CATALOG, modes=("walk", "rail"))
    for minutes, waited in ((480, 540), (489, 0), (489.5, 570), (350, 29 * 60)):
        found = seconds(net, "r1", "r3", depart=round(minutes * 600))
        assert found == 60 + waited + 360 + 30, minutes


def test_after_the_last_train_the_station_is_not_reached() -> None:
    net = network(CATALOG, modes=("walk", "rail"))
    assert seconds(net, "r1", "r2", depart=1299 * 600) == 60 + 120 + 30
    assert seconds(net, "r1", "r2", depart=1299 * 600 + 1) is None
    assert seconds(net, "r3", "r2", depart=1299 * 600) == 60 + 240 + 30
    assert seconds(net, "r2", "r3", depart=1301 * 600) == 60 + 240 + 30  # 120 s after r1


def test_the_last_train_runs_though_it_does_not_fit_the_headway() -> None:
    odd = replace(SCENARIOS["today"], name="odd", headways=(("S1", 540.0),))  # 102.2 headways
    net = network(CATALOG, scenario=odd, modes=("walk", "rail"))
    assert seconds(net, "r1", "r2", depart=1299 * 600) == 60 + 120 + 30
    assert seconds(net, "r1", "r2") == 60 + 270 + 120 + 30


def test_every_edge_knows_what_it_is() -> None:
    net = network(CATALOG, modes=("walk", "bike", "road", "rail"), scenario="2028")
    kinds = np.array(WAYS)[net.edge_mode]
    assert set(kinds) == set(WAYS)
    assert ((net.edge_run >= 0) == (kinds == "rail")).all()
    assert ((net.graph.board >= 0) == (kinds == "wait")).all()
    on_links = net.edge_link >= 0
    assert np.isin(kinds[on_links], ("walk", "bike", "road")).all()
    fast = np.isin(net.edge_link, [7])
    assert (kinds[fast] == "road").all()
    assert net.edge_metres[fast].tolist() == pytest.approx([4900.0, 4900.0])
    layers = np.array(LAYERS)[net.layer]
    for mode in ("walk", "bike", "road"):
        own = kinds == mode
        inside = (layers[net.graph.tail[own]] == mode) & (layers[net.graph.head[own]] == mode)
        station = np.isin(layers[net.graph.tail[own]], ("hall", "rail")) | (
            layers[net.graph.head[own]] == "hall"
        )
        assert (inside | (station & (mode == "walk"))).all()


def test_no_connector_is_too_long_or_meets_a_barrier() -> None:
    net = network(CATALOG, modes=("walk", "road"), scenario="2022")
    loose = net.edge_link < 0
    ends = net.graph.xy[net.graph.tail[loose]], net.graph.xy[net.graph.head[loose]]
    assert loose.any()
    assert (net.edge_metres[loose] <= 1500).all()
    assert not net.barriers.blocked(*ends[0].T, *ends[1].T).any()


def test_an_expressway_is_entered_by_its_ramps_alone() -> None:
    net = network(CATALOG, modes=("road",))
    names = {net.node_id[node] for node in net.entries("road")}
    assert not {"e1", "e2"} & names
    assert {"a3", "d2", "jia-1@1", "r2", "nr"} <= names
    assert net.entries("walk").size == 0


def test_an_arterial_is_not_entered_above_the_water() -> None:
    wide = replace(CATALOG.transport.barriers[0], width_m=900.0)  # from 1150 to 2050
    rows = replace(CATALOG.transport, barriers=(wide,), links=(
        *toy.links(), toy.link("low", "水上路", ("a1", "n1"), crosses=(toy.RIVER,)),
    ))  # fmt: skip
    net = network(replace(CATALOG, transport=rows), modes=("walk",))
    names = {net.node_id[node] for node in net.entries("walk")}
    assert "low@1" not in names  # y = 1743
    assert {"low@2", "a1", "bs"} <= names  # y = 2086, and junctions as they are
    assert "low@1" in net.node_id


def test_a_bend_of_a_bridge_and_an_end_of_ramps() -> None:
    rows = CATALOG.transport
    more = (
        replace(toy.junction("mid", 2500, 1500), kind=JunctionKind.BEND),
        toy.junction("gate", 6000, 6300),
    )
    links = (
        *rows.links,
        toy.link("b-1", "二桥", ("bs", "mid"), LinkClass.BRIDGE),
        toy.link("b-2", "二桥", ("mid", "bn"), LinkClass.BRIDGE, crosses=(toy.RIVER,)),
        toy.link("ramp-3", "匝道三", ("e2", "gate"), LinkClass.RAMP),
    )
    grown = replace(rows, junctions=rows.junctions + more, links=links)
    net = network(replace(CATALOG, transport=grown), modes=("walk", "road"))
    walk, road = ({net.node_id[n] for n in net.entries(mode)} for mode in ("walk", "road"))
    assert not {"mid", "gate", "e2"} & walk
    assert "mid" not in road
    assert "gate" in road


def test_rail_without_walking_is_reached_where_the_car_is_parked() -> None:
    net = network(CATALOG, modes=("road", "rail"))
    assert net.access == ("walk", "road")
    assert [net.access_m(mode) for mode in net.access] == [100.0, 1500.0]
    assert {net.node_id[node] for node in net.entries("walk")} == {"r1", "r2", "r3"}
    assert seconds(net, "a1", "r2") == 60 + 60 + 300 + 120 + 30
    walk = net.edge_mode == WAYS.index("walk")
    halls = {net.halls[name] for name in ("r1", "r2", "r3")}
    assert all({a, b} & halls for a, b in zip(net.graph.tail[walk], net.graph.head[walk],
                                              strict=True))  # fmt: skip


def test_a_change_between_stations_of_one_place_takes_its_stated_time() -> None:
    moved = {"r1": toy.lonlat(0, 1000), "u1": toy.lonlat(10, 1000)}
    stations = tuple(
        replace(row, lon=moved[row.station_id][0], lat=moved[row.station_id][1])
        if row.station_id in moved
        else row
        for row in CATALOG.stations
    )
    net = network(replace(CATALOG, stations=stations), modes=("walk", "rail"), scenario="2028")
    # u2 - u1 by S2; from its platform to that of r1 in 150 s, of which 60 s from gate to gate
    assert seconds(net, "u2", "r2") == 60 + 300 + 300 + 150 + 300 + 120 + 30
    assert seconds(net, "u1", "a1") == pytest.approx(360.1)


def test_a_line_in_a_ring_has_a_train_at_every_station() -> None:
    ring = replace(
        CATALOG.transport,
        runs=(*CATALOG.transport.runs[:2], toy.run("S1", "r3", "r1", 500.0)),
    )
    net = network(replace(CATALOG, transport=ring), modes=("walk", "rail"))
    assert seconds(net, "r1", "r3") == 750
    assert seconds(net, "r3", "r1") == 750
    assert seconds(net, "r3", "r2") == 60 + 300 + 240 + 30


def test_a_network_is_made_once_for_a_catalog() -> None:
    assert network(CATALOG, modes=("rail", "walk")) is network(CATALOG, modes=["walk", "rail"])
    assert network(CATALOG) is not network(replace(CATALOG))
    assert network(CATALOG).modes == ("walk", "road", "rail")


def test_a_detour_factor_of_one_keeps_the_way_beside_a_curved_road() -> None:
    curved = replace(toy.link("curve", "弯路", ("a1", "n1")), length_m=6000.0)
    rows = replace(CATALOG.transport, links=(*toy.links(), curved))
    net = network(replace(CATALOG, transport=rows), modes=("walk",), scenario="2022")
    # pieces of the road take 500 x 0.6; straight on it is 3124 / 12 x 0.9 each
    assert seconds(net, "curve@4", "curve@5") == pytest.approx(3124.1 / 12 * 0.9, abs=0.1)


@pytest.mark.parametrize("modes", [("boat",), ("walk", "car"), ()])
def test_a_mode_that_does_not_exist_is_refused(modes: tuple[str, ...]) -> None:
    with pytest.raises(LimitError, match=r"modes: .* expected some of walk, bike, road, rail"):
        network(CATALOG, modes=modes)


def test_a_scenario_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="scenario: '2030' is not known, expected one of"):
        network(CATALOG, scenario="2030")


def test_tables_without_impedances_are_refused() -> None:
    with pytest.raises(DataError, match=r"impedances\.csv: no row 'walk_kmh'"):
        network(replace(CATALOG, transport=Transport()))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("walk_kmh", 0.0, "a number above 0, got 0.0"),
        ("detour_road", 0.9, "at least 1, got 0.9"),
        ("park_s", -1.0, "0 or more, got -1.0"),
    ],
)
def test_an_absurd_impedance_is_refused(name: str, value: float, expected: str) -> None:
    rows = [row for row in CATALOG.transport.impedances if row.impedance_id != name]
    rows.append(
        Impedance(impedance_id=name, value=value, grounds=Grounds.ASSUMED, source_id="toy", note="")
    )
    bad = replace(CATALOG, transport=replace(CATALOG.transport, impedances=tuple(rows)))
    with pytest.raises(DataError, match=f"{name}' is too small, expected {expected}"):
        network(bad)


def test_the_stated_times_may_be_left_out() -> None:
    rows = tuple(
        row
        for row in CATALOG.transport.impedances
        if row.impedance_id not in {"station_access_s", "alight_s", "transfer_s"}
    )
    short = replace(CATALOG, transport=replace(CATALOG.transport, impedances=rows))
    assert seconds(network(short, modes=("walk", "rail")), "r1", "r3") == 660


def test_a_scenario_without_roads_and_rail_is_empty() -> None:
    rows = replace(CATALOG.transport, links=(), runs=())
    bare = replace(CATALOG, transport=rows, stations=())
    net = network(bare)
    assert len(net.node_id) == 0
    assert net.graph.head.size == 0
    assert net.entries("walk").size == 0
