"""Times between all places: those of the routes between them, with paths that add up."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import shapely

from tests.toy import network as toy
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.network.matrix import STRAIGHT, Matrix, matrix
from tzkc_geo.network.search import UNREACHED

TOY = toy.catalog()
WALK = ("walk", "rail")


def times(made: Matrix, origin: str, destination: str) -> float:
    ids = [end.place_id for end in made.ends]
    return float(made.minutes[ids.index(origin), ids.index(destination)])


def test_all_units_and_open_stations_are_in() -> None:
    made = matrix(TOY)
    ids = [end.place_id for end in made.ends]
    assert ids[:19] == [row.unit_id for row in TOY.units]
    assert set(ids[19:]) == {"r1", "r2", "r3", "nr"}
    assert {"u1", "u2"} <= {end.place_id for end in matrix(TOY, scenario="2028").ends}
    for end in made.ends[:19]:
        assert TOY.polygons[end.place_id].covers(shapely.Point(end.lon, end.lat))


@pytest.mark.parametrize("at", [None, "08:00"])
@pytest.mark.parametrize("modes", [("walk",), WALK, ("walk", "road", "rail")])
def test_times_are_those_of_routes(modes: tuple[str, ...], at: str | None) -> None:
    made = matrix(TOY, ["core", "c01", "c09", "c14", "r1", "r2", "r3"], modes=modes, at=at)
    for a, b in product(range(len(made.ends)), repeat=2):
        way = made.route(a, b)
        expected = UNREACHED if way.tenths is None else way.tenths
        assert made.tenths[a, b] == (0 if a == b else expected)
        assert (made.reason(a, b) is None) == (made.tenths[a, b] != UNREACHED)


def test_stations_by_hand() -> None:
    made = matrix(TOY, ["r1", "r3", "r2"], modes=WALK)
    assert times(made, "r1", "r3") == pytest.approx(12.5, abs=0.01)
    assert times(matrix(TOY, ["r1", "r3"], modes=["walk"]), "r1", "r3") == pytest.approx(69.0)
    peak = matrix(TOY, ["r1", "r3"], modes=["road"], peak=True)
    assert times(peak, "r1", "r3") == pytest.approx(23.0, abs=0.01)


def test_paths_run_from_entry_to_entry_and_add_up() -> None:
    made = matrix(TOY, modes=WALK)
    graph = made.network.graph
    for a, row in enumerate(made.paths()):
        for b, path in enumerate(row):
            if path is None:
                assert made.tenths[a, b] == UNREACHED
                continue
            if made.goal[a, b] == STRAIGHT:
                assert not path.size
                continue
            goal = made.goal[a, b]
            assert (graph.tail[path[1:]] == graph.head[path[:-1]]).all()
            last = made.seeds[b].nodes[goal]
            begin = graph.tail[path[0]] if path.size else last
            assert not path.size or graph.head[path[-1]] == last
            access = made.seeds[a].costs[made.seeds[a].nodes == begin].min()
            took = access + graph.cost[path].sum() + made.seeds[b].costs[goal]
            assert took == made.tenths[a, b]


def test_what_cannot_be_reached_says_why() -> None:
    made = matrix(TOY, ["c11", "r2"], modes=["walk"])
    said = made.to_json()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    a, b = (place["id"] for place in said["places"])
    assert (a, b) == ("c11", "r2")
    assert said["minutes"][0][1] is None
    assert "has no network within 1500 m" in said["unreachable"][0]["reason"]
    assert made.path(0, 1) is None
    assert np.isnan(made.minutes[1, 0])
    assert made.minutes[0, 0] == 0.0


def test_the_json_has_legs_when_asked() -> None:
    said = matrix(TOY, ["r1", "r3"], modes=WALK).to_json(legs=True)
    assert [(way["from"], way["to"]) for way in said["routes"]] == [("r1", "r3"), ("r3", "r1")]
    assert [way["minutes"] for way in said["routes"]] == [
        said["minutes"][0][1],
        said["minutes"][1][0],
    ]
    assert "S1" in {leg["line"] for leg in said["routes"][0]["legs"]}


@pytest.mark.parametrize("place_id", ["r9", "u0", "u1"])
def test_a_place_that_is_not_there_is_named(place_id: str) -> None:
    with pytest.raises(
        UnknownIdError, match=f"^place '{place_id}': no such place in scenario today"
    ):
        matrix(TOY, ["c01", place_id])


def test_a_unit_in_the_middle_of_a_river_is_refused() -> None:
    river, rail = TOY.transport.barriers
    points = river.points.copy()
    points[:, 1] = 28.6545  # the row of the core
    flood = replace(river, points=points, width_m=1200.0)
    wet = replace(TOY, transport=replace(TOY.transport, barriers=(flood, rail)))
    with pytest.raises(UnknownIdError, match=r"^c02: has no dry cell"):
        matrix(wet, ["c02"])
