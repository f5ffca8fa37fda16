"""The coordinate systems of files: said, declared, recognised or refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.toy.broken_files import (
    BOX,
    E0,
    N0,
    SQUARE,
    content,
    drawing,
    lost_part,
    sound,
    written,
)
from tests.toy.parcel_texts import PLAIN
from tzkc_geo import crs
from tzkc_geo.datum import Datum
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.feature_write import write_features

SITE = shapely.Point(121.44, 28.65)


# ── systems ──────────────────────────────────────────────────────────────────────────────────────


def test_a_declared_shift_is_undone_in_any_format(tmp_path: Path) -> None:
    shifted = shapely.transform(
        BOX, lambda xy: np.column_stack(crs.from_cgcs2000(xy[:, 0], xy[:, 1], "gcj02"))
    )
    for ending in (".geojson", ".gpkg", ".kml", ".parquet"):
        path = written(tmp_path, f"a{ending}", shifted)
        table, detected = read_features(path, datum="gcj02")
        assert table.system == Datum.GCJ02
        assert table.epsg is None
        assert detected.datum == "gcj02"
        done, _ = write_features(table, tmp_path / f"b{ending}")
        assert done.shapes is not None
        assert shapely.hausdorff_distance(done.shapes[0], BOX) < 1e-9
        with pytest.raises(CrsError, match="switched off"):
            read_features(path, datum="gcj02", undo_shift=False)


def test_a_shifted_file_says_no_system(tmp_path: Path) -> None:
    out = tmp_path / "a.gpkg"
    _, notes = write_features(sound(BOX), out, to=Datum.BD09)
    assert notes == ("a.gpkg: is in bd09, which has no code: say --datum bd09 later",)
    back, _ = read_features(out, datum="bd09")
    done, _ = write_features(back, tmp_path / "b.geojson")
    assert done.shapes is not None
    assert shapely.hausdorff_distance(done.shapes[0], BOX) < 1e-9


@pytest.mark.parametrize(
    ("ending", "to", "message"),
    [
        (".geojson", 4549, "--to: .geojson cannot be in this system, expected wgs84 or cgcs2000"),
        (".kml", Datum.GCJ02, "expected wgs84 or cgcs2000, got gcj02"),
        (".dxf", 4490, "expected a Gauss-Krueger zone such as gk40, got EPSG:4490"),
        (".txt", 32651, "got EPSG:32651; write .gpkg or .csv"),
    ],
)
def test_a_format_can_only_be_in_some_systems(
    ending: str, to: int | Datum, message: str, tmp_path: Path
) -> None:
    with pytest.raises(CrsError) as caught:
        write_features(sound(BOX), tmp_path / f"a{ending}", to=to)
    assert message in str(caught.value)


def test_the_system_of_a_table_is_kept_where_the_format_can(tmp_path: Path) -> None:
    metres = shapely.box(E0, N0, E0 + 100, N0 + 100)
    table = FeatureTable(columns={}, shapes=cells([metres]), system=4549, faults=("",))
    for ending, epsg in ((".dxf", 4549), (".gpkg", 4549), (".geojson", 4490), (".kml", 4326)):
        done, _ = write_features(table, tmp_path / f"a{ending}")
        assert done.system == epsg
    write_features(table, tmp_path / "a.txt")
    assert read_features(tmp_path / "a.txt")[1].epsg == 4549
    write_features(table, tmp_path / "b.txt", to=4528)
    assert read_features(tmp_path / "b.txt")[1].epsg == 4528
    write_features(sound(BOX), tmp_path / "c.kml", to=4490)
    assert read_features(tmp_path / "c.kml")[0].system == 4326


def test_a_txt_is_in_metres(tmp_path: Path) -> None:
    path = content("a.txt", PLAIN)(tmp_path)
    with pytest.raises(CrsError, match=r"a\.txt: a 界址点 TXT is in metres.*got EPSG:4326"):
        read_features(path, datum="wgs84")
    assert read_features(path, datum="gk40")[1].datum == "gk40"


def test_a_system_that_nobody_says_is_recognised_or_refused(tmp_path: Path) -> None:
    path = lost_part(".prj")(tmp_path)
    table, detected = read_features(path)
    assert table.epsg == 4326
    assert detected.notes == ("a.shp: no system is said, the degrees are taken as WGS84",)
    assert read_features(path, datum="cgcs2000")[0].epsg == 4490
    with pytest.raises(DataError, match="outline has too few points, expected at least 3, got 1"):
        read_features(content("b.dxf", drawing(corners=SQUARE[:1]))(tmp_path))


def test_a_member_crs_of_a_geojson_is_obeyed_and_checked(tmp_path: Path) -> None:
    def file(name: str) -> Path:
        member = {"type": "name", "properties": {"name": name}}
        feature = {
            "type": "Feature",
            "properties": None,
            "geometry": shapely.geometry.mapping(SITE),
        }
        body = {"type": "FeatureCollection", "crs": member, "features": [feature]}
        return content("a.geojson", json.dumps(body))(tmp_path)

    assert read_features(file("urn:ogc:def:crs:OGC:1.3:CRS84"))[0].epsg == 4326
    assert read_features(file("EPSG:4490"), datum="wgs84")[0].epsg == 4490
    with pytest.raises(CrsError, match=r"the file says EPSG:4490, expected the same of --datum"):
        read_features(file("urn:ogc:def:crs:EPSG::4490"), datum="gk40")
