"""Systems by name, tables moved between them, rows that have no place."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo import crs
from tzkc_geo.datum import Datum
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import FeatureTable, cells, marked, shape_faults, with_faults
from tzkc_geo.systems import checked, is_degrees, moved, parse_system

SITE = shapely.Point(121.44, 28.65)
NAMES = ("wgs84", "cgcs2000", "gcj02", "bd09", "gk40", "gk41", "gk120", "gk123", "EPSG:32651")


def table(
    *shapes: shapely.Geometry | None, system: int | Datum | None = 4490, **columns: list[object]
) -> FeatureTable:
    return FeatureTable(
        columns={name: cells(column) for name, column in columns.items()},
        shapes=cells(shapes),
        system=system,
        faults=("",) * len(shapes),
        located=("lon", "lat") if "lon" in columns else (),
    )


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("WGS 84", 4326),
        ("cgcs2000", 4490),
        ("GK40", 4528),
        ("gk41", 4529),
        ("gk120", 4549),
        ("gk123", 4550),
        ("epsg:32651", 32651),
        ("4549", 4549),
        ("GCJ-02", Datum.GCJ02),
        ("bd09", Datum.BD09),
    ],
)
def test_a_system_has_many_names(name: str, system: int | Datum) -> None:
    assert parse_system(name) == system


@pytest.mark.parametrize("name", ["EPSG:999999", "beijing54", ""])
def test_a_system_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(CrsError, match="expected"):
        parse_system(name)


@given(lon=st.floats(120.5, 122.5), lat=st.floats(27.5, 29.5))
def test_there_and_back_is_where_it_was(lon: float, lat: float) -> None:
    site = table(shapely.Point(lon, lat))
    for name in NAMES:
        back = moved(moved(site, parse_system(name)), 4490)
        assert back.shapes is not None
        assert back.shapes[0].distance(shapely.Point(lon, lat)) < 1e-9
        assert back.faults == ("",)


def test_one_way_agrees_with_crs() -> None:
    for name in ("gk40", "gk123"):
        got = moved(table(SITE), parse_system(name)).shapes
        assert got is not None
        x, y = crs.from_cgcs2000(SITE.x, SITE.y, name)
        assert (got[0].x, got[0].y) == (x, y)


def test_nothing_moves_between_wgs84_and_cgcs2000() -> None:
    content = table(SITE)
    assert moved(content, 4326).shapes is content.shapes
    assert moved(content, 4490).system == 4490


def test_position_columns_follow_the_shapes() -> None:
    content = table(SITE, None, id=["a", "b"], lon=["121.44", "?"], lat=["28.65", "28.6"])
    shifted = moved(content, Datum.GCJ02)
    assert list(shifted.columns) == ["id", "lon", "lat"]
    lon, lat = crs.from_cgcs2000(121.44, 28.65, "gcj02")
    assert shifted.columns["lon"].tolist() == [lon, "?"]
    assert shifted.columns["lat"].tolist() == [lat, "28.6"]
    metric = moved(content, 4549)
    assert list(metric.columns) == ["id", "east", "north"]
    assert metric.located == ("east", "north")
    taken = table(SITE, lon=["121.44"], lat=["28.65"], east=["left wing"])
    assert list(moved(taken, 4549).columns) == ["lon", "lat", "east"]


def test_a_row_without_a_place_keeps_its_cells_and_says_why() -> None:
    sites = [SITE, shapely.Point(121.44, 95.0), SITE]
    done = moved(table(*sites, n=[1, 2, 3]), 4549)
    assert [bool(fault) for fault in done.faults] == [False, True, False]
    assert done.faults[1].startswith("table:2: ")
    assert done.shapes is not None
    assert done.shapes[1] is None
    assert done.columns["n"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("system", [4490, 4549, 32651, Datum.GCJ02])
def test_checked_marks_rows_that_cannot_be_there(system: int | Datum) -> None:
    good = SITE if is_degrees(system) else shapely.Point(crs.project([[121.44, 28.65]], 4549)[0])
    if system == 32651:
        good = shapely.Point(crs.project([[121.44, 28.65]], 32651)[0])
    bad = shapely.box(1e9, 1e9, 1e9 + 1, 1e9 + 1)
    done = checked(table(good, bad, None, system=system))
    assert [bool(fault) for fault in done.faults] == [False, True, False]


def test_without_system_nothing_is_moved_or_checked() -> None:
    content = table(SITE, system=None)
    assert checked(content) is content
    with pytest.raises(CrsError, match=r"table: coordinate system is not known.*say --datum"):
        moved(content, 4549)
    plain = FeatureTable(columns={}, shapes=None, system=None, faults=())
    assert moved(plain, 4549) is plain


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="table: column 'a': expected 1 rows, got 2"):
        table(SITE, a=[1, 2])
    with pytest.raises(DataError, match="column 'the shapes'"):
        FeatureTable(columns={}, shapes=cells([]), system=None, faults=("",))
    lines = np.array([1, 2])
    with pytest.raises(DataError, match="column 'the lines'"):
        FeatureTable(columns={}, shapes=None, system=None, faults=("",), lines=lines)


def test_every_kind_of_fault_has_its_reason() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with np.errstate(invalid="ignore"):
        lost = shapely.from_wkt("POLYGON ((0 0, nan 1, 1 0, 0 0))")
    shapes = cells([SITE, None, shapely.Point(), line, bow, lost, shapely.MultiPolygon([])])
    reasons = {
        row: reason.partition(",")[0].partition(":")[0]
        for row, reason in shape_faults(shapes).items()
    }
    assert reasons == {
        1: "has no shape",
        2: "has no shape",
        3: "is no plot and no site",
        4: "shape is not valid",
        5: "a coordinate is not a finite number",
        6: "has no shape",
    }


def test_the_first_fault_stays_and_an_older_column_is_kept() -> None:
    content = with_faults(table(SITE, SITE, fault=[None, "from before"]), {0: "new"})
    assert with_faults(content, {0: "later"}).faults[0] == "table:1: new"
    assert marked(content).columns["fault"].tolist() == ["table:1: new", "from before"]
    sound = table(SITE)
    assert marked(sound) is sound
