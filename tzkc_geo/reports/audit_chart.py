"""Measured areas against reported ones as a chart: one row a unit, in per cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.reports.drawing import Disc, Drawing, Label, Shape
from tzkc_geo.reports.labels import GRADES, VERDICTS, Lang
from tzkc_geo.reports.picture import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tzkc_geo.audit import UnitAudit

    Mark = Shape | Disc | Label

WIDTH_PX, ROW_PX, LEFT_PX, RIGHT_PX, TOP_PX = 1500.0, 24.0, 330.0, 40.0, 30.0
LEFT_EN_PX = 590.0  # the English names are longer
STEP_PER_CENT = 10
FONT_PX = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Per cent to pixels."""

    low: float
    high: float
    left: float

    def x(self, per_cent: float) -> float:
        share = (per_cent - self.low) / (self.high - self.low)
        return self.left + share * (WIDTH_PX - self.left - RIGHT_PX)


def chart(units: Sequence[UnitAudit], lang: Lang = Lang.ZH) -> Drawing:
    """Return a drawing with the reported area of each unit at 0, what was measured beside it.

    Parameters
    ----------
    units
        Rows from top to bottom. The grey bar is what rounds to the reported figure, the line is
        the 95 % interval of the measured area, the dot the measured area; the colour is the grade.
    lang
        Of the names and of the texts.
    """
    low, high = _range(units)
    axis = _Axis(low=low, high=high, left=LEFT_PX if lang is Lang.ZH else LEFT_EN_PX)
    height = TOP_PX + ROW_PX * len(units) + 10
    marks = [*_key(lang), *_scale(axis, height)]
    for place, unit in enumerate(units):
        marks += _row(unit, TOP_PX + ROW_PX * (place + 0.5), axis, lang)
    title = lang.pick("测得与公布之差", "measured against reported")
    return Drawing(width=WIDTH_PX, height=height, title=title, marks=tuple(marks))


def _range(units: Sequence[UnitAudit]) -> tuple[float, float]:
    """Return the least and the greatest value, per cent of the reported area, to whole steps."""
    ends = [0.0]
    for unit in units:
        values = [unit.measured_km2, *(unit.interval95_km2 or ()), *map(float, unit.interval_km2)]
        ends += [_per_cent(unit, value) for value in values]
    step = STEP_PER_CENT
    return (min(ends) // step) * step, -(-max(ends) // step) * step


def _per_cent(unit: UnitAudit, value: float) -> float:
    reported = float(unit.reported)
    return 100.0 * (value - reported) / reported


def _key(lang: Lang) -> Iterator[Label]:
    """Say above the names what the colours mean."""
    x = 10.0
    for grade in GRADES:
        label = Label(
            x=x,
            y=TOP_PX - 10,
            text=f"● {lang.term(GRADES, grade)}",
            size=FONT_PX,
            fill=COLOURS[str(grade)],
        )
        yield label
        x += label.width() + FONT_PX


def _scale(axis: _Axis, height: float) -> Iterator[Mark]:
    for value in range(int(axis.low), int(axis.high) + 1, STEP_PER_CENT):
        x = axis.x(value)
        colour = "#333333" if value == 0 else "#dddddd"
        yield _line((x, TOP_PX), (x, height - 10), colour, 1.0)
        yield Label(
            x=x, y=TOP_PX - 10, text=f"{value:+d}%" if value else "0", size=FONT_PX, anchor="middle"
        )


def _row(unit: UnitAudit, y: float, axis: _Axis, lang: Lang) -> Iterator[Mark]:
    colour = COLOURS[str(unit.grade)]
    name = f"{unit.unit_id} {lang.pick(unit.name_zh, unit.name_en)}"
    yield Label(x=10, y=y + 4, text=name, size=FONT_PX)
    area = f"{unit.reported} km²"
    yield Label(x=axis.left - 12, y=y + 4, text=area, size=FONT_PX, anchor="end")
    first, last = (axis.x(_per_cent(unit, float(end))) for end in unit.interval_km2)
    last = max(last, first + 1.0)
    bar = np.array([[first, y - 7], [last, y - 7], [last, y + 7], [first, y + 7]])
    yield Shape(rings=(bar,), closed=True, fill="#bbbbbb")
    if unit.interval95_km2 is not None:
        left, right = (axis.x(_per_cent(unit, end)) for end in unit.interval95_km2)
        yield _line((left, y), (right, y), colour, 3.0)
    title = f"{unit.unit_id}: {unit.measured_km2:.4f} km², {lang.term(VERDICTS, str(unit.verdict))}"
    x = axis.x(_per_cent(unit, unit.measured_km2))
    yield Disc(x=x, y=y, radius=4.5, fill=colour, title=title)


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: float) -> Shape:
    return Shape(rings=(np.array([start, end]),), stroke=colour, width=width)
