"""POST /locate: the rows of the command line, whatever format comes and is asked for."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from services.app import create_app
from services.settings import Settings
from tests.toy.uploads import ARROW, MEDIA, OCTETS, SITES, TEXT, post
from tests.toy.world import catalog, middle
from tzkc_geo.cli import main
from tzkc_geo.crs import from_cgcs2000
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.feature_write import write_features
from tzkc_geo.verdict import locate

TOY = catalog()
BAD_ROW = "id,lon,lat\nx,,28.65\n" + TEXT.partition("\n")[2] + "y,28.65,121.40\nz,abc,1\n"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), lambda: TOY)) as client:
        yield client


def parcels() -> FeatureTable:
    """Return a parcel on c01 and c02, one inside c12, and one far away."""
    west, south, east, north = TOY.polygons["c01"].bounds
    shapes = [
        shapely.box((west + east) / 2, south + 0.002, east + 0.003, north - 0.002),
        TOY.polygons["c12"].buffer(-0.003),
        shapely.box(121.1, 28.4, 121.11, 28.41),
    ]
    columns = {"plot": cells(["甲", "乙", "丙"]), "use": cells([1, 2, None])}
    none = ("", "", "")
    return FeatureTable(columns=columns, shapes=cells(shapes), system=4490, faults=none)


def archive(folder: Path, *endings: str, inside: str = "地块/../甲") -> bytes:
    """Return an archive of the files of those endings in a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(folder.iterdir()):
            if path.suffix in endings:
                out.writestr(f"{inside}{path.suffix}", path.read_bytes())
    return buffer.getvalue()


def command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    source: Path,
    target: Path,
    *words: str,
) -> dict[str, Any]:
    """Return what the command line says of a file."""
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: TOY)
    monkeypatch.setenv("TZKC_UNDO_SHIFT", "1")
    code = main(["locate", "--in", str(source), "--out", str(target), "--json", *words])
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == (1 if content["faults"] else 0)
    assert (content.pop("read"), content.pop("written")) == (str(source), str(target))
    return content


def same_summary(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare but for what the command says of the file that it wrote."""
    notes = expected["notes"]
    assert answer["notes"] == notes[: len(answer["notes"])]
    assert {key: answer[key] for key in expected if key != "notes"} == {
        key: value for key, value in expected.items() if key != "notes"
    }


@pytest.mark.parametrize(
    "ending", [".csv", ".xlsx", ".geojson", ".gpkg", ".kml", ".dxf", ".parquet", ".arrow", ".txt"]
)
def test_a_file_of_parcels_has_the_answer_of_the_command(
    client: TestClient,
    ending: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / f"upload{ending}"
    write_features(parcels(), source)
    words = ["--datum", "gk40"] if ending == ".dxf" else []
    query = {"f": "json"} | ({"datum": "gk40"} if words else {})
    expected = command(monkeypatch, capsys, source, tmp_path / "out.csv", *words)
    answer = post(client, source.read_bytes(), MEDIA[ending], params=query).json()
    same_summary(answer, expected)
    assert answer["verdicts"] == {"in_cluster": 1, "outside": 1, "split": 1}
    shares = [parcel["shares"] for parcel in answer["parcels"]]
    assert [[s["unit_id"] for s in found] for found in shares] == [["c01", "c02"], ["c12"], [None]]
    assert [row["cluster"] for row in answer["results"]] == ["c01", "c12", None]
    assert answer["digest"] == TOY.digest


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_the_file_that_comes_back_is_that_of_the_command(
    client: TestClient,
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source, target = tmp_path / "upload.csv", tmp_path / f"out.{form}"
    source.write_text(BAD_ROW, encoding="utf-8")
    command(monkeypatch, capsys, source, target)
    media = MEDIA[f".{form}"]
    for accept, query in ((f"text/html;q=0.1, {media}", {}), ("application/json", {"f": form})):
        headers = {"content-type": "text/csv", "accept": accept}
        reply = client.post("/locate", content=BAD_ROW, headers=headers, params=query)
        assert reply.status_code == 200
        assert reply.headers["content-type"].partition(";")[0] == media
        assert reply.content == target.read_bytes()
        assert (reply.headers["tzkc-rows"], reply.headers["tzkc-faults"]) == ("6", "3")
        named = reply.headers.get("content-disposition")
        assert named == (None if form == "geojson" else f'attachment; filename="located.{form}"')


def test_bad_rows_stay_in_their_place_and_are_marked(client: TestClient) -> None:
    answer = post(client, BAD_ROW, "text/csv").json()
    rows = answer["results"]
    assert [row["id"] for row in rows] == ["x", "a", "b", "c", "y", "z"]
    assert [bool(row["fault"]) for row in rows] == [True, False, False, False, True, True]
    assert [row["cluster"] for row in rows] == [None, "c01", "c09", None, None, None]
    assert answer["faulty"] == [row["fault"] for row in rows if row["fault"]]
    assert rows[0]["fault"].startswith("upload.csv:2: ")


def test_geojson_comes_back_as_geojson_with_a_verdict_a_feature(client: TestClient) -> None:
    shapes = [parcels().shapes, *[np.array([shapely.Point(lon, lat)]) for _, lon, lat in SITES]]
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": shapely.geometry.mapping(shape)}
        for n, shape in enumerate(s for group in shapes if group is not None for s in group)
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features})
    replies = [post(client, data, media) for media in ("application/geo+json", "application/json")]
    found = replies[0].json()["features"]
    assert [f["properties"]["n"] for f in found] == list(range(6))
    clusters = [f["properties"]["cluster"] for f in found]
    assert clusters == ["c01", "c12", None, "c01", "c09", None]
    assert found[0]["properties"]["shares"].startswith("c01 ")
    assert [row["cluster"] for row in replies[1].json()["results"]] == clusters


@budget(max_examples=15)
@given(
    st.lists(st.tuples(st.floats(121.38, 121.47), st.floats(28.64, 28.73)), min_size=1, max_size=5),
    st.sampled_from([None, "gcj02", "wgs84"]),
)
def test_a_batch_says_of_each_point_what_a_single_one_does(
    client: TestClient, points: list[tuple[float, float]], datum: str | None
) -> None:
    body = {"points": points, "datum": datum}
    pairs = client.post("/locate", json=body).json()["results"]
    named = [{"id": k, "lon": lon, "lat": lat} for k, (lon, lat) in enumerate(points)]
    objects = client.post("/locate", json=named, params={"datum": datum or ""}).json()["results"]
    for k, (lon, lat) in enumerate(points):
        query = {"lon": lon, "lat": lat} | ({"datum": datum} if datum else {})
        single = client.get("/locate", params=query).json()
        expected = locate(lon, lat, TOY, datum=datum).to_json()
        assert single == json.loads(json.dumps(expected))  # every number to the last bit
        assert (objects[k].pop("id"), objects[k]) == (k, pairs[k])
        assert (pairs[k]["lon"], pairs[k]["lat"]) == (lon, lat)
        for key in ("verdict", "cluster", "zone"):
            assert pairs[k][key] == single[key]


def test_a_batch_in_metres_keeps_what_stands_beside_the_points(client: TestClient) -> None:
    x, y = (float(v) for v in from_cgcs2000(*middle("c03"), "gk40"))
    point = {"name": "甲", "x": x, "y": y, "tags": ["a"], "none": None}
    row = client.post("/locate?datum=gk40", json={"points": [point], "datum": "wgs84"}).json()
    assert row["results"][0]["cluster"] == "c03"
    kept = {key: row["results"][0][key] for key in point}
    assert kept == point | {"tags": '["a"]'}


def test_nan_in_a_batch_is_a_bad_row(client: TestClient) -> None:
    text = '{"points": [[NaN, 28.65], [121.405, 28.6545], [Infinity, 1]]}'
    rows = post(client, text, "application/json").json()["results"]
    assert [bool(row["fault"]) for row in rows] == [True, False, True]
    assert rows[0]["lon"] is None


def test_a_form_has_a_file_and_options(client: TestClient) -> None:
    lon, lat = from_cgcs2000(*middle("c05"), "gcj02")
    text = f"n,E,N\n1,{float(lon)!r},{float(lat)!r}\n".encode()
    options = {"datum": "gcj02", "lon": "E", "lat": "N"}
    names = ("../../etc/passwd.CSV", "点位.csv", "C:\\x\\y.csv")
    replies = [client.post("/locate", files={"file": (name, text)}, data=options) for name in names]
    assert [reply.json()["results"][0]["cluster"] for reply in replies] == ["c05"] * 3
    over = client.post("/locate?datum=wgs84", files={"file": ("a.csv", text)}, data=options)
    assert over.json()["detected"]["datum"] == "wgs84"


def test_a_form_without_a_usable_file_is_refused(client: TestClient) -> None:
    refused = {
        415: client.post("/locate", files={"file": ("x.exe", b"MZ")}),
        422: client.post("/locate", files={"file": ("x.csv", b"")}),
        400: post(client, b"--x\r\nbroken", "multipart/form-data; boundary=y"),
    }
    assert {status: reply.status_code for status, reply in refused.items()} == {
        status: status for status in refused
    }
    assert ".csv" in refused[415].json()["detail"]
    text = client.post("/locate", data={"datum": "gcj02"}, files={"n": (None, "text")})
    assert (text.status_code, "holds no file" in text.json()["detail"]) == (422, True)


def test_a_zipped_shapefile_is_read_and_its_names_are_no_paths(
    client: TestClient, tmp_path: Path
) -> None:
    write_features(parcels(), tmp_path / "a.shp")
    data = archive(tmp_path, ".shp", ".shx", ".dbf", ".prj", ".cpg")
    reply = post(client, data, "application/zip")
    assert [row["cluster"] for row in reply.json()["results"]] == ["c01", "c12", None]
    assert [row["plot"] for row in reply.json()["results"]] == ["甲", "乙", "丙"]
    lone = post(client, archive(tmp_path, ".shp"), "application/zip")
    assert (lone.status_code, ".shx" in lone.json()["detail"]) == (422, True)


def test_an_archive_holds_one_file_that_can_be_read(client: TestClient) -> None:
    def zipped(**files: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as out:
            for name, text in files.items():
                out.writestr(name.replace("_", "."), text)
        return buffer.getvalue()

    one = post(client, zipped(a_csv=TEXT, readme_md="x"), "application/zip")
    assert one.json()["rows"] == 3
    for files, word in (({"a_csv": TEXT, "b_csv": TEXT}, "a.csv, b.csv"), ({"a_md": ""}, "none")):
        refused = post(client, zipped(**files), "application/zip")
        assert (refused.status_code, word in refused.json()["detail"]) == (422, True)


def test_a_format_that_is_not_offered_is_refused(client: TestClient) -> None:
    reply = post(client, TEXT, "text/csv", params={"f": "pdf"})
    assert (reply.status_code, "json, csv, xlsx, geojson" in reply.json()["detail"]) == (400, True)


def test_a_wish_that_cannot_be_met_gives_json(client: TestClient) -> None:
    for accept in ("image/png", "*/*, text/csv;q=0.5", "text/csv;q=0", ", ;", "text/csv;q=x"):
        headers = {"content-type": "text/csv", "accept": accept}
        reply = client.post("/locate", content=TEXT, headers=headers)
        first = "text/csv" if accept.endswith("q=x") else "application/json"
        assert reply.headers["content-type"].partition(";")[0] == first


def test_csv_comes_back_with_the_columns_of_the_answer(client: TestClient) -> None:
    reply = post(client, TEXT, "text/csv", params={"f": "csv"})
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert [row["cluster"] for row in rows] == ["c01", "c09", ""]
    assert [row["id"] for row in rows] == ["a", "b", "c"]


def test_openapi_shows_bodies_answers_and_problems(client: TestClient) -> None:
    entry = client.get("/openapi.json").json()["paths"]["/locate"]
    content = entry["post"]["requestBody"]["content"]
    assert {*MEDIA.values(), ARROW, OCTETS, "multipart/form-data"} == set(content)
    assert {"200", "413", "415", "422", "503"} <= set(entry["post"]["responses"])
    assert [p["name"] for p in entry["get"]["parameters"]] == ["lon", "lat", "datum"]
    for shown in content["application/json"]["examples"].values():
        assert client.post("/locate", json=shown["value"]).status_code == 200
    for media in ("application/geo+json", "text/csv"):
        example = content[media]["example"]
        text = example if isinstance(example, str) else json.dumps(example)
        assert post(client, text, media).status_code == 200
