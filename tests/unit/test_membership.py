"""Membership in the toy world, where every answer is known by hand."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tests.toy.world import HIGH, WIDE, catalog, corner, middle, station
from tzkc_geo.catalog import Catalog
from tzkc_geo.crs import from_cgcs2000
from tzkc_geo.errors import CrsError
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import assign
from tzkc_geo.verdict import UnitRelation, Verdict, locate

# One degree of the meridian and of the parallel at 28.65 N on GRS80, metres (series expansion).
LAT_M, LON_M = 110_838.0, 97_769.0


@pytest.fixture(scope="module")
def toy() -> Catalog:
    return catalog()


def row(verdict: Verdict, unit_id: str) -> UnitRelation:
    return next(unit for unit in verdict.units if unit.unit_id == unit_id)


def near_side(unit_id: str, *, north_m: float) -> tuple[float, float]:
    """Return a point in the middle column of a cluster, metres north of its south side."""
    lon, lat = middle(unit_id)
    return lon, lat - HIGH / 2 + north_m / LAT_M


def test_assign_gives_cluster_then_zone_then_nothing(toy: Catalog) -> None:
    infill = corner(3.5, 0)
    lon, lat = np.array([middle("c01"), middle("c14"), infill, (120.0, 28.0)]).T
    ids = [row.unit_id for row in toy.units]
    codes = assign(lon, lat + np.array([0, 0, 0.001, 0]), toy)
    assert codes.dtype == np.int16
    assert codes.tolist() == [ids.index("c01"), ids.index("c14"), ids.index("core"), OUTSIDE]


def test_the_earlier_unit_has_a_shared_side(toy: Catalog) -> None:
    lon, lat = corner(1, 0)
    code = assign(np.array([lon]), np.array([lat + HIGH / 2]), toy)[0]
    assert toy.units[code].unit_id == "c01"
    on_side = locate(lon, lat + HIGH / 2, toy)
    assert (on_side.cluster, on_side.verdict) == ("c01", "undecided")
    assert row(on_side, "c01").relation == row(on_side, "c02").relation == "edge"
    assert row(on_side, "c01").probability == pytest.approx(0.5, abs=1e-4)


def test_nan_is_in_no_unit_and_no_point_gives_no_code(toy: Catalog) -> None:
    assert assign(np.array([math.nan]), np.array([28.65]), toy).tolist() == [OUTSIDE]
    assert assign(np.array([]), np.array([]), toy).shape == (0,)


def test_the_middle_of_a_well_known_cluster_is_decided(toy: Catalog) -> None:
    found = locate(*middle("c01"), toy)
    assert (found.verdict, found.cluster, found.zone) == ("in_cluster", "c01", "core")
    c01, c02 = row(found, "c01"), row(found, "c02")
    assert c01.distance_m == pytest.approx(LON_M * WIDE / 2, rel=3e-4)  # scale of EPSG:4549
    assert c02.distance_m == pytest.approx(-LON_M * WIDE / 2, rel=3e-4)
    assert (c01.relation, c02.relation, c01.sigma_m) == ("inside", "outside", 10.0)
    assert c01.grade == "located"
    assert c01.probability > 1 - 1e-12
    assert c02.probability < 1e-12


def test_nearer_than_the_accuracy_is_undecided_and_keeps_the_most_probable(toy: Catalog) -> None:
    inside = locate(*near_side("c04", north_m=15.0), toy)
    assert (inside.verdict, inside.cluster, inside.zone) == ("undecided", "c04", "z1")
    south = row(inside, "c04")
    assert south.edge == "c04南路"
    assert south.distance_m == pytest.approx(15.0, abs=0.02)
    expected = 0.5 * math.erfc(-15.0 / 10.0 / math.sqrt(2))
    assert south.probability == pytest.approx(expected, abs=1e-3)
    assert locate(*near_side("c04", north_m=25.0), toy).verdict == "in_cluster"


def test_outside_within_the_accuracy_is_undecided_without_a_cluster(toy: Catalog) -> None:
    found = locate(*near_side("c04", north_m=-15.0), toy)
    assert (found.verdict, found.cluster, found.zone) == ("undecided", None, None)
    assert row(found, "c04").relation == "outside"


def test_sigma_is_interpolated_between_the_vertices_of_the_edge(toy: Catalog) -> None:
    lon, lat = corner(0.25, 0)
    found = locate(lon, lat + HIGH - 3.0 / LAT_M, toy)
    north = row(found, "c01")
    assert north.edge == "c01北路"
    assert north.sigma_m == pytest.approx(5.0 + 0.25 * 20.0, abs=0.01)


def test_an_edge_without_accuracy_counts_with_its_band(toy: Catalog) -> None:
    within, beyond = near_side("c03", north_m=290.0), near_side("c03", north_m=320.0)
    assert locate(*within, toy).verdict == "undecided"
    assert locate(*beyond, toy).verdict == "in_cluster"
    south = row(locate(*within, toy), "c03")
    assert south.sigma_m is None
    assert south.edge == "c03规划路"
    expected = 0.5 * math.erfc(-290.0 / (300.0 / 1.96) / math.sqrt(2))
    assert south.probability == pytest.approx(expected, abs=1e-3)


def test_inside_every_edge_must_hold_not_only_the_nearest(toy: Catalog) -> None:
    lon, lat = near_side("c03", north_m=200.0)
    found = locate(lon - WIDE / 2 + 100.0 / LON_M, lat, toy)
    assert row(found, "c03").edge == "c03西路"  # 100 m away and known to 20 m
    assert found.verdict == "undecided"  # but the south side may lie 300 m further north


def test_a_cluster_without_limits_in_the_text_is_always_undecided(toy: Catalog) -> None:
    found = locate(*middle("c07"), toy)
    assert (found.verdict, found.cluster, found.zone) == ("undecided", "c07", "z1")
    near = locate(*near_side("c07", north_m=-900.0), toy)
    assert (near.verdict, near.cluster) == ("undecided", None)


def test_a_survey_with_one_accuracy_for_all_is_used_as_it_is(toy: Catalog) -> None:
    surveyed = tuple(
        replace(one, text_zh="", how="survey", sigma_m=None, accuracy_m=1.96)
        if one.unit_id == "c07"
        else one
        for one in toy.edges
    )
    world = replace(toy, edges=surveyed)
    found = locate(*near_side("c07", north_m=3.0), world)
    assert (found.verdict, row(found, "c07").sigma_m) == ("in_cluster", 1.0)
    assert locate(*near_side("c07", north_m=1.5), world).verdict == "undecided"


def test_a_formal_sigma_does_not_count_where_the_tables_state_no_accuracy(toy: Catalog) -> None:
    edges = tuple(replace(one, accuracy_m=None) for one in toy.edges)
    c01 = row(locate(*middle("c01"), replace(toy, edges=edges)), "c01")
    assert c01.sigma_m is None
    assert c01.probability < 0.9  # 489 m inside, band 1000 m


@pytest.mark.parametrize("dropped", [("corridor",), None])
def test_a_unit_without_edges_has_no_distance(
    toy: Catalog, dropped: tuple[str, ...] | None
) -> None:
    kept = () if dropped is None else tuple(e for e in toy.edges if e.unit_id not in dropped)
    found = locate(*middle("c01"), replace(toy, edges=kept))
    corridor = row(found, "corridor")
    assert (corridor.relation, corridor.distance_m, corridor.edge) == ("inside", None, None)
    assert (corridor.sigma_m, corridor.probability) == (None, 1.0)
    assert found.cluster == "c01"


def test_infill_far_from_all_edges_is_zone_only(toy: Catalog) -> None:
    lon, lat = corner(3.5, 0)
    found = locate(lon, lat + HIGH / 2, toy)
    assert (found.verdict, found.cluster, found.zone) == ("zone_only", None, "core")
    assert locate(lon, lat + 150.0 / LAT_M, toy).verdict == "undecided"


def test_a_position_far_away_is_outside_and_no_error(toy: Catalog) -> None:
    for lon, lat in ((0.0, 0.0), (-60.0, -30.0), (121.4, 40.0), (180.0, 90.0)):
        found = locate(lon, lat, toy)
        assert (found.verdict, found.cluster, found.zone) == ("outside", None, None)
        assert found.plan["unit_id"] is None
    tokyo = row(locate(139.767, 35.681, toy), "c01")
    assert tokyo.distance_m == pytest.approx(-1_902_000, rel=0.01)


@pytest.mark.parametrize(
    ("lon", "lat", "word"),
    [(28.65, 121.4, "swapped"), (math.nan, 28.65, "finite"), (121.4, math.inf, "finite")],
)
def test_what_is_no_position_is_refused(toy: Catalog, lon: float, lat: float, word: str) -> None:
    with pytest.raises(CrsError, match=word):
        locate(lon, lat, toy)


def test_a_datum_that_does_not_exist_is_refused(toy: Catalog) -> None:
    with pytest.raises(CrsError, match="wgs84, cgcs2000, gcj02, bd09"):
        locate(*middle("c01"), toy, datum="mars")


def test_an_undeclared_datum_lists_what_the_numbers_may_mean(toy: Catalog) -> None:
    true = (middle("c05")[0] + 0.004, middle("c05")[1])  # 400 m west of c06; the shift is 450 m
    lon, lat = (float(value) for value in from_cgcs2000(*true, "gcj02"))
    plain, declared = locate(lon, lat, toy), locate(lon, lat, toy, datum="gcj02")
    assert (plain.declared, plain.used, plain.cluster) == (None, "wgs84", "c06")
    assert {"datum": "gcj02", "verdict": "in_cluster", "cluster": "c05"} in plain.to_json()[
        "datum"
    ]["alternatives"]
    assert (declared.declared, declared.used, declared.cluster) == ("gcj02", "gcj02", "c05")
    assert (declared.lon, declared.lat) == pytest.approx(true, abs=1e-9)
    assert all(other.datum == "bd09" for other in declared.alternatives)


def test_where_the_offset_may_not_be_undone_it_is_refused_or_left_out(toy: Catalog) -> None:
    true = (middle("c05")[0] + 0.004, middle("c05")[1])
    lon, lat = (float(value) for value in from_cgcs2000(*true, "gcj02"))
    plain, strict = (locate(lon, lat, toy, undo_shift=switch) for switch in (True, False))
    assert plain.alternatives
    assert strict.alternatives == ()
    assert replace(strict, alternatives=plain.alternatives, undo_shift=True) == plain
    assert [one.to_json()["datum"]["undo_shift"] for one in (plain, strict)] == [True, False]
    for datum in ("gcj02", "bd09"):
        with pytest.raises(CrsError, match="ask the owner of the data for CGCS2000"):
            locate(lon, lat, toy, datum=datum, undo_shift=False)


def test_a_zone_that_is_declared_has_no_alternatives(toy: Catalog) -> None:
    x, y = (float(value) for value in from_cgcs2000(*middle("c05"), "gk40"))
    found = locate(x, y, toy, datum="EPSG:4528")
    assert (found.declared, found.used, found.cluster) == ("gk40", "gk40", "c05")
    assert (found.lon, found.lat) == pytest.approx(middle("c05"), abs=1e-9)
    assert found.alternatives == ()


def test_the_json_has_the_keys_of_the_contract(toy: Catalog) -> None:
    data = json.loads(json.dumps(locate(*middle("c01"), toy).to_json(), allow_nan=False))
    assert list(data) == [
        *("position", "datum", "verdict", "cluster", "zone", "units", "plan", "digest"),
        *("probability", "on_edge_of", "tie_rule", "nearest_cluster", "undecided_by"),
    ]
    assert data["position"] == {"lon": 121.405, "lat": 28.6545, "crs": "EPSG:4490"}
    assert list(data["datum"]) == ["declared", "used", "alternatives", "undo_shift"]
    assert [unit["unit_id"] for unit in data["units"]] == [unit.unit_id for unit in toy.units]
    assert list(data["units"][0]) == [
        *("unit_id", "kind", "name_zh", "relation", "distance_m"),
        *("edge", "sigma_m", "probability", "grade"),
    ]


def test_the_plan_facts_name_the_nearest_station_of_each_line(toy: Catalog) -> None:
    lon, lat = middle("c02")
    plan = locate(lon - WIDE / 4, lat, toy).plan
    assert (plan["unit_id"], plan["starter_area_zh"]) == ("c02", None)
    assert [s["station_id"] for s in plan["stations"]] == ["s1a", "s2a"]
    assert plan["stations"][0]["distance_m"] == pytest.approx(LON_M * WIDE * 0.75, rel=1e-3)
    assert {s["distance_kind"] for s in plan["stations"]} == {"straight_line"}
    assert locate(*middle("c01"), toy).plan["starter_area_zh"] == "梦想园区"


def test_all_lines_of_national_rail_count_as_one(toy: Catalog) -> None:
    lon, lat = middle("c02")
    rail = (station("nr-b", "杭台高铁", lon + WIDE, lat), station("nr-a", "金台铁路", lon, lat))
    plan = locate(lon, lat, replace(toy, stations=toy.stations + rail)).plan
    assert [s["line"] for s in plan["stations"]] == ["S1", "S2", "金台铁路"]
    assert "nr-b" not in {s["station_id"] for s in plan["stations"]}


def test_stations_in_reach_are_those_within_a_walk_nearest_first(toy: Catalog) -> None:
    station = next(one for one in toy.stations if one.lon is not None and one.lat is not None)
    assert station.lat is not None
    near = locate(station.lon or 0.0, station.lat + 1000.0 / LAT_M, toy).plan
    far = locate(station.lon or 0.0, station.lat + 1300.0 / LAT_M, toy).plan
    assert near["reach_m"] == 1200.0
    assert station.station_id in [one["station_id"] for one in near["stations_in_reach"]]
    assert station.station_id not in [one["station_id"] for one in far["stations_in_reach"]]
    apart = [one["distance_m"] for one in near["stations_in_reach"]]
    assert apart == sorted(apart)
    inside = locate(*middle("c01"), toy).plan
    assert inside["function_zh"] == inside["direction_zh"]


def test_on_a_shared_side_both_neighbours_are_named_and_the_rule_is_told(toy: Catalog) -> None:
    lon, lat = corner(1, 0)
    found = locate(lon, lat + HIGH / 2, toy)
    assert found.cluster == "c01"
    assert {"c01", "c02"} <= set(found.on_edge_of)
    assert "first of them" in found.to_json()["tie_rule"]
    assert {row(found, "c01").relation, row(found, "c02").relation} == {"edge"}


def test_outside_the_nearest_cluster_is_named_and_inside_none(toy: Catalog) -> None:
    assert locate(*middle("c01"), toy).nearest_cluster is None
    found = locate(*near_side("c04", north_m=-500.0), toy)
    assert found.nearest_cluster is not None
    assert found.nearest_cluster.unit_id == "c04"
    assert found.nearest_cluster.distance_m == pytest.approx(500.0, abs=0.1)
    assert found.to_json()["nearest_cluster"]["unit_id"] == "c04"
    bare = replace(toy, edges=())
    assert locate(121.0, 28.0, bare).nearest_cluster is None


def test_what_leaves_a_point_undecided_is_named_with_its_reach(toy: Catalog) -> None:
    (doubt,) = locate(*near_side("c04", north_m=15.0), toy).undecided_by
    assert (doubt.unit_id, doubt.edge, doubt.grounds) == ("c04", "c04南路", "accuracy")
    assert doubt.reach_m == pytest.approx(19.6, abs=1e-6)
    (doubt,) = locate(*near_side("c03", north_m=290.0), toy).undecided_by
    assert (doubt.grounds, doubt.reach_m) == ("band", 300.0)
    assert locate(*middle("c01"), toy).undecided_by == ()


def test_a_cluster_without_limits_is_in_doubt_for_want_of_a_text(toy: Catalog) -> None:
    bands = tuple(replace(one, band_m=1.0) if one.unit_id == "c07" else one for one in toy.edges)
    (doubt,) = locate(*middle("c07"), replace(toy, edges=bands)).undecided_by
    assert (doubt.unit_id, doubt.grounds) == ("c07", "text")


def test_the_probability_is_that_of_the_answer(toy: Catalog) -> None:
    inside = locate(*near_side("c04", north_m=15.0), toy)
    assert inside.probability == row(inside, "c04").probability
    zone = locate(*near_side("c04", north_m=-500.0), toy)
    assert zone.zone is None
    assert zone.probability == pytest.approx(1.0 - row(zone, "corridor").probability)
