"""Write then read is identity: for every format what it holds, and rows stay in order."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from tests.toy.survey_files import geojson
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.feature_write import write_features

TYPED = (".geojson", ".gpkg", ".parquet", ".arrow", ".feather", ".xlsx")
AS_TEXT = (".csv", ".kml")
ALL = (*TYPED, *AS_TEXT, ".shp", ".dxf")
OFFSETS = st.tuples(st.floats(0, 0.2), st.floats(0, 0.1))
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20
)
WHOLE = st.integers(-(2**52), 2**52)
REAL = st.floats(-1e9, 1e9).filter(lambda value: not value.is_integer())
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
TRIANGLE = shapely.Polygon([(121.4, 28.6), (121.41, 28.6), (121.4, 28.61)])
HOLED = shapely.box(121.4, 28.6, 121.42, 28.62).difference(
    shapely.box(121.405, 28.605, 121.41, 28.61)
)
SEVERAL = shapely.MultiPolygon([HOLED, translate(TRIANGLE, 0.05)])
PLOTS = st.builds(
    lambda shape, by: translate(shape, *by), st.sampled_from([TRIANGLE, HOLED, SEVERAL]), OFFSETS
)
SITES = st.builds(lambda by: shapely.Point(121.4 + by[0], 28.6 + by[1]), OFFSETS)


def table(
    shapes: Sequence[shapely.Geometry],
    *,
    system: int = 4490,
    **columns: Any,  # noqa: ANN401
) -> FeatureTable:
    return FeatureTable(
        columns={name: cells(column) for name, column in columns.items()},
        shapes=cells(shapes),
        system=system,
        faults=("",) * len(shapes),
    )


def there_and_back(content: FeatureTable, ending: str, *, datum: str | None = None) -> FeatureTable:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        write_features(content, path)
        return read_features(path, datum=datum)[0]


def datum_for(ending: str) -> str | None:
    """Return what must be said because the format cannot: CSV and XLSX have no system."""
    return "cgcs2000" if ending in (".csv", ".xlsx") else None


@pytest.mark.parametrize("ending", TYPED)
@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.tuples(st.one_of(PLOTS, SITES), WORDS, WHOLE, REAL, st.booleans())))
def test_types_and_shapes_survive(
    ending: str, rows: list[tuple[shapely.Geometry, str, int, float, bool]]
) -> None:
    rows = [*rows, (TRIANGLE, "甲", 1, 0.5, True)]
    shapes, *columns = zip(*rows, strict=True)
    names = ("文字", "whole", "real", "flag")
    back = there_and_back(
        replace(table(shapes), columns={n: cells(c) for n, c in zip(names, columns, strict=True)}),
        ending,
        datum=datum_for(ending),
    )
    for name, column in zip(names, columns, strict=True):
        exact = pytest.approx(column, rel=2e-16 if ending != ".xlsx" else 1e-15, abs=0.0)
        assert back.columns[name].tolist() == (exact if name == "real" else list(column))
        assert {type(cell) for cell in back.columns[name]} == {type(column[0])}
    assert back.shapes is not None
    assert all(a.equals_exact(b, 0.0) for a, b in zip(back.shapes, shapes, strict=True))


@pytest.mark.parametrize("ending", ALL)
@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.tuples(PLOTS, WORDS, WHOLE), min_size=1, max_size=8))
def test_every_format_keeps_order_shapes_and_cells_as_text(
    ending: str, rows: list[tuple[shapely.Geometry, str, int]]
) -> None:
    shapes, words, numbers = zip(*rows, strict=True)
    back = there_and_back(
        table(shapes, word=words, number=numbers), ending, datum=datum_for(ending)
    )
    assert [as_text(cell) for cell in back.columns["number"]] == [f"{n}" for n in numbers]
    assert [as_text(cell) for cell in back.columns["word"]] == list(words)
    moved = there_and_back(back, ".geojson")  # from a drawing in metres
    assert moved.shapes is not None
    for a, b in zip(moved.shapes, shapes, strict=True):
        assert len(shapely.get_parts(a)) == len(shapely.get_parts(b))
        assert shapely.hausdorff_distance(a.boundary, b.boundary) < 1e-11
        assert shapely.equals_exact(a, b, 1e-11) or ending in (".shp", ".gpkg")


@pytest.mark.parametrize("ending", [".gpkg", ".parquet", ".arrow", ".shp", ".dxf", ".csv", ".xlsx"])
@given(by=st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)))
@settings(deadline=None, max_examples=10)
def test_metres_of_a_zone_stay_as_they_are(ending: str, by: tuple[float, float]) -> None:
    plot = translate(shapely.box(40640700.0, 3171300.0, 40640800.0, 3171400.0), *by)
    content = table([plot], system=4528, n=["a"])
    back = there_and_back(content, ending, datum="gk40")
    assert back.epsg == 4528
    assert back.shapes is not None
    assert shapely.normalize(back.shapes[0]).equals_exact(shapely.normalize(plot), 0.0)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@given(places=st.lists(SITES, min_size=1, max_size=5))
@settings(deadline=None, max_examples=20)
def test_points_stand_in_two_columns(ending: str, places: list[shapely.Point]) -> None:
    back = there_and_back(table(places, n=list(range(len(places)))), ending, datum="cgcs2000")
    assert list(back.columns) == ["n", "lon", "lat"]
    assert back.located == ("lon", "lat")
    digits = 1e-13 if ending == ".xlsx" else 0.0
    x = [place.x for place in places]
    assert [float(cell) for cell in back.columns["lon"]] == pytest.approx(x, abs=digits, rel=0)
    assert back.shapes is not None
    assert all(a.equals_exact(b, digits) for a, b in zip(back.shapes, places, strict=True))


@given(rows=st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), min_size=1))
@settings(deadline=None, max_examples=100)
def test_a_csv_gives_the_same_cells_back(rows: list[tuple[str, str]]) -> None:
    sound = [
        tuple(cell.replace("\0", "").encode("utf-8", "ignore").decode() for cell in row)
        for row in rows
    ]
    first, second = zip(*sound, strict=True)
    content = table([shapely.Point(121.4, 28.6)] * len(sound), a=first, b=second)
    back = there_and_back(content, ".csv")
    assert back.columns["a"].tolist() == list(first)
    assert back.columns["b"].tolist() == list(second)


@given(rows=st.lists(st.one_of(st.none(), DAYS), min_size=1))
@settings(deadline=None, max_examples=20)
def test_dates_keep_their_type(rows: list[dt.date | None]) -> None:
    days = [*rows, dt.date(2026, 11, 24)]
    content = table([shapely.Point(121.4, 28.6)] * len(days), day=days)
    for ending in (".xlsx", ".gpkg", ".parquet", ".arrow"):
        assert there_and_back(content, ending).columns["day"].tolist() == days


@pytest.mark.parametrize(
    "ending", [".geojson", ".gpkg", ".parquet", ".arrow", ".shp", ".csv", ".kml"]
)
def test_bad_rows_are_kept_and_marked(ending: str) -> None:
    bow = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
    content = table([TRIANGLE, bow, TRIANGLE], id=["a", "b", "c"])
    with TemporaryDirectory() as folder:
        bad, out = Path(folder) / "bad.geojson", Path(folder) / f"out{ending}"
        write_features(content, bad)
        found, _ = read_features(bad)
        written, notes = write_features(found, out)
        back, _ = read_features(out)
    assert written.columns["fault"].tolist()[::2] == [None, None]
    assert written.faults[1].startswith("bad.geojson:2: shape is not valid")
    assert back.columns["id"].tolist() == ["a", "b", "c"]
    assert as_text(back.columns["fault"][1]) == written.faults[1]
    assert any("marks 1 of 3 rows" in note for note in notes)


def test_a_million_vertices_are_one_row() -> None:
    angle = np.arange(1_000_000) / 1e6 * math.tau
    ring = np.column_stack([121.4 + 0.1 * np.cos(angle), 28.6 + 0.1 * np.sin(angle)])
    big = shapely.Polygon(ring)
    for ending in (".geojson", ".kml", ".csv", ".gpkg", ".shp", ".parquet", ".arrow"):
        back = there_and_back(table([big], n=["a"]), ending)
        assert back.shapes is not None
        assert shapely.get_num_coordinates(back.shapes[0]) == 1_000_001


@pytest.mark.parametrize("ending", [".dxf", ".txt"])
def test_a_hundred_thousand_vertices_are_drawn(ending: str) -> None:
    angle = np.arange(100_000) / 1e5 * math.tau
    ring = np.column_stack([121.4 + 0.1 * np.cos(angle), 28.6 + 0.1 * np.sin(angle)])
    back = there_and_back(table([shapely.Polygon(ring)], name=["a"]), ending)
    assert back.shapes is not None
    assert shapely.get_num_coordinates(back.shapes[0]) == 100_001


def test_geopandas_reads_our_geoparquet(tmp_path: Path) -> None:
    import geopandas

    path = tmp_path / "a.parquet"
    write_features(table([TRIANGLE, SEVERAL], name=["甲", "乙"]), path)
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_epsg() == 4490
    assert frame["name"].tolist() == ["甲", "乙"]
    assert frame.geometry[1].equals(SEVERAL)
    frame.to_parquet(tmp_path / "b.parquet")
    frame.to_feather(tmp_path / "b.feather")
    for name in ("b.parquet", "b.feather"):
        back, _ = read_features(tmp_path / name)
        assert back.epsg == 4490
        assert back.columns["name"].tolist() == ["甲", "乙"]


def test_gdal_reads_what_we_write(tmp_path: Path) -> None:
    import pyogrio

    for ending in (".geojson", ".kml", ".csv"):
        path = tmp_path / f"a{ending}"
        write_features(table([TRIANGLE], name=["甲"]), path)
        facts = pyogrio.read_info(path)
        assert facts["features"] == 1
    drawn = tmp_path / "a.dxf"
    write_features(table([TRIANGLE], name=["甲"]), drawn)
    assert len(pyogrio.raw.read(drawn)[2]) == 1


def test_a_system_in_a_geojson_is_obeyed(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", TRIANGLE, 4549)
    found, detected = read_features(path)
    assert (found.epsg, detected.zone, detected.prefixed) == (4549, 40, False)
