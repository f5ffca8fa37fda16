"""Files are written whole or not at all, and read back to the last bit."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.toy.layers import SHIPPED, listing, put, row
from tests.toy.world import catalog as toy_catalog
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.errors import DataError, StaleError
from tzkc_geo.io import load as loading
from tzkc_geo.io.folder import DataFolder, find_folder, read_json, write_all, write_file
from tzkc_geo.io.load import load, rebuild
from tzkc_geo.io.store import derived_texts, is_fresh, read_derived, write_derived
from tzkc_geo.io.tables import read_tables

TOY = toy_catalog()


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


def never(*_: object, **__: object) -> Catalog:
    """Stand in for the solver where nothing may be built."""
    raise AssertionError


def same(first: object, second: object) -> bool:
    """Compare two values, arrays and shapes by what they hold."""
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second)  # type: ignore[arg-type]
    return first == second


@pytest.mark.parametrize("world", ["toy", "real"])
def test_what_is_written_is_read_to_the_last_bit(
    world: str, tmp_path: Path, real_tables: Tables, real_catalog: Catalog
) -> None:
    catalog = real_catalog if world == "real" else TOY
    folder = DataFolder(tmp_path)
    tables = replace(real_tables, digest=catalog.digest, units=catalog.units)
    tables = replace(tables, places=catalog.places, stations=catalog.stations)
    assert write_derived(catalog, folder) == tmp_path / "derived"
    back = read_derived(tables, folder)
    for name in ("units", "results", "places", "stations", "digest"):
        assert getattr(back, name) == getattr(catalog, name)
    assert back.adjustment == json.loads(json.dumps(catalog.adjustment))
    for unit_id, shape in catalog.polygons.items():
        assert shapely.equals_exact(back.polygons[unit_id], shape, 0.0)
    for first, second in zip(back.edges, catalog.edges, strict=True):
        for field in fields(first):
            assert same(getattr(first, field.name), getattr(second, field.name)), field.name


def test_equal_catalogs_give_equal_bytes() -> None:
    assert derived_texts(TOY) == derived_texts(toy_catalog())


def test_derived_files_of_other_tables_or_broken_ones_are_stale(
    tmp_path: Path, real_tables: Tables
) -> None:
    folder, tables = DataFolder(tmp_path), replace(real_tables, digest=TOY.digest)
    assert not is_fresh(tables, folder)
    write_derived(TOY, folder)
    assert is_fresh(tables, folder)
    assert not is_fresh(real_tables, folder)
    with pytest.raises(StaleError, match=r"^derived/manifest\.json: is stale, expected digest"):
        read_derived(real_tables, folder)
    edges = folder.derived / "edges.geojson"
    edges.write_bytes(edges.read_bytes().replace(b"\n", b"\r\n"))
    assert is_fresh(tables, folder)  # as git may check it out
    edges.write_bytes(edges.read_bytes()[:-20])
    assert not is_fresh(tables, folder)
    (folder.derived / "manifest.json").write_text("[]", encoding="utf-8")
    assert not is_fresh(tables, folder)


def test_fresh_files_are_read_and_stale_ones_are_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog
) -> None:
    shipped = DataFolder(SHIPPED)
    tables = read_tables(shipped)
    write_derived(real_catalog, DataFolder(tmp_path))
    for path in (*shipped.input_files(), *shipped.network_files()):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr("tzkc_geo.io.folder.resources.files", lambda _: tmp_path)
    monkeypatch.setattr("tzkc_geo.build.build", never)
    assert load().digest == tables.digest
    mine = tmp_path / "mine"
    mine.mkdir()
    assert load(mine).digest == tables.digest  # an empty folder changes nothing
    monkeypatch.setenv("TZKC_DATA", str(mine))
    assert load().digest == tables.digest
    put(mine, "places", row("places", "feilong-lake", note="ours"))
    monkeypatch.setattr("tzkc_geo.build.build", lambda t: replace(TOY, digest=t.digest))
    assert load(mine).digest not in (tables.digest, TOY.digest)


def test_rows_of_the_user_replace_shipped_rows_of_the_same_key_and_add_new_ones(
    tmp_path: Path, real_tables: Tables
) -> None:
    lake = row("places", "feilong-lake", note="ours")
    new = lake | {"place_id": "zz-new", "name_zh": "新点"}
    put(tmp_path, "places", lake, new)
    tables = read_tables(find_folder(tmp_path))
    shipped = {place.place_id: place for place in real_tables.places}
    found = {place.place_id: place for place in tables.places}
    assert found.keys() - shipped.keys() == {"zz-new"}
    assert found["feilong-lake"] == replace(shipped["feilong-lake"], note="ours")
    assert {k: v for k, v in found.items() if k in shipped and k != "feilong-lake"} == {
        k: v for k, v in shipped.items() if k != "feilong-lake"
    }
    assert tables.digest != real_tables.digest
    assert [len(getattr(tables, n)) for n in ("lines", "clauses", "units", "exceptions")] == [
        len(getattr(real_tables, n)) for n in ("lines", "clauses", "units", "exceptions")
    ]


def test_new_texts_are_written_only_when_the_build_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def build(tables: Tables, *, progress: Callable[[str], None]) -> Catalog:
        progress("standing in")
        assert listing(tmp_path).keys() == {"places.csv"}  # nothing is written yet
        return replace(TOY, digest=tables.digest)

    place = put(tmp_path, "places", row("places", "feilong-lake", note="ours"))
    (new,) = (put(tmp_path, "priors", row("priors", "ankang-road", reason="mine")),)
    text = new.read_text(encoding="utf-8")
    new.unlink()
    folder = find_folder(tmp_path)
    monkeypatch.setattr("tzkc_geo.build.build", never)
    before = listing(tmp_path)
    with pytest.raises(AssertionError):
        rebuild(folder, texts={"priors.csv": text})
    assert listing(tmp_path) == before
    monkeypatch.setattr("tzkc_geo.build.build", build)
    catalog, path = rebuild(folder, texts={"priors.csv": text}, progress=seen.append)
    assert seen == ["standing in"]
    assert path == tmp_path.resolve() / "derived"
    assert place.exists()
    assert new.read_text(encoding="utf-8") == text
    tables = read_tables(folder)
    assert tables.digest == catalog.digest
    assert is_fresh(tables, folder)


def test_new_texts_need_a_folder_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give --data DIR"):
        loading.rebuild(DataFolder(tmp_path), texts={"priors.csv": ""})


def test_several_files_are_written_with_their_folders(tmp_path: Path) -> None:
    contents: dict[str, str | bytes] = {"a.txt": "甲\n", "sub/b.bin": b"\0\r\n"}
    write_all(tmp_path / "new", contents)
    assert listing(tmp_path / "new") == {
        "a.txt": "甲\n".encode(),
        "sub": b"folder",
        "sub/b.bin": b"\0\r\n",
    }


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_where_one_file_cannot_be_moved_all_old_ones_are_back(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old a", encoding="utf-8")
    (tmp_path / "c.txt").write_text("old c", encoding="utf-8")
    before, count, move = listing(tmp_path), [0], Path.replace

    def replace_but_one(self: Path, target: Path) -> Path:
        count[0] += 1
        if count[0] == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", replace_but_one)
    texts = {"a.txt": "new a", "sub/b.txt": "new b", "c.txt": "new c"}
    with pytest.raises(DataError, match="cannot be written, expected a writable folder, got No sp"):
        write_all(tmp_path, texts)
    assert listing(tmp_path) == before


def test_an_error_on_the_way_out_does_not_hide_the_first_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, f"read-only: {self.name}")

    for name in ("write_bytes", "unlink", "rmdir"):
        monkeypatch.setattr(Path, name, refuse)
    with pytest.raises(DataError, match=r"got read-only: \.a\.txt\.part$"):
        write_all(tmp_path, {"a.txt": "new"})


def test_a_file_goes_to_a_folder_that_exists(tmp_path: Path) -> None:
    write_file(tmp_path / "a.txt", "甲")
    assert listing(tmp_path) == {"a.txt": "甲".encode()}
    with pytest.raises(DataError, match=r"none: folder does not exist, expected a folder to write"):
        write_file(tmp_path / "none" / "a.txt", "")


def test_json_is_read_with_or_without_a_mark_at_its_start(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('\ufeff{"名": [1]}'.encode())
    assert read_json(path) == {"名": [1]}
    with pytest.raises(
        DataError, match=r"^none\.json: cannot be read, expected a text file, got No"
    ):
        read_json(tmp_path / "none.json")


def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match=r"expected a folder to read, got Permission denied$"):
        find_folder(tmp_path)


def test_the_digest_follows_the_text_and_not_the_line_ends(tmp_path: Path) -> None:
    folders = [DataFolder(tmp_path, tmp_path / name) for name in ("a", "b", "c")]
    for folder, data in zip(folders, (b"x\n1\n", b"x\r\n1\r\n", b"x\n2\n"), strict=True):
        folder.layers[-1].mkdir()
        (folder.layers[-1] / "units.csv").write_bytes(data)
    first, second, third = (folder.digest("1") for folder in folders)
    assert first == second != third
    assert folders[0].digest("2") != first
