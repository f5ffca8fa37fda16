"""The guide to the data names every file, column and value that there is, and no other."""

import csv
import re

import pytest

from tests.toy.layers import SHIPPED
from tzkc_geo.io import parsers
from tzkc_geo.io.folder import SHAPES, TABLES
from tzkc_geo.model import (
    Certainty,
    ConstraintKind,
    ExceptionKind,
    LineKind,
    ObservationKind,
    Side,
    UnitKind,
)
from tzkc_geo.transport import BarrierKind, Grounds, JunctionKind, LinkClass

TEXT = (SHIPPED / "README.md").read_text(encoding="utf-8")
ROWS = {
    words[0]: words[1:]
    for line in TEXT.splitlines()
    if line.startswith("| `") and (words := re.findall(r"`([^`]+)`", line))
}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_named_in_its_order(name: str) -> None:
    with (SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert ROWS[f"{name}.csv"] == header
    assert list(getattr(parsers, name.upper())) == header


def test_every_file_is_named() -> None:
    files = {path.name for path in SHIPPED.iterdir() if path.suffix in {".csv", ".geojson"}}
    assert files <= ROWS.keys()
    assert {f"{name}.geojson" for name in SHAPES} <= ROWS.keys()
    assert {path.name for path in (SHIPPED / "derived").iterdir()} == set(ROWS["derived/"])


@pytest.mark.parametrize(
    "kinds",
    [
        *(BarrierKind, Certainty, ConstraintKind, ExceptionKind, Grounds, JunctionKind, LineKind),
        *(LinkClass, ObservationKind, Side, UnitKind),
    ],
)
def test_every_value_is_named(kinds: type[LineKind]) -> None:
    values = TEXT.partition("What the cells may hold")[2]
    assert [kind for kind in kinds if f"`{kind}`" not in values] == []


def test_every_edge_of_a_clause_is_named() -> None:
    with (SHIPPED / "clauses.csv").open(encoding="utf-8", newline="") as file:
        edges = {row["edge"] for row in csv.DictReader(file)}
    assert [edge for edge in sorted(edges) if f"`{edge}`" not in TEXT] == []


def test_every_id_of_a_decision_is_a_unit() -> None:
    with (SHIPPED / "units.csv").open(encoding="utf-8", newline="") as file:
        known = {row["unit_id"] for row in csv.DictReader(file)}
    assert set(re.findall(r"\bc\d\d\b", TEXT)) <= known


def test_no_area_is_typed_by_hand() -> None:
    assert re.findall(r"\d[\d.,]*\s*km²", TEXT) == []
