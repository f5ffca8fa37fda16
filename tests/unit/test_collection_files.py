"""Collections as files: what goes in comes out, by readers that are not ours; bytes repeat."""

import csv
import io
import json
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from tests.toy.layers import listing
from tests.toy.world import catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.collections import Collection, chosen, collection, collections, stamped
from tzkc_geo.crs import project
from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.io.collection_files import FORMATS, edition_time, encode, write_collections
from tzkc_geo.io.store import geojson_text

TOY = replace(catalog(), edition_date="2026-11-24")
IDS = tuple(collections(TOY))
Read = Callable[[bytes, str], Any]


def _parts(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.geometrycollections(shapely.get_parts(shape))


def _gpkg(content: bytes, name: str) -> Any:  # noqa: ANN401  (a frame)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.gpkg"  # GDAL looks at the ending
        path.write_bytes(content)
        return geopandas.read_file(path, layer=name)


def _parquet(content: bytes, name: str) -> Any:  # noqa: ANN401
    del name
    return geopandas.read_parquet(io.BytesIO(content))


def _geojson(content: bytes, name: str) -> Any:  # noqa: ANN401
    del name
    return geopandas.read_file(io.BytesIO(content))


def _csv(content: bytes, name: str) -> Any:  # noqa: ANN401
    del name
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    shapes = [shapely.from_wkt(row.pop("wkt") or None) for row in rows]
    return geopandas.GeoDataFrame(rows, geometry=shapes)


READERS: dict[str, Read] = {"csv": _csv, "geojson": _geojson, "gpkg": _gpkg, "parquet": _parquet}


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("form", FORMATS)
def test_other_readers_see_every_row_and_every_bit(
    form: str, name: str, real_catalog: Catalog
) -> None:
    one = collection(real_catalog, name)
    frame = READERS[form](encode([one], form), name)
    assert frame[one.key].tolist() == list(one.ids)
    for got, expected in zip(frame.geometry, one.shapes, strict=True):
        assert (got is None) == (expected is None)
        assert expected is None or shapely.equals_exact(_parts(got), _parts(expected), 0.0)
    for column in one.columns:
        if column.kind == "number":
            numbers = np.array(one.values[column.name], dtype=float)
            cells = [
                float(cell) if cell not in (None, "") else np.nan for cell in frame[column.name]
            ]
            assert np.array_equal(cells, numbers, equal_nan=True), column.name


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_collection_has_the_same_bytes(form: str) -> None:
    one = collection(TOY, "units")
    copy = replace(one, shapes=one.shapes.copy(), values=dict(one.values))
    assert encode([one], form) == encode([copy], form)


@pytest.mark.parametrize("form", ["gpkg", "parquet"])
def test_the_system_is_said(form: str) -> None:
    one = collection(TOY, "stations")
    assert READERS[form](encode([one], form), "stations").crs.to_epsg() == 4490
    metric = replace(one, shapes=shapely.transform(one.shapes, lambda xy: project(xy, 4549)))
    assert READERS[form](encode([metric], form, epsg=4549), "stations").crs.to_epsg() == 4549


@pytest.mark.parametrize("form", FORMATS)
def test_a_collection_without_features_is_a_file(form: str) -> None:
    one = collection(TOY, "roads")
    none = replace(one, shapes=one.shapes[:0], values={c.name: () for c in one.columns})
    assert len(READERS[form](encode([none], form), "roads")) == 0


def test_geoparquet_has_types_words_and_bounds(real_catalog: Catalog) -> None:
    one = collection(real_catalog, "places")
    table = pq.read_table(io.BytesIO(encode([one], "parquet")))
    assert str(table.schema.field("sigma_m").type) == "double"
    assert table.schema.field("sigma_m").metadata[b"unit"] == b"m"
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    covering = geo["columns"]["geometry"]["covering"]["bbox"]
    assert covering == {k: ["bbox", k] for k in ("xmin", "ymin", "xmax", "ymax")}
    for box, shape in zip(table["bbox"].to_pylist(), one.shapes, strict=True):
        assert (None if box is None else tuple(box.values())) == (shape and shape.bounds)
    inside = geopandas.read_parquet(io.BytesIO(encode([one], "parquet")), bbox=(0, 0, 1, 1))
    assert len(inside) == 0


def test_a_format_of_one_collection_refuses_two() -> None:
    both = chosen(TOY, ["units", "edges"])
    with pytest.raises(DataError, match=r"^format csv: holds one collection, expected one, got 2"):
        encode(both, "csv")
    with pytest.raises(DataError, match=r"^format: is not known, expected .* got 'shp'$"):
        encode(both, "shp")


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_an_ending_says_what_is_written(tmp_path: Path) -> None:
    units = {"units": 19}
    assert write_collections(TOY, tmp_path / "a.geojson") == units
    assert (tmp_path / "a.geojson").read_text(encoding="utf-8") == geojson_text(TOY)
    assert write_collections(TOY, tmp_path / "a.CSV") == units
    assert write_collections(TOY, tmp_path / "a.parquet") == units
    assert tuple(write_collections(TOY, tmp_path / "a.gpkg")) == IDS
    wanted = ["edges", "units", "edges"]
    assert tuple(write_collections(TOY, tmp_path / "b.gpkg", wanted)) == ("edges", "units")
    edges = write_collections(TOY, tmp_path / "edges.geojson", ["edges"])
    assert edges == {"edges": len(TOY.edges)}
    first = json.loads((tmp_path / "edges.geojson").read_text(encoding="utf-8"))["features"][0]
    assert first["id"] == first["properties"]["edge_id"]
    assert first["properties"]["edition_date"] == "2026-11-24"


@pytest.mark.parametrize("ending", ["csv", "gpkg", "parquet"])
def test_each_row_says_its_edition_and_the_old_file_is_replaced(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"units.{ending}"
    path.write_text("old", encoding="utf-8")
    write_collections(TOY, path, ["units"])
    frame = READERS[ending](path.read_bytes(), "units")
    assert {str(day)[:10] for day in frame["edition_date"]} == {"2026-11-24"}
    assert set(frame["edition_digest"]) == {TOY.digest}
    assert listing(tmp_path).keys() == {path.name}


def test_the_time_of_change_is_that_of_the_edition() -> None:
    assert edition_time(TOY) == datetime(2026, 11, 24, tzinfo=UTC)
    assert edition_time(replace(TOY, edition_date=None)) == datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_cannot_be_written_is_named(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"file: folder does not exist, expected a folder"):
        write_collections(TOY, tmp_path / "file" / f"units.{form}")
    blocked = tmp_path / f"units.{form}"
    (blocked / "in").mkdir(parents=True)
    before = listing(tmp_path)
    with pytest.raises(DataError, match="cannot be written, expected a writable folder"):
        write_collections(TOY, blocked)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_write_that_is_cut_off_leaves_the_old_file_alone(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"units.{form}"
    path.write_text("old", encoding="utf-8")
    before = listing(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as a disk that is full
    try:
        with pytest.raises(DataError, match=r"cannot be written, .* got File too large"):
            write_collections(TOY, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert listing(tmp_path) == before


def test_an_unknown_ending_or_collection_is_named_with_what_is_near(tmp_path: Path) -> None:
    known = r"expected one of \.geojson, \.csv, \.gpkg, \.parquet$"
    with pytest.raises(DataError, match=rf"^units\.dxf: ending '\.dxf' is not known, {known}"):
        write_collections(TOY, tmp_path / "units.dxf")
    with pytest.raises(UnknownIdError, match=r"^collection 'edge': .*; did you mean 'edges'$"):
        write_collections(TOY, tmp_path / "a.gpkg", ["units", "edge"])
    with pytest.raises(UnknownIdError, match=r"^collection 'q': .* places$"):
        write_collections(TOY, tmp_path / "a.gpkg", ["q"])
    assert listing(tmp_path) == {}


def test_an_edition_is_stamped_on_every_row() -> None:
    one: Collection = stamped(collection(TOY, "rail"), TOY.edition)
    assert [c.name for c in one.columns[-2:]] == ["edition_date", "edition_digest"]
    for row in range(len(one)):
        assert one.properties(row)["edition_digest"] == TOY.digest
