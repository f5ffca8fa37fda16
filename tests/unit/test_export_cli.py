"""`tzkc export` with the collections that are asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.toy.layers import listing
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    """Return the JSON of the command."""
    assert main(["export", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_export_writes_the_collections_that_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "some.gpkg"
    told = answer(capsys, str(out), "--collections", "edges, units")
    assert list(told) == ["written", "edges", "units"]
    stations = tmp_path / "stations.csv"
    assert answer(capsys, str(stations), "--collections", "stations")["stations"] == 45
    lines = stations.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("station_id,line,seq,name_zh")
    assert lines[0].endswith("edition_date,edition_digest,wkt")
    assert len(lines) == 46


def test_the_same_catalog_gives_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        for ending in ("gpkg", "csv", "parquet", "geojson"):
            assert main(["export", str(tmp_path / f"{name}.{ending}")]) == 0
    capsys.readouterr()
    assert len(listing(tmp_path)) == 8
    for path in tmp_path.glob("a.*"):
        assert path.read_bytes() == path.with_stem("b").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("--collections", "units", "--pmtiles", "a.pmtiles"),
        ("--schema", "plan", "--pmtiles", "a.pmtiles"),
        ("--collections", "units"),
    ],
)
def test_what_to_write_must_be_clear(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 2
    assert capsys.readouterr().err.startswith("error: export: what to write is not clear")
    assert listing(tmp_path) == {}
