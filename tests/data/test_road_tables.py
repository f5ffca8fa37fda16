"""The roads: joined up, as long as published, and over a river on a bridge alone."""

from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, union_all

from tests.data.test_boundaries import features
from tests.toy.layers import rows
from tzkc_geo.catalog import Tables
from tzkc_geo.crs import TAIZHOU_WINDOW_DEG, to_metric
from tzkc_geo.transport import Barrier, BarrierKind, Grounds, JunctionKind, Link, LinkClass

KEYS = {"impedances": "impedance_id", "junctions": "junction_id", "links": "link_id"}
FAST = {LinkClass.MOTORWAY, LinkClass.EXPRESSWAY}
OPEN = {LinkClass.ARTERIAL, LinkClass.BRIDGE}  # for those on foot too
CLASS_KMH = {  # what free traffic may be taken to do, signals included
    LinkClass.MOTORWAY: (80, 120),
    LinkClass.EXPRESSWAY: (80, 100),
    LinkClass.ARTERIAL: (40, 70),
    LinkClass.BRIDGE: (20, 80),
    LinkClass.RAMP: (30, 60),
}
MAX_BEND = 1.5  # length over straight line; a ramp is a loop
DELAY = 1.481  # published: free over peak speed of the city
PEAK_KMH = 30.03  # published
MAX_CONTROL_POINTS = 60
NEAR_ROAD_M = 2_000.0
STATION_ROAD_M = 2_500.0


Spots = dict[str, Point]


@pytest.fixture(scope="module")
def spots(real_tables: Tables) -> Spots:
    table = real_tables.transport.junctions
    xy = to_metric([[junction.lon, junction.lat] for junction in table])
    return {junction.junction_id: Point(at) for junction, at in zip(table, xy, strict=True)}


@pytest.fixture(scope="module")
def links(real_tables: Tables) -> tuple[Link, ...]:
    return real_tables.transport.links


@pytest.fixture(scope="module")
def barriers(real_tables: Tables) -> dict[str, Barrier]:
    return {barrier.barrier_id: barrier for barrier in real_tables.transport.barriers}


def course(link: Link, spots: Spots) -> LineString:
    return LineString([spots[link.from_id], spots[link.to_id]])


def metres(link: Link, spots: Spots) -> float:
    return link.length_m or course(link, spots).length


def middle(barrier: Barrier) -> LineString:
    return LineString(to_metric(barrier.points))


def ground(barrier: Barrier) -> LineString | Polygon | MultiPolygon:
    """Return what a barrier takes: a river from bank to bank, a railway as a line."""
    line = middle(barrier)
    if barrier.kind is BarrierKind.RAIL:
        return line
    water: Polygon | MultiPolygon = line.buffer(barrier.width_m / 2, cap_style="flat")
    return water


def graph(links: tuple[Link, ...], spots: Spots, *, peak: bool = False) -> "nx.DiGraph[str]":
    """Return the roads with minutes, both ways unless one way alone is open."""
    made: nx.DiGraph[str] = nx.DiGraph()
    for link in links:
        minutes = metres(link, spots) / 1000 / (link.peak_kmh if peak else link.free_kmh) * 60
        made.add_edge(link.from_id, link.to_id, minutes=minutes, metres=metres(link, spots))
        if not link.oneway:
            made.add_edge(link.to_id, link.from_id, minutes=minutes, metres=metres(link, spots))
    return made


def minutes(links: tuple[Link, ...], spots: Spots, a: str, b: str, *, peak: bool = False) -> float:
    found: float = nx.shortest_path_length(graph(links, spots, peak=peak), a, b, weight="minutes")
    return found


@pytest.mark.parametrize("name", KEYS)
def test_a_table_is_sorted_by_its_key_which_is_unique(name: str) -> None:
    keys = [row[KEYS[name]] for row in rows(name)]
    assert keys
    assert keys == sorted(set(keys))


def test_what_is_assumed_or_inferred_has_a_reason() -> None:
    for row in (*rows("junctions"), *rows("links"), *rows("impedances")):
        if row["grounds"] == Grounds.ASSUMED or row["source_id"] == "team-inference":
            assert row["note"], row
    for feature in features("barriers"):
        assert feature["properties"]["note"], feature["properties"]


def test_a_junction_lies_near_taizhou_and_is_used(
    real_tables: Tables, links: tuple[Link, ...]
) -> None:
    west, east, south, north = TAIZHOU_WINDOW_DEG
    used = {end for link in links for end in (link.from_id, link.to_id)}
    for junction in real_tables.transport.junctions:
        assert west < junction.lon < east, junction
        assert south < junction.lat < north, junction
        assert junction.junction_id in used
        assert junction.name_zh


def test_two_junctions_are_joined_once_and_every_road_leads_everywhere(
    links: tuple[Link, ...], spots: Spots
) -> None:
    pairs = Counter(frozenset((link.from_id, link.to_id)) for link in links)
    assert [set(pair) for pair, count in pairs.items() if count > 1] == []
    assert nx.is_strongly_connected(graph(links, spots))


def test_a_road_at_grade_is_one_whole_without_the_fast_roads(
    links: tuple[Link, ...], spots: Spots
) -> None:
    on_foot = graph(tuple(link for link in links if link.link_class in OPEN), spots)
    parts = sorted(nx.strongly_connected_components(on_foot), key=len)
    assert "shifu-guangchang" in parts[-1]
    assert len(parts[-1]) > 150
    for barely in parts[:-1]:  # 涌泉, 沿江, 临海 and 大溪 are reached by motorway alone
        assert len(barely) < 10, barely


def test_no_link_is_shorter_than_the_straight_line_or_much_longer(
    links: tuple[Link, ...], spots: Spots
) -> None:
    for link in links:
        straight_m = course(link, spots).length
        assert straight_m > 50, link
        assert metres(link, spots) >= straight_m, link
        assert metres(link, spots) <= MAX_BEND * straight_m or link.link_class is LinkClass.RAMP


def test_speeds_fit_the_class_and_the_peak_is_slower(links: tuple[Link, ...]) -> None:
    for link in links:
        least, most = CLASS_KMH[link.link_class]
        assert least <= link.free_kmh <= most, link
        assert 0.6 * link.free_kmh <= link.peak_kmh < link.free_kmh, link


def test_fast_roads_and_arterials_meet_on_ramps_alone(links: tuple[Link, ...]) -> None:
    ends = {
        kind: {
            end for link in links if link.link_class in kind for end in (link.from_id, link.to_id)
        }
        for kind in (frozenset(FAST), frozenset(OPEN))
    }
    fast, slow = ends.values()
    assert fast & slow == set()
    for link in links:
        if link.link_class is LinkClass.RAMP:
            assert {link.from_id in fast, link.to_id in fast} == {True, False}, link
            assert {link.from_id in slow, link.to_id in slow} == {True, False}, link


def test_roads_at_grade_cross_at_a_junction(links: tuple[Link, ...], spots: Spots) -> None:
    at_grade = [link for link in links if link.link_class in OPEN]
    crossings = [
        (a.link_id, b.link_id)
        for a, b in combinations(at_grade, 2)
        if {a.from_id, a.to_id}.isdisjoint((b.from_id, b.to_id))
        and course(a, spots).intersects(course(b, spots))
    ]
    assert crossings == []


def test_a_link_names_the_barriers_on_its_way_and_no_other(
    links: tuple[Link, ...], spots: Spots, barriers: dict[str, Barrier]
) -> None:
    grounds = {name: ground(barrier) for name, barrier in barriers.items()}
    for link in links:
        way = course(link, spots)
        met = sorted(name for name, area in grounds.items() if way.intersects(area))
        assert list(link.crosses) == met, link


def test_a_river_is_crossed_on_a_bridge_or_a_fast_road(
    links: tuple[Link, ...], barriers: dict[str, Barrier]
) -> None:
    wet = {name for name, barrier in barriers.items() if barrier.kind is BarrierKind.WATER}
    over = {link.link_id: link for link in links if wet & set(link.crosses)}
    assert {link.link_class for link in over.values()} <= {*FAST, LinkClass.BRIDGE}
    jiaojiang = [
        link.road
        for link in over.values()
        if any(name.startswith("jiaojiang") for name in link.crosses)
    ]
    assert Counter(jiaojiang) == {"椒江大桥": 1, "椒江二桥": 1, "沿海高速(台州湾大桥)": 2}


def test_no_junction_but_of_a_bridge_of_the_motorway_stands_in_a_river(
    spots: Spots, barriers: dict[str, Barrier]
) -> None:
    water = union_all([ground(b) for b in barriers.values() if b.kind is BarrierKind.WATER])
    assert [name for name, at in spots.items() if water.intersects(at)] == ["g1523-bridge"]


def test_a_bridgehead_has_a_bridge(real_tables: Tables, links: tuple[Link, ...]) -> None:
    ends = {
        end
        for link in links
        if link.link_class is LinkClass.BRIDGE
        for end in (link.from_id, link.to_id)
    }
    for junction in real_tables.transport.junctions:
        if junction.kind is JunctionKind.BRIDGEHEAD:
            assert junction.junction_id in ends


def test_without_the_bridges_the_north_bank_is_cut_off(
    links: tuple[Link, ...], spots: Spots, barriers: dict[str, Barrier]
) -> None:
    rivers = {name for name in barriers if name.startswith(("jiaojiang", "lingjiang"))}
    dry = tuple(link for link in links if rivers.isdisjoint(link.crosses))
    whole = tuple(link for link in links)
    assert nx.has_path(graph(whole, spots), "shifu-guangchang", "anhai")
    assert not nx.has_path(graph(dry, spots), "shifu-guangchang", "anhai")


def test_the_rivers_are_one_line_without_a_gap(barriers: dict[str, Barrier]) -> None:
    ends = Counter(
        tuple(end)
        for barrier in barriers.values()
        if barrier.kind is BarrierKind.WATER
        for end in (barrier.points[0].tolist(), barrier.points[-1].tolist())
    )
    assert sorted(ends.values()) == [1, 1, 1, 2, 2, 2, 2, 3]  # two springs, the sea, 三江口


def test_a_barrier_is_a_simple_line_of_few_control_points(barriers: dict[str, Barrier]) -> None:
    for barrier in barriers.values():
        assert 2 <= len(barrier.points) <= MAX_CONTROL_POINTS, barrier.barrier_id
        assert middle(barrier).is_simple, barrier.barrier_id
    assert [f["properties"]["barrier_id"] for f in features("barriers")] == sorted(barriers)


@pytest.mark.parametrize(
    ("prefixes", "published_m"),
    [
        (("neihuan-0", "neihuan-1"), 30_000),
        (("yijiangshan-0",), 13_600),
        (("yijiangshan-0", "yijiangshan-east-"), 22_300),
        (("luzetai-0",), 21_400),
        (("jiaojiang-bridge-1-",), 2_587),
        (("s28-east-",), 5_962),
    ],
)
def test_a_road_is_as_long_as_published(
    links: tuple[Link, ...], spots: Spots, prefixes: tuple[str, ...], published_m: float
) -> None:
    fast = [link for link in links if "-ramp-" not in link.link_id]
    sum_m = sum(metres(link, spots) for link in fast if link.link_id.startswith(prefixes))
    assert sum_m == pytest.approx(published_m, abs=10)


def test_the_ring_is_closed(links: tuple[Link, ...]) -> None:
    ring = [link for link in links if link.road == "内环路"]
    ends = Counter(end for link in ring for end in (link.from_id, link.to_id))
    assert set(ends.values()) == {2}
    assert sum(end.startswith("neihuan-") and end[-1].isdigit() for end in ends) == len(ring)
    named = {end for end in ends if end.removeprefix("neihuan-").isdigit()}
    assert len(named) == 8  # interchanges published


def test_the_motorway_is_ten_minutes_from_the_inner_ring(
    links: tuple[Link, ...], spots: Spots
) -> None:
    assert 9.0 <= minutes(links, spots, "neihuan-2", "taizhou-east-gate") <= 11.0


def test_urban_arterials_have_the_published_delay(links: tuple[Link, ...], spots: Spots) -> None:
    urban = [link for link in links if "amap-traffic-2018" in link.note]
    hours = sum(metres(link, spots) / 1000 / link.peak_kmh for link in urban)
    free_hours = sum(metres(link, spots) / 1000 / link.free_kmh for link in urban)
    assert sum(metres(link, spots) for link in urban) / 1000 / hours == pytest.approx(PEAK_KMH)
    assert hours / free_hours == pytest.approx(DELAY, abs=0.002)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("shifu-guangchang", "tengda-nanguan"),
        ("shifu-guangchang", "airport"),
        ("huancheng-n", "laodong-jiucheng"),
    ],
)
def test_a_journey_through_the_city_in_the_peak_runs_at_about_30_kmh(
    links: tuple[Link, ...], spots: Spots, a: str, b: str
) -> None:
    made = graph(links, spots, peak=True)
    way = nx.shortest_path(made, a, b, weight="minutes")
    km = nx.path_weight(made, way, weight="metres") / 1000
    assert km / minutes(links, spots, a, b, peak=True) * 60 == pytest.approx(30, abs=3)


@pytest.mark.parametrize("target", ["wenling-centre", "linhai-centre", "linhai-south-gate"])
def test_the_neighbour_cities_are_reached(
    links: tuple[Link, ...], spots: Spots, target: str
) -> None:
    free = minutes(links, spots, "shifu-station", target)
    peak = minutes(links, spots, "shifu-station", target, peak=True)
    straight_km = spots["shifu-station"].distance(spots[target]) / 1000
    assert free < peak
    assert straight_km / 100 * 60 < free < 60  # slower than a motorway, within the hour


def sees_road_m(at: Point, links: tuple[Link, ...], spots: Spots, walls: list[LineString]) -> float:
    """Return how far the nearest arterial is that no barrier hides."""
    found = []
    for link in links:
        if link.link_class is LinkClass.ARTERIAL:
            way = course(link, spots)
            foot = way.interpolate(way.project(at))
            sight = LineString([at, foot])
            if not any(sight.intersects(wall) for wall in walls):
                found.append(sight.length)
    return min(found, default=np.inf)


def test_a_main_road_is_near_every_cluster_and_station(
    real_tables: Tables, links: tuple[Link, ...], spots: Spots, barriers: dict[str, Barrier]
) -> None:
    walls = [middle(barrier) for barrier in barriers.values()]
    for feature in features("derived/units"):
        facts, shape = feature["properties"], feature["geometry"]
        if facts["kind"] == "cluster":
            parts = (
                shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            )
            for part in parts:
                inside = Polygon(to_metric(part[0])).representative_point()
                assert sees_road_m(inside, links, spots, walls) < NEAR_ROAD_M, facts["unit_id"]
    for station in real_tables.stations:
        if station.lon is not None and station.lat is not None:
            at = Point(to_metric([[station.lon, station.lat]])[0])
            assert sees_road_m(at, links, spots, walls) < STATION_ROAD_M, station.station_id


def test_the_model_has_every_figure_and_local_streets_have_the_published_delay(
    real_tables: Tables,
) -> None:
    value = {row.impedance_id: row.value for row in real_tables.transport.impedances}
    assert sorted(value) == [
        *("alight_s", "bike_kmh", "connector_m", "detour_bike", "detour_road", "detour_walk"),
        *("entry_step_m", "local_free_kmh", "local_peak_kmh", "park_s", "station_access_s"),
        *("transfer_s", "walk_kmh"),
    ]
    assert value["local_free_kmh"] / value["local_peak_kmh"] == pytest.approx(DELAY, rel=0.005)
    assert value["walk_kmh"] < value["bike_kmh"] < value["local_peak_kmh"] < PEAK_KMH
    assert value["entry_step_m"] < value["connector_m"]
    for mode in ("walk", "bike", "road"):
        assert 1 < value[f"detour_{mode}"] < 2**0.5  # never longer than round a square block
