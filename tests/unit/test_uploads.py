"""Uploads in this process: what an archive may hold, points in JSON, Arrow in memory."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from tests.toy.world import catalog, middle
from tzkc_geo.bulk import Question, assign_stream
from tzkc_geo.errors import CrsError, DataError, LimitError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.cell_values import row_objects
from tzkc_geo.io.feature_write import write_features
from tzkc_geo.io.uploads import ZIP, Reading, read_batch, read_upload, table_bytes
from tzkc_geo.io.zip_check import check_zip

CSV = b"id,lon,lat\na,121.405,28.6545\n"
PLAIN = Reading()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return buffer.getvalue()


def point_table() -> FeatureTable:
    return FeatureTable(
        columns={"name": cells(["甲"]), "size": cells([np.float64("nan")])},
        shapes=cells([shapely.Point(121.405, 28.6545)]),
        system=4490,
        faults=("",),
    )


@pytest.mark.parametrize("name", ["a.csv", "../../a.CSV", "/etc/点位.csv", "b/c.csv"])
def test_an_archive_of_one_table_is_that_table(name: str) -> None:
    files = {name: CSV, "note.md": b"x", ".hidden.csv": b"", f"__MACOSX/._{name}": b""}
    table, detected = read_upload(zipped(files), ZIP, PLAIN)
    assert (table.name, detected.form) == ("upload.csv", "csv")
    assert row_objects(table) == [{"id": "a", "lon": "121.405", "lat": "28.6545"}]


def test_an_archive_of_a_shapefile_keeps_its_parts(tmp_path: Path) -> None:
    write_features(point_table(), tmp_path / "点.shp")
    files = {f"x/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    table, _ = read_upload(zipped(files), ZIP, PLAIN)
    assert (table.epsg, table.columns["name"].tolist()) == (4490, ["甲"])
    assert row_objects(table) == [{"name": "甲", "size": None}]
    other = {("y/" if ".dbf" in name else "") + name: data for name, data in files.items()}
    with pytest.raises(DataError, match="dbf is missing"):
        read_upload(zipped(other), ZIP, PLAIN)


@pytest.mark.parametrize(
    ("files", "got"),
    [({}, "none"), ({"a.md": b""}, "none"), ({"a.csv": CSV, "b/a.csv": CSV}, "a.csv, a.csv")],
)
def test_an_archive_of_none_or_several_is_refused(files: dict[str, bytes], got: str) -> None:
    with pytest.raises(DataError, match=f"expected one file of .* got {got}"):
        read_upload(zipped(files), ZIP, PLAIN)


def test_an_archive_is_looked_at_before_it_is_unpacked() -> None:
    sound = zipped({"a.csv": bytes(1 << 25)})
    with pytest.raises(LimitError, match="unpacks to 33554432 bytes"):
        check_zip(sound, "a ZIP archive", name="x")
    with pytest.raises(LimitError, match="at most 1000 bytes"):
        check_zip(zipped({"a": bytes(1001)}), "a ZIP archive", name="x", max_bytes=1000)
    with pytest.raises(DataError, match="expected a ZIP archive, got nothing"):
        check_zip(b"", "a ZIP archive", name="x")
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as out:
        out.writestr("a.csv", CSV)
    with pytest.raises(DataError, match=r"wrong sum in a\.csv"):
        read_upload(stored.getvalue().replace(b"121.405", b"121.406"), ZIP, PLAIN)


def test_points_are_pairs_or_objects_and_keep_what_stands_beside() -> None:
    pairs, detected = read_batch([[121.4, 28.6], ["121:24:00E", None]], PLAIN)
    assert (detected.columns, detected.datum) == (("lon", "lat"), None)
    assert [bool(fault) for fault in pairs.faults] == [False, True]
    given = {"datum": "gcj02", "points": [{"经度": 121.4, "纬度": 28.6, "x": {"k": [1]}}]}
    with pytest.raises(DataError, match="position is not clear"):
        read_batch(given, PLAIN)  # x may be an easting as well
    named, detected = read_batch(given, Reading(lon="经度", lat="纬度"))
    assert (detected.datum, named.columns["x"].tolist()) == ("gcj02", ['{"k": [1]}'])
    assert read_batch(given, Reading(lon="经度", lat="纬度", datum="bd09"))[1].datum == "bd09"
    with pytest.raises(CrsError):
        read_batch(given, Reading(undo_shift=False))


@pytest.mark.parametrize(
    "content", [None, 7, {}, {"points": {}}, [], [[1]], [[1, 2], {}], {"points": [], "datum": 1}]
)
def test_what_is_no_list_of_points_is_refused(content: object) -> None:
    with pytest.raises(DataError, match="points"):
        read_batch(content, PLAIN)


def test_json_is_a_batch_or_geojson() -> None:
    geo = b'{"type": "Point", "coordinates": [121.4, 28.6]}'
    assert read_upload(geo, ".json", PLAIN)[0].name == "upload.json"
    assert read_upload(b"[[121.4, 28.6]]", ".json", PLAIN)[0].name == "points"
    for text in (b"[1", b"\xff\xff\xff", b"9" * 5000, b"[" * 100_000):
        with pytest.raises(DataError, match="upload"):
            read_upload(text, ".json", PLAIN)


def test_a_table_written_in_memory_is_the_file(tmp_path: Path) -> None:
    path = tmp_path / "located.csv"
    _, notes = write_features(point_table(), path)
    assert table_bytes(point_table(), ".csv") == (path.read_bytes(), notes)


def test_a_stream_in_memory_has_a_highest_number_of_rows() -> None:
    toy = catalog()
    table = pa.table({"lon": [middle("c04")[0], None], "lat": [middle("c04")[1], 1.0]})
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as out:
        out.write_table(table)
    data, tally = assign_stream(buffer.getvalue(), Question.of(toy), 2)
    found = pa.ipc.open_stream(data).read_all()
    assert (found["cluster"].to_pylist(), tally.without_position) == (["c04", None], 1)
    with pytest.raises(LimitError, match="at most 1, got 2"):
        assign_stream(buffer.getvalue(), Question.of(toy), 1)
