"""The sentence that is said of one side of a boundary that was checked, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tzkc_geo.clauses.words import LETTERS
from tzkc_geo.model import LineKind

if TYPE_CHECKING:
    from tzkc_geo.named_lines import NamedLine
    from tzkc_geo.side_check import SideCheck

WATER: Final = (LineKind.BANK, LineKind.CANAL)
ROADS: Final = (LineKind.ROAD, LineKind.RAIL)
WORTH_M: Final = 1.0  # lengths below this are not told
SPREAD: Final = 0.7  # of the root mean square that the mean must make up to stand for the side


def words_of(side: SideCheck) -> str:
    """Return what is said of a side: the verdict, its figures, and what explains them."""
    line, letter = side.line, LETTERS[side.bound.side]
    if line is None:
        if not side.bound.limit_zh:
            return f"{letter}: 文字未写明界线，无法核验 · the text names no line on this side"
        name = side.bound.limit_zh
        return f"{letter}至{name}: 参照线未知，无法核验 · no reference line is known as {name}"
    head = f"{letter}至{side.bound.limit_zh or line.name_zh}: "
    return head + "; ".join([_verdict(side, line), *_constant(side, line), *_left_out(side)])


def _verdict(side: SideCheck, line: NamedLine) -> str:
    mean, rms, largest = side.mean_m, side.rms_m, side.max_m
    if side.strays:
        return (
            f"不一致，此方位不沿此线 · disagrees: of {side.length_m:.0f} m on this side"
            f" {side.compared_m + side.beyond_m:.0f} m run along the line"
        )
    if mean is None or rms is None or largest is None:
        return "超出参照线已知范围，无法核验 · past the known ends of the line, not checkable"
    figures = f"mean {signed(mean)} m, rms {rms:.1f} m, largest {signed(largest)} m"
    if line.sigma_m is None:
        return (
            f"参照线只有 ±{line.band_m:.0f} m 的带，无法核验 · not checkable, only a band of"
            f" {line.band_m:.0f} m is known; {figures}"
        )
    reach = f"{side.reach_m.min():.0f} to {side.reach_m.max():.0f} m"
    if side.verdict == "agrees":
        return f"一致 · agrees within the 95 % accuracy of the line ({reach}); {figures}"
    by = mean if abs(mean) >= SPREAD * rms else largest
    most = "" if by == mean else "up to "
    way = "向外 outward" if by > 0 else "向内 inward"
    return (
        f"不一致，{way} {abs(by):.1f} m · disagrees by {most}{abs(by):.1f} m,"
        f" 95 % accuracy of the line {reach}; {figures}"
    )


def _constant(side: SideCheck, line: NamedLine) -> list[str]:
    """Say what a constant offset may be."""
    if side.constant_m is None:
        return []
    text = f"constant offset {signed(side.constant_m)} m (scatter {side.scatter_m:.1f} m)"
    if line.kind in ROADS:
        wide = 2.0 * abs(side.constant_m)
        return [f"{text}: centre line or kerb, a width of {wide:.0f} m · 中线与边线之差"]
    if line.kind in WATER:
        return [f"{text}: centre line or bank · 中线与岸线之差"]
    return [text]


def _left_out(side: SideCheck) -> list[str]:
    """Say how much of a side was not compared, where that is worth a word."""
    if not side.offset_m.size:
        return []
    found = []
    if side.beyond_m >= WORTH_M:
        found.append(f"{side.beyond_m:.0f} m past the known ends of the line · 超出线端未比")
    if side.turned_m >= WORTH_M:
        found.append(f"{side.turned_m:.0f} m turn away from the line · 转折段未比")
    return found


def signed(value: float) -> str:
    """Return a number with its sign and one decimal; zero has no minus."""
    return f"{round(value, 1) + 0.0:+.1f}"
