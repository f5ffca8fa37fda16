"""OGC API as other programs see it: a validator, a fuzzer, and GDAL."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pyogrio
import pytest
import schemathesis
import shapely
from fastapi.testclient import TestClient
from ogcapi_registry import parse_conformance_classes, validate_ogc_api
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.app import create_app
from services.ogc.conformance import CONFORMANCE
from services.ogc.openapi import to_openapi_30
from services.settings import Limits, Settings
from tests.toy.world import catalog
from tzkc_geo.collections import collections

TOY = catalog()
APP = create_app(Settings(limits=Limits(ids=3, filter_depth=4)), lambda: TOY)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(APP) as client:
        yield client


@pytest.mark.parametrize("address", ["/api", "/openapi.json"])
def test_the_openapi_document_is_that_of_the_standards(client: TestClient, address: str) -> None:
    document = client.get(address).json()
    result = validate_ogc_api(
        document, parse_conformance_classes({"conformsTo": list(CONFORMANCE)})
    )
    assert result.is_valid, result.errors


def test_the_older_document_has_no_words_of_the_newer(client: TestClient) -> None:
    document = client.get("/api").json()
    assert document["openapi"] == "3.0.3"
    text = json.dumps(document)
    assert '"type": "null"' not in text
    assert '"const"' not in text


SERVER = """
import sys, uvicorn
from services.app import create_app
from services.settings import Settings
from tests.toy.world import catalog
uvicorn.run(create_app(Settings(), catalog), port=int(sys.argv[1]), log_level="error")
"""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the toy world from a process of its own: GDAL holds the lock of ours as it reads."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)]) as server:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert server.poll() is None
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.mark.filterwarnings("ignore")
def test_gdal_reads_each_feature_once_by_pages(address: str) -> None:
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="clusters", PAGE_SIZE=5)
    bounds = (121.401, 28.651, 121.409, 28.658)
    inside = pyogrio.read_dataframe(f"OAPIF:{address}", layer="clusters", bbox=bounds)
    assert frame["unit_id"].tolist() == list(collections(TOY)["clusters"].ids)
    assert shapely.equals(frame.geometry[0], TOY.polygons["c01"])
    assert inside["unit_id"].tolist() == ["c01"]


SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP)
OGC = SCHEMA.include(path_regex=r"^/(collections|conformance|api$)")
CHECKS = [
    *(not_a_server_error, response_schema_conformance),
    *(content_type_conformance, status_code_conformance),
]


@OGC.parametrize()
@pytest.mark.usefixtures("client")
@pytest.mark.filterwarnings("ignore")
def test_no_query_breaks_the_service_or_its_description(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)


def test_words_of_the_newer_openapi_have_older_ones() -> None:
    newer = {
        "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "either": {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]},
        "fixed": {"const": 3, "exclusiveMinimum": 0, "examples": [3, 4]},
        "properties": {"const": {"const": 1}, "examples": {"type": "array"}},
        "enum": [{"const": 1}],
    }
    assert to_openapi_30(newer) == {
        "openapi": "3.0.3",
        "schema": {"type": "string", "nullable": True},
        "either": {"anyOf": [{"type": "string"}, {"type": "number"}], "nullable": True},
        "fixed": {"enum": [3], "minimum": 0, "exclusiveMinimum": True, "example": 3},
        "properties": {"const": {"enum": [1]}, "examples": {"type": "array"}},
        "enum": [{"const": 1}],
    }
