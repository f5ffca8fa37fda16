"""Collections say what the catalog says, and no more."""

import pytest
import shapely

from tests.toy.world import catalog as toy_catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.collections import Collection, collection, collections
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.reports import units_json

TOY = toy_catalog()
IDS = (
    *("units", "clusters", "zones", "edges", "reference_lines", "control_points"),
    *("stations", "rail", "roads", "places"),
)


def test_the_collections_are_those_of_the_contract(real_catalog: Catalog) -> None:
    assert tuple(collections(real_catalog)) == IDS


@pytest.mark.parametrize("name", IDS)
def test_ids_are_unique_and_shapes_are_of_their_kind(real_catalog: Catalog, name: str) -> None:
    found = collection(real_catalog, name)
    assert len(set(found.ids)) == len(found)
    kinds = {shape.geom_type.removeprefix("Multi") for shape in found.shapes if shape is not None}
    assert kinds <= {found.geometry}
    kept = {"string": str, "number": float, "integer": int, "boolean": bool}
    for column in found.columns:
        for value in found.values[column.name]:
            assert value is None or isinstance(value, kept[column.kind])


def test_units_have_the_numbers_of_the_table(real_catalog: Catalog) -> None:
    units = collection(real_catalog, "units")
    told = units_json(real_catalog)["units"]
    for row, unit in enumerate(told):
        assert units.properties(row) == {key: unit[key] for key in units.properties(row)}


def test_zones_and_clusters_are_the_units_without_the_corridor() -> None:
    ids = {name: collection(TOY, name).ids for name in ("units", "zones", "clusters")}
    assert ids["units"] == ("corridor", *ids["zones"], *ids["clusters"])


def test_a_feature_is_geojson_with_all_its_bits(real_catalog: Catalog) -> None:
    feature = collection(real_catalog, "clusters").feature(0)
    assert (feature["type"], feature["id"]) == ("Feature", "c01")
    shape = shapely.geometry.shape(feature["geometry"])
    assert shapely.equals_identical(shape, real_catalog.polygons["c01"])


def test_edges_count_from_one_within_a_unit() -> None:
    edges: Collection = collection(TOY, "edges")
    of_c01 = [key for key in edges.ids if key.startswith("c01-")]
    assert of_c01 == [f"c01-{number:02d}" for number in range(1, len(of_c01) + 1)]


def test_a_place_without_position_has_no_shape(real_catalog: Catalog) -> None:
    places = collection(real_catalog, "places")
    row = places.ids.index("innovation-port")
    assert places.feature(row)["geometry"] is None


def test_an_unknown_collection_is_named() -> None:
    with pytest.raises(UnknownIdError, match="expected one of units, clusters"):
        collection(TOY, "unit")
