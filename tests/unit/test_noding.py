"""Outlines that share a side share its vertices, and so agree in any plane."""

from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tzkc_geo.adjust import Adjustment
from tzkc_geo.crs import to_geographic
from tzkc_geo.noding import NODE_M, Nodes

ORIGIN = np.array([640_000.0, 3_170_000.0])  # EPSG:4549, where the plan is


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.transform(shapely.box(west, south, east, north), lambda xy: xy + ORIGIN)


LONG = box(0, 0, 5_000, 1_000)
SHORT = box(1_000, 1_000, 3_000, 2_000)  # its southern corners lie on the side of LONG


def test_a_corner_on_a_side_becomes_a_vertex_of_it() -> None:
    noded = Nodes.of([LONG, SHORT]).on_shape(LONG)
    added = {*noded.exterior.coords} - {*LONG.exterior.coords}
    assert added == {*map(tuple, ORIGIN + np.array([[1_000, 1_000], [3_000, 1_000]]))}
    assert noded.equals(LONG)


def test_what_touches_in_the_plane_touches_in_degrees() -> None:
    apart = shapely.transform([LONG, SHORT], to_geographic)
    nodes = Nodes.of([LONG, SHORT])
    together = shapely.transform([nodes.on_shape(s) for s in (LONG, SHORT)], to_geographic)
    assert not shapely.relate_pattern(*apart, "F***1****")
    assert shapely.relate_pattern(*together, "F***1****")


def test_holes_and_parts_are_noded_too() -> None:
    ring = box(-1_000, -1_000, 6_000, 3_000).difference(box(0, 0, 5_000, 1_000))
    both = shapely.MultiPolygon([ring, box(1_000, 100, 3_000, 900)])
    crowd = [both, box(500, 0, 600, 50), box(1_000, 500, 2_000, 600)]
    noded = Nodes.of(crowd).on_shape(both)
    assert noded.geom_type == "MultiPolygon"
    assert shapely.get_num_coordinates(noded) == shapely.get_num_coordinates(both) + 4
    assert noded.equals(both)


@given(st.lists(st.floats(0.001, 0.999), max_size=8), st.floats(-0.9, 0.9))
def test_a_line_keeps_its_vertices_and_stays_in_order(shares: list[float], off: float) -> None:
    line = ORIGIN + np.array([[0.0, 0.0], [1_000.0, 0.0], [1_000.0, 1_000.0]])
    points = ORIGIN + np.array([[1_000.0 * s, off * NODE_M] for s in shares]).reshape(-1, 2)
    noded = Nodes(points, shapely.STRtree(shapely.points(points))).on(line)
    assert len(noded) == len(line) + len(shares)
    assert {*map(tuple, line)} <= {*map(tuple, noded)}
    assert np.all(np.diff(noded.sum(axis=1)) > -2 * NODE_M)


def test_a_vertex_that_is_too_far_or_at_an_end_is_not_inserted() -> None:
    line = ORIGIN + np.array([[0.0, 0.0], [1_000.0, 0.0]])
    near = ORIGIN + np.array([[500.0, 0.001], [0.0, 0.0001], [1_000.0, 0.0]])
    nodes = Nodes(near, shapely.STRtree(shapely.points(near)))
    assert np.array_equal(nodes.on(line), line)
    assert np.array_equal(nodes.on(nodes.on(line)), line)


def test_the_rings_of_an_adjustment_are_noded(real_adjustment: Adjustment) -> None:
    (key, ring), *_ = real_adjustment.rings.items()
    side = ring.stretches[0].points
    middle = (side[0] + side[1]) / 2.0
    alone = replace(real_adjustment, rings={key: ring})
    nodes = Nodes(middle[None], shapely.STRtree(shapely.points(middle[None])))
    found = nodes.on_rings(alone).rings[key]
    assert len(found.points) == len(ring.points) + 1
    assert np.array_equal(found.stretches[0].points[1], middle)
    assert found.stretches[0].clause == ring.stretches[0].clause
