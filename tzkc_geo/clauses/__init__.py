"""The language of 四至: 「东至…，南至…、…，包括…」 to typed clauses, and back.

The grammar, in full (a ``WORD`` is any run of name characters without a keyword)::

    description = [ opening ] phrase { ( "，" | "、" ) phrase } [ "。" ]
    opening     = WORD { "、" WORD } "，" | "规划范围"
    phrase      = side "至" WORD { "、" WORD }          the land reaches these limits
                | WORD { "、" WORD } "以" side          the land lies on that side of these
                | "包括" WORD { "、" WORD }
                | "分" count "片布局"
    side        = "东" | "南" | "西" | "北"

「X以东」 says that the land lies east of X, so X is its **west** limit; likewise 「Y以北」 makes
Y the **south** limit. The comma may be ``，`` or ``,``. The characters 至 and 以 and the word
包括 are keywords wherever they stand; no name may hold them.
"""

from __future__ import annotations

from tzkc_geo.clauses.grammar import Parser
from tzkc_geo.clauses.records import ClauseText, Description, Form, Remark, RemarkKind
from tzkc_geo.clauses.words import LETTERS, LimitKind, limit_kind
from tzkc_geo.errors import ClauseError
from tzkc_geo.model import Side

__all__ = [
    "ClauseText",
    "Description",
    "Form",
    "LimitKind",
    "Remark",
    "RemarkKind",
    "canonical",
    "format_description",
    "limit_kind",
    "parse",
]


def parse(text: str) -> Description:
    """Read a 四至 text (四至范围).

    Any of the four sides may be missing, and they may come in any order: 「分两片布局」 alone is
    a sound description without a side. Nothing is corrected and no limit is guessed.

    Parameters
    ----------
    text
        One description, without blanks; the 。 at its end may be missing.

    Returns
    -------
    Description
        Typed phrases; `format_description` gives the text back, character by character.

    Raises
    ------
    ClauseError
        The text is empty, gives a side twice or without a limit, or leaves the grammar; the
        message shows the text, the position (from 1), the character and what was expected.

    Examples
    --------
    >>> for clause in parse("东至前进路、珠东小区，北至规划路。").clauses:
    ...     print(clause.side, clause.step, clause.limit_zh, clause.kind, clause.named)
    east 1 前进路 road True
    east 2 珠东小区 estate True
    north 1 规划路 road False

    East of the bridge means that the bridge is the west limit:

    >>> unit = parse("椒江北岸前所，椒江二桥以东、安海路以北。")
    >>> unit.prefix, [(clause.side.value, clause.limit_zh) for clause in unit.clauses]
    ('椒江北岸前所', [('west', '椒江二桥'), ('south', '安海路')])
    >>> parse("椒江北岸章安，分两片布局。").parts
    2
    """
    if not text:
        msg = "clause text: empty, expected sides such as '东至椒金线'"
        raise ClauseError(msg)
    return Parser(text).description()


def format_description(description: Description) -> str:
    """Write a description as it was read, order and punctuation kept.

    Examples
    --------
    >>> format_description(parse("北至临海,东至椒江"))
    '北至临海,东至椒江'
    """
    return "".join(phrase.text_zh + phrase.mark for phrase in description.phrases)


def canonical(description: Description) -> str:
    """Write a description in its one normal form.

    Prefix first, then the sides as 「东至…，南至…，西至…，北至…」, then the other remarks as they
    stand. Two texts that give the same limits and remarks have the same normal form.

    Examples
    --------
    >>> canonical(parse("椒江北岸前所,椒江二桥以东、安海路以北"))
    '椒江北岸前所，南至安海路，西至椒江二桥。'
    """
    sides = [
        f"{LETTERS[side]}至" + "、".join(step.name_zh for step in steps)
        for side in Side
        if (steps := description.on(side))
    ]
    later = [
        remark.text_zh
        for kind in (RemarkKind.INCLUDES, RemarkKind.PARTS)
        for remark in description.remarks(kind)
    ]
    opening = [description.prefix] if description.prefix else []
    return "，".join(opening + sides + later) + "。"
