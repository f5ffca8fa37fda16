"""Tiles over HTTP: the bytes of the library, with the headers that let them be kept."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import morecantile
import pytest
from fastapi import Request, Response
from fastapi.testclient import TestClient

from services.app import create_app
from services.hot import HotRoute
from services.routes.styles import STYLES
from services.settings import Settings
from services.tilesets import MVT, matrix_set
from tests.toy.tile_reader import rgba_of, shapes_of
from tests.toy.world import catalog, middle
from tzkc_geo.catalog import Catalog
from tzkc_geo.collections import collections
from tzkc_geo.tiles.scheme import to_world
from tzkc_geo.tiles.store import Layer, Tiles

TOY = catalog()
X, Y = (to_world([middle("c01")])[0] * 2**12).astype(int).tolist()


def _asked(part: Any) -> Iterator[str]:  # noqa: ANN401  (JSON is anything)
    """Yield the properties that an expression of a style asks for."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        if part[:1] == ["get"]:
            yield part[1]
        for one in part:
            yield from _asked(one)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), lambda: TOY)) as client:
        yield client


def test_a_vector_tile_is_that_of_the_library(client: TestClient) -> None:
    expected = Layer(TOY, "units").vector(12, X, Y)
    assert expected is not None
    packed = client.get(f"/tiles/units/12/{X}/{Y}.mvt", headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(f"/tiles/units/12/{X}/{Y}.mvt", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == gzip.decompress(expected)
    assert plain.headers["content-type"] == MVT
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "c01" in shapes_of(expected, "units", "unit_id")


@pytest.mark.parametrize("z", [17, 18])
def test_deep_tiles_are_made_when_asked_for(client: TestClient, z: int) -> None:
    x, y = (to_world([middle("c01")])[0] * 2**z).astype(int).tolist()
    reply = client.get(f"/tiles/clusters/{z}/{x}/{y}.mvt")
    assert list(shapes_of(gzip.compress(reply.content), "clusters", "unit_id")) == ["c01"]


@pytest.mark.parametrize("size", [256, 512])
def test_a_picture_has_its_size(client: TestClient, size: int) -> None:
    reply = client.get(f"/tiles/units/12/{X}/{Y}.png?size={size}")
    assert reply.headers["content-type"] == "image/png"
    assert rgba_of(reply.content).shape == (size, size, 4)


@pytest.mark.parametrize("kind", ["mvt", "png"])
def test_ogc_addresses_put_the_row_first(client: TestClient, kind: str) -> None:
    middle = {"mvt": "tiles", "png": "map/tiles"}[kind]
    ogc = client.get(f"/collections/units/{middle}/WebMercatorQuad/12/{Y}/{X}")
    own = client.get(f"/tiles/units/12/{X}/{Y}.{kind}")
    assert ogc.status_code == own.status_code == 200
    assert ogc.content == own.content
    assert ogc.headers["content-type"] == own.headers["content-type"]


@pytest.mark.parametrize("kind", ["mvt", "png"])
@pytest.mark.parametrize("layer", ["units", "roads", "reference_lines"])
def test_an_empty_tile_is_204(client: TestClient, layer: str, kind: str) -> None:
    for address in ("8/0/0", "18/0/0"):
        reply = client.get(f"/tiles/{layer}/{address}.{kind}")
        assert (reply.status_code, reply.content) == (204, b"")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/tiles/units/7/0/0.mvt", 404, "expected 8 to 18, got 7"),
        ("/tiles/units/19/0/0.png", 404, "expected 8 to 18, got 19"),
        ("/tiles/units/8/256/0.mvt", 404, "expected 0 to 255, got 256"),
        ("/tiles/units/8/0/256.png", 404, "expected 0 to 255, got 256"),
        ("/tiles/nothing/8/0/0.mvt", 404, "expected one of units, clusters"),
        ("/tiles/nothing/tilejson.json", 404, "expected one of units, clusters"),
        ("/tiles/units/8/a/0.mvt", 404, ""),
        ("/tiles/units/8/0/0.png?size=300", 422, "expected 256 or 512, got '300'"),
        ("/tileMatrixSets/other", 404, "expected WebMercatorQuad, got 'other'"),
        ("/styles/other.json", 404, "expected one of overview, survey"),
    ],
)
def test_a_wrong_address_is_a_problem(
    client: TestClient, address: str, status: int, words: str
) -> None:
    reply = client.get(address)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.status_code == reply.json()["status"] == status
    assert words in reply.json()["detail"]


def test_versioned_tiles_may_be_kept_for_ever(client: TestClient) -> None:
    (template,) = client.get("/tiles/units/tilejson.json").json()["tiles"]
    address = template.format(z=12, x=X, y=Y)
    for versioned in (address, address.replace(".mvt", ".png")):
        assert "immutable" in client.get(versioned).headers["cache-control"]
        assert client.get(versioned + "0").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", list(collections(TOY)))
def test_tilejson_says_what_the_tiles_hold(client: TestClient, name: str) -> None:
    document = client.get(f"/tiles/{name}/tilejson.json").json()
    assert document["tilejson"] == "3.0.0"
    assert (document["minzoom"], document["maxzoom"]) == (8, 18)
    assert "示意图，非法定边界" in document["attribution"]
    west, south, east, north = document["bounds"]
    assert -180 <= west <= east <= 180
    assert -85.06 < south <= north < 85.06
    (layer,) = document["vector_layers"]
    assert layer["id"] == name
    assert list(layer["fields"]) == [one.name for one in collections(TOY)[name].columns]
    assert document["tiles"][0].startswith(f"http://testserver/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt")


@pytest.mark.parametrize(("middle", "kind"), [("tiles", "vector"), ("map/tiles", "map")])
@pytest.mark.parametrize("name", ["units", "stations", "roads"])
def test_tile_sets_lead_to_tiles(client: TestClient, name: str, middle: str, kind: str) -> None:
    (listed,) = client.get(f"/collections/{name}/{middle}").json()["tilesets"]
    links = {link["rel"].rsplit("/", 1)[-1]: link["href"] for link in listed["links"]}
    one = client.get(links["self"]).json()
    assert one.items() >= listed.items()
    assert one["dataType"] == kind
    assert client.get(links["tiling-scheme"]).json() == matrix_set()
    answered = 0
    for limit in one["tileMatrixSetLimits"][:4]:
        for row in range(limit["minTileRow"], limit["maxTileRow"] + 1):
            for column in range(limit["minTileCol"], limit["maxTileCol"] + 1):
                words = {"tileMatrix": limit["tileMatrix"], "tileRow": row, "tileCol": column}
                answered += client.get(links["item"].format(**words)).status_code == 200
    assert answered if name != "roads" else one["tileMatrixSetLimits"] == []


def test_the_matrix_set_is_that_of_morecantile(client: TestClient) -> None:
    (listed,) = client.get("/tileMatrixSets").json()["tileMatrixSets"]
    document = client.get(listed["links"][0]["href"]).json()
    ours = morecantile.TileMatrixSet.model_validate(document)
    theirs = morecantile.tms.get("WebMercatorQuad")
    for z in range(19):
        a, b = ours.matrix(z), theirs.matrix(z)
        assert a.scaleDenominator == pytest.approx(b.scaleDenominator, rel=1e-9)
        assert a.cellSize == pytest.approx(b.cellSize, rel=1e-9)
        assert a.pointOfOrigin == pytest.approx(b.pointOfOrigin, rel=1e-9)
        assert (a.matrixWidth, a.matrixHeight) == (b.matrixWidth, b.matrixHeight)


@pytest.mark.parametrize("name", list(STYLES))
def test_a_style_draws_layers_that_are_there(client: TestClient, name: str) -> None:
    listed = {one["id"]: one["links"][0]["href"] for one in client.get("/styles").json()["styles"]}
    style = client.get(listed[name]).json()
    assert style["version"] == 8
    assert style["metadata"]["note_zh"] == "示意图，非法定边界"
    assert not {"glyphs", "sprite"} & set(style)
    fields = {}
    for source, about in style["sources"].items():
        assert about["url"].startswith("http://testserver/")
        fields[source] = client.get(about["url"]).json()["vector_layers"][0]["fields"]
    ids = [layer["id"] for layer in style["layers"]]
    assert len(set(ids)) == len(ids)
    drawn = [layer for layer in style["layers"] if layer["type"] != "background"]
    assert {layer["source"] for layer in drawn} == set(fields)
    for layer in drawn:
        assert layer["source-layer"] == layer["source"]
        asked = set(_asked(layer))
        assert asked <= set(fields[layer["source"]])


def test_schematic_outlines_are_dashed_and_blurred(client: TestClient) -> None:
    layers = {layer["id"]: layer for layer in client.get("/styles/overview.json").json()["layers"]}
    loose = ["==", ["get", "grade"], "schematic"]
    assert layers["clusters-dashed"]["filter"] == layers["clusters-fuzzy"]["filter"] == loose
    assert layers["clusters-solid"]["filter"] == ["!", loose]
    assert "line-dasharray" in layers["clusters-dashed"]["paint"]
    assert "line-blur" in layers["clusters-fuzzy"]["paint"]


def test_openapi_lists_tiles_with_all_parameters(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in paths:
        if "tiles" in path and path.count("{") > 1:
            got = paths[path]["get"]
            named = {one["name"] for one in got["parameters"] if one["in"] == "path"}
            assert named == {word.split("}")[0] for word in path.split("{")[1:]}
            assert {"200", "204", "404"} <= set(got["responses"])
            assert "422" not in got["responses"] or "png" in json.dumps(got)


def test_the_example_of_openapi_is_a_tile(real_catalog: Catalog) -> None:
    layer = Layer(real_catalog, "units")
    assert layer.vector(12, 3429, 1708) is not None


def test_a_layer_is_made_once() -> None:
    tiles = Tiles(TOY)
    assert tiles.ready("units") is None
    assert tiles.layer("units") is tiles.layer("units") is tiles.ready("units")


def test_hot_routes_call_their_function_with_the_request_alone() -> None:
    async def answer(request: Request) -> Response:
        return Response(request.url.path)

    assert HotRoute("/x", answer).get_route_handler() is answer


def test_a_collection_leads_to_its_tile_sets(client: TestClient) -> None:
    links = {one["rel"]: one["href"] for one in client.get("/collections/units").json()["links"]}
    for kind, word in (("vector", "/tiles/"), ("map", "/map/tiles/")):
        sets = client.get(links[f"http://www.opengis.net/def/rel/ogc/1.0/tilesets-{kind}"])
        assert word in json.dumps(sets.json())
