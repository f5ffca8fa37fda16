"""Rival readings and earlier extents, and which of them meets the printed area (解读比较)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.audit import NORMAL_95, rounding_interval
from tzkc_geo.audit_words import Words
from tzkc_geo.figures import INFORMATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tzkc_geo.catalog import Catalog


MEETS: Final = Words(en="meets the printed area", zh="符合公布面积")
MISSES: Final = Words(
    en="misses the printed area by more than 95 %", zh="与公布面积之差超出 95% 区间"
)
UNSURE_MEETS: Final = Words(
    en="too uncertain to decide, it meets the printed area", zh="精度不足以判断，与公布面积不矛盾"
)
UNSURE_MISSES: Final = Words(
    en="uncertain, and still it misses the printed area", zh="精度虽低，仍与公布面积不符"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalReading:
    """What one reading of a text gives, without the unit's own reported area."""

    reading_id: str
    unit_id: str
    chosen: bool
    sides: Mapping[str, Sequence[str]]  # names of the lines by side, steps in order
    area_km2: float | None  # None: no ring
    sigma_km2: float | None
    reported: str
    difference_km2: float | None
    meets: bool | None  # within 95 % and rounding; None: no ring
    tells: bool  # known well enough to rule the reading out or in
    nearest: bool  # of the readings of its unit the one nearest to the printed area
    words: str
    words_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What another text publishes about the same ground, as a row of ``extents.csv``."""

    extent_id: str
    unit_id: str
    name_zh: str
    sides_zh: str
    published_km2: str  # as printed
    reading_id: str | None  # the reading that has these sides; None: their lines are not placed
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtentCheck:
    """A published extent against the plan, and against what its lines give."""

    extent: Extent
    reported: str  # of the plan
    meets: bool  # the published area and the plan's may be the same, within their rounding
    area_km2: float | None  # derived from its lines; None: they are not placed
    sigma_km2: float | None
    gives: bool | None  # what its lines give meets the published area; None: nothing derived
    tells: bool  # what its lines give is known well enough to decide


def meets(area_km2: float, sigma_km2: float, reported: str) -> bool:
    """Say whether an area may be the printed one: its 95 % interval reaches the rounding's.

    Parameters
    ----------
    area_km2, sigma_km2
        The area and one standard deviation.
    reported
        The figure as printed.
    """
    low, high = (float(end) for end in rounding_interval(reported))
    reach = NORMAL_95 * sigma_km2
    return area_km2 + reach >= low and area_km2 - reach <= high


def rival_readings(catalog: Catalog) -> tuple[RivalReading, ...]:
    """Tabulate every reading of every clause: what area it gives, and whether that is printed.

    Parameters
    ----------
    catalog
        Its adjustment holds the readings, each solved without the unit's own reported area.

    Returns
    -------
    tuple of RivalReading
        In the order of ``readings.csv``. Meeting the printed area says little where ``tells`` is
        false: the area is then known to no better than half of itself.
    """
    rows = catalog.adjustment["readings"]
    best: dict[str, float] = {}
    for row in rows:
        off = row["difference_km2"]
        if off is not None:
            best[row["unit_id"]] = min(abs(off), best.get(row["unit_id"], abs(off)))
    return tuple(_rival(row, best) for row in rows)


def _rival(row: Mapping[str, Any], best: Mapping[str, float]) -> RivalReading:
    area, sigma, reported = row["area_km2"], row["area_sigma_km2"], row["reported_area_km2"]
    known = area is not None and sigma is not None
    met = meets(area, sigma, reported) if known else None
    tells = known and NORMAL_95 * sigma <= INFORMATIVE * float(reported)
    words = _words(row, met=met, tells=tells)
    return RivalReading(
        reading_id=row["reading_id"],
        unit_id=row["unit_id"],
        chosen=row["chosen"],
        sides=row.get("sides", {}),
        area_km2=area,
        sigma_km2=sigma,
        reported=reported,
        difference_km2=row["difference_km2"],
        meets=met,
        tells=tells,
        nearest=known and abs(row["difference_km2"]) == best[row["unit_id"]],
        words=words.en,
        words_zh=words.zh,
    )


def _words(row: Mapping[str, Any], *, met: bool | None, tells: bool) -> Words:
    if met is None:
        why = row["failure"] or "no area"
        return Words(en=why, zh=f"不成闭合环（{why}）")
    if not tells:
        return UNSURE_MEETS if met else UNSURE_MISSES
    return MEETS if met else MISSES


def check_extents(catalog: Catalog, extents: Iterable[Extent]) -> tuple[ExtentCheck, ...]:
    """Set extents that other texts publish against the plan and against what their lines give.

    Parameters
    ----------
    catalog
        Units and readings.
    extents
        Rows of ``extents.csv``.

    Raises
    ------
    UnknownIdError
        An extent names a unit that does not exist.
    """
    derived = {row.reading_id: row for row in rival_readings(catalog)}
    found = []
    for extent in extents:
        reported = catalog.unit(extent.unit_id).reported_area_km2
        row = derived.get(extent.reading_id or "")
        area, sigma = (None, None) if row is None else (row.area_km2, row.sigma_km2)
        gives = None if area is None or sigma is None else meets(area, sigma, extent.published_km2)
        found.append(
            ExtentCheck(
                extent=extent,
                reported=reported,
                meets=_same(extent.published_km2, reported),
                area_km2=area,
                sigma_km2=sigma,
                gives=gives,
                tells=row is not None and row.tells,
            )
        )
    return tuple(found)


def _same(first: str, second: str) -> bool:
    """Say whether two printed figures may be roundings of one area."""
    ends = [rounding_interval(text) for text in (first, second)]
    low, high = max(end[0] for end in ends), min(end[1] for end in ends)
    return Decimal(0) <= high - low
