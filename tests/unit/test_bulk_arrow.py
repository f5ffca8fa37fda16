"""Arrow IPC, file and stream: batches go through, the answers stand at their end."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as pf
import pytest

from tests.toy.point_files import QUESTION, answers, bits, expected, parts, table
from tzkc_geo.bulk import arrow_file
from tzkc_geo.bulk.arrow_file import assign_arrow, compression
from tzkc_geo.errors import DataError

SIZE = 500
NEW = ["cluster", "zone"]
KINDS = {
    "file": (pa.ipc.new_file, pa.ipc.open_file),
    "stream": (pa.ipc.new_stream, pa.ipc.open_stream),
}


def write(path: Path, held: Any, kind: str, codec: str | None = None) -> Path:  # noqa: ANN401
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with KINDS[kind][0](str(path), held.schema, options=options) as out:
        out.write_table(held, max_chunksize=200)
    return path


def read(path: Path, kind: str) -> Any:  # noqa: ANN401
    with pa.OSFile(str(path)) as file, KINDS[kind][1](file) as reader:
        return reader.read_all()


@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
@pytest.mark.parametrize("kind", ["file", "stream"])
def test_batches_pass_through(
    kind: str, codec: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_file, "MAX_ROWS", 150)
    old = table(SIZE)
    old = old.append_column("kind", pa.array(["甲", "乙", None, "甲"] * 125).dictionary_encode())
    source, target = write(tmp_path / "in.arrow", old, kind, codec), tmp_path / "out.arrow"
    told: list[tuple[int, int | None]] = []
    counted = assign_arrow(
        source, target, QUESTION, workers=2, progress=lambda *now: told.append(now)
    )
    new = read(target, kind)
    assert bits(new.drop_columns(NEW)).equals(bits(old), check_metadata=True)
    assert answers(new) == expected(SIZE)
    assert counted.rows == SIZE
    assert told[-1] == (SIZE, None)
    assert len(told) == 5  # batches of 200, 200 and 100 rows, by 150
    assert compression(target, is_file=kind == "file") == codec
    assert new.schema.field("zone").type == pa.dictionary(pa.int8(), pa.string())
    assert not parts(tmp_path)


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_no_rows(kind: str, tmp_path: Path) -> None:
    source = write(tmp_path / "in.arrow", table(0), kind)
    assert assign_arrow(source, tmp_path / "out.arrow", QUESTION).rows == 0
    assert read(tmp_path / "out.arrow", kind).schema.names[-2:] == NEW


def test_feather_reads_it(tmp_path: Path) -> None:
    pf.write_feather(table(SIZE), str(tmp_path / "in.feather"), compression="zstd")
    assign_arrow(tmp_path / "in.feather", tmp_path / "out.feather", QUESTION)
    assert answers(pf.read_table(str(tmp_path / "out.feather"))) == expected(SIZE)


def test_dictionaries_that_change_within_a_stream_go_through(tmp_path: Path) -> None:
    kinds = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema({"lon": pa.float64(), "lat": pa.float64(), "k": kinds})
    source, target = tmp_path / "in.arrows", tmp_path / "out.arrows"
    with pa.ipc.new_stream(str(source), schema) as out:
        for word in "abc":
            columns = [pa.array([121.405]), pa.array([28.6545]), pa.array([word], kinds)]
            out.write_batch(pa.record_batch(columns, schema=schema))
    assign_arrow(source, target, QUESTION)
    new = read(target, "stream")
    assert new["k"].to_pylist() == ["a", "b", "c"]
    assert new["cluster"].to_pylist() == ["c01"] * 3


def test_texts_are_no_positions(tmp_path: Path) -> None:
    source = write(tmp_path / "in.arrow", pa.table({"lon": ["1"], "lat": ["2"]}), "file")
    with pytest.raises(DataError, match=r"^in.arrow: column 'lon' is no number"):
        assign_arrow(source, tmp_path / "out.arrow", QUESTION)
    assert not (tmp_path / "out.arrow").exists()
