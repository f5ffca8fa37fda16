"""The countable claims: which hold, which do not, and that a changed figure changes the answer."""

from decimal import Decimal

import pytest

from tests.toy.layers import SHIPPED
from tzkc_geo.claim_terms import (
    PlanTable,
    PlanTables,
    cell,
    count,
    names,
    numeral,
    rise,
    total,
)
from tzkc_geo.claims import COUNTS, LISTS, RISES, TARGETS, ClaimCheck, check_claims
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.plan import read_plan


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    return read_plan(DataFolder(SHIPPED))


@pytest.fixture(scope="module")
def found(tables: PlanTables) -> dict[str, ClaimCheck]:
    return {row.claim_id: row for row in check_claims(tables)}


def changed(tables: PlanTables, table: str, key: str, **cells: str) -> PlanTables:
    """Return the tables with some cells of one row changed."""
    old = tables[table]
    row = {**old.rows[key], **cells}
    return {**tables, table: PlanTable(file=old.file, rows={**old.rows, key: row})}


def held(tables: PlanTables, claim: str) -> bool | None:
    return next(row.holds for row in check_claims(tables) if row.claim_id == claim)


def test_every_claim_of_the_table_is_answered_and_no_id_stands_twice(
    tables: PlanTables, found: dict[str, ClaimCheck]
) -> None:
    assert set(tables["plan/claims"].rows) <= set(found)
    assert len(check_claims(tables)) == len(found)


@pytest.mark.parametrize(
    ("claim", "figure"),
    [
        ("area-parts", "115"),
        ("clusters", "14"),
        ("clusters-2026", "10"),
        ("starter-areas", "4"),
        ("first-hubs", "4"),
        ("zones", "3"),
        ("starter-areas-named", "4"),
        ("first-hubs-named", "4"),
        ("baseline-provincial-zones", "2"),
        ("z1-carriers", "2"),
        ("frame", "4"),
        ("port-cities", "5"),
        ("target-top-talent", "10"),
        ("target-hightech-value", "400"),
        ("target-incubators", "70"),
        ("target-elite-500", "500"),
        ("box-b1-02", "9"),
        ("list-bay-industries", "4"),
        ("list-wenling-centres", "2"),
        ("list-pku-platforms", "4"),
    ],
)
def test_what_holds(found: dict[str, ClaimCheck], claim: str, figure: str) -> None:
    row = found[claim]
    assert row.holds is True
    assert row.claimed == row.found == Decimal(figure)


def test_what_does_not_hold(found: dict[str, ClaimCheck]) -> None:
    wrong = {
        row.claim_id: (str(row.claimed), str(row.found))
        for row in found.values()
        if row.holds is False
    }
    assert wrong == {
        "starter-areas-2022": ("2022", "2025"),  # 东部创新港 is one as a whole, and dated 2025
        "action-engineering-centres": ("4", "2"),  # table 2-1 rises from 7 to 9 only
        "box-b1-10-table-2-1": ("6", "7"),  # six are listed, table 2-1 prints seven
    }


@pytest.mark.parametrize("claim", ["port-chains", "target-leading-talent", "box-b2-05"])
def test_what_the_data_cannot_tell(found: dict[str, ClaimCheck], claim: str) -> None:
    row = found[claim]
    assert row.holds is None
    assert "other figure" in row.words or "examples" in row.words
    assert row.evidence


def test_every_claim_shows_rows_that_are_there_word_for_word(
    tables: PlanTables, found: dict[str, ClaimCheck]
) -> None:
    for row in found.values():
        assert row.evidence
        for item in row.evidence:
            cells = tables[item.file.removesuffix(".csv")].rows[item.key]
            assert item.text
            assert any(cell and cell in item.text for cell in cells.values())


def test_the_build_out_column_is_the_evidence_of_the_ten(found: dict[str, ClaimCheck]) -> None:
    units = [item for item in found["clusters-2026"].evidence if item.file == "units.csv"]
    numbers = (1, 2, 3, 4, 8, 9, 10, 12, 13, 14)
    assert [item.key for item in units] == [f"c{number:02d}" for number in numbers]
    assert all("年建成" in item.text for item in units)


def test_the_starter_areas_are_shown_with_the_dates_of_their_clusters(
    found: dict[str, ClaimCheck],
) -> None:
    keys = {item.key for item in found["starter-areas-2022"].evidence}
    assert keys == {
        "starter-areas-2022",
        *(f"starter-c{number:02d}" for number in (1, 4, 8, 11)),
        *(f"c{number:02d}" for number in (1, 4, 8, 11)),
    }


@pytest.mark.parametrize("claim", [*TARGETS, *RISES, *COUNTS, *LISTS, "area-core", "area-parts"])
def test_another_figure_in_the_text_is_noticed(tables: PlanTables, claim: str) -> None:
    before = held(tables, claim)
    assert held(changed(tables, "plan/claims", claim, value="98765"), claim) is False
    assert before is not None


def test_where_no_starter_area_is_a_whole_cluster_its_date_tells_nothing(
    tables: PlanTables,
) -> None:
    other = changed(tables, "plan/starter_areas", "starter-c04", extent="place in the unit")
    assert held(other, "starter-areas-2022") is None
    early = changed(tables, "units", "c04", build_out_year="2022")
    assert held(early, "starter-areas-2022") is True


def test_a_starter_area_of_another_name_is_missed(tables: PlanTables) -> None:
    other = changed(tables, "plan/starter_areas", "starter-c08", name_zh="梦幻园")
    assert held(other, "starter-areas-named") is False
    assert held(other, "starter-areas") is True


def test_a_figure_that_is_gone_leaves_the_claim_open(tables: PlanTables) -> None:
    other = changed(tables, "plan/table_2_1", "21", value_2021="-")
    assert held(other, "target-top-talent") is None


def test_a_row_that_is_gone_is_named(tables: PlanTables) -> None:
    old = tables["plan/table_2_1"]
    rest = {key: row for key, row in old.rows.items() if key != "21"}
    with pytest.raises(UnknownIdError, match=r"plan/table_2_1\.csv: row '21' is missing"):
        check_claims({**tables, "plan/table_2_1": PlanTable(file=old.file, rows=rest)})


def test_a_table_that_is_gone_is_named(tables: PlanTables) -> None:
    rest = {name: table for name, table in tables.items() if name != "plan/port_cities"}
    with pytest.raises(UnknownIdError, match=r"plan/port_cities\.csv: table is missing"):
        check_claims(rest)


TOY: PlanTables = {
    "t": PlanTable(
        file="t.csv",
        rows={
            "a": {
                "name_zh": "甲",
                "kind": "x",
                "area": "1.10",
                "text_zh": "发展甲、乙和丙三大产业。",
            },
            "b": {"name_zh": "乙", "kind": "y", "area": "2.2", "text_zh": "甲、乙"},
            "c": {"name_zh": "丙", "kind": "x", "area": "2 to 3", "text_zh": "无"},
        },
    ),
    "plan/table_2_1": PlanTable(
        file="plan/table_2_1.csv",
        rows={
            "1": {"indicator_zh": "甲", "value_2021": "2.15", "value_2026": "3.35", "unit_zh": "%"}
        },
    ),
}


def test_terms_by_hand() -> None:
    assert cell("t", "a", "area")(TOY).value == Decimal("1.10")
    assert cell("t", "c", "area")(TOY).value is None  # a range is no figure
    assert count("t", kind="x")(TOY).value == 2
    assert [item.key for item in count("t", kind="x")(TOY).evidence] == ["a", "c"]
    assert str(total("t", "area", kind="y")(TOY).value) == "2.2"
    assert rise("1")(TOY).value == Decimal("1.20")
    assert names("t", "a", "text_zh", "发展(.+)三大产业")(TOY).value == 3
    assert numeral("t", "a", "text_zh", "(.)大产业")(TOY).value == 3
    assert names("t", "c", "text_zh", "发展(.+)三大产业")(TOY).value is None
    assert numeral("t", "c", "text_zh", "(.)大产业")(TOY).value is None
