"""The feed of the real lines says what is published of S1."""

import pytest

from tests.toy.feeds import departures, of, times
from tzkc_geo.catalog import Tables
from tzkc_geo.network.gtfs import Feed, clock, gtfs_tables


@pytest.fixture(scope="module")
def feed(real_tables: Tables) -> Feed:
    return gtfs_tables(real_tables)


@pytest.mark.parametrize("direction", ["0", "1"])
def test_s1_runs_from_0620_to_2140_and_takes_54_minutes(feed: Feed, direction: str) -> None:
    found = departures(feed, "S1", direction)
    assert (clock(found[0]), clock(found[-1])) == ("06:20:00", "21:40:00")
    ride = list(times(feed, f"S1-20221228-{direction}-last").values())
    assert len(ride) == 15
    assert 52 * 60 <= ride[-1] - ride[0] <= 56 * 60  # the published range


def test_s2_opens_with_20_stations_and_meets_s1(feed: Feed) -> None:
    assert of(feed, "calendar.txt", "service_id", "S2-20280101")["start_date"] == "20280101"
    assert len(times(feed, "S2-20280101-0")) == 20
    hub = {row["stop_id"] for row in feed["stops.txt"] if row["parent_station"]}
    assert hub == {"s1-01", "s2-10"}
