"""Laws of membership over random points of the toy world."""

import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from tests.toy.world import HIGH, RISE, SOUTH, WEST, WIDE, box, catalog, corner
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import LEVELS, assign, decide
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import POINTS_AT_A_TIME, measure, outlines
from tzkc_geo.verdict import locate

TOY = catalog()
SHARPER = dataclasses.replace(
    TOY,
    edges=tuple(
        edge
        if edge.accuracy_m is None or edge.sigma_m is None
        else dataclasses.replace(edge, sigma_m=edge.sigma_m / 2, accuracy_m=edge.accuracy_m / 2)
        for edge in TOY.edges
    ),
)
ON_GRID = st.tuples(st.integers(0, 5), st.integers(0, 3), st.booleans()).map(
    lambda at: (corner(at[0], at[1])[0], round(corner(0, at[1])[1] + HIGH * at[2], 6))
)
ANYWHERE = st.tuples(
    st.floats(WEST - WIDE, WEST + 6 * WIDE), st.floats(SOUTH - HIGH, SOUTH + 4 * RISE)
)
POSITIONS = st.one_of(ANYWHERE, ON_GRID)


def by_hand(lon: float, lat: float) -> int:
    """Ask every polygon in turn; clusters before zones, earlier before later."""
    for kinds in ((UnitKind.CLUSTER,), (UnitKind.CORE, UnitKind.ZONE)):
        for code, row in enumerate(TOY.units):
            if row.kind in kinds and TOY.polygons[row.unit_id].covers(Point(lon, lat)):
                return code
    return OUTSIDE


@given(st.lists(POSITIONS, max_size=20))
def test_assign_is_the_first_unit_that_covers(positions: list[tuple[float, float]]) -> None:
    lon, lat = np.array(positions, dtype=float).reshape(-1, 2).T
    assert assign(lon, lat, TOY).tolist() == [by_hand(x, y) for x, y in positions]


@given(POSITIONS)
def test_locate_and_assign_agree(position: tuple[float, float]) -> None:
    found = locate(*position, TOY)
    code = assign(*position, TOY)[0]
    held = found.cluster or found.zone
    assert held == (None if code == OUTSIDE else TOY.units[code].unit_id)


@given(st.lists(POSITIONS, min_size=1, max_size=8))
def test_many_at_once_is_one_at_a_time(positions: list[tuple[float, float]]) -> None:
    lon, lat = np.array(positions).T
    many = decide(lon, lat, TOY)
    alone = [decide(x, y, TOY) for x, y in positions]
    assert many.level.tolist() == [one.level[0] for one in alone]
    assert np.array_equal(
        many.measures.distance_m, np.vstack([o.measures.distance_m for o in alone])
    )


@given(POSITIONS)
def test_sign_relation_and_probability_agree(position: tuple[float, float]) -> None:
    for row in locate(*position, TOY).units:
        assert row.distance_m is not None
        covered = TOY.polygons[row.unit_id].covers(Point(position))
        assert (row.distance_m > 0) == covered or row.relation == "edge"
        assert (row.probability > 0.5) == covered or abs(row.distance_m) < 1e-3
        outline = TOY.polygons[row.unit_id].boundary
        degrees = shapely.distance(outline, Point(position))
        assert degrees * 97_000 <= abs(row.distance_m) + 1e-3
        assert abs(row.distance_m) <= degrees * 111_200 + 1e-3


@given(POSITIONS)
def test_the_whole_is_never_less_probable_than_its_parts(position: tuple[float, float]) -> None:
    chance = {row.unit_id: row.probability for row in locate(*position, TOY).units}
    for row in TOY.units:
        assert row.parent_id is None or chance[row.parent_id] >= chance[row.unit_id]


@given(POSITIONS)
def test_a_better_known_world_decides_no_less(position: tuple[float, float]) -> None:
    before = LEVELS[decide(*position, TOY).level[0]]
    after = LEVELS[decide(*position, SHARPER).level[0]]
    assert before in ("undecided", after)


def test_where_clusters_overlap_the_earlier_wins_and_its_outline_decides() -> None:
    wide = dataclasses.replace(TOY, polygons={**TOY.polygons, "c02": box(*corner(0.5, 0), 2)})
    lon, lat = corner(0.75, 0)
    inside, beside = (lon, lat + HIGH / 2), (corner(1, 0)[0] + 1e-4, lat + HIGH / 2)
    assert wide.units[assign(*inside, wide)[0]].unit_id == "c01"
    found = decide(*beside, wide)
    assert wide.units[found.cluster[0]].unit_id == "c02"
    assert LEVELS[found.level[0]] == "undecided"


def test_the_outline_keeps_its_metres_to_a_tenth_of_a_millimetre() -> None:
    """A chord of 0.01 degree sags by 1 cm on the map; a point on it is on the edge even so."""
    lon, lat = corner(0.5, 0)
    row = next(u for u in locate(lon, lat, TOY).units if u.unit_id == "c01")
    assert row.relation == "edge"
    assert row.distance_m == pytest.approx(0.0, abs=1e-4)


def test_a_long_table_is_measured_as_its_rows_are() -> None:
    rng = np.random.default_rng(0)
    lon = rng.uniform(WEST - WIDE, WEST + 6 * WIDE, 2 * POINTS_AT_A_TIME + 5)
    lat = rng.uniform(SOUTH - HIGH, SOUTH + 4 * RISE, lon.size)
    known = outlines(TOY)
    table = measure(lon, lat, known)
    rows = [measure(lon[k : k + 1], lat[k : k + 1], known) for k in range(lon.size)]
    for field in dataclasses.fields(table):
        alone = np.vstack([getattr(row, field.name) for row in rows])
        assert np.array_equal(getattr(table, field.name), alone, equal_nan=alone.dtype.kind == "f")


@given(POSITIONS, st.sets(st.sampled_from([row.unit_id for row in TOY.units])))
def test_units_without_an_edge_change_no_other(
    position: tuple[float, float], bare: set[str]
) -> None:
    some = dataclasses.replace(TOY, edges=tuple(e for e in TOY.edges if e.unit_id not in bare))
    lon, lat = np.array(position)[:, None]
    known, full = measure(lon, lat, outlines(some)), measure(lon, lat, outlines(TOY))
    has = np.array([row.unit_id not in bare for row in TOY.units])
    for name in ("distance_m", "sigma_m", "reach_m", "unsure"):
        old, new = getattr(full, name), getattr(known, name)
        assert np.array_equal(new[:, has], old[:, has], equal_nan=name != "unsure")
    assert np.isnan(known.distance_m[:, ~has]).all()
    assert (known.edge[:, ~has] == -1).all()
    assert not known.unsure[:, ~has].any()
    assert not decide(lon, lat, some).deciding[:, ~has].any()


@given(POSITIONS)
def test_the_verdict_follows_from_what_holds_the_point(position: tuple[float, float]) -> None:
    found = decide(*position, TOY)
    inside, kinds = found.measures.inside[0], [row.kind for row in TOY.units]
    of = {row.unit_id: code for code, row in enumerate(TOY.units)}
    held = {kind: [c for c, own in enumerate(kinds) if own is kind and inside[c]] for kind in kinds}
    cluster = (held.get(UnitKind.CLUSTER) or [OUTSIDE])[0]
    zones = held.get(UnitKind.CORE, []) + held.get(UnitKind.ZONE, [])
    zone = of[TOY.units[cluster].parent_id or ""] if cluster >= 0 else (zones or [OUTSIDE])[0]
    deciding = [
        code == cluster if cluster >= 0 else kind is UnitKind.CLUSTER or zone in (OUTSIDE, code)
        for code, kind in enumerate(kinds)
    ]
    assert (found.cluster[0], found.zone[0]) == (cluster, zone)
    assert found.deciding[0].tolist() == deciding
    undecided = (found.deciding[0] & found.measures.unsure[0]).any()
    sure = (
        "in_cluster"
        if cluster >= 0
        else "zone_only"
        if zone >= 0
        else "corridor_only"
        if held[UnitKind.CORRIDOR]
        else "outside"
    )
    textless = cluster in outlines(TOY).textless
    assert LEVELS[found.level[0]] == ("undecided" if undecided or textless else sure)
