"""Cut a 四至 text into tokens; never fails, since the grammar says what it expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tzkc_geo.clauses.words import INCLUDES, MARKS, parts_count

REACHES: Final = "至"
LIES: Final = "以"
NAME_MARKS: Final = frozenset("（）()·-")


class TokenKind(Enum):
    """What a token is."""

    SIDE = auto()  # 东至; whether 东 is a side is for the grammar to say
    LIES = auto()  # 以东; likewise
    INCLUDES = auto()  # 包括
    PARTS = auto()  # 分两片布局
    WORD = auto()  # a name
    MARK = auto()  # ， , 、 。
    OTHER = auto()  # one character that belongs nowhere
    END = auto()  # after the last character


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text."""

    kind: TokenKind
    text: str
    start: int


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, the last one `TokenKind.END`; joined they give the text.

    Examples
    --------
    >>> [token.text for token in tokenize("东至椒江、安海路以北。")]
    ['东至', '椒江', '、', '安海路', '以北', '。', '']
    """
    tokens: list[Token] = []
    start = 0
    while start < len(text):
        token = _token(text, start)
        tokens.append(token)
        start += len(token.text)
    return (*tokens, Token(TokenKind.END, "", start))


def _token(text: str, start: int) -> Token:
    """Return the token that starts here."""
    if text[start] in MARKS:
        return Token(TokenKind.MARK, text[start], start)
    if keyword := _keyword(text, start):
        return keyword
    end = start
    while end < len(text) and _in_name(text[end]) and not _keyword(text, end):
        end += 1
    if end == start:
        return Token(TokenKind.OTHER, text[start], start)
    word = text[start:end]
    kind = TokenKind.WORD if parts_count(word) is None else TokenKind.PARTS
    return Token(kind, word, start)


def _keyword(text: str, start: int) -> Token | None:
    """Return the keyword that starts here, if one does."""
    if text.startswith(INCLUDES, start):
        return Token(TokenKind.INCLUDES, INCLUDES, start)
    if text[start] == LIES:
        return Token(TokenKind.LIES, text[start : start + 2], start)
    if text[start] == REACHES:  # with nothing before it that could be a side
        return Token(TokenKind.SIDE, REACHES, start)
    if text.startswith(REACHES, start + 1) and _in_name(text[start]):
        return Token(TokenKind.SIDE, text[start : start + 2], start)
    return None


def _in_name(char: str) -> bool:
    """Whether a character may stand in a name: letters, figures, brackets, dot and hyphen."""
    return char.isalnum() or char in NAME_MARKS
