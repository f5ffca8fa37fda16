"""``tzkc audit`` and ``tzkc readings``: the contract of their JSON, their tables and their page."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.toy import world as toy
from tests.toy.layers import SHIPPED, refused
from tzkc_geo.audit import audit, tree
from tzkc_geo.audit_sources import sources_used
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.cli import main
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.plan import read_extents, read_plan
from tzkc_geo.reports import AuditReport, audit_html, audit_json, audit_report
from tzkc_geo.reports.audit_chart import chart
from tzkc_geo.reports.drawing import svg
from tzkc_geo.reports.html import number

UNITS = ["corridor", "core", "z1", "z2", "z3", *(f"c{n:02d}" for n in range(1, 15))]
WAYS = ["statutory", "geodesic", "gk120", "gk123", "utm51n", "webmercator"]
PARTS = ["projection", "rounding", "overlap", "gap", "remainder", "geometry"]
CONTRACT = {
    *("unit_id", "reported", "interval_km2", "areas_km2", "sigma_km2", "difference_km2"),
    *("parts", "redundancy", "w", "verdict", "words"),
}


@pytest.fixture(autouse=True)
def _real(monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)


@pytest.fixture(scope="module")
def report(real_catalog: Catalog, real_tables: Tables) -> AuditReport:
    folder = DataFolder(SHIPPED)
    extents = read_extents(folder)
    sources = sources_used(real_tables, extents)
    return audit_report(real_catalog, read_plan(folder), extents, sources)


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401
    """Return the JSON of a command, which must stand alone on standard output."""
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out, parse_constant=pytest.fail)


def test_the_audit_keeps_its_contract(
    capsys: pytest.CaptureFixture[str], real_catalog: Catalog
) -> None:
    content = answer(capsys, "audit")
    assert {"units", "sums", "claims", "digest"} <= set(content)
    assert content["digest"] == real_catalog.digest
    assert [row["unit_id"] for row in content["units"]] == UNITS
    for row in content["units"]:
        assert set(row) >= CONTRACT
        assert list(row["areas_km2"]) == WAYS
        assert list(row["parts"]) == PARTS
        assert sum(row["parts"].values()) == pytest.approx(row["difference_km2"], abs=1e-12)
        low, high = row["interval_km2"]
        assert low < float(row["reported"]) < high
        assert row["verdict"] == real_catalog.results[row["unit_id"]].verdict
    for row in content["claims"]:
        assert set(row) >= {"claim", "holds", "evidence"}
        assert row["holds"] in (True, False, None)
        assert all(set(item) == {"file", "key", "text"} for item in row["evidence"])
    assert [row["sum_km2"] for row in content["sums"]] == [
        *("26.08", "16.80", "25.02", "17.19", "85.09", "115"),
    ]


@pytest.mark.parametrize("plane", ["gk120", "gk123"])
def test_the_plane_can_be_chosen(capsys: pytest.CaptureFixture[str], plane: str) -> None:
    content = answer(capsys, "audit", "--plane", plane)
    assert content["plane"] == plane
    for row in content["units"]:
        assert row["measured_km2"] == row["areas_km2"][plane]
        assert row["parts"]["projection"] > 0


def test_an_unknown_plane_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    text = refused(capsys, "audit", "--plane", "utm51n")
    assert text == "--plane: is not known, expected one of statutory, gk120, gk123, got 'utm51n'"


def test_readings_are_those_of_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    content, audited = answer(capsys, "readings"), answer(capsys, "audit")
    for key in ("readings", "extents", "digest"):
        assert content[key] == audited[key]
    for row in content["readings"]:
        keys = {"reading_id", "sides", "area_km2", "sigma_km2", "reported", "meets", "chosen"}
        assert keys <= set(row)


def test_a_person_reads_units_sums_faults_and_readings(
    capsys: pytest.CaptureFixture[str], report: AuditReport
) -> None:
    assert main(["audit"]) == 0
    out = capsys.readouterr().out
    for unit in report.units:
        assert f"{unit.unit_id} {unit.name_zh}" in out
    for told in ("85.09", "29.91", "矛盾 contradicted", "算术 arithmetic", "非法定边界"):
        assert told in out
    for claim in report.claims:
        assert (f"不成立 {claim.claim_id}: " in out) == (claim.holds is False)
    assert main(["readings"]) == 0
    short = capsys.readouterr().out
    for reading in report.readings:
        assert reading.reading_id in out
        assert reading.reading_id in short
    assert "椒北片区" in short


class Page(HTMLParser):
    """Collect the cells of every table."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


def test_the_page_is_whole_and_asks_no_outside_address(
    report: AuditReport, real_catalog: Catalog
) -> None:
    page = audit_html(report)
    assert not re.search(r'(?:src|href)="', page)
    assert set(re.findall(r"https?://[^\" <]+", page)) == {"http://www.w3.org/2000/svg"}
    parser = Page()
    parser.feed(page)
    assert [len(table) - 1 for table in parser.tables] == [
        *(19, 19, 19, len(report.sums), len(report.claims)),
        *(len(report.readings), len(report.extents), len(report.sides), 10, 3),
        *(len(real_catalog.adjustment["observations"]), len(report.sources)),
    ]
    assert all(len({len(row) for row in table}) == 1 for table in parser.tables)


def test_the_numbers_of_the_page_are_those_of_the_json(report: AuditReport) -> None:
    parser = Page()
    parser.feed(audit_html(report))
    units, parts, ways, sums, *_ = parser.tables
    content = audit_json(report)
    by_id = {unit["unit_id"]: unit for unit in content["units"]}
    content["units"] = [by_id[row.unit_id] for _, row in tree(report.units)]
    for row, unit in zip(units[1:], content["units"], strict=True):
        assert [row[0], row[1].strip()] == [unit["unit_id"], unit["name_zh"]]
        assert row[2] == unit["reported"]
        assert [float(row[3]), float(row[4])] == unit["interval_km2"]
        assert float(row[5]) == pytest.approx(unit["measured_km2"], abs=5e-5)
        assert float(row[9]) == pytest.approx(unit["difference_km2"], abs=5e-5)
    for row, unit in zip(parts[1:], content["units"], strict=True):
        shown = [float(cell) for cell in row[3:9]]
        assert shown == pytest.approx([unit["parts"][name] for name in PARTS], abs=5e-7)
    for row, unit in zip(ways[1:], content["units"], strict=True):
        shown = [float(cell) for cell in row[2:]]
        assert shown == pytest.approx([unit["areas_km2"][way] for way in WAYS], abs=5e-5)
    assert [row[2] for row in sums[1:]] == [row["sum_km2"] for row in content["sums"]]


def test_the_chart_has_a_dot_for_every_unit_right_of_nil_where_it_is_too_large(
    report: AuditReport,
) -> None:
    first = re.search(r"<svg.*?</svg>", audit_html(report), re.DOTALL)
    assert first is not None
    root = ET.fromstring(first.group())  # noqa: S314  (our own text)
    space = "{http://www.w3.org/2000/svg}"
    nil = next(p for p in root.iter(f"{space}path") if p.get("stroke") == "#333333")
    at = float(re.findall(r"M([\d.]+)", str(nil.get("d")))[0])
    dots = [float(c.get("cx", "nan")) for c in root.iter(f"{space}circle")]
    assert len(dots) == len(report.units)
    for (_, unit), x in zip(tree(report.units), dots, strict=True):
        off = unit.difference_km2 / float(unit.reported)
        if abs(off) > 0.001:
            assert (x > at) == (off > 0)


def test_a_unit_without_a_sigma_has_a_dot_and_no_bar() -> None:
    units = audit(toy.catalog())
    root = ET.fromstring(svg(chart(units)))  # noqa: S314  (our own text)
    bars = [p for p in root.iter() if p.get("stroke-width") == "3"]
    assert len(bars) == sum(unit.sigma_km2 is not None for unit in units) == 1
    assert sum(element.tag.endswith("circle") for element in root.iter()) == 19


def test_the_page_is_written_where_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "audit.html"
    assert main(["audit", "--html", str(page)]) == 0
    assert capsys.readouterr() == ("", f"written: {page}\n")
    assert main(["audit", "--html", str(page), "--json"]) == 0
    assert "units" in json.loads(capsys.readouterr().out)
    assert "非法定边界" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),
    [
        (None, 2, False, "–"),
        (1.005, 2, False, "1.00"),
        (-0.0001, 2, True, "0.00"),
        (0.5, 1, True, "+0.5"),
        (-0.5, 1, True, "-0.5"),
    ],
)
def test_a_number_has_no_minus_zero(
    value: float | None, digits: int, *, signed: bool, text: str
) -> None:
    assert number(value, digits, signed=signed) == text
