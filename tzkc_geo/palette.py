"""The colours of units, the same in pages, tiles and styles (配色)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tzkc_geo.model import Grade, UnitKind

if TYPE_CHECKING:
    from tzkc_geo.model import UnitRow

# Okabe and Ito's palette, told apart with every kind of colour vision; fill and darker line.
COLOURS: Final = {
    "core": ("#0072b2", "#004c78"),
    "z1": ("#009e73", "#00664a"),
    "z2": ("#e69f00", "#8a5f00"),
    "z3": ("#cc79a7", "#8c3f69"),
}
GREY: Final = ("#555555", "#333333")
LIGHT: Final = {UnitKind.CORRIDOR: 0.0, UnitKind.CORE: 0.1, UnitKind.ZONE: 0.1}
FILL: Final = {Grade.LOCATED: 0.42, Grade.CLOSED: 0.34, Grade.SCHEMATIC: 0.2}
GRADED: Final = {
    Grade.LOCATED: "#0072b2",
    Grade.CLOSED: "#d55e00",
    Grade.SCHEMATIC: "#777777",
}  # of reference lines


def colours(row: UnitRow) -> tuple[str, str]:
    """Return the fill and line colour of a unit: that of its core or zone."""
    key = row.parent_id if row.kind is UnitKind.CLUSTER else row.unit_id
    return COLOURS.get(key or "", GREY)


def opacity(row: UnitRow, grade: Grade) -> float:
    """Return the opacity of the fill of a unit, 0 to 1."""
    return FILL[grade] if row.kind is UnitKind.CLUSTER else LIGHT[row.kind]
