"""How near units are to lines and roads: to them, not from them, and against the crow's flight."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.toy import network as toy
from tzkc_geo.crs import to_geographic
from tzkc_geo.errors import LimitError
from tzkc_geo.network.build import network
from tzkc_geo.network.grids import unit_cells
from tzkc_geo.network.reach_table import (
    FACILITIES,
    ReachTable,
    Row,
    line_stations,
    main_road_entries,
    reach_table,
    seconds_to,
)
from tzkc_geo.network.route import route

TOY = toy.catalog()
TODAY = reach_table(TOY)


def row(table: ReachTable, facility: str, mode: str, unit_id: str) -> Row:
    (found,) = (
        r for r in table.rows if (r.facility, r.mode, r.unit_id) == (facility, mode, unit_id)
    )
    return found


def test_every_facility_mode_and_unit_has_a_row() -> None:
    assert len(TODAY.rows) == len(FACILITIES) * len(TOY.units)
    said = TODAY.to_json()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert said["scenario"] == "today"


def test_more_minutes_are_more_and_the_network_is_never_faster_than_the_crow_on_foot() -> None:
    for found in TODAY.rows:
        for shares in zip(found.shares, found.shares[1:], strict=False):
            assert shares[0].network <= shares[1].network
            assert shares[0].straight <= shares[1].straight
        for share in found.shares:
            assert 0.0 <= share.network <= 1.0
            if found.mode == "walk":  # cars and bikes are faster on roads than beside them
                assert share.network <= share.straight


def test_times_are_those_of_routes_to_the_facility() -> None:
    """ramp-2 leads from the expressway to d2 alone: only the way to an entry counts."""
    own = network(TOY, modes=["road"])
    cells = unit_cells(TOY, own)
    nodes = main_road_entries(own)
    assert {own.node_id[node] for node in nodes.tolist()} == {"e1"}
    seconds = seconds_to(TOY, own, nodes)
    expected_from = line_stations(TOY, own, "S1")
    assert {own.node_id[node] for node in expected_from.tolist()} == {"r1", "r2", "r3"}
    to_station = seconds_to(TOY, own, expected_from)
    stations = [toy.lonlat(0, 1400), toy.lonlat(0, 3000), toy.lonlat(2000, 6300)]
    rng = np.random.default_rng(5)
    for cell in rng.choice(np.flatnonzero(np.isfinite(to_station)), 20, replace=False).tolist():
        start = tuple(to_geographic(cells.places.xy[cell][None])[0].tolist())
        ways = [route(own, start, end).minutes for end in stations]
        best = min(way for way in ways if way is not None) * 60.0
        assert best - 0.5 <= to_station[cell] <= 1.1 * best + 60.0
    metres = np.hypot(*(cells.places.xy - toy.plane([(4000.0, 1400.0)])[0]).T)
    near = metres.argmin()  # 0.3 s a metre to a3, then 1000 m of ramp at 0.1
    assert seconds[near] == pytest.approx(100.0 + 0.3 * metres[near], abs=0.1)


def test_a_line_that_is_not_open_has_a_reason_and_no_shares() -> None:
    closed = row(TODAY, "S2", "walk", "c01")
    assert (closed.shares, closed.reason) == ((), "S2 is not open in scenario today")
    opened = row(reach_table(TOY, scenario="2028"), "S2", "road", "c03")
    assert opened.reason is None
    assert opened.shares[-1].network > 0.0


def test_the_other_bank_is_near_for_the_crow_alone() -> None:
    table = reach_table(TOY, scenario="2028")
    half_hour = row(table, "S2", "walk", "c07").shares[-1]  # north of the river, u1 south of it
    assert half_hour.minutes == 30.0
    assert half_hour.straight == pytest.approx(1.0)
    assert half_hour.network == 0.0


def test_snap_distances_are_those_of_the_cells() -> None:
    own = network(TOY, modes=["walk"])
    cells = unit_cells(TOY, own)
    code = [unit.unit_id for unit in TOY.units].index("c08")
    metres = cells.places.snap_m[cells.code == code]
    found = row(TODAY, "S1", "walk", "c08")
    assert found.snap_median_m == pytest.approx(np.nanmedian(metres))
    assert found.snap_max_m == pytest.approx(np.nanmax(metres))
    dry = cells.places.dry[cells.code == code]
    assert found.unsnapped == pytest.approx(np.isnan(metres[dry]).mean(), abs=1e-3)


def test_a_unit_in_the_middle_of_a_river_has_no_shares() -> None:
    (river, rail) = TOY.transport.barriers
    points = river.points.copy()
    points[:, 1] = 28.6545  # the row of the core
    flood = replace(river, points=points, width_m=1200.0)
    wet = replace(TOY, transport=replace(TOY.transport, barriers=(flood, rail)))
    found = row(reach_table(wet), "S1", "walk", "c02")
    assert found.shares == ()
    assert found.reason == "the unit has no dry cell"
    assert (found.snap_median_m, found.snap_max_m, found.unsnapped) == (None, None, None)


def test_absurd_minutes_are_refused() -> None:
    with pytest.raises(LimitError, match="minutes: out of range"):
        reach_table(TOY, [0.0])
