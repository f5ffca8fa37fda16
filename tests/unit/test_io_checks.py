"""What one row alone cannot show, and what a GeoJSON file may hold."""

import json
from pathlib import Path

import pytest

from tests.toy.layers import put, refused, row, rows
from tzkc_geo.errors import DataError, DuplicateIdError, UnknownIdError
from tzkc_geo.io.folder import DataFolder, find_folder
from tzkc_geo.io.rows import read_rows
from tzkc_geo.io.shapes import district_outlines, line_shapes, surveys
from tzkc_geo.io.tables import read_tables

SQUARE = [[121.40, 28.60], [121.41, 28.60], [121.41, 28.61], [121.40, 28.61], [121.40, 28.60]]
BOW = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
FACTS = {"unit_id": "c13", "source_id": "plan-2022", "sigma_m": 0.5, "date": "2026-11-02"}


@pytest.fixture(autouse=True)
def _no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZKC_DATA", raising=False)


def collection(path: Path, *features: tuple[dict[str, object], object]) -> Path:
    """Write features, each its properties and coordinates."""
    listed = [{"properties": facts, "geometry": {"coordinates": c}} for facts, c in features]
    path.write_text(json.dumps({"features": listed}), encoding="utf-8")
    return path


def test_a_survey_stands_in_for_a_chosen_reading(tmp_path: Path) -> None:
    collection(tmp_path / "surveys.geojson", (FACTS, [[SQUARE]]))
    put(tmp_path, "readings", row("readings", "c13-a", chosen="no"))
    (survey,) = read_tables(find_folder(tmp_path)).surveys
    assert (survey.unit_id, survey.sigma_m, survey.date) == ("c13", 0.5, "2026-11-02")
    assert survey.rings[0].tolist() == SQUARE
    (tmp_path / "surveys.geojson").unlink()
    with pytest.raises(DataError, match="unit 'c13' has 0 chosen readings, expected one in"):
        read_tables(find_folder(tmp_path))


@pytest.mark.parametrize(
    ("change", "coordinates", "kind", "message"),
    [
        ({"unit_id": "c99"}, [[SQUARE]], UnknownIdError, "(c99): unit_id 'c99' points at nothing"),
        ({"unit_id": "core"}, [[SQUARE]], DataError, "(core): unit 'core' is no cluster"),
        ({"source_id": "x"}, [[SQUARE]], UnknownIdError, "(c13): source_id 'x' points at nothing"),
        ({"sigma_m": "fine"}, [[SQUARE]], DataError, "sigma_m is wrong, expected a number above 0"),
        ({"sigma_m": 0}, [[SQUARE]], DataError, "sigma_m is wrong, expected a number above 0"),
        ({}, [], DataError, "(c13): has no outline, expected a MultiPolygon"),
        ({}, [[]], DataError, "(c13): has no outer ring, expected"),
        ({}, [[BOW]], DataError, "outline is not valid, expected a simple ring, got self-inter"),
        ({}, [[SQUARE[:3]]], DataError, "too few vertices, expected at least 4, got 3"),
    ],
)
def test_a_faulty_survey_in_the_folder_is_named(
    change: dict[str, object],
    coordinates: object,
    kind: type[DataError],
    message: str,
    tmp_path: Path,
) -> None:
    collection(tmp_path / "surveys.geojson", (FACTS | change, coordinates))
    with pytest.raises(kind) as caught:
        read_tables(find_folder(tmp_path))
    assert str(caught.value).startswith("surveys.geojson: feature 1 ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "coordinates", [[["a", "b"], ["c", "d"]], [121.4, 28.6], [[121.4], [121.5]], "text", None, 7]
)
def test_coordinates_that_are_none_are_named(coordinates: object, tmp_path: Path) -> None:
    collection(tmp_path / "lines.geojson", ({"line_id": "x"}, coordinates))
    with pytest.raises(DataError, match=r"^lines\.geojson: feature 1 \(x\): has "):
        line_shapes(DataFolder(tmp_path))


def test_heights_are_left_out_and_a_shape_stands_once(tmp_path: Path) -> None:
    high = [[121.4, 28.6, 5.0], [121.5, 28.6, 6.0]]
    path = collection(tmp_path / "lines.geojson", ({"line_id": "x"}, high))
    assert line_shapes(DataFolder(tmp_path))["x"].tolist() == [[121.4, 28.6], [121.5, 28.6]]
    collection(path, ({"line_id": "x"}, high), ({"line_id": "x"}, high))
    with pytest.raises(DuplicateIdError, match="feature 2: line_id 'x' stands twice"):
        line_shapes(DataFolder(tmp_path))


def test_a_district_is_its_outer_ring(tmp_path: Path) -> None:
    hole = [[121.403, 28.603], [121.404, 28.603], [121.404, 28.604], [121.403, 28.603]]
    collection(tmp_path / "districts.geojson", ({"district_id": "d"}, [SQUARE, hole]))
    found = district_outlines(DataFolder(tmp_path))["d"]
    assert found.bounds == (121.40, 28.60, 121.41, 28.61)
    assert len(found.interiors) == 0
    assert surveys(DataFolder(tmp_path)) == {}


def test_a_line_without_a_prior_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "lines", row("lines", "ankang-road", line_id="new-road"))
    line = [[121.4, 28.6], [121.5, 28.6]]
    collection(tmp_path / "lines.geojson", ({"line_id": "new-road"}, line))
    assert refused(capsys, "--data", str(tmp_path), "build") == (
        "lines.csv:2: line 'new-road' has no prior, expected a row in priors.csv"
    )


def test_an_open_side_names_a_line(tmp_path: Path) -> None:
    put(tmp_path, "exceptions", row("exceptions", "c06-east-open", other_id="c06"))
    with pytest.raises(
        UnknownIdError, match=r"^exceptions\.csv:2: other_id 'c06' points at nothing.*lines\.csv$"
    ):
        read_tables(find_folder(tmp_path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "overlap", "other_id": ""}, "other_id is empty, expected a value"),
        ({"limit_m2": ""}, "limit_m2 is not a number, expected a number, got ''"),
        ({"reason": ""}, "reason is empty, expected a value"),
    ],
)
def test_an_exception_says_what_it_allows_and_why(
    change: dict[str, str], message: str, tmp_path: Path
) -> None:
    put(tmp_path, "exceptions", row("exceptions", "core-gap", **change))
    with pytest.raises(DataError) as caught:
        read_tables(find_folder(tmp_path))
    assert str(caught.value) == f"exceptions.csv:2: {message}"


def test_every_shipped_table_is_written_and_read_without_a_change(tmp_path: Path) -> None:
    names = ("clauses", "constraints", "exceptions", "lines", "observations", "places", "priors")
    for name in (*names, "readings", "sources", "stations", "units"):
        path = put(tmp_path, name, *rows(name))
        shipped = DataFolder(Path(find_folder(tmp_path).shipped)).files(f"{name}.csv")[0]
        assert path.read_bytes() == shipped.read_bytes()
    assert [r.cells for r in read_rows(path, ())] == rows("units")
