"""Laws of the promises: shares are shares, add up, and do not fall when more is open."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toy import promises
from tzkc_geo.network.commitments import Commitments, commitments
from tzkc_geo.network.promise_shares import Reading
from tzkc_geo.network.scenario import SCENARIOS

TOY = promises.catalog()
FOUND = commitments(TOY)
ROADS = sorted({link.road for link in TOY.transport.links})
# A cell is reached from its nearest entries: one more may take the place of one on a faster way.
LITTLE = 0.002


def readings(found: Commitments, scenario: str) -> dict[tuple[str, str], Reading]:
    return {
        (one.promise.promise_id, reading.name): reading
        for one in found.findings[scenario]
        for reading in (one.reading, *one.rivals)
    }


def no_smaller(
    better: dict[tuple[str, str], Reading], worse: dict[tuple[str, str], Reading]
) -> None:
    for key, reading in worse.items():
        if reading.shares.area is not None:
            assert (better[key].shares.area or 0.0) >= reading.shares.area - LITTLE, key
            for name, share in reading.shares.by_cluster.items():
                assert better[key].shares.by_cluster[name] >= share - 10 * LITTLE, (key, name)


@pytest.mark.parametrize("scenario", list(SCENARIOS))
def test_shares_are_0_to_1_and_add_up(scenario: str) -> None:
    ground = FOUND.ground_km2
    for reading in readings(FOUND, scenario).values():
        shares = reading.shares
        if shares.area is None:
            continue
        every = [shares.area, shares.outside, shares.clusters, *shares.by_cluster.values()]
        assert all(share is not None and 0.0 <= share <= 1.0 for share in every)
        parts = sum(share * ground[name] for name, share in shares.by_cluster.items())
        parts += (shares.outside or 0.0) * ground["outside_clusters"]
        assert parts == pytest.approx(shares.area * ground["corridor"], rel=1e-9)


def test_a_line_more_never_lowers_a_share() -> None:
    names = list(SCENARIOS)
    for earlier, later in pairwise(names):
        no_smaller(readings(FOUND, later), readings(FOUND, earlier))


@settings(max_examples=8)
@given(st.sets(st.sampled_from(ROADS), max_size=3))
def test_a_closed_road_never_raises_a_share(closed: set[str]) -> None:
    cut = replace(SCENARIOS["today"], name="cut", closed=frozenset(closed))
    no_smaller(readings(FOUND, "today"), readings(commitments(TOY, [cut]), "cut"))
