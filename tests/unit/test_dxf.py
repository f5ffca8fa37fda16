"""DXF of other programs: what becomes a row, what is said, what is refused."""

import io
import json

import numpy as np
import pytest
import shapely
from ezdxf.document import Drawing
from ezdxf.filemanagement import new

from tests.toy.broken_files import E0, GBK_NAME, N0, SQUARE, drawing, gbk_drawing
from tzkc_geo.errors import CrsError, DataError, LimitError, TzkcError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.dxf_read import parse_dxf
from tzkc_geo.io.dxf_write import dxf_bytes

BOX = shapely.box(E0, N0, E0 + 100, N0 + 100)


def data(doc: Drawing) -> bytes:
    sink = io.StringIO()
    doc.write(sink)
    return sink.getvalue().encode("utf-8")


def metric(*shapes: shapely.Geometry | None, **columns: list[object]) -> FeatureTable:
    return FeatureTable(
        columns={name: cells(column) for name, column in columns.items()},
        shapes=cells(shapes),
        system=4549,
        faults=("",) * len(shapes),
    )


def foreign() -> Drawing:
    return new("R2018", units=6)


def test_entities_become_rows_in_order_with_layer_and_texts() -> None:
    doc = foreign()
    space = doc.modelspace()
    space.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "红线"})
    space.add_polyline2d(SQUARE, close=True)
    space.add_polyline3d([(*xy, 5.0) for xy in SQUARE], close=True)
    space.add_point((E0, N0), dxfattribs={"layer": "点"})
    space.add_text("一号地块", dxfattribs={"insert": (E0 + 1, N0)})
    space.add_mtext("二号\\P地块", dxfattribs={"insert": (E0 + 2, N0)})
    block = doc.blocks.new("界址点")
    block.add_attdef("点号")
    mark = space.add_blockref("界址点", (E0 + 3, N0))
    mark.add_attrib("点号", "J1")
    space.add_line(SQUARE[0], SQUARE[1])
    space.add_line(SQUARE[1], SQUARE[2])
    space.add_polyface()
    table, _, notes = parse_dxf(data(doc), name="a.dxf")
    assert table.columns["kind"].tolist() == [
        *("LWPOLYLINE", "POLYLINE", "POLYLINE", "POINT", "TEXT", "MTEXT", "INSERT"),
    ]
    assert table.columns["layer"].tolist()[:4] == ["红线", "0", "0", "点"]
    assert table.columns["text"].tolist()[3:] == [None, "一号地块", "二号\n地块", "界址点"]
    assert table.columns["点号"].tolist()[-1] == "J1"
    assert table.shapes is not None
    assert all(shape.equals(BOX) for shape in table.shapes[:3])
    assert [shape.x - E0 for shape in table.shapes[3:]] == [0.0, 1.0, 2.0, 3.0]
    assert notes == (
        "a.dxf: entities that are no outline and no site are not read: 2 LINE, 1 POLYLINE",
    )
    assert table.system is None


def test_ends_that_meet_are_closed_and_said() -> None:
    doc = foreign()
    first = SQUARE[0]
    doc.modelspace().add_lwpolyline([*SQUARE, (first[0] + 0.0005, first[1])])
    doc.modelspace().add_lwpolyline([*SQUARE, first], close=True)
    doc.modelspace().add_lwpolyline([*SQUARE, (first[0] + 0.5, first[1])])
    doc.modelspace().add_lwpolyline([first])
    table, _, notes = parse_dxf(data(doc), name="a.dxf")
    assert table.shapes is not None
    assert table.shapes[0].equals_exact(table.shapes[1], 0.0)
    assert notes == ("a.dxf: 1 open outlines whose ends meet are taken as closed",)
    assert [fault.partition(",")[0] for fault in table.faults] == [
        *("", "", "a.dxf:3: outline is open", "a.dxf:4: outline is open"),
    ]
    assert table.shapes[2].geom_type == "LineString"
    assert table.shapes[3] is None


def test_arcs_are_cut_within_a_millimetre_and_said() -> None:
    doc = foreign()
    ends = [(E0, N0, 0, 0, 1.0), (E0 + 100, N0, 0, 0, 1.0)]  # two half circles
    doc.modelspace().add_lwpolyline(ends, close=True)
    table, _, notes = parse_dxf(data(doc), name="a.dxf")
    assert table.shapes is not None
    assert table.shapes[0].area == pytest.approx(np.pi * 50**2, abs=np.pi * 100 * 0.001)
    assert "1 outlines have arcs" in notes[0]


def test_a_mirrored_outline_is_where_it_is_drawn() -> None:
    doc = foreign()
    mirrored = [(-x, y) for x, y in SQUARE]
    doc.modelspace().add_lwpolyline(mirrored, close=True, dxfattribs={"extrusion": (0, 0, -1)})
    doc.modelspace().add_polyline2d(mirrored, close=True, dxfattribs={"extrusion": (0, 0, -1)})
    table, _, _ = parse_dxf(data(doc), name="a.dxf")
    assert table.shapes is not None
    assert all(shape.equals(BOX) for shape in table.shapes)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (gbk_drawing(b"ANSI_936"), "gbk"),
        (drawing(layer="台州湾科创地块"), "utf-8"),
        (drawing(version="R2004", layer="plain"), "ascii"),
        (gbk_drawing(b"ANSI_1252").replace(GBK_NAME, "Café".encode("cp1252")), "cp1252"),
        (gbk_drawing(b"UTF-8").replace(GBK_NAME, "台州湾科创地块".encode()), "utf-8"),
    ],
)
def test_a_layer_is_read_in_the_code_page_of_its_file(content: bytes, encoding: str) -> None:
    table, found, _ = parse_dxf(content, name="a.dxf")
    assert found == encoding
    names = {"ascii": "plain", "cp1252": "Café"}
    assert table.columns["layer"].tolist() == [names.get(encoding, "台州湾科创地块")]


def test_a_drawing_of_ours_gives_back_what_was_put_in() -> None:
    holed = BOX.difference(shapely.box(E0 + 10, N0 + 10, E0 + 20, N0 + 20))
    several = shapely.MultiPolygon([holed, shapely.box(E0 + 200, N0, E0 + 210, N0 + 9)])
    line = shapely.LineString(SQUARE)
    point = shapely.Point(E0 + 1 / 3, N0)
    content = metric(
        holed,
        several,
        point,
        line,
        text=["甲\n乙 \\U+4E2D^J", None, "x" * 900, ""],
        figure=[1, 0.1, None, True],
        layer=["红线", "a|b", " ", 3],
    )
    back, _, notes = parse_dxf(dxf_bytes(content), name="a.dxf")
    assert notes == ()
    assert back.system == 4549
    assert {n: c.tolist() for n, c in back.columns.items()} == {
        n: c.tolist() for n, c in content.columns.items()
    }
    assert back.shapes is not None
    assert content.shapes is not None
    assert all(a.equals_exact(b, 0.0) for a, b in zip(back.shapes, content.shapes, strict=True))
    assert "红线" in dxf_bytes(content).decode()


def test_a_copy_made_in_a_drawing_is_a_row_of_its_own() -> None:
    from ezdxf.filemanagement import read

    doc = read(io.StringIO(dxf_bytes(metric(BOX, name=["甲"])).decode()))
    space = doc.modelspace()
    copy = space[0].copy()
    space.add_entity(copy)
    copy.translate(500, 0, 0)
    back, _, _ = parse_dxf(data(doc), name="a.dxf")
    assert back.columns["name"].tolist() == ["甲", "甲"]
    assert back.shapes is not None
    assert back.shapes[1].bounds[0] == E0 + 500


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "extended data of TZKC_GEO is damaged"), ('{"row": 1}', "is damaged")],
)
def test_damaged_data_of_ours_is_refused(text: str, message: str) -> None:
    doc = foreign()
    doc.appids.add("TZKC_GEO")
    doc.modelspace().add_point((E0, N0)).set_xdata("TZKC_GEO", [(1000, text)])
    with pytest.raises(DataError, match=message):
        parse_dxf(data(doc), name="a.dxf")


def test_a_wrong_code_of_ours_is_refused() -> None:
    doc = foreign()
    doc.header.custom_vars.append("EPSG", "gk40")
    with pytest.raises(DataError, match="property EPSG is not a code"):
        parse_dxf(data(doc), name="a.dxf")


@pytest.mark.parametrize(
    ("table", "kind", "message"),
    [
        (metric(None, n=["a"]), DataError, "table:1: cannot be drawn, expected a point"),
        (metric(shapely.MultiPoint([(1, 2), (3, 4)])), DataError, "got MultiPoint; write .geojson"),
        (metric(BOX, n=["x" * 4000]), LimitError, "cells are too long for a drawing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    table: FeatureTable, kind: type[TzkcError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        dxf_bytes(table)


def test_degrees_are_not_drawn() -> None:
    content = FeatureTable(columns={}, shapes=cells([BOX]), system=4490, faults=("",))
    with pytest.raises(CrsError, match="a drawing is in metres"):
        dxf_bytes(content)


def test_numbers_of_numpy_and_dates_are_kept_as_json_has_them() -> None:
    content = metric(BOX, n=[np.int64(3)], day=[np.datetime64("2026-11-24")])
    back, _, _ = parse_dxf(dxf_bytes(content), name="a.dxf")
    assert json.dumps([column[0] for column in back.columns.values()]) == '[3, "2026-11-24"]'
