"""A GeoPackage that GDAL takes as sound, with styles that QGIS opens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from tests.toy.world import catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.collections import Collection, collection, collections
from tzkc_geo.io.collection_files import encode
from tzkc_geo.io.qgis_style import expression, qml
from tzkc_geo.palette import COLOURS

TOY = catalog()
IDS = tuple(collections(TOY))
KINDS = {"Polygon": "fill", "LineString": "line", "Point": "marker"}
CHANGED = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def path(real_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gpkg") / "all.gpkg"
    found = list(collections(real_catalog).values())
    made.write_bytes(encode(found, "gpkg", changed=CHANGED))
    return made


@pytest.fixture
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened:
        yield opened


def style(path: Path, layer: str) -> ET.Element:
    """Return the default style of a layer, read by GDAL."""
    frame = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    (found,) = frame.loc[frame["f_table_name"] == layer].to_dict("records")
    assert (found["f_geometry_column"], found["useAsDefault"]) == ("geom", True)
    return ET.fromstring(found["styleQML"])  # noqa: S314  (our own file)


def symbols(root: ET.Element) -> dict[str, list[dict[str, str]]]:
    """Return the properties of the layers of each symbol, by the value that it stands for."""
    drawn = {
        symbol.attrib["name"]: [
            {o.attrib["name"]: o.attrib["value"] for o in layer.iterfind("Option/Option")}
            for layer in symbol.iterfind("layer")
        ]
        for symbol in root.iterfind("renderer-v2/symbols/symbol")
    }
    categories = root.findall("renderer-v2/categories/category")
    assert {c.attrib["symbol"] for c in categories} == set(drawn)
    return {c.attrib["value"]: drawn[c.attrib["symbol"]] for c in categories}


# ── the container ────────────────────────────────────────────────────────────────────────────────


def test_it_is_a_geopackage_whose_tables_agree(database: sqlite3.Connection) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    assert application.to_bytes(4, "big") == b"GPKG"
    assert database.execute("PRAGMA user_version").fetchone() == (10300,)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    listed = database.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
    assert listed == [*((name, "features") for name in IDS), ("layer_styles", "attributes")]
    changes = database.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
    assert changes == [("2026-11-24T00:00:00.000Z",)]
    used = database.execute("SELECT table_name, extension_name FROM gpkg_extensions").fetchall()
    tables = ("gpkg_data_columns", "gpkg_data_column_constraints")
    assert set(used) == {(table, "gpkg_schema") for table in tables}


@pytest.mark.parametrize("name", IDS)
def test_a_layer_says_what_its_columns_are_and_where_it_lies(
    name: str, real_catalog: Catalog, path: Path, database: sqlite3.Connection
) -> None:
    one = collection(real_catalog, name)
    told = dict(
        database.execute(
            "SELECT column_name, description FROM gpkg_data_columns WHERE table_name = ?", (name,)
        )
    )
    assert list(told) == [column.name for column in one.columns]
    assert all(told[c.name].startswith(c.about) for c in one.columns)
    info = pyogrio.read_info(path, layer=name)
    known = [shape for shape in one.shapes if shape is not None]
    assert info["total_bounds"] == tuple(shapely.total_bounds(known))
    assert info["features"] == len(one)
    assert info["geometry_type"].removeprefix("Multi") == one.geometry


def test_gdal_writes_into_it(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(path.read_bytes())
    more = geopandas.read_file(copy, layer="rail").head(1)
    pyogrio.write_dataframe(more.assign(line="S9"), copy, layer="rail", append=True)
    assert geopandas.read_file(copy, layer="rail")["line"].tolist()[-1] == "S9"
    assert len(pyogrio.read_dataframe(copy, layer="layer_styles", read_geometry=False)) == len(IDS)


def test_an_id_that_stands_twice_is_refused_by_the_file() -> None:
    one = collection(TOY, "stations")
    twice = replace(
        one,
        shapes=np.concatenate([one.shapes, one.shapes]),
        values={name: cells * 2 for name, cells in one.values.items()},
    )
    with pytest.raises(
        sqlite3.IntegrityError, match=r"UNIQUE constraint failed: stations\.station_id"
    ):
        encode([twice], "gpkg")


# ── styles ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", IDS)
def test_every_feature_has_a_category_and_every_category_a_feature(
    name: str, path: Path, database: sqlite3.Connection
) -> None:
    root = style(path, name)
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.attrib["type"] == "categorizedSymbol"
    told = renderer.attrib["attr"]
    values = {v for (v,) in database.execute(f"SELECT {told} FROM {name}")}  # noqa: S608
    assert set(symbols(root)) == values
    kinds = {symbol.attrib["type"] for symbol in root.iterfind("renderer-v2/symbols/symbol")}
    geometry = collections(TOY)[name].geometry
    assert kinds == {KINDS[geometry]}
    for layer in root.iter("layer"):
        options = {o.attrib["name"]: o.attrib["value"] for o in layer.iterfind("Option/Option")}
        assert options == {p.attrib["k"]: p.attrib["v"] for p in layer.iterfind("prop")}


@pytest.mark.parametrize("name", IDS)
def test_a_label_is_a_column(name: str, path: Path) -> None:
    root = style(path, name)
    fields = [text.attrib["fieldName"] for text in root.iter("text-style")]
    assert root.attrib["labelsEnabled"] == str(len(fields))
    assert set(fields) <= {column.name for column in collections(TOY)[name].columns}
    if name in ("units", "clusters", "zones", "stations", "places"):
        assert fields == ["name_zh"]


def test_fills_are_by_zone_and_hatches_by_grade(path: Path) -> None:
    drawn = symbols(style(path, "clusters"))
    patterns = {"located": [], "closed": ["f_diagonal"], "schematic": ["diagonal_x"]}
    for value, layers in drawn.items():
        kind, zone, grade = value.split()
        assert kind == "cluster"
        red, green, blue, _ = (int(part) for part in layers[0]["color"].split(","))
        assert f"#{red:02x}{green:02x}{blue:02x}" == COLOURS[zone][0]
        assert layers[0]["outline_style"] == ("dash" if grade == "schematic" else "solid")
        assert [layer["style"] for layer in layers[1:]] == patterns[grade]
    assert {value.split()[2] for value in drawn} == set(patterns)


def test_the_corridor_hides_nothing(path: Path) -> None:
    drawn = symbols(style(path, "units"))
    ((outline,),) = [layers for value, layers in drawn.items() if value.startswith("corridor")]
    assert outline["style"] == "no"


@pytest.mark.parametrize(
    ("name", "dashed"),
    [("rail", "planned"), ("reference_lines", "schematic"), ("edges", "band")],
)
def test_what_is_planned_or_not_known_is_dashed(name: str, dashed: str, path: Path) -> None:
    drawn = symbols(style(path, name))
    for value, (line,) in drawn.items():
        assert line["line_style"] == ("dash" if dashed in value.split() else "solid")
    assert {line["line_style"] for (line,) in drawn.values()} == {"dash", "solid"}


@pytest.mark.parametrize("geometry", KINDS)
def test_a_collection_of_another_kind_is_drawn_plain(geometry: str) -> None:
    other: Collection = replace(
        collection(TOY, "rail"), collection_id="mine", title_en="Mine", geometry=geometry
    )
    root = ET.fromstring(qml(other, ["all"]))  # noqa: S314  (our own text)
    assert expression(other) == "'all'"
    assert len(symbols(root)["all"]) == 1
    assert root.attrib["labelsEnabled"] == "0"


def test_what_has_no_value_is_drawn_as_all_others_are(tmp_path: Path) -> None:
    one = collection(TOY, "edges")
    unknown = replace(one, values={**one.values, "how": (None,) * len(one)})
    (tmp_path / "a.gpkg").write_bytes(encode([unknown], "gpkg"))
    assert set(symbols(style(tmp_path / "a.gpkg", "edges"))) == {""}
