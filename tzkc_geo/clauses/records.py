"""Records of a 四至 text: clauses, remarks, and the description that they make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from tzkc_geo.clauses.words import (
    COMMON,
    INCLUDES,
    LETTERS,
    OPPOSITE,
    LimitKind,
    limit_kind,
    parts_count,
)

if TYPE_CHECKING:
    from tzkc_geo.model import Side


class Form(Enum):
    """How a clause is written."""

    REACHES = auto()  # 南至安海路
    LIES = auto()  # 安海路以北
    STEP = auto()  # 安海路, one more step of a side whose keyword stands at another step


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseText:
    """One step of one side, as written (四至条款)."""

    side: Side  # the side of the unit that the limit closes
    step: int  # 1, 2, … in the order of the text, which need not be the walking order
    qualifier_zh: str  # 路桥区 of 路桥区园区南路; empty if none
    limit_zh: str  # 园区南路
    form: Form
    start: int  # where it starts in the text, in characters from 0
    mark: str  # the punctuation after it; empty at the end of a text without 。

    @property
    def name_zh(self) -> str:
        """The limit with its qualifier, verbatim."""
        return self.qualifier_zh + self.limit_zh

    @property
    def text_zh(self) -> str:
        """The words of this step, verbatim, without punctuation."""
        if self.form is Form.REACHES:
            return f"{LETTERS[self.side]}至{self.name_zh}"
        if self.form is Form.LIES:
            return f"{self.name_zh}以{LETTERS[OPPOSITE[self.side]]}"
        return self.name_zh

    @property
    def end(self) -> int:
        """Where it ends in the text: ``text[start:end] == text_zh``."""
        return self.start + len(self.text_zh)

    @property
    def kind(self) -> LimitKind:
        """What the limit seems to be."""
        return limit_kind(self.limit_zh)

    @property
    def named(self) -> bool:
        """Whether the limit has a name of its own; 规划路 and 高速公路 have none."""
        return self.limit_zh.removeprefix("规划").removeprefix("现状") not in COMMON

    @property
    def meaning(self) -> tuple[Side, int, str]:
        """Side, step and limit: what stays the same however the clause is written."""
        return self.side, self.step, self.name_zh


class RemarkKind(Enum):
    """What a phrase that bounds nothing is for."""

    OPENING = auto()  # 椒江北岸前所
    INCLUDES = auto()  # 包括洪家场浦沿河两岸区域
    PARTS = auto()  # 分两片布局


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A phrase that bounds nothing: where the unit is, what it includes, in how many parts."""

    kind: RemarkKind
    text_zh: str  # verbatim, without the punctuation after it
    start: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A whole 四至 text: its phrases in the order of the text."""

    phrases: tuple[ClauseText | Remark, ...]

    @property
    def clauses(self) -> tuple[ClauseText, ...]:
        """All clauses, in the order of the text; empty if the text gives no side."""
        return tuple(phrase for phrase in self.phrases if isinstance(phrase, ClauseText))

    @property
    def prefix(self) -> str:
        """The words before the sides, such as 椒江北岸前所; empty if none."""
        return "".join(remark.text_zh for remark in self.remarks(RemarkKind.OPENING))

    @property
    def includes(self) -> tuple[str, ...]:
        """What the text names after 包括."""
        remarks = self.remarks(RemarkKind.INCLUDES)
        return tuple(
            name for remark in remarks for name in remark.text_zh.removeprefix(INCLUDES).split("、")
        )

    @property
    def parts(self) -> int:
        """In how many parts the unit lies; 1 unless the text says 分…片布局."""
        return next(
            (parts_count(remark.text_zh) or 1 for remark in self.remarks(RemarkKind.PARTS)), 1
        )

    def remarks(self, kind: RemarkKind) -> tuple[Remark, ...]:
        """Return the remarks of one kind, in the order of the text."""
        return tuple(p for p in self.phrases if isinstance(p, Remark) and p.kind is kind)

    def on(self, side: Side) -> tuple[ClauseText, ...]:
        """Return the steps of one side, in the order of the text; empty if it is not given."""
        return tuple(clause for clause in self.clauses if clause.side is side)
