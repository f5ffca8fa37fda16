"""Travel over HTTP on the real plan: the objects of the command line, and questions refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.app import create_app
from services.settings import Limits, Settings
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.crs import from_cgcs2000

SITE = {"lon": "121.45", "lat": "28.645"}


@pytest.fixture(scope="module")
def client(real_catalog: Catalog) -> Iterator[TestClient]:
    settings = Settings(undo_shift=False, limits=Limits(reach_minutes=40, bands=3, job_s=120))
    with TestClient(create_app(settings, lambda: real_catalog)) as client:
        yield client


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)


def command(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"minutes": "30,15", "modes": "walk,rail", "scenario": "2028"},
        {"minutes": "10", "at": "08:00"},
    ],
)
def test_reach_is_the_object_of_the_command(
    client: TestClient, capsys: pytest.CaptureFixture[str], more: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "bands.geojson"
    words = [part for key, value in more.items() for part in (f"--{key}", value)]
    expected = command(capsys, "reach", *SITE.values(), *words, "--geojson", str(file))
    assert client.get("/reach", params=SITE | more).json() == expected
    geo = client.get("/reach", params=SITE | more | {"f": "geojson"})
    assert geo.headers["content-type"] == "application/geo+json"
    assert geo.text == file.read_text(encoding="utf-8")


def test_peak_and_datum_count(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    expected = command(capsys, "reach", *SITE.values(), "--minutes", "15", "--peak")
    asked = {"minutes": "15", "peak": "true"}
    assert client.get("/reach", params=SITE | asked).json() == expected
    x, y = (float(v) for v in from_cgcs2000(121.45, 28.645, "gk40"))
    metres = {"lon": f"{x!r}", "lat": f"{y!r}", "datum": "gk40"}
    found = client.get("/reach", params=metres | asked).json()
    assert found["origin"]["lon"] == pytest.approx(121.45, abs=1e-8)
    assert found["bands"][0]["area_km2"] == pytest.approx(
        expected["bands"][0]["area_km2"], rel=0.01
    )


def test_a_position_off_the_network_is_an_answer(client: TestClient) -> None:
    found = client.get("/reach", params={"lon": "110", "lat": "20"}).json()
    assert (found["snap_m"], bool(found["reason"])) == (None, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "c01", "to": "c04"}, ["c01", "c04"]),
        ({"from": "c01", "to": "温岭火车站"}, ["c01", "温岭火车站"]),
        (
            {"from": "121.45,28.645", "to": "121.369, 28.656"},
            ["121.45", "28.645", "121.369", "28.656"],
        ),
        (
            {"lon1": "121.45", "lat1": "28.645", "lon2": "121.369", "lat2": "28.656"},
            ["121.45", "28.645", "121.369", "28.656"],
        ),
    ],
)
@pytest.mark.parametrize("more", [{}, {"modes": "walk,rail", "at": "08:00"}])
def test_route_is_the_object_of_the_command(
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
    query: dict[str, str],
    words: list[str],
    more: dict[str, str],
) -> None:
    options = [part for key, value in more.items() for part in (f"--{key}", value)]
    expected = command(capsys, "route", *words, *options)
    assert client.get("/route", params=query | more).json() == expected


def test_ends_may_be_given_in_two_ways(client: TestClient) -> None:
    mixed = {"lon1": "121.45", "lat1": "28.645", "to": "c04"}
    words = {"from": "121.45,28.645", "to": "c04"}
    found = [client.get("/route", params=query).json() for query in (mixed, words)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reach", 422),
        ("/reach?lon=28.645&lat=121.45", 422),
        ("/reach?lon=121.45&lat=28.645&datum=gcj02", 422),
        ("/reach?lon=121.45&lat=28.645&minutes=ten", 422),
        ("/reach?lon=121.45&lat=28.645&minutes=", 422),
        ("/reach?lon=121.45&lat=28.645&minutes=nan", 422),
        ("/reach?lon=121.45&lat=28.645&minutes=-1", 422),
        ("/reach?lon=121.45&lat=28.645&minutes=inf", 413),
        ("/reach?lon=121.45&lat=28.645&minutes=41", 413),
        ("/reach?lon=121.45&lat=28.645&minutes=1,2,3,4", 413),
        ("/reach?lon=121.45&lat=28.645&modes=fly", 422),
        ("/reach?lon=121.45&lat=28.645&modes=,", 422),
        ("/reach?lon=121.45&lat=28.645&at=24:00", 422),
        ("/reach?lon=121.45&lat=28.645&scenario=1999", 404),
        ("/reach?lon=121.45&lat=28.645&scenario=/etc/own.toml", 404),
        ("/reach?lon=121.45&lat=28.645&f=csv", 400),
        ("/route", 422),
        ("/route?from=c01", 422),
        ("/route?from=c01&to=c99", 404),
        (f"/route?from=c01&to={'c' * 101}", 422),
        ("/route?from=c01&to=c04&lon2=121.4", 422),
        ("/route?from=c01&lon2=121.4", 422),
        ("/route?from=c01&to=c04&modes=boat", 422),
        ("/route?from=1,&to=c04", 422),
    ],
)
def test_a_question_that_cannot_be_is_refused(client: TestClient, path: str, status: int) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert "/etc" not in reply.text


def test_openapi_names_the_ends_and_the_limits(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    names = [one["name"] for one in paths["/route"]["get"]["parameters"]]
    assert {"from", "to", "lon1", "lat2", "at"} <= set(names)
    assert "application/geo+json" in paths["/reach"]["get"]["responses"]["200"]["content"]
    assert "413" in paths["/reach"]["get"]["responses"]


def test_commitments_are_those_of_the_command(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    got = client.get("/commitments").json()
    assert got == command(capsys, "commitments")
    assert list(got["scenario"]) == ["2022", "today", "2028"]


def test_the_page_of_commitments_has_its_promises(client: TestClient) -> None:
    page = client.get("/commitments?lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "10 分钟进入快速路网" in page.text
    assert client.get("/commitments?lang=fr").status_code == 422
