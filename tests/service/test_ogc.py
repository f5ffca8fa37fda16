"""OGC API over the toy world: each declared conformance class behaves as its standard says."""

import time
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient

from services.app import create_app
from services.ogc.conformance import CLASSES, CONFORMANCE
from services.ogc.crs import OFFERED
from services.settings import Limits, Settings
from tests.toy.ogc import EPSG, ids, items, refused, rels
from tests.toy.world import catalog, middle
from tzkc_geo.collections import collections
from tzkc_geo.crs import project

TOY = catalog()
APP = create_app(Settings(limits=Limits(ids=3, filter_depth=4)), lambda: TOY)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(APP) as client:
        yield client


def test_the_landing_page_leads_to_everything(client: TestClient) -> None:
    page = client.get("/", headers={"Accept": "application/json"}).json()
    assert page == client.get("/?f=json").json()
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(rels(page))
    for one in page["links"]:
        reply = client.get(one["href"], headers={"Accept": one["type"]})
        assert reply.status_code == 200
        media = reply.headers["content-type"].partition(";")[0]
        assert media in (one["type"].partition(";")[0], "application/json")


def test_conformance_declares_what_is_tested_here(client: TestClient) -> None:
    assert client.get("/conformance").json()["conformsTo"] == list(CONFORMANCE)
    assert len(set(CONFORMANCE)) == sum(map(len, CLASSES.values()))


def test_every_collection_is_described(client: TestClient) -> None:
    page = client.get("/collections").json()
    assert [one["id"] for one in page["collections"]] == list(collections(TOY))
    for one in page["collections"]:
        alone = client.get(f"/collections/{one['id']}").json()
        assert alone == one
        assert one["crs"] == list(OFFERED)
        assert one["storageCrs"] in one["crs"]
        assert {"items", "self", "alternate"} <= set(rels(one))
        for link in one["links"]:
            if link["href"].startswith("http://testserver"):
                assert client.get(link["href"]).status_code == 200
        assert ("extent" in one) == (len(collections(TOY)[one["id"]]) > 0)


def test_queryables_name_what_filters_take(client: TestClient) -> None:
    reply = client.get("/collections/units/queryables")
    assert reply.headers["content-type"] == "application/schema+json"
    found = reply.json()
    assert found["properties"]["area_km2"]["type"] == "number"
    assert found["properties"]["geometry"]["x-ogc-role"] == "primary-geometry"
    assert set(found["properties"]) == {*items(client)["features"][0]["properties"], "geometry"}
    stations = client.get("/collections/stations/queryables").json()
    assert stations["properties"]["geometry"]["format"] == "geometry-point"


@pytest.mark.parametrize("limit", ["1", "2", "7", "19", "5000"])
def test_following_next_gives_each_feature_once(client: TestClient, limit: str) -> None:
    seen: list[str] = []
    href: str | None = f"/collections/units/items?limit={limit}&kind=cluster"
    pages = []
    while href is not None:
        page = client.get(href).json()
        pages.append(page)
        assert page["numberReturned"] == len(page["features"]) <= int(limit)
        seen += [one["id"] for one in page["features"]]
        href = rels(page).get("next")
    assert seen == list(collections(TOY)["clusters"].ids)
    assert {page["numberMatched"] for page in pages} == {len(seen)}
    for before, after in pairwise(pages):
        back = client.get(rels(after)["prev"]).json()
        assert back["features"] == before["features"]
    assert "prev" not in rels(pages[0])


def test_an_answer_follows_from_data_and_address_alone(client: TestClient) -> None:
    for f in ("json", "html", "csv", "gpkg", "parquet"):
        address = f"/collections/units/items?f={f}"
        first = client.get(address).content
        time.sleep(0.01)
        assert client.get(address).content == first
    stamp = client.app.state.holder.world.modified  # type: ignore[attr-defined]
    assert items(client)["timeStamp"] == stamp.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "²"}, "limit"),
        ({"cursor": "abc"}, "cursor: is none of ours"),
        ({"cursor": "MDAwMDAwMDAwMDAwOjE"}, "cursor: the data has changed"),
        ({"bbox": "1,2,3"}, "bbox: not a box"),
        ({"bbox": "a,b,c,d"}, "bbox: not numbers"),
        ({"bbox": "nan,1,2,3"}, "bbox: not a box"),
        ({"bbox": "28,121,29,122"}, "bbox: beyond the globe"),
        ({"bbox": "121,29,122,28"}, "bbox: corners are exchanged"),
        ({"bbox": "121,28,9,122,29,1"}, "bbox: heights are exchanged"),
        ({"bbox": "9,1,2,3", "bbox-crs": f"{EPSG}3857"}, "bbox: corners are exchanged"),
        ({"bbox-crs": "EPSG:4326"}, "bbox-crs: system is not offered"),
        ({"crs": f"{EPSG}4326"}, "crs: system is not offered"),
        ({"datetime": "yesterday"}, "datetime: is no instant"),
        ({"datetime": "2028"}, "datetime: is no instant"),
        ({"datetime": ".."}, "datetime: is no interval"),
        ({"datetime": "2028-01-01/2027-01-01"}, "datetime: ends before it starts"),
        ({"datetime": "2028-01-01/2028-02-01/2028-03-01"}, "datetime: is no interval"),
        ({"datetime": "2028-13-01"}, "datetime: is no instant"),
        ({"datetime": "2028-01-01T25:00:00Z"}, "datetime: is no instant"),
        ({"nonsense": "1"}, "nonsense: no such parameter"),
        ({"area_km2": "wide"}, "area_km2: expected a number"),
        ({"f": "shp"}, "f: format is not offered"),
        ({"filter": "name_zh ="}, "filter: is not cql2-text"),
        ({"filter": "{}", "filter-lang": "cql2-json"}, "filter: is not cql2-json"),
        ({"filter": "x=1", "filter-lang": "ecql"}, "filter-lang"),
        ({"filter": "height = 1"}, "filter: no property 'height'"),
        ({"filter": "name_zh > 3"}, "filter: > compares text with number"),
        ({"filter": "area_km2 + 1 = 3"}, "filter: '+' is not supported"),
        ({"filter": "ACCENTI(name_en) = 'x'"}, "filter: 'accenti' is not supported"),
        ({"filter": "T_BEFORE(kind, DATE('2020-01-01'))"}, "filter: 't_before' is not supported"),
        ({"filter": "name_zh"}, "filter: expected boolean, got text"),
        ({"filter": "area_km2 LIKE 'a%'"}, "filter: expected text, got number"),
        ({"filter": "S_INTERSECTS(kind, POINT(1 2))"}, "filter: expected the property geometry"),
        ({"filter": "S_INTERSECTS(geometry, BBOX(1,2,3))"}, "filter"),
        ({"filter": "kind = DATE('then')"}, "filter"),
        ({"filter": "((kind = 'zone')"}, "filter: brackets do not close"),
        ({"filter": ")kind = 'zone'("}, "filter: brackets do not close"),
        (
            {"filter": '{"op":"not","args":[]}', "filter-lang": "cql2-json"},
            "filter: not needs 1 arguments",
        ),
        ({"filter": '{"op":"and","args":[]}', "filter-lang": "cql2-json"}, "filter: AND and OR"),
        ({"filter": '{"op":"in","args":[1,2]}', "filter-lang": "cql2-json"}, "filter: IN needs"),
        ({"filter": '{"op":"=","args":[[1],2]}', "filter-lang": "cql2-json"}, "filter: expected"),
        (
            {
                "filter": '{"op":"s_within","args":[{"property":"geometry"},'
                '{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}]}',
                "filter-lang": "cql2-json",
            },
            "filter: shape is not valid",
        ),
        (
            {
                "filter": '{"op":"s_within","args":[{"property":"geometry"},'
                '{"type":"Polygon","coordinates":[]}]}',
                "filter-lang": "cql2-json",
            },
            "filter: shape has no finite coordinates",
        ),
    ],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: dict[str, str], word: str) -> None:
    assert word in refused(client, query)


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ({"ids": "c01,c99"}, 404, "no feature 'c99'"),
        ({"ids": "c01,c02,c03,c04"}, 413, "ids: too many"),
        ({"filter": "a" * 5000}, 413, "filter: too long"),
        ({"filter": "(" * 99 + "kind='zone'" + ")" * 99}, 413, "brackets are too deep"),
        ({"filter": "NOT " * 9 + "kind='zone'"}, 413, "filter: too deep"),
    ],
)
def test_limits_and_unknown_ids_have_their_own_status(
    client: TestClient, query: dict[str, str], status: int, word: str
) -> None:
    assert word in refused(client, query, status)


def test_a_parameter_given_twice_is_refused(client: TestClient) -> None:
    reply = client.get("/collections/units/items?limit=1&limit=2")
    assert (reply.status_code, reply.json()["detail"][:5]) == (400, "limit")


@pytest.mark.parametrize(
    "path", ["/", "/conformance", "/collections", "/collections/units", "/api"]
)
def test_unknown_parameters_are_refused_everywhere(client: TestClient, path: str) -> None:
    assert client.get(path, params={"nonsense": "1"}).status_code == 400


def test_ids_and_properties_select(client: TestClient) -> None:
    assert ids(client, ids="c02,c01") == ["c01", "c02"]
    assert ids(client, name_zh="组团05") == ["c05"]
    assert ids(client, area_km2="0.975", kind="core") == ["core"]
    assert items(client, parent_id="none")["numberMatched"] == 0


def test_truth_values_select(client: TestClient) -> None:
    assert ids(client, "control_points", used="true") == []
    reply = client.get("/collections/control_points/items?used=maybe")
    assert (reply.status_code, reply.json()["detail"]) == (
        *(400,),
        "used: expected a boolean, got 'maybe'",
    )


def test_bbox_selects_in_each_system(client: TestClient) -> None:
    lon, lat = middle("c05")
    west, south, east, north = lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4
    expected = ids(client, "clusters", bbox=f"{west},{south},{east},{north}")
    assert expected == ["c05"]
    assert ids(client, "clusters", bbox=f"{west},{south},-5,{east},{north},9") == expected
    flipped = f"{south},{west},{north},{east}"
    assert ids(client, "clusters", bbox=flipped, bbox_crs=f"{EPSG}4490") == expected
    (x, y), (x2, y2) = project([[west, south], [east, north]], 4549).tolist()
    assert ids(client, "clusters", bbox=f"{y},{x},{y2},{x2}", bbox_crs=f"{EPSG}4549") == expected
    (x, y), (x2, y2) = project([[west, south], [east, north]], 3857).tolist()
    assert ids(client, "clusters", bbox=f"{x},{y},{x2},{y2}", bbox_crs=f"{EPSG}3857") == expected


def test_a_box_across_the_antimeridian_is_two(client: TestClient) -> None:
    assert ids(client, "clusters", bbox="170,-90,-170,90") == []
    assert len(ids(client, "clusters", bbox="121,-90,-170,90")) == 14


def test_a_feature_without_a_shape_is_in_no_box(client: TestClient) -> None:
    assert "s2b" not in ids(client, "stations", bbox="-180,-90,180,90")
    assert "s2b" in ids(client, "stations")
    assert ids(client, "stations", filter="geometry IS NULL") == ["s2b"]
    inside = "S_WITHIN(geometry, BBOX(-180,-90,180,90))"
    assert "s2b" not in ids(client, "stations", filter=f"NOT {inside}")


def test_features_without_time_always_match(client: TestClient) -> None:
    for when in ("1999-01-01", "2028-01-01T00:00:00Z/..", "/2020-01-01", "../.."):
        assert len(ids(client, "units", datetime=when)) == 19
        assert len(ids(client, "stations", datetime=when)) == 4


@pytest.mark.parametrize("code", ["4490", "4549", "3857"])
def test_answers_are_in_the_system_asked_for(client: TestClient, code: str) -> None:
    uri = f"{EPSG}{code}"
    reply = client.get("/collections/stations/items/s1a", params={"crs": uri})
    assert reply.headers["content-crs"] == f"<{uri}>"
    x, y = project([middle("c01")], int(code))[0].tolist()
    expected = [x, y] if code == "3857" else [y, x]
    assert reply.json()["geometry"]["coordinates"] == expected
    page = client.get("/collections/stations/items", params={"crs": uri, "limit": "1"})
    assert page.headers["content-crs"] == f"<{uri}>"
    assert page.json()["features"][0]["geometry"]["coordinates"] == expected


def test_without_a_wish_answers_are_crs84(client: TestClient) -> None:
    reply = client.get("/collections/stations/items/s1a")
    assert reply.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert reply.json()["geometry"]["coordinates"] == list(middle("c01"))
    assert reply.json()["properties"]["line"] == "S1"
    assert rels(reply.json())["collection"].endswith("/collections/stations")


def test_files_hold_what_the_page_holds(client: TestClient, tmp_path: Path) -> None:
    page = items(client, "stations")["features"]
    replies = {
        f: client.get(f"/collections/stations/items?f={f}") for f in ("csv", "gpkg", "parquet")
    }
    for f, reply in replies.items():
        assert reply.headers["content-disposition"] == f'attachment; filename="stations.{f}"'
        assert reply.headers["ogc-numbermatched"] == "4"
    text = replies["csv"].content.decode("utf-8-sig")
    assert replies["csv"].content.startswith(b"\xef\xbb\xbf")
    lon, lat = middle("c01")
    assert text.splitlines()[1].endswith(f"POINT ({lon} {lat})")
    path = tmp_path / "stations.gpkg"
    path.write_bytes(replies["gpkg"].content)
    frame = pyogrio.read_dataframe(path, layer="stations")
    assert frame["station_id"].tolist() == [one["id"] for one in page]
    assert frame.crs.to_epsg() == 4490
    assert (frame.geometry[0].x, frame.geometry[0].y) == (lon, lat)
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert styles["f_table_name"].tolist() == ["stations"]
    table = pq.read_table(BytesIO(replies["parquet"].content))
    assert table["name_zh"].to_pylist() == [one["properties"]["name_zh"] for one in page]


def test_files_are_in_the_system_asked_for(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    query = {"f": "gpkg", "crs": f"{EPSG}4549"}
    path.write_bytes(client.get("/collections/units/items", params=query).content)
    frame = pyogrio.read_dataframe(path, layer="units")
    assert frame.crs.to_epsg() == 4549
    expected = project(shapely.get_coordinates(TOY.polygons["c01"]), 4549)
    assert shapely.get_coordinates(frame.geometry[5]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/*;q=0.5, text/csv", "text/csv; charset=utf-8"),
        ("image/png", "application/geo+json"),
        ("text/html;q=0, application/*", "application/geo+json"),
        ("*/*", "application/geo+json"),
    ],
)
def test_accept_chooses_the_format(client: TestClient, accept: str, media: str) -> None:
    reply = client.get("/collections/units/items", headers={"Accept": accept})
    assert reply.headers["content-type"] == media


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/conformance", "/collections", "/api", "/collections/units", "/collections/rail"),
        *("/collections/units/queryables", "/collections/units/items"),
        *(
            "/collections/stations/items",
            "/collections/edges/items?limit=3",
            "/collections/rail/items",
        ),
        *("/collections/units/items/c01", "/collections/stations/items/s2b"),
    ],
)
def test_every_address_is_a_page_too(client: TestClient, path: str) -> None:
    reply = client.get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert 'lang="zh-CN"' in reply.text
    assert "非法定边界" in reply.text
    assert "src=" not in reply.text


def test_a_map_draws_each_feature(client: TestClient) -> None:
    page = client.get("/collections/clusters/items?f=html").text
    assert page.count("<path") == 14
    assert client.get("/collections/stations/items?f=html").text.count("<circle") == 3


def test_unknown_collections_and_features_are_404(client: TestClient) -> None:
    for path in ("/collections/nix", "/collections/nix/items", "/collections/units/items/c99"):
        assert client.get(path).status_code == 404


def test_links_of_a_page_below_a_root_path_stay_below_it() -> None:
    with TestClient(APP, root_path="/geo") as client:
        page = client.get("/collections").json()
        assert urlsplit(rels(page)["self"]).path == "/geo/collections"
