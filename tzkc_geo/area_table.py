"""Areas in every way beside what a file or the plan states (面积对比), one row a polygon."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.areas import HECTARE_M2, MU_M2, PLANES, WARNINGS, all_areas_m2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely import MultiPolygon, Polygon

UNIT_M2: Final = {"ha": 10_000, "km2": 1_000_000}  # units in which an area is stated
STATUTORY: Final = "statutory"
PPM: Final = 1e6
HECTARE_DECIMALS: Final = 4  # 公顷 as the exchange files print it
LONG_SIDES_PPM: Final = 1.0  # statutory and geodesic area agree better than this on dense rings
UNEXPLAINED: Final = 0.1  # of a difference that the best way may leave, else it explains nothing
WARNING: Final = (
    "utm51n and webmercator are warnings, not areas to report · UTM 51N、Web Mercator 仅作警示"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One polygon to be measured."""

    ring_id: str
    name: str
    polygon: Polygon | MultiPolygon  # lon lat, EPSG:4490
    stated: str | None = None  # the area as printed, digits kept; None: not stated
    unit: str = "ha"  # of the stated area, a key of `UNIT_M2`


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far an area is from the statutory one."""

    m2: float
    ppm: float | None  # None: the statutory area is zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An area as somebody printed it, beside every way of computing it."""

    text: str
    unit: str
    area_m2: float
    rounding_m2: float  # half of the last printed place
    differences_m2: Mapping[str, float]  # measured - stated, by way
    best: str  # the way that comes nearest
    within: tuple[str, ...]  # the ways whose figure rounds to what is printed


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """The areas of one polygon."""

    ring_id: str
    name: str
    areas_m2: Mapping[str, float]  # by way, see `areas.all_areas_m2`
    differences: Mapping[str, Difference]  # each other way less the statutory area
    stated: Stated | None
    notes: tuple[str, ...]

    @property
    def mu(self) -> float:
        """The statutory area in 亩, 2000/3 m2 each."""
        return self.areas_m2[STATUTORY] / MU_M2

    @property
    def hectare(self) -> float:
        """The statutory area in 公顷, four decimals."""
        return round(self.areas_m2[STATUTORY] / HECTARE_M2, HECTARE_DECIMALS)

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``rings`` of ``tzkc area --json``."""
        return {
            "id": self.ring_id,
            "name": self.name,
            "areas_m2": dict(self.areas_m2),
            "differences": {way: asdict(row) for way, row in self.differences.items()},
            "mu": self.mu,
            "hectare": self.hectare,
            "stated": None if self.stated is None else asdict(self.stated),
            "notes": list(self.notes),
        }


def area_rows(subjects: Sequence[Subject]) -> tuple[AreaRow, ...]:
    """Return the areas of polygons in every way, beside what is stated (面积对比).

    Parameters
    ----------
    subjects
        Polygons, lon lat in degrees, EPSG:4490, each simple; holes are subtracted.

    Returns
    -------
    tuple of AreaRow
        In the order of ``subjects``. The statutory area (国土调查办发〔2008〕32号) is the one to
        report; the others show what a figure of unknown origin may be.

    Raises
    ------
    CrsError, RingError
        As in `areas.all_areas_m2`.
    """
    areas = all_areas_m2([subject.polygon for subject in subjects])
    table = np.column_stack(list(areas.values())).tolist()
    return tuple(
        _row(subject, dict(zip(areas, figures, strict=True)))
        for subject, figures in zip(subjects, table, strict=True)
    )


def _row(subject: Subject, areas: Mapping[str, float]) -> AreaRow:
    base = areas[STATUTORY]
    stated = None if subject.stated is None else _stated(subject.stated, subject.unit, areas)
    differences = {
        way: Difference(m2=area - base, ppm=(area - base) / base * PPM if base else None)
        for way, area in areas.items()
        if way != STATUTORY
    }
    return AreaRow(
        ring_id=subject.ring_id,
        name=subject.name,
        areas_m2=areas,
        differences=differences,
        stated=stated,
        notes=(WARNING, *_words(stated), *_sides(differences)),
    )


def _stated(text: str, unit: str, areas: Mapping[str, float]) -> Stated:
    """Return a printed area beside the measured ones; its last digit says how it was rounded."""
    number = Decimal(text)
    whole = UNIT_M2[unit]
    exponent = number.as_tuple().exponent
    places = exponent if isinstance(exponent, int) else 0
    rounding = float(Decimal(1).scaleb(places) * whole / 2)
    area = float(number * whole)
    differences = {way: measured - area for way, measured in areas.items()}
    return Stated(
        text=text,
        unit=unit,
        area_m2=area,
        rounding_m2=rounding,
        differences_m2=differences,
        best=min(differences, key=lambda way: abs(differences[way])),
        within=tuple(way for way, off in differences.items() if abs(off) <= rounding),
    )


def _words(stated: Stated | None) -> tuple[str, ...]:
    """Say which way of computing a stated area comes from, as far as its digits tell."""
    if stated is None:
        return ()
    printed = f"stated {stated.text} {stated.unit} (标称面积)"
    off, best = stated.differences_m2[STATUTORY], stated.differences_m2[stated.best]
    if STATUTORY in stated.within:
        return (f"{printed} agrees with the statutory area within its rounding · 与椭球面积一致",)
    if stated.best not in stated.within and abs(best) > UNEXPLAINED * abs(off):
        away = f"{printed}: the statutory area is {off:+,.1f} m2 off, and no way of computing"
        near = f"({stated.best} is nearest, {best:+,.1f} m2)"
        return (f"{away} explains it {near} · 各种算法均不能解释",)
    fits = "within its rounding" if stated.best in stated.within else f"{best:+,.1f} m2 off"
    hint = "投影" if stated.best in WARNINGS else "平面" if stated.best in PLANES else "测地线"
    away = f"{printed}: the statutory area is {off:+,.1f} m2 off"
    return (f"{away}; it is that of {stated.best}, {fits} · 疑为{hint}面积",)


def _sides(differences: Mapping[str, Difference]) -> tuple[str, ...]:
    """Say where sides are so long that it counts what runs between two points."""
    ppm = differences["geodesic"].ppm
    if ppm is None or abs(ppm) <= LONG_SIDES_PPM:
        return ()
    text = f"long sides: with geodesics between its points the area is {ppm:+,.1f} ppm different"
    return (f"{text}; the rule does not say whether to add points · 边长较大",)
