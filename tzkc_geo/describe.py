"""The 四至 sentence of a polygon, written from the reference lines; what is unknown stays so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.clauses import ClauseText, Description, Form, canonical
from tzkc_geo.model import Side
from tzkc_geo.named_lines import feet, reach_m
from tzkc_geo.outline_sides import OUTWARD, cut, outline_of, walked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from tzkc_geo.named_lines import NamedLine
    from tzkc_geo.outline_sides import Outline

    Codes = NDArray[np.intp]
    Floats = NDArray[np.float64]

UNKNOWN_ZH: Final = "（未知）"
TOLERANCE_M: Final = 50.0  # a line is a limit up to here, or up to its 95 % accuracy
ALONG_COS: Final = 0.8  # a piece runs along a line within 37 degrees
MIN_SHARE: Final = 0.1  # of a side that a line must cover to be named
LOOSE_WEIGHT: Final = 0.3  # of a piece without a line, when the outline is cut into four sides
KNOWN_SHARE: Final = 0.5  # of a side that named lines must cover together, else it is unknown
END_M: Final = 100.0  # a line ends at its last vertex give or take this much
TIE_M: Final = 1.0  # two lines nearer to each other than this fit equally well


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A line that a side runs along."""

    line_id: str
    written: str  # as the sentence names it
    share: float  # of the side
    mean_m: float  # mean distance, without sign
    largest_m: float
    within: str  # accuracy: all of it within the 95 % accuracy of the line; else tolerance
    grade: str
    also: tuple[str, ...]  # ids of lines that fit equally well


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedSide:
    """One side and the lines that it runs along, clockwise; none: unknown."""

    side: Side
    length_m: float
    matches: tuple[Match, ...]

    @property
    def known_share(self) -> float:
        """Share of the side that named lines cover."""
        return sum(match.share for match in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A polygon in words (四至)."""

    sides: tuple[DescribedSide, ...]  # east, south, west, north

    @property
    def text_zh(self) -> str:
        """The sentence; an unknown side says so."""
        phrases = [clause for row in self.sides for clause in _clauses(row)]
        return canonical(Description(phrases=tuple(phrases)))

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``polygons`` of ``tzkc describe --json``."""
        return {
            "text_zh": self.text_zh,
            "sides": [
                {**asdict(row), "known_share": row.known_share, "known": bool(row.matches)}
                for row in self.sides
            ],
        }


def describe(
    polygon: Polygon | MultiPolygon,
    lines: Sequence[NamedLine],
    *,
    name: str = "1",
    tolerance_m: float = TOLERANCE_M,
) -> Described:
    """Return the 四至 sentence of a polygon from the reference lines (四至描述).

    Parameters
    ----------
    polygon
        One part, lon lat in degrees, EPSG:4490. Holes are left out.
    lines
        Those that may be named; one without a name of its own is left out.
    name
        What an error calls the plot.
    tolerance_m
        A line is a limit up to this distance, or up to its 95 % accuracy where that is more.

    Returns
    -------
    Described
        The sides from the east clockwise. Each piece of a side counts for the nearest line that
        it runs along; lines that cover a tenth of the side are named, in walking order. Where
        they do not cover half of it, the side is unknown: nothing is guessed.

    Raises
    ------
    RingError
        The polygon has several parts.
    CrsError
        It lies where EPSG:4549 cannot be used.
    """
    outline = outline_of(polygon, name=name)
    fits = [_fit(line, outline, tolerance_m) for line in lines if line.written is not None]
    nearest = _nearest(fits, outline.length_m)
    labels = _four_sides(outline, nearest)
    return Described(
        sides=tuple(
            _side(side, fits, nearest, outline.length_m, walked(labels == k))
            for k, side in enumerate(Side)
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """How the pieces of an outline lie to one line."""

    line: NamedLine
    apart_m: Floats  # (n,) inf where a piece does not run along the line
    reach_m: Floats  # (n,) 95 % accuracy of the line; nan where only a band is known


def _fit(line: NamedLine, outline: Outline, tolerance_m: float) -> _Fit:
    """Return the distances of the pieces that a line may bound."""
    found = feet(line.points, outline.middle, reach_m=END_M)
    apart, reach = np.abs(found.offset_m), reach_m(line, found.along_m)
    turn = np.abs(np.einsum("ni,ni->n", outline.direction, found.direction))
    limit = np.fmax(reach, tolerance_m)  # nan gives way to the tolerance
    return _Fit(line, np.where((turn >= ALONG_COS) & (apart <= limit), apart, np.inf), reach)


def _nearest(fits: Sequence[_Fit], length: Floats) -> Codes:
    """Return for each piece the position of the nearest line that it runs along; -1: none.

    Of lines that are equally near, that which the outline runs along for longer counts.
    """
    apart = np.vstack([np.full(length.size, np.inf), *(fit.apart_m for fit in fits)])
    least = apart.min(axis=0)
    covered = np.isfinite(apart) @ length
    near = (apart <= least + TIE_M) & np.isfinite(apart)
    nearest: Codes = np.argmax(np.where(near, 1.0 + covered[:, None], 0.0), axis=0) - 1
    return nearest


def _four_sides(outline: Outline, nearest: Codes) -> Codes:
    """Return the side of each piece, as a position in `Side`; each side is one run.

    Pieces of one line that follow each other face one way together, so a river that winds is
    not cut at its bends; pieces without a line have less to say.
    """
    change = np.flatnonzero(np.diff(nearest)) + 1
    runs = np.split(np.arange(nearest.size), change)
    outward = outline.outward.copy()
    for run in runs:
        if nearest[run[0]] >= 0:
            mean = outline.length_m[run] @ outline.outward[run]
            outward[run] = mean / np.hypot(*mean)
    weight = outline.length_m * np.where(nearest >= 0, 1.0, LOOSE_WEIGHT)
    labels, _ = cut(np.array([1.0 - outward @ OUTWARD[side] for side in Side]) * weight)
    return labels


def _side(
    side: Side, fits: Sequence[_Fit], nearest: Codes, length: Floats, rows: Codes
) -> DescribedSide:
    """Return one side and the lines that cover enough of it, in walking order."""
    whole = float(length[rows].sum())
    found = []
    for k in dict.fromkeys(nearest[rows].tolist()):  # in the order in which they are met
        mine = rows[nearest[rows] == k]
        share = float(length[mine].sum()) / whole
        if k >= 0 and share >= MIN_SHARE:
            found.append(_match(fits[k], mine, length, share, fits))
    known = sum(match.share for match in found) >= KNOWN_SHARE
    return DescribedSide(side=side, length_m=whole, matches=tuple(found) if known else ())


def _match(fit: _Fit, mine: Codes, length: Floats, share: float, fits: Sequence[_Fit]) -> Match:
    """Return the figures of a line on its pieces, and the lines that fit them as well."""
    apart = fit.apart_m[mine]
    mean = float(np.average(apart, weights=length[mine]))
    also = tuple(
        other.line.line_id
        for other in fits
        if other is not fit
        and float(np.average(other.apart_m[mine], weights=length[mine])) <= mean + TIE_M
    )
    return Match(
        line_id=fit.line.line_id,
        written=str(fit.line.written),
        share=share,
        mean_m=mean,
        largest_m=float(apart.max()),
        within="accuracy" if bool(np.all(apart <= fit.reach_m[mine])) else "tolerance",
        grade=fit.line.grade,
        also=also,
    )


def _clauses(row: DescribedSide) -> list[ClauseText]:
    """Return the clauses of one side, for the writer of the language."""
    names = [match.written for match in row.matches] or [UNKNOWN_ZH]
    return [
        ClauseText(
            side=row.side,
            step=step,
            qualifier_zh="",
            limit_zh=name,
            form=Form.REACHES if step == 1 else Form.STEP,
            start=0,
            mark="",
        )
        for step, name in enumerate(dict.fromkeys(names), start=1)
    ]
