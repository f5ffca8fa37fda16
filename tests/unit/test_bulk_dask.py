"""The Dask engine: the same bytes as the threads give, whatever happens to a worker."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from tests.toy.point_files import EDGES, QUESTION, answers, expected, parquet, parts
from tzkc_geo.bulk import Engine, assign_file, dask_engine
from tzkc_geo.errors import DataError


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster


def on(cluster: Any) -> Engine:  # noqa: ANN401  (distributed ships no types)
    return Engine(name="dask", scheduler=cluster.scheduler_address)


def test_one_file_has_the_bytes_that_threads_give(
    cluster: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_engine, "PARTITION_ROWS", 150)
    source = parquet(tmp_path / "in.parquet", 1000, row_group_size=100)
    told: list[tuple[int, int | None]] = []
    for question in (QUESTION, EDGES):
        assign_file(source, tmp_path / "here.parquet", question)
        done = assign_file(
            source,
            tmp_path / "there.parquet",
            question,
            engine=on(cluster),
            progress=lambda *now: told.append(now),
        )
        assert (tmp_path / "there.parquet").read_bytes() == (tmp_path / "here.parquet").read_bytes()
        assert done.tally.rows == 1000
    assert told[9] == (1000, 1000)
    assert answers(pq.read_table(tmp_path / "there.parquet")) == expected(1000)


def test_a_lost_worker_is_survived(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401
    names = [Path(f"part={k}") / "points.parquet" for k in range(40)]
    for k, name in enumerate(names):
        parquet(tmp_path / "in" / name, 3000, seed=k)
    with Client(cluster) as client:
        numbers = list(client.run(os.getpid).values())
    left: list[int] = []

    def kill(*_: object) -> None:
        if not left:
            os.kill(numbers[0], signal.SIGKILL)
            left.append(len(names) - len(list((tmp_path / "out").rglob("*.parquet"))))

    done = assign_file(
        tmp_path / "in", tmp_path / "out", QUESTION, engine=on(cluster), progress=kill
    )
    assert left[0] > 0  # there was work left when the worker went
    assert (done.files, done.kept, done.tally.rows) == (40, 0, 120_000)
    assign_file(tmp_path / "in", tmp_path / "here", QUESTION)
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert not parts(tmp_path)
    again = assign_file(tmp_path / "in", tmp_path / "out", QUESTION, engine=on(cluster))
    assert again.kept == 40


def test_a_cluster_of_this_machine_is_started(tmp_path: Path) -> None:
    source = parquet(tmp_path / "in.parquet", 100)
    engine = Engine(name="dask", workers=1)
    assert assign_file(source, tmp_path / "out.parquet", QUESTION, engine=engine).tally.rows == 100
    assert answers(pq.read_table(tmp_path / "out.parquet")) == expected(100)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x"])
def test_a_scheduler_that_does_not_answer_is_said(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "ANSWER_S", 1)
    engine = Engine(name="dask", scheduler=address)
    source = parquet(tmp_path / "a.parquet", 9)
    with pytest.raises(DataError, match="does not answer, expected the address of a Dask"):
        assign_file(source, tmp_path / "b.parquet", QUESTION, engine=engine)


def test_without_dask_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DataError, match=r"install them with pip install 'tzkc_geo\[dask\]'$"):
        assign_file(
            parquet(tmp_path / "a.parquet", 9),
            tmp_path / "b.parquet",
            QUESTION,
            engine=Engine(name="dask"),
        )


def test_the_work_of_a_worker_is_that_of_a_thread(tmp_path: Path) -> None:
    source = parquet(tmp_path / "in.parquet", 90, row_group_size=30)
    tally = dask_engine._one_file(QUESTION, source, tmp_path / "out.parquet")  # noqa: SLF001
    groups = dask_engine._row_groups(QUESTION, source, range(1, 3))  # noqa: SLF001
    assert tally.rows == 90
    assert [group.tally.rows for group in groups] == [30, 30]
    assert answers(pq.read_table(io.BytesIO(groups[1].data))) == {
        name: column[60:] for name, column in expected(90).items()
    }
