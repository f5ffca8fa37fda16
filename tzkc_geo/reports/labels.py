"""The words of a report in Chinese and in English."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lang(StrEnum):
    """The language of a report."""

    ZH = "zh"
    EN = "en"

    def pick(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return zh if self is Lang.ZH else en

    def term(self, terms: Mapping[object, str], key: object) -> str:
        """Return a term: from the table in Chinese, the code itself in English."""
        return terms[key] if self is Lang.ZH else f"{key}".replace("_", " ")


def measured_in(plane: str, lang: Lang) -> str:
    """Return where areas are measured, in words."""
    return f"{lang.pick('量算面', 'measured in')}: {lang.term(WAYS, plane)}"


VERDICTS: Final[Mapping[object, str]] = {
    "consistent": "一致",
    "inconsistent": "不一致",
    "not_checkable": "不可检核",
}
GRADES: Final[Mapping[object, str]] = {
    "located": "已定位",
    "closed": "面积闭合",
    "schematic": "示意",
}
PARTS: Final[Mapping[object, str]] = {
    "projection": "投影",
    "rounding": "舍入",
    "overlap": "重叠",
    "gap": "缝隙",
    "remainder": "未覆盖",
    "geometry": "界线",
}
WAYS: Final[Mapping[object, str]] = {
    "statutory": "椭球面积",
    "geodesic": "测地线面积",
    "gk120": "高斯 120°",
    "gk123": "高斯 123°",
    "utm51n": "UTM 51N（警示）",
    "webmercator": "网络墨卡托（警示）",
}
KINDS: Final[Mapping[object, str]] = {
    "on_line": "控制点",
    "bearing": "方位角",
    "distance": "距离",
    "area": "面积",
    "length": "长度",
}
HOW: Final[Mapping[object, str]] = {
    "observed": "观测",
    "area": "公布面积",
    "prior": "先验",
    "reading": "解读",
    "infill": "补面",
    "survey": "实测",
}
TESTS: Final[Mapping[object, str]] = {
    "within": "在区间内：先验中误差与残差相符",
    "below": "低于区间：先验中误差偏大（保守）",
    "above": "高于区间：先验中误差偏小",
}
TESTS_EN: Final[Mapping[object, str]] = {
    "within": "within: the standard deviations that were assumed fit the residuals",
    "below": "below: the standard deviations that were assumed are too large (cautious)",
    "above": "above: the standard deviations that were assumed are too small",
}
SIDES: Final = {"east": "东", "south": "南", "west": "西", "north": "北"}
NOTES: Final = {
    Lang.ZH: (
        "差值 = 测得 − 公布；六个分项之和等于差值。有下级的单元，其“未覆盖”是下级都不占的地面，"
        "减去公布面积中未分给下级的部分。图中灰条为四舍五入到公布值的区间，横线为 95% 区间，圆点为"
        "测得面积，颜色表示等级。用来定线的公布面积，其相符是算术结果，不是证明。"
        "组团图中 ± 为该边的 95% 精度；虚线为示意，所注为示意带的半宽。"
    ),
    Lang.EN: (
        "Difference = measured − reported; its six parts add up to it. The remainder of a unit"
        " with children is the ground that none of them holds, less what the printed figures leave"
        " to none of them. Chart: grey bar what rounds to the reported figure, line the 95 %"
        " interval, dot the measured area, coloured by grade. A figure that was used to place a"
        " line agrees by arithmetic, not proof. Maps: ± the 95 % accuracy of a side; a broken"
        " line is schematic, with the half width of its band."
    ),
}
NOT_LEGAL: Final = ("示意图，非法定边界", "schematic; not a legal boundary")
CREDIT: Final = "© OpenStreetMap contributors (ODbL)"
TITLE: Final = ("规划数据审计", "Audit of the plan's figures")
