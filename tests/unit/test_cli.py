"""The command line over the real plan: the contract of its JSON, and what a person reads."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.toy.layers import listing
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.cli.show import GRADE_ZH, VERDICT_ZH
from tzkc_geo.collections import collections
from tzkc_geo.crs import from_cgcs2000
from tzkc_geo.errors import DerivationError
from tzkc_geo.model import AreaVerdict, Grade
from tzkc_geo.verdict import locate

UNITS = ["corridor", "core", "z1", "z2", "z3", *(f"c{n:02d}" for n in range(1, 15))]
UNIT_KEYS = [
    *("unit_id", "kind", "parent_id", "name_zh", "name_en", "reported_area_km2"),
    *("area_km2", "area_sigma_km2", "leave_one_out_km2", "leave_one_out_sigma_km2"),
    *("redundancy", "w", "grade", "verdict"),
]


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setenv("TZKC_UNDO_SHIFT", "")  # set, so that what a command sets is undone
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that must succeed and return what it prints."""
    assert main(list(words)) == 0
    return capsys.readouterr().out


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    """Return the JSON of a command, which must stand alone on standard output."""
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail)


def test_units_keeps_its_contract(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    content = answer(capsys, "units")
    assert list(content) == ["digest", "edition", "units"]
    assert content["digest"] == content["edition"]["digest"] == real_catalog.digest
    assert [row["unit_id"] for row in content["units"]] == UNITS
    assert all(list(row) == UNIT_KEYS for row in content["units"])
    kinds = ["corridor", "core", "zone", "zone", "zone", *["cluster"] * 14]
    assert [row["kind"] for row in content["units"]] == kinds
    assert [row["reported_area_km2"] for row in content["units"][5:9]] == [
        *("13", "4.92", "8.16", "10.36"),
    ]
    assert {row["grade"] for row in content["units"]} <= set(Grade)
    assert {row["verdict"] for row in content["units"]} <= set(AreaVerdict)


def test_adjust_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    content = answer(capsys, "adjust")
    keys = {"lines", "observations", "readings", "active_constraints", "sigma0", "rank", "unknowns"}
    assert keys <= set(content)
    for line in content["lines"]:
        assert {"line_id", "name_zh", "grade", "accuracy_m", "points"} <= set(line)
        assert all(len(point) == 3 and point[2] > 0 for point in line["points"])
    for seen in content["observations"]:
        assert {
            "id",
            "kind",
            "value",
            "sigma",
            "residual",
            "redundancy",
            "w",
            "used",
            "reason",
        } <= (set(seen))
        assert seen["used"] or seen["reason"]
    assert content["rank"] == content["unknowns"] == 2 * len(content["lines"])


def test_locate_keeps_its_contract(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    content = answer(capsys, "locate", "121.45", "28.645")
    assert list(content) == [
        *("position", "datum", "verdict", "cluster", "zone", "units", "plan", "digest"),
        *("probability", "on_edge_of", "tie_rule", "nearest_cluster", "undecided_by"),
    ]
    assert content["position"] == {"lon": 121.45, "lat": 28.645, "crs": "EPSG:4490"}
    assert list(content["datum"]) == ["declared", "used", "alternatives", "undo_shift"]
    assert (content["datum"]["declared"], content["datum"]["used"]) == (None, "wgs84")
    assert [row["unit_id"] for row in content["units"]] == UNITS
    assert list(content["units"][0]) == [
        *("unit_id", "kind", "name_zh", "relation", "distance_m", "edge", "sigma_m"),
        *("probability", "grade"),
    ]
    assert (content["cluster"], content["zone"]) == ("c01", "core")
    assert content["digest"] == real_catalog.digest


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_locate_takes_every_datum_and_options_in_any_place(
    datum: str, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    for words in (
        ("locate", "121.45", "28.645", "--datum", datum),
        ("locate", "--datum", datum, "121.45", "28.645"),
    ):
        found = locate(121.45, 28.645, real_catalog, datum=datum).to_json()
        assert answer(capsys, *words) == json.loads(json.dumps(found))


@pytest.mark.parametrize("datum", ["gk40", "gk41", "gk120", "gk123"])
def test_locate_takes_easting_northing_of_every_zone(
    datum: str, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    x, y = (f"{value:.4f}" for value in from_cgcs2000(121.45, 28.645, datum))
    content = answer(capsys, "locate", x, y, "--datum", datum)
    assert content == json.loads(
        json.dumps(locate(float(x), float(y), real_catalog, datum=datum).to_json())
    )
    assert (content["cluster"], content["datum"]["used"]) == ("c01", datum)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("121°27'00\"E", "28°38'42\"N"),
        ("东经121度27分", "北纬28度38.7分"),
        ("121:27:00", "28:38:42"),
    ],
)
def test_locate_takes_degrees_minutes_seconds(
    lon: str, lat: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = answer(capsys, "locate", lon, lat)
    assert content == answer(capsys, "locate", "121.45", "28.645")


def test_the_west_and_the_south_are_no_options(capsys: pytest.CaptureFixture[str]) -> None:
    content = answer(capsys, "locate", "-60", "-30.5")
    assert (content["position"]["lon"], content["position"]["lat"]) == (-60.0, -30.5)


def test_undoing_an_offset_can_be_switched_off_by_option_and_by_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = ("locate", "121.4315", "28.645")
    on = answer(capsys, *site)["datum"]
    off = answer(capsys, "--no-undo-shift", *site)["datum"]
    assert (on["undo_shift"], off["undo_shift"], off["alternatives"]) == (True, False, [])
    assert on["alternatives"]
    assert "switched off" in run(capsys, "--no-undo-shift", *site)
    monkeypatch.setenv("TZKC_UNDO_SHIFT", "0")
    assert answer(capsys, *site)["datum"] == off
    assert main([*site, "--datum", "gcj02"]) == 2
    assert "is refused because undoing its offset is switched off" in capsys.readouterr().err
    assert answer(capsys, "--undo-shift", *site)["datum"] == on


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".parquet"])
def test_export_writes_every_unit_unrounded(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    import geopandas

    out = tmp_path / f"units{ending}"
    counts = {"units": 19}
    if ending == ".gpkg":
        counts = {name: len(one) for name, one in collections(real_catalog).items()}
    assert answer(capsys, "export", str(out)) == {"written": str(out), **counts}
    read = geopandas.read_parquet if ending == ".parquet" else geopandas.read_file
    frame = read(out, **({"layer": "units"} if ending == ".gpkg" else {}))
    assert frame.crs.to_epsg() == (4326 if ending == ".geojson" else 4490)
    assert frame["unit_id"].tolist() == UNITS
    for unit_id, shape in zip(frame["unit_id"], frame.geometry, strict=True):
        expected = shapely.multipolygons([shapely.get_parts(real_catalog.polygons[unit_id])])[0]
        got = shapely.multipolygons([shapely.get_parts(shape)])[0]
        assert shapely.equals_exact(got, expected, 0.0)
    assert set(UNIT_KEYS) <= set(frame.columns)
    assert listing(tmp_path).keys() == {out.name}


def test_the_exported_geojson_names_the_line_of_each_edge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "units.geojson"
    assert main(["export", str(out)]) == 0
    assert capsys.readouterr() == ("", f"written: {out}\n")
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["type"] == "FeatureCollection"
    c01 = next(f for f in content["features"] if f["properties"]["unit_id"] == "c01")
    assert sorted(c01["properties"]["edges"]) == sorted(
        ["椒金线", "一江山大道", "东环大道", "市府大道"]
    )


def test_the_table_of_units_says_reported_measured_and_grade_in_both_languages(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    lines = run(capsys, "units").splitlines()
    for unit in real_catalog.units:
        result = real_catalog.results[unit.unit_id]
        (line,) = (text for text in lines if text.split()[:1] == [unit.unit_id])
        assert unit.name_zh in line
        assert unit.reported_area_km2 in line.split()
        assert f"{result.area_km2:.3f}" in line
        assert f"{GRADE_ZH[result.grade]} {result.grade}" in line
        assert f"{VERDICT_ZH[result.verdict]} {result.verdict}" in line
    assert "非法定边界" in lines[-1]


def test_a_site_is_told_with_its_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "locate", "121.45", "28.645")
    assert out.startswith("组团内 in_cluster: c01 中央创新区 · core 中央创新核")
    assert "not declared: WGS84 taken" in out
    assert "非法定边界" in out


def test_a_site_whose_datum_matters_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "locate", "121.4315", "28.645")  # a shift of 540 m or more leaves it
    assert "注意: read as " in out
    assert "--datum" in out
    declared = run(capsys, "locate", "121.45", "28.645", "--datum", "CGCS2000")
    assert "not declared" not in declared


def test_a_site_far_away_is_outside(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "locate", "116.4", "39.9")
    assert out.startswith("走廊外 outside\n")


def test_the_adjustment_is_told_with_what_was_set_aside(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    out = run(capsys, "adjust")
    for row in real_catalog.adjustment["lines"]:
        assert row["line_id"] in out
    for row in real_catalog.adjustment["observations"]:
        assert row["used"] or row["id"] in out
    for row in real_catalog.adjustment["readings"]:
        assert row["reading_id"] in out


def test_pages_are_written_where_they_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, chart = tmp_path / "adjustment.html", tmp_path / "map.html"
    assert main(["adjust", "--html", str(page)]) == 0
    assert capsys.readouterr() == ("", f"written: {page}\n")
    assert main(["adjust", "--html", str(page), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) >= {"lines", "observations"}
    assert answer(capsys, "map", "-o", str(chart), "--lang", "en") == {
        "written": str(chart),
        "units": 19,
    }
    for path in (page, chart):
        text = path.read_text(encoding="utf-8")
        assert text.lstrip().lower().startswith("<!doctype html>")
        assert "非法定边界" in text
    assert listing(tmp_path).keys() == {page.name, chart.name}


def test_what_is_known_is_put_between_its_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = run(capsys, "units", "--markdown")
    assert [line.split("|")[1].strip() for line in table.splitlines()[2:]] == UNITS[5:]
    page = tmp_path / "page.md"
    page.write_text(
        "# before\n<!-- begin: tzkc units --markdown -->\nold\n<!-- end -->\nafter\n",
        encoding="utf-8",
    )
    assert run(capsys, "units", "--into", str(page)) == ""
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# before\n")
    assert text.endswith("<!-- end -->\nafter\n")
    assert table in text
    assert "old" not in text


def test_the_service_is_started_over_the_same_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, int, int]] = []

    def start(*, host: str, port: int, unix: Path | None, workers: int) -> None:
        calls.append((host, port, workers))
        assert unix is None

    monkeypatch.setattr("services.server.serve", start)
    monkeypatch.setenv("TZKC_SETTINGS", "")
    monkeypatch.setenv("TZKC_DATA", "")
    assert main(["--no-undo-shift", "serve"]) == 0
    assert os.environ["TZKC_UNDO_SHIFT"] == "0"
    assert main(["--undo-shift", "--data", str(tmp_path), "serve", "--port", "8123", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == "http://127.0.0.1:8123"
    assert os.environ["TZKC_DATA"] == str(tmp_path.resolve())
    assert os.environ["TZKC_UNDO_SHIFT"] == "1"
    monkeypatch.setenv("TZKC_DATA", "")
    assert main(["serve", "--workers", "2", "--settings", "s.toml"]) == 0
    assert os.environ["TZKC_DATA"] == ""
    assert os.environ["TZKC_SETTINGS"] == "s.toml"
    assert calls == [("127.0.0.1", 8000, 1), ("127.0.0.1", 8123, 1), ("127.0.0.1", 8000, 2)]


def test_the_build_writes_where_the_data_are_and_says_so(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    real_catalog: Catalog,
) -> None:
    def build(tables: Any, *, progress: Any) -> Catalog:  # noqa: ANN401
        progress("standing in")
        return replace(real_catalog, digest=tables.digest)

    monkeypatch.setattr("tzkc_geo.build.build", build)
    content = answer(capsys, "--data", str(tmp_path), "build")
    derived = tmp_path.resolve() / "derived"
    assert content.pop("edition") == real_catalog.edition
    assert content == {"digest": real_catalog.digest, "units": 19, "written": str(derived)}
    assert {p.name for p in derived.iterdir()} == {
        *("adjustment.json", "edges.geojson", "manifest.json", "units.geojson"),
    }
    assert main(["--data", str(tmp_path), "build"]) == 0
    assert capsys.readouterr().err.endswith(f"edition 2026-11-24, written to {derived}\n")


def test_the_version_and_the_help_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == f"tzkc {version('tzkc_geo')}\n"
    assert "locate" in run(capsys, "--help")
    assert "--sigma-m" in run(capsys, "boundaries", "add", "--help")


@pytest.mark.parametrize(
    ("raised", "code", "text"),
    [
        (DerivationError("rings cross"), 2, "error: rings cross\n"),
        (ZeroDivisionError("oops"), 3, "error: internal: ZeroDivisionError: oops;"),
        (BrokenPipeError(), 0, ""),
        (KeyboardInterrupt(), 130, ""),
        (EOFError(), 130, "\nerror: stopped\n"),
    ],
)
def test_every_end_has_its_exit_code(
    raised: BaseException,
    code: int,
    text: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object) -> Catalog:
        raise raised

    monkeypatch.setattr("tzkc_geo.io.load.load", fail)
    assert main(["units"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(text)
    assert "Traceback" not in err


def test_the_installed_command_works_from_any_folder(tmp_path: Path) -> None:
    tzkc = Path(sys.executable).with_name("tzkc")
    env = {k: v for k, v in os.environ.items() if k != "TZKC_DATA"}

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [tzkc, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    done = command("units", "--json")
    assert done.returncode == 0, done.stderr
    assert [row["unit_id"] for row in json.loads(done.stdout)["units"]] == UNITS
    wrong = command("--data", "none", "units")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("error: none: no data folder")
    assert listing(tmp_path) == {}
