"""A proposed repair of a coverage, and the ledger of every m2 that it moves (修复建议与台账)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.coverage import (
    FaultKind,
    FaultSize,
    enclosed_gaps,
    invalid,
    measured,
    neighbours,
    size_of,
)
from tzkc_geo.errors import DataError, RingError
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.catalog import Catalog

    Shape: TypeAlias = Polygon | MultiPolygon

LEDGER_M2: Final = Decimal("0.000001")  # the ledger is kept to 1 mm2
ORDER: Final = tuple(FaultSize)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry of the ledger: a piece of ground, and whose it was and becomes."""

    kind: str  # overlap | gap | outside | formula
    area_m2: Decimal  # statutory, to 1 mm2; of ``formula`` it may be negative
    reason: str
    giver: str | None = None  # who loses it; None: it was nobody's
    taker: str | None = None  # who gains it; None: another one, the keeper, has it already
    keeper: str | None = None  # who had it as well and keeps it

    def to_json(self) -> dict[str, Any]:
        """Return it as written to files."""
        return {
            "kind": self.kind,
            "from": self.giver,
            "to": self.taker,
            "kept_by": self.keeper,
            "area_m2": float(self.area_m2),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What is proposed; the polygons that came in are as they were."""

    shapes: Mapping[str, Shape]  # by id; lon lat, EPSG:4490
    ledger: tuple[Move, ...]
    before_m2: Mapping[str, Decimal]  # statutory, to 1 mm2
    after_m2: Mapping[str, Decimal]

    def change_m2(self, name: str) -> Decimal:
        """Return what the ledger says of one polygon: gained less lost, exactly."""
        gained = sum((m.area_m2 for m in self.ledger if m.taker == name), Decimal(0))
        lost = sum((m.area_m2 for m in self.ledger if m.giver == name), Decimal(0))
        return gained - lost


def proposed_repair(
    ids: Sequence[str], shapes: Sequence[Shape], *, up_to: FaultSize = FaultSize.SLIVER
) -> Repair:
    """Return polygons without small overlaps and enclosed gaps, and every m2 moved.

    Parameters
    ----------
    ids
        Their names, no two alike.
    shapes
        Valid polygons and multipolygons; lon lat, degrees, EPSG:4490. They are not changed.
    up_to
        The largest pieces that are moved: noise, slivers, or real ones too.

    Returns
    -------
    Repair
        An overlap stays with the earlier polygon, as in `tzkc_geo.membership.assign`; an enclosed
        gap goes to the neighbour with the longest common side. Open gaps have no end on which two
        people agree, and stay. For every polygon the ledger adds up to the change of its area,
        exactly: an entry ``formula`` holds what the statutory formula, which takes a side as
        straight between its ends, gives or takes where a side gets a vertex.

    Raises
    ------
    RingError
        A polygon is invalid, or would vanish because an earlier one covers it.
    DataError
        The ids are not as many as the polygons, or one stands twice.
    """
    book = _Book.open(ids, shapes, up_to)
    _share_out(book, list(ids))
    return book.closed()


def proposed_catalog_repair(catalog: Catalog, *, up_to: FaultSize = FaultSize.SLIVER) -> Repair:
    """Return the units of a catalog without small faults, and every m2 moved.

    Clusters come first, as in `proposed_repair`. Then core and zones take what their clusters
    have outside them, since the outline of a cluster follows from the text and that of a zone
    from its clusters; then overlaps of core and zones; last the corridor takes what they have
    outside it. Parameters, result and errors are those of `proposed_repair`.
    """
    ids = [row.unit_id for row in catalog.units]
    book = _Book.open(ids, [catalog.polygons[unit_id] for unit_id in ids], up_to)
    for kinds in ((UnitKind.CLUSTER,), (UnitKind.CORE, UnitKind.ZONE)):
        level = [row for row in catalog.units if row.kind in kinds]
        _share_out(book, [row.unit_id for row in level])
        for row in level:
            if row.parent_id is not None:
                _take_in(book, row.parent_id, row.unit_id)
    return book.closed()


@dataclass(slots=True, kw_only=True)
class _Book:
    """The polygons as they stand, and the ledger so far."""

    shapes: dict[str, Shape]
    before: dict[str, Decimal]
    moves: list[Move]
    up_to: FaultSize

    @classmethod
    def open(cls, ids: Sequence[str], shapes: Sequence[Shape], up_to: FaultSize) -> _Book:
        """Return a book over valid polygons, or say which one is not."""
        if len(ids) != len(shapes) or len(set(ids)) != len(ids):
            msg = f"polygons: ids do not fit, expected {len(shapes)} different ones, got {len(ids)}"
            raise DataError(msg)
        for fault in invalid(ids, shapes, level="list"):
            msg = f"polygon {fault.a!r}: is not valid, expected simple rings, got {fault.note}"
            raise RingError(msg)
        named = dict(zip(ids, shapes, strict=True))
        return cls(shapes=named, before=_areas(named), moves=[], up_to=up_to)

    def small(self, area_m2: float, width: float) -> bool:
        """Say whether a piece is small enough to be moved."""
        return ORDER.index(size_of(area_m2, width)) <= ORDER.index(self.up_to)

    def take(self, name: str, piece: BaseGeometry) -> None:
        """Take a piece from a polygon."""
        rest = _areal(shapely.difference(self.shapes[name], piece))
        if rest.is_empty:
            msg = f"polygon {name!r}: expected ground of its own, got none; remove it"
            raise RingError(msg)
        self.shapes[name] = rest

    def give(self, name: str, piece: BaseGeometry) -> None:
        """Give a piece to a polygon."""
        self.shapes[name] = _areal(shapely.union(self.shapes[name], piece))

    def note(self, kind: FaultKind, area_m2: float, reason: str, **whose: str) -> None:
        """Enter a move; ``whose`` names giver, taker and keeper."""
        self.moves.append(Move(kind=str(kind), area_m2=_exact(area_m2), reason=reason, **whose))

    def closed(self) -> Repair:
        """Return the result; what is left between ledger and areas is of the formula."""
        after = _areas(self.shapes)
        open_ = Repair(
            shapes=self.shapes, ledger=tuple(self.moves), before_m2=self.before, after_m2=after
        )
        reason = "a side has a vertex more or less; the same ground by the statutory formula"
        rest = {name: after[name] - self.before[name] - open_.change_m2(name) for name in after}
        formula = tuple(
            Move(kind="formula", taker=name, area_m2=area, reason=reason)
            for name, area in rest.items()
            if area
        )
        return Repair(
            shapes=self.shapes,
            ledger=(*self.moves, *formula),
            before_m2=self.before,
            after_m2=after,
        )


def _share_out(book: _Book, ids: Sequence[str]) -> None:
    """Settle the overlaps and enclosed gaps among some polygons."""
    array = np.array([book.shapes[name] for name in ids], dtype=object)
    meet = shapely.STRtree(array).query(array, predicate="intersects").T.tolist()
    for a, b in combinations(range(len(ids)), 2):
        if [a, b] in meet:
            _settle(book, ids[a], ids[b])
    for gap in enclosed_gaps(ids, [book.shapes[name] for name in ids]):
        if book.small(gap.area_m2, gap.width_m):
            now = np.array([book.shapes[name] for name in ids], dtype=object)
            taker = ids[neighbours(gap.shape, now)[0]]
            book.give(taker, gap.shape)
            reason = "the longest common side is its own"
            book.note(FaultKind.GAP, gap.area_m2, reason, taker=taker)


def _settle(book: _Book, keeper: str, giver: str) -> None:
    """Let the earlier of two polygons keep what they share."""
    for piece, area, width in measured(
        shapely.intersection(book.shapes[keeper], book.shapes[giver])
    ):
        if book.small(area, width):
            book.take(giver, piece)
            reason = "of two, the earlier one has it"
            book.note(FaultKind.OVERLAP, area, reason, giver=giver, keeper=keeper)


def _take_in(book: _Book, parent: str, child: str) -> None:
    """Let a parent take what a part of it has outside."""
    for piece, area, width in measured(shapely.difference(book.shapes[child], book.shapes[parent])):
        if book.small(area, width):
            book.give(parent, piece)
            reason = f"a part of it, {child}, lies there"
            book.note(FaultKind.OUTSIDE, area, reason, taker=parent, keeper=child)


def _areas(shapes: Mapping[str, Shape]) -> dict[str, Decimal]:
    areas = polygon_areas_m2(list(shapes.values()))
    return {name: _exact(float(area)) for name, area in zip(shapes, areas, strict=True)}


def _exact(area_m2: float) -> Decimal:
    return Decimal(area_m2).quantize(LEDGER_M2)


def _areal(shape: BaseGeometry) -> Shape:
    """Return the polygons of a geometry."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))
