"""Arrow IPC, file and stream: batches go through, with the columns that answer at their end."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from tzkc_geo.bulk.columns import answer_batch, answer_schema, check_schema, positions
from tzkc_geo.bulk.pipeline import overlapped
from tzkc_geo.bulk.place import whole
from tzkc_geo.bulk.question import Tally, answer, silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tzkc_geo.bulk.question import Progress, Question

MAGIC: Final = b"ARROW1"
STREAM_AT: Final = 8  # in a file the stream stands behind the magic
MAX_ROWS: Final = 1 << 18  # of a batch that is written
CODECS: Final = ("lz4", "zstd")
# Fields of the flat buffers, from 0: apache/arrow, format/Message.fbs
HEADER: Final = 2  # of a Message
COMPRESSION: Final = 3  # of a RecordBatch
CODEC: Final = 0  # of a BodyCompression


def assign_arrow(
    source: Path,
    target: Path,
    question: Question,
    *,
    workers: int = 1,
    progress: Progress = silent,
) -> Tally:
    """Write an Arrow IPC file or stream again with the columns that answer, whole or not at all.

    The form (file or stream) and the compression of the buffers are kept; a batch of more than
    2**18 rows is written as several.

    Parameters
    ----------
    source, target
        Files; the target is replaced at the end.
    question
        What is asked.
    workers
        Threads that assign, beside one that reads and one that writes.
    progress
        Called with the rows done; how many there are is not known.

    Returns
    -------
    Tally
        Of all rows.

    Raises
    ------
    DataError
        There are no such columns, or a column would be there twice.
    """
    total = Tally.none(question)
    is_file = _is_file(source)
    with _reader(source, is_file=is_file) as reader:
        schema = reader.schema
    check_schema(schema, question, name=source.name)
    new = pa.schema([*schema, *answer_schema(question)], metadata=schema.metadata)
    options = pa.ipc.IpcWriteOptions(
        compression=compression(source, is_file=is_file), emit_dictionary_deltas=True
    )
    make = pa.ipc.new_file if is_file else pa.ipc.new_stream

    def work(batch: Any) -> tuple[Any, Tally]:  # noqa: ANN401  (pyarrow ships no types)
        found = answer(*positions(batch, question.columns), question)
        columns = [*batch.columns, *answer_batch(found, question).columns]
        return pa.RecordBatch.from_arrays(columns, schema=new), found.tally

    with (
        whole(target) as part,
        make(str(part), new, options=options) as out,
        overlapped(_batches(source, is_file=is_file), work, workers=workers) as results,
    ):
        for batch, counted in results:
            out.write_batch(batch)
            total += counted
            progress(total.rows, None)
    return total


def _is_file(source: Path) -> bool:
    """Say whether this is the file format, not the stream."""
    with source.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def compression(source: Path, *, is_file: bool) -> str | None:
    """Return how the buffers of the first record batch are compressed; None: they are not."""
    with pa.memory_map(str(source)) as file:  # of the bodies nothing is read
        file.seek(STREAM_AT if is_file else 0)
        for message in pa.ipc.MessageReader.open_stream(file):
            if message.type == "record batch":
                return _codec(message.metadata.to_pybytes())
    return None


def _codec(data: bytes) -> str | None:
    """Return the codec that the flat buffer of a record batch names."""
    (root,) = struct.unpack_from("<I", data)
    found = _table(data, _table(data, root, HEADER), COMPRESSION)
    if not found:
        return None
    at = _field(data, found, CODEC)
    return CODECS[data[at] if at else 0]


def _table(data: bytes, table: int, number: int) -> int:
    """Return where the table in a field of a table is; 0: there is none."""
    at = _field(data, table, number)
    return at + int(struct.unpack_from("<I", data, at)[0]) if at else 0


def _field(data: bytes, table: int, number: int) -> int:
    """Return where a field of a table is; 0: it is not there."""
    list_at = table - struct.unpack_from("<i", data, table)[0]
    size = struct.unpack_from("<H", data, list_at)[0]
    entry = 4 + 2 * number
    offset = struct.unpack_from("<H", data, list_at + entry)[0] if entry < size else 0
    return table + int(offset) if offset else 0


@contextmanager
def _reader(source: Path, *, is_file: bool) -> Iterator[Any]:
    """Give a reader of a file, mapped into memory, or of a stream."""
    opened = pa.memory_map(str(source)) if is_file else pa.OSFile(str(source))
    with opened as file, (pa.ipc.open_file if is_file else pa.ipc.open_stream)(file) as reader:
        yield reader


def _batches(source: Path, *, is_file: bool) -> Iterator[Any]:
    """Yield record batches that are not too large."""
    if is_file:
        with _reader(source, is_file=True) as reader:
            count = reader.num_record_batches
        packed = compression(source, is_file=True) is not None
        for number in range(count):
            yield from _mapped(source, number, packed=packed)
    else:
        with _reader(source, is_file=False) as reader:
            for batch in reader:
                yield from _slices(batch)


def _mapped(source: Path, number: int, *, packed: bool) -> Iterator[Any]:
    """Yield slices of a record batch of a file.

    The file is mapped anew for each of them, so that what was read leaves the memory; but a
    compressed batch is in memory whole, and is not decompressed again.
    """
    begin, rows = 0, 1
    while begin < rows:
        with _reader(source, is_file=True) as reader:
            batch = reader.get_batch(number)
            rows = batch.num_rows
            end = rows if packed else begin + MAX_ROWS
            yield from _slices(batch.slice(begin, end - begin))
            begin = end


def _slices(batch: Any) -> Iterator[Any]:  # noqa: ANN401
    for begin in range(0, max(batch.num_rows, 1), MAX_ROWS):
        yield batch.slice(begin, MAX_ROWS)
