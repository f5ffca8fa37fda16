"""Frames of units and edges: nothing is lost."""

from dataclasses import replace

import numpy as np
import shapely

from tests.toy import network
from tests.toy.world import catalog
from tzkc_geo.frames import adjacency_frame, edges_frame, reach_frame, units_frame
from tzkc_geo.network.reach import reach

TOY = replace(catalog(), edition_date="2026-11-24")


def test_the_units_stand_in_their_order_with_figures_and_outlines() -> None:
    frame = units_frame(TOY)
    assert frame.crs.to_epsg() == 4490
    assert frame["unit_id"].tolist() == [row.unit_id for row in TOY.units]
    for row in frame.itertuples():
        assert shapely.equals_exact(row.geometry, TOY.polygons[row.unit_id], 0.0)
        assert row.area_km2 == TOY.results[row.unit_id].area_km2
    named = frame.set_index("unit_id").loc["c01", "edges"]
    assert named == "c01东路、c01南路、c01西路、c01北路"


def test_the_edges_keep_what_made_them() -> None:
    frame = edges_frame(TOY)
    assert len(frame) == len(TOY.edges)
    for row, edge in zip(frame.itertuples(), TOY.edges, strict=True):
        assert (row.unit_id, row.name_zh, row.how) == (edge.unit_id, edge.name_zh, edge.how)
        assert np.array_equal(shapely.get_coordinates(row.geometry), edge.points)
        assert (row.accuracy_m == edge.accuracy_m) or edge.accuracy_m is None
        assert row.band_m == edge.band_m


def test_neighbours_have_the_geometry_of_what_they_share() -> None:
    frame = adjacency_frame(TOY)
    assert frame.crs.to_epsg() == 4490
    assert len(frame) == 10
    assert set(frame["relation"]) == {"edge"}
    assert set(frame.geom_type) == {"LineString"}
    assert {"a", "b", "level", "shared_m", "gap_m", "line"} <= set(frame.columns)


def test_bands_of_a_reach_are_rows() -> None:
    answer = reach(network.catalog(), *network.lonlat(0.0, 1400.0), (10.0, 20.0))
    frame = reach_frame(answer)
    assert frame.crs.to_epsg() == 4490
    assert frame["minutes"].tolist() == [10.0, 20.0]
    assert frame["area_km2"].tolist() == [band.area_km2 for band in answer.bands]
    assert set(frame["modes"]) == {"walk,road,rail"}
    assert set(frame.geom_type) == {"MultiPolygon"}


def test_a_catalog_without_edges_has_empty_frames() -> None:
    bare = replace(TOY, edges=())
    assert len(edges_frame(bare)) == 0
    assert set(units_frame(bare)["edges"]) == {""}
