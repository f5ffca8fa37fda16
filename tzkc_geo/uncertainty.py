"""Standard deviations of areas that are put together from several units (面积精度)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo import crs, geodesy, zones
from tzkc_geo.adjust.rows import state_at, unit_area
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.figures import World
    from tzkc_geo.model import UnitRow

TIED = "filled up to its reported area, so that the rounding of that figure is all its sigma says"
ALONE = "its clusters alone: their sigma, with covariances"
SHORT = "all the land that infill may lie on: no line of the adjustment bounds it"
UNION = (
    "union of the four: the rounding of those that are filled, the clusters of those that are not"
)
UNKNOWN = "union of the four, one of which has no sigma"
WORDS_ZH = {
    TIED: "补足至公布面积，中误差仅为该数的舍入",
    ALONE: "仅由各组团构成，中误差由其协方差得出",
    SHORT: "可补之地已尽，无平差线界定",
    UNION: "四部分之并：补足者取舍入，其余取各组团",
    UNKNOWN: "四部分之并，其中一部分无中误差",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClustersArea:
    """The areas of some clusters added up."""

    area_km2: float
    sigma_km2: float  # one standard deviation, with covariances


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSigma:
    """How sure the area of core, zone or corridor is, and that of its clusters together."""

    unit_id: str
    sigma_km2: float | None  # None: the outline follows from no line
    clusters_km2: float
    clusters_sigma_km2: float
    tied: tuple[str, ...]  # units whose area is the reported one by construction
    words: str


def rounding_sigma_km2(reported: str) -> float:
    """Return the standard deviation of rounding: half a unit of the last digit over sqrt(3)."""
    digits = len(reported.partition(".")[2])
    return float(0.5 * 10.0**-digits / np.sqrt(3.0))


def survey_sigma_km2(polygon: BaseGeometry, sigma_m: float) -> float:
    """Return the sigma of a surveyed area: one common shift outward, the cautious bound.

    Parameters
    ----------
    polygon
        Lon, lat in degrees, EPSG:4490.
    sigma_m
        One standard deviation of the outline, metres.
    """
    return sigma_m * float(shapely.length(shapely.transform(polygon, crs.to_metric))) / 1e6


def clusters_area(world: World, unit_ids: Collection[str]) -> ClustersArea:
    """Return the sum of the areas of some clusters and its standard deviation.

    Parameters
    ----------
    world
        The adjustment, and the surveys, which are independent of it and of each other.
    unit_ids
        Ids of clusters.

    Returns
    -------
    ClustersArea
        Square kilometres on the ellipsoid. What two clusters gain and lose along a line that
        they share cancels.

    Notes
    -----
    Law of propagation (误差传播定律): with the gradient g of the sum by the unknowns of all lines
    and their covariance Q, the variance is g Q g'. It is of first order. Where lines are known to
    some hundred metres only and a reported area holds them together, lines that are drawn from Q
    at random leave the bent set of those that have this area, and their areas scatter further.
    """
    state = state_at(world.problem, world.adjustment.x)
    derived = {unit_id for unit_id, _ in state.rings}
    total, gradient = 0.0, np.zeros(len(state.x))
    for unit_id in sorted(derived & set(unit_ids)):
        area, row = unit_area(world.problem, state, unit_id)
        total += area
        gradient += row
    variance = float(gradient @ world.adjustment.covariance @ gradient)
    surveys = [s for s in world.tables.surveys if s.unit_id in unit_ids]
    for survey in surveys:
        polygon = world.polygons[survey.unit_id]
        total += geodesy.polygon_area_m2(polygon) / 1e6
        variance += survey_sigma_km2(polygon, survey.sigma_m) ** 2
    return ClustersArea(area_km2=total, sigma_km2=float(np.sqrt(variance)))


def area_sigmas(world: World) -> tuple[AreaSigma, ...]:
    """Return how sure the areas of core, zones and corridor are, in the order of the units.

    A zone that is filled has its reported area whatever the lines do: its infill takes and gives
    what its clusters gain and lose. All that is left of its sigma is the rounding of the figure.
    A zone whose clusters exceed the figure is these clusters. The corridor is the union of the
    four. So no sigma here makes a reported figure any surer; see ``clusters_sigma_km2`` for what
    the lines say.

    Parameters
    ----------
    world
        Tables, adjustment and infill.
    """
    parts = [u for u in world.tables.units if u.kind in (UnitKind.CORE, UnitKind.ZONE)]
    filled = {unit.unit_id: _filled(unit, world) for unit in parts}
    return tuple(
        filled[unit.unit_id] if unit.unit_id in filled else _union(unit, parts, world)
        for unit in world.tables.units
        if unit.kind is not UnitKind.CLUSTER
    )


def _filled(unit: UnitRow, world: World) -> AreaSigma:
    """Return the figures of core or zone."""
    infill = world.filled[unit.unit_id]
    clusters = clusters_area(world, zones.members(world.tables, unit.unit_id))
    sigma: float | None = clusters.sigma_km2
    words = ALONE
    if infill.met:
        sigma, words = rounding_sigma_km2(unit.reported_area_km2), TIED
    elif infill.parameter_m > 0:
        sigma, words = None, SHORT
    return AreaSigma(
        unit_id=unit.unit_id,
        sigma_km2=sigma,
        clusters_km2=clusters.area_km2,
        clusters_sigma_km2=clusters.sigma_km2,
        tied=(unit.unit_id,) if infill.met else (),
        words=words,
    )


def _union(unit: UnitRow, parts: list[UnitRow], world: World) -> AreaSigma:
    """Return the figures of the corridor; lines that two zones share count once."""
    every = [u.unit_id for u in world.tables.units if u.kind is UnitKind.CLUSTER]
    clusters = clusters_area(world, every)
    tied = tuple(part for part in parts if world.filled[part.unit_id].met)
    loose = [part for part in parts if part not in tied]
    short = any(world.filled[part.unit_id].parameter_m > 0 for part in loose)
    members = frozenset().union(*(zones.members(world.tables, part.unit_id) for part in loose))
    rounding = [rounding_sigma_km2(part.reported_area_km2) for part in tied]
    sigma = float(np.hypot.reduce([clusters_area(world, members).sigma_km2, *rounding]))
    return AreaSigma(
        unit_id=unit.unit_id,
        sigma_km2=None if short else sigma,
        clusters_km2=clusters.area_km2,
        clusters_sigma_km2=clusters.sigma_km2,
        tied=tuple(part.unit_id for part in tied),
        words=UNKNOWN if short else UNION,
    )


def sigmas_json(rows: tuple[AreaSigma, ...]) -> list[dict[str, Any]]:
    """Return the rows as the derived files keep them."""
    return [{**asdict(row), "tied": list(row.tied)} for row in rows]
