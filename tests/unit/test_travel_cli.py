"""The commands of the travel-time model say what is reached, by which way, or why not."""

import csv
import json
from pathlib import Path

import pytest
import rasterio
import shapely
from typer.testing import CliRunner, Result

from tzkc_geo.cli import main
from tzkc_geo.cli.app import app

SITE = ("121.45", "28.645")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answer(*words: str) -> dict[str, object]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the one sentence of a refused command."""
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    return said.err


def test_reach_has_the_keys_of_the_contract() -> None:
    found = answer("reach", *SITE, "--minutes", "30,15", "--modes", "walk,rail")
    assert list(found)[:3] == ["origin", "scenario", "modes"]
    assert (found["scenario"], found["modes"]) == ("today", ["walk", "rail"])
    bands = found["bands"]
    assert isinstance(bands, list)
    assert [band["minutes"] for band in bands] == [15.0, 30.0]
    assert all(0.0 < unit["share"] <= 1.0 for band in bands for unit in band["units"])


def test_reach_is_told_to_a_person() -> None:
    shown = run("reach", *SITE, "--minutes", "15").stdout
    for words in (
        "情景 scenario today",
        "15 分钟 minutes",
        "中央创新区",
        "车站 stations",
        "assumed",
    ):
        assert words in shown


def test_a_far_site_is_unreachable_and_that_is_an_answer() -> None:
    result = run("reach", "121.9", "28.645")
    assert result.exit_code == 0
    assert "不可达 unreachable: has no network within 2500 m" in result.stdout


def test_bands_and_raster_are_written_in_one_call(tmp_path: Path) -> None:
    bands, raster = tmp_path / "reach.geojson", tmp_path / "reach.tif"
    words = ("reach", *SITE, "--minutes", "10,20", "--at", "08:00", "--peak")
    found = answer(*words, "--geojson", str(bands), "--cog", str(raster))
    written = json.loads(bands.read_text(encoding="utf-8"))
    assert "OpenStreetMap" in written["attribution"]
    features = written["features"]
    assert [one["properties"]["minutes"] for one in features] == [10.0, 20.0]
    inner, outer = (shapely.geometry.shape(one["geometry"]) for one in features)
    assert inner.geom_type == "MultiPolygon"
    assert outer.covers(inner)
    assert found["at"] == "08:00"
    with rasterio.open(raster) as opened:
        assert (opened.crs.to_epsg(), opened.res) == (4549, (10.0, 10.0))
        assert opened.tags()["speeds"] == "peak"


def test_the_datum_is_obeyed() -> None:
    gcj = answer("reach", "121.4544", "28.6420", "--datum", "gcj02", "--minutes", "5")
    origin = gcj["origin"]
    assert isinstance(origin, dict)
    assert origin["lon"] == pytest.approx(121.45, abs=5e-4)


def test_a_route_adds_up_and_names_its_trains() -> None:
    found = answer("route", "s1-01", "城南站", "--modes", "walk,rail")
    legs = found["legs"]
    assert isinstance(legs, list)
    assert sum(leg["minutes"] for leg in legs) == pytest.approx(found["minutes"])
    ride = next(leg for leg in legs if leg["mode"] == "rail")
    assert (ride["line"], ride["from"], ride["to"]) == ("S1", "台州火车站", "城南站")
    assert 52.0 <= ride["minutes"] <= 56.0


def test_a_route_between_positions_is_told_to_a_person() -> None:
    shown = run("route", *SITE, "121.369", "28.656").stdout
    assert "驾车 road" in shown
    assert "rail is not used: it would not be faster" in shown


def test_after_the_last_train_there_is_no_way_by_rail() -> None:
    found = answer("route", "s1-01", "s1-15", "--modes", "rail", "--at", "23:00")
    assert (found["minutes"], found["legs"]) == (None, [])
    assert "the last one has left" in str(found["reason"])
    shown = run("route", "s1-01", "s1-15", "--modes", "rail", "--at", "23:00").stdout
    assert "不可达 unreachable" in shown


def test_the_matrix_has_units_and_stations(tmp_path: Path) -> None:
    file = tmp_path / "times.csv"
    found = answer("matrix", "--csv", str(file), "--modes", "walk,rail")
    places, minutes = found["places"], found["minutes"]
    assert isinstance(places, list)
    assert isinstance(minutes, list)
    assert [place["id"] for place in places][:2] == ["corridor", "core"]
    assert {"s1-01", "s1-15"} <= {place["id"] for place in places}
    assert [row[n] for n, row in enumerate(minutes)] == [0.0] * len(places)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == len(places) ** 2
    assert all(bool(row["minutes"]) != bool(row["reason"]) for row in rows)


def test_the_matrix_is_told_to_a_person() -> None:
    assert "more stations" in run("matrix").stdout
    shown = run("matrix", "core", "s1-01", "nr-linhai-south", "--modes", "walk,rail").stdout
    assert "– no way leads" in shown
    assert "more stations" not in shown


def test_the_matrix_has_the_ways_where_asked() -> None:
    routes = answer("matrix", "c01", "c02", "--legs")["routes"]
    assert isinstance(routes, list)
    assert [(way["from"], way["to"]) for way in routes] == [("c01", "c02"), ("c02", "c01")]
    assert all(way["legs"] for way in routes)


def test_access_sets_the_network_beside_the_straight_line(tmp_path: Path) -> None:
    file = tmp_path / "access.csv"
    found = answer("access", "--minutes", "15", "--scenario", "2022", "--csv", str(file))
    rows = found["rows"]
    assert isinstance(rows, list)
    shares = [share for row in rows for share in row["shares"]]
    assert shares
    assert all(share["network"] <= share["straight"] + 1e-9 for share in shares)
    assert all(row["reason"] for row in rows if not row["shares"])
    with file.open(encoding="utf-8", newline="") as opened:
        assert len(list(csv.DictReader(opened))) == len(rows)


def test_access_is_told_to_a_person() -> None:
    shown = run("access", "--minutes", "10", "--scenario", "2022").stdout
    assert "快速路网 main roads · 驾车 road" in shown
    assert "S1 · 步行 walk" in shown


def test_a_closed_bridge_is_a_scenario_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "closed.toml"
    file.write_text('closed = ["椒江大桥"]\n', encoding="utf-8")
    ends = ("route", "121.40", "28.715", *SITE)
    before, after = answer(*ends), answer(*ends, "--scenario", str(file))
    assert after["scenario"] == "closed"
    assert float(str(after["minutes"])) > float(str(before["minutes"]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reach", *SITE, "--minutes", "0"), "expected above 0 and at most 240, got 0"),
        (("reach", *SITE, "--minutes", "9999"), "expected above 0 and at most 240, got 9999"),
        (("reach", *SITE, "--minutes", "ten"), "minutes: is not a number"),
        (("reach", *SITE, "--modes", "walk,fly"), "modes: 'fly' is not allowed"),
        (("reach", *SITE, "--at", "25:00"), "at: is no time of the day"),
        (("reach", "28.645", "121.45"), "look swapped"),
        (("reach", *SITE, "--scenario", "2027"), "expected one of 2022, today, 2028"),
        (("reach", *SITE, "--scenario", "none.toml"), "none.toml"),
        (("route", "c01", "s1-99"), "did you mean s1-09"),
        (("route", "c01", "s2-r1"), "its position is not known"),
        (("route", "c01"), "got 1 words"),
        (("matrix", "c01", "x9"), "no such place in scenario today"),
        (("gtfs", "x.zip", "--scenario", "2027"), "expected one of 2022, today, 2028"),
    ],
)
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert said in refused(capsys, *words)


def test_a_typing_error_in_a_scenario_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('closd = ["椒江大桥"]\n', encoding="utf-8")
    said = refused(capsys, "route", "c01", "c02", "--scenario", str(file))
    assert "closd" in said
    assert "closed" in said
