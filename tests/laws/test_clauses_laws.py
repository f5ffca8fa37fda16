"""Laws of the clause language: what is written is read, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.clauses import Description, canonical, format_description, parse
from tzkc_geo.clauses.tokens import tokenize
from tzkc_geo.errors import ClauseError
from tzkc_geo.model import Side

Limits = list[tuple[Side, int, str]]
LETTERS = dict(zip(Side, "东南西北", strict=True))
ACROSS = dict(zip(Side, "西北东南", strict=True))
KEYWORDS = "至以包括分"
GRAMMAR = "东南西北至以包括分两片布局，,、。"
TEXT = "前所，东至甲，南至乙、丙，丁以东、北至戊,包括己、庚，分两片布局。"

# Names of Chinese characters; the letters of the sides are free to stand in them, as in 南官河.
names = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF, exclude_characters=KEYWORDS)
    | st.sampled_from("东南西北路河S1（）"),
    min_size=1,
    max_size=8,
)
commas = st.sampled_from("，,")
joints = st.sampled_from("，,、")


@dataclass(frozen=True)
class Written:
    """A text made phrase by phrase, and what it says."""

    opening: str  # with its comma; empty if none
    phrases: list[tuple[str, Limits]]
    marks: list[str]
    end: str

    def text(self) -> str:
        """Return the text."""
        marks = [*self.marks[: len(self.phrases) - 1], self.end]
        said = (phrase for phrase, _ in self.phrases)
        return self.opening + "".join(a + b for a, b in zip(said, marks, strict=True))

    def limits(self) -> Limits:
        """Return what the sides say, in the order of the text."""
        return [limit for _, limits in self.phrases for limit in limits]


@st.composite
def sides(draw: st.DrawFn, side: Side) -> tuple[str, Limits]:
    """Write one side as 「南至甲、乙」 or as 「甲、乙以北」, whichever is drawn."""
    steps = draw(st.lists(names, min_size=1, max_size=3))
    limits = [(side, step, name) for step, name in enumerate(steps, start=1)]
    listed = "、".join(steps)
    if draw(st.booleans()):
        return f"{LETTERS[side]}至{listed}", limits
    return f"{listed}以{ACROSS[side]}", limits


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Write a description with sides in any order, and remarks anywhere among them."""
    chosen = draw(st.lists(st.sampled_from(Side), min_size=1, max_size=4, unique=True))
    phrases = [draw(sides(side)) for side in chosen]
    included = draw(st.lists(names, max_size=2))
    remarks: list[tuple[str, Limits]] = [("包括" + "、".join(included), [])] if included else []
    if draw(st.booleans()):
        remarks.append(("分" + draw(st.sampled_from("两二三九5")) + "片布局", []))
    place = names.map(lambda name: name + "村")  # a road there would be a limit without a side
    opening = draw(place) + draw(commas) if draw(st.booleans()) else ""
    # A comma before every phrase: 、 before 「甲、乙以北」 would join it to the names before it.
    return Written(
        opening=opening,
        phrases=draw(st.permutations(phrases + remarks)),
        marks=draw(st.lists(commas, min_size=6, max_size=6)),
        end=draw(st.sampled_from(["", "。"])),
    )


def meanings(description: Description) -> Limits:
    return [clause.meaning for clause in description.clauses]


def read(text: str) -> Description | None:
    """Return what a text says, or None if it is refused; any other error is a failure."""
    try:
        return parse(text)
    except ClauseError:
        return None


def holds(text: str) -> bool:
    """Whether the text is refused, or comes back verbatim with sound spans."""
    description = read(text)
    return description is None or (
        format_description(description) == text
        and all(text[c.start : c.end] == c.text_zh for c in description.clauses)
    )


@given(written())
def test_what_is_written_is_read(made: Written) -> None:
    assert meanings(parse(made.text())) == made.limits()


@given(written())
def test_what_is_read_is_written_back_verbatim(made: Written) -> None:
    assert read(made.text()) is not None
    assert holds(made.text())


@given(written())
def test_the_phrases_follow_one_another_without_a_gap(made: Written) -> None:
    phrases = parse(made.text()).phrases
    ends = accumulate(len(phrase.text_zh + phrase.mark) for phrase in phrases)
    assert [phrase.start for phrase in phrases] == [0, *ends][:-1]


@given(written(), st.data())
def test_the_order_of_the_phrases_changes_nothing_but_the_order(
    made: Written, data: st.DataObject
) -> None:
    other = replace(made, phrases=data.draw(st.permutations(made.phrases)))
    before, after = parse(made.text()), parse(other.text())
    assert sorted(meanings(after)) == sorted(meanings(before))
    assert (after.prefix, after.includes, after.parts) == (
        before.prefix,
        before.includes,
        before.parts,
    )
    assert canonical(after) == canonical(before)


@given(written())
def test_the_normal_form_says_the_same_and_is_its_own_normal_form(made: Written) -> None:
    description = parse(made.text())
    again = parse(canonical(description))
    order = list(Side)
    assert meanings(again) == sorted(meanings(description), key=lambda m: (order.index(m[0]), m[1]))
    assert (again.prefix, again.includes, again.parts) == (
        description.prefix,
        description.includes,
        description.parts,
    )
    assert canonical(again) == canonical(description)


@given(st.lists(names, min_size=4, max_size=4), st.lists(joints, min_size=3, max_size=3))
def test_sides_may_be_joined_by_any_mark(limits: list[str], marks: list[str]) -> None:
    said = [f"{LETTERS[side]}至{name}" for side, name in zip(Side, limits, strict=True)]
    text = "".join(a + b for a, b in zip(said, [*marks, ""], strict=True))
    assert meanings(parse(text)) == [(side, 1, n) for side, n in zip(Side, limits, strict=True)]


@given(written(), st.data())
def test_a_missing_character_is_an_error_of_the_language_or_no_error(
    made: Written, data: st.DataObject
) -> None:
    text = made.text()
    gone = [at for at, char in enumerate(text) if char in GRAMMAR]
    at = data.draw(st.sampled_from(gone))
    assert holds(text[:at] + text[at + 1 :])


@given(st.integers(0, len(TEXT)), st.integers(0, 3), st.text(st.sampled_from(GRAMMAR), max_size=3))
def test_a_damaged_text_is_refused_or_comes_back_verbatim(at: int, gone: int, new: str) -> None:
    assert holds(TEXT[:at] + new + TEXT[at + gone :])


@given(st.text(max_size=30) | st.text(st.sampled_from(GRAMMAR + "路江12"), max_size=30))
def test_any_text_at_all_is_refused_or_comes_back_verbatim(text: str) -> None:
    assert holds(text)


@given(st.text(max_size=30) | st.text(st.sampled_from(GRAMMAR + "路江12"), max_size=30))
def test_the_tokens_joined_are_the_text(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert all(token.text for token in tokens[:-1])


@given(written(), st.data(), st.sampled_from("!?;:/+ \n\u3000…"))
def test_a_character_outside_the_language_is_named_with_its_position(
    made: Written, data: st.DataObject, char: str
) -> None:
    text = made.text()
    at = data.draw(st.integers(0, len(text)))
    named = re.escape(f"unexpected character {char!r} at position {at + 1} of ")
    with pytest.raises(ClauseError, match=named):
        parse(text[:at] + char + text[at:])
