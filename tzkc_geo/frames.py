"""GeoDataFrames of units, edges, neighbours and reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import shapely

from tzkc_geo.adjacency import Relation, adjacency
from tzkc_geo.io.store import exported_features

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.network.reach import Reach


def units_frame(catalog: Catalog) -> geopandas.GeoDataFrame:
    """Return the 19 units as a GeoDataFrame, EPSG:4490, with the edition they are of."""
    features = exported_features(catalog)
    rows = [{**f["properties"], "edges": "、".join(f["properties"]["edges"])} for f in features]
    shapes = [catalog.polygons[row["unit_id"]] for row in rows]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4490")


def edges_frame(catalog: Catalog) -> geopandas.GeoDataFrame:
    """Return all edges as a GeoDataFrame, EPSG:4490; ``accuracy_m`` is 95 %, or missing."""
    rows = [
        {
            "unit_id": e.unit_id,
            "line_id": e.line_id,
            "name_zh": e.name_zh,
            "text_zh": e.text_zh,
            "accuracy_m": e.accuracy_m,
            "band_m": e.band_m,
            "how": e.how,
        }
        for e in catalog.edges
    ]
    shapes = [shapely.LineString(e.points) for e in catalog.edges]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4490")


def adjacency_frame(catalog: Catalog) -> geopandas.GeoDataFrame:
    """Return the pairs that have a relation as a GeoDataFrame, EPSG:4490.

    Columns as in ``tzkc adjacency --json``; the geometry is the shared edge, the corner or the
    shortest link across the gap.
    """
    found = adjacency(catalog)
    kept = [k for k, pair in enumerate(found.pairs) if pair.relation is not Relation.NONE]
    rows = found.to_json()["pairs"]
    return geopandas.GeoDataFrame(
        [rows[k] for k in kept],
        columns=[*rows[0]],
        geometry=[found.pairs[k].contact for k in kept],
        crs="EPSG:4490",
    )


def reach_frame(reach: Reach) -> geopandas.GeoDataFrame:
    """Return the bands of a reach as a GeoDataFrame, EPSG:4490: one MultiPolygon a time.

    Columns ``minutes``, ``area_km2``, ``scenario``, ``modes``; the shortest time first, so draw it
    last.
    """
    rows = [{**f["properties"], "modes": ",".join(reach.modes)} for f in reach.features()]
    shapes = [band.polygon for band in reach.bands]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4490")
