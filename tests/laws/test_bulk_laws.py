"""Laws of the streams: numbers as Python reads them, bytes in = bytes out, structures come back."""

import csv
import io
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.point_files import QUESTION, WORLD
from tzkc_geo.bulk import csv_kernels, kernels, thrift
from tzkc_geo.bulk.csv_file import assign_csv
from tzkc_geo.bulk.csv_kernels import MANTISSA
from tzkc_geo.errors import DataError
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import assign

DIGITS = st.text("0123456789", min_size=0, max_size=MANTISSA)
PLAIN = st.builds(
    "{}{}{}{}".format, st.sampled_from(["", "-"]), DIGITS, st.sampled_from(["", "."]), DIGITS
)
FORMS = st.sampled_from(["{}", '"{}"', " {}", '" {}"'])
NOISE = st.text("01.-+eE\"' xn", max_size=8)
SAFE = st.text(st.characters(exclude_characters='\0\r\n,"', exclude_categories=["Cs"]), max_size=6)
QUOTED = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.floats(120, 123) | st.floats(27, 30) | st.floats(allow_nan=False)
ENDS = st.sampled_from(["\n", "\r\n"])
COMPILED = [vars(csv_kernels), csv_kernels.compiled()]


def read(text: str, run: dict[str, Any]) -> tuple[int, float, bool]:
    data = (text + ",").encode()
    view = data if run["number"] is csv_kernels.number else np.frombuffer(data, np.uint8)
    found: tuple[int, float, bool] = run["number"](view, 0, ord(","))
    return found


@pytest.mark.parametrize("run", COMPILED)
@given(text=PLAIN | NOISE, form=FORMS)
def test_a_number_that_is_sure_is_that_of_python(run: dict[str, Any], text: str, form: str) -> None:
    cell = form.format(text)
    end, value, sure = read(cell, run)
    if sure and cell:
        assert end == len(cell)
        assert value == float(cell.strip(' "'))
        assert math.copysign(1, value) == math.copysign(1, float(cell.strip(' "')))


@pytest.mark.parametrize("run", COMPILED)
@given(value=st.floats(-180, 180).filter(lambda v: abs(v) >= 1e-4))
def test_the_shortest_text_of_a_degree_is_sure(run: dict[str, Any], value: float) -> None:
    _, found, sure = read(repr(value), run)
    assert found == value or (not sure and len(repr(value).strip("-")) > MANTISSA)


@pytest.mark.parametrize("run", COMPILED)
@given(digits=st.integers(0, 10**18 - 1), decimals=st.integers(0, 22))
def test_a_quotient_that_is_sure_is_rounded_once(
    run: dict[str, Any], digits: int, decimals: int
) -> None:
    value, sure = run["quotient"](digits, decimals)
    assert not sure or value == digits / 10**decimals  # Python divides whole numbers exactly


def test_a_quotient_half_way_between_two_doubles_is_not_sure() -> None:
    tie = 2**53 + 1
    assert csv_kernels.quotient(tie * 10, 1)[1] == np.False_
    assert csv_kernels.quotient((tie + 1) * 10, 1) == (tie + 1, True)


@given(
    header=st.lists(SAFE, max_size=3),
    rows=st.lists(st.tuples(NUMBERS, NUMBERS, QUOTED), max_size=8),
    end=ENDS,
    stops=st.sampled_from(["with an end of line", "without"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    separator=st.sampled_from(",;\t"),
)
def test_without_the_added_cells_the_bytes_are_those_read(  # noqa: PLR0913, PLR0917
    header: list[str],
    rows: list[tuple[float, float, str]],
    end: str,
    stops: str,
    mark: bytes,
    separator: str,
) -> None:
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator=end, delimiter=separator)
    names = [f"column {k} {name}" for k, name in enumerate(header)]
    writer.writerow(["lon", *names, "lat", "text"])
    for lon, lat, text in rows:
        whole = text.replace("\r", end)  # csv leaves a bare \r unquoted, but reads it as an end
        writer.writerow([lon, *(k for k, _ in enumerate(names)), lat, whole])
    content = held.getvalue() if stops != "without" else held.getvalue().removesuffix(end)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        source.write_bytes(mark + content.encode())
        counted = assign_csv(source, target, QUESTION)
        made = target.read_bytes()
    assert (counted.rows, counted.faults) == (len(rows), 0)
    legend = dict(enumerate(QUESTION.legend, start=OUTSIDE))
    codes = assign([row[0] for row in rows], [row[1] for row in rows], WORLD).tolist()
    cells = [["cluster", "zone"], *([cell or "" for cell in legend[code]] for code in codes)]
    read_back = list(
        csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=separator)
    )
    assert [row[-2:] for row in read_back] == cells
    assert mark + content.encode() == without(made, cells, separator.encode())


def without(made: bytes, cells: list[list[str]], separator: bytes) -> bytes:
    """Return bytes without the cells at the end of each record."""
    kept, begin = b"", 0
    for added in cells:
        end = csv_kernels.record_end(made, begin, separator[0])
        line = made[begin : end + 1]
        stop = line.rstrip(b"\r\n")
        ending = line[len(stop) :]
        text = b"".join(separator + cell.encode() for cell in added)
        assert stop.endswith(text)
        kept += stop.removesuffix(text) + ending
        begin = end + 1
    return kept


@given(st.lists(st.integers(-1, 4)), st.integers(1, 3))
def test_look_up_gives_the_entries_and_counts(codes: list[int], columns: int) -> None:
    table = np.arange(6 * columns, dtype=np.int8).reshape(6, columns) - 3
    for run in (vars(kernels), kernels.compiled()):
        counts = np.zeros(6, dtype=np.int64)
        out = np.full((columns, len(codes)), 99, dtype=np.int8)
        valid = np.zeros((columns, (len(codes) + 7) // 8), dtype=np.uint8)
        run["look_up"](np.array(codes, dtype=np.int16), table, counts, out, valid)
        expected = table[np.array(codes, dtype=np.intp) + 1].T
        assert np.array_equal(out, np.maximum(expected, 0))
        bits = np.unpackbits(valid, axis=1, bitorder="little")[:, : len(codes)]
        assert np.array_equal(bits.astype(bool), expected >= 0)
        assert counts.tolist() == [codes.count(code) for code in range(-1, 5)]


WHOLE = st.integers(-(2**63), 2**63 - 1)
SIMPLE = st.one_of(
    st.tuples(st.sampled_from(thrift.WHOLE), WHOLE),
    st.tuples(st.just(thrift.BINARY), st.binary(max_size=200)),
    st.tuples(st.just(thrift.DOUBLE), st.floats(allow_nan=False)),
    st.tuples(st.just(thrift.BYTE), st.integers(0, 255)),
    st.booleans().map(lambda held: (thrift.TRUE if held else thrift.FALSE, held)),
    st.tuples(
        st.sampled_from([thrift.LIST, thrift.SET]),
        st.lists(WHOLE, max_size=20).map(lambda items: (thrift.I64, items)),
    ),
    st.tuples(
        st.just(thrift.LIST),
        st.lists(st.integers(1, 2), max_size=20).map(lambda items: (thrift.TRUE, items)),
    ),
)
NUMBER = st.integers(-40, 300)
STRUCTS: st.SearchStrategy[thrift.Struct] = st.recursive(
    st.dictionaries(NUMBER, SIMPLE, max_size=5),
    lambda inner: st.dictionaries(
        NUMBER,
        st.tuples(st.just(thrift.STRUCT), inner)
        | st.tuples(
            st.just(thrift.LIST),
            st.lists(inner, max_size=3).map(lambda items: (thrift.STRUCT, items)),
        ),
        max_size=3,
    ),
    max_leaves=8,
)


@given(STRUCTS)
def test_a_structure_comes_back(fields: thrift.Struct) -> None:
    assert thrift.decode(thrift.encode(fields), name="footer") == fields


@given(STRUCTS.filter(bool), st.data())
def test_a_structure_cut_short_is_refused(fields: thrift.Struct, data: st.DataObject) -> None:
    whole = thrift.encode(fields)
    size = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(DataError, match=r"^x.parquet: footer cannot be read, expected Thrift"):
        thrift.decode(whole[:size], name="x.parquet")


def test_a_type_that_parquet_does_not_use_is_refused() -> None:
    with pytest.raises(DataError, match=r"footer cannot be read"):
        thrift.decode(b"\x1b\0", name="x.parquet")  # a map
