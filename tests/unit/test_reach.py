"""The reach of a site on the toy network: answers by hand, laws, and refusals."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

import tzkc_geo
from tests.toy import network as toy
from tzkc_geo.crs import to_geographic, to_metric
from tzkc_geo.errors import CrsError, LimitError, UnknownIdError
from tzkc_geo.network.build import network
from tzkc_geo.network.grids import display, ground_km2, unit_cells
from tzkc_geo.network.reach import Reach, checked_minutes, departure, reach, search_from
from tzkc_geo.network.route import route
from tzkc_geo.network.scenario import SCENARIOS
from tzkc_geo.network.surface import times
from tzkc_geo.transport import Grounds

TOY = toy.catalog()
SITE_M = (0.0, 1400.0)  # at the station r1
SITE = toy.lonlat(*SITE_M)
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
SPOTS = st.tuples(st.floats(-1000.0, 5000.0), st.floats(0.0, 7000.0))


def shares(answer: Reach, band: int = -1) -> dict[str, float]:
    return dict(answer.bands[band].units)


def above(unit_id: str | None) -> list[str]:
    """Return a unit and all that it is part of."""
    return [] if unit_id is None else [unit_id, *above(TOY.unit(unit_id).parent_id)]


def test_it_is_public_and_the_json_is_as_promised() -> None:
    answer = tzkc_geo.reach(TOY, *SITE, (30, 15))
    said = answer.to_json()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert said["origin"] == {"lon": SITE[0], "lat": SITE[1], "crs": "EPSG:4490"}
    assert (said["scenario"], said["modes"]) == ("today", ["walk", "road", "rail"])
    assert [band["minutes"] for band in said["bands"]] == [15.0, 30.0]
    assert set(said["bands"][0]) == {"minutes", "area_km2", "units", "stations"}
    assert set(said["bands"][0]["units"][0]) == {"unit_id", "share"}
    assert set(said["bands"][0]["stations"][0]) == {"station_id", "name_zh", "minutes"}
    assert said["snap_m"] == pytest.approx(0.0, abs=0.01)
    assert (said["reason"], said["modes_unused"]) == (None, [])


def test_stations_by_hand() -> None:
    """r2 takes 60 + 300 + 120 + 30 s, r3 750 s, nr 1800 s on foot."""
    (band,) = reach(TOY, *SITE, [30.0], modes=["walk", "rail"]).bands
    found = {row.station_id: row.minutes for row in band.stations}
    assert found == pytest.approx({"r1": 0.0, "r2": 8.5, "r3": 12.5, "nr": 30.0}, abs=0.02)
    assert [*found] == ["r1", "r2", "r3", "nr"]  # the nearest first


def test_a_departure_waits_for_the_train() -> None:
    (band,) = reach(TOY, *SITE, [30.0], modes=["walk", "rail"], at="8:00").bands
    found = {row.station_id: row.minutes for row in band.stations}
    assert found["r3"] == pytest.approx(16.5, abs=0.02)
    late = reach(TOY, *SITE, [30.0], modes=["walk", "rail"], at="23:00")
    assert late.unused == ("rail",)
    assert "r3" not in {row.station_id for row in late.bands[0].stations}


def test_the_disc_about_a_walker_is_by_hand() -> None:
    """In 5 minutes off the network 333 m, along the road 500 m to the east: from r1 itself."""
    (band,) = reach(TOY, *SITE, [5.0], modes=["walk"]).bands
    metres = to_metric(shapely.get_coordinates(band.polygon)) - toy.plane([SITE_M])[0]
    assert np.abs(metres[:, 1]).max() == pytest.approx(333.0, abs=200.0)
    assert metres[:, 0].max() == pytest.approx(500.0, abs=200.0)
    disc = math.pi * 0.333**2
    assert disc / 3.0 < band.area_km2 < disc * 1.6  # the river is 150 m north of the station


def test_shares_are_counted_by_looking_at_each_cell() -> None:
    answer = reach(TOY, *SITE, [10.0], modes=["walk", "road"])
    own = network(TOY, modes=["walk", "road"])
    cells = unit_cells(TOY, own)
    one = search_from(TOY, *SITE, modes=["walk", "road"])
    reached = times(cells.places, one.clock, own, start=one.start) <= 600.0
    for unit_id, share in shares(answer).items():
        codes = [code for code, row in enumerate(TOY.units) if unit_id in above(row.unit_id)]
        mine = np.isin(cells.code, codes) & cells.places.dry
        assert share == pytest.approx(reached[mine].mean(), abs=1e-4)


def test_cells_fill_their_units() -> None:
    """Cells add up to the statutory area, but for the cells on the outline."""
    dry = replace(TOY, transport=replace(TOY.transport, barriers=()))
    cells = unit_cells(dry, network(dry))
    for row, total in zip(TOY.units, cells.total_km2, strict=True):
        area, _ = CGCS2000.geometry_area_perimeter(TOY.polygons[row.unit_id])
        assert total == pytest.approx(abs(area) / 1e6, rel=0.06), row.unit_id


def test_a_square_of_the_map_has_its_area_on_the_ellipsoid() -> None:
    x, y = toy.plane([(0.0, 0.0)])[0]
    square = to_geographic([(x, y), (x + 1000, y), (x + 1000, y + 1000), (x, y + 1000)])
    area, _ = CGCS2000.polygon_area_perimeter(*square.T)
    assert ground_km2(np.array([x + 500.0]), 1000.0)[0] == pytest.approx(area / 1e6, rel=2e-6)


@settings(max_examples=25)
@given(SPOTS, st.sampled_from((("walk",), ("walk", "road", "rail"), ("bike", "walk"))))
def test_bands_nest_and_more_time_is_never_less(
    spot: tuple[float, float], modes: tuple[str, ...]
) -> None:
    answer = reach(TOY, *toy.lonlat(*spot), (5.0, 10.0, 30.0, 60.0), modes=modes)
    for less, more in pairwise(answer.bands):
        assert less.area_km2 <= more.area_km2
        assert less.polygon.is_empty or more.polygon.covers(less.polygon)
        later = dict(more.units)
        assert all(0.0 < share <= later[unit_id] <= 1.0 for unit_id, share in less.units)
        assert {row.station_id for row in less.stations} <= {s.station_id for s in more.stations}


@settings(max_examples=15)
@given(SPOTS)
def test_no_polygon_crosses_the_river_whose_other_bank_is_not_reached(
    spot: tuple[float, float],
) -> None:
    shut = replace(SCENARIOS["today"], closed=frozenset({"大桥", "快速路"}))
    answer = reach(TOY, *toy.lonlat(*spot), (30.0, 120.0), scenario=shut, modes=["walk", "road"])
    river = shapely.LineString(toy.plane([(-5000.0, 1600.0), (9000.0, 1600.0)]))
    for band in answer.bands:
        drawn = shapely.transform(band.polygon, to_metric)
        assert not drawn.intersects(river)


@settings(max_examples=15)
@given(SPOTS)
def test_a_point_deep_in_a_band_is_reached_in_its_time(spot: tuple[float, float]) -> None:
    site = toy.lonlat(*spot)
    answer = reach(TOY, *site, (10.0, 25.0), modes=["walk", "road"])
    own = network(TOY, modes=["walk", "road"])
    view = display(own)
    one = search_from(TOY, *site, modes=["walk", "road"])
    minutes = times(view.places, one.clock, own, start=one.to_targets()) / 60.0
    for band in answer.bands:
        deep = shapely.transform(band.polygon, to_metric).buffer(-view.grid.step_m)
        inside = shapely.contains_xy(deep, *view.places.xy.T)
        assert (minutes[inside & view.drawn] <= band.minutes).all()


@settings(max_examples=15)
@given(SPOTS, SPOTS)
def test_times_of_cells_are_those_of_routes(
    spot: tuple[float, float], end: tuple[float, float]
) -> None:
    own = network(TOY)
    cells = unit_cells(TOY, own)
    nearest = np.hypot(*(cells.places.xy - toy.plane([end])[0]).T).argmin()
    to = tuple(to_geographic(cells.places.xy[nearest][None])[0].tolist())
    one = search_from(TOY, *toy.lonlat(*spot))
    minutes = times(cells.places, one.clock, own, start=one.to_targets())[nearest] / 60.0
    way = route(own, toy.lonlat(*spot), to)
    if one.snap_m is None or way.minutes is None:
        assert np.isnan(minutes)
    else:
        assert way.minutes - 0.01 <= minutes <= 1.1 * way.minutes + 1.0


def test_a_closed_bridge_never_gives_more_and_a_line_never_less() -> None:
    shut = replace(SCENARIOS["today"], name="no bridge", closed=frozenset({"bridge"}))
    open_, closed, later = (
        reach(TOY, *SITE, [20.0], scenario=scenario) for scenario in ("today", shut, "2028")
    )
    assert closed.scenario == "no bridge"
    assert closed.bands[0].area_km2 < open_.bands[0].area_km2 <= later.bands[0].area_km2


def test_unreachable_is_said_with_its_reason() -> None:
    answer = reach(TOY, *toy.lonlat(-4000.0, 1400.0), (15.0, 30.0))
    assert answer.snap_m is None
    assert "has no network within 1500 m" in (answer.reason or "")
    assert answer.unused == ("walk", "road", "rail")
    for band in answer.bands:
        assert (band.area_km2, band.units, band.stations) == (0.0, (), ())
        assert band.polygon.is_empty
    assert "river" in (reach(TOY, *toy.lonlat(1000.0, 1600.0)).reason or "")


def test_accuracy_says_what_is_assumed_and_planned() -> None:
    far = reach(TOY, *SITE, [60.0], modes=["walk"])
    assert far.accuracy.assumed_links == 1  # 戊路
    assert far.grounds[Grounds.ASSUMED] == 1
    assert far.accuracy.links == sum(far.grounds.values())
    assert far.accuracy.planned_sigma_m is None
    site = toy.lonlat(4000.0, 1400.0)
    planned = reach(TOY, *site, [60.0], scenario="2028", modes=["walk", "rail"])
    said = planned.to_json()["accuracy"]
    assert said["planned_station_sigma_m"] == 20.0
    assert "中误差最大 20 米" in said["words_zh"]
    assert "standard deviation up to 20 m" in said["words_en"]


def test_features_are_one_multipolygon_a_band() -> None:
    features = reach(TOY, *SITE).features()
    assert [f["properties"]["minutes"] for f in features] == [15.0, 30.0]
    assert {f["geometry"]["type"] for f in features} == {"MultiPolygon"}
    assert json.dumps(features, allow_nan=False)


@pytest.mark.parametrize(
    ("minutes", "got"),
    [((0,), "0"), ((-5, 15), "-5"), ((241,), "241"), ((), "none"), ((math.nan,), "nan")],
)
def test_minutes_that_make_no_sense_are_refused(minutes: tuple[float, ...], got: str) -> None:
    with pytest.raises(LimitError, match=rf"^minutes: out of range, .* at most 240, got {got}$"):
        checked_minutes(minutes)


def test_minutes_are_sorted_and_each_once() -> None:
    assert checked_minutes([30, 15, 30.0, 240]) == (15.0, 30.0, 240.0)


@pytest.mark.parametrize("at", ["8", "24:00", "08:60", "8 am", ""])
def test_a_departure_that_is_no_time_is_refused(at: str) -> None:
    with pytest.raises(LimitError, match=r"^at: is no time of the day, expected HH:MM"):
        departure(at)


def test_other_refusals_name_what_is_wrong() -> None:
    with pytest.raises(CrsError):
        reach(TOY, 28.66, 121.4)
    with pytest.raises(UnknownIdError, match="2030"):
        reach(TOY, *SITE, scenario="2030")
    with pytest.raises(LimitError, match="boat"):
        reach(TOY, *SITE, modes=["boat"])
