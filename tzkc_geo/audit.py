"""Every reported area set against the measured one, and the difference taken apart (面积审计)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.areas import all_areas_m2
from tzkc_geo.audit_words import words_of
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import AreaVerdict, Grade, UnitRow

    Shapes = NDArray[np.object_]

NORMAL_95: Final = 1.96
M2_PER_KM2: Final = 1e6


class Plane(StrEnum):
    """Where an area is measured: on the ellipsoid, or in a Gauss-Krueger plane."""

    STATUTORY = "statutory"
    GK120 = "gk120"
    GK123 = "gk123"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a difference is made of, km2; the six add up to it."""

    projection: float  # measured in the plane, less measured on the ellipsoid
    rounding: float  # as much as the digits of the reported figure leave open
    overlap: float  # ground that two units hold
    gap: float  # ground enclosed by the children that none of them holds
    remainder: float  # other ground that no child holds, less what the plan leaves to none
    geometry: float  # the rest: outlines that lie elsewhere than the plan's

    def total(self) -> float:
        """Return the sum, km2."""
        return sum(
            (
                self.projection,
                self.rounding,
                self.overlap,
                self.gap,
                self.remainder,
                self.geometry,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """How a unit and its children share the ground, km2 on the ellipsoid."""

    overlap: float = 0.0  # of children with each other; of a cluster with earlier ones
    gap: float = 0.0  # of the unit, enclosed by its children, in none of them
    uncovered: float = 0.0  # other ground of the unit that is in none of its children
    outside: float = 0.0  # of the children, not in the unit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAudit:
    """One reported area and all that is known of it."""

    unit_id: str
    parent_id: str | None
    kind: UnitKind
    name_zh: str
    name_en: str
    reported: str  # as printed
    interval_km2: tuple[Decimal, Decimal]  # what rounds to the printed figure
    areas_km2: dict[str, float]  # in every way
    measured_km2: float  # in the plane that was asked for
    sigma_km2: float | None  # one standard deviation
    interval95_km2: tuple[float, float] | None
    difference_km2: float  # measured - reported
    parts: Parts
    ground: Ground
    unclaimed_km2: Decimal | None  # reported area less those of the children; None: no children
    redundancy: float | None
    w: float | None
    grade: Grade
    verdict: AreaVerdict
    words: str  # what the check is worth
    words_zh: str
    method: str  # how the outline was made


def rounding_interval(reported: str) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest area that rounds to a printed figure (舍入区间).

    Parameters
    ----------
    reported
        Decimal text; its digits say how it was rounded.

    Returns
    -------
    tuple
        ``13`` gives 12.5 and 13.5, ``4.92`` gives 4.915 and 4.925.
    """
    figure = Decimal(reported)
    half = Decimal(5).scaleb(int(figure.as_tuple().exponent) - 1)
    return figure - half, figure + half


def audit(catalog: Catalog, *, plane: Plane = Plane.STATUTORY) -> tuple[UnitAudit, ...]:
    """Set every reported area against the measured one and take the difference apart.

    Parameters
    ----------
    catalog
        Units, outlines and what the adjustment says of them.
    plane
        Where the measured area is taken. Reported areas are compared with it as they stand: the
        plan does not say where it measured.

    Returns
    -------
    tuple of UnitAudit
        In the order of the units. The parts of each add up to its difference:

        - *projection* is zero on the ellipsoid;
        - *rounding* is the difference on the ellipsoid, as far as the digits leave it open;
        - *overlap* of a cluster is ground that an earlier cluster holds too; that of a unit with
          children is what they hold twice, taken off;
        - *gap* is ground enclosed by the children, that the unit holds and none of them;
        - *remainder* is the other ground that none of them holds, less their ground outside the
          unit, less what the printed figures leave to none of them;
        - *geometry* is the rest: for a cluster its outline, for a unit with children the sum of
          their differences, less its own rounding. The cuts of outlines, in lon and lat, leave
          some m2 of it.

    Notes
    -----
    With children c of unit u, and m measured, r reported: ``m(u) = sum m(c) - overlap + gap +
    uncovered - outside``, so ``m(u) - r(u) = sum (m(c) - r(c)) - overlap + gap + (uncovered -
    outside - (r(u) - sum r(c)))``.
    """
    polygons = [catalog.polygons[row.unit_id] for row in catalog.units]
    areas = all_areas_m2(polygons)
    sigmas = {row["unit_id"]: row for row in catalog.adjustment.get("area_sigmas", ())}
    found = []
    for place, row in enumerate(catalog.units):
        own = {name: float(values[place]) / M2_PER_KM2 for name, values in areas.items()}
        joined = sigmas.get(row.unit_id, {})
        found.append(_unit(row, catalog, own, plane=plane, joined=joined))
    return tuple(found)


def tree(units: Sequence[UnitAudit]) -> tuple[tuple[int, UnitAudit], ...]:
    """Return the units with their depth, each followed by what lies in it (层级顺序).

    Parameters
    ----------
    units
        As `audit` returns them.
    """

    def below(parent_id: str | None, depth: int) -> Iterator[tuple[int, UnitAudit]]:
        for row in units:
            if row.parent_id == parent_id:
                yield depth, row
                yield from below(row.unit_id, depth + 1)

    return tuple(below(None, 0))


def _unit(
    row: UnitRow,
    catalog: Catalog,
    areas_km2: dict[str, float],
    *,
    plane: Plane,
    joined: Mapping[str, Any],
) -> UnitAudit:
    """Return the audit of one unit; ``joined``: its row of ``area_sigmas``, if it has children."""
    result, measured = catalog.results[row.unit_id], areas_km2[plane]
    children = [u for u in catalog.units if u.parent_id == row.unit_id]
    ground, unclaimed = _shared(row, children, catalog), _unclaimed(row, children)
    sigma = joined.get("sigma_km2", result.area_sigma_km2)
    reach = None if sigma is None else NORMAL_95 * sigma
    words = words_of(result, sigma_words=joined.get("words", ""), reported=row)
    return UnitAudit(
        unit_id=row.unit_id,
        parent_id=row.parent_id,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        reported=row.reported_area_km2,
        interval_km2=rounding_interval(row.reported_area_km2),
        areas_km2=areas_km2,
        measured_km2=measured,
        sigma_km2=sigma,
        interval95_km2=None if reach is None else (measured - reach, measured + reach),
        difference_km2=measured - float(row.reported_area_km2),
        parts=_parts(row, areas_km2["statutory"], measured, ground, unclaimed),
        ground=ground,
        unclaimed_km2=unclaimed,
        redundancy=result.redundancy,
        w=result.w,
        grade=result.grade,
        verdict=result.verdict,
        words=words.en,
        words_zh=words.zh,
        method=result.method,
    )


def _parts(
    row: UnitRow,
    statutory: float,
    measured: float,
    ground: Ground,
    unclaimed: Decimal | None,
) -> Parts:
    """Take the difference apart; geometry is what no other part explains."""
    reported = float(row.reported_area_km2)
    low, high = (float(end) - reported for end in rounding_interval(row.reported_area_km2))
    rounding = float(np.clip(statutory - reported, low, high))
    projection = measured - statutory
    overlap, remainder = ground.overlap, 0.0
    if unclaimed is not None:
        overlap = -ground.overlap
        remainder = ground.uncovered - ground.outside - float(unclaimed)
    rest = projection + rounding + overlap + ground.gap + remainder
    return Parts(
        projection=projection,
        rounding=rounding,
        overlap=overlap,
        gap=ground.gap,
        remainder=remainder,
        geometry=(measured - reported) - rest,
    )


def _unclaimed(row: UnitRow, children: Sequence[UnitRow]) -> Decimal | None:
    """Return what the printed figures of the children leave of that of the unit."""
    if not children:
        return None
    claimed = sum((Decimal(child.reported_area_km2) for child in children), Decimal(0))
    return Decimal(row.reported_area_km2) - claimed


def _shared(row: UnitRow, children: Sequence[UnitRow], catalog: Catalog) -> Ground:
    """Return how a unit and its children share the ground; of two, the earlier has title."""
    if not children:
        before = takewhile(lambda other: other.unit_id != row.unit_id, catalog.units)
        earlier = [other.unit_id for other in before if other.kind is UnitKind.CLUSTER]
        return Ground(overlap=_held_twice([*earlier, row.unit_id], catalog, from_last=True))
    ids = [child.unit_id for child in children]
    own = catalog.polygons[row.unit_id]
    covered = shapely.union_all([catalog.polygons[unit_id] for unit_id in ids])
    holes = _filled(covered)
    bare = shapely.difference(own, covered)
    return Ground(
        overlap=_held_twice(ids, catalog),
        gap=_km2(shapely.intersection(bare, holes)),
        uncovered=_km2(shapely.difference(bare, holes)),
        outside=_km2(shapely.difference(covered, own)),
    )


def _held_twice(ids: Sequence[str], catalog: Catalog, *, from_last: bool = False) -> float:
    """Return the area that units share with earlier ones of the list; of all, or of the last."""
    shapes = np.array([catalog.polygons[unit_id] for unit_id in ids], dtype=object)
    total = 0.0
    for place in [len(ids) - 1] if from_last else range(1, len(ids)):
        earlier = shapes[:place]
        near = earlier[shapely.relate_pattern(earlier, shapes[place], "T********")]
        if near.size:
            total += _km2(shapely.intersection(shapes[place], shapely.union_all(near)))
    return total


def _filled(covered: BaseGeometry) -> BaseGeometry:
    """Return the holes of a union as ground."""
    rings = [hole for part in shapely.get_parts(covered) for hole in part.interiors]
    return shapely.union_all([shapely.Polygon(ring) for ring in rings])


def _km2(shape: BaseGeometry) -> float:
    """Return the statutory area of the areal parts of a shape in lon, lat."""
    parts: list[Polygon | MultiPolygon] = [
        part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
    ]
    return float(polygon_areas_m2(parts).sum()) / M2_PER_KM2 if parts else 0.0
