"""One file of all tiles, read back by the reader of the package `pmtiles`."""

from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles
from typer.testing import CliRunner

from tests.toy.tile_reader import decoded
from tests.toy.world import catalog
from tzkc_geo.cli.app import app
from tzkc_geo.collections import collections
from tzkc_geo.errors import DataError
from tzkc_geo.tiles.pmtiles import write_pmtiles
from tzkc_geo.tiles.store import Tiles

TOY = catalog()


def test_read_back_it_is_what_the_service_answers(tmp_path: Path) -> None:
    path = tmp_path / "toy.pmtiles"
    count = write_pmtiles(TOY, path)
    source = MemorySource(path.read_bytes())
    reader, tiles = Reader(source), Tiles(TOY)
    found = {address: decoded(tile) for address, tile in all_tiles(source)}
    layers = {name: tiles.layer(name).ahead for name in collections(TOY)}
    assert len(found) == count
    assert set(found) == {address for ahead in layers.values() for address in ahead}
    for address, mine in found.items():
        served = {n: decoded(a[address])[n] for n, a in layers.items() if address in a}
        assert mine == served
    header = reader.header()
    assert (header["min_zoom"], header["max_zoom"]) == (8, 14)
    assert header["clustered"] is True
    assert header["min_lon_e7"] == 1_214_000_000
    assert header["max_lat_e7"] == 287_190_000
    about = reader.metadata()
    assert "非法定边界" in about["attribution"]
    assert [layer["id"] for layer in about["vector_layers"]] == list(layers)


def test_two_files_of_one_catalog_are_the_same(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.pmtiles", "b.pmtiles")]
    for path in paths:
        write_pmtiles(TOY, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="folder does not exist"):
        write_pmtiles(TOY, tmp_path / "none" / "a.pmtiles")


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "all.pmtiles"
    result = CliRunner().invoke(app, ["export", "--pmtiles", str(path), "--json"])
    assert result.exit_code == 0
    assert path.read_bytes()[:8] == b"PMTiles\x03"


@pytest.mark.parametrize("words", [[], ["a.geojson", "--pmtiles", "a.pmtiles"]])
def test_the_command_wants_one_file(words: list[str]) -> None:
    result = CliRunner().invoke(app, ["export", *words])
    assert isinstance(result.exception, DataError)
    assert "expected a file or --pmtiles" in str(result.exception)
