"""Parcels of the toy world, divided by hand."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from tests.toy.world import HIGH, WIDE, box, catalog, corner
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.faces import ShareKind
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.parcels import Division, Share, divide, divide_many, rounded_percent
from tzkc_geo.pieces import SLIVER_M, width_m

TOY = catalog()
WEST, SOUTH = corner(0, 0)
NORTH, MIDDLE = SOUTH + HIGH, SOUTH + HIGH / 2
M_DEG = 1.0 / 111_000.0  # about one metre
LAT_M = math.radians(1.0) * 6_357_000.0  # a degree of latitude here, 0.5 %


def strip(west: float, east: float, *, south: float = 0.004, north: float = 0.005) -> Any:  # noqa: ANN401
    """Return a box; longitudes in squares east of c01's west side, latitudes above its south."""
    return shapely.box(WEST + west * WIDE, SOUTH + south, WEST + east * WIDE, SOUTH + north)


def printed(polygon: Any) -> list[tuple[str | None, str, str]]:  # noqa: ANN401
    """Return unit, kind and printed percent of each share."""
    found = divide(polygon, TOY)
    return [(share.unit_id, share.kind, share.percent_text) for share in found.shares]


def only(polygon: Any) -> Share:  # noqa: ANN401
    """Return the one share of a parcel."""
    (share,) = divide(polygon, TOY).shares
    return share


def test_three_clusters_zone_and_outside_share_by_width() -> None:
    found = divide(strip(-0.5, 4.5), TOY)
    rows = [(s.unit_id, s.kind, s.name_zh, s.percent_text) for s in found.shares]
    assert rows == [
        ("core", "zone_only", "中央创新核", "20.00"),
        ("c01", "cluster", "组团01", "20.00"),
        ("c02", "cluster", "组团02", "20.00"),
        ("c03", "cluster", "组团03", "20.00"),
        (None, "outside", "走廊外", "20.00"),
    ]
    (zone,) = found.zones
    assert (zone.unit_id, zone.name_zh, zone.percent_text) == ("core", "中央创新核", "80.00")
    assert zone.area_m2 == pytest.approx(0.8 * found.area_m2, rel=1e-9)
    assert zone.percent == pytest.approx(80.0, rel=1e-9)


def test_a_third_each_is_printed_to_a_hundred() -> None:
    units, _, texts = zip(*printed(strip(0.0, 3.0)), strict=True)
    assert units == ("c01", "c02", "c03")
    assert sorted(texts) == ["33.33", "33.33", "33.34"]


def test_a_parcel_over_two_zones_has_both_totals() -> None:
    south, north = corner(0, 0)[1], corner(0, 2)[1]
    found = divide(shapely.box(WEST, south, WEST + WIDE, north), TOY)
    assert [zone.unit_id for zone in found.zones] == ["core", "z1"]
    assert [share.unit_id for share in found.shares] == ["c01", "c04", None]
    assert not divide(translate(strip(0, 1), xoff=1.0), TOY).zones


def test_of_two_clusters_that_overlap_the_earlier_has_the_ground() -> None:
    wide = box(WEST + WIDE / 2, SOUTH, columns=1)
    world = dataclasses.replace(TOY, polygons={**TOY.polygons, "c02": wide})
    found = divide(strip(0.0, 1.5), world)
    assert [(s.unit_id, s.percent_text) for s in found.shares] == [
        ("c01", "66.67"),
        ("c02", "33.33"),
    ]


def test_the_edge_of_an_earlier_cluster_unsettles_the_later_one_below_it() -> None:
    world = dataclasses.replace(
        TOY,
        polygons={**TOY.polygons, "c02": box(WEST + WIDE / 2, SOUTH)},
        edges=tuple(edge for edge in TOY.edges if edge.line_id != "c02-west"),
    )
    found = divide(strip(1.0, 1.01), world)
    assert [share.unit_id for share in found.shares] == ["c02"]
    assert found.verdict is Division.UNDECIDED


def test_ground_of_the_corridor_in_no_zone_is_corridor_only() -> None:
    west, south, east, north = TOY.polygons["corridor"].bounds
    world = dataclasses.replace(
        TOY, polygons={**TOY.polygons, "corridor": shapely.box(west, south, east, north)}
    )
    (share,) = divide(shapely.box(WEST, NORTH, WEST + WIDE, NORTH + 0.01), world).shares
    assert (share.unit_id, share.kind, share.name_zh) == (
        "corridor",
        ShareKind.CORRIDOR_ONLY,
        "台州湾科创走廊",
    )


def test_holes_and_parts_are_kept() -> None:
    hole = strip(0.3, 0.4).exterior.coords
    ring = shapely.Polygon(strip(0.2, 1.2, south=0.003, north=0.006).exterior.coords, [hole])
    whole = shapely.MultiPolygon([ring, strip(1.5, 1.6)])
    found = divide(whole, TOY)
    east = polygon_area_m2(strip(1.0, 1.2, south=0.003, north=0.006))
    east += polygon_area_m2(strip(1.5, 1.6))
    assert [share.unit_id for share in found.shares] == ["c01", "c02"]
    assert found.shares[1].area_m2 == pytest.approx(east, rel=1e-9)
    assert found.shares[0].area_m2 == pytest.approx(polygon_area_m2(whole) - east, rel=1e-9)
    assert len(found.shares[0].geometry.interiors) == 1
    assert found.shares[1].geometry.geom_type == "MultiPolygon"


def test_a_parcel_in_one_unit_keeps_its_geometry_and_area() -> None:
    parcel = shapely.MultiPolygon([strip(0.4, 0.5), strip(0.6, 0.7)])
    share = only(parcel)
    assert share.geometry is not None
    assert share.geometry.equals_exact(parcel)
    assert share.area_m2 == polygon_area_m2(parcel)
    assert (share.percent, share.percent_text, share.sigma_m2) == (100.0, "100.00", 0.0)


@pytest.mark.parametrize(
    ("polygon", "verdict"),
    [
        (strip(0.4, 0.6), Division.IN_CLUSTER),
        (strip(3.4, 3.6), Division.ZONE_ONLY),
        (strip(-9.0, -8.0), Division.OUTSIDE),
        (strip(0.4, 1.6), Division.SPLIT),
        (strip(0.99, 1.01), Division.UNDECIDED),  # 10 m on either side of an edge known to 20 m
        (strip(3.4, 3.6, south=0.0, north=0.001), Division.UNDECIDED),  # band of 200 m
        (strip(3.0, 3.01), Division.UNDECIDED),  # in the zone only, but the edge of c03 is near
        (box(*corner(3, 1)), Division.UNDECIDED),  # c07 follows from no clause
    ],
)
def test_verdicts(polygon: shapely.Polygon, verdict: Division) -> None:
    assert divide(polygon, TOY).verdict is verdict


def test_undecided_ground_is_the_strip_along_the_edges() -> None:
    wide_m = polygon_area_m2(strip(0.5, 1.5)) / (0.001 * LAT_M)
    found = divide(strip(0.5, 1.5), TOY)
    assert found.undecided_m2 == pytest.approx(2 * 19.6 / wide_m * found.area_m2, rel=0.01)
    for share in found.shares:
        assert share.undecided_m2 == pytest.approx(found.undecided_m2 / 2, rel=0.01)


def test_a_third_of_undecided_ground_leaves_a_parcel_decided() -> None:
    found = divide(strip(1.0, 1.06), TOY)  # 59 m, of which 20 m
    assert found.undecided_m2 == pytest.approx(found.area_m2 / 3.0, rel=0.02)
    assert found.verdict is Division.IN_CLUSTER


def test_sigma_is_that_of_the_edge_times_its_length() -> None:
    length = 0.001 * LAT_M
    c01, c02 = divide(strip(0.5, 1.5), TOY).shares
    assert c01.sigma_m2 == pytest.approx(10.0 * length, rel=0.01)
    assert c02.sigma_m2 == c01.sigma_m2


def test_sigmas_of_two_lines_add_by_their_squares() -> None:
    length = 0.001 * LAT_M
    sigmas = [share.sigma_m2 for share in divide(strip(0.5, 2.5), TOY).shares]
    once = 10.0 * length
    assert sigmas == pytest.approx([once, math.sqrt(2.0) * once, once], rel=0.01)


def test_parts_of_one_line_add_up() -> None:
    two = shapely.MultiPolygon([strip(0.9, 1.1), strip(0.9, 1.1, south=0.006, north=0.007)])
    sigmas = [share.sigma_m2 for share in divide(two, TOY).shares]
    assert sigmas == pytest.approx([2.0 * 10.0 * 0.001 * LAT_M] * 2, rel=0.01)


def test_an_edge_with_a_band_alone_gives_no_sigma() -> None:
    over = strip(2.2, 2.4, south=-0.001, north=0.001)  # the south side of c03
    assert [share.sigma_m2 for share in divide(over, TOY).shares] == [None, None]


def test_a_sliver_goes_to_the_neighbour_and_is_reported() -> None:
    parcel = shapely.box(WEST + 0.001, MIDDLE, WEST + WIDE + 0.005 * M_DEG, MIDDLE + 0.001)
    found = divide(parcel, TOY)
    assert [(share.unit_id, share.area_m2) for share in found.shares] == [("c01", found.area_m2)]
    (sliver,) = found.slivers
    assert (sliver.from_id, sliver.to_id) == ("c02", "c01")
    assert sliver.area_m2 == pytest.approx(0.005 * 0.88 * 111.0, rel=0.02)
    assert found.shares[0].geometry.equals(parcel)


def test_what_is_wider_than_a_sliver_is_a_share() -> None:
    parcel = shapely.box(WEST + 0.001, MIDDLE, WEST + WIDE + 0.015 * M_DEG, MIDDLE + 0.001)
    found = divide(parcel, TOY)
    assert [share.percent_text for share in found.shares] == ["100.00", "0.00"]
    assert not found.slivers


def test_a_sliver_goes_to_the_longest_common_edge_not_to_the_largest_piece() -> None:
    top = NORTH + 0.005 * M_DEG  # a sliver outside, north of c01 and a little of c02
    shell = [
        (WEST + 0.7 * WIDE, MIDDLE + 0.004),
        (WEST + WIDE, MIDDLE + 0.004),
        (WEST + WIDE, SOUTH + 0.001),
        (WEST + 1.9 * WIDE, SOUTH + 0.001),
        (WEST + 1.9 * WIDE, MIDDLE),
        (WEST + 1.1 * WIDE, MIDDLE),
        (WEST + 1.1 * WIDE, top),
        (WEST + 0.7 * WIDE, top),
    ]
    found = divide(shapely.Polygon(shell), TOY)
    c01, c02 = found.shares
    assert (c01.unit_id, c02.unit_id) == ("c01", "c02")
    assert c01.area_m2 < c02.area_m2
    assert [(s.from_id, s.to_id) for s in found.slivers] == [(None, "c01")]


def test_a_sliver_that_lies_apart_goes_to_the_largest_piece() -> None:
    apart = shapely.box(WEST - 0.005 * M_DEG, MIDDLE, WEST, MIDDLE + 0.001)
    parcel = shapely.MultiPolygon([apart, strip(0.5, 0.6), strip(1.2, 1.9)])
    found = divide(parcel, TOY)
    assert [(s.from_id, s.to_id) for s in found.slivers] == [(None, "c02")]
    assert sum(share.area_m2 for share in found.shares) == pytest.approx(
        polygon_area_m2(parcel), rel=1e-12
    )


def test_a_parcel_as_thin_as_two_slivers_goes_to_the_larger_one() -> None:
    edge = WEST + WIDE
    parcel = shapely.box(edge - 0.009 * M_DEG, MIDDLE, edge + 0.006 * M_DEG, MIDDLE + 0.001)
    assert printed(parcel) == [("c01", "cluster", "100.00")]


def test_width_of_a_strip_is_its_width() -> None:
    shape = strip(0.0, 0.5, south=0.004, north=0.004 + 2.0 / LAT_M)
    assert width_m(np.array([shape]), np.array([polygon_area_m2(shape)]))[0] == pytest.approx(
        2.0, rel=0.015
    )


def test_json_is_plain_and_states_its_rules() -> None:
    found = divide(strip(0.5, 1.5), TOY).to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["sliver_width_m"] == SLIVER_M
    assert set(found["rules"]) == {
        "ties",
        "slivers",
        "closure",
        "percent_text",
        "undecided",
        "sigma_m2",
    }
    assert found["digest"] == TOY.digest
    assert list(found["shares"][0]) == [
        "unit_id",
        "kind",
        "name_zh",
        "area_m2",
        "percent",
        "percent_text",
        "sigma_m2",
        "undecided_m2",
    ]


def test_no_parcels_have_no_verdicts() -> None:
    assert divide_many([], TOY) == ()


def test_a_third_coordinate_does_not_count() -> None:
    flat = strip(0.5, 1.5)
    high = shapely.force_3d(flat, z=30.0)
    assert divide(high, TOY).to_json() == divide(flat, TOY).to_json()


BOW_TIE = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
GOOD = strip(0.4, 0.6)
with np.errstate(invalid="ignore"):  # GEOS compares the NaN
    NO_NUMBER = shapely.Polygon([(121.4, 28.6), (math.nan, 28.7), (121.5, 28.6)])


@pytest.mark.parametrize(
    ("bad", "error", "says"),
    [
        (shapely.Point(121.4, 28.6), DataError, "parcel 2: is no area, .*got Point"),
        (None, DataError, "parcel 2: is no area, .*got NoneType"),
        (shapely.Polygon(), DataError, "parcel 2: is empty.*remove it"),
        (BOW_TIE, DataError, r"parcel 2: is not valid.*Self-intersection\[121.45 28.65\].*correct"),
        (
            NO_NUMBER,
            CrsError,
            "parcel 2: vertex 1: lon is not a finite number",
        ),
        (shapely.box(28.6, 121.4, 28.7, 121.5), CrsError, "parcel 2: vertex 0: .*swapped"),
        (
            shapely.box(640000.0, 3165000.0, 640100.0, 3165100.0),
            CrsError,
            "parcel 2: vertex 0: metres where degrees are expected",
        ),
        (
            strip(0.4, 0.6, south=0.004, north=0.004 + 0.005 * M_DEG),
            DataError,
            "parcel 2: is a sliver, expected a mean width of 0.01 m or more, got 0.005 m",
        ),
    ],
)
def test_a_bad_parcel_is_refused(bad: Any, error: type[Exception], says: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=says):
        divide_many([GOOD, bad], TOY)


def test_rounded_percent_by_hand() -> None:
    assert rounded_percent([1.0, 1.0, 1.0]) == ("33.34", "33.33", "33.33")
    assert rounded_percent([0.0, 5.0]) == ("0.00", "100.00")
    assert rounded_percent([1.0, 2.0], decimals=0) == ("33", "67")
    assert rounded_percent([0.0, 1.0], decimals=8) == ("0.00000000", "100.00000000")


@pytest.mark.parametrize("shares", [[], [0.0, 0.0], [1.0, -0.1], [math.nan, 1.0], [math.inf, 1.0]])
def test_amounts_without_a_percent_are_refused(shares: list[float]) -> None:
    with pytest.raises(DataError, match="shares: no percent of these"):
        rounded_percent(shares)


def test_fewer_than_no_decimals_are_refused() -> None:
    with pytest.raises(DataError, match="decimals: no such number of digits"):
        rounded_percent([1.0], decimals=-1)
