"""The promises of the real plan: each has an entry in each scenario, on the shipped tables."""

import json
from itertools import pairwise
from typing import Any

import pytest

from tzkc_geo.io.load import load
from tzkc_geo.network.commitments import commitments
from tzkc_geo.network.reach_table import reach_table

# A cell is reached from its nearest entries: a new station may take the place of a faster one.
LITTLE = 0.002


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """Return the object of ``tzkc commitments --json``."""
    return commitments(load(None)).to_json()


def entry(said: dict[str, Any], scenario: str, name: str) -> dict[str, Any]:
    (found,) = (row for row in said["scenario"][scenario] if row["id"] == name)
    return dict(found)


def test_every_promise_has_an_entry_in_every_scenario(said: dict[str, Any]) -> None:
    ids = [row.promise_id for row in load(None).transport.promises]
    assert list(said["scenario"]) == ["2022", "today", "2028"]
    for rows in said["scenario"].values():
        assert [row["id"] for row in rows] == ids
        for row in rows:
            assert row["verdict"] in {"met", "partly", "not_met", "not_checkable"}
            assert (row["share_area"] is None) == (row["verdict"] == "not_checkable")
            assert row["reason_en"] or row["share_area"] is not None
    assert json.loads(json.dumps(said, allow_nan=False)) == said


def test_shares_weighted_by_ground_add_up(said: dict[str, Any]) -> None:
    ground = said["ground_km2"]
    for rows in said["scenario"].values():
        for row in rows:
            if row["share_area"] is None:
                continue
            parts = sum(share * ground[name] for name, share in row["share_by_cluster"].items())
            parts += row["share_outside_clusters"] * ground["outside_clusters"]
            assert parts == pytest.approx(row["share_area"] * ground["corridor"], rel=1e-9)


def test_later_scenarios_keep_what_earlier_ones_kept(said: dict[str, Any]) -> None:
    for earlier, later in pairwise(said["scenario"].values()):
        for before, after in zip(earlier, later, strict=True):
            if before["share_area"] is not None:
                assert after["share_area"] >= before["share_area"] - LITTLE


def test_fast_roads_are_the_main_roads_of_the_reach_table(said: dict[str, Any]) -> None:
    table = reach_table(load(None), [10.0])
    (row,) = (r for r in table.rows if (r.facility, r.unit_id) == ("main_roads", "corridor"))
    share = entry(said, "today", "fast-roads")["share_area"]
    assert share == pytest.approx(row.shares[0].network, rel=1e-9)
    assert 0.5 < share < 0.995


def test_what_cannot_be_checked_says_so(said: dict[str, Any]) -> None:
    for scenario in said["scenario"]:
        for name in ("living-circle", "core-port-cities", "journey-delta"):
            row = entry(said, scenario, name)
            assert row["verdict"] == "not_checkable"
            assert row["reason_zh"]
        lost = entry(said, scenario, "core-port-cities")["unreached"]
        assert [place["lon"] for place in lost] == [None] * 5
        assert entry(said, scenario, "journey-metropolis")["verdict"] == "not_met"  # 63 minutes
    sheds = [
        entry(said, scenario, "living-circle")["rivals"][0]["share_area"]
        for scenario in said["scenario"]
    ]
    assert sheds[0] == 0.0
    assert sheds == sorted(sheds)


def test_s2_saves_time_on_foot_and_by_rail(said: dict[str, Any]) -> None:
    row = entry(said, "2028", "s2-trunk")
    assert row["verdict"] == "partly"
    assert all(cluster["mean_saved_min"] > 0.0 for cluster in row["details"])
    assert row["accuracy"]["planned_station_sigma_m"] == 2000.0
    assert entry(said, "today", "s2-trunk")["share_area"] == 0.0
