"""Bad rows and files: refused with one sentence that says where, what, expected and got."""

import json
from pathlib import Path

import pytest

from tests.toy.layers import SHIPPED, listing, put, refused, row, rows


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


def feature(line_id: str, coordinates: object) -> str:
    """Return a lines.geojson of one line."""
    shape = {"type": "LineString", "coordinates": coordinates}
    one = {"type": "Feature", "properties": {"line_id": line_id}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [one]})


CLAUSE = row("clauses", "c01-a")
POINT = row("observations", "ankang-road-p01")
ROWS: dict[str, tuple[str, list[dict[str, str]], str]] = {
    "unknown side": (
        "clauses",
        [CLAUSE | {"side": "up"}],
        "clauses.csv:2: side 'up' is not allowed, expected one of east, south, west, north",
    ),
    "line that points nowhere": (
        "clauses",
        [CLAUSE | {"line_id": "nowhere-road"}],
        "clauses.csv:2: line_id 'nowhere-road' points at nothing, expected an id of lines.csv",
    ),
    "source that points nowhere": (
        "places",
        [row("places", "feilong-lake", source_id="hearsay")],
        "places.csv:2: source_id 'hearsay' points at nothing, expected an id of sources.csv",
    ),
    "duplicate id": (
        "observations",
        [POINT, POINT | {"sigma": "9"}],
        "observations.csv:3: id 'ankang-road-p01' stands twice, first at observations.csv:2",
    ),
    "sigma that is no number": (
        "observations",
        [POINT | {"sigma": "about 50"}],
        "observations.csv:2: sigma is not a number, expected a number, got 'about 50'",
    ),
    "sigma that is zero": (
        "observations",
        [POINT | {"sigma": "0"}],
        "observations.csv:2: sigma is not positive, expected a number above 0, got 0.0",
    ),
    "sigma that is NaN": (
        "observations",
        [POINT | {"sigma": "nan"}],
        "observations.csv:2: sigma is not finite, expected a finite number, got 'nan'",
    ),
    "position that is NaN": (
        "observations",
        [POINT | {"lon": "NaN"}],
        "observations.csv:2: lon is not finite, expected a finite number, got 'NaN'",
    ),
    "swapped position": (
        "observations",
        [POINT | {"lon": "28.653749", "lat": "121.449109"}],
        (
            "observations.csv:2: lon, lat look swapped, got lon 28.653749 and lat 121.449109,"
            " expected longitude first; call with LON LAT = 121.449109 28.653749"
        ),
    ),
    "position in metres": (
        "observations",
        [POINT | {"lon": "640790.145", "lat": "3171326.196"}],
        (
            "observations.csv:2: metres where degrees are expected, got 640790.145 3171326.196,"
            " which fit EPSG:4549 (easting, northing); call with --datum gk120"
        ),
    ),
    "unused without a reason": (
        "observations",
        [POINT | {"used": "no", "reason": ""}],
        "observations.csv:2: reason is empty, expected a value",
    ),
    "flag that is neither": (
        "observations",
        [POINT | {"used": "perhaps"}],
        "observations.csv:2: used 'perhaps' is not allowed, expected one of yes, no",
    ),
    "step below one": (
        "clauses",
        [CLAUSE | {"step": "0"}],
        "clauses.csv:2: step is too small, expected a whole number from 1, got '0'",
    ),
    "part that is no number": (
        "clauses",
        [CLAUSE | {"part": "first"}],
        "clauses.csv:2: part is not a whole number, expected a whole number from 1, got 'first'",
    ),
    "inferred without a note": (
        "clauses",
        [CLAUSE | {"certainty": "inferred", "note": ""}],
        "clauses.csv:2: note is empty, expected a value",
    ),
    "chosen clause without a line": (
        "clauses",
        [CLAUSE | {"line_id": ""}],
        "clauses.csv:2: chosen clause names no line, expected a line of kind 'limit' at least",
    ),
    "clause of another unit": (
        "clauses",
        [CLAUSE | {"unit_id": "c02"}],
        "clauses.csv:2: unit_id 'c02' is not that of its reading, expected 'c01'",
    ),
    "reading without a seed": (
        "readings",
        [row("readings", "c01-a", seeds="")],
        (
            "readings.csv:2: reading 'c01-a' has 0 seeds, expected one for each part of its"
            " clauses, got parts [1]"
        ),
    ),
    "seed that is no pair": (
        "readings",
        [row("readings", "c01-a", seeds="121.45,28.642")],
        "readings.csv:2: seeds '121.45,28.642' is not a pair, expected 'lon lat' pairs joined by ;",
    ),
    "line without a shape": (
        "lines",
        [row("lines", "ankang-road", line_id="new-road")],
        "lines.csv:2: line 'new-road' has no shape, expected a feature in lines.geojson",
    ),
    "district without an outline": (
        "units",
        [row("units", "core", districts="wenling")],
        "units.csv:2: districts 'wenling' points at nothing, expected an id of districts.geojson",
    ),
    "zone without a district": (
        "units",
        [row("units", "core", districts="")],
        "units.csv:2: districts is empty, expected the districts of 'core'",
    ),
    "constraint at a place without coordinates": (
        "constraints",
        [row("constraints", "c11-contains-lake", place_id="mengchuang-park")],
        (
            "constraints.csv:2: place 'mengchuang-park' has no coordinates, expected lon and lat in"
            " places.csv"
        ),
    ),
    "overlap with a unit that is none": (
        "exceptions",
        [row("exceptions", "core-gap", kind="overlap", other_id="c99")],
        "exceptions.csv:2: other_id 'c99' points at nothing, expected an id of units.csv",
    ),
    "edition on a day that is none": (
        "editions",
        [row("editions", "2026-11-24", edition_date="2026-11-31")],
        "editions.csv:2: edition_date is not a day, expected YYYY-MM-DD, got '2026-11-31'",
    ),
    "edition written otherwise": (
        "editions",
        [row("editions", "2026-11-24", edition_date="20261124")],
        "editions.csv:2: edition_date is not a day, expected YYYY-MM-DD, got '20261124'",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_named(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, lines, message = ROWS[case]
    put(tmp_path, table, *lines)
    before = listing(tmp_path)
    for command in ("build", "units"):
        assert refused(capsys, "--data", str(tmp_path), command) == message
    assert listing(tmp_path) == before


def test_a_unit_with_two_chosen_readings_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "readings", row("readings", "c01-b", chosen="yes"))
    message = refused(capsys, "--data", str(tmp_path), "build")
    number = [r["unit_id"] for r in rows("units")].index("c01") + 2
    assert message == (
        f"units.csv:{number}: unit 'c01' has 2 chosen readings, expected one in readings.csv"
    )


FILES: dict[str, tuple[str, bytes, str]] = {
    "missing column": (
        "constraints.csv",
        b"constraint_id,kind\nx,contains\n",
        (
            "constraints.csv:1: column 'unit_id' is missing, expected constraint_id, kind, unit_id,"
            " line_id, place_id, side, tolerance_m, source_id, note"
        ),
    ),
    "column twice": (
        "priors.csv",
        b"line_id,sigma_offset_m,sigma_rotation_m_per_km,source_id,reason,reason\n",
        "priors.csv:1: column 'reason' stands twice, expected each column once",
    ),
    "empty file": (
        "priors.csv",
        b"",
        (
            "priors.csv:1: column 'line_id' is missing, expected line_id, sigma_offset_m,"
            " sigma_rotation_m_per_km, source_id, reason"
        ),
    ),
    "short row": (
        "priors.csv",
        b"line_id,sigma_offset_m,sigma_rotation_m_per_km,source_id,reason\nankang-road,200,20\n",
        "priors.csv:2: row has another length than the header, expected 5 cells, got 3",
    ),
    "long row": (
        "priors.csv",
        b"line_id,sigma_offset_m,sigma_rotation_m_per_km,source_id,reason\na,2,2,plan-2022,x,y,z\n",
        "priors.csv:2: row has another length than the header, expected 5 cells, got 7",
    ),
    "text in GBK": (
        "lines.csv",
        "line_id,name_zh,aliases,kind,band_m,source_id,note\nankang-road,安康路\n".encode("gbk"),
        "lines.csv:2: is not UTF-8, expected UTF-8 text, got byte 0xb0; save it as UTF-8",
    ),
    "quote that does not end": (
        "priors.csv",
        b'line_id,sigma_offset_m,sigma_rotation_m_per_km,source_id,reason\nankang-road,"200,20\n',
        "priors.csv:2: is not CSV, expected a CSV row, got unexpected end of data",
    ),
    "broken JSON": (
        "lines.geojson",
        b'{"type": "FeatureCollection",\n "features": [}\n',
        "lines.geojson:2: is not JSON, expected JSON, got expecting value",
    ),
    "JSON in GBK": (
        "lines.geojson",
        '{"name":\n"安康路"}'.encode("gbk"),
        "lines.geojson:2: is not UTF-8, expected UTF-8 text, got byte 0xb0; save it as UTF-8",
    ),
    "JSON that is no GeoJSON": (
        "lines.geojson",
        b"[]",
        "lines.geojson: is not GeoJSON, expected a FeatureCollection",
    ),
    "feature without an id": (
        "lines.geojson",
        b'{"features": [{"properties": {}, "geometry": {"coordinates": []}}]}',
        (
            "lines.geojson: feature 1: is not complete, expected a geometry and line_id, got no"
            " 'line_id'"
        ),
    ),
    "line of one vertex": (
        "lines.geojson",
        feature("ankang-road", [[121.4, 28.6]]).encode(),
        "lines.geojson: feature 1 (ankang-road): has too few vertices, expected at least 2, got 1",
    ),
    "swapped line": (
        "lines.geojson",
        feature("ankang-road", [[28.6, 121.4], [28.7, 121.4]]).encode(),
        (
            "lines.geojson: feature 1 (ankang-road): vertex 0: lon, lat look swapped, got lon 28.6"
            " and lat 121.4, expected longitude first; call with LON LAT = 121.4 28.6"
        ),
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_named(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, data, message = FILES[case]
    (tmp_path / name).write_bytes(data)
    assert refused(capsys, "--data", str(tmp_path), "units") == message
    assert listing(tmp_path) == {name: data}


def test_a_missing_table_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in SHIPPED.iterdir():
        if path.suffix in {".csv", ".geojson"} and path.name != "places.csv":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr("tzkc_geo.io.folder.resources.files", lambda _: tmp_path)
    message = refused(capsys, "units")
    assert message == "places.csv: table is missing, expected it in the data folder"
