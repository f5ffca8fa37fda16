"""Rows of a file with the units that hold them: the same rows, the same answers as one by one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely

from tests.toy.world import HIGH, WIDE, catalog, corner, middle
from tzkc_geo.datum import Datum
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.parcel_file import Detected
from tzkc_geo.parcels import divide
from tzkc_geo.sites import Located, locate_rows
from tzkc_geo.systems import from_stored
from tzkc_geo.verdict import locate

TOY = catalog()
CSV = Detected(form="csv", columns=("lon", "lat"))


def table(shapes: Sequence[shapely.Geometry | None], **more: Sequence[object]) -> FeatureTable:
    faults = tuple("" if shape is not None else "t.csv:1: no shape" for shape in shapes)
    columns = {"name": cells([f"n{k}" for k in range(len(shapes))])}
    columns |= {name: cells(values) for name, values in more.items()}
    return FeatureTable(columns=columns, shapes=cells(shapes), system=4490, faults=faults)


def answers(found: Located, row: int) -> dict[str, object]:
    return {name: found.table.columns[name][row] for name in found.columns}


def box(column: float, wide: float) -> shapely.Polygon:
    west, south = corner(column, 0)
    return shapely.box(west, south + HIGH / 4, west + wide * WIDE, south + HIGH / 2)


def test_points_gain_the_verdict_that_locate_gives() -> None:
    sites = [middle("c01"), middle("c14"), (121.0, 28.0)]
    found = locate_rows(table([shapely.Point(site) for site in sites]), CSV, TOY)
    for row, site in enumerate(sites):
        one = locate(*site, TOY)
        told = answers(found, row)
        assert (told["verdict"], told["cluster"], told["zone"]) == (
            one.verdict,
            one.cluster,
            one.zone,
        )
    assert found.table.columns["name"].tolist() == ["n0", "n1", "n2"]
    assert sum(found.verdicts.values()) == 3


def test_polygons_gain_the_shares_that_divide_gives() -> None:
    parcel = box(0.5, 1.0)
    found = locate_rows(table([parcel]), CSV, TOY)
    told = answers(found, 0)
    one = divide(parcel, TOY)
    assert told["verdict"] == one.verdict
    assert told["area_m2"] == pytest.approx(one.area_m2, abs=1e-3)
    expected = (f"{s.unit_id} {s.area_m2:.2f} m2 {s.percent_text}%" for s in one.shares)
    assert told["shares"] == "; ".join(expected)
    (listed,) = found.to_json()["parcels"]
    assert (listed["row"], listed["shares"]) == (1, one.to_json()["shares"])
    assert "edge_m" not in found.columns  # of points only


def test_points_and_polygons_of_one_file_keep_their_order() -> None:
    shapes = [box(0.1, 0.2), shapely.Point(middle("c02")), None, box(2.2, 0.2)]
    found = locate_rows(table(shapes), CSV, TOY)
    assert [answers(found, row)["cluster"] for row in range(4)] == ["c01", "c02", None, "c03"]
    assert [answers(found, row)["area_m2"] is None for row in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    assert found.faults == 1


def test_metres_are_located_where_they_lie_and_stay_metres() -> None:
    lonlat = np.array([middle("c01"), middle("c04")])
    xy = from_stored(lonlat, 4528)
    metric = replace(table(list(shapely.points(xy))), system=4528)
    found = locate_rows(metric, replace(CSV, datum="gk40"), TOY)
    assert [answers(found, row)["cluster"] for row in range(2)] == ["c01", "c04"]
    assert found.table.system == 4528
    assert found.table.shapes is not None
    assert np.array_equal(shapely.get_coordinates(found.table.shapes), xy)


@pytest.mark.parametrize(
    ("detected", "undo_shift", "asked"),
    [
        (CSV, True, True),
        (replace(CSV, datum="wgs84"), True, False),
        (CSV, False, False),
        (Detected(form="geojson"), True, True),
        (Detected(form="gpkg"), True, False),
    ],
)
def test_other_readings_are_given_only_where_nobody_declared(
    detected: Detected, *, undo_shift: bool, asked: bool
) -> None:
    on_edge = [shapely.Point(121.4095, 28.6545)]
    found = locate_rows(table(on_edge), detected, TOY, undo_shift=undo_shift)
    assert (answers(found, 0)["readings"] is not None) is asked
    assert found.changed == int(asked)


def test_a_declared_map_service_datum_is_undone() -> None:
    site = shapely.Point(from_stored(np.array([middle("c01")]), Datum.GCJ02)[0])
    shifted = replace(table([site]), system=Datum.GCJ02)
    told = answers(locate_rows(shifted, replace(CSV, datum="gcj02"), TOY), 0)
    assert told["cluster"] == "c01"
    assert told["readings"] is None


def test_a_taken_name_gives_all_answers_a_prefix() -> None:
    found = locate_rows(table([shapely.Point(middle("c01"))], cluster=["mine"]), CSV, TOY)
    assert all(name.startswith("tz_") for name in found.columns)
    assert found.table.columns["cluster"].tolist() == ["mine"]
    assert found.table.columns["tz_cluster"].tolist() == ["c01"]


def test_a_refused_parcel_is_marked_and_the_others_are_divided() -> None:
    west, south = corner(0.5, 0)
    thin = shapely.box(west, south, west + 1e-9, south + HIGH / 2)
    found = locate_rows(table([box(0.1, 0.2), thin]), CSV, TOY)
    assert answers(found, 0)["cluster"] == "c01"
    assert answers(found, 1)["cluster"] is None
    assert found.table.faults[0] == ""
    assert "is a sliver" in found.table.faults[1]
    assert "parcel 1" not in found.table.faults[1]


def test_progress_counts_points_and_parcels() -> None:
    done: list[int] = []
    locate_rows(
        table([box(0.1, 0.2), shapely.Point(middle("c02")), None]), CSV, TOY, told=done.append
    )
    assert sum(done) == 2


def test_the_summary_counts_what_the_rows_say() -> None:
    found = locate_rows(table([shapely.Point(middle("c01")), None]), CSV, TOY)
    summary = found.to_json()
    assert (summary["rows"], summary["faults"]) == (2, 1)
    assert summary["verdicts"] == {"in_cluster": 1}
    assert summary["columns"] == list(found.columns)


def test_ground_in_no_cluster_is_told_as_such() -> None:
    west, south = corner(2.5, 0)
    wide = shapely.box(west, south + HIGH / 4, west + 3 * WIDE, south + HIGH / 2)
    shares = str(answers(locate_rows(table([wide]), CSV, TOY), 0)["shares"])
    assert [share.split(" m2")[0].rsplit(" ", 1)[0] for share in shares.split("; ")] == [
        "core zone only",
        "c03",
        "outside",
    ]


def test_json_lists_a_thousand_parcels_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzkc_geo.sites.MOST_PARCELS", 1)
    summary = locate_rows(table([box(0.1, 0.2), box(1.1, 0.2)]), CSV, TOY).to_json()
    assert ([one["row"] for one in summary["parcels"]], summary["parcels_not_listed"]) == ([1], 1)
