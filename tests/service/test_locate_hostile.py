"""POST /locate with a million points, and with what hostile clients send."""

import io
import json
import zipfile
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
import xlsxwriter
from fastapi.testclient import TestClient

from services.app import create_app
from services.settings import Limits, Settings
from tests.toy.uploads import ARROW, MEDIA, OCTETS, positions, post, stream
from tests.toy.world import catalog
from tzkc_geo import assign
from tzkc_geo.crs import to_cgcs2000

TOY = catalog()
IDS = [row.unit_id for row in TOY.units]
SMALL = Limits(
    rows=5, points=5, vertices=20, upload_s=10, upload_memory_bytes=2**28, body_bytes=2**20
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), lambda: TOY)) as client:
        yield client


@pytest.fixture(scope="module")
def small() -> Iterator[TestClient]:
    """Serve with small limits; the body may be larger than what is read of it."""
    app = create_app(Settings(limits=SMALL, undo_shift=False), lambda: TOY)
    with TestClient(app) as client:
        yield client


def test_a_million_raw_pairs_have_the_codes_of_the_library(client: TestClient) -> None:
    points = positions(1_000_000)
    points[3], points[5, 1] = np.nan, np.inf
    reply = post(client, points.tobytes(), OCTETS)
    assert (reply.status_code, reply.headers["content-type"]) == (200, OCTETS)
    found = np.frombuffer(reply.content, dtype="<i2")
    sound = np.isfinite(points).all(axis=1)
    assert found[~sound].tolist() == [-1, -1]
    assert np.array_equal(found[sound], assign(points[sound, 0], points[sound, 1], TOY))
    assert reply.headers["tzkc-legend"].split(",") == IDS
    assert (reply.headers["tzkc-rows"], reply.headers["tzkc-faults"]) == ("1000000", "2")
    assert len(np.unique(found)) > 10


def test_raw_pairs_may_be_on_another_datum(client: TestClient, small: TestClient) -> None:
    points = positions(500)
    reply = post(client, points.tobytes(), OCTETS, params={"datum": "bd09"})
    expected = assign(*to_cgcs2000(points[:, 0], points[:, 1], "bd09"), TOY)
    assert np.array_equal(np.frombuffer(reply.content, dtype="<i2"), expected)
    refused = post(small, points[:2].tobytes(), OCTETS, params={"datum": "bd09"})
    assert refused.status_code == 422


@pytest.mark.parametrize("size", [0, 1, 8, 15, 17, 24])
def test_bytes_that_are_no_pairs_are_refused(client: TestClient, size: int) -> None:
    reply = post(client, b"\x00" * size, OCTETS)
    assert reply.status_code == 422
    assert "body:" in reply.json()["detail"]


def test_an_arrow_stream_comes_back_with_cluster_and_zone(client: TestClient) -> None:
    points = positions(3000)
    names = [f"行{n}" for n in range(3000)]
    reply = post(client, stream(points, name=names), ARROW)
    assert (reply.status_code, reply.headers["content-type"]) == (200, ARROW)
    table = pa.ipc.open_stream(reply.content).read_all()
    assert table.column_names == ["lon", "lat", "name", "cluster", "zone"]
    assert table["name"].to_pylist() == names
    kinds = [IDS[code] if code >= 5 else None for code in assign(points[:, 0], points[:, 1], TOY)]
    assert table["cluster"].to_pylist() == kinds
    assert reply.headers["tzkc-rows"] == "3000"


def test_what_an_arrow_stream_may_not_be(client: TestClient, small: TestClient) -> None:
    good = stream(positions(6))
    over = post(small, good, ARROW)
    datum = post(client, good, ARROW, params={"datum": "gcj02"})
    column = post(client, good, ARROW, params={"lon": "x"})
    named = post(client, good, ARROW, params={"datum": "cgcs2000", "lon": "lon"})
    cut = post(client, good[:200], ARROW)
    noise = post(client, positions(10).tobytes(), ARROW)
    answers = [over, datum, column, named, cut, noise]
    assert [reply.status_code for reply in answers] == [413, 422, 422, 200, 422, 422]


def bomb() -> bytes:
    """Return a workbook whose sheet unpacks to a thousand times its size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b" " * (1 << 26))
    return buffer.getvalue()


def big_parcel(count: int) -> str:
    """Return a feature with that many vertices."""
    angle = np.linspace(0, 2 * np.pi, count)
    ring = np.column_stack([121.4 + 0.1 * np.cos(angle), 28.6 + 0.1 * np.sin(angle)]).round(6)
    ring[-1] = ring[0]
    geometry = {"type": "Polygon", "coordinates": [ring.tolist()]}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": geometry})


@pytest.mark.parametrize("media", [*MEDIA.values(), ARROW, OCTETS])
def test_an_empty_body_is_refused(client: TestClient, media: str) -> None:
    reply = post(client, b"", media)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("media", ["", "image/png", "text/html", "application/xml"])
def test_another_media_type_is_refused(client: TestClient, media: str) -> None:
    reply = post(client, b"x", media)
    assert (reply.status_code, "text/csv" in reply.json()["detail"]) == (415, True)


@pytest.mark.parametrize("media", [m for m in MEDIA.values() if m != "text/plain"])
@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8\x80\x81", b"PK\x03\x04\x00\x00", b"{}"])
def test_bytes_that_are_not_what_they_say_are_refused(
    client: TestClient, media: str, data: bytes
) -> None:
    reply = post(client, data, media)
    assert reply.status_code == 422
    assert "/" not in reply.json()["detail"].replace("application/json", "").replace("./", "")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"points": ' + "9" * 5000 + "}",
        '{"points": []}',
        '{"points": {}}',
        '{"points": [[1, 2], {"lon": 1}]}',
        '{"points": [[1, 2, 3]]}',
        '{"points": [{"id": 1}]}',
        '{"points": [[1, 2]], "datum": 7}',
        '{"points": [[1, 2]], "datum": "mars"}',
        "7",
        '{"type": 5}',
    ],
)
def test_json_that_is_no_batch_is_refused(client: TestClient, text: str) -> None:
    assert post(client, text, "application/json").status_code == 422


def test_bombs_and_floods_are_refused(client: TestClient, small: TestClient) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as out:
        sheet = out.add_worksheet()
        for row, values in enumerate([["lon", "lat"], *[[121.4, 28.65]] * 9]):
            sheet.write_row(row, 0, values)
    xlsx = MEDIA[".xlsx"]
    answers = {
        "bomb": post(client, bomb(), xlsx),
        "zip": post(client, bomb(), "application/zip"),
        "rows": post(small, book.getvalue(), xlsx),
        "points": post(small, positions(6).tobytes(), OCTETS),
        "batch": post(small, json.dumps(positions(6).tolist()), "application/json"),
        "vertices": post(small, big_parcel(30), "application/geo+json"),
        "bytes": post(small, b"x" * (2**20 + 1), "text/csv"),
    }
    statuses = {name: reply.status_code for name, reply in answers.items()}
    assert statuses == dict.fromkeys(answers, 413)
    assert "at most 20, got 30" in answers["vertices"].json()["detail"]


def test_a_parcel_of_a_million_vertices_is_over_the_cap(client: TestClient) -> None:
    text = big_parcel(1_000_001)
    reply = post(client, text, "application/geo+json")
    assert (reply.status_code, "1000000, got" in reply.json()["detail"]) == (413, True)


HUGE, LONG, HALF = "9" * 400, "9" * 5000, '"\\ud800"'
POINT = '{"type": "Point", "coordinates": %s}'
FEATURE = '{"type": "Feature", "geometry": %s, "properties": %s}'


@pytest.mark.parametrize(
    "text",
    [
        FEATURE % (POINT % f"[1, {HUGE}]", "null"),
        FEATURE % (POINT % f"[1, {LONG}]", "null"),
        FEATURE % (POINT % "[121.4, 28.6]", f'{{"a": {HALF}}}'),
        FEATURE % (POINT % "[1e999, 28.6]", "{}"),
        '{"type": "FeatureCollection", "features": [], "crs": {"properties": 3}}',
        '{"type": "FeatureCollection", "features": [], "crs": 3}',
        '{"type": "GeometryCollection", "geometries": [' * 400 + POINT % "[1, 2]" + "]}" * 400,
        f'{{"points": [{{"id": {HALF}, "lon": 121.4, "lat": 28.6}}]}}',
        '{"type": "Polygon", "coordinates": [5]}',
        '{"type": "FeatureCollection", "features": [7]}',
    ],
)
@pytest.mark.parametrize("media", ["application/json", "application/geo+json"])
def test_hostile_json_is_refused_and_never_a_fault_of_ours(
    client: TestClient, text: str, media: str
) -> None:
    reply = post(client, text, media)
    assert reply.status_code == 422
    assert reply.json()["status"] == 422


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "geojson"])
def test_strange_cells_come_back_in_every_format(client: TestClient, form: str) -> None:
    strange = (
        '{"points": [{"": "x", "n": %s, "z": 1e999, "=1+1": "=2", "lon": 121.4, "lat": 28.65}]}'
    )
    reply = post(client, strange % HUGE, "application/json", params={"f": form})
    assert (reply.status_code, reply.headers["tzkc-faults"]) == (200, "0")
