"""The transcribed tables against the plan's own words, sums and counts."""

import csv
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

BOUNDARIES = Path(__file__).resolve().parents[2] / "boundaries"
PASSAGES = Path(__file__).with_name("plan_passages.txt")

Row = dict[str, str]

KEYS = {
    "plan/boxes": "entry_id",
    "plan/claims": "claim_id",
    "plan/future_communities": "community_id",
    "plan/port_cities": "city_id",
    "plan/starter_areas": "area_id",
    "plan/table_2_1": "row",
    "plan/table_3_1": "row",
    "plan/table_3_2": "row",
    "plan/table_3_3": "row",
    "plan/table_3_4": "row",
    "plan/table_5_1": "row",
    "plan/table_notes": "note_id",
    "sources": "source_id",
    "stations": "station_id",
    "units": "unit_id",
}
PLAN_TABLES = sorted(name for name in KEYS if name.startswith("plan/"))
ZONES = ("core", "z1", "z2", "z3")
PRINTED = {
    "plan/table_2_1": (
        "printed_seq",
        "printed_domain",
        "printed_indicator",
        "printed_unit",
        "printed_2021",
        "printed_2026",
    ),
    "plan/table_3_1": ("printed_name", "printed_area_km2", "direction_zh"),
    "plan/table_3_2": (
        "printed_region",
        "printed_seq",
        "printed_name",
        "description_zh",
        "printed_area_km2",
        "direction_zh",
        "build_out_zh",
    ),
    "plan/table_3_3": (
        "printed_seq",
        "platform_zh",
        "area_zh",
        "positioning_zh",
        "direction_zh",
    ),
    "plan/table_3_4": ("printed_seq", "district_zh", "platform_zh", "direction_zh"),
    "plan/table_5_1": ("industry_zh", "focus_zh", "platforms_zh"),
}


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Return the rows of one table of ``boundaries/`` in file order."""
    with (BOUNDARIES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


@cache
def units() -> dict[str, Row]:
    """Return the units by id."""
    return {row["unit_id"]: row for row in rows("units")}


@cache
def plan_lines() -> tuple[str, ...]:
    """Return the lines of the plan without the two lines that explain the file."""
    lines = PASSAGES.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("# "))


@cache
def plan_text() -> str:
    """Return the passages run together, as a sentence runs over a page end."""
    return "".join(plan_lines())


def clusters_of(parent: str) -> list[Row]:
    """Return the clusters of the core or of one zone."""
    return [row for row in rows("units") if row["parent_id"] == parent]


def total(chosen: list[Row]) -> Decimal:
    """Return the exact sum of the areas as printed."""
    return sum((Decimal(row["reported_area_km2"]) for row in chosen), Decimal(0))


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_table_is_clean_utf8_with_unique_keys_and_full_rows(name: str) -> None:
    raw = (BOUNDARIES / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    keys = [row[KEYS[name]] for row in rows(name)]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert all(None not in row and None not in row.values() for row in rows(name))


@pytest.mark.parametrize("name", sorted(set(KEYS) - {"units"}))
def test_a_table_is_sorted_by_its_key(name: str) -> None:
    keys = [row[KEYS[name]] for row in rows(name)]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("units", 19),
        ("plan/table_2_1", 25),
        ("plan/table_3_1", 3),
        ("plan/table_3_2", 14),
        ("plan/table_3_3", 4),
        ("plan/table_3_4", 11),
        ("plan/table_5_1", 6),
        ("plan/port_cities", 5),
        ("plan/future_communities", 4),
        ("plan/starter_areas", 8),
        ("stations", 45),
    ],
)
def test_a_table_has_as_many_rows_as_the_plan(name: str, count: int) -> None:
    assert len(rows(name)) == count


@pytest.mark.parametrize("name", sorted(set(KEYS) - {"sources"}))
def test_every_source_id_resolves(name: str) -> None:
    known = {row["source_id"] for row in rows("sources")}
    assert {row["source_id"] for row in rows(name)} <= known


@pytest.mark.parametrize("name", PLAN_TABLES)
def test_every_plan_row_cites_the_plan(name: str) -> None:
    assert {row["source_id"] for row in rows(name)} == {"plan-2022"}
    assert all(row["cite"] or row["note"] for row in rows(name))


def test_the_units_stand_in_the_order_of_the_plan() -> None:
    clusters = [f"c{seq:02d}" for seq in range(1, 15)]
    assert [row["unit_id"] for row in rows("units")] == ["corridor", *ZONES, *clusters]


def test_the_four_parts_sum_to_the_corridor() -> None:
    assert [units()[part]["reported_area_km2"] for part in ZONES] == ["41", "24", "28", "22"]
    assert {units()[part]["parent_id"] for part in ZONES} == {"corridor"}
    assert total([units()[part] for part in ZONES]) == Decimal(115)
    assert units()["corridor"]["reported_area_km2"] == "115"


@pytest.mark.parametrize(
    ("parent", "count", "area"),
    [("core", 3, "26.08"), ("z1", 4, "16.80"), ("z2", 3, "25.02"), ("z3", 4, "17.19")],
)
def test_the_clusters_of_a_part_have_its_known_sum(parent: str, count: int, area: str) -> None:
    assert len(clusters_of(parent)) == count
    assert total(clusters_of(parent)) == Decimal(area)
    assert total(clusters_of(parent)) <= Decimal(units()[parent]["reported_area_km2"])


def test_all_clusters_sum_to_85_09() -> None:
    assert total([row for row in rows("units") if row["kind"] == "cluster"]) == Decimal("85.09")


def test_ten_clusters_are_dated_2025_or_earlier() -> None:
    years = {row["unit_id"]: row["build_out_year"] for row in rows("units") if row["parent_id"]}
    early = {unit for unit, year in years.items() if year and int(year) <= 2025}
    late = {unit for unit, year in years.items() if year and int(year) > 2025}
    assert early == {f"c{seq:02d}" for seq in (1, 2, 3, 4, 8, 9, 10, 12, 13, 14)}
    assert late == {"c05", "c06", "c11"}
    assert units()["c07"]["build_out_zh"] == "远期谋划。"


@pytest.mark.parametrize("seq", range(1, 15))
def test_the_year_of_a_cluster_is_the_year_that_its_text_opens_with(seq: int) -> None:
    row = units()[f"c{seq:02d}"]
    found = re.match(r"规划 (\d{4}) 年建成", row["build_out_zh"])
    assert (found.group(1) if found else "") == row["build_out_year"]


@pytest.mark.parametrize("seq", range(1, 15))
def test_a_unit_repeats_its_row_of_table_3_2(seq: int) -> None:
    printed = rows("plan/table_3_2")[seq - 1]
    unit = units()[printed["unit_id"]]
    assert printed["printed_seq"] == str(seq)
    assert unit["unit_id"] == f"c{seq:02d}"
    assert unit["reported_area_km2"] == printed["printed_area_km2"]
    for column in ("description_zh", "direction_zh", "build_out_zh"):
        assert unit[column] == printed[column]
    names = {unit["name_zh"], *unit["aliases"].split(";")}
    assert printed["printed_name"] in names


def test_the_zones_repeat_table_3_1() -> None:
    for printed in rows("plan/table_3_1"):
        unit = units()[printed["unit_id"]]
        assert unit["name_zh"] == printed["printed_name"].replace(" ", "")
        assert unit["reported_area_km2"] == printed["printed_area_km2"]
        assert unit["direction_zh"] == printed["direction_zh"]


def test_the_districts_of_a_unit_lie_in_those_of_its_parent() -> None:
    for row in rows("units"):
        own = set(row["districts"].split(";"))
        assert own <= {"jiaojiang", "huangyan", "luqiao"}
        if row["parent_id"]:
            assert own <= set(units()[row["parent_id"]]["districts"].split(";"))


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_the_printed_cells_of_a_row_make_one_line_of_the_plan(name: str) -> None:
    lines = set(plan_lines())
    for row in rows(name):
        assert "\t".join(row[column] for column in PRINTED[name]) in lines


@pytest.mark.parametrize("name", [*PLAN_TABLES, "units"])
def test_every_verbatim_cell_stands_in_the_plan(name: str) -> None:
    for row in rows(name):
        for column, cell in row.items():
            if column.endswith("_zh") and not (name == "units" and column == "name_zh"):
                assert cell in plan_text(), f"{row[KEYS[name]]}: {column}"


def test_every_name_of_a_unit_stands_in_the_plan() -> None:
    unspaced = plan_text().replace(" ", "")
    for row in rows("units"):
        assert row["name_zh"] in unspaced


def test_only_an_alias_with_a_note_is_missing_in_the_plan() -> None:
    for row in rows("units"):
        for alias in filter(None, row["aliases"].split(";")):
            assert alias in plan_text() or f"alias {alias}" in row["note"]


def test_table_2_1_has_23_numbers_and_two_sub_rows_below_the_sixth() -> None:
    numbers = [row["printed_seq"] for row in rows("plan/table_2_1")]
    assert [seq for seq in numbers if seq] == [str(seq) for seq in range(1, 24)]
    assert [place for place, seq in enumerate(numbers, start=1) if not seq] == [7, 8]


def test_table_2_1_marks_four_values_of_2020() -> None:
    starred = [row for row in rows("plan/table_2_1") if row["printed_2021"].startswith("*")]
    assert [row["printed_seq"] for row in starred] == ["2", "10", "15", "18"]
    for row in rows("plan/table_2_1"):
        assert row["base_year"] == ("2020" if row in starred else "2021")


def test_the_shifted_row_of_table_2_1_is_kept_and_read() -> None:
    row = rows("plan/table_2_1")[8]
    assert [row[column] for column in PRINTED["plan/table_2_1"]] == [
        "7",
        "万人发明专利拥有量",
        "件",
        "36.5",
        "40",
        "",
    ]
    read = ("domain_zh", "indicator_zh", "unit_zh", "value_2021", "value_2026")
    assert [row[column] for column in read] == [
        "技术创新策源",
        "万人发明专利拥有量",
        "件",
        "36.5",
        "40",
    ]
    assert "fault" in row["note"]


def test_only_the_last_indicator_has_no_figures() -> None:
    *figures, last = rows("plan/table_2_1")
    assert all(Decimal(row["value_2021"]) < Decimal(row["value_2026"]) for row in figures)
    assert (last["value_2021"], last["value_2026"]) == ("", "")
    assert last["printed_2026"] == "稳步提升"


def test_the_talent_targets_are_the_rises_of_table_2_1() -> None:
    by_seq = {row["printed_seq"]: row for row in rows("plan/table_2_1")}
    claims = {row["claim_id"]: row for row in rows("plan/claims")}
    for seq, claim in (("19", "target-top-talent"), ("20", "target-elite-500")):
        row = by_seq[seq]
        rise = Decimal(row["value_2026"]) - Decimal(row["value_2021"])
        assert rise == Decimal(claims[claim]["value"])


def test_table_3_4_has_six_blocks_and_five_parks() -> None:
    groups = Counter(row["group_zh"] for row in rows("plan/table_3_4"))
    assert groups == {"重点创新区块": 6, "重点产业园区": 5}
    for row in rows("plan/table_3_4"):
        assert f"{row['printed_group_seq']}\t{row['group_zh']}\t\t" in plan_lines()


def test_there_are_five_boxes_with_consecutive_entries() -> None:
    counts = Counter(row["box"] for row in rows("plan/boxes"))
    assert counts == {"1": 11, "2": 6, "3": 6, "4": 7, "5": 7}
    for box, count in counts.items():
        ids = [row["entry_id"] for row in rows("plan/boxes") if row["box"] == box]
        assert ids == [f"b{box}-{entry:02d}" for entry in range(1, count + 1)]


def test_a_box_that_says_gong_lists_as_many_names_as_it_says() -> None:
    whole = [row for row in rows("plan/boxes") if row["listing"] == "all"]
    for row in whole:
        listed = row["text_zh"].split("共")[0].split("、")
        assert len(listed) == int(row["stated_count"]), row["entry_id"]
    assert len(whole) == 8


def test_four_starter_areas_and_four_hubs_stand_in_their_clusters() -> None:
    columns = {"starter_area": "starter_area_zh", "first_hub": "first_hub_zh"}
    counts = Counter(row["kind"] for row in rows("plan/starter_areas"))
    assert counts == {"starter_area": 4, "first_hub": 4}
    for kind, column in columns.items():
        placed = {row["unit_id"]: row[column] for row in rows("units") if row[column]}
        listed = [row for row in rows("plan/starter_areas") if row["kind"] == kind]
        assert placed == {row["unit_id"]: row["name_zh"] for row in listed}
        assert all(units()[unit]["kind"] == "cluster" for unit in placed)


@pytest.mark.parametrize("area", [f"hub-c{seq:02d}" for seq in (1, 3, 8, 13)])
def test_a_first_hub_is_named_in_the_row_of_its_cluster(area: str) -> None:
    row = next(row for row in rows("plan/starter_areas") if row["area_id"] == area)
    assert row["name_zh"] in units()[row["unit_id"]]["build_out_zh"]
    assert "首聚地" in row["state_zh"]


@pytest.mark.parametrize("area", [f"starter-c{seq:02d}" for seq in (1, 4, 8, 11)])
def test_a_starter_area_is_named_in_the_row_of_its_cluster(area: str) -> None:
    row = next(row for row in rows("plan/starter_areas") if row["area_id"] == area)
    unit = units()[row["unit_id"]]
    assert row["state_zh"] in unit["build_out_zh"]
    assert "首建区" in row["state_zh"]
    # Cluster 4 is one as a whole, so that its text says 整体 and not its own name.
    named = unit["name_zh"] if row["extent"] == "the whole unit" else unit["build_out_zh"]
    assert row["name_zh"] in named


def test_the_claims_of_the_plan_agree_with_the_tables() -> None:
    value = {row["claim_id"]: row["value"] for row in rows("plan/claims")}
    kinds = Counter(row["kind"] for row in rows("plan/starter_areas"))
    assert value["area-corridor"] == value["area-parts"] == units()["corridor"]["reported_area_km2"]
    for part in ZONES:
        assert value[f"area-{part}"] == units()[part]["reported_area_km2"]
    assert int(value["clusters"]) == len(rows("plan/table_3_2"))
    assert int(value["starter-areas"]) == kinds["starter_area"]
    assert int(value["first-hubs"]) == kinds["first_hub"]
    assert int(value["port-cities"]) == len(rows("plan/port_cities"))
    assert int(value["action-community-pilots"]) == len(rows("plan/future_communities"))


def test_the_value_of_a_claim_is_a_figure_of_its_sentence() -> None:
    in_words = {
        "frame": "东至",
        "zones": "三大",
        "port-cities": "五大",
        "port-chains": "十链",
        "baseline-provincial-zones": "两家",
        "z1-carriers": "两大",
        "target-fiscal-input": "翻番",
        "action-flagship-platforms": "2—3",
        "action-community-pilots": "椒江心海社区、黄岩东浦社区、路桥凤栖社区、台州湾新区沙北社区",
        "action-community-scenes": "九大",
        "transport-metropolis": "1 小时",
        "transport-provincial-capital": "省城及周边城市 1 小时",
        "transport-delta-centres": "长三角中心城市 2 小时",
    }
    for row in rows("plan/claims"):
        if row["claim_id"] in in_words:
            assert in_words[row["claim_id"]] in row["text_zh"], row["claim_id"]
        else:
            assert row["value"] in re.findall(r"\d+(?:\.\d+)?", row["text_zh"]), row["claim_id"]


def test_the_conversion_faults_are_kept() -> None:
    by_unit = {row["unit_id"]: row for row in rows("plan/table_3_2")}
    assert "台州莱根发展创新中心" in by_unit["c01"]["direction_zh"]
    assert "南至路路" in by_unit["c12"]["description_zh"]
    assert by_unit["c12"]["printed_name"] == "飞龙双创服务社区"
    assert units()["c12"]["name_zh"] == "飞龙湖双创服务社区"
    strays = [row["text_zh"] for row in rows("plan/table_notes") if " and " in row["text_zh"]]
    assert len(strays) == 4
