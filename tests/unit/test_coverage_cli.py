"""`tzkc coverage` and `tzkc adjacency` over the real plan: JSON, files, tables, exit codes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from tests.toy.neighbours import moved
from tests.toy.world import HIGH, SOUTH, WEST, WIDE
from tzkc_geo.adjacency import adjacency
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.cli.adjacency import RELATION_ZH
from tzkc_geo.cli.coverage import KIND_ZH, SIZE_ZH
from tzkc_geo.frames import adjacency_frame


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    use(monkeypatch, real_catalog)


def use(monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> None:
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: catalog)


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:  # noqa: ANN401
    """Return the JSON of a command, which stands alone on standard output."""
    assert main([*words, "--json"]) == code
    out, _ = capsys.readouterr()
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail)


def test_adjacency_prints_what_the_library_finds(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    assert answer(capsys, "adjacency") == adjacency(real_catalog).to_json()
    zones = answer(capsys, "adjacency", "--level", "zone")
    assert {row["level"] for row in zones["pairs"]} == {"zone"}
    assert [(r["a"], r["b"], r["line"]) for r in zones["pairs"] if r["relation"] == "edge"] == [
        ("core", "z1", "市府大道")
    ]


def test_neighbours_in_the_plan_are_those_of_the_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = answer(capsys, "adjacency", "--level", "cluster")["pairs"]
    found = {(r["a"], r["b"]): (r["relation"], r["line"]) for r in rows if r["relation"] != "none"}
    assert found == {
        ("c01", "c04"): ("edge", "市府大道"),  # 北至市府大道, 南至市府大道
        ("c04", "c05"): ("across_water", "高闸浦"),
        ("c04", "c06"): ("across_water", "椒江(南岸)"),
        ("c08", "c09"): ("across_water", "永宁江"),
        ("c11", "c12"): ("edge", "内环南路"),  # 南至内环南路, 北至内环南路
    }


def test_adjacency_draws_edges_and_links(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, real_catalog: Catalog
) -> None:
    path = tmp_path / "n.geojson"
    assert main(["adjacency", "--geojson", str(path)]) == 0
    assert f"written: {path}" in capsys.readouterr().err
    read = geopandas.read_file(path)
    frame = adjacency_frame(real_catalog)
    assert frame.crs.to_epsg() == 4490
    assert read[["a", "b", "relation"]].to_numpy().tolist() == (
        frame[["a", "b", "relation"]].to_numpy().tolist()
    )
    assert shapely.equals_exact(read.geometry.array, frame.geometry.array, 1e-12).all()
    edge = frame.set_index(["a", "b"]).loc[("c01", "c04")]
    outline = real_catalog.polygons["c04"].boundary
    assert shapely.length(shapely.intersection(edge.geometry, outline)) == pytest.approx(
        edge.geometry.length, rel=1e-6
    )


def test_people_read_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["adjacency"]) == 0
    out = capsys.readouterr().out
    assert "c01 中央创新区" in out
    assert f"{RELATION_ZH['across_water']} across_water" in out
    assert "18 of 18 units lie wholly" in out
    box = shapely.box(WEST - WIDE / 2, SOUTH, WEST + WIDE, SOUTH + HIGH)
    inner = shapely.box(WEST, SOUTH, WEST + WIDE / 2, SOUTH + HIGH)
    use(monkeypatch, moved({"c01": box, "c02": inner}, {}))
    assert main(["adjacency"]) == 0
    out = capsys.readouterr().out
    assert f"{RELATION_ZH['contains']} contains" in out
    assert "c01 超出 outside core: " in out


def test_coverage_of_the_plan_is_done_with_nothing_undeclared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = answer(capsys, "coverage")
    assert content["counting"] == 0
    assert "ledger" not in content
    assert main(["coverage"]) == 0
    out = capsys.readouterr().out
    assert "core-gap" in out
    assert "永宁江" in out
    assert SIZE_ZH["real"] in out
    assert "0 real and undeclared" in out


def test_a_real_undeclared_fault_gives_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog
) -> None:
    use(monkeypatch, replace(real_catalog, exceptions=()))
    content = answer(capsys, "coverage", code=1)
    assert content["counting"] == sum(row["counts"] for row in content["faults"]) > 0
    assert main(["coverage"]) == 1
    first = next(line for line in capsys.readouterr().out.splitlines() if KIND_ZH["gap"] in line)
    assert "无 nothing" in first


def test_a_repair_is_written_with_its_ledger(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    box = shapely.box(WEST, SOUTH, WEST + WIDE + 5e-7, SOUTH + HIGH)
    world = moved({"c01": box}, {})
    use(monkeypatch, world)
    path = tmp_path / "repaired.geojson"
    content = answer(capsys, "coverage", "--repair", str(path), code=1)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["ledger"] == content["ledger"]
    (entry,) = [row for row in content["ledger"] if row["kind"] == "overlap"]
    assert (entry["from"], entry["to"], entry["kept_by"]) == ("c02", None, "c01")
    assert len(written["features"]) == len(world.units)
    facts = {f["id"]: f["properties"] for f in written["features"]}
    change = facts["c02"]["after_m2"] - facts["c02"]["before_m2"]
    assert change == pytest.approx(-entry["area_m2"], abs=1e-5)
    assert main(["coverage", "--repair", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "台账 overlap" in out
    assert f"written: {path}, {len(content['ledger'])} entries in the ledger" in err


def test_wrong_words_give_exit_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["adjacency", "--level", "block"]) == 2
    assert "level: 'block' is not known, expected one of cluster, zone" in capsys.readouterr().err
    assert main(["coverage", "--repair", str(tmp_path / "none" / "x.geojson")]) == 2
    assert "folder does not exist" in capsys.readouterr().err
