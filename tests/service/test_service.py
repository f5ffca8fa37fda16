"""The service over the toy world: the same answers as the library, and errors that help."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from services.app import create_app
from services.errors import STATUS
from services.ogc.faults import QueryError
from services.settings import Limits, Settings
from services.world import world_of
from tests.toy.world import catalog, middle
from tzkc_geo import errors
from tzkc_geo.catalog import Catalog
from tzkc_geo.crs import from_cgcs2000
from tzkc_geo.io.folder import shipped_folder
from tzkc_geo.io.papers import read_papers
from tzkc_geo.reports import units_json
from tzkc_geo.verdict import locate

TOY = catalog()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), lambda: TOY)) as client:
        yield client


@pytest.fixture
def broken() -> Iterator[TestClient]:
    """Serve a world that lacks the figures of c01, so that every answer about it fails."""
    results = {key: row for key, row in TOY.results.items() if key != "c01"}
    app = create_app(Settings(), lambda: TOY)
    with TestClient(app, raise_server_exceptions=False) as client:
        holder = app.state.holder
        holder.world = replace(holder.world, catalog=replace(TOY, results=results))
        yield client


def test_importing_the_factory_loads_nothing() -> None:
    def never() -> None:
        raise AssertionError

    create_app(Settings(), never)  # type: ignore[arg-type]


def test_health_names_the_data(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "digest": TOY.digest}


def test_units_is_the_object_of_the_command(client: TestClient) -> None:
    data = client.get("/units").json()
    assert data == json.loads(json.dumps(units_json(TOY)))
    assert [row["unit_id"] for row in data["units"]][:6] == [
        *("corridor", "core", "z1", "z2", "z3", "c01"),
    ]
    assert list(data["units"][0]) == [
        *("unit_id", "kind", "parent_id", "name_zh", "name_en", "reported_area_km2"),
        *("area_km2", "area_sigma_km2", "leave_one_out_km2", "leave_one_out_sigma_km2"),
        *("redundancy", "w", "grade", "verdict"),
    ]
    assert data["units"][1]["area_sigma_km2"] is None


@pytest.mark.parametrize("unit_id", ["c01", "c07", "c14"])
@pytest.mark.parametrize("datum", [None, "gcj02", "BD-09"])
def test_locate_is_the_object_of_the_library(
    client: TestClient, unit_id: str, datum: str | None
) -> None:
    lon, lat = middle(unit_id)
    query = {"lon": lon, "lat": lat} | ({"datum": datum} if datum else {})
    expected = locate(lon, lat, TOY, datum=datum).to_json()
    assert client.get("/locate", params=query).json() == json.loads(json.dumps(expected))


def test_locate_takes_degrees_minutes_seconds_and_metres(client: TestClient) -> None:
    expected = client.get("/locate?lon=121.405&lat=28.6545").json()
    dms = {"lon": "121°24'18\"E", "lat": "28°39'16.2\"N"}
    assert client.get("/locate", params=dms).json() == expected
    x, y = (float(value) for value in from_cgcs2000(121.405, 28.6545, "gk40"))
    metres = client.get("/locate", params={"lon": x, "lat": y, "datum": "gk40"}).json()
    assert (metres["cluster"], metres["datum"]["used"]) == (expected["cluster"], "gk40")


def test_the_operator_can_switch_off_undoing_an_offset() -> None:
    settings = Settings.from_environment({"TZKC_UNDO_SHIFT": "0"})
    with TestClient(create_app(settings, lambda: TOY)) as client:
        datum = client.get("/locate?lon=121.405&lat=28.6545").json()["datum"]
        assert (datum["undo_shift"], datum["alternatives"]) == (False, [])
        reply = client.get("/locate?lon=121.405&lat=28.6545&datum=gcj02")
        assert (reply.status_code, reply.json()["title"]) == (422, "CrsError")
        assert "switched off" in reply.json()["detail"]


def test_an_empty_datum_is_undeclared(client: TestClient) -> None:
    data = client.get("/locate?lon=121.405&lat=28.6545&datum=").json()
    assert data["datum"]["declared"] is None


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/locate?lon=28.6545&lat=121.405", 422, "call with LON LAT = 121.405 28.6545"),
        ("/locate?lon=nan&lat=28.65", 422, "finite"),
        ("/locate?lon=121.4&lat=28.65&datum=mars", 422, "gcj02"),
        ("/locate?lon=121.4", 422, "query.lat"),
        ("/locate?lon=east&lat=28.65", 422, "lon: 'east' is neither a number nor an angle"),
        ("/locate?lon=28%C2%B039'N&lat=121%C2%B026'E", 422, "swapped"),
        ("/locate?lon=640790.145&lat=3171326.196", 422, "--datum gk120"),
        ("/maps/overview?lang=fr", 422, "query.lang"),
        ("/nothing/here", 404, "Nothing matches"),
    ],
)
def test_a_bad_request_is_answered_with_problem_details(
    client: TestClient, address: str, status: int, word: str
) -> None:
    reply = client.get(address)
    assert reply.headers["content-type"] == "application/problem+json"
    data = reply.json()
    assert (reply.status_code, data["status"]) == (status, status)
    assert word in data["detail"]
    assert {"type", "title", "status", "detail"} <= set(data)


def test_a_method_that_a_route_lacks_names_those_it_has(client: TestClient) -> None:
    reply = client.post("/units")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET")
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_says_nothing_of_the_inside(broken: TestClient) -> None:
    reply = broken.get("/locate?lon=121.405&lat=28.6545")
    assert reply.status_code == 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert "c01" not in reply.text


def test_every_library_error_has_a_status_and_leaks_no_folder() -> None:
    raised = {
        errors.UnknownIdError: 404,
        errors.DuplicateIdError: 422,
        errors.StaleError: 422,
        errors.CrsError: 422,
        errors.ClauseError: 422,
        errors.NetworkError: 422,
        errors.LimitError: 413,
        errors.CornerError: 500,
        errors.RingError: 500,
    }
    app = create_app(Settings(), lambda: TOY)

    @app.get("/raise/{name}")
    async def fail(name: str) -> None:
        msg = "/srv/data folder/private/clauses.csv:17: side 'up' is wrong"
        raise getattr(errors, name)(msg.replace("data folder", "data"))

    with TestClient(app) as client:
        for kind, status in raised.items():
            reply = client.get(f"/raise/{kind.__name__}")
            assert reply.status_code == status
            assert "private" not in reply.text
            shown = "clauses.csv:17: side 'up' is wrong" in reply.json()["detail"]
            assert shown == (status < 500)
    assert set(STATUS) <= {
        *raised,
        QueryError,
        errors.DataError,
        errors.DerivationError,
        errors.TzkcError,
    }


@pytest.mark.parametrize("address", ["/", "/maps/overview", "/maps/overview?lang=en"])
def test_pages_are_utf8_html_that_fetch_nothing_from_outside(
    client: TestClient, address: str
) -> None:
    reply = client.get(address)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "示意图，非法定边界" in reply.text
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", reply.text)


def test_every_link_of_the_first_page_leads_somewhere(real_catalog: Catalog) -> None:
    world = world_of(real_catalog, papers=read_papers(shipped_folder()))
    with TestClient(create_app(Settings(limits=Limits(job_s=120)), lambda: world)) as client:
        addresses = re.findall(r'<a href="([^"]+)"', client.get("/").text)
        assert len(addresses) > 10
        for address in addresses:
            assert client.get("/" + address.replace("&amp;", "&")).status_code == 200, address


def test_the_first_page_lists_all_units(client: TestClient) -> None:
    page = client.get("/").text
    assert all(row.name_zh in page and row.name_en in page for row in TOY.units)


def test_openapi_names_every_address(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) >= {
        *("/", "/units", "/units/{unit_id}", "/locate", "/maps/overview"),
        *("/audit", "/adjacency", "/quality", "/reach", "/route"),
        *("/health", "/ready", "/metrics", "/admin/reload", "/api", "/conformance"),
        *("/collections", "/collections/{collectionId}", "/collections/{collectionId}/queryables"),
        "/collections/{collectionId}/items",
        "/collections/{collectionId}/items/{featureId}",
    }


def test_settings_come_from_the_environment() -> None:
    assert Settings.from_environment({}).data_dir is None
    assert str(Settings.from_environment({"TZKC_DATA": "mine"}).data_dir) == "mine"
    for word, switch in {"": True, "1": True, "True": True, "0": False, " off ": False}.items():
        assert Settings.from_environment({"TZKC_UNDO_SHIFT": word}).undo_shift is switch
    assert Settings.from_environment({}).undo_shift
    with pytest.raises(errors.DataError, match="TZKC_UNDO_SHIFT: not a switch, expected 1 or 0"):
        Settings.from_environment({"TZKC_UNDO_SHIFT": "nein"})
