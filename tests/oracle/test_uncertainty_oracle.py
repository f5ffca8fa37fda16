"""Closed-form standard deviations against Monte Carlo: draw the lines, derive the rings again."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.stats import chi2

from tests.toy import lines as toy
from tzkc_geo import crs, geodesy
from tzkc_geo.adjust import Adjustment, Problem, solve
from tzkc_geo.adjust.rows import area_km2
from tzkc_geo.catalog import Tables
from tzkc_geo.derive import ring_of
from tzkc_geo.figures import World
from tzkc_geo.infill import Infill, fill
from tzkc_geo.model import UnitKind
from tzkc_geo.uncertainty import area_sigmas, clusters_area, rounding_sigma_km2

DRAWS = 300
LEVEL = 1e-3  # of either tail: how often the draws may deny a sigma that is right
SMALL = 1e-3  # draws this much nearer to the solution see no second order
CLUSTERS = [f"c{number:02d}" for number in range(1, 15)]

Floats = NDArray[np.float64]


def drawn(adjustment: Adjustment, count: int, *, scale: float = 1.0) -> Floats:
    """Return unknown vectors drawn about the solution, ``(count, unknowns)``."""
    rng = np.random.default_rng(20221114)
    root = np.linalg.cholesky(adjustment.covariance)
    normal = rng.normal(size=(count, len(adjustment.x)))
    found: Floats = adjustment.x + scale * normal @ root.T
    return found


def areas(problem: Problem, xs: Floats, units: Collection[str]) -> dict[str, Floats]:
    """Return the areas of some units for each unknown vector, km2."""
    found: dict[str, list[float]] = {unit_id: [] for unit_id in units}
    for x in xs:
        lines = problem.prolonged(problem.placed(x))
        for unit_id, values in found.items():
            walks = [walk for walk in problem.walks if walk.unit_id == unit_id]
            values.append(sum(area_km2(ring_of(walk, lines)) for walk in walks))
    return {unit_id: np.array(values) for unit_id, values in found.items()}


def agrees(values: Floats, sigma: float) -> bool:
    """Say whether a sample has this standard deviation, by a chi-square test of its variance."""
    freedom = len(values) - 1
    ratio = freedom * float(np.var(values, ddof=1)) / sigma**2
    low, high = chi2.ppf([LEVEL, 1.0 - LEVEL], freedom)
    return bool(low < ratio < high)


@pytest.fixture(scope="module")
def square() -> tuple[Problem, Adjustment]:
    """Return the two squares, one area observed, all lines with points of 10 m."""
    spots = [toy.on_line(name, *_mean(points)) for name, points in toy.SHAPES.items()]
    problem = toy.problem([*spots, toy.area("u1", 1.0, sigma=0.01)])
    return problem, solve(problem)


def _mean(points: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    (x0, y0), (x1, y1) = points
    return (x0 + x1) / 2, (y0 + y1) / 2


@pytest.fixture(scope="module")
def real(real_tables: Tables, real_problem: Problem, real_adjustment: Adjustment) -> World:
    """Return the shipped world without its infill."""
    return World(
        tables=real_tables,
        problem=real_problem,
        adjustment=real_adjustment,
        polygons={},
        filled={},
        left={},
    )


@pytest.fixture(scope="module")
def near(real: World) -> dict[str, Floats]:
    """Return the areas of all clusters for draws very near to the solution."""
    return areas(real.problem, drawn(real.adjustment, DRAWS, scale=SMALL), CLUSTERS)


@pytest.mark.parametrize("units", [("u1",), ("u2",), ("u1", "u2")])
def test_in_the_toy_world_draws_scatter_as_the_closed_form_says(
    square: tuple[Problem, Adjustment], real_tables: Tables, units: tuple[str, ...]
) -> None:
    problem, adjustment = square
    found = clusters_area(toy_world(real_tables, problem, adjustment), units)
    values = np.sum(list(areas(problem, drawn(adjustment, DRAWS), units).values()), axis=0)
    assert agrees(values, found.sigma_km2)
    assert float(np.mean(values)) == pytest.approx(found.area_km2, abs=found.sigma_km2 / 4)


def test_land_that_passes_from_one_unit_to_its_neighbour_leaves_their_sum(
    real_tables: Tables,
) -> None:
    """How badly the middle line is known moves u1 and u2, and not u1 and u2 together."""
    sigmas = []
    for sigma in (10.0, 50.0):
        problem = toy.problem([toy.on_line("middle", 1000, 500, sigma=sigma)])
        world = toy_world(real_tables, problem, solve(problem))
        units = (("u1",), ("u1", "u2"))
        sigmas.append([clusters_area(world, unit_ids).sigma_km2 for unit_ids in units])
    (sure_alone, sure_both), (loose_alone, loose_both) = sigmas
    assert loose_alone > 1.01 * sure_alone
    assert loose_both == pytest.approx(sure_both, rel=1e-9)


@pytest.mark.parametrize("unit_id", ["c04", "c08"])
def test_draws_of_real_lines_scatter_as_the_closed_form_says(real: World, unit_id: str) -> None:
    """Their reported areas are set aside: what is known of them is what their lines say."""
    values = areas(real.problem, drawn(real.adjustment, DRAWS), [unit_id])[unit_id]
    assert agrees(values, clusters_area(real, [unit_id]).sigma_km2)


@pytest.mark.parametrize("unit_id", CLUSTERS)
def test_near_the_solution_every_cluster_scatters_as_the_closed_form_says(
    real: World, near: dict[str, Floats], unit_id: str
) -> None:
    """The first order is right everywhere; what large draws add to it is of second order."""
    assert agrees(near[unit_id], SMALL * clusters_area(real, [unit_id]).sigma_km2)


@pytest.mark.parametrize(
    "units", [CLUSTERS[:3], CLUSTERS[3:7], CLUSTERS[7:10], CLUSTERS[10:], CLUSTERS]
)
def test_the_clusters_of_a_part_scatter_with_their_covariances(
    real: World, near: dict[str, Floats], units: list[str]
) -> None:
    values = np.sum([near[unit_id] for unit_id in units], axis=0)
    assert agrees(values, SMALL * clusters_area(real, units).sigma_km2)


def test_one_cluster_has_the_sigma_of_the_adjustment(
    real: World, real_adjustment: Adjustment
) -> None:
    for unit_id in CLUSTERS:
        found, known = clusters_area(real, [unit_id]), real_adjustment.areas[unit_id]
        assert found.area_km2 == pytest.approx(known.area_km2, rel=1e-12)
        assert found.sigma_km2 == pytest.approx(known.sigma_km2, rel=1e-9)


def polygon(problem: Problem, x: Floats, unit_id: str) -> shapely.Polygon:
    """Return the ring of a toy unit, EPSG:4549."""
    walk = next(walk for walk in problem.walks if walk.unit_id == unit_id)
    return shapely.Polygon(ring_of(walk, problem.prolonged(problem.placed(x))).points)


def area_m2(shape: shapely.Geometry) -> float:
    """Return the statutory area of a shape in EPSG:4549."""
    return geodesy.polygon_area_m2(shapely.transform(shape, crs.to_geographic))


def filled(problem: Problem, x: Floats, targets_km2: dict[str, float]) -> dict[str, Infill]:
    """Return the zones za (u1 and infill in the west) and zb (u2; u1 lies in its way)."""
    own = {"za": polygon(problem, x, "u1"), "zb": polygon(problem, x, "u2")}
    land = shapely.box(*(toy.ORIGIN - 3000.0), *(toy.ORIGIN + 3000.0))
    return {
        zone: fill(own[zone], land.difference(own[other]), targets_km2[zone] * 1e6, area_m2)
        for zone, other in (("za", "zb"), ("zb", "za"))
    }


def toy_world(
    real_tables: Tables,
    problem: Problem,
    adjustment: Adjustment,
    zones: dict[str, Infill] | None = None,
    *,
    printed: tuple[str, str] = ("2.3", "0.8"),
) -> World:
    """Return the toy problem with its units: za over u1, zb over u2, both in the corridor."""
    row = real_tables.units[0]
    rows: Iterator[tuple[str, UnitKind, str | None, str]] = iter(
        (
            ("corridor", UnitKind.CORRIDOR, None, "3.1"),
            ("za", UnitKind.ZONE, "corridor", printed[0]),
            ("zb", UnitKind.ZONE, "corridor", printed[1]),
            ("u1", UnitKind.CLUSTER, "za", "1.0"),
            ("u2", UnitKind.CLUSTER, "zb", "1.0"),
        )
    )
    units = tuple(
        replace(row, unit_id=name, kind=kind, parent_id=parent, reported_area_km2=area)
        for name, kind, parent, area in rows
    )
    tables = replace(real_tables, units=units, surveys=())
    return World(
        tables=tables,
        problem=problem,
        adjustment=adjustment,
        polygons={},
        filled=zones or {},
        left={},
    )


def test_filled_zones_and_their_corridor_scatter_as_the_closed_form_says(
    square: tuple[Problem, Adjustment], real_tables: Tables
) -> None:
    """za is tied to a printed 2.3, drawn within its rounding; zb is u2, which exceeds its 0.8."""
    problem, adjustment = square
    world = toy_world(
        real_tables, problem, adjustment, filled(problem, adjustment.x, {"za": 2.3, "zb": 0.8})
    )
    found = {row.unit_id: row for row in area_sigmas(world)}
    rng = np.random.default_rng(7)
    xs = drawn(adjustment, 40)
    zones = [filled(problem, x, {"za": rng.uniform(2.25, 2.35), "zb": 0.8}) for x in xs]
    tied, alone = (np.array([z[name].area_m2 for z in zones]) / 1e6 for name in ("za", "zb"))
    assert found["za"].sigma_km2 == rounding_sigma_km2("2.3") == pytest.approx(0.1 / np.sqrt(12))
    for values, unit_id in ((tied, "za"), (alone, "zb"), (tied + alone, "corridor")):
        assert agrees(values, found[unit_id].sigma_km2 or 0.0)
    assert found["corridor"].tied == found["za"].tied == ("za",)
    assert found["zb"].tied == ()


def test_a_filled_zone_has_its_figure_whatever_the_lines_do(
    square: tuple[Problem, Adjustment],
) -> None:
    problem, adjustment = square
    for x in drawn(adjustment, 10):
        zone = filled(problem, x, {"za": 2.3, "zb": 0.8})["za"]
        assert zone.met
        assert zone.area_m2 == pytest.approx(2.3e6, abs=5.0)


def test_where_the_land_does_not_suffice_no_sigma_is_stated(
    square: tuple[Problem, Adjustment], real_tables: Tables
) -> None:
    problem, adjustment = square
    zones = filled(problem, adjustment.x, {"za": 90.0, "zb": 0.8})
    assert not zones["za"].met
    found = {
        row.unit_id: row for row in area_sigmas(toy_world(real_tables, problem, adjustment, zones))
    }
    assert found["za"].sigma_km2 is None
    assert found["corridor"].sigma_km2 is None
    assert found["corridor"].clusters_sigma_km2 > 0
