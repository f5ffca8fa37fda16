"""Measured areas against reported ones as a chart: one row a unit, in per cent."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tzkc_geo.reports.picture import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tzkc_geo.audit import UnitAudit

WIDTH_PX, ROW_PX, LEFT_PX, RIGHT_PX, TOP_PX = 1500.0, 24.0, 330.0, 40.0, 30.0
STEP_PER_CENT = 10


def chart_svg(units: Sequence[UnitAudit]) -> str:
    """Return an SVG with the reported area of each unit at 0, and what was measured beside it.

    Parameters
    ----------
    units
        Rows from top to bottom. The grey bar is what rounds to the reported figure, the line is
        the 95 % interval of the measured area, the dot the measured area; the colour is the grade.
    """
    low, high = _range(units)
    height = TOP_PX + ROW_PX * len(units) + 10
    body = [*_axis(low, high, height)]
    for place, unit in enumerate(units):
        body += _row(unit, TOP_PX + ROW_PX * (place + 0.5), low, high)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="测得与公布 measured against'
        f' reported" viewBox="0 0 {WIDTH_PX:.0f} {height:.0f}" font-size="13">'
        + "\n".join(body)
        + "</svg>"
    )


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


def _x(per_cent: float, low: float, high: float) -> float:
    return LEFT_PX + (per_cent - low) / (high - low) * (WIDTH_PX - LEFT_PX - RIGHT_PX)


def _axis(low: float, high: float, height: float) -> Iterator[str]:
    for value in range(int(low), int(high) + 1, STEP_PER_CENT):
        x = _x(value, low, high)
        colour = "#333" if value == 0 else "#ddd"
        yield (
            f'<path d="M{x:.1f} {TOP_PX:.0f}V{height - 10:.0f}" stroke="{colour}"/>'
            f'<text x="{x:.1f}" y="{TOP_PX - 10:.0f}" text-anchor="middle">{value:+d} %</text>'
        )


def _row(unit: UnitAudit, y: float, low: float, high: float) -> Iterator[str]:
    colour = COLOURS[str(unit.grade)]
    first, last = (_x(_per_cent(unit, float(end)), low, high) for end in unit.interval_km2)
    yield (
        f'<text x="10" y="{y + 4:.1f}">{unit.unit_id} {escape(unit.name_zh)}</text>'
        f'<text x="{LEFT_PX - 12:.0f}" y="{y + 4:.1f}" text-anchor="end">{unit.reported} km²</text>'
        f'<rect x="{first:.1f}" y="{y - 7:.1f}" width="{max(last - first, 1.0):.1f}" height="14"'
        ' fill="#bbb"/>'
    )
    if unit.interval95_km2 is not None:
        left, right = (_x(_per_cent(unit, end), low, high) for end in unit.interval95_km2)
        yield f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{colour}" stroke-width="3"/>'
    x = _x(_per_cent(unit, unit.measured_km2), low, high)
    title = f"{unit.unit_id}: {unit.measured_km2:.4f} km², {unit.verdict}"
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"><title>{escape(title)}</title>'
        "</circle>"
    )
