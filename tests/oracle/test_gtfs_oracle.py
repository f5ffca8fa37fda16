"""GTFS feeds before the validator of PyPI, which holds them to MobilityData's canonical rules."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.toy import rail
from tzkc_geo.catalog import Tables
from tzkc_geo.io.gtfs_zip import write_gtfs
from tzkc_geo.network.gtfs import Feed, gtfs_tables

DAY = "2026-11-24"  # the rules that look at the calendar look from here
REPORT = "report.json"
KNOWN = {
    "missing_feed_contact_email_and_url",  # the tables name no one to ask
    "mixed_case_recommended_field",  # Chinese has no capital letters
}
FUTURE = {
    "future_calendar",
    "future_feed",
    "service_extends_far_in_the_future",
    "trip_coverage_not_active_for_next7_days",
}


def notices(feed: Feed, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the notices of the validator by severity."""
    path = folder / "feed.zip"
    write_gtfs(path, feed)
    words = ["-m", "gtfs_validator.cli", "-i", str(path), "-o", str(folder), "-d", DAY, "-c", "CN"]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "system_errors.json").read_text(encoding="utf-8")) == {
        "notices": []
    }
    found: dict[str, list[dict[str, Any]]] = {"ERROR": [], "WARNING": [], "INFO": []}
    for notice in json.loads((folder / REPORT).read_text(encoding="utf-8"))["notices"]:
        found[notice["severity"]].append(notice)
    return found


def codes(found: list[dict[str, Any]]) -> set[str]:
    return {notice["code"] for notice in found}


@pytest.mark.parametrize("date", [None, DAY])
def test_the_toy_railway_passes(date: str | None, tmp_path: Path) -> None:
    found = notices(gtfs_tables(rail.railway(), date=date), tmp_path)
    assert found["ERROR"] == []
    assert codes(found["WARNING"]) <= KNOWN | FUTURE
    assert codes(found["INFO"]) <= FUTURE


def test_the_validator_sees_a_fault(tmp_path: Path) -> None:
    feed = gtfs_tables(rail.railway())
    broken = {**feed, "stops.txt": feed["stops.txt"][:-1]}
    assert codes(notices(broken, tmp_path)["ERROR"]) >= {"foreign_key_violation"}


@pytest.mark.parametrize("date", [None, DAY])
def test_the_real_lines_pass(date: str | None, real_tables: Tables, tmp_path: Path) -> None:
    found = notices(gtfs_tables(real_tables, date=date), tmp_path)
    assert found["ERROR"] == []
    assert codes(found["WARNING"]) <= KNOWN | FUTURE | {"stop_too_far_from_shape"}
    far = [n for n in found["WARNING"] if n["code"] == "stop_too_far_from_shape"]
    stops = {sample["stopId"] for notice in far for sample in notice["sampleNotices"]}
    assert stops <= {"s2-10"}  # stands at the node of the S1 station, 130 m from the S2 track
