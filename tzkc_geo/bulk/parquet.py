"""Parquet: the bytes of the file are copied as they are, the new columns stand behind them.

A Parquet file says in its footer where the bytes of every column of every row group are. So the
columns that are there already are neither decoded nor encoded: types, encodings, compression,
statistics, indexes and metadata stay what they were. Only the positions are read.
"""

from __future__ import annotations

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tzkc_geo.bulk import footer as footers
from tzkc_geo.bulk.columns import answer_batch, answer_schema, check_schema, positions
from tzkc_geo.bulk.pipeline import overlapped
from tzkc_geo.bulk.place import whole
from tzkc_geo.bulk.question import Tally, answer, silent
from tzkc_geo.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from tzkc_geo.bulk.question import Columns, Progress, Question
    from tzkc_geo.bulk.thrift import Struct

BATCH_ROWS: Final = 1 << 18
BUFFER: Final = 1 << 20  # bytes read at a time
COPY: Final = 1 << 20  # bytes copied at a time
MAX_GROUP_ROWS: Final = 1 << 26  # pyarrow writes no larger row group
CODECS: Final = ("snappy", "gzip", "brotli", "zstd", "lz4")
TEXT_NAMES: Final = ["cluster", "zone", "verdict"]
SCHEMA_KEY: Final = b"ARROW:schema"
MADE_KEY: Final = b"tzkc_assign"  # what the file was made from, and how


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The new columns of one row group, as a small Parquet file of their own."""

    data: bytes
    tally: Tally


def assign_parquet(
    source: Path,
    target: Path,
    question: Question,
    *,
    workers: int = 1,
    progress: Progress = silent,
) -> Tally:
    """Write a Parquet file again with the columns that answer, whole or not at all.

    Memory holds some batches, and the new columns of one row group: a byte or two a row.

    Parameters
    ----------
    source, target
        Files; the target is replaced at the end.
    question
        What is asked.
    workers
        Threads that assign, beside those that read, copy and write.
    progress
        Called with the rows done and the rows of the file.

    Returns
    -------
    Tally
        Of all rows.

    Raises
    ------
    DataError
        The file is no Parquet file, or has no such columns, or would have one twice.
    LimitError
        A row group has more than 2**26 rows.
    """
    check_parquet(source, question)
    numbers = range(len(group_rows(source)))
    with closing(encode_groups(source, question, numbers, workers=workers)) as encoded:
        return write_parquet(source, target, question, encoded, progress=progress)


def check_parquet(source: Path, question: Question) -> None:
    """Refuse a file that cannot be assigned; see `assign_parquet`."""
    check_schema(pq.read_schema(source), question, name=source.name)
    largest = max(group_rows(source), default=0)
    if largest > MAX_GROUP_ROWS:
        msg = (
            f"{source.name}: a row group is too large, expected at most {MAX_GROUP_ROWS} rows,"
            f" got {largest}; write the file with smaller row groups"
        )
        raise LimitError(msg)


def group_rows(source: Path) -> list[int]:
    """Return the number of rows of each row group."""
    facts = pq.read_metadata(source)
    return [facts.row_group(number).num_rows for number in range(facts.num_row_groups)]


def made_from(source: Path, question: Question) -> bytes:
    """Return what says that a file was made from this source to answer this question."""
    facts = source.stat()
    made = {
        "digest": question.digest,
        "columns": [question.columns.lon, question.columns.lat, *question.names],
        "size": facts.st_size,
        "mtime_ns": facts.st_mtime_ns,
    }
    return json.dumps(made, sort_keys=True).encode()


def encode_groups(
    source: Path, question: Question, numbers: Iterable[int], *, workers: int = 1
) -> Generator[Encoded, None, None]:
    """Yield the new columns of some row groups, in their order; see `assign_parquet`."""

    def work(item: tuple[bool, Any]) -> tuple[bool, Any, Tally]:
        last, batch = item
        found = answer(*positions(batch, question.columns), question)
        return last, answer_batch(found, question), found.tally

    with pq.ParquetFile(source, buffer_size=BUFFER, pre_buffer=False) as file:
        codec = _codec(file.metadata)
        items = _batches(file, question.columns, numbers)
        batches, total = [], Tally.none(question)
        with overlapped(items, work, workers=workers) as results:
            for last, batch, counted in results:
                batches.append(batch)
                total += counted
                if last:
                    yield Encoded(data=_encode(batches, question, codec), tally=total)
                    batches, total = [], Tally.none(question)


def write_parquet(
    source: Path,
    target: Path,
    question: Question,
    encoded: Iterable[Encoded],
    *,
    progress: Progress = silent,
) -> Tally:
    """Write a Parquet file again with new columns, encoded already, for each of its row groups.

    See `assign_parquet`.
    """
    total = Tally.none(question)
    with source.open("rb") as file:
        footer, begin = footers.read_footer(file, name=source.name)
    groups = footers.row_groups(footer)
    rows = sum(footers.rows_of(group) for group in groups)
    _add_schema(source, footer, question)
    with whole(target) as part, ThreadPoolExecutor(1) as pool:
        copying = pool.submit(_copy, source, part, begin)
        with part.open("r+b") as out:
            out.seek(begin)
            for group, new in zip(groups, encoded, strict=True):
                _append(out, group, new.data)
                total += new.tally
                progress(total.rows, rows)
            out.write(footers.footer_bytes(footer))
        copying.result()
    return total


def _batches(file: Any, columns: Columns, numbers: Iterable[int]) -> Iterator[tuple[bool, Any]]:  # noqa: ANN401
    """Yield the positions of row groups, and whether they are the last of their row group."""
    both = list(dict.fromkeys([columns.lon, columns.lat]))
    for number in numbers:
        left = file.metadata.row_group(number).num_rows
        if not left:
            yield True, pa.RecordBatch.from_pylist([], file.schema_arrow)
        for batch in file.iter_batches(BATCH_ROWS, row_groups=[number], columns=both):
            left -= batch.num_rows
            yield not left, batch


def _encode(batches: list[Any], question: Question, codec: str) -> bytes:
    """Return batches as a Parquet file of one row group."""
    table = pa.Table.from_batches(batches, answer_schema(question))
    out = pa.BufferOutputStream()
    with pq.ParquetWriter(
        out,
        table.schema,
        compression=codec,
        use_dictionary=TEXT_NAMES,
        write_statistics=False,  # they would take as long as everything else here
    ) as file:
        file.write_table(table, row_group_size=max(table.num_rows, 1))
    return bytes(out.getvalue())


def _append(out: Any, group: Struct, data: bytes) -> None:  # noqa: ANN401
    """Write the columns of a small Parquet file to the end of a file and of its row group."""
    added, end = footers.read_footer(io.BytesIO(data), name="columns")
    first = len(footers.MAGIC)
    footers.add_chunks(group, footers.row_groups(added)[0], moved=out.tell() - first)
    out.write(memoryview(data)[first:end])


def _copy(source: Path, target: Path, size: int) -> None:
    """Copy the first bytes of a file over those of another."""
    with source.open("rb") as old, target.open("r+b") as new:
        while size > 0 and (data := old.read(min(COPY, size))):
            new.write(data)
            size -= len(data)


def _codec(facts: Any) -> str:  # noqa: ANN401
    """Return the compression of the first column, if pyarrow can write it, else snappy."""
    if not facts.num_row_groups:
        return "snappy"
    codec = facts.row_group(0).column(0).compression.lower()
    return "none" if codec == "uncompressed" else codec if codec in CODECS else "snappy"


def _add_schema(source: Path, footer: Struct, question: Question) -> None:
    """Add the new columns to both schemas: that of Parquet, and the one that Arrow keeps there."""
    new = footers.read_footer(io.BytesIO(_encode([], question, "none")), name="columns")[0]
    footers.add_schema(footer, new)
    kept = footers.metadata(footer).get(SCHEMA_KEY)
    if kept is None:
        old = pq.read_schema(source).remove_metadata()
    else:
        old = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(kept)))
    arrow = pa.schema([*old, *answer_schema(question)], metadata=old.metadata)
    values = {
        SCHEMA_KEY: base64.b64encode(bytes(arrow.serialize())),
        MADE_KEY: made_from(source, question),
    }
    footers.set_metadata(footer, values)
