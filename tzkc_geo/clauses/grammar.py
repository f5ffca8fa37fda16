"""Recursive descent over the tokens of a 四至 text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from tzkc_geo.clauses.records import ClauseText, Description, Form, Remark, RemarkKind
from tzkc_geo.clauses.tokens import Token, TokenKind, tokenize
from tzkc_geo.clauses.words import (
    COMMAS,
    HEADING,
    OPPOSITE,
    SIDES,
    LimitKind,
    limit_kind,
    split_qualifier,
)
from tzkc_geo.errors import ClauseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.model import Side

Phrase: TypeAlias = ClauseText | Remark

A_MARK: Final = "'，', '、' or '。'"
A_JOINT: Final = "'、' or '以'"
A_COMMA: Final = "'，', '、' or '以'"
A_NAME: Final = "a name"
A_SIDE: Final = "'东', '南', '西' or '北'"
A_PHRASE: Final = "'东至', '南至', '西至', '北至', '包括', '分两片布局' or a limit with '以'"
THE_END: Final = "the end of the text"
SHOWN: Final = 40  # characters shown on either side of a fault


class Parser:
    """One pass over one text; each method reads the part of the grammar that it is named for."""

    def __init__(self, text: str) -> None:
        """Cut the text into tokens and stand before the first."""
        self._text = text
        self._tokens = tokenize(text)
        self._at = 0
        self._given: dict[Side, int] = {}  # where the text gave each side
        self._parted = False  # whether it has said in how many parts the unit lies

    def description(self) -> Description:
        """Read the whole text."""
        phrases = self._opening()
        more = True
        while more:
            phrases += self._phrase()
            mark = self._mark()
            phrases[-1] = replace(phrases[-1], mark=mark)
            more = mark not in ("", "。")
        description = Description(phrases=tuple(phrases))
        if not description.clauses and not description.remarks(RemarkKind.PARTS):
            raise self._fault(self._ahead.start, A_PHRASE)
        return description

    def _opening(self) -> list[Phrase]:
        """Read the words before the sides, if there are any."""
        first, after = self._ahead, self._tokens[self._run_end()]
        if first.kind is not TokenKind.WORD or after.kind is TokenKind.LIES:
            return []
        if first.text == HEADING and after.kind is TokenKind.SIDE:
            return [_remark(RemarkKind.OPENING, [self._take()])]
        lost = limit_kind(first.text) in (LimitKind.ROAD, LimitKind.RAIL)
        if lost and after.text in COMMAS:  # a limit that lost its side
            raise self._fault(first.start, A_PHRASE)
        remark = _remark(RemarkKind.OPENING, self._names())
        if self._ahead.text == "、":
            raise self._fault(self._tokens[self._at + 1].start, A_NAME)
        if self._ahead.text not in COMMAS:
            raise self._fault(self._ahead.start, A_COMMA)
        return [replace(remark, mark=self._take().text)]

    def _phrase(self) -> list[Phrase]:
        """Read one phrase; the mark after it is left to the caller."""
        kind = self._ahead.kind
        if kind is TokenKind.SIDE:
            return self._reaches()
        if kind is TokenKind.WORD:
            return self._lies()
        if kind is TokenKind.INCLUDES:
            keyword = self._take()
            return [_remark(RemarkKind.INCLUDES, [keyword, *self._names()])]
        if kind is TokenKind.PARTS and not self._parted:
            self._parted = True
            return [_remark(RemarkKind.PARTS, [self._take()])]
        raise self._fault(self._ahead.start, A_PHRASE)

    def _reaches(self) -> list[Phrase]:
        """Read 「南至东海大道、体育场路」."""
        keyword = self._take()
        side = self._side(keyword.text[0], keyword.start)
        self._give(side, keyword.start)
        first, *more = _steps(self._names(), side)
        return [replace(first, form=Form.REACHES, start=keyword.start), *more]

    def _lies(self) -> list[Phrase]:
        """Read 「椒江二桥以东」: the land lies east of it, so it is the west limit."""
        end = self._run_end()
        if self._tokens[end].kind is not TokenKind.LIES:
            raise self._unclaimed(end)
        names = self._names(whole=True)
        keyword = self._take()
        side = OPPOSITE[self._side(keyword.text[1:], keyword.start + 1)]
        self._give(side, keyword.start + 1)
        *more, last = _steps(names, side)
        return [*more, replace(last, form=Form.LIES)]

    def _side(self, letter: str, start: int) -> Side:
        """Return the side that a letter names."""
        if letter not in SIDES:
            raise self._fault(start, A_SIDE)
        return SIDES[letter]

    def _give(self, side: Side, start: int) -> None:
        """Note that the letter here closes a side, which no other may close."""
        if side in self._given:
            msg = (
                f"clause text: character {self._text[start]!r} at position {start + 1} "
                f"of {self._shown(start)} closes the {side} a second time, "
                f"expected once, got it at position {self._given[side] + 1} already"
            )
            raise ClauseError(msg)
        self._given[side] = start

    def _names(self, *, whole: bool = False) -> list[Token]:
        """Read names joined by 、; unless whole, leave off a last one that 以 claims."""
        if self._ahead.kind is not TokenKind.WORD:
            raise self._fault(self._ahead.start, A_NAME)
        end = self._run_end()
        if not whole and self._tokens[end].kind is TokenKind.LIES and end > self._at + 1:
            end -= 2
        names = list(self._tokens[self._at : end])
        self._at = end
        return names

    def _run_end(self) -> int:
        """Return the index of the token after the names, joined by 、, that start here."""
        end = self._at
        if self._tokens[end].kind is TokenKind.WORD:
            end += 1
            while self._tokens[end].text == "、" and self._tokens[end + 1].kind is TokenKind.WORD:
                end += 2
        return end

    def _mark(self) -> str:
        """Read the punctuation after a phrase; empty at the end of the text."""
        if self._ahead.kind not in (TokenKind.MARK, TokenKind.END):
            raise self._fault(self._ahead.start, A_MARK)
        mark = self._take().text
        if mark == "。" and self._ahead.kind is not TokenKind.END:
            raise self._fault(self._ahead.start, THE_END)
        return mark

    @property
    def _ahead(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    def _take(self) -> Token:
        """Return the next token and step over it; the end is never stepped over."""
        token = self._ahead
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _fault(self, start: int, expected: str) -> ClauseError:
        """Return the error for what stands at this place."""
        found = f"character {self._text[start]!r}" if start < len(self._text) else "end"
        return ClauseError(
            f"clause text: unexpected {found} at position {start + 1} "
            f"of {self._shown(start)}, expected {expected}"
        )

    def _unclaimed(self, end: int) -> ClauseError:
        """Return the error for names without a side: at a foreign character, else at the first."""
        joined = self._tokens[end].text == "、"
        after = self._tokens[end + 1] if joined else self._tokens[end]
        if after.kind is TokenKind.OTHER:
            return self._fault(after.start, A_NAME if joined else A_JOINT)
        return self._fault(self._ahead.start, A_PHRASE)

    def _shown(self, start: int) -> str:
        """Return the text, quoted; of a long one only what stands around this place."""
        low, high = max(start - SHOWN, 0), start + SHOWN
        before, after = "…" * (low > 0), "…" * (high < len(self._text))
        return repr(before + self._text[low:high] + after)


def _steps(names: Sequence[Token], side: Side) -> list[ClauseText]:
    """Return the steps of a side from its names and the marks between them."""
    steps = []
    for step, name in enumerate(names[::2], start=1):
        qualifier, limit = split_qualifier(name.text)
        steps.append(
            ClauseText(
                side=side,
                step=step,
                qualifier_zh=qualifier,
                limit_zh=limit,
                form=Form.STEP,
                start=name.start,
                mark="、",
            )
        )
    return [*steps[:-1], replace(steps[-1], mark="")]


def _remark(kind: RemarkKind, tokens: Sequence[Token]) -> Remark:
    """Return the remark that these tokens make."""
    text = "".join(token.text for token in tokens)
    return Remark(kind=kind, text_zh=text, start=tokens[0].start, mark="")
