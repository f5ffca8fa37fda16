"""Arrow in, Arrow out: the positions of a batch, and the columns that answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tzkc_geo.bulk.question import VERDICTS
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.bulk.question import Answer, Columns, Question

    Floats = NDArray[np.float64]

TEXTS = pa.dictionary(pa.int8(), pa.string())
KINDS = {"cluster": TEXTS, "zone": TEXTS, "verdict": TEXTS, "edge_m": pa.float32()}


def answer_schema(question: Question) -> Any:  # noqa: ANN401  (pyarrow ships no types)
    """Return the Arrow schema of the columns that answer a question."""
    return pa.schema([(name, KINDS[name]) for name in question.names])


def answer_batch(found: Answer, question: Question) -> Any:  # noqa: ANN401
    """Return the columns that answer a question as a record batch."""
    legends = (question.clusters, question.zones)
    parts = zip(found.entries, found.valid, legends, strict=True)
    columns = [_texts(*part) for part in parts]
    if found.edges is not None:
        level, edge_m = found.edges
        valid = np.packbits(level >= 0, bitorder="little")
        columns += [_texts(level, valid, VERDICTS), pa.array(edge_m, from_pandas=True)]
    return pa.record_batch(columns, schema=answer_schema(question))


def check_schema(schema: Any, question: Question, *, name: str) -> None:  # noqa: ANN401
    """Refuse a schema without positions, or with a column that would be added.

    Raises
    ------
    DataError
        A column is not there, is there twice, is no number, or would be there twice.
    """
    check_names(schema.names, question, name=name)
    for column in (question.columns.lon, question.columns.lat):
        kind = schema.field(column).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            msg = (
                f"{name}: column {column!r} is no number, expected degrees as float or integer,"
                f" got {kind}; change its type, or name another with --lon COL --lat COL"
            )
            raise DataError(msg)


def check_names(held: Sequence[str], question: Question, *, name: str) -> None:
    """Refuse columns without those of the positions, or with one that would be added."""
    for column in (question.columns.lon, question.columns.lat):
        if (times := held.count(column)) != 1:
            msg = (
                f"{name}: expected one column {column!r}, got {times} among {', '.join(held)};"
                " name the columns of the positions with --lon COL --lat COL"
            )
            raise DataError(msg)
    for column in question.names:
        if column in held:
            msg = f"{name}: expected no column {column!r}, it would be added, got one; rename it"
            raise DataError(msg)


def positions(batch: Any, columns: Columns) -> tuple[Floats, Floats]:  # noqa: ANN401
    """Return longitudes and latitudes of a record batch, degrees; a null is NaN."""
    return _numbers(batch.column(columns.lon)), _numbers(batch.column(columns.lat))


def _numbers(array: Any) -> Floats:  # noqa: ANN401
    """Return an Arrow array as doubles, without a copy where it is that already."""
    if array.type != pa.float64():
        array = array.cast(pa.float64(), safe=False)  # integers beyond 2**53 are no degrees
    numbers: Floats = array.to_numpy(zero_copy_only=False)
    return numbers


def _texts(entries: NDArray[np.int8], valid: NDArray[np.uint8], legend: Sequence[str]) -> Any:  # noqa: ANN401
    """Return texts as a dictionary array; the dictionary is the same for all batches."""
    buffers = [pa.py_buffer(valid), pa.py_buffer(np.ascontiguousarray(entries))]
    indices = pa.Array.from_buffers(pa.int8(), entries.size, buffers)
    return pa.DictionaryArray.from_arrays(indices, pa.array(legend, pa.string()), safe=False)
