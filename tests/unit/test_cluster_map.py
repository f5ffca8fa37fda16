"""Maps of clusters: every side is labelled, nothing unsure is drawn as if it were known."""

import re
from xml.etree import ElementTree as ET

import pytest

from tests.toy.world import catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.reports.cluster_map import WIDTH_PX, cluster_maps, cluster_svg

LABEL = re.compile(r'<text x="(\d+)" y="(\d+)" text-anchor="middle"[^>]*>([^<]+)</text>')


@pytest.mark.parametrize("unit_id", [f"c{k:02}" for k in range(1, 15)])
def test_every_side_is_labelled_with_its_accuracy_or_its_band(
    unit_id: str, real_catalog: Catalog
) -> None:
    svg = cluster_svg(real_catalog, unit_id)
    height = float(ET.fromstring(svg).attrib["viewBox"].split()[3])  # noqa: S314  (our own)
    labels = LABEL.findall(svg)
    edges = real_catalog.edges_of(unit_id)
    assert len(labels) == len(edges)
    for edge, (x, y, words) in zip(edges, labels, strict=True):
        assert edge.name_zh in words
        stated = f"±{edge.accuracy_m:.0f} m" if edge.accuracy_m is not None else "band"
        assert stated in words
        assert 0 < float(x) < WIDTH_PX
        assert 0 < float(y) < height + 200  # labels that meet move down


def test_labels_do_not_lie_on_each_other(real_catalog: Catalog) -> None:
    for unit_id in ("c02", "c07", "c13"):
        spots = [
            (float(x), float(y)) for x, y, _ in LABEL.findall(cluster_svg(real_catalog, unit_id))
        ]
        for k, (x, y) in enumerate(spots):
            assert all(abs(y - b) > 13 or abs(x - a) > 60 for a, b in spots[:k])


def test_a_side_with_a_band_alone_is_dashed_and_not_shaded() -> None:
    svg = cluster_svg(catalog(), "c07")  # no side of it has an accuracy
    assert svg.count("stroke-dasharray") == 4
    assert 'fill-opacity=".16"' not in svg
    assert "非法定边界" in svg


def test_all_clusters_are_drawn_in_order() -> None:
    heads = re.findall(r"<h3>(c\d\d)", cluster_maps(catalog()))
    assert heads == [f"c{k:02}" for k in range(1, 15)]


def test_a_cluster_of_several_parts_is_filled_too(real_catalog: Catalog) -> None:
    assert real_catalog.polygons["c07"].geom_type == "MultiPolygon"
    svg = cluster_svg(real_catalog, "c07")
    (filled,) = re.findall(r'<path d="([^"]*)" fill="#56b4e9"', svg)
    assert filled.count("M") == 2
