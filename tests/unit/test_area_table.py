"""Areas side by side: the figures of the rule, units, and which way a stated area comes from."""

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo import crs
from tzkc_geo.area_table import WARNING, AreaRow, Subject, area_rows
from tzkc_geo.areas import RING_AREAS, all_areas_m2
from tzkc_geo.catalog import Catalog
from tzkc_geo.geodesy import densify

QUAD = shapely.box(121.2, 28.5, 121.5, 28.7)


def row(polygon: shapely.Polygon, stated: str | None = None, unit: str = "ha") -> AreaRow:
    """Return the one row of one polygon."""
    subject = Subject(ring_id="1", name="", polygon=polygon, stated=stated, unit=unit)
    (found,) = area_rows([subject])
    return found


def plane_box(wide: float, high: float) -> shapely.Polygon:
    """Return a rectangle of EPSG:4549 as lon lat."""
    box = shapely.box(640_700.0, 3_171_300.0, 640_700.0 + wide, 3_171_300.0 + high)
    return shapely.transform(box, crs.to_geographic)


def test_the_check_figure_of_the_rule_comes_out_in_every_unit() -> None:
    found = row(QUAD)
    assert found.areas_m2["statutory"] == pytest.approx(650_422_969.05457, abs=1e-4)
    assert found.hectare == 65_042.2969
    assert found.mu == pytest.approx(650_422_969.05457 * 3 / 2000, rel=1e-12)


@pytest.mark.parametrize(("lon", "share"), [(121.25, 0.037), (121.5, 0.053)])
def test_the_plane_of_120_is_larger_by_the_share_that_is_published(
    lon: float, share: float
) -> None:
    small = shapely.box(lon - 0.0005, 28.64, lon + 0.0005, 28.641)
    ppm = row(small).differences["gk120"].ppm
    assert ppm == pytest.approx(share * 1e4, abs=5.0)


def test_the_differences_on_115_km2_are_those_that_are_published(real_catalog: Catalog) -> None:
    found = row(real_catalog.polygons["corridor"])
    share = 115e6 / found.areas_m2["statutory"]  # the outline itself is not quite 115 km2
    km2 = {way: difference.m2 / 1e6 * share for way, difference in found.differences.items()}
    assert 0.042 < km2["gk120"] < 0.061
    assert 0.06 < km2["gk123"] < 0.08
    assert -0.031 < km2["utm51n"] < -0.009
    assert km2["webmercator"] == pytest.approx(34.79, abs=0.1)


def test_a_difference_is_the_same_in_m2_and_in_ppm() -> None:
    found = row(QUAD)
    assert list(found.differences) == [way for way in RING_AREAS if way != "statutory"]
    for way, difference in found.differences.items():
        assert difference.m2 == found.areas_m2[way] - found.areas_m2["statutory"]
        assert difference.ppm == pytest.approx(difference.m2 / 650.42296905457, rel=1e-9)


def test_nothing_has_no_ppm() -> None:
    found = row(shapely.Polygon())
    assert found.hectare == 0.0
    assert {difference.ppm for difference in found.differences.values()} == {None}
    assert found.notes == (WARNING,)


@given(st.sampled_from(sorted(RING_AREAS)), st.integers(0, 6))
def test_a_rounded_area_fits_the_way_it_was_computed_by(way: str, decimals: int) -> None:
    polygon = plane_box(1234.5, 987.6)
    area = all_areas_m2([polygon])[way][0]
    text = f"{round(Decimal(area) / 10_000, decimals):f}"
    stated = row(polygon, text).stated
    assert stated is not None
    assert stated.rounding_m2 == pytest.approx(0.5 * 10.0 ** (4 - decimals))
    assert way in stated.within
    assert abs(stated.differences_m2[stated.best]) <= abs(stated.differences_m2[way])


def test_a_plane_area_is_recognised_and_the_statutory_one_is_smaller() -> None:
    found = row(plane_box(200.0, 100.0), "2.0000")
    assert found.stated is not None
    assert found.stated.best == "gk120"
    assert found.stated.differences_m2["gk120"] == pytest.approx(0.0, abs=1e-5)
    assert -12.0 < found.stated.differences_m2["statutory"] < -9.0
    assert "it is that of gk120, within its rounding · 疑为平面面积" in found.notes[1]


def test_map_metres_and_geodesics_are_recognised_too() -> None:
    polygon = plane_box(2000.0, 1000.0)
    areas = all_areas_m2([polygon])
    mercator = row(polygon, f"{areas['webmercator'][0] / 1e4:.4f}")
    assert "it is that of webmercator, within its rounding · 疑为投影面积" in mercator.notes[1]
    geodesic = row(QUAD, f"{all_areas_m2([QUAD])['geodesic'][0] / 1e4:.4f}")
    assert "it is that of geodesic, within its rounding · 疑为测地线面积" in geodesic.notes[1]


def test_an_area_that_is_nearly_that_of_a_plane_says_how_near() -> None:
    polygon = plane_box(2000.0, 1000.0)
    found = row(polygon, "200.0020")  # 20 m2 more than in the plane, 1 km2 more than on it
    assert found.stated is not None
    assert found.stated.within == ()
    assert "it is that of gk120, -20.0 m2 off" in found.notes[1]


def test_an_area_that_no_way_explains_is_not_explained() -> None:
    found = row(plane_box(200.0, 100.0), "2.5")
    assert found.stated is not None
    assert found.stated.within == ()
    assert "no way of computing explains it" in found.notes[1]


def test_a_whole_number_is_rounded_to_the_unit_and_agrees_within_it() -> None:
    found = row(QUAD, "650", "km2")
    assert found.stated is not None
    assert found.stated.rounding_m2 == 500_000.0
    assert found.stated.area_m2 == 650e6
    assert "agrees with the statutory area within its rounding" in found.notes[1]


def test_long_sides_are_told_and_dense_rings_are_not() -> None:
    ring = shapely.get_coordinates(shapely.Polygon([(121.2, 28.5), (121.5, 28.5), (121.2, 28.7)]))
    assert "long sides" in row(shapely.Polygon(ring)).notes[-1]
    assert row(shapely.Polygon(densify(ring, 50.0))).notes == (WARNING,)


def test_many_rings_give_what_single_rings_give() -> None:
    boxes = [plane_box(50.0 + k, 80.0) for k in range(20)]
    subjects = [Subject(ring_id=str(k), name="", polygon=box) for k, box in enumerate(boxes)]
    found = area_rows(subjects)
    assert [one.ring_id for one in found] == [str(k) for k in range(20)]
    for one, box in zip(found, boxes, strict=True):
        assert one.areas_m2 == pytest.approx(row(box).areas_m2, rel=1e-12)


def test_the_json_holds_the_figures_of_the_row() -> None:
    found = row(plane_box(200.0, 100.0), "2.0000")
    content = found.to_json()
    assert content["areas_m2"] == found.areas_m2
    assert (content["mu"], content["hectare"]) == (found.mu, found.hectare)
    assert content["stated"]["best"] == "gk120"
    assert content["differences"]["utm51n"]["m2"] == found.differences["utm51n"].m2
    assert np.isfinite(list(content["areas_m2"].values())).all()
