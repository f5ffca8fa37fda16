"""CQL2 filters over the toy world select what is known by hand."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import shapely
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from shapely.errors import GEOSException

from services.app import create_app
from services.ogc.crs import CRS84
from services.ogc.filters import SPATIAL, matches
from services.settings import Limits, Settings
from tests.toy.ogc import EPSG, ids, refused
from tests.toy.world import catalog, middle
from tzkc_geo.collections import collections
from tzkc_geo.crs import project

TOY = catalog()
APP = create_app(Settings(limits=Limits(ids=3, filter_depth=4)), lambda: TOY)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(APP) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind = 'core'", ["core"]),
        ("kind <> 'cluster' AND kind <> 'zone'", ["corridor", "core"]),
        ("unit_id < 'c03'", ["c01", "c02"]),
        ("unit_id <= 'c02' AND area_km2 >= 0.9", ["c01", "c02"]),
        ("area_km2 > 0.975 OR unit_id >= 'z3'", ["z3"]),
        ("NOT (kind = 'cluster' OR kind = 'zone')", ["corridor", "core"]),
        ("w = 0.3", ["c01"]),
        ("NOT w = 0.3", []),
        ("w IS NOT NULL", ["c01"]),
        ("parent_id IS NULL", ["corridor"]),
        ("name_zh LIKE '组团0_' AND unit_id BETWEEN 'c02' AND 'c03'", ["c02", "c03"]),
        ("name_en LIKE '%Valley'", ["z1"]),
        ("name_en LIKE 'Yong%Sci%Belt'", ["z2"]),
        ("name_en LIKE '%Valley\\%'", []),
        ("name_en LIKE '%xy%z'", []),
        ("CASEI(name_en) LIKE CASEI('JIAO%VALLEY')", ["z1"]),
        ("CASEI(parent_id) = 'core' AND unit_id NOT IN ('c01', 'c02')", ["c03"]),
        ("unit_id IN ('c07', 'z1', 'nothing')", ["z1", "c07"]),
        ("area_km2 NOT BETWEEN 0 AND 5", []),
        ("0.3 = w", ["c01"]),
        ("w < redundancy", ["c01"]),
        ("kind = kind AND TRUE AND unit_id = 'z1'", ["z1"]),
        ("(kind = 'core') = TRUE", ["core"]),
        ("name_zh LIKE '组团05'", ["c05"]),
        ("kind > DATE('2020-01-01')", []),
        ("DATE('2020-01-01') < TIMESTAMP('2020-01-01T08:00:00Z') AND kind='core'", ["core"]),
    ],
)
def test_cql2_text_selects(client: TestClient, text: str, expected: list[str]) -> None:
    assert ids(client, filter=text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S_INTERSECTS(geometry, POINT(121.405 28.6545))", ["c01"]),
        ("S_INTERSECTS(geometry, BBOX(121.401,28.651,121.409,28.658))", ["c01"]),
        ("S_CONTAINS(geometry, POINT(121.405 28.6545))", ["c01"]),
        ("S_WITHIN(geometry, BBOX(121.395,28.64,121.4101,28.66))", ["c01"]),
        ("S_TOUCHES(geometry, POINT(121.40 28.65))", ["c01"]),
        ("S_OVERLAPS(geometry, BBOX(121.39,28.64,121.405,28.66))", ["c01"]),
        ("S_CROSSES(geometry, LINESTRING(121.39 28.655, 121.405 28.655))", ["c01"]),
        (
            f"S_EQUALS(geometry, {shapely.to_wkt(TOY.polygons['c01'])})",
            ["c01"],
        ),
        ("S_DISJOINT(geometry, BBOX(121.405,28.65,122,29)) AND unit_id < 'c03'", []),
        ("S_INTERSECTS(geometry, MULTIPOINT((121.405 28.6545),(121.415 28.6545)))", ["c01", "c02"]),
    ],
)
def test_spatial_functions_select(client: TestClient, text: str, expected: list[str]) -> None:
    assert ids(client, "clusters", filter=text) == expected


def test_shapes_of_a_filter_are_in_its_system(client: TestClient) -> None:
    lat_lon = "S_INTERSECTS(geometry, POINT(28.6545 121.405))"
    assert ids(client, "clusters", filter=lat_lon, filter_crs=f"{EPSG}4490") == ["c01"]
    x, y = project([middle("c01")], 4549)[0].tolist()
    metres = f"S_INTERSECTS(geometry, POINT({y} {x}))"
    assert ids(client, "clusters", filter=metres, filter_crs=f"{EPSG}4549") == ["c01"]


def test_cql2_json_selects_the_same(client: TestClient) -> None:
    tree = {"op": "=", "args": [{"property": "kind"}, "core"]}
    assert ids(client, filter=json.dumps(tree), filter_lang="cql2-json") == ["core"]


def test_openings_are_days_in_filters_and_intervals() -> None:
    stations = tuple(
        replace(one, opening=opening)
        for one, opening in zip(TOY.stations, ("2022-12-28", "2028", "soon", ""), strict=True)
    )
    world = replace(TOY, stations=stations, digest="1" * 64)
    with TestClient(create_app(Settings(), lambda: world)) as client:
        assert ids(client, "stations", datetime="2022-12-27") == ["s2a", "s2b"]
        assert ids(client, "stations", datetime="2022-12-28") == ["s1a", "s2a", "s2b"]
        assert len(ids(client, "stations", datetime="2020-01-01T08:00:00+08:00/..")) == 4
        assert ids(client, "stations", filter="opening > DATE('2023-01-01')") == ["s1b"]
        extent = client.get("/collections/stations").json()["extent"]
        assert extent["temporal"]["interval"] == [["2022-12-28T00:00:00Z", None]]


def test_what_cannot_be_said_of_shapes_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(*_: object) -> None:  # GEOS before 3.13 knows no relations of collections of shapes
        msg = "IllegalArgumentException"
        raise GEOSException(msg)

    monkeypatch.setitem(SPATIAL, "s_touches", older)
    said = refused(client, {"filter": "S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 1)))"})
    assert said.startswith("filter: s_touches cannot be said of these shapes")


SIGNS = st.text(alphabet="ab_%.\\", max_size=8)


@given(SIGNS, SIGNS)
def test_like_is_a_regular_expression_of_two_signs(text: str, pattern: str) -> None:
    signs, plain = [], False
    for sign in pattern:
        if sign == "\\" and not plain:
            plain = True
            continue
        wild = {} if plain else {"%": "(?s:.*)", "_": "(?s:.)"}
        signs.append(wild.get(sign, re.escape(sign)))
        plain = False
    expected = re.fullmatch("".join(signs), text) is not None
    tree = {"op": "like", "args": [text, pattern]}
    assert matches(tree, collections(TOY)["zones"], CRS84).tolist() == [expected] * 4
