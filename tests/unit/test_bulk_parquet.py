"""Parquet to Parquet: what was there stays as it is, the answers stand behind it."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.toy.point_files import (
    EDGES,
    PLACES,
    QUESTION,
    WORLD,
    answers,
    bits,
    expected,
    parquet,
    parts,
    table,
)
from tzkc_geo.bulk import Columns, Question
from tzkc_geo.bulk import parquet as bulk_parquet
from tzkc_geo.bulk.footer import read_footer
from tzkc_geo.bulk.parquet import MADE_KEY, assign_parquet
from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.membership import LEVELS, decide

SIZE = 1000
NEW = ["cluster", "zone"]


def assigned(source: Path, question: Question = QUESTION, **how: Any) -> Path:  # noqa: ANN401
    target = source.with_name("out.parquet")
    counted = assign_parquet(source, target, question, **how)
    assert counted.rows == pq.read_metadata(source).num_rows
    assert not parts(source.parent)
    return target


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip", "brotli", "lz4"])
@pytest.mark.parametrize("version", ["1.0", "2.6"])
def test_columns_pass_through_and_answers_are_those_known(
    codec: str, version: str, tmp_path: Path
) -> None:
    source = parquet(
        tmp_path / "in.parquet", SIZE, row_group_size=300, compression=codec, version=version
    )
    target = assigned(source, workers=2)
    old, new = pq.read_table(source), pq.read_table(target)
    assert bits(new.drop_columns(NEW)).equals(bits(old))
    assert new.drop_columns(NEW).schema.equals(old.schema, check_metadata=False)
    assert new.schema.names == [*old.schema.names, *NEW]
    assert answers(new) == expected(SIZE)
    assert {str(new.schema.field(name).type.value_type) for name in NEW} == {"string"}
    assert all(pa.types.is_dictionary(new.schema.field(name).type) for name in NEW)
    kept = {k: v for k, v in new.schema.metadata.items() if k != MADE_KEY}
    assert kept == old.schema.metadata
    for group in range(pq.read_metadata(source).num_row_groups):
        facts = [pq.read_metadata(path).row_group(group) for path in (source, target)]
        assert facts[0].num_rows == facts[1].num_rows
        assert facts[1].column(5).compression == facts[0].column(0).compression


def test_the_bytes_before_the_footer_are_those_of_the_source(tmp_path: Path) -> None:
    source = parquet(
        tmp_path / "in.parquet", SIZE, row_group_size=300, write_page_index=True,
        use_dictionary=["name"], column_encoding={"when": "DELTA_BINARY_PACKED"},
    )  # fmt: skip
    data, made = source.read_bytes(), assigned(source).read_bytes()
    _, begin = read_footer(io.BytesIO(data), name="in")
    assert made[:begin] == data[:begin]
    columns = [
        pq.read_metadata(p).row_group(1).column(4) for p in (source, tmp_path / "out.parquet")
    ]
    assert columns[0].to_dict() == columns[1].to_dict()
    assert columns[1].has_column_index


def test_totals_of_a_row_group_are_those_of_its_columns(tmp_path: Path) -> None:
    facts = pq.read_metadata(assigned(parquet(tmp_path / "in.parquet", SIZE))).row_group(0)
    sizes = [facts.column(i).total_uncompressed_size for i in range(facts.num_columns)]
    assert facts.total_byte_size == sum(sizes)


def test_many_batches_of_one_row_group_come_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_parquet, "BATCH_ROWS", 64)
    monkeypatch.setattr(bulk_parquet, "COPY", 1000)
    told: list[tuple[int, int | None]] = []
    source = parquet(tmp_path / "in.parquet", SIZE, row_group_size=600)
    target = assigned(source, workers=3, progress=lambda *now: told.append(now))
    assert answers(pq.read_table(target)) == expected(SIZE)
    assert told == [(600, SIZE), (SIZE, SIZE)]


@pytest.mark.parametrize("size", [0, 1])
def test_hardly_any_rows(size: int, tmp_path: Path) -> None:
    new = pq.read_table(assigned(parquet(tmp_path / "in.parquet", size)))
    assert answers(new) == expected(size)
    assert new.num_columns == 7


def test_no_row_group_at_all(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.ParquetWriter(source, table(0).schema).close()
    assert pq.read_metadata(source).num_row_groups == 0
    assert pq.read_table(assigned(source)).schema.names[-2:] == NEW


@pytest.mark.parametrize("kind", ["float32", "float16", "int32", "uint64"])
def test_numbers_of_any_kind_are_positions(kind: str, tmp_path: Path) -> None:
    values = pa.array([121, None, 500], pa.int16()).cast(pa.int32())
    column = (
        values.cast(kind) if kind != "float16" else pa.array(np.array([121, np.nan, 500], "f2"))
    )
    pq.write_table(pa.table({"lon": column, "lat": column}), tmp_path / "in.parquet")
    target = tmp_path / "out.parquet"
    counted = assign_parquet(tmp_path / "in.parquet", target, QUESTION)
    assert counted.without_position == 3  # 121 is no latitude
    assert pq.read_table(target)["lon"].type == column.type


def test_a_schema_of_arrow_that_is_not_there_is_added(tmp_path: Path) -> None:
    source = parquet(tmp_path / "in.parquet", 20, store_schema=False)
    new = pq.read_table(assigned(source))
    assert answers(new) == expected(20)
    assert pa.types.is_dictionary(new.schema.field("zone").type)


def test_a_footer_without_column_orders_and_totals_stays_without(tmp_path: Path) -> None:
    source = parquet(tmp_path / "in.parquet", 20)
    from tzkc_geo.bulk import footer as footers

    with source.open("rb") as file:
        footer, begin = read_footer(file, name="in")
    del footer[footers.ORDERS]
    del footers.row_groups(footer)[0][footers.COMPRESSED]
    source.write_bytes(source.read_bytes()[:begin] + footers.footer_bytes(footer))
    assert answers(pq.read_table(assigned(source))) == expected(20)
    with (tmp_path / "out.parquet").open("rb") as file:
        made, _ = read_footer(file, name="out")
    assert footers.ORDERS not in made
    assert footers.COMPRESSED not in footers.row_groups(made)[0]


def test_pandas_reads_it_with_its_index(tmp_path: Path) -> None:
    frame = pd.DataFrame({"lon": [p[0] for p in PLACES], "lat": [p[1] for p in PLACES]})
    frame.index = pd.Index([f"r{k}" for k in range(len(frame))], name="row")
    frame.to_parquet(tmp_path / "in.parquet")
    new = pd.read_parquet(assigned(tmp_path / "in.parquet"))
    assert new.index.equals(frame.index)
    assert new["zone"].dtype == "category"
    assert new["zone"].isna().sum() == sum(place[3] is None for place in PLACES)


def test_what_it_was_made_from_is_kept(tmp_path: Path) -> None:
    source = parquet(tmp_path / "in.parquet", 5)
    made = json.loads(pq.read_metadata(assigned(source)).metadata[MADE_KEY])
    assert made["digest"] == WORLD.digest
    assert made["size"] == source.stat().st_size
    assert made["columns"] == ["lon", "lat", *NEW]


def test_edges_are_those_of_decide(tmp_path: Path) -> None:
    new = pq.read_table(assigned(parquet(tmp_path / "in.parquet", 300), EDGES))
    lon, lat = new["lon"].to_numpy(), new["lat"].to_numpy()
    sound = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    found = decide(lon[sound], lat[sound], WORLD)
    verdicts = np.array(new["verdict"].to_pylist(), dtype=object)
    assert verdicts[sound].tolist() == [str(LEVELS[level]) for level in found.level]
    assert set(verdicts[~sound]) == {None}
    edge_m = new["edge_m"]
    assert edge_m.type == pa.float32()
    assert edge_m.filter(pa.array(~sound)).null_count == (~sound).sum()
    at = np.arange(sound.sum()), found.nearest
    np.testing.assert_array_equal(
        edge_m.to_numpy()[sound], found.measures.distance_m[at].astype(np.float32)
    )


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": [1.0], "lat": [1.0]}, "expected one column 'lon', got 0 among x, lat; name"),
        ({"lon": ["1"], "lat": [1.0]}, "column 'lon' is no number, .* got string; change"),
        ({"lon": [1.0], "lat": [True]}, "column 'lat' is no number, .* got bool; change"),
        ({"lon": [1.0], "lat": [1.0], "zone": [1]}, "expected no column 'zone', .* rename it"),
    ],
)
def test_columns_that_cannot_be_are_refused(
    columns: dict[str, list[Any]], words: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    with pytest.raises(DataError, match=f"^in.parquet: {words}"):
        assigned(tmp_path / "in.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    one = pa.array([1.0])
    pq.write_table(pa.Table.from_arrays([one] * 3, ["lon", "lat", "lon"]), tmp_path / "in.parquet")
    with pytest.raises(DataError, match="got 2 among lon, lat, lon"):
        assigned(tmp_path / "in.parquet")


def test_other_columns_are_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"经度": [121.405], "纬度": [28.6545]}), tmp_path / "in.parquet")
    named = Question.of(WORLD, columns=Columns(lon="经度", lat="纬度"))
    assert pq.read_table(assigned(tmp_path / "in.parquet", named))["cluster"].to_pylist() == ["c01"]


def test_a_row_group_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_parquet, "MAX_GROUP_ROWS", 99)
    with pytest.raises(LimitError, match="expected at most 99 rows, got 100; write"):
        assigned(parquet(tmp_path / "in.parquet", 100))


def test_an_error_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    target.write_bytes(b"old")
    broken = bytearray(parquet(tmp_path / "in.parquet", SIZE, compression="zstd").read_bytes())
    broken[4:3000] = bytes(2996)
    (tmp_path / "in.parquet").write_bytes(broken)
    with pytest.raises(OSError, match=r"\w"):
        assigned(tmp_path / "in.parquet")
    assert target.read_bytes() == b"old"
    assert not parts(tmp_path)


def test_arrow_keeps_its_own_types(tmp_path: Path) -> None:
    held = pa.table({
        "lon": [121.405], "lat": [28.6545],
        "kind": pa.array(["a"]).dictionary_encode(),
        "large": pa.array(["b"], pa.large_string()),
    })  # fmt: skip
    pq.write_table(held, tmp_path / "in.parquet")
    new = pq.read_table(assigned(tmp_path / "in.parquet"))
    assert new.drop_columns(NEW).equals(held)
    arrow = pq.read_metadata(tmp_path / "out.parquet").metadata[b"ARROW:schema"]
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(arrow)))
    assert schema.names == ["lon", "lat", "kind", "large", *NEW]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1\0\0\0\0PARE", b"x" * 99])
def test_a_footer_that_is_not_there_is_said(content: bytes) -> None:
    with pytest.raises(DataError, match="is no whole Parquet file, expected it to end with PAR1"):
        read_footer(io.BytesIO(content), name="in.parquet")
