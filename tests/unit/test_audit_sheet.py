"""The workbook of the audit says what its JSON says, number by number."""

import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.reports.audit_sheet import OBSERVATIONS, SHEETS


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], CalamineWorkbook]:
    """Write the workbook and the JSON of one run."""
    path = tmp_path_factory.mktemp("audit") / "audit.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        told: list[str] = []
        patch.setattr("tzkc_geo.cli.show.as_json", lambda content: told.append(json.dumps(content)))
        assert main(["audit", "--xlsx", str(path), "--json"]) == 0
    return json.loads(told[0]), CalamineWorkbook.from_path(str(path))


def rows(book: CalamineWorkbook, title: str) -> list[dict[str, Any]]:
    head, *lines = book.get_sheet_by_name(title).to_python()
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def leaf(item: object, name: str) -> object:
    """Return the value of the JSON that a column of the workbook is named after."""
    for step in name.split("."):
        if isinstance(item, list):
            item = item[("low", "high").index(step)]
        else:
            assert isinstance(item, dict)
            item = item[step]
    return item


@pytest.mark.parametrize("key", SHEETS)
def test_every_number_of_the_json_stands_in_the_workbook(
    key: str, outputs: tuple[dict[str, Any], CalamineWorkbook]
) -> None:
    content, book = outputs
    read = rows(book, SHEETS[key])
    assert len(read) == len(content[key]) > 0
    compared = 0
    for item, line in zip(content[key], read, strict=True):
        for name, cell in line.items():
            value = leaf(item, name)
            if isinstance(value, float | int) and not isinstance(value, bool):
                assert cell == pytest.approx(value, rel=1e-15), name
                compared += 1
            elif isinstance(value, str):
                assert cell == value
    assert compared > 0 or key == "claims"


def test_the_observations_are_those_of_the_adjustment(
    outputs: tuple[dict[str, Any], CalamineWorkbook], real_catalog: Catalog
) -> None:
    read = rows(outputs[1], OBSERVATIONS)
    known = real_catalog.adjustment["observations"]  # of another build, equal to its last digits
    assert [line["id"] for line in read] == [row["id"] for row in known]
    for line, row in zip(read, known, strict=True):
        for name in ("value", "sigma", "residual", "redundancy", "w"):
            expected = "" if row[name] is None else pytest.approx(row[name], rel=1e-6, abs=1e-9)
            assert line[name] == expected


def test_a_text_that_looks_like_a_number_stays_a_text(
    outputs: tuple[dict[str, Any], CalamineWorkbook],
) -> None:
    read = rows(outputs[1], SHEETS["units"])
    assert [line["reported"] for line in read][:2] == ["115", "41"]


def test_where_it_cannot_be_written_nothing_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--xlsx", str(tmp_path / "none" / "audit.xlsx")]) == 2
    assert "written" not in capsys.readouterr().err
