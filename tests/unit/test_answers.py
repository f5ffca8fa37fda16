"""Columns of many verdicts: the same as one at a time."""

import numpy as np
import pytest

from tests.toy.world import catalog, middle
from tzkc_geo.answers import POINT_COLUMNS, point_columns
from tzkc_geo.crs import Datum
from tzkc_geo.verdict import locate

TOY = catalog()
SITES = [middle("c01"), middle("c07"), (121.4301, 28.6545), (121.40001, 28.655), (121.0, 28.0)]


def test_the_columns_are_the_verdicts_one_at_a_time() -> None:
    lon, lat = np.array(SITES).T
    columns = point_columns(lon, lat, TOY)
    assert tuple(columns) == POINT_COLUMNS
    for row, site in enumerate(SITES):
        found = locate(*site, TOY, datum="wgs84")
        told = {name: cells[row] for name, cells in columns.items()}
        assert (told["verdict"], told["cluster"], told["zone"]) == (
            found.verdict,
            found.cluster,
            found.zone,
        )
        unit = next(one for one in found.units if one.unit_id == told["edge_unit"])
        assert told["edge"] == unit.edge
        assert told["edge_m"] == pytest.approx(unit.distance_m, abs=0.01)
        assert told["prob"] == pytest.approx(unit.probability, abs=1e-4)
        if unit.sigma_m is None:
            assert told["edge_acc_m"] is None
            assert told["band_m"] > 0
        else:
            assert told["edge_acc_m"] == pytest.approx(1.96 * unit.sigma_m, abs=0.1)
            assert told["band_m"] is None


def test_in_a_cluster_its_own_outline_decides() -> None:
    lon, lat = np.array([middle("c01")]).T
    assert point_columns(lon, lat, TOY)["edge_unit"].tolist() == ["c01"]


def test_a_row_without_a_position_says_nothing_and_the_others_stay() -> None:
    lon, lat = np.array([middle("c01"), (np.nan, 1.0), middle("c02")]).T
    columns = point_columns(lon, lat, TOY)
    assert columns["cluster"].tolist() == ["c01", None, "c02"]
    assert [cells[1] for cells in columns.values()] == [None] * len(POINT_COLUMNS)


def test_other_readings_are_named_where_they_change_the_answer() -> None:
    lon, lat = np.array([(121.4095, 28.6545), (121.0, 28.0)]).T
    told = point_columns(lon, lat, TOY, shifted=(Datum.GCJ02, Datum.BD09))["readings"]
    found = locate(121.4095, 28.6545, TOY)
    expected = "; ".join(
        " ".join(f"{one.datum}: {one.verdict} {one.cluster or ''}".split())
        for one in found.alternatives
    )
    assert expected
    assert told.tolist() == [expected, None]


def test_progress_counts_every_row_that_has_a_position(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzkc_geo.answers.ROWS_AT_A_TIME", 2)
    done: list[int] = []
    lon, lat = np.array([*SITES, (np.nan, np.nan)]).T
    point_columns(lon, lat, TOY, told=done.append)
    assert done == [2, 2, 1]
