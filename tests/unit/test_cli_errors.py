"""Bad folders and words: exit code 2, one sentence, and nothing half-written."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.toy.layers import listing, refused
from tzkc_geo.catalog import Catalog, Tables


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


@pytest.fixture
def _quick_build(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    """Stand in for the solver, so that a test of writing does not wait for it."""

    def build(tables: Tables, *, progress: Callable[[str], None]) -> Catalog:
        progress("standing in")
        return replace(real_catalog, digest=tables.digest)

    monkeypatch.setattr("tzkc_geo.build.build", build)


FOLDERS: dict[str, tuple[str, str]] = {
    "missing": ("none", "No such file or directory; make it with mkdir"),
    "a file": ("file", "Not a directory"),
    "below a file": ("file/sub", "Not a directory"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_a_data_folder_that_is_none_is_named(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    name, got = FOLDERS[case]
    folder = str(tmp_path / name)
    expected = f"{folder}: no data folder, expected a folder to read, got {got}"
    assert refused(capsys, "--data", folder, "build") == expected
    monkeypatch.setenv("TZKC_DATA", folder)
    assert refused(capsys, "units") == expected
    assert listing(tmp_path) == {"file": b""}


@pytest.mark.usefixtures("_quick_build")
def test_a_folder_that_cannot_be_written_is_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "derived").write_text("in the way", encoding="utf-8")
    before = listing(tmp_path)
    message = refused(capsys, "--data", str(tmp_path), "build")
    assert message == (
        f"{tmp_path / 'derived'}: cannot be written, expected a writable folder,"
        " got File exists; give another one with --data DIR"
    )
    assert listing(tmp_path) == before


@pytest.mark.usefixtures("_quick_build")
def test_a_read_only_folder_is_left_as_it_was(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self), len(data))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        message = refused(capsys, "--data", str(tmp_path), "build")
    assert message.endswith(
        ": cannot be written, expected a writable folder, got Read-only file system;"
        " give another one with --data DIR"
    )
    assert listing(tmp_path) == {}


WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "swapped position": (
        ("locate", "28.645", "121.45"),
        (
            "position: lon, lat look swapped, got lon 28.645 and lat 121.45, expected longitude"
            " first; call with LON LAT = 121.45 28.645"
        ),
    ),
    "NaN": (
        ("locate", "nan", "28.645"),
        "position: lon is not a finite number, expected degrees within ±180, got nan",
    ),
    "latitude 95": (
        ("locate", "121.45", "95"),
        "position: lat is out of range, expected degrees within ±90 (longitude first), got 95.0",
    ),
    "metres": (
        ("locate", "640790.145", "3171326.196"),
        (
            "position: metres where degrees are expected, got 640790.145 3171326.196, which fit"
            " EPSG:4549 (easting, northing); call with --datum gk120"
        ),
    ),
    "zone prefix that is missing": (
        ("locate", "640790.145", "3171326.196", "--datum", "gk40"),
        (
            "position: metres that gk40 (EPSG:4528) cannot have, expected easting with zone prefix"
            " (带号) 40, then northing, got 640790.145 3171326.196, which fit EPSG:4549 (easting,"
            " northing); call with --datum gk120"
        ),
    ),
    "text": (
        ("locate", "abc", "28.6"),
        "position: lon: 'abc' is neither a number nor an angle, expected degrees such as 121.44",
    ),
    "hemispheres": (
        ("locate", "28:38:42N", "121:27E"),
        "position: lon, lat look swapped, got lon '28:38:42N' and lat '121:27E'",
    ),
    "datum that does not exist": (
        ("locate", "121.45", "28.645", "--datum", "mars05"),
        (
            "datum: no such datum, expected one of wgs84, cgcs2000, gcj02, bd09, gk40, gk41, gk120,"
            " gk123, got 'mars05'"
        ),
    ),
    "language": (
        ("map", "-o", "x.html", "--lang", "fr"),
        "--lang: 'fr' is not known, expected zh or en",
    ),
    "ending": (
        ("export", "units.xls"),
        "units.xls: ending '.xls' is not known, expected one of .geojson, .csv, .gpkg, .parquet",
    ),
    "collection": (
        ("export", "x.gpkg", "--collections", "units,edge"),
        "collection 'edge': no such collection, expected one of units, clusters, zones, edges,",
    ),
    "several collections in one table": (
        ("export", "x.csv", "--collections", "units,edges"),
        "format csv: holds one collection, expected one, got 2; write a .gpkg",
    ),
    "schema of a file": (
        ("export", "x.gpkg", "--schema", "plan"),
        "--schema: is of a database, expected postgresql://user@host/database, got x.gpkg",
    ),
    "address that is not clear": (
        ("export", "postgresql://me:a@b@host/plan"),
        "address of the database: cannot be read, expected postgresql://user@host:port/database;",
    ),
    "export to no folder": (
        ("export", "none/units.geojson"),
        "none: folder does not exist, expected a folder to write units.geojson to",
    ),
    "export of a GeoPackage to no folder": (
        ("export", "none/units.gpkg"),
        "none: folder does not exist, expected a folder to write units.gpkg to",
    ),
    "map to no folder": (
        ("map", "-o", "none/x.html"),
        "none: folder does not exist, expected a folder to write x.html to",
    ),
    "page to no folder": (
        ("adjust", "--html", "none/x.html"),
        "none: folder does not exist, expected a folder to write x.html to",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_bad_words_are_named(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words, message = WORDS[case]
    assert refused(capsys, *words).startswith(message)
    assert listing(tmp_path) == {}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("locate", "121.4"), "LAT"),
        (("units", "--jsno"), "--jsno"),
        (("frobnicate",), "frobnicate"),
        (("serve", "--port", "0"), "--port"),
    ],
)
def test_words_that_are_no_command_are_named(
    words: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert named.lower() in refused(capsys, *words).lower()
