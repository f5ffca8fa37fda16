"""A bad ring is named by its number, with the remedy; nothing is changed unless it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.layers import refused
from tests.toy.parcel_texts import SHELL, points, text
from tzkc_geo.cli import main
from tzkc_geo.features import FeatureTable, cells, shape_faults, with_faults
from tzkc_geo.geodesy import polygon_area_m2
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.ring_faults import open_ring, ring_fault
from tzkc_geo.ring_repair import repaired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Ring = list[list[float]]


def square(lon: float, lat: float, size: float) -> Ring:
    """Return a square ring, counter-clockwise."""
    east, north = round(lon + size, 6), round(lat + size, 6)
    return [[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]


GOOD, HOLE = square(121.42, 28.65, 0.01), square(121.422, 28.652, 0.002)
BOW = [[121.40, 28.65], [121.41, 28.66], [121.41, 28.65], [121.40, 28.66], [121.40, 28.65]]
BESIDE = square(121.429, 28.651, 0.002)  # goes through the east side of GOOD
METRES = square(343000.0, 3170000.0, 1000.0)
REDRAW = "redraw it, or repair it with tzkc convert --repair"
CASES: dict[str, tuple[list[Ring], str, str]] = {
    "self-crossing": ([BOW], "ring 1 is not simple", REDRAW),
    "self-crossing hole": ([GOOD, HOLE, BOW], "ring 3 is not simple", REDRAW),
    "open": ([GOOD[:-1]], "ring 1 is not closed", "its first point again at its end"),
    "open hole": ([GOOD, HOLE[:-1]], "ring 2 is not closed", "its first point again at its end"),
    "empty hole": ([GOOD, []], "ring 2 is empty, expected at least 3 points", "leave it out"),
    "three points": (
        [[GOOD[0], GOOD[1], GOOD[0]]],
        "ring 1 has too few points, expected at least 3 that differ, got 2",
        "leave it out or add its points",
    ),
    "one place": (
        [GOOD, [HOLE[0]] * 4],
        "ring 2 has too few points, expected at least 3 that differ, got 1",
        "leave it out or add its points",
    ),
    "flat": (
        [[[121.40, 28.65], [121.41, 28.65], [121.42, 28.65], [121.40, 28.65]]],
        "ring 1 has no area",
        "redraw it",
    ),
    "twice": ([GOOD, GOOD[::-1]], "ring 2 stands twice", "leave one of them out"),
    "hole twice": ([GOOD, HOLE, HOLE[2:] + HOLE[1:3]], "ring 3 stands twice", "got ring 2 again"),
    "crossing rings": ([GOOD, HOLE, BESIDE], "rings 1 and 3 do not fit each other", REDRAW),
    "hole outside": ([HOLE, BESIDE], "rings do not fit each other", REDRAW),
    "metres as degrees": ([METRES], "metres where degrees are expected", "--datum gk123"),
}
COMMANDS = {
    "area": ("area", "{}"),
    "describe": ("describe", "{}"),
    "check-boundary": ("check-boundary", "{}", "--unit", "c04"),
    "convert": ("convert", "{}", "out.geojson"),
}


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def feature(rings: list[Ring]) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def geojson(path: Path, *plots: list[Ring]) -> str:
    content = {"type": "FeatureCollection", "features": [feature(rings) for rings in plots]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def wkt(path: Path, *plots: list[Ring]) -> str:
    """Write plots as WKT."""
    lines = ["id,wkt"]
    for number, rings in enumerate(plots):
        texts = ", ".join(
            f"({', '.join(f'{x} {y}' for x, y in ring)})" if ring else "EMPTY" for ring in rings
        )
        lines.append(f'{number},"POLYGON ({texts})"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def kml(path: Path, *plots: list[Ring]) -> str:
    """Write plots as placemarks."""
    marks = []
    for shell, *holes in plots:
        outer, *inner = (
            "<LinearRing><coordinates>"
            + " ".join(f"{x},{y}" for x, y in ring)
            + "</coordinates></LinearRing>"
            for ring in (shell, *holes)
        )
        text = f"<outerBoundaryIs>{outer}</outerBoundaryIs>"
        text += "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in inner)
        marks.append(f"<Placemark><Polygon>{text}</Polygon></Placemark>")
    head = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path.write_text(f"{head}{''.join(marks)}</Document></kml>", encoding="utf-8")
    return str(path)


WRITERS: dict[str, Callable[..., str]] = {"a.geojson": geojson, "a.csv": wkt, "a.kml": kml}


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name in WRITERS for case in CASES],
)
def test_a_bad_ring_is_named_in_every_format(name: str, case: str, tmp_path: Path) -> None:
    rings, wrong, remedy = CASES[case]
    WRITERS[name](tmp_path / name, [GOOD], rings)
    table, _ = read_features(tmp_path / name, datum=None if name != "a.csv" else "wgs84")
    assert table.faults[0] == ""
    assert table.faults[1].startswith(f"{table.where(1)}: ")
    assert wrong in table.faults[1]
    assert remedy in table.faults[1]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", ["self-crossing", "open", "empty hole", "metres as degrees"])
def test_every_command_tells_the_row_and_does_the_others(
    command: str, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rings, wrong, remedy = CASES[case]
    path = geojson(tmp_path / "a.geojson", rings, [GOOD])
    assert main([word.format(path) for word in COMMANDS[command]]) == 1
    told = [row for row in capsys.readouterr().err.splitlines() if row.startswith("fault: ")]
    (line,) = told
    assert line.startswith("fault: a.geojson:1: ")
    assert wrong in line
    assert remedy in line


@pytest.mark.parametrize("command", ["area", "describe", "check-boundary"])
def test_a_file_of_bad_rings_alone_is_refused_by_the_first(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", [BOW], [GOOD[:-1]])
    sentence = refused(capsys, *(word.format(path) for word in COMMANDS[command]))
    assert sentence.startswith("a.geojson:1: shape is not valid: ring 1 is not simple")


def test_direction_start_and_repeated_points_change_no_area_and_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubled = [GOOD[0], *GOOD]
    turned = GOOD[1:] + GOOD[1:2]
    path = geojson(tmp_path / "a.geojson", [GOOD], [GOOD[::-1]], [turned], [doubled])
    assert main(["area", path, "--json"]) == 0
    out, err = capsys.readouterr()
    areas = [ring["areas_m2"]["statutory"] for ring in json.loads(out)["rings"]]
    assert areas == pytest.approx([areas[0]] * 4, rel=1e-12)
    assert err.splitlines() == [
        f"a.geojson:{row}: has the same outline as a.geojson:1; both are kept" for row in (2, 3)
    ]
    assert main(["convert", path, "b.geojson"]) == 0
    written = json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["geometry"]["coordinates"] for f in written] == [
        *([GOOD], [GOOD[::-1]], [turned], [doubled]),
    ]


def test_without_being_asked_nothing_is_repaired(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", [BOW], [GOOD])
    assert main(["convert", path, "b.geojson", "--json"]) == 1
    assert "repaired" not in capsys.readouterr().err
    found, _ = json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))["features"]
    assert found["geometry"]["coordinates"] == [BOW]


def test_a_repair_that_is_asked_for_tells_what_it_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", [GOOD], [BOW], [GOOD, HOLE, HOLE])
    assert main(["convert", path, "b.geojson", "--repair", "--json"]) == 0
    out, err = capsys.readouterr()
    bow, hole = (n for n in json.loads(out)["detected"]["notes"] if "repaired as asked" in n)
    assert bow in err
    assert bow.startswith("a.geojson:2: shape is not valid: ring 1 is not simple")
    table, _ = read_features(tmp_path / "b.geojson")
    assert table.faults == ("", "", "")
    assert table.shapes is not None
    assert shapely.is_valid(table.shapes).all()
    now = polygon_area_m2(table.shapes[1])
    assert bow.endswith(f"repaired as asked: 0.0 m2 as drawn, {now:,.1f} m2 now, {now:+,.1f} m2")
    holed = shapely.Polygon(GOOD, [HOLE])
    assert table.shapes[2].equals(holed)
    lost = polygon_area_m2(shapely.Polygon(HOLE))
    assert hole.endswith(f" m2 now, {lost:+,.1f} m2")  # the hole had been taken away twice


def test_what_cannot_be_repaired_keeps_its_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [CASES[case][0] for case in ("flat", "twice", "open")]
    path = geojson(tmp_path / "a.geojson", *bad, [GOOD])
    assert main(["convert", path, "b.geojson", "--repair", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "repaired" not in err
    assert [fault["row"] for fault in json.loads(out)["faults"]] == [1, 2, 3]


def test_a_lone_ring_is_repaired_and_measured_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", [BOW])
    assert "or repair it with" in refused(capsys, "area", path)
    assert main(["area", path, "--repair", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("a.geojson:1: shape is not valid: ring 1 is not simple")
    (ring,) = json.loads(out)["rings"]
    assert f"{ring['areas_m2']['statutory']:,.1f} m2 now" in err


def table_of(*shapes: shapely.Geometry | None, system: int = 4490) -> FeatureTable:
    found = cells(list(shapes))
    blank = FeatureTable(
        columns={}, shapes=found, system=system, faults=("",) * len(shapes), name="t"
    )
    return with_faults(blank, shape_faults(found))


def test_a_repair_leaves_all_other_rows_alone() -> None:
    with np.errstate(invalid="ignore"):
        lost = shapely.from_wkt("POLYGON ((0 0, nan 1, 1 0, 0 0))")
    far = shapely.transform(shapely.Polygon(BOW), lambda xy: xy * 1000)
    table = table_of(shapely.Point(121.4, 28.6), None, lost, far, shapely.Polygon(GOOD))
    found, notes = repaired(table)
    assert notes == ()
    assert found.faults[0] == found.faults[4] == ""
    assert found.faults[1:3] == table.faults[1:3]
    assert "ring 1" not in found.faults[3]  # now it is its place that is wrong
    assert found.faults[3]
    assert repaired(replace(table, shapes=None)) == (replace(table, shapes=None), ())
    sound = table_of(shapely.Polygon(GOOD))
    assert repaired(sound) == (sound, ())


def test_metres_are_repaired_in_metres() -> None:
    bow = shapely.Polygon(
        [(350000, 3170000), (350100, 3170100), (350100, 3170000), (350000, 3170100)]
    )
    found, (note,) = repaired(table_of(bow, system=4549))
    assert found.shapes is not None
    assert found.shapes[0].area == pytest.approx(5000)
    assert "0.0 m2 as drawn" in note


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9, unique=True)
)
def test_every_invalid_ring_has_a_sentence_and_a_repair_is_valid(
    corners: list[tuple[int, int]],
) -> None:
    shape = shapely.Polygon([(121.4 + x / 1000, 28.6 + y / 1000) for x, y in corners])
    table = table_of(shape)
    assert bool(table.faults[0]) is not shape.is_valid
    if shape.is_valid:
        return
    assert ring_fault(shape).startswith("ring 1 ")
    found, notes = repaired(table)
    assert found.shapes is not None
    assert len(notes) == (found.faults[0] == "")
    assert bool(found.shapes[0].is_valid) is (found.faults[0] == "")


@given(st.integers(0, 3), st.integers(3, 8))
def test_the_first_open_ring_is_named(sound: int, points: int) -> None:
    closed = [[k, k % 2] for k in range(points)] + [[0, 0]]
    rings: list[list[object]] = [[*closed] for _ in range(sound)]
    assert open_ring(rings) == ""
    assert open_ring([*rings, [*closed[:-1]]]).startswith(f"ring {sound + 1} is not closed")
    assert open_ring([*rings, []]).startswith(f"ring {sound + 1} is empty")


def test_an_empty_part_or_hole_is_named_by_its_place() -> None:
    many = "MULTIPOLYGON (((0 0, 3 0, 3 3, 0 3, 0 0), (1 1, 2 1, 2 2, 1 1)), {})"
    part, hole = many.format("EMPTY"), many.format("((5 5, 6 5, 6 6, 5 5), EMPTY)")
    sound, whole = many.format("((5 5, 6 5, 6 6, 5 5))"), "POLYGON EMPTY"
    shapes = [shapely.from_wkt(text) for text in (part, sound, hole, whole)]
    faults = table_of(*shapes, shapely.Point()).faults
    assert "ring 3 is empty" in faults[0]
    assert faults[1] == ""
    assert "ring 4 is empty" in faults[2]
    assert all("has no shape" in fault for fault in faults[3:])


@pytest.mark.parametrize("case", CASES)
def test_locate_keeps_a_bad_row_with_its_reason(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rings, wrong, remedy = CASES[case]
    path = geojson(tmp_path / "a.geojson", rings, [GOOD])
    assert main(["locate", "--in", path, "--out", "b.geojson"]) == 1
    bad, good = json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))["features"]
    assert wrong in bad["properties"]["fault"]
    assert remedy in bad["properties"]["fault"]
    assert good["properties"]["cluster"]
    assert wrong in capsys.readouterr().err


def test_rings_that_a_txt_leaves_open_are_closed_and_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(text(*points(SHELL, closed=False)), encoding="gbk")
    assert main(["area", "a.txt"]) == 0
    assert "a.txt: rings are open in the file, each is closed here" in capsys.readouterr().err
    (tmp_path / "a.txt").write_text(text(*points(SHELL)), encoding="gbk")
    assert main(["area", "a.txt"]) == 0
    assert "closed here" not in capsys.readouterr().err
