"""Names of datums, and known shifts of GCJ-02 and BD-09."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Geod

from tzkc_geo.crs import Datum, from_cgcs2000, parse_datum, to_cgcs2000
from tzkc_geo.errors import CrsError

NOT_CHINA = [(139.7, 35.7), (2.35, 48.85), (-74.0, 40.7), (0.0, -90.0), (180.0, 90.0)]


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("wgs84", Datum.WGS84),
        ("WGS84", Datum.WGS84),
        (" WGS 84 ", Datum.WGS84),
        ("WGS-1984", Datum.WGS84),
        ("EPSG:4326", Datum.WGS84),
        ("OGC:CRS84", Datum.WGS84),
        ("epsg：4490", Datum.CGCS2000),
        ("CGCS2000", Datum.CGCS2000),
        ("2000国家大地坐标系", Datum.CGCS2000),
        ("GCJ-02", Datum.GCJ02),
        ("gcj_02", Datum.GCJ02),
        ("火星坐标", Datum.GCJ02),
        ("BD-09", Datum.BD09),
        ("bd09ll", Datum.BD09),
        ("gk40", Datum.GK40),
        ("EPSG:4528", Datum.GK40),
        ("4529", Datum.GK41),
        ("GK 120", Datum.GK120),
        ("CGCS2000_3_Degree_GK_CM_123E", Datum.GK123),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 41", Datum.GK41),
        (Datum.BD09, Datum.BD09),
    ],
)
def test_a_datum_has_its_usual_names(text: str, datum: Datum) -> None:
    assert parse_datum(text) is datum


@pytest.mark.parametrize("text", ["", "bd09mc", "EPSG:2437", "xian80", "wgs", "gk39"])
def test_another_name_is_refused_and_the_allowed_ones_are_listed(text: str) -> None:
    with pytest.raises(
        CrsError, match="expected one of wgs84, cgcs2000, gcj02, bd09, gk40, gk41, gk120, gk123"
    ):
        parse_datum(text)


def test_a_datum_has_its_code_its_unit_and_its_prefix() -> None:
    told = {datum: (datum.epsg, datum.is_metric, datum.is_shifted) for datum in Datum}
    assert told == {
        Datum.WGS84: (4326, False, False),
        Datum.CGCS2000: (4490, False, False),
        Datum.GCJ02: (None, False, True),
        Datum.BD09: (None, False, True),
        Datum.GK40: (4528, True, False),
        Datum.GK41: (4529, True, False),
        Datum.GK120: (4549, True, False),
        Datum.GK123: (4550, True, False),
    }
    assert [datum.prefix_m for datum in Datum][4:] == [40e6, 41e6, 0.0, 0.0]


@pytest.mark.parametrize("datum", [datum for datum in Datum if datum.is_metric])
def test_the_name_in_the_register_is_taken(datum: Datum) -> None:
    assert datum.epsg is not None
    assert parse_datum(CRS.from_epsg(datum.epsg).name) is datum


def test_the_gcj02_shift_at_taizhou_is_the_published_one() -> None:
    lon, lat = from_cgcs2000(121.40, 28.64, Datum.GCJ02)
    assert lon - 121.40 == pytest.approx(0.004436, abs=5e-7)
    assert lat - 28.64 == pytest.approx(-0.002952, abs=5e-7)


@pytest.mark.parametrize(
    ("datum", "metres", "azimuth_deg"), [(Datum.GCJ02, 540.0, 129.0), (Datum.BD09, 1105.0, 73.0)]
)
def test_the_shift_over_the_corridor_has_its_known_size_and_direction(
    datum: Datum, metres: float, azimuth_deg: float
) -> None:
    lon, lat = (grid.ravel() for grid in np.meshgrid([121.25, 121.35, 121.45], [28.6, 28.65]))
    azimuth, _, length = Geod(ellps="GRS80").inv(lon, lat, *from_cgcs2000(lon, lat, datum))
    assert length == pytest.approx(np.full(6, metres), rel=0.015)
    assert azimuth == pytest.approx(np.full(6, azimuth_deg), abs=2.5)


def test_places_of_a_map_service_come_back_to_where_they_are() -> None:
    on_the_map = [(121.400323, 28.656760), (121.402745, 28.658889), (121.380820, 28.581284)]
    on_earth = [(121.395886, 28.659702), (121.398308, 28.661829), (121.376404, 28.584278)]
    lon, lat = np.transpose(on_the_map)
    back = np.column_stack(to_cgcs2000(lon, lat, Datum.GCJ02))
    assert back == pytest.approx(np.array(on_earth), abs=1.1e-6)


@pytest.mark.parametrize(("lon", "lat"), NOT_CHINA)
def test_gcj02_shifts_nothing_outside_its_box(lon: float, lat: float) -> None:
    for change in (to_cgcs2000, from_cgcs2000):
        there_lon, there_lat = change(lon, lat, Datum.GCJ02)
        assert (there_lon.item(), there_lat.item()) == (lon, lat)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_stays_so_and_harms_no_other(datum: Datum, odd: float) -> None:
    for change in (to_cgcs2000, from_cgcs2000):
        lon, lat = change([121.4, odd, 121.4], [28.6, 28.6, odd], datum)
        assert not (np.isfinite(lon) & np.isfinite(lat))[1:].any()
        alone = change(121.4, 28.6, datum)
        assert (lon[0], lat[0]) == (alone[0].item(), alone[1].item())


def test_no_positions_give_no_positions() -> None:
    for change in (to_cgcs2000, from_cgcs2000):
        for datum in Datum:
            assert [part.size for part in change([], [], datum)] == [0, 0]


def test_the_singular_meridian_of_the_formula_is_inverted_too() -> None:
    lon = 105.0 + np.array([-1e-9, -1e-12, 0.0, 1e-12, 1e-9])
    lat = np.full(5, 35.0)
    back = to_cgcs2000(*from_cgcs2000(lon, lat, Datum.GCJ02), Datum.GCJ02)
    assert np.abs(back - np.array([lon, lat])).max() < 1e-9
