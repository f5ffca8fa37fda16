"""The 15 descriptions of the plan read by hand, the rules of the language, and its refusals."""

from __future__ import annotations

import doctest
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import tzkc_geo.clauses
from tzkc_geo.clauses import (
    LimitKind,
    canonical,
    format_description,
    limit_kind,
    parse,
    tokens,
    words,
)
from tzkc_geo.errors import ClauseError
from tzkc_geo.model import Side

if TYPE_CHECKING:
    from types import ModuleType

# Table 3-2 of the plan and the sentence on the corridor, verbatim, with the sides read by hand.
PLAN = {
    "corridor": (
        "东至沿海高速，南至路桥区园区南路，西至黄岩区剑山路，北至椒北快速路。",
        "east 沿海高速 | south 园区南路 | west 剑山路 | north 椒北快速路",
    ),
    "c01": (
        "东至椒金线，南至一江山大道，西至东环大道，北至市府大道。",
        "east 椒金线 | south 一江山大道 | west 东环大道 | north 市府大道",
    ),
    "c02": (
        "东至中心大道，南至东海大道、体育场路，西至杭台铁路，北至市府大道、东平路。",
        "east 中心大道 | south 东海大道 体育场路 | west 杭台铁路 | north 市府大道 东平路",
    ),
    "c03": (
        "东至机场路，南至汇丰路，西至台州大道，北至高闸浦，包括洪家场浦沿河两岸区域。",
        "east 机场路 | south 汇丰路 | west 台州大道 | north 高闸浦",
    ),
    "c04": (
        "东至沿海高速，南至市府大道，西至安康路，北至椒江。",
        "east 沿海高速 | south 市府大道 | west 安康路 | north 椒江",
    ),
    "c05": (
        "东至九条河，西至东联线，南至开发大道，北至高闸浦。",
        "east 九条河 | west 东联线 | south 开发大道 | north 高闸浦",
    ),
    "c06": ("椒江北岸前所，椒江二桥以东、安海路以北。", "west 椒江二桥 | south 安海路"),
    "c07": ("椒江北岸章安，分两片布局。", ""),
    "c08": (
        "东至椒江，北至临海，西至新洋环路，南至黄椒路。",
        "east 椒江 | north 临海 | west 新洋环路 | south 黄椒路",
    ),
    "c09": (
        "北至模具博览城，南至环城北路，东至永宁江，西至高速公路。",
        "north 模具博览城 | south 环城北路 | east 永宁江 | west 高速公路",
    ),
    "c10": (
        "东至惠民路，北至规划路，西至规划路，南至建业路。",
        "east 惠民路 | north 规划路 | west 规划路 | south 建业路",
    ),
    "c11": (
        "东至桐东线，南至内环南路，西至湖滨路，北至内环北路。",
        "east 桐东线 | south 内环南路 | west 湖滨路 | north 内环北路",
    ),
    "c12": (
        "东至财富大道，南至路路，西至京岗线，北至内环南路。",
        "east 财富大道 | south 路路 | west 京岗线 | north 内环南路",
    ),
    "c13": (
        "东至前进路、珠东小区，南至腾达路，西至珠光街，北至跃龙路。",
        "east 前进路 珠东小区 | south 腾达路 | west 珠光街 | north 跃龙路",
    ),
    "c14": (
        "东至内环路，南至新横大道、园区南路，西至南官河，北至纬四路。",
        "east 内环路 | south 新横大道 园区南路 | west 南官河 | north 纬四路",
    ),
}
TEXTS = [pytest.param(text, id=unit) for unit, (text, _) in PLAN.items()]
C02 = PLAN["c02"][0]


def limits(text: str) -> list[tuple[Side, int, str]]:
    return [(clause.side, clause.step, clause.limit_zh) for clause in parse(text).clauses]


def by_hand(sides: str) -> list[tuple[Side, int, str]]:
    return [
        (Side(side), step, limit)
        for side, *names in (part.split() for part in sides.split("|") if part)
        for step, limit in enumerate(names, start=1)
    ]


@pytest.mark.parametrize("unit", PLAN)
def test_the_sides_of_the_plan_are_those_read_by_hand(unit: str) -> None:
    text, sides = PLAN[unit]
    assert limits(text) == by_hand(sides)


def test_the_plan_gives_54_sides_in_58_steps() -> None:
    clauses = [clause for text, _ in PLAN.values() for clause in parse(text).clauses]
    assert len([clause for clause in clauses if clause.step == 1]) == 54
    assert len(clauses) == 58


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_the_plan_comes_back_verbatim(text: str) -> None:
    assert format_description(parse(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_every_clause_is_the_stretch_of_the_text_that_it_says(text: str) -> None:
    for clause in parse(text).clauses:
        assert text[clause.start : clause.end] == clause.text_zh


def test_a_stepped_side_is_cut_at_its_mark() -> None:
    south = parse(C02).on(Side.SOUTH)
    assert [(clause.text_zh, clause.start, clause.end) for clause in south] == [
        ("南至东海大道", 7, 13),
        ("体育场路", 14, 18),
    ]


def test_east_of_a_limit_makes_it_the_west_limit() -> None:
    assert limits("甲以东、乙以南、丙以西、丁以北。") == [
        (Side.WEST, 1, "甲"),
        (Side.NORTH, 1, "乙"),
        (Side.EAST, 1, "丙"),
        (Side.SOUTH, 1, "丁"),
    ]


def test_east_of_two_limits_makes_them_steps_of_the_west_side() -> None:
    assert limits("甲、乙以东，南至丙、丁，戊以南。") == [
        (Side.WEST, 1, "甲"),
        (Side.WEST, 2, "乙"),
        (Side.SOUTH, 1, "丙"),
        (Side.SOUTH, 2, "丁"),
        (Side.NORTH, 1, "戊"),
    ]


def test_after_a_comma_of_the_list_a_limit_with_its_own_side_is_no_step() -> None:
    assert limits("南至甲、乙、丙以东、北至丁") == [
        (Side.SOUTH, 1, "甲"),
        (Side.SOUTH, 2, "乙"),
        (Side.WEST, 1, "丙"),
        (Side.NORTH, 1, "丁"),
    ]


def test_only_clusters_6_and_7_have_words_before_the_sides() -> None:
    prefixes = {unit: parse(text).prefix for unit, (text, _) in PLAN.items()}
    assert {unit: prefix for unit, prefix in prefixes.items() if prefix} == {
        "c06": "椒江北岸前所",
        "c07": "椒江北岸章安",
    }


def test_only_cluster_7_lies_in_parts_and_only_cluster_3_includes() -> None:
    read = {unit: parse(text) for unit, (text, _) in PLAN.items()}
    assert {unit: d.parts for unit, d in read.items() if d.parts != 1} == {"c07": 2}
    includes = {unit: d.includes for unit, d in read.items() if d.includes}
    assert includes == {"c03": ("洪家场浦沿河两岸区域",)}


@pytest.mark.parametrize(
    ("numeral", "parts"),
    [
        ("两", 2),
        ("二", 2),
        ("三", 3),
        ("九", 9),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("2", 2),
        ("12", 12),
        ("\uff13", 3),
    ],
)
def test_parts_are_counted_in_chinese_numerals_and_figures(numeral: str, parts: int) -> None:
    text = f"分{numeral}片布局"
    assert parse(text).parts == parts
    assert format_description(parse(text)) == text


@pytest.mark.parametrize("numeral", ["", "一", "1", "0", "多", "百", "100", "十十", "两两", "²"])
def test_a_layout_in_no_known_number_of_parts_is_refused(numeral: str) -> None:
    with pytest.raises(ClauseError, match=r"character '分' at position 4 "):
        parse(f"章安，分{numeral}片布局。")


def test_the_sides_without_a_name_are_those_of_clusters_9_and_10() -> None:
    unnamed = [
        (unit, clause.side, clause.limit_zh, clause.kind)
        for unit, (text, _) in PLAN.items()
        for clause in parse(text).clauses
        if not clause.named
    ]
    assert unnamed == [
        ("c09", Side.WEST, "高速公路", LimitKind.ROAD),
        ("c10", Side.NORTH, "规划路", LimitKind.ROAD),
        ("c10", Side.WEST, "规划路", LimitKind.ROAD),
    ]


def test_the_limits_of_the_plan_that_are_no_roads() -> None:
    kinds = {
        clause.limit_zh: clause.kind.value
        for text, _ in PLAN.values()
        for clause in parse(text).clauses
        if clause.kind is not LimitKind.ROAD
    }
    assert kinds == {
        "杭台铁路": "rail",
        "高闸浦": "water",
        "椒江": "water",
        "九条河": "water",
        "永宁江": "water",
        "南官河": "water",
        "临海": "border",
        "模具博览城": "place",
        "珠东小区": "estate",
    }


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        ("S1线", "rail"),
        ("杭台高铁", "rail"),
        ("椒江区", "border"),
        ("临海市界", "border"),
        ("台州湾岸线", "water"),
        ("规划河道", "water"),
        ("椒江二桥", "road"),
        ("路路", "road"),
        ("园区", "place"),
        ("台州西站", "place"),
        ("东浦未来社区", "estate"),
    ],
)
def test_a_limit_is_what_its_ending_says(limit: str, kind: str) -> None:
    assert limit_kind(limit) == kind


def test_the_district_before_a_limit_is_its_qualifier() -> None:
    corridor = parse(PLAN["corridor"][0])
    assert [(c.qualifier_zh, c.limit_zh, c.name_zh) for c in corridor.clauses[1:3]] == [
        ("路桥区", "园区南路", "路桥区园区南路"),
        ("黄岩区", "剑山路", "黄岩区剑山路"),
    ]
    assert [c.qualifier_zh for c in parse("东至黄岩区,南至路桥大道").clauses] == ["", ""]


def test_the_words_of_the_sentence_on_the_corridor_may_stand_before_its_sides() -> None:
    text = "规划范围" + PLAN["corridor"][0]
    description = parse(text)
    assert description.prefix == "规划范围"
    assert [c.meaning for c in description.clauses] == [
        c.meaning for c in parse(PLAN["corridor"][0]).clauses
    ]
    assert format_description(description) == text


def test_ascii_commas_and_a_missing_full_stop_are_kept() -> None:
    text = "前所,东至甲,南至乙、丙，包括丁、戊"
    assert format_description(parse(text)) == text
    assert parse(text).includes == ("丁", "戊")


def test_what_is_changed_in_a_clause_is_written() -> None:
    description = parse("东至甲，南至乙。")
    first, second = description.clauses
    changed = replace(description, phrases=(replace(first, limit_zh="椒金线"), second))
    assert format_description(changed) == "东至椒金线，南至乙。"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (PLAN["c09"][0], "东至永宁江，南至环城北路，西至高速公路，北至模具博览城。"),
        (PLAN["c06"][0], "椒江北岸前所，南至安海路，西至椒江二桥。"),
        (PLAN["c07"][0], PLAN["c07"][0]),
        (PLAN["c03"][0], PLAN["c03"][0]),
        ("包括甲,乙、丙以南", "北至乙、丙，包括甲。"),
    ],
)
def test_the_normal_form_has_the_sides_east_south_west_north(text: str, normal: str) -> None:
    assert canonical(parse(text)) == normal


A_MARK = "'，', '、' or '。'"
A_COMMA = "'，', '、' or '以'"
A_SIDE = "'东', '南', '西' or '北'"
A_PHRASE = "'东至', '南至', '西至', '北至', '包括', '分两片布局' or a limit with '以'"


@pytest.mark.parametrize(
    ("text", "position", "char", "expected"),
    [
        ("东至椒江上至安海路", 5, "上", A_MARK),
        ("东至椒金线南至市府大道", 6, "南", A_MARK),
        ("上至椒江", 1, "上", A_SIDE),
        ("至椒江", 1, "至", A_SIDE),
        ("甲以内。", 3, "内", A_SIDE),
        ("东至，南至甲", 3, "，", "a name"),
        ("东至甲，包括。", 7, "。", "a name"),
        ("南至甲以东", 4, "以", A_MARK),
        ("东至甲；南至乙", 4, "；", A_MARK),
        ("东至甲。南至乙", 5, "南", "the end of the text"),
        ("东至甲。\n", 5, "\n", "the end of the text"),
        ("前所。", 3, "。", A_COMMA),
        ("前所、东至甲", 4, "东", "a name"),
        ("东至甲，乙、!丙以南", 7, "!", "a name"),
        ("东至甲，乙!以南", 6, "!", "'、' or '以'"),
        ("东至甲，不包括乙", 5, "不", A_PHRASE),
        ("东至甲，南乙", 5, "南", A_PHRASE),
        ("东至甲，，南至乙", 5, "，", A_PHRASE),
        ("椒金线，南至甲", 1, "椒", A_PHRASE),
        (" 东至甲", 1, " ", A_PHRASE),
        ("分两片布局，分3片布局", 7, "分", A_PHRASE),
    ],
)
def test_a_text_that_leaves_the_language_is_refused_at_the_character(
    text: str, position: int, char: str, expected: str
) -> None:
    with pytest.raises(ClauseError) as caught:
        parse(text)
    where = f"unexpected character {char!r} at position {position} of {text!r}"
    assert str(caught.value) == f"clause text: {where}, expected {expected}"


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("东至", 3, "a name"),
        ("东至甲，包括", 7, "a name"),
        ("甲以", 3, A_SIDE),
        ("前所", 3, A_COMMA),
        ("东至甲、", 5, A_PHRASE),
        ("前所，包括甲。", 8, A_PHRASE),
    ],
)
def test_a_text_that_stops_too_early_is_refused_at_its_end(
    text: str, position: int, expected: str
) -> None:
    with pytest.raises(ClauseError) as caught:
        parse(text)
    where = f"unexpected end at position {position} of {text!r}"
    assert str(caught.value) == f"clause text: {where}, expected {expected}"


@pytest.mark.parametrize(
    ("text", "letter"), [("东至甲，南至乙，东至丙", "东"), ("东至甲，南至乙，丙以西", "西")]
)
def test_a_side_that_is_given_twice_is_refused(text: str, letter: str) -> None:
    at = text.rindex(letter) + 1
    with pytest.raises(ClauseError) as caught:
        parse(text)
    assert str(caught.value) == (
        f"clause text: character {letter!r} at position {at} of {text!r} "
        "closes the east a second time, expected once, got it at position 1 already"
    )


def test_limits_on_opposite_sides_may_be_written_with_one_letter() -> None:
    assert limits("甲以东，东至乙") == [(Side.WEST, 1, "甲"), (Side.EAST, 1, "乙")]


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ClauseError, match="clause text: empty, expected sides such as '东至"):
        parse("")


def test_of_a_long_text_the_surroundings_of_the_fault_are_shown() -> None:
    with pytest.raises(ClauseError) as caught:
        parse("东至" + "甲" * 100 + "!" + "乙" * 100)
    around = "…" + "甲" * 40 + "!" + "乙" * 39 + "…"
    assert f"unexpected character '!' at position 103 of '{around}'" in str(caught.value)


@pytest.mark.parametrize("module", [tzkc_geo.clauses, tokens, words])
def test_the_examples_of_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
