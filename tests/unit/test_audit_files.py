"""The audit as workbook and PDF: read back by other programs, number by number."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import python_calamine
from pypdf.generic import NameObject

from tests.toy.layers import SHIPPED, refused
from tests.unit.test_fonts import latin_font
from tzkc_geo.audit import tree
from tzkc_geo.audit_sources import sources_used
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.cli import main
from tzkc_geo.errors import DataError
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.fonts import FontFace, find_font
from tzkc_geo.io.plan import read_extents, read_plan
from tzkc_geo.reports import (
    AuditReport,
    audit_html,
    audit_json,
    audit_pdf,
    audit_report,
    audit_xlsx,
)
from tzkc_geo.reports.audit_tables import audit_tables
from tzkc_geo.reports.cluster_map import side_text
from tzkc_geo.reports.labels import Lang

PARTS = ["projection", "rounding", "overlap", "gap", "remainder", "geometry"]
Rows = list[list[Any]]


@pytest.fixture(scope="module")
def report(real_catalog: Catalog, real_tables: Tables) -> AuditReport:
    folder = DataFolder(SHIPPED)
    extents = read_extents(folder)
    sources = sources_used(real_tables, extents)
    return audit_report(real_catalog, read_plan(folder), extents, sources)


@pytest.fixture(scope="module")
def content(report: AuditReport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(audit_json(report)))
    return found


@pytest.fixture(scope="module")
def sheets(report: AuditReport) -> dict[str, Rows]:
    return read(audit_xlsx(report, Lang.EN))


@pytest.fixture(scope="module")
def pdf(report: AuditReport) -> bytes:
    return audit_pdf(report, find_font(None))


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return pages_of(pdf)


def read(data: bytes) -> dict[str, Rows]:
    """Return the rows of every sheet below its head."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        name: [
            [None if cell == "" else cell for cell in row]
            for row in book.get_sheet_by_name(name).to_python()
        ][1:]
        for name in book.sheet_names
    }


def same(row: list[Any], expected: list[Any]) -> bool:
    """Say whether numbers are equal to the 16 digits that a workbook keeps, None where None."""
    return [x is None for x in row] == [x is None for x in expected] and all(
        a == pytest.approx(b, rel=1e-15)
        for a, b in zip(row, expected, strict=True)
        if b is not None
    )


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of every page.

    pypdf takes the codes of a font whose encoding is a stream for single bytes; they are pairs.
    """
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font.get_object()[NameObject("/Encoding")] = NameObject("/Identity-H")
    return [page.extract_text() for page in reader.pages]


def by_unit(content: dict[str, Any], report: AuditReport) -> list[dict[str, Any]]:
    found = {row["unit_id"]: row for row in content["units"]}
    return [found[unit.unit_id] for _, unit in tree(report.units)]


def test_every_number_of_a_unit_is_that_of_the_json(
    sheets: dict[str, Rows], content: dict[str, Any], report: AuditReport
) -> None:
    for row, unit in zip(sheets["units"], by_unit(content, report), strict=True):
        reach = unit["interval95_km2"] or [None, None]
        measured = [unit["measured_km2"], unit["sigma_km2"], *reach, unit["difference_km2"]]
        assert row[0] == unit["unit_id"]
        assert row[2:5] == [float(unit["reported"]), *unit["interval_km2"]]
        assert same(row[5:12], [*measured, unit["redundancy"], unit["w"]])
    for row, unit in zip(sheets["parts"], by_unit(content, report), strict=True):
        parts = [unit["difference_km2"], *(unit["parts"][name] for name in PARTS)]
        rest = [unit["ground_km2"]["uncovered"], unit["unclaimed_km2"]]
        assert same(row[2:11], [*parts, *rest])
    for row, unit in zip(sheets["areas"], by_unit(content, report), strict=True):
        assert same(row[2:], list(unit["areas_km2"].values()))


def test_every_number_of_sums_claims_and_readings_is_that_of_the_json(
    sheets: dict[str, Rows], content: dict[str, Any]
) -> None:
    for row, one in zip(sheets["sums"], content["sums"], strict=True):
        printed = [float(one["sum_km2"]), *one["interval_km2"]]
        assert [row[0], row[1], row[5]] == [
            *(one["sum_id"], ", ".join(one["unit_ids"]), one["of_unit_id"]),
        ]
        assert row[2:5] == printed
        rest = [float(one["reported"]), float(one["left_km2"]), one["share"]]
        assert same(row[6:], [*rest, one["measured_km2"], one["sigma_km2"]])
    for row, one in zip(sheets["claims"], content["claims"], strict=True):
        assert row[:2] == [one["claim_id"], one["claim"]]
        told = [None if one[key] is None else float(one[key]) for key in ("claimed", "found")]
        assert row[2:4] == told
        assert all(item["text"] in row[5] for item in one["evidence"])
    for row, one in zip(sheets["readings"], content["readings"], strict=True):
        assert row[1] == one["reading_id"]
        figures = [one["area_km2"], one["sigma_km2"], float(one["reported"])]
        assert same(row[4:8], [*figures, one["difference_km2"]])


def test_every_number_of_sides_statistics_and_sources_is_that_of_the_json(
    sheets: dict[str, Rows], content: dict[str, Any]
) -> None:
    for row, one in zip(sheets["sides"], content["sides"], strict=True):
        assert [row[0], row[2], row[3]] == [one["unit_id"], one["name_zh"], one["line_id"]]
        figures = [one["accuracy_m"], one["band_m"], one["length_m"]]
        assert same([row[5], row[6], row[8]], figures)
    told, values = content["statistics"], [row[1] for row in sheets["statistics"]]
    names = ["observations", "unknowns", "rank", "active_constraints", "degrees_of_freedom"]
    names += ["redundancy", "sigma0", "chi_square"]
    expected = [*(told[name] for name in names), *told["chi_square_95"]]
    assert same(values, expected)
    for row, one in zip(sheets["observations"], told["kinds"], strict=True):
        assert [row[1], row[2], row[6], row[8]] == [
            *(one["used"], one["left_out"], one["residual_of"], one["w_of"]),
        ]
        figures = [one["redundancy"], one["largest_residual"], one["largest_w"]]
        assert same([row[3], row[4], row[7]], figures)
    for row, one in zip(sheets["residuals"], told["residuals"], strict=True):
        assert [row[0], row[2], row[6]] == [one["id"], "yes" if one["used"] else "no", one["unit"]]
        figures = [one[key] for key in ("value", "sigma", "residual", "redundancy", "w")]
        assert same([*row[3:6], *row[7:]], figures)
    for row, one in zip(sheets["sources"], content["sources"], strict=True):
        assert row[:2] == [one["source_id"], one["title"]]
        assert row[8] == len(one["observations"])
        assert (row[7] or "") == ", ".join(one["lines"])
    assert any(content["digest"] in row[0] for row in sheets["about"])


def test_the_workbook_is_the_same_each_time_with_a_frozen_head(report: AuditReport) -> None:
    import zipfile

    data = audit_xlsx(report)
    assert audit_xlsx(report) == data
    assert list(read(data))[:3] == ["单元", "差值分解", "各种面积"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert 'state="frozen"' in first
    assert 'ySplit="1"' in first
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', first)]
    assert widths
    assert max(widths) < 62
    assert 'formatCode="+0.0000;-0.0000;0.0000"' in styles


def test_every_figure_of_every_unit_stands_in_the_pdf(
    pages: list[str], report: AuditReport
) -> None:
    table = audit_tables(report, Lang.ZH)["units"]
    rows = {row[0]: row for row in table.texts(Lang.ZH)}
    page = next(page for page in pages if "舍入下限" in page)
    for unit in report.units:
        for figure in rows[unit.unit_id][2:12]:
            assert figure in page
        assert unit.name_zh in page
    for name in ("parts", "areas", "sums", "statistics"):
        whole = "".join(pages)
        for row in audit_tables(report, Lang.ZH)[name].texts(Lang.ZH):
            assert all(cell in whole for cell in row if re.fullmatch(r"[-+]?\d+\.\d+", cell))


def test_every_cluster_has_a_sheet_with_its_sides(pages: list[str], report: AuditReport) -> None:
    clusters = [unit for unit in report.units if unit.unit_id.startswith("c0")]
    for unit in clusters:
        page = next(p for p in pages if f"{unit.unit_id} {unit.name_zh}" in p and "各边" in p)
        flat = page.replace("\n", "").replace(" ", "")
        for side in report.sides:
            if side.unit_id == unit.unit_id:
                assert side_text(side, Lang.ZH).replace(" ", "") in flat
        assert f"{unit.measured_km2:.4f} km²" in page
        assert "非法定边界" in page


def test_every_sheet_has_its_number_and_the_digest(pages: list[str], report: AuditReport) -> None:
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert report.digest[:16] in page
        assert "OpenStreetMap" in page


def test_the_font_is_embedded_and_holds_every_character(pdf: bytes, pages: list[str]) -> None:
    from fontTools.ttLib import TTCollection

    reader = pypdf.PdfReader(io.BytesIO(pdf))
    fonts = [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    ]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font
    face = find_font(None)
    known = TTCollection(face.path).fonts[face.number].getBestCmap()
    assert {c for page in pages for c in page if c != "\n"} <= {chr(code) for code in known}
    assert len(pdf) < 1_000_000  # the characters that are used, not the whole font


def test_the_pdf_is_the_same_each_time(pdf: bytes, report: AuditReport) -> None:
    assert audit_pdf(report, find_font(None)) == pdf


def test_a_font_that_lacks_a_character_is_refused(report: AuditReport, tmp_path: Path) -> None:
    font = FontFace(path=latin_font(tmp_path / "latin.ttf"), number=0)
    with pytest.raises(DataError, match=r"latin\.ttf: .* got one without '规划.*--font FILE"):
        audit_pdf(report, font)


def test_english_files_have_english_titles(report: AuditReport) -> None:
    front = pages_of(audit_pdf(report, find_font(None), Lang.EN))[0]
    assert "Audit of the plan's figures" in front
    assert "not a legal boundary" in front
    assert "Central Innovation" in front
    page = audit_html(report, Lang.EN)
    assert '<html lang="en">' in page
    assert "规划数据审计" not in page


def test_what_the_audit_says_itself_is_chinese_in_chinese_files(report: AuditReport) -> None:
    tables = audit_tables(report, Lang.ZH)
    verbatim = {e.text for claim in report.claims for e in claim.evidence}
    told = [str(row[1]) for row in tables["claims"].rows if row[1] not in verbatim]
    told += [str(row[-1]) for name in ("units", "readings") for row in tables[name].rows]
    assert len(told) > 60
    assert all(re.search("[\u4e00-\u9fff]", text) for text in told)
    rows = zip(report.readings, tables["readings"].rows, strict=True)
    assert all(row[-1] == one.words_zh for one, row in rows)
    assert all(claim.claim_zh for claim in report.claims)


def test_an_audit_without_an_adjustment_has_empty_statistics(report: AuditReport) -> None:
    bare = replace(report, statistics=None)
    assert audit_json(bare)["statistics"] is None
    assert read(audit_xlsx(bare, Lang.EN))["statistics"] == []
    assert audit_pdf(bare, find_font(None)).startswith(b"%PDF")


def test_the_command_writes_all_files_and_prints_the_same_json(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    real_catalog: Catalog,
    content: dict[str, Any],
) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)
    files = {name: tmp_path / f"audit.{name}" for name in ("html", "xlsx", "pdf")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    font = str(find_font(None).path)
    assert main(["audit", *options, "--lang", "en", "--font", font, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == content
    assert err == "".join(f"written: {path}\n" for path in files.values())
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    assert "units" in read(files["xlsx"].read_bytes())
    assert refused(capsys, "audit", "--lang", "de") == (
        "--lang: is not known, expected one of zh, en, got 'de'"
    )
    same = str(tmp_path / "one")
    assert "--html, --xlsx and --pdf" in refused(capsys, "audit", "--html", same, "--pdf", same)


@pytest.mark.parametrize("name", ["html", "xlsx", "pdf"])
def test_a_file_that_cannot_be_written_is_not_said_to_be(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    real_catalog: Catalog,
) -> None:
    monkeypatch.setattr("tzkc_geo.io.load.load", lambda _: real_catalog)
    told = refused(capsys, "audit", f"--{name}", str(tmp_path / "none" / f"a.{name}"))
    assert "written" not in told
    assert f"a.{name}" in told
