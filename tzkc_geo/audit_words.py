"""What the check of a reported area is worth, in words, English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tzkc_geo.figures import ARITHMETIC, CRITICAL_W, REDUNDANCY_MIN
from tzkc_geo.model import AreaVerdict
from tzkc_geo.uncertainty import WORDS_ZH

if TYPE_CHECKING:
    from tzkc_geo.model import UnitResult, UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One sentence in two languages."""

    en: str
    zh: str


def words_of(result: UnitResult, *, reported: UnitRow, sigma_words: str = "") -> Words:
    """Say what the agreement or disagreement of an area is worth (检核意义).

    Parameters
    ----------
    result
        Figures of the unit.
    reported
        Its row, for the printed area.
    sigma_words
        What its standard deviation stands for, where its area was put together from parts; one
        of those in `uncertainty`.

    Returns
    -------
    Words
        Near a redundancy of 0 the figure was used to place a line; then the agreement is
        arithmetic, not proof, and the words say so.
    """
    off = result.area_km2 - float(reported.reported_area_km2)
    checked = _checked(result, off)
    if not sigma_words:
        return checked
    return Words(en=f"{checked.en}; {sigma_words}", zh=f"{checked.zh}；{WORDS_ZH[sigma_words]}")


def _checked(result: UnitResult, off: float) -> Words:
    r, w = result.redundancy, result.w
    if result.verdict is AreaVerdict.INCONSISTENT:
        return Words(
            en=f"the outline contradicts the reported figure by {off:+.2f} km2,"
            f" |w| {abs(w or 0.0):.1f} above {CRITICAL_W}",
            zh=f"所得边界与公布面积矛盾，相差 {off:+.2f} 平方公里，"
            f"|w| {abs(w or 0.0):.1f} 超过 {CRITICAL_W}",
        )
    if result.verdict is AreaVerdict.CONSISTENT:
        return Words(
            en=f"the reported figure is confirmed: {r or 0.0:.0%} of the check is independent",
            zh=f"公布面积得到检核：{r or 0.0:.0%} 为独立检核",
        )
    if r is not None and r < REDUNDANCY_MIN:
        return Words(
            en=f"the figure was used to place a line (redundancy {r:.3f}): {ARITHMETIC}",
            zh=f"公布面积已用于定线（多余观测分量 {r:.3f}）：一致只是算术结果，不是证明",
        )
    if ARITHMETIC in result.method:
        return Words(
            en=f"the figure was used to make the outline: {ARITHMETIC}",
            zh="公布面积已用于构造边界：一致只是算术结果，不是证明",
        )
    return Words(
        en="nothing independent checks the figure",
        zh="没有独立的检核条件",
    )
