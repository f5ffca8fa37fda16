"""The map of a cluster: every side told, on the sheet, clear of the others."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy import world as toy
from tests.toy.layers import SHIPPED
from tzkc_geo.catalog import Catalog
from tzkc_geo.io.folder import DataFolder
from tzkc_geo.io.plan import read_extents, read_plan
from tzkc_geo.model import UnitKind
from tzkc_geo.reports import AuditReport, audit_report
from tzkc_geo.reports.cluster_map import (
    BAR_SHARE,
    HEIGHT_PX,
    WIDTH_PX,
    bar_m,
    cluster_map,
    side_text,
)
from tzkc_geo.reports.drawing import Disc, Drawing, Label, Shape, svg
from tzkc_geo.reports.label_places import Placer, box_of
from tzkc_geo.reports.labels import Lang
from tzkc_geo.reports.picture import COLOURS

CLUSTERS = [f"c{n:02d}" for n in range(1, 15)]
SHEET = shapely.box(0, 0, WIDTH_PX, HEIGHT_PX)


@pytest.fixture(scope="module")
def report(real_catalog: Catalog) -> AuditReport:
    folder = DataFolder(SHIPPED)
    return audit_report(real_catalog, read_plan(folder), read_extents(folder))


def drawn(report: AuditReport, unit_id: str, lang: Lang = Lang.ZH) -> Drawing:
    unit = next(unit for unit in report.units if unit.unit_id == unit_id)
    return cluster_map(report, unit, lang)


def labels(drawing: Drawing) -> list[Label]:
    return [mark for mark in drawing.marks if isinstance(mark, Label)]


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("unit_id", CLUSTERS)
def test_labels_stand_on_the_sheet_and_not_on_each_other(
    report: AuditReport, unit_id: str, lang: Lang
) -> None:
    found = labels(drawn(report, unit_id, lang))
    assert all(SHEET.contains(box_of(label)) for label in found)
    pairs = list(combinations(map(box_of, found), 2))
    assert all(a.intersection(b).area <= 0.1 * min(a.area, b.area) for a, b in pairs)


@pytest.mark.parametrize("unit_id", CLUSTERS)
def test_every_side_is_told_in_the_colour_of_its_grade(report: AuditReport, unit_id: str) -> None:
    drawing = drawn(report, unit_id)
    told = {label.text.replace("\n", " ") for label in labels(drawing)}
    lines = {m.title.split(" · ")[0]: m for m in drawing.marks if isinstance(m, Shape) and m.title}
    sides = [side for side in report.sides if side.unit_id == unit_id]
    assert len(sides) >= 4
    for side in sides:
        text = side_text(side, Lang.ZH)
        figure = side.band_m if side.accuracy_m is None else side.accuracy_m
        assert text.split()[-2].lstrip("±") == f"{figure:.0f}"
        assert text in told
        assert lines[text].stroke == COLOURS[side.grade]
        assert (lines[text].dash is None) == (side.accuracy_m is not None)
    assert any("非法定边界" in text for text in told)


def test_the_map_is_to_scale_with_north_up(report: AuditReport) -> None:
    drawing = drawn(report, "c13")
    fill = next(m for m in drawing.marks if isinstance(m, Shape) and m.fill == "#fff3d6")
    bar = next(m for m in drawing.marks if isinstance(m, Shape) and m.width == 4.0)
    length = float(np.ptp(bar.rings[0][:, 0]))
    texts = [label.text for label in labels(drawing)]
    metres = next(float(text[:-2]) for text in texts if re.fullmatch(r"\d+ m", text))
    area_km2 = sum(shapely.Polygon(ring).area for ring in fill.rings) * (metres / length) ** 2 / 1e6
    unit = next(unit for unit in report.units if unit.unit_id == "c13")
    assert area_km2 == pytest.approx(unit.areas_km2["gk120"], rel=1e-3)
    polygon = report.polygons["c13"]
    tops = shapely.get_coordinates(polygon)[:, 1]
    northmost = fill.rings[0][int(np.argmax(tops))]
    assert northmost[1] == fill.rings[0][:, 1].min()


def test_both_parts_of_a_cluster_are_filled(report: AuditReport) -> None:
    fill = next(
        m for m in drawn(report, "c07").marks if isinstance(m, Shape) and m.fill == "#fff3d6"
    )
    assert len(fill.rings) == 2


def test_neighbours_end_at_the_edge_of_the_sheet(report: AuditReport) -> None:
    grey = [m for m in drawn(report, "c01").marks if isinstance(m, Shape) and m.stroke == "#a0a0a0"]
    assert len(grey) >= 3  # c02, c03, c04 lie round it
    points = np.vstack([ring for shape in grey for ring in shape.rings])
    assert points.min() >= 0.0
    assert (points <= [WIDTH_PX, HEIGHT_PX]).all()


def test_a_toy_cluster_is_named_inside() -> None:
    world = replace(toy.catalog(), adjustment={"readings": []})
    report = audit_report(world, read_plan(DataFolder(SHIPPED)), ())
    clusters = [unit for unit in report.units if unit.kind is UnitKind.CLUSTER]
    for unit in clusters:
        texts = {label.text for label in labels(cluster_map(report, unit, Lang.EN))}
        assert texts & {f"{unit.unit_id} {unit.name_en}", unit.unit_id}


@given(st.floats(1e-4, 1e3))
def test_a_scale_bar_is_round_and_as_long_as_fits(per_m: float) -> None:
    length = bar_m(per_m)
    digits = f"{length:.6e}"
    assert digits[:8] in {"1.000000", "2.000000", "5.000000"}
    share = length * per_m / WIDTH_PX
    assert share * (1 + 1e-9) >= BAR_SHARE / 2.5
    assert share <= BAR_SHARE * (1 + 1e-9)


spots = st.floats(-500, 1500)


@given(spots, spots, spots, spots, st.text("台州km 9", min_size=1, max_size=20))
def test_a_label_beside_a_line_is_on_the_sheet(
    x0: float, y0: float, x1: float, y1: float, text: str
) -> None:
    placer = Placer(WIDTH_PX, HEIGHT_PX, shapely.box(300, 200, 600, 400))
    found = placer.beside(np.array([[x0, y0], [x1, y1]]), Label(x=0, y=0, text=text, size=15))
    assert SHEET.contains(box_of(found))


def test_a_second_label_keeps_clear_of_the_first() -> None:
    placer = Placer(WIDTH_PX, HEIGHT_PX, shapely.box(300, 200, 600, 400))
    east = np.array([[600.0, 200.0], [600.0, 400.0]])
    label = Label(x=0, y=0, text="椒金线", size=15)
    boxes = [box_of(placer.beside(east, label)) for _ in range(4)]
    assert all(not a.intersects(b) for a, b in combinations(boxes, 2))
    assert all(box.bounds[0] > 600 for box in boxes)


def test_a_name_that_does_not_fit_gives_way_to_the_number() -> None:
    area = shapely.MultiPolygon([shapely.box(0, 0, 40, 40), shapely.box(400, 200, 500, 300)])
    label = Label(x=0, y=0, text="台州湾科创走廊", size=20)
    placer = Placer(WIDTH_PX, HEIGHT_PX, area)
    assert placer.inside(label, "c01").text == "c01"
    assert placer.inside(replace(label, text="台州"), "c01").text == "台州"


def test_there_is_no_label_where_there_is_no_room() -> None:
    placer = Placer(WIDTH_PX, HEIGHT_PX, shapely.box(300, 200, 600, 400))
    label = Label(x=0, y=0, text="c02", size=15)
    assert placer.on(shapely.box(0, 0, 4, 300), label) is None  # half of it off the sheet
    assert placer.on(shapely.box(100, 100, 200, 200), label) is not None
    assert placer.on(shapely.box(100, 100, 200, 200), label) is None  # taken


def test_a_drawing_is_one_element_with_its_marks_in_order() -> None:
    square = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]])
    drawing = Drawing(
        width=20,
        height=10,
        title="a < b",
        marks=(
            Shape(rings=(square,), closed=True, fill="#ffffff", fill_opacity=0.5, title="x & y"),
            Shape(rings=(square,), stroke="#000000", width=2.0, dash=(3.0, 4.0)),
            Disc(x=1, y=2, radius=3, fill="#111111"),
            Label(x=1, y=2, text="一\n二", size=10, halo=True),
        ),
    )
    root = ET.fromstring(svg(drawing))  # noqa: S314  (our own text)
    names = [re.sub(r"\{.*\}", "", child.tag) for child in root]
    assert names == ["path", "path", "circle", "text", "text"]
    area, line = root[0], root[1]
    assert (area.get("fill-opacity"), str(area.get("d"))[-1]) == ("0.5", "Z")
    assert area[0].text == "x & y"
    assert (line.get("fill"), line.get("stroke-dasharray")) == ("none", "3 4")
    assert [child.get("y") for child in root[3:]] == ["2.0", "14.5"]
    assert root[3].get("stroke") == "#fff"
    assert root.get("aria-label") == "a < b"
