"""The adjusted reference lines by the names that texts use for them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo import crs
from tzkc_geo.clauses import parse
from tzkc_geo.model import LineKind
from tzkc_geo.outlines import NORMAL_95
from tzkc_geo.polyline import REACH_M, arc_lengths, prolong

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Clause, ReferenceLine

    Floats = NDArray[np.float64]

BRACKETED: Final = re.compile(r"[(（].*?[)）]")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedLine:
    """An adjusted reference line and what it is called (参照线)."""

    line_id: str
    name_zh: str
    written: str | None  # its name in a 四至 text; None: it has no name of its own
    names: frozenset[str]  # every name that a text may use
    kind: LineKind
    grade: str
    band_m: float
    points: Floats  # (n, 2) metres, EPSG:4549
    sigma_m: Floats | None  # (n,) one standard deviation; None: only the band is known


@dataclass(frozen=True, slots=True, eq=False)
class Feet:
    """The points of a line that are nearest to n given points."""

    offset_m: Floats  # (n,) positive on the left of the line
    along_m: Floats  # (n,) arc length from the first known vertex; negative before it
    direction: Floats  # (n, 2) unit, of the line there
    point: Floats  # (n, 2) metres


def named_lines(
    catalog: Catalog, lines: Iterable[ReferenceLine], clauses: Iterable[Clause]
) -> tuple[NamedLine, ...]:
    """Return the adjusted lines of a catalog with all their names.

    Parameters
    ----------
    catalog
        Whose adjustment placed the lines.
    lines, clauses
        Of the tables: aliases, and the words by which the plan's own texts name a line.

    Returns
    -------
    tuple of NamedLine
        In the order of the adjustment. A line that closes a side without a name (规划路) has
        none here either.
    """
    aliases = {line.line_id: line.aliases for line in lines}
    spoken = _spoken(clauses)
    return tuple(
        _named(row, aliases.get(row["line_id"], ()), spoken.get(row["line_id"], ()))
        for row in catalog.adjustment["lines"]
    )


def _named(row: Mapping[str, object], aliases: Sequence[str], spoken: Sequence[str]) -> NamedLine:
    values = np.array(row["points"], dtype=np.float64)
    name, kind = str(row["name_zh"]), LineKind(str(row["kind"]))
    bare = BRACKETED.sub("", name)
    own = bare if kind is not LineKind.LIMIT else None
    return NamedLine(
        line_id=str(row["line_id"]),
        name_zh=name,
        written=next(iter(spoken), own),
        names=frozenset({name, *aliases, *spoken} | ({bare} if own else set())),
        kind=kind,
        grade=str(row["grade"]),
        band_m=float(str(row["band_m"])),
        points=crs.to_metric(values[:, :2]),
        sigma_m=None if row["accuracy_m"] is None else values[:, 2],
    )


def _spoken(clauses: Iterable[Clause]) -> dict[str, list[str]]:
    """Return the proper names that clauses use for each line, in the order of the table."""
    found: dict[str, list[str]] = defaultdict(list)
    for clause in clauses:
        if clause.line_id is None or not clause.text_zh:
            continue
        whole = "至" in clause.text_zh or "以" in clause.text_zh
        limit = parse(clause.text_zh if whole else f"东至{clause.text_zh}").clauses[0]
        if limit.named and limit.limit_zh not in found[clause.line_id]:
            found[clause.line_id].append(limit.limit_zh)
    return found


def feet(line: Floats, xy: Floats, *, reach_m: float = REACH_M) -> Feet:
    """Return the feet of many points on a line prolonged at both ends.

    Parameters
    ----------
    line
        Shape ``(m, 2)``, metres; no vertex stands twice in a row.
    xy
        Shape ``(n, 2)``, metres.
    reach_m
        How far the first and the last segment are prolonged straight on.

    Returns
    -------
    Feet
        As `polyline.foot` gives them one by one; ``along_m`` counts from the first vertex of
        ``line`` itself, so it lies outside 0 … length on what was prolonged.
    """
    points = prolong(line, reach_m)
    step = np.diff(points, axis=0)
    length = np.hypot(*step.T)
    gap = xy[:, None, :] - points[None, :-1, :]
    share = np.clip(np.einsum("nmi,mi->nm", gap, step) / length**2, 0.0, 1.0)
    away = gap - share[..., None] * step
    rows = np.arange(len(xy))
    nearest = np.argmin(np.hypot(away[..., 0], away[..., 1]), axis=1)
    rest, t = away[rows, nearest], share[rows, nearest]
    direction = step[nearest] / length[nearest, None]
    left = direction[:, 0] * rest[:, 1] - direction[:, 1] * rest[:, 0]
    return Feet(
        offset_m=np.copysign(np.hypot(*rest.T), left),
        along_m=arc_lengths(points)[nearest] + t * length[nearest] - max(reach_m, 0.0),
        direction=direction,
        point=xy - rest,
    )


def reach_m(line: NamedLine, along_m: Floats) -> Floats:
    """Return the 95 % accuracy of a line at arc lengths, metres; nan where only a band is known."""
    if line.sigma_m is None:
        return np.full(along_m.shape, np.nan)
    at = arc_lengths(line.points)
    reach: Floats = NORMAL_95 * np.interp(along_m, at, line.sigma_m)
    return reach
