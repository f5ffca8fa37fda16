"""What a 四至 text says of an outline: the limits in walking order, and the lines they may mean."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tzkc_geo.clauses import parse
from tzkc_geo.errors import ClauseError, DataError
from tzkc_geo.model import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tzkc_geo.catalog import Tables
    from tzkc_geo.model import Clause
    from tzkc_geo.named_lines import NamedLine


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bound:
    """One step of one side, and the reference lines of its name."""

    side: Side
    step: int  # 1, 2, … in the order of the text
    limit_zh: str  # as the text names it; empty where it names nothing
    lines: tuple[NamedLine, ...] = ()  # candidates; none: no line is known by this name


def bounds_of_text(
    text: str, lines: Sequence[NamedLine], *, preferred: Iterable[str] = ()
) -> tuple[Bound, ...]:
    """Return the bounds that a text gives (四至解析), clockwise: east, south, west, north.

    Parameters
    ----------
    text
        In the language of `clauses`.
    lines
        All that are known.
    preferred
        Ids of lines to be taken where several bear one name.

    Returns
    -------
    tuple of Bound
        At least one for each side; a side that the text leaves out has one that names nothing.

    Raises
    ------
    ClauseError
        The text does not follow the grammar, or says that the land lies in several parts.
    """
    description = parse(text)
    if description.parts > 1:
        msg = f"clause text: {description.parts} parts (分片), expected the limits of one part"
        raise ClauseError(msg)
    own = frozenset(preferred)
    found = []
    for side in Side:
        steps = description.on(side)
        if not steps:
            found.append(Bound(side=side, step=1, limit_zh=""))
        for clause in steps:
            names = {clause.limit_zh, clause.name_zh}
            meant = tuple(line for line in lines if names & line.names)
            narrow = tuple(line for line in meant if line.line_id in own)
            found.append(
                Bound(
                    side=side,
                    step=clause.step,
                    limit_zh=clause.name_zh,
                    lines=narrow or meant,
                )
            )
    return tuple(found)


def bounds_of_unit(unit_id: str, tables: Tables, lines: Sequence[NamedLine]) -> tuple[Bound, ...]:
    """Return the bounds of a unit as its chosen reading has them; lines without a name too.

    Raises
    ------
    DataError
        The unit has no clauses, or lies in several parts.
    """
    clauses = chosen_clauses(unit_id, tables)
    parts = {clause.part for clause in clauses}
    if len(parts) != 1:
        msg = (
            f"unit {unit_id!r}: lies in {len(parts)} parts with clauses, expected one; "
            "say which limits to check with --clauses"
        )
        raise DataError(msg)
    known = {line.line_id: line for line in lines}
    order = sorted(clauses, key=lambda clause: list(Side).index(clause.side))
    return tuple(
        Bound(
            side=side,
            step=step,
            limit_zh=known[clause.line_id].name_zh if clause.line_id in known else "",
            lines=(known[clause.line_id],) if clause.line_id in known else (),
        )
        for side, rows in groupby(order, key=lambda clause: clause.side)
        for step, clause in enumerate(rows, start=1)
    )


def chosen_clauses(unit_id: str, tables: Tables) -> tuple[Clause, ...]:
    """Return the clauses of the chosen reading of a unit, in walking order; none may be there."""
    chosen = {r.reading_id for r in tables.readings if r.unit_id == unit_id and r.chosen}
    return tuple(clause for clause in tables.clauses if clause.reading_id in chosen)
