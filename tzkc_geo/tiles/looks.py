"""How each feature of a picture is drawn: colour by zone, pattern by grade (图式)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.collections import POLYGONS
from tzkc_geo.model import Grade, UnitKind
from tzkc_geo.palette import GRADED, colours, opacity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.collections import Collection

    Rgba = tuple[int, int, int, int]
    Row = dict[str, Any]

CLEAR: Final = (0, 0, 0, 0)
WHITE: Final = (255, 255, 255, 255)
HATCH: Final = 0.45  # opacity of the lines of a hatch
RANK: Final = {UnitKind.CORRIDOR: 0, UnitKind.CORE: 1, UnitKind.ZONE: 1, UnitKind.CLUSTER: 2}
ROADS: Final = {"motorway": 3.0, "expressway": 3.0}  # width, pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a feature is drawn."""

    fill: Rgba  # of ground, or of a line or dot
    line: Rgba = CLEAR  # of an outline, or around a line or dot
    hatch: Rgba = CLEAR
    spacing: int = 0  # pixels between lines of the hatch; 0: no hatch
    crossed: bool = False  # whether the hatch goes both ways
    dashed: bool = False
    width: float = 2.0  # of a line or dot, pixels
    rank: int = 0  # higher ones lie above


def rgba(colour: str, opacity: float = 1.0) -> Rgba:
    """Return ``#rrggbb`` and an opacity, 0 to 1, as four numbers of 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue, round(opacity * 255)


def looks(catalog: Catalog, collection: Collection) -> tuple[Look, ...]:
    """Return how each feature of a collection is drawn, in their order."""
    if collection.geometry == POLYGONS:
        return tuple(_unit(catalog, unit_id) for unit_id in collection.ids)
    if collection.collection_id == "edges":
        return tuple(_edge(catalog, collection.properties(row)) for row in range(len(collection)))
    look = LOOKS[collection.collection_id]
    return tuple(look(collection.properties(row)) for row in range(len(collection)))


def _unit(catalog: Catalog, unit_id: str) -> Look:
    """Return the look of a unit: hatched where its outline is not known, crossed if at all."""
    row, grade = catalog.unit(unit_id), catalog.results[unit_id].grade
    fill, line = colours(row)
    strength = opacity(row, grade)
    hatched = grade is not Grade.LOCATED and strength > 0
    return Look(
        fill=rgba(fill, strength) if strength else CLEAR,
        line=rgba(line),
        hatch=rgba(line, HATCH),
        spacing=(8 if grade is Grade.SCHEMATIC else 16) * hatched,
        crossed=grade is Grade.SCHEMATIC,
        dashed=grade is Grade.SCHEMATIC,
        rank=RANK[row.kind],
    )


def _edge(catalog: Catalog, row: Row) -> Look:
    unit = catalog.unit(row["unit_id"])
    return Look(fill=rgba(colours(unit)[1]), dashed=row["accuracy_m"] is None, rank=RANK[unit.kind])


def _reference_line(row: Row) -> Look:
    grade = Grade(row["grade"])
    return Look(fill=rgba(GRADED[grade]), dashed=grade is Grade.SCHEMATIC)


def _control_point(row: Row) -> Look:
    return Look(fill=rgba("#009e73" if row["used"] else "#d55e00"), line=WHITE, width=7.0)


def _station(row: Row) -> Look:
    operating = row["status"] == "operating"
    return Look(fill=WHITE, line=rgba("#111111" if operating else "#777777"), width=7.0, rank=1)


def _rail(row: Row) -> Look:
    return Look(fill=rgba("#222222"), line=WHITE, dashed=row["status"] != "operating")


def _road(row: Row) -> Look:
    width = ROADS.get(row["link_class"], 2.0)
    return Look(fill=rgba("#b8860b"), line=WHITE, width=width, rank=int(width))


def _place(row: Row) -> Look:
    del row
    return Look(fill=rgba("#444444"), line=WHITE, width=6.0)


LOOKS: Final[dict[str, Callable[[Row], Look]]] = {
    "reference_lines": _reference_line,
    "control_points": _control_point,
    "stations": _station,
    "rail": _rail,
    "roads": _road,
    "places": _place,
}
