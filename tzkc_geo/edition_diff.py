"""How many m2 moved between two editions of the boundaries, and which fact moved them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import shapely

from tzkc_geo import build
from tzkc_geo.edition_rows import applied, by_table, changed_rows, facts
from tzkc_geo.errors import LimitError, TzkcError
from tzkc_geo.geodesy import polygon_areas_m2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from shapely import MultiPolygon, Polygon

    from tzkc_geo.catalog import Tables
    from tzkc_geo.edition_rows import Fact

    Shape: TypeAlias = Polygon | MultiPolygon

LEDGER_M2: Final = Decimal("0.000001")  # sums are kept to 1 mm2, so that they are exact
FACTS: Final = 25  # more facts than this are put together by table
NO_GEOMETRY: Final = frozenset({"sources", "stations", "editions"})  # no outline follows from them


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Ground that a unit gained and lost, statutory m2 to 1 mm2; below zero only if a rest."""

    gained_m2: Decimal = Decimal(0)
    lost_m2: Decimal = Decimal(0)

    @property
    def moved_m2(self) -> Decimal:
        """Gained and lost together: the symmetric difference."""
        return self.gained_m2 + self.lost_m2

    def __add__(self, other: Moved) -> Moved:
        """Return both together."""
        return Moved(
            gained_m2=self.gained_m2 + other.gained_m2, lost_m2=self.lost_m2 + other.lost_m2
        )

    def __neg__(self) -> Moved:
        """Return what takes it back."""
        return Moved(gained_m2=-self.gained_m2, lost_m2=-self.lost_m2)

    def __bool__(self) -> bool:
        """Say whether anything moved."""
        return bool(self.gained_m2 or self.lost_m2)

    def to_json(self) -> dict[str, float]:
        """Return it as numbers."""
        return {
            "gained_m2": float(self.gained_m2),
            "lost_m2": float(self.lost_m2),
            "moved_m2": float(self.moved_m2),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDiff:
    """One unit in both editions; a unit that one of them lacks has no area there."""

    unit_id: str
    before_m2: Decimal
    after_m2: Decimal
    moved: Moved
    gained: MultiPolygon  # lon lat, EPSG:4490
    lost: MultiPolygon

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``units`` of ``tzkc diff --json``."""
        return {
            "unit_id": self.unit_id,
            "before_m2": float(self.before_m2),
            "after_m2": float(self.after_m2),
            "change_m2": float(self.after_m2 - self.before_m2),
            **self.moved.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShare:
    """One fact, and what it moves if it alone is changed."""

    fact: Fact
    moved: Mapping[str, Moved] | None  # by unit id, those that move; None: it does not stand alone
    reason: str = ""  # why not

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``facts`` of ``tzkc diff --json``."""
        rows = [
            {
                "file": row.file,
                "key": list(row.key),
                "kind": str(row.kind),
                "cells": [asdict(cell) for cell in row.cells],
            }
            for row in self.fact.rows
        ]
        return {
            "fact": self.fact.name,
            "rows": rows,
            "moved": _json(self.moved),
            "why": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDiff:
    """Two editions beside each other; parts and interaction add up to the whole exactly."""

    units: tuple[UnitDiff, ...]  # all
    facts: tuple[FactShare, ...] | None  # in table order; None: outlines alone cannot tell
    interaction: Mapping[str, Moved]  # what the facts alone do not add up to; those not zero
    by_table: bool = False  # there were too many facts: they are put together by table

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``tzkc diff --json`` prints, but for what A and B are."""
        shares = None if self.facts is None else [share.to_json() for share in self.facts]
        return {
            "units": [unit.to_json() for unit in self.units],
            "facts": shares,
            "facts_by_table": self.by_table,
            "interaction": _json(self.interaction),
        }


def diff_outlines(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> EditionDiff:
    """Return how much ground moved between two sets of outlines; facts are not told.

    Parameters
    ----------
    before, after
        Outlines by unit id, lon lat, EPSG:4490.

    Returns
    -------
    EditionDiff
        Units in the order of ``before``, then those that are new. ``gained`` is what only
        ``after`` covers, ``lost`` what only ``before`` covers, so that the way back exchanges
        them. ``after_m2 - before_m2`` may differ from gained less lost by the formula: an edge
        that is cut in two is no longer the same line on the ellipsoid (some m2 per km2 at most).
    """
    units = tuple(
        _unit_diff(unit_id, before.get(unit_id), after.get(unit_id))
        for unit_id in dict.fromkeys([*before, *after])
    )
    return EditionDiff(units=units, facts=None, interaction={})


def diff_tables(
    before: Tables,
    after: Tables,
    *,
    limit: int = FACTS,
    progress: Callable[[str], None] = lambda _: None,
) -> EditionDiff:
    """Return how much ground moved between two states of the tables, and by which fact.

    Every fact is put alone on top of ``before``, and all outlines are built anew; some 0.7 s
    each. What the facts so moved do not add up to is the interaction.

    Parameters
    ----------
    before, after
        All rows of two data folders.
    limit
        With more facts than this they are put together by table; at least 1.
    progress
        Called with a short text before each stage.

    Returns
    -------
    EditionDiff
        See `diff_outlines` for the order and for what gained and lost are.

    Raises
    ------
    LimitError
        ``limit`` is below 1.
    DerivationError
        One of both states has an impossible geometry.
    """
    if limit < 1:
        msg = f"limit of facts: expected at least 1, got {limit}"
        raise LimitError(msg)
    found = facts(changed_rows(before, after))
    many = len(found) > limit
    progress("drawing the first edition")
    old = build.outlines(before)
    progress("drawing the second edition")
    new = build.outlines(after) if found else old
    whole = diff_outlines(old, new)
    shares = []
    for number, fact in enumerate(by_table(found) if many else found, start=1):
        progress(f"fact {number}: {fact.name}")
        shares.append(_share(before, after, fact, old))
    return EditionDiff(
        units=whole.units,
        facts=tuple(shares),
        interaction=_interaction(whole, shares),
        by_table=many,
    )


def _share(before: Tables, after: Tables, fact: Fact, old: Mapping[str, Shape]) -> FactShare:
    """Return what one fact moves alone."""
    if {row.table for row in fact.rows} <= NO_GEOMETRY:
        return FactShare(fact=fact, moved={})
    try:
        new = build.outlines(applied(before, after, fact))
    except TzkcError as exc:
        return FactShare(fact=fact, moved=None, reason=str(exc))
    units = diff_outlines(old, new).units
    return FactShare(fact=fact, moved={unit.unit_id: unit.moved for unit in units if unit.moved})


def _interaction(whole: EditionDiff, shares: list[FactShare]) -> dict[str, Moved]:
    """Return by unit what is left of the whole when all shares are taken away."""
    rests = {}
    for unit in whole.units:
        parts = [(share.moved or {}).get(unit.unit_id, Moved()) for share in shares]
        rests[unit.unit_id] = sum((-part for part in parts), unit.moved)
    return {unit_id: rest for unit_id, rest in rests.items() if rest}


def _unit_diff(unit_id: str, before: Shape | None, after: Shape | None) -> UnitDiff:
    old, new = (shapely.MultiPolygon() if s is None else s for s in (before, after))
    gained, lost = (_areal(a, b) for a, b in ((new, old), (old, new)))
    areas = [
        Decimal(float(area)).quantize(LEDGER_M2)
        for area in polygon_areas_m2([old, new, gained, lost])
    ]
    return UnitDiff(
        unit_id=unit_id,
        before_m2=areas[0],
        after_m2=areas[1],
        moved=Moved(gained_m2=areas[2], lost_m2=areas[3]),
        gained=gained,
        lost=lost,
    )


def _areal(shape: Shape, other: Shape) -> MultiPolygon:
    """Return the areal parts of what only the first covers."""
    parts = shapely.get_parts(shapely.difference(shape, other))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _json(moved: Mapping[str, Moved] | None) -> dict[str, dict[str, float]] | None:
    return None if moved is None else {key: value.to_json() for key, value in moved.items()}
