"""The words of the language: sides, keywords, kinds of limit, numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tzkc_geo.model import Side

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDES: Final[Mapping[str, Side]] = dict(zip("东南西北", Side, strict=True))
LETTERS: Final[Mapping[Side, str]] = dict(zip(Side, "东南西北", strict=True))
OPPOSITE: Final[Mapping[Side, Side]] = dict(
    zip(Side, (Side.WEST, Side.NORTH, Side.EAST, Side.SOUTH), strict=True)
)
INCLUDES: Final = "包括"
HEADING: Final = "规划范围"
COMMAS: Final = ("，", ",")
MARKS: Final = (*COMMAS, "、", "。")
QUALIFIERS: Final = ("台州湾新区", "椒江区", "黄岩区", "路桥区")
AREAS: Final = frozenset(  # 椒江 alone is the river
    {"临海", "温岭", "玉环", "三门", "天台", "仙居", "黄岩", "路桥"}
    | {"临海市", "温岭市", "玉环市", "三门县", "天台县", "仙居县", *QUALIFIERS}
)
NUMERALS: Final[Mapping[str, int]] = {"两": 2} | {
    numeral: value for value, numeral in enumerate("一二三四五六七八九", start=1)
}
COMMON: Final = frozenset(
    {"路", "道路", "支路", "大道", "公路", "高速公路", "高速", "快速路", "国道", "省道"}
    | {"铁路", "高铁", "河", "河道", "河流", "边界"}
)


class LimitKind(StrEnum):
    """What a limit seems to be, from the ending of its name."""

    ROAD = "road"
    WATER = "water"
    RAIL = "rail"
    BORDER = "border"
    ESTATE = "estate"
    PLACE = "place"


ENDINGS: Final = (  # the first that fits counts, so 铁路 stands before 路
    (LimitKind.BORDER, ("边界", "区界", "县界", "市界", "镇界")),
    (LimitKind.RAIL, ("铁路", "铁路线", "高铁", "S1线", "S2线")),
    (LimitKind.WATER, (*"江河浦溪湖泾渠海湾岸", "岸线", "河道", "河流", "水库")),
    (LimitKind.ROAD, ("路", "大道", "街", "线", "高速", "国道", "省道", "桥", "巷", "隧道")),
    (LimitKind.ESTATE, ("小区", "社区", "新村", "花园", "家园", "公寓")),
)


def limit_kind(limit_zh: str) -> LimitKind:
    """Return what a limit seems to be; a name without a known ending is a place.

    A guess from the words alone. 椒江 is taken for the river, 临海 for the border of that city.

    Examples
    --------
    >>> [limit_kind(name).value for name in ("椒金线", "南官河", "杭台铁路", "临海")]
    ['road', 'water', 'rail', 'border']
    >>> [limit_kind(name).value for name in ("珠东小区", "模具博览城")]
    ['estate', 'place']
    """
    if limit_zh in AREAS:
        return LimitKind.BORDER
    fits = (kind for kind, endings in ENDINGS if limit_zh.endswith(endings))
    return next(fits, LimitKind.PLACE)


def split_qualifier(name_zh: str) -> tuple[str, str]:
    """Return the district before a limit (empty if none) and the limit.

    Examples
    --------
    >>> split_qualifier("路桥区园区南路")
    ('路桥区', '园区南路')
    >>> split_qualifier("黄岩区")
    ('', '黄岩区')
    """
    for district in QUALIFIERS:
        if name_zh.startswith(district) and name_zh != district:
            return district, name_zh.removeprefix(district)
    return "", name_zh


def parts_count(word: str) -> int | None:
    """Return the number in 「分…片布局」, from 2 to 99, or None for any other word.

    Examples
    --------
    >>> [parts_count(word) for word in ("分两片布局", "分3片布局", "分十二片布局", "分水路")]
    [2, 3, 12, None]
    """
    if not (word.startswith("分") and word.endswith("片布局")):
        return None
    number = _number(word.removeprefix("分").removesuffix("片布局"))
    return number if number is not None and number > 1 else None


def _number(text: str) -> int | None:
    """Return a number written in one or two figures or in Chinese numerals below a hundred."""
    if text.isdecimal() and len(text) in {1, 2}:
        return int(text)
    if text in NUMERALS:
        return NUMERALS[text]
    tens, ten, ones = text.partition("十")
    if ten and (not tens or tens in NUMERALS) and (not ones or ones in NUMERALS):
        return 10 * NUMERALS.get(tens, 1) + NUMERALS.get(ones, 0)
    return None
