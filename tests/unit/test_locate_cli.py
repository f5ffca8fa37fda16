"""``tzkc locate --in FILE --out FILE``: the same rows with their answers, in any format."""

import json
from pathlib import Path

import pytest

from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.crs import from_cgcs2000
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.verdict import locate

SITES = "名称,经度,纬度\n甲,121.45,28.645\n乙,121.40,28.655\n丙,120.9,28.3\n"
FORMATS = ("csv", "xlsx", "geojson", "gpkg", "shp", "kml", "parquet", "arrow", "dxf")


def run(*words: str | Path) -> int:
    return main([str(word) for word in words])


def sites(folder: Path, text: str = SITES) -> Path:
    path = folder / "sites.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_rows_come_out_in_order_with_answers_in_every_format(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out.{ending}"
    assert run("locate", "--in", sites(tmp_path), "--out", out, "--datum", "wgs84", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["faults"]) == (3, 0)
    table, _ = read_features(out, datum="gk40" if ending == "dxf" else None)
    assert table.columns["名称"].tolist() == ["甲", "乙", "丙"]
    assert [cell or None for cell in table.columns["cluster"]] == ["c01", "c02", None]
    assert table.columns["verdict"].tolist() == ["in_cluster", "undecided", "outside"]


def test_one_place_in_every_declared_datum_gets_one_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09", "gk40", "gk41", "gk120", "gk123"):
        x, y = (float(value) for value in from_cgcs2000(121.45, 28.645, datum))
        path, out = sites(tmp_path, f"east,north\n{x!r},{y!r}\n"), tmp_path / "out.csv"
        assert run("locate", "--in", path, "--out", out, "--datum", datum, "--json") == 0
        table, _ = read_features(out, datum=datum)
        told.append({name: table.columns[name][0] for name in ("verdict", "cluster", "edge_m")})
    capsys.readouterr()
    assert told == [told[0]] * len(told)
    assert told[0]["cluster"] == "c01"


def test_bad_rows_are_kept_marked_counted_and_give_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "id,lon,lat\n1,121.45,28.645\n2,,\n3,28.645,121.45\n4,1e308,nan\n5,121.4,28.655\n"
    out = tmp_path / "out.csv"
    assert run("locate", "--in", sites(tmp_path, text), "--out", out) == 1
    said = capsys.readouterr()
    assert "3" in said.out
    assert "sites.csv:4: lon, lat look swapped" in said.err
    rows = out.read_text(encoding="utf-8-sig").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["id", "1", "2", "3", "4", "5"]
    table, _ = read_features(out)
    assert [bool(cell) for cell in table.columns["fault"]] == [False, True, True, True, False]


def test_more_faults_than_are_printed_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "lon,lat\n121.45,28.645\n" + "x,y\n" * 7
    assert run("locate", "--in", sites(tmp_path, text), "--out", tmp_path / "out.csv") == 1
    assert "and 2 more" in capsys.readouterr().err


def test_undeclared_degrees_are_said_to_be_so_and_rows_that_would_differ_are_counted(
    real_catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "lon,lat\n121.4455,28.6535\n"
    assert locate(121.4455, 28.6535, real_catalog).alternatives
    assert run("locate", "--in", sites(tmp_path, text), "--out", tmp_path / "out.csv") == 0
    said = capsys.readouterr().err
    assert "WGS84 is taken" in said
    assert "1 rows would have another answer" in said


def test_parcels_get_shares_that_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = "121.44 28.63,121.48 28.63,121.48 28.66,121.44 28.66,121.44 28.63"
    text = f'id,wkt\na,"POLYGON (({ring}))"\n'
    out = tmp_path / "out.geojson"
    assert run("locate", "--in", sites(tmp_path, text), "--out", out, "--datum", "cgcs2000") == 0
    capsys.readouterr()
    (feature,) = json.loads(out.read_text(encoding="utf-8"))["features"]
    shares = feature["properties"]["shares"].split("; ")
    assert sum(round(100 * float(share.split()[-1].rstrip("%"))) for share in shares) == 10000
    assert feature["properties"]["cluster"] == "c01"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--in", "sites.csv"], "--in FILE and --out FILE"),
        (["--out", "out.csv"], "--in FILE and --out FILE"),
        (["121.45", "28.645", "--in", "sites.csv", "--out", "o.csv"], "a part of both"),
        (["121.45"], "got '121.45' alone"),
        ([], "expected LON LAT"),
        (["121.45", "28.645", "--lon", "经度"], "--lon and --lat name columns"),
        (["--in", "sites.csv", "--out", "sites.csv"], "is the file to be read"),
        (["--in", "sites.csv", "--out", "out.doc"], "ending '.doc' is not known"),
        (["--in", "none.csv", "--out", "out.csv"], "file does not exist"),
        (["--in", "sites.csv", "--out", "out.csv", "--lon", "x", "--lat", "y"], "no such column"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(
    words: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    sites(tmp_path)
    assert run("locate", *words) == 2
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["sites.csv"]


def test_where_undoing_the_offset_is_off_no_other_reading_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    path = sites(tmp_path, "lon,lat\n121.4455,28.6535\n")
    assert run("--no-undo-shift", "locate", "--in", path, "--out", out) == 0
    assert run("--no-undo-shift", "locate", "--in", path, "--out", out, "--datum", "gcj02") == 2
    assert "switched off" in capsys.readouterr().err
    table, _ = read_features(out)
    assert not any(table.columns["readings"])


def test_locate_tells_a_person_the_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["locate", "121.40", "28.655"]) == 0
    told = capsys.readouterr().out
    assert "待定 undecided by c02" in told
    assert "规划 城市创新街区: 建成 2025" in told
    assert "of unknown place" in told
    assert main(["locate", "120.40", "28.655"]) == 0
    assert "最近组团 nearest: c" in capsys.readouterr().out
