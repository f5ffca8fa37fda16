"""The endpoints of our own over the real plan: the objects of the command line, and pages."""

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import python_calamine
from fastapi.testclient import TestClient

from services import asgi, server
from services.app import create_app
from services.settings import Settings
from services.world import World, world_of
from tests.toy.world import catalog
from tzkc_geo.areas import areas
from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.coverage import coverage
from tzkc_geo.io.folder import shipped_folder
from tzkc_geo.io.papers import paper_files, read_papers
from tzkc_geo.plan_facts import plan_facts

TOY = catalog()


@pytest.fixture(scope="module")
def client(real_catalog: Catalog) -> Iterator[TestClient]:
    world = world_of(real_catalog, papers=read_papers(shipped_folder()))
    with TestClient(create_app(Settings(), lambda: world)) as client:
        yield client


@pytest.fixture(scope="module")
def bare() -> Iterator[TestClient]:
    """Serve a catalog alone, without the plan's own tables."""
    with TestClient(create_app(Settings(), lambda: TOY)) as client:
        yield client


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)


def command(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def plain(content: object) -> Any:  # noqa: ANN401
    return json.loads(json.dumps(content))


class Texts(HTMLParser):
    """Collects the cells of tables, and what the page would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.fetched: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "td"
        if self._open:
            self.cells.append("")
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        if self._open:
            self.cells[-1] += data


@pytest.mark.parametrize("words", [(), ("--plane", "gk120"), ("--plane", "gk123")])
def test_the_audit_is_the_object_of_the_command(
    client: TestClient, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    query = {"plane": words[1]} if words else {}
    for _ in range(2):  # made, then kept
        reply = client.get("/audit", params=query)
        assert reply.json() == command(capsys, "audit", *words)
        assert reply.headers["content-type"] == "application/json"


def test_the_audit_has_a_page_and_a_workbook(client: TestClient) -> None:
    page = client.get("/audit", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "规划数据审计" in page.text
    assert "Audit" in client.get("/audit?f=html&lang=en").text
    book = client.get("/audit?f=xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="audit.xlsx"'
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    assert len(sheets.sheet_names) > 3


@pytest.mark.parametrize("level", [None, "cluster", "zone"])
def test_adjacency_is_the_object_of_the_command(
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
    level: str | None,
    tmp_path: Any,  # noqa: ANN401
) -> None:
    query, words = ({"level": level}, ["--level", level]) if level else ({}, [])
    file = tmp_path / "pairs.geojson"
    expected = command(capsys, "adjacency", *words, "--geojson", str(file))
    assert client.get("/adjacency", params=query).json() == expected
    geo = client.get("/adjacency", params=query | {"f": "geojson"})
    assert (geo.headers["content-type"], geo.json()) == (
        "application/geo+json",
        json.loads(file.read_text(encoding="utf-8")),
    )


@pytest.mark.parametrize(
    "query", ["audit?plane=mars", "adjacency?level=unit", "audit?f=pdf", "audit?lang=fr"]
)
def test_a_wrong_parameter_is_refused(client: TestClient, query: str) -> None:
    reply = client.get(f"/{query}")
    assert reply.status_code == (400 if "f=" in query else 422)
    assert reply.headers["content-type"] == "application/problem+json"


def test_every_unit_has_its_row_plan_areas_edges_and_grounds(
    client: TestClient, real_catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    table = command(capsys, "units")["units"]
    lines = {row["line_id"]: row for row in command(capsys, "adjust")["lines"]}
    ways = areas(real_catalog)
    for row in table:
        found = client.get(f"/units/{row['unit_id']}").json()
        assert {key: found[key] for key in row} == row
        assert found["areas_m2"] == ways[row["unit_id"]]
        assert found["areas_m2"]["statutory"] == pytest.approx(row["area_km2"] * 1e6)
        edges = real_catalog.edges_of(row["unit_id"])
        assert [e["line_id"] for e in found["edges"]] == [e.line_id for e in edges]
        length = sum(e["length_m"] for e in found["edges"])
        assert length > 2 * (3.14 * row["area_km2"] * 1e6) ** 0.5 or not edges  # isoperimetric
        for line in found["lines"]:
            known = {key: value for key, value in lines[line["line_id"]].items() if key != "points"}
            assert line == known
        assert {e["line_id"] for e in found["edges"]} >= {
            line["line_id"] for line in found["lines"]
        }
        place = real_catalog.polygons[row["unit_id"]].representative_point()
        facts = plan_facts(real_catalog, row["unit_id"], place.x, place.y)
        assert found["plan"] == plain(facts)
        assert found["grounds"]["method"]
        assert found["edition"] == real_catalog.edition
    assert client.get("/units/z1").json()["parts"] == ["c04", "c05", "c06", "c07"]


def test_the_edges_of_a_unit_have_the_ids_of_the_collection(bare: TestClient) -> None:
    found = bare.get("/units/c02").json()
    assert [edge["edge_id"] for edge in found["edges"]] == ["c02-01", "c02-02", "c02-03", "c02-04"]
    assert found["edges"][0]["length_m"] == pytest.approx(997, abs=2)  # 0.009 degrees of latitude
    assert found["lines"] == []


@pytest.mark.parametrize("unit_id", ["c99", "%2e%2e%2fetc", "c01'"])
def test_an_unknown_unit_is_not_found(client: TestClient, unit_id: str) -> None:
    reply = client.get(f"/units/{unit_id}")
    assert reply.status_code == 404
    assert reply.json()["status"] == 404


def test_quality_has_the_figures_of_audit_and_coverage(
    client: TestClient, capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    found = client.get("/quality").json()
    audit = command(capsys, "audit")
    assert (
        found["coverage"] == command(capsys, "coverage") == plain(coverage(real_catalog).to_json())
    )
    for row, expected in zip(found["audit"]["units"], audit["units"], strict=True):
        assert row == {key: expected[key] for key in row}
    assert sum(found["audit"]["verdicts"].values()) == 19
    verdicts = [row["verdict"] for row in audit["units"]]
    assert found["audit"]["verdicts"] == {
        word: verdicts.count(word) for word in sorted({*verdicts})
    }
    holds = [row["holds"] for row in audit["claims"]]
    counted = [holds.count(True), holds.count(False), holds.count(None)]
    assert list(found["audit"]["claims"].values()) == counted
    assert found["provenance"] == {"sources": audit["sources"], "digest": real_catalog.digest}
    assert found["validity"] == {"units": 19, "valid": True, "invalid": []}
    assert found["edition"] == real_catalog.edition
    assert re.fullmatch(r"20\d\d.*", found["newest_source_date"])


def test_the_page_of_quality_shows_what_the_json_says(client: TestClient) -> None:
    found = client.get("/quality").json()
    for reply in (
        client.get("/quality?f=html"),
        client.get("/quality", headers={"accept": "text/html"}),
    ):
        page = Texts(reply.text)
        assert all(address.startswith("data:") for address in page.fetched)
        for row in found["audit"]["units"]:
            assert f"{row['measured_km2']:.3f}" in page.cells
        for source in found["provenance"]["sources"]:
            assert source["source_id"] in page.cells
        assert f"0 / {found['validity']['units']}" in page.cells
        assert found["edition"]["date"] in reply.text
        assert reply.text.index("数据质量") < reply.text.index("Quality")
        assert "script-src 'self' 'sha256-" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/audit", "/quality", "/quality?f=html"])
def test_without_the_tables_of_the_plan_there_is_no_audit(bare: TestClient, path: str) -> None:
    reply = bare.get(path)
    assert (reply.status_code, "not loaded" in reply.json()["detail"]) == (404, True)


def test_the_world_of_the_server_has_its_papers(
    monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog
) -> None:
    monkeypatch.setattr(server, "load", lambda _: real_catalog)
    found: World = server.world(Settings())
    papers = read_papers(shipped_folder())
    assert found.papers is not None
    assert found.papers.digest == papers.digest
    assert found.key == world_of(real_catalog, papers=papers).key != world_of(real_catalog).key
    assert asgi.app.title == "tzkc_geo"
    assert len(paper_files(shipped_folder())) == 12


def test_an_answer_is_known_by_its_validator(client: TestClient) -> None:
    for path in ("/audit", "/adjacency", "/quality", "/quality?f=html", "/units/c01"):
        first = client.get(path)
        again = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert client.get(path).content == first.content


def test_openapi_lists_formats_and_problems(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/units/{unit_id}", "/audit", "/adjacency", "/quality"} <= set(paths)
    for path, media in (("/audit", "text/html"), ("/adjacency", "application/geo+json")):
        entry = paths[path]["get"]
        assert media in entry["responses"]["200"]["content"]
        assert {p["name"] for p in entry["parameters"]} >= {"f"}
        assert "application/problem+json" in entry["responses"]["503"]["content"]
