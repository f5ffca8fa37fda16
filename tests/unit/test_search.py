"""The search on a line known by hand, its switches, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.toy.graphs import DAY, HOUR, LINE, MINUTE, Net, random_net
from tzkc_geo.errors import NetworkError
from tzkc_geo.network import loops
from tzkc_geo.network import search as module
from tzkc_geo.network.graph import MAX_COST, make_graph, morton_order
from tzkc_geo.network.search import UNREACHED, Found, search, trace

A, B, C, ON_A, ON_B, ON_C = range(6)
AT_A = [([A], [0])]
HERE = Path(__file__).parents[2]
RUN = """
import sys
import numpy as np
from tests.toy.graphs import random_net
from tzkc_geo.network import search as module
module.COMPILE_FROM = int(sys.argv[1])
graph = random_net(np.random.default_rng(1), nodes=60, edges=240, top=40).graph()
seeds = [([k, k + 1], [3, 0]) for k in range(20)]
for depart in (None, 200):
    found = module.search(graph, seeds, depart=depart)
    print(found.time.tolist(), found.before.tolist())
print("numba" in sys.modules, file=sys.stderr)
"""


def test_without_a_departure_a_boarding_costs_half_its_headway() -> None:
    found = search(LINE.graph(), AT_A)
    assert found.time[0, C] == (5 + 3 + 4) * MINUTE
    assert found.time[0, B] == (5 + 3) * MINUTE
    assert trace(LINE.graph(), found, 0, C).tolist() == [1, 3, 5, 6]
    assert trace(LINE.graph(), found, 0, A).tolist() == []


def test_with_a_departure_the_next_train_counts() -> None:
    """At 06:02 the train of 06:10 is the next."""
    found = search(LINE.graph(), AT_A, depart=6 * HOUR + 2 * MINUTE)
    assert found.time[0].tolist() == [minutes * MINUTE for minutes in (0, 11, 15, 8, 11, 15)]


def test_before_the_first_train_one_may_as_well_walk() -> None:
    """From 05:00 both ways take the train of 06:03 at B; the edge of the lower index is taken."""
    found = search(LINE.graph(), AT_A, depart=5 * HOUR)
    assert found.time[0].tolist() == [minutes * MINUTE for minutes in (0, 40, 67, 60, 63, 67)]
    assert trace(LINE.graph(), found, 0, C).tolist() == [0, 2, 5, 6]


def test_the_last_train_is_taken_and_after_it_none() -> None:
    last = search(LINE.graph(), AT_A, depart=22 * HOUR)
    assert last.time[0, C] == 7 * MINUTE
    missed = search(LINE.graph(), AT_A, depart=22 * HOUR + 1)
    assert missed.time[0].tolist() == [0, 40 * MINUTE, *[UNREACHED] * 4]
    assert missed.before[0].tolist() == [-1, 0, -1, -1, -1, -1]


def test_a_limit_is_the_last_time_that_counts() -> None:
    for limit, reached in ((8 * MINUTE, True), (8 * MINUTE - 1, False)):
        assert (search(LINE.graph(), AT_A, limit=limit).time[0, B] != UNREACHED) == reached
    assert np.all(search(LINE.graph(), AT_A, limit=-1).time == UNREACHED)


def test_of_several_seeds_of_a_node_the_cheapest_counts() -> None:
    found = search(LINE.graph(), [([B, B, C], [30, 20, 10])])
    assert found.time[0].tolist() == [
        UNREACHED,
        20,
        10,
        UNREACHED,
        5 * MINUTE + 20,
        9 * MINUTE + 20,
    ]
    assert found.before[0, [B, C]].tolist() == [-1, -1]


def test_what_is_empty_has_no_times() -> None:
    empty, order = make_graph(np.zeros((0, 2)), [], [], [])
    assert (order.size, empty.first.tolist()) == (0, [0])
    assert search(empty, [([], [])]).time.shape == (1, 0)
    assert search(LINE.graph(), []).time.shape == (0, 6)


def test_a_chain_longer_than_any_time_ends_where_times_end() -> None:
    """129 of the dearest edges are more than fits: the last node is not reached."""
    net = Net(131, [(k, k + 1, MAX_COST, -1) for k in range(130)], [])
    time = search(net.graph(), AT_A).time[0]
    assert time[:128].tolist() == [k * MAX_COST for k in range(128)]
    assert np.all(time[128:] == UNREACHED)


def test_plain_and_compiled_loops_agree_in_times_and_edges() -> None:
    rng = np.random.default_rng(3)
    for top in (0, 1, 30, 3000, MAX_COST):
        for depart in (None, 2 * top):
            nets = [random_net(rng, nodes=40, edges=160, top=top).graph() for _ in range(10)]
            seeds = [(rng.integers(0, 40, 3), rng.integers(0, top + 1, 3)) for _ in range(5)]
            answers: list[list[Found]] = []
            for before in (loops.compiled.cache_clear, loops.compiled):
                before()
                answers.append([search(graph, seeds, depart=depart) for graph in nets])
            for plain, fast in zip(*answers, strict=True):
                assert np.array_equal(plain.time, fast.time)
                assert np.array_equal(plain.before, fast.before)


def test_many_origins_are_those_of_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = random_net(np.random.default_rng(7), nodes=50, edges=200, top=60).graph()
    seeds = [([k], [k]) for k in range(50)]
    loops.compiled.cache_clear()
    alone = [search(graph, [seed], depart=100) for seed in seeds]
    monkeypatch.setattr(module, "COMPILE_FROM", 200 * 50)
    together = search(graph, seeds, depart=100)
    assert loops.compiled.cache_info().currsize == 1
    assert np.array_equal(together.time, np.vstack([found.time for found in alone]))
    assert np.array_equal(together.before, np.vstack([found.before for found in alone]))


def answers(compile_from: int, **switches: str) -> tuple[str, bool]:
    """Return what a new process finds, and whether it loaded numba."""
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(compile_from)],
        env={**os.environ, **switches, "PYTHONPATH": str(HERE)},
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout, run.stderr.strip() == "True"


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_numba_switches_change_no_answer(switch: str, tmp_path: Path) -> None:
    plain, loaded = answers(10**6)
    assert not loaded  # few edges do not wait for numba
    assert len(plain.splitlines()) == 2
    assert answers(0, **{switch: "1", "NUMBA_CACHE_DIR": str(tmp_path)}) == (plain, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": [5, -5]}, r"^edge 1: cost, tenths of a second, is out of range, .*, got -5$"),
        ({"cost": [MAX_COST + 1, 5]}, r"^edge 0: cost.* expected 0 to 16777216, got 16777217$"),
        ({"cost": [1.0, np.nan]}, r"^cost: expected whole numbers, got float64$"),
        ({"cost": [1]}, r"^cost: expected an array of shape \(2,\), got .* \(1,\)$"),
        ({"head": [0, 2]}, r"^edge 1: head is out of range, expected 0 to 1, got 2$"),
        ({"tail": [-1, 0]}, r"^edge 0: tail is out of range, expected 0 to 1, got -1$"),
        ({"tail": [[0, 1]]}, r"^tail: expected one number an edge, got .* \(1, 2\)$"),
        ({"board": [-1, 1]}, r"^edge 1: board is out of range, expected -1 to 0, got 1$"),
        ({"board": [-2, 0]}, r"^edge 0: board is out of range, expected -1 to 0, got -2$"),
        (
            {"xy": [[0, 0], [1, np.inf]]},
            r"^node 1: expected a finite position, metres, got 1.0 inf$",
        ),
        ({"xy": [0.0, 1.0]}, r"^xy: expected two numbers a node, got .* \(2,\)$"),
        (
            {"xy": []},
            r"^edge 0: tail is out of range, expected none, for there are no nodes, got 0$",
        ),
        ({"boardings": [[0, 0, 0, 9]]}, r"^boarding 0: headway.* expected 1 to 1728000, got 0$"),
        ({"boardings": [[-1, 9, 0, 9]]}, r"^boarding 0: phase, .* got -1$"),
        ({"boardings": [[0, 9, 3 * DAY, 9]]}, r"^boarding 0: first, .* got 2592000$"),
        ({"boardings": [[0, 9, 500, 400]]}, r"^boarding 0: last, .* expected 500 .* got 400; the "),
        ({"boardings": [[0, 9, 0, 3 * DAY]]}, r"^boarding 0: last, .* got 2592000; the clock "),
        ({"boardings": [[0, 9, 0]]}, r"^boardings: expected an array of shape \(1, 4\), got "),
    ],
)
def test_what_is_no_graph_is_refused_by_its_row(change: dict[str, Any], message: str) -> None:
    sound = {
        "xy": [[0, 0], [1, 1]],
        "tail": [0, 1],
        "head": [1, 0],
        "cost": [5, 5],
        "board": [-1, 0],
        "boardings": [[0, 9, 0, 9]],
    }
    make_graph(**sound)  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match=message):
        make_graph(**{**sound, **change})


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([([0], [0]), ([6], [0])], r"^origin 1: node of seed 0 is out of range, .* 0 to 5, got 6$"),
        ([([0, 1], [0, -1])], r"^origin 0: cost of seed 1 is out of range, .*16777216, got -1$"),
        ([([0], [0.5])], r"^origin 0: cost of a seed: expected whole numbers, got float64$"),
        ([([0, 1], [0])], r"^origin 0: expected one cost a node, got shapes \(2,\) and \(1,\)$"),
    ],
)
def test_what_is_no_seed_is_refused(seeds: list[Any], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        search(LINE.graph(), seeds)


def test_a_departure_before_midnight_is_refused() -> None:
    with pytest.raises(NetworkError, match=r"^depart: .*, got -1$"):
        search(LINE.graph(), AT_A, depart=-1)


def test_there_is_no_path_to_what_is_not_reached() -> None:
    graph = LINE.graph()
    found = search(graph, [([C], [0])])
    with pytest.raises(NetworkError, match=r"^node 0: is not reached from origin 0"):
        trace(graph, found, 0, A)
    with pytest.raises(NetworkError, match=r"^node 6: is out of range, expected 0 to 5$"):
        trace(graph, found, 0, 6)


def test_the_curve_visits_quarters_in_the_order_of_a_z() -> None:
    square = [[9.0, 9.0], [0.0, 9.0], [9.0, 0.0], [0.0, 0.0]]
    assert morton_order(square).tolist() == [3, 2, 1, 0]
    assert morton_order([[5.0, 5.0], [5.0, 5.0]]).tolist() == [0, 1]
    assert morton_order(np.zeros((0, 2))).tolist() == []
