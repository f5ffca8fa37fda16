"""The statistics of the adjustment, by hand and against the adjustment itself."""

from typing import Any

import pytest

from tests.toy import world as toy
from tests.toy.layers import SHIPPED
from tzkc_geo.adjust import Adjustment
from tzkc_geo.audit_sides import audit_sides
from tzkc_geo.audit_sources import sources_used
from tzkc_geo.audit_statistics import adjustment_statistics
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.plan import read_extents
from tzkc_geo.model import Grade, UnitKind


def observed(name: str, kind: str, residual: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    row = {"id": name, "kind": kind, "value": 0.0, "residual": residual, "sigma": 2.0}
    row["redundancy"] = 0.5
    return {**row, "w": residual / 2.0, "used": True, **more}


def adjusted(sigma0: float) -> dict[str, Any]:
    """Two lines, nine observations used of eleven, one active constraint: freedom 10."""
    good = [observed(f"p{k}", "on_line", float(k)) for k in range(6)]
    return {
        "lines": [{}, {}],
        "unknowns": 4,
        "rank": 4,
        "active_constraints": ["s1"],
        "sigma0": sigma0,
        "observations": [
            *good,
            observed("p6", "on_line", -7.0, redundancy=0.0, w=None),
            observed("bad", "on_line", 99.0, used=False),
            observed("a1", "area", -0.25, redundancy=0.75, w=-3.0),
            observed("a2", "area", 0.125, w=None),
            observed("d1", "distance", 5.0, used=False),
        ],
    }


def test_the_figures_are_those_known_by_hand() -> None:
    found = adjustment_statistics(adjusted(1.0))
    assert found is not None
    assert (found.observations, found.unknowns, found.rank) == (9, 4, 4)
    assert (found.active_constraints, found.degrees_of_freedom) == (1, 10)
    assert found.redundancy == 6 * 0.5 + 0.75 + 0.5
    assert found.chi_square == pytest.approx(10.0)
    # any table of the chi-square distribution, 10 degrees of freedom
    assert found.chi_square_95 == pytest.approx((3.247, 20.483), abs=5e-4)
    lines, areas = found.kinds  # no distance was used
    assert (lines.kind, lines.unit, lines.used, lines.left_out) == ("on_line", "m", 7, 1)
    assert (lines.largest_residual, lines.residual_of) == (-7.0, "p6")
    assert (lines.largest_w, lines.w_of) == (2.5, "p5")
    assert (areas.unit, areas.largest_residual, areas.largest_w) == ("km2", -0.25, -3.0)
    assert [row.id for row in found.residuals if not row.used] == ["bad", "d1"]
    assert [row.residual for row in found.residuals if row.kind == "area"] == [-0.25, 0.125]


def test_a_kind_that_nothing_tests_has_no_w() -> None:
    content = adjusted(1.0)
    content["observations"] = [observed("p", "bearing", 1.0, redundancy=0.0, w=None)]
    found = adjustment_statistics(content)
    assert found is not None
    assert (found.kinds[0].largest_w, found.kinds[0].w_of) == (None, None)


@pytest.mark.parametrize(
    ("sigma0", "verdict"), [(0.5, "below"), (0.57, "within"), (1.43, "within"), (1.44, "above")]
)
def test_the_global_test_says_on_which_side_sigma0_lies(sigma0: float, verdict: str) -> None:
    found = adjustment_statistics(adjusted(sigma0))
    assert found is not None
    assert found.verdict == verdict


def test_outlines_that_no_adjustment_made_have_no_statistics() -> None:
    assert adjustment_statistics({}) is None


def test_chi_square_is_the_weighted_sum_of_all_residuals(
    real_catalog: Catalog, real_adjustment: Adjustment, real_tables: Tables
) -> None:
    found = adjustment_statistics(real_catalog.adjustment)
    assert found is not None
    used = [o for o in real_adjustment.observations if o.used]
    observations = sum((o.residual / o.sigma) ** 2 for o in used)
    priors = sum(
        (real_adjustment.lines[p.line_id].offset_m / p.sigma_offset_m) ** 2
        + (real_adjustment.lines[p.line_id].rotation_m_per_km / p.sigma_rotation_m_per_km) ** 2
        for p in real_tables.priors
    )
    assert found.active_constraints == 0
    assert found.chi_square == pytest.approx(observations + priors, rel=1e-6)
    assert found.degrees_of_freedom == len(used)


def test_every_source_that_a_row_names_is_told_with_it(real_tables: Tables) -> None:
    extents = read_extents(DataFolder(SHIPPED))
    found = {use.source.source_id: use for use in sources_used(real_tables, extents)}
    assert list(found) == [source.source_id for source in real_tables.sources]
    for line in real_tables.lines:
        assert line.line_id in found[line.source_id].lines
    for extent in extents:
        assert extent.extent_id in found[extent.source_id].extents
    assert sum(len(use.observations) for use in found.values()) == len(real_tables.observations)
    assert found["plan-2022"].units[:2] == ("corridor", "core")
    for use in found.values():
        assert len(set(use.units)) == len(use.units)


def test_sides_walk_round_every_cluster(real_catalog: Catalog) -> None:
    sides = audit_sides(real_catalog)
    clusters = [row.unit_id for row in real_catalog.units if row.kind is UnitKind.CLUSTER]
    assert list(dict.fromkeys(side.unit_id for side in sides)) == clusters
    grades = {row["line_id"]: row["grade"] for row in real_catalog.adjustment["lines"]}
    for side in sides:
        assert (side.accuracy_m is None) == (side.grade is Grade.SCHEMATIC)
        assert side.accuracy_m is None or side.grade == grades[side.line_id]
    around = sum(side.length_m for side in sides if side.unit_id == "c13")
    # c13 is some 0.3 km2: a square of that area is 2.2 km round
    assert 2200 < around < 3000


def test_a_side_of_no_known_line_has_the_grade_of_its_unit() -> None:
    world = toy.catalog()
    sides = {side.unit_id: side for side in audit_sides(world)}
    assert sides["c01"].grade is world.results["c01"].grade
    assert sides["c07"].grade is Grade.SCHEMATIC  # a band only
