"""`tzkc assign`: which file, whole or not at all, what is finished stays, what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from tests.toy.layers import refused
from tests.toy.point_files import LOST, PLACES, QUESTION, answers, expected, parquet, parts, table
from tzkc_geo import kernel
from tzkc_geo.bulk import Engine, assign_file, kernels, place, run
from tzkc_geo.bulk.pipeline import overlapped
from tzkc_geo.bulk.place import whole
from tzkc_geo.cli import main
from tzkc_geo.errors import DataError

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; from tzkc_geo.cli import main; sys.exit(main())"
TEXT = "lon,lat\n" + "".join(f"{lon},{lat}\n" for lon, lat, *_ in PLACES)


def folder(path: Path, *, files: int = 3) -> Path:
    for k in range(files):
        parquet(path / f"part={k}" / "points.parquet", 50, seed=k)
    (path / "_metadata").write_bytes(b"")
    parquet(path / "_hidden.parquet", 1)
    parquet(path / ".part-1" / "x.parquet", 1)
    return path


def test_a_folder_is_assigned_file_by_file(tmp_path: Path) -> None:
    source, target = folder(tmp_path / "in"), tmp_path / "out"
    told: list[tuple[int, int | None]] = []
    done = assign_file(source, target, QUESTION, progress=lambda *now: told.append(now))
    made = sorted(path.relative_to(target) for path in target.rglob("*") if path.is_file())
    assert made == [Path(f"part={k}/points.parquet") for k in range(3)]
    for k, file in enumerate(made):
        assert answers(pq.ParquetFile(target / file).read()) == expected(50, seed=k)
    assert (done.files, done.kept, done.tally.rows) == (3, 0, 150)
    assert told == [(50, 150), (100, 150), (150, 150)]


def test_finished_files_are_kept_and_the_rest_is_done(tmp_path: Path) -> None:
    source, target = folder(tmp_path / "in"), tmp_path / "out"
    assign_file(source, target, QUESTION)
    files = [target / f"part={k}" / "points.parquet" for k in range(3)]
    before = [path.stat().st_ino for path in files]
    files[1].unlink()  # as if killed before it
    files[2].write_bytes(b"half")
    stale = files[1].with_name(f".{files[1].name}.part-0")
    stale.write_bytes(b"half")
    done = assign_file(source, target, QUESTION)
    assert (done.files, done.kept, done.tally.rows) == (3, 1, 100)
    assert files[0].stat().st_ino == before[0]
    assert [answers(pq.ParquetFile(path).read()) for path in files] == [
        expected(50, seed=k) for k in range(3)
    ]
    assert not parts(target)


def test_another_catalog_or_a_changed_source_is_done_again(tmp_path: Path) -> None:
    source, target = folder(tmp_path / "in"), tmp_path / "out"
    assign_file(source, target, QUESTION)
    parquet(source / "part=1" / "points.parquet", 60, seed=9)
    assert assign_file(source, target, QUESTION).kept == 2
    assert assign_file(source, target, replace(QUESTION, digest="other")).kept == 0


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    source, target = folder(tmp_path / "in"), tmp_path / "out"
    parquet(target / "older.parquet", 1)
    with pytest.raises(DataError, match=r"got older.parquet, which is not there; give another"):
        assign_file(source, target, QUESTION)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("a.csv", "a.csv", "is the source itself, expected another OUT than IN"),
        ("a.csv", "link.csv", "is the source itself"),
        ("a.csv", "b.parquet", "b.parquet: is not the form of a.csv, expected one of .csv .tsv"),
        ("a.csv", "b.doc", "b.doc: form is not known, expected one of .parquet"),
        ("a.doc", "b.csv", "a.doc: form is not known"),
        ("none.csv", "b.csv", "none.csv: does not exist, expected a file or a folder"),
        ("a.csv", "in", "in: is a folder, expected a file, because a.csv is one"),
        ("in", "a.csv", "a.csv: is a file, expected a folder, because"),
        ("in", "in/out", "in/out: lies in .* or holds it, expected a folder apart from it"),
        ("in/part=0", "in", "in: lies in .* or holds it"),
        ("empty", "b", "empty: expected a folder with files .parquet or .pq, got none"),
        ("a.csv", "none/b.csv", "none/b.csv: cannot be written, .* got No such file"),
        ("broken.parquet", "b.parquet", "broken.parquet: cannot be assigned, .* got Parquet magic"),
        ("broken.arrow", "b.arrow", "broken.arrow: cannot be assigned"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(source: str, target: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    (tmp_path / "a.doc").write_text(TEXT)
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more of it")
    (tmp_path / "broken.arrow").write_bytes(b"ARROW1 and no more of it")
    (tmp_path / "empty").mkdir()
    folder(tmp_path / "in")
    with pytest.raises(DataError, match=words):
        assign_file(tmp_path / source, tmp_path / target, QUESTION)
    assert (tmp_path / "a.csv").read_text() == TEXT
    assert not parts(tmp_path / "empty")


def test_large_files_are_compiled_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "COMPILE_FROM", 1)
    for module in (kernel, kernels):
        module.compiled.cache_clear()
    assign_file(parquet(tmp_path / "a.parquet", 100), tmp_path / "b.parquet", QUESTION)
    assert kernels.compiled.cache_info().currsize == 1
    assert kernel.compiled.cache_info().currsize == 1
    assert answers(pq.read_table(tmp_path / "b.parquet")) == expected(100)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_killed_process_leaves_no_wrong_file(ending: str, tmp_path: Path) -> None:
    size = 3_000_000
    lon, lat = np.linspace(121.2, 121.7, size), np.linspace(28.5, 28.8, size)
    source, target = tmp_path / f"in.{ending}", tmp_path / f"out.{ending}"
    points = pa.table({"lon": lon, "lat": lat})
    if ending == "csv":
        from pyarrow import csv

        csv.write_csv(points, source)
    else:
        pq.write_table(points, source, row_group_size=100_000)
    target.write_bytes(b"old")
    command = [sys.executable, "-c", COMMAND, "assign", str(source), str(target)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while not parts(tmp_path):
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert target.read_bytes() == b"old"
    assert len(parts(tmp_path)) == 1
    assert main(["assign", str(source), str(target)]) == 0
    assert not parts(tmp_path)
    assert target.stat().st_size > source.stat().st_size


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(TEXT)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match=r"a.csv: cannot be assigned, .* got .*No space left"):
        assign_file(source, tmp_path / "b.csv", QUESTION, progress=full)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]


def test_the_place_stays_as_it_was_when_the_writer_fails(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_text("old")

    def write() -> None:
        with whole(target) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_the_disk_refuses_while_a_file_is_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [OSError(5, "Input/output error")]  # the system says it once

    def fsync(_: int) -> None:
        if refusals:
            raise refusals.pop()

    monkeypatch.setattr(place, "EVERY_S", 0.0)
    monkeypatch.setattr(os, "fsync", fsync)

    def write() -> None:
        with whole(tmp_path / "x") as part:
            part.write_text("all")
            while refusals:
                time.sleep(0.001)

    with pytest.raises(OSError, match="Input/output error"):
        write()
    assert not list(tmp_path.iterdir())


def test_results_come_in_order_and_few_items_are_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for k in range(50):
            taken.append(k)
            yield k

    def slow(k: int) -> int:
        time.sleep(0.002 if k % 2 else 0.0)
        return k

    with overlapped(items(), slow, workers=3) as results:
        for k, result in enumerate(results):
            assert result == k
            assert len(taken) <= k + 1 + 3 + 2 + 1
    assert len(taken) == 50


@pytest.mark.parametrize("at", ["reader", "worker", "writer"])
def test_what_any_thread_raises_is_raised_here(at: str) -> None:
    def items() -> Iterator[int]:
        for k in range(100):
            if at == "reader" and k == 20:
                raise ValueError(k)
            yield k

    def work(k: int) -> int:
        if at == "worker" and k == 20:
            raise ValueError(k)
        return k

    seen = []

    def write() -> None:
        with overlapped(items(), work, workers=2) as results:
            for k in results:
                seen.append(k)
                if at == "writer" and k == 20:
                    raise ValueError(k)

    with pytest.raises(ValueError, match="20"):
        write()
    assert seen == list(range(21 if at == "writer" else 20))


def test_the_command_prints_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("x,y\n121.45,28.645\n121.2,28.1\nbad,1\n")
    words = ["assign", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--lon", "x", "--lat", "y"]
    assert main([*words, "--json"]) == 1
    out, err = capsys.readouterr()
    content = json.loads(out, parse_constant=pytest.fail)
    assert err == ""
    assert (tmp_path / "b.csv").read_text().splitlines() == [
        "x,y,cluster,zone", "121.45,28.645,c01,core", "121.2,28.1,,", "bad,1,,",
    ]  # fmt: skip
    assert content["rows"] == 3
    assert content["clusters"]["c01"] == sum(content["clusters"].values()) == 1
    assert (content["outside"], content["without_position"], content["bad_rows"]) == (2, 1, 1)
    assert content["bad_lines"] == [{"line": 4, "reason": "lon is 'bad', expected degrees"}]
    assert content["engine"] == "local"
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "3 rows" in err
    assert "line 4: lon is 'bad', expected degrees\nbad rows: 1 kept with empty answers" in err


def test_the_command_says_what_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["assign", str(folder(tmp_path / "in")), str(tmp_path / "out")]
    assert main(words) == 0
    capsys.readouterr()
    assert main(words) == 0
    assert "kept: 3 of 3 files were finished before" in capsys.readouterr().err


def test_a_terminal_sees_the_rows_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, float | None]] = []
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "rich.progress.Progress.update",
        lambda *_, completed, total: seen.append((completed, total)),
    )
    source = parquet(tmp_path / "a.parquet", 90, row_group_size=30)
    assert main(["assign", str(source), str(tmp_path / "b.parquet")]) == 0
    assert seen == [(30, 90), (60, 90), (90, 90)]
    assert Console(stderr=True).is_terminal
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "spark"], "--engine: 'spark' is not known, expected local or dask"),
        (["--scheduler", "tcp://x:1"], "--scheduler: expected --engine dask beside it"),
        (["--workers", "0"], "--workers"),
        (["--engine", "dask"], "--engine dask: expected Parquet, got csv; leave --engine out"),
    ],
)
def test_options_that_cannot_be_are_refused(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    sentence = refused(capsys, "assign", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), *words)
    assert said in sentence


def test_counts_are_those_of_the_places(tmp_path: Path) -> None:
    with pa.ipc.new_stream(str(tmp_path / "a.arrows"), table(0).schema) as out:
        out.write_table(table(1000))
    done = assign_file(
        tmp_path / "a.arrows", tmp_path / "b.arrows", QUESTION, engine=Engine(workers=1)
    )
    content, known = done.to_json(), expected(1000)
    pairs = list(zip(known["cluster"], known["zone"], strict=True))
    assert content["clusters"] == {unit: known["cluster"].count(unit) for unit in QUESTION.clusters}
    assert content["zone_only"]["core"] == pairs.count((None, "core"))
    assert content["outside"] == pairs.count((None, None))
    assert 0 < content["without_position"] < content["outside"]
    assert LOST == 4
    assert (tmp_path / "b.arrows").stat().st_size > (tmp_path / "a.arrows").stat().st_size
