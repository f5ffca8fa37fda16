"""Tiles hold what the catalog holds: read by mapbox-vector-tile, compared with the source."""

import gzip
from collections.abc import Mapping

import numpy as np
import pytest
import shapely

from tests.toy.tile_reader import decoded, rgba_of, shapes_of
from tzkc_geo.catalog import Catalog
from tzkc_geo.model import UnitKind
from tzkc_geo.palette import colours
from tzkc_geo.tiles.scheme import BUFFER, EXTENT, to_world
from tzkc_geo.tiles.store import Layer

IDS = (
    *("units", "clusters", "zones", "edges", "reference_lines"),
    *("control_points", "stations", "rail", "roads", "places"),
)
STEP = 1.05  # rounding moves by half a step a coordinate, simplifying by half a step


@pytest.fixture(scope="module")
def layers(real_catalog: Catalog) -> Mapping[str, Layer]:
    return {name: Layer(real_catalog, name) for name in IDS}


def tile_box(x: int, y: int, over: float) -> shapely.Polygon:
    west, north = EXTENT * x, EXTENT * y
    return shapely.box(west - over, north - over, west + EXTENT + over, north + EXTENT + over)


def source(layer: Layer, z: int) -> list[shapely.Geometry]:
    """Return the shapes of a layer in grid steps, neither simplified nor rounded."""
    return [
        None if shape is None else shapely.transform(shape, lambda xy: to_world(xy) * 2**z * EXTENT)
        for shape in layer.collection.shapes
    ]


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("z", [8, 11, 14, 16])
def test_a_tile_is_its_source_to_one_step_of_the_grid(
    layers: Mapping[str, Layer], name: str, z: int
) -> None:
    layer = layers[name]
    whole = source(layer, z)
    addresses = layer.addresses(z)[:: 1 if z < 14 else 7]
    read = 0
    for x, y in addresses:
        if (tile := layer.vector(z, x, y)) is None:
            continue
        for row in decoded(tile)[name]["features"]:
            corner = np.array([EXTENT * x, EXTENT * y])
            found = shapely.transform(
                shapely.geometry.shape(row["geometry"]), lambda xy, corner=corner: xy + corner
            )
            mine = whole[row["id"] - 1]
            if layer.collection.geometry == "Polygon":
                found, mine = found.boundary, mine.boundary
            rim = tile_box(x, y, BUFFER - 1).boundary
            far = shapely.distance(shapely.points(shapely.get_coordinates(found)), mine)
            off = shapely.distance(shapely.points(shapely.get_coordinates(found)), rim) < 3
            assert far[~off].size == 0 or far[~off].max() <= STEP * np.sqrt(2)
            inner = shapely.intersection(mine, tile_box(x, y, 0))
            for_sure = shapely.points(shapely.get_coordinates(inner))
            assert for_sure.size == 0 or shapely.distance(for_sure, found).max() <= STEP * np.sqrt(
                2
            )
            read += 1
    assert read > 0


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("z", range(8, 13))
def test_a_tile_is_empty_exactly_where_nothing_is(
    layers: Mapping[str, Layer], name: str, z: int
) -> None:
    layer = layers[name]
    placed = np.array([shape for shape in source(layer, z) if shape is not None])
    reach = shapely.union_all(shapely.envelope(placed)).bounds
    columns = range(int(reach[0] // EXTENT) - 2, int(reach[2] // EXTENT) + 3)
    rows = range(int(reach[1] // EXTENT) - 2, int(reach[3] // EXTENT) + 3)
    for x in columns:
        for y in rows:
            held = layer.vector(z, x, y) is not None
            if shapely.intersects(placed, tile_box(x, y, BUFFER - 2)).any():
                assert held
            if not shapely.intersects(placed, tile_box(x, y, BUFFER + 2)).any():
                assert not held


@pytest.mark.parametrize("z", range(8, 19))
def test_neighbours_share_their_edges_at_every_zoom(
    layers: Mapping[str, Layer], real_catalog: Catalog, z: int
) -> None:
    """Clusters neither overlap nor leave their zone: no ground in the grid is covered twice."""
    units = layers["units"]
    parents = {row.unit_id: row.parent_id for row in real_catalog.units}
    shared = 0
    for x, y in units.addresses(z)[:: 1 if z < 13 else 4 ** (z - 12) // 2 + 1]:
        tile = units.vector(z, x, y)
        found = shapes_of(tile, "units", "unit_id") if tile else {}
        for a, one in found.items():
            for b, other in found.items():
                if a < b and parents[b] != a and parents[a] == parents[b] is not None:
                    common = shapely.intersection(one.boundary, other.boundary).length
                    shared += common > 0
                    assert shapely.intersection(one, other).area == 0
    assert shared or z > 12


@pytest.mark.parametrize("z", range(8, 19))
def test_layers_of_one_ground_agree(layers: Mapping[str, Layer], z: int) -> None:
    """An outline is the same in `units` as in `clusters` and `zones`."""
    for name in ("clusters", "zones"):
        for x, y in layers[name].addresses(z)[:: 1 if z < 13 else 4 ** (z - 12)]:
            if (tile := layers[name].vector(z, x, y)) is None:
                continue
            every = layers["units"].vector(z, x, y)
            assert every is not None
            units = shapes_of(every, "units", "unit_id")
            for unit_id, shape in shapes_of(tile, name, "unit_id").items():
                assert shape.equals_exact(units[unit_id])


def test_rings_turn_as_the_specification_says(layers: Mapping[str, Layer]) -> None:
    rings = 0
    for tile in layers["units"].ahead.values():
        for shape in shapes_of(tile, "units", "unit_id").values():
            for part in shapely.get_parts(shape):
                # y goes down: what is clockwise on the screen is counter-clockwise to shapely
                assert part.exterior.is_ccw
                assert not any(hole.is_ccw for hole in part.interiors)
                rings += 1
    assert rings > len(layers["units"].ahead)


def test_properties_keep_their_kinds(layers: Mapping[str, Layer]) -> None:
    kinds = {"string": str, "number": float, "integer": int, "boolean": bool}
    for name, layer in layers.items():
        tile = next(iter(layer.ahead.values()))
        for row in decoded(tile)[name]["features"]:
            expected = layer.collection.properties(row["id"] - 1)
            known = {key: value for key, value in expected.items() if value is not None}
            assert row["properties"] == known
            for column in layer.collection.columns:
                if column.name in known:
                    assert type(row["properties"][column.name]) is kinds[column.kind]


def test_two_builds_give_the_same_bytes(layers: Mapping[str, Layer], real_catalog: Catalog) -> None:
    again = Layer(real_catalog, "units")
    assert again.ahead == layers["units"].ahead
    assert [again.picture(*a) for a in again.ahead] == [
        layers["units"].picture(*a) for a in again.ahead
    ]


def test_the_middle_of_a_cluster_has_the_colour_of_the_legend(
    layers: Mapping[str, Layer], real_catalog: Catalog
) -> None:
    for row in real_catalog.units:
        if row.kind is not UnitKind.CLUSTER:
            continue
        middle = shapely.get_coordinates(real_catalog.polygons[row.unit_id].representative_point())
        for size in (256, 512):
            place = to_world(middle)[0] * 2**14
            x, y = place.astype(int).tolist()
            png = layers["units"].picture(14, x, y, size)
            assert png is not None
            column, line = ((place - (x, y)) * size).astype(int)
            colour = rgba_of(png)[line, column]
            assert "#" + bytes(colour[:3].tolist()).hex() in colours(row)
            assert 0 < colour[3] < 255


def test_nothing_is_no_tile(layers: Mapping[str, Layer]) -> None:
    assert layers["units"].vector(8, 0, 0) is None
    assert layers["units"].vector(18, 0, 0) is None
    assert layers["units"].picture(8, 0, 0) is None


def test_kept_tiles_are_packed(layers: Mapping[str, Layer]) -> None:
    assert all(gzip.decompress(tile) for tile in layers["roads"].ahead.values())
