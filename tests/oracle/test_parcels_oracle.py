"""Shares of parcels against geopandas.overlay and geodesic areas of pyproj."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from tzkc_geo.faces import ShareKind
from tzkc_geo.geodesy import densify
from tzkc_geo.parcels import divide_many

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog

ZONES = ("core", "z1", "z2", "z3")
GEOD = Geod(ellps="GRS80")


def parcels_on_outlines(catalog: Catalog, count: int) -> list[shapely.Polygon]:
    """Return parcels of some 1 ha, each on the outline of a cluster or zone; half have a hole."""
    rng = np.random.default_rng(2020)
    ids = [row.unit_id for row in catalog.units if row.kind != "corridor"]
    found = []
    for k in range(count):
        outline = catalog.polygons[ids[k % len(ids)]].boundary
        at = outline.interpolate(rng.uniform(), normalized=True)
        angle = (np.arange(7) + rng.uniform(0.1, 0.9, 7)) * 2.0 * np.pi / 7.0
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 6e-4 + (at.x, at.y)
        shell = densify(np.concatenate([ring, ring[:1]]), 20.0)
        hole = [shell[::-1] * 0.3 + np.array([at.x, at.y]) * 0.7] if k % 2 else []
        found.append(shapely.Polygon(shell, hole))
    return found


def geodesic_m2(frame: gpd.GeoDataFrame) -> dict[tuple[int, str], float]:
    """Return the geodesic area by parcel and unit, from pieces with sides of 10 m at most."""
    areas: dict[tuple[int, str], float] = {}
    for parcel, unit, shape in zip(frame["parcel"], frame["unit"], frame.geometry, strict=True):
        dense = shapely.orient_polygons(shapely.segmentize(shape, 1e-4))
        area = GEOD.geometry_area_perimeter(dense)[0]
        areas[parcel, unit] = areas.get((parcel, unit), 0.0) + area
    return areas


def frame(column: str, names: list[object], shapes: list[shapely.Polygon]) -> gpd.GeoDataFrame:
    """Return shapes as single polygons with a name."""
    table = gpd.GeoDataFrame({column: names}, geometry=shapes, crs="EPSG:4490")
    return table.explode(ignore_index=True)


def test_shares_agree_with_overlays_below_one_ppm(real_catalog: Catalog) -> None:
    shapes = parcels_on_outlines(real_catalog, 180)
    parcels = frame("parcel", list(range(len(shapes))), shapes)
    clusters = [row.unit_id for row in real_catalog.units if row.kind == "cluster"]
    inner = frame("unit", list(clusters), [real_catalog.polygons[u] for u in clusters])
    outer = frame("unit", list(ZONES), [real_catalog.polygons[u] for u in ZONES])
    in_cluster = gpd.overlay(parcels, inner, how="intersection", keep_geom_type=True)
    beyond = gpd.overlay(parcels, inner, how="difference", keep_geom_type=True)
    in_zone = gpd.overlay(beyond, outer, how="intersection", keep_geom_type=True)
    outside = gpd.overlay(beyond, outer, how="difference", keep_geom_type=True)
    outside["unit"] = "outside"
    expected: dict[tuple[int, str], float] = {}
    for table in (in_cluster, in_zone, outside):
        expected |= geodesic_m2(table.explode(ignore_index=True))
    verdicts = divide_many(shapes, real_catalog)
    assert sum(len(verdict.shares) > 1 for verdict in verdicts) > 100
    for k, verdict in enumerate(verdicts):
        moved = sum(sliver.area_m2 for sliver in verdict.slivers)
        found = {share.unit_id or "outside": share.area_m2 for share in verdict.shares}
        for unit in {u for parcel, u in expected if parcel == k} | set(found):
            there, here = expected.get((k, unit), 0.0), found.get(unit, 0.0)
            assert here == pytest.approx(there, abs=1e-6 * verdict.area_m2 + moved)


def test_the_whole_corridor_has_every_unit_with_its_area(real_catalog: Catalog) -> None:
    corridor = real_catalog.polygons["corridor"]
    (found,) = divide_many([corridor.envelope.buffer(0.01, join_style="mitre")], real_catalog)
    shares = {share.unit_id: share for share in found.shares}
    for row in real_catalog.units:
        if row.kind == "cluster":
            area = real_catalog.results[row.unit_id].area_km2 * 1e6
            assert shares[row.unit_id].area_m2 == pytest.approx(area, rel=1e-6)
    assert found.shares[-1].kind is ShareKind.OUTSIDE
    assert sum(share.area_m2 for share in found.shares) == pytest.approx(found.area_m2, rel=1e-9)
