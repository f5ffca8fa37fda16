"""Tables of text: every line stays as it is, byte for byte, and the answers stand at its end."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.bulk import csv_kernels as kernels
from tzkc_geo.bulk.columns import check_names
from tzkc_geo.bulk.csv_kernels import BLANK, LOOK, UNEVEN, Form, Rows, Texts
from tzkc_geo.bulk.pipeline import overlapped
from tzkc_geo.bulk.place import whole
from tzkc_geo.bulk.question import FAULTS_NAMED, VERDICTS, Fault, Tally, answer, silent
from tzkc_geo.errors import LimitError
from tzkc_geo.io.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from tzkc_geo.bulk.question import Answer, Progress, Question

    Functions = dict[str, Callable[..., int]]

BLOCK: Final = 1 << 20  # bytes read at a time; what is made of it stays in the cache
LONGEST: Final = 1 << 26  # bytes of one record
COMPILE_FROM: Final = 50_000  # bytes; below, plain Python is faster than to load numba
SEPARATORS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first line of a table says."""

    size: int  # bytes, with the end of the line
    text_size: int  # without it
    form: Form


def assign_csv(
    source: Path,
    target: Path,
    question: Question,
    *,
    workers: int = 1,
    progress: Progress = silent,
) -> Tally:
    """Write a table of text again with the columns that answer, whole or not at all.

    Parameters
    ----------
    source, target
        Files; the target is replaced at the end. Separated by comma, semicolon or tab, in
        UTF-8 or GBK; ends of lines and quotes are kept.
    question
        What is asked.
    workers
        Threads that assign, beside one that reads and one that writes.
    progress
        Called with the rows done; how many there are is not known.

    Returns
    -------
    Tally
        Of all rows. A row with a number that cannot be read, or with too few or too many cells,
        is kept with empty answers, and counted. A line without any byte is no row.

    Raises
    ------
    DataError
        There is no header with such columns, or the file is not such text.
    LimitError
        A record is longer than 64 MiB, as happens where a quote is not closed.
    """
    total = Tally.none(question)
    with source.open("rb") as file, whole(target) as part, part.open("wb") as out:
        head = file.read(BLOCK)
        header = read_header(head, question, name=source.name)
        texts = _Endings(question, header.form.separator)
        out.write(head[: header.text_size] + texts.header + head[header.text_size : header.size])
        run = _functions(source.stat().st_size)
        blocks = _blocks(file, head, header, run, name=source.name)
        line = 1 + head.count(b"\n", 0, header.size)

        def work(block: bytes) -> tuple[memoryview, Tally, int]:
            return _assigned(block, header.form, texts, run)

        with overlapped(blocks, work, workers=workers) as results:
            for data, counted, lines in results:
                out.write(data)
                total += _moved(counted, line)
                line += lines
                progress(total.rows, None)
    return total


def read_header(data: bytes, question: Question, *, name: str) -> Header:
    """Return what the first line says: the separator is the one that shows both columns."""
    seen = [_header(data, separator, name=name) for separator in SEPARATORS]
    names = question.columns
    found = [at for at, (_, held) in enumerate(seen) if {names.lon, names.lat} <= set(held)]
    best = found[0] if found else max(range(len(seen)), key=lambda at: len(seen[at][1]))
    size, held = seen[best]
    check_names(held, question, name=f"{name}:1")
    separator = SEPARATORS[best]
    form = Form(ord(separator), len(held), held.index(names.lon), held.index(names.lat))
    text_size = len(data[:size].rstrip(b"\r\n"))
    return Header(size=size, text_size=text_size, form=form)


def _header(data: bytes, separator: str, *, name: str) -> tuple[int, list[str]]:
    """Return the size of the first record, and its cells as if so separated."""
    end = kernels.record_end(np.frombuffer(data, np.uint8), 0, ord(separator))
    text, _ = decode(data[:end], name=name)
    cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    return min(end + 1, len(data)), [cell.strip() for cell in cells]


def _functions(size: int) -> Functions:
    """Return the kernels for a file of so many bytes, compiled where that is worth it."""
    return vars(kernels) if size < COMPILE_FROM else kernels.compiled()


def _view(data: bytes, run: Functions) -> Any:  # noqa: ANN401  (bytes give the plain kernel ints)
    """Return bytes as the kernels take them."""
    return data if run["scan"] is kernels.scan else np.frombuffer(data, np.uint8)


def _blocks(
    file: BinaryIO, head: bytes, header: Header, run: Functions, *, name: str
) -> Iterator[bytes]:
    """Yield all behind the header in blocks of whole lines; only the last may lack its end."""
    rest = head[header.size :]
    while data := file.read(BLOCK):
        rest += data
        if b'"' in rest:
            size = run["whole_records"](_view(rest, run), header.form.separator)
        else:
            size = rest.rfind(b"\n") + 1
        block, rest = rest[:size], rest[size:]
        if len(rest) > LONGEST:
            msg = (
                f"{name}: a record does not end, expected at most {LONGEST} bytes in one,"
                f" got {len(rest)} from {rest[:40].decode(errors='replace')!r}; close its quotes"
            )
            raise LimitError(msg)
        if block:
            yield block
    if rest:
        yield rest


class _Endings:
    """What is written behind the cells of a row."""

    def __init__(self, question: Question, separator: int) -> None:
        self.question = question
        self.separator = chr(separator)
        self.header = self._joined(["", *question.names]).encode()
        self.legend = [self._joined(["", c or "", z or ""]) for c, z in question.legend]

    def _joined(self, cells: list[str]) -> str:
        return self.separator.join(cells)

    def of(self, found: Answer) -> tuple[list[str], NDArray[np.integer[Any]]]:
        """Return texts, and which of them each row gets; the last, empty, none gets."""
        keys = found.codes + np.int16(1)
        if found.edges is None:
            return [*self.legend, ""], keys
        level, edge_m = (values.tolist() for values in found.edges)
        verdicts = (*VERDICTS, "")
        texts = [
            self._joined([self.legend[key], verdicts[at], "" if m != m else f"{m:.3f}"])  # noqa: PLR0124
            for key, at, m in zip(keys.tolist(), level, edge_m, strict=True)
        ]
        return [*texts, ""], np.arange(keys.size)


def _assigned(
    block: bytes, form: Form, texts: _Endings, run: Functions
) -> tuple[memoryview, Tally, int]:
    """Return a block with the answers in it, its tally, and the number of its lines."""
    added = not block.endswith(b"\n")
    data = block + b"\n" if added else block
    lines = run["line_feeds"](_view(data, run))
    rows = _room(lines)
    size = run["scan"](_view(data, run), form, rows)
    rows = Rows(*(values[:size] for values in rows))
    faults = _look(block, rows, form)
    found = answer(rows.lon, rows.lat, texts.question)
    table, keys = texts.of(found)
    blank = np.flatnonzero(rows.state == BLANK)
    keys[blank] = len(table) - 1
    encoded = [text.encode() for text in table]
    lengths = np.array([len(text) for text in encoded])
    out = np.empty(len(data) + int(lengths.take(keys).sum()), dtype=np.uint8)
    letters = np.frombuffer(b"".join(encoded), np.uint8)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    run["append"](np.frombuffer(data, np.uint8), rows.stop, keys, Texts(letters, ends), out)
    counted = _counted(found.tally, faults, blank.size)
    return out[: out.size - added].data, counted, lines


def _counted(found: Tally, faults: list[Fault], blank: int) -> Tally:
    """Return the tally of rows with their faults, without the blank lines among them."""
    counts = found.counts.copy()
    counts[0] -= blank  # they were in no unit
    return Tally(
        counts=counts,
        without_position=found.without_position - blank,
        faults=len(faults),
        named=tuple(faults[:FAULTS_NAMED]),
    )


def _moved(counted: Tally, line: int) -> Tally:
    """Return a tally of a block with the lines of its faults counted from the start of the file."""
    named = tuple(Fault(line + fault.line, fault.reason) for fault in counted.named)
    return replace(counted, named=named)


def _room(size: int) -> Rows:
    """Return room for so many records."""
    return Rows(
        lon=np.empty(size),
        lat=np.empty(size),
        begin=np.empty(size, dtype=np.int32),
        stop=np.empty(size, dtype=np.int32),
        state=np.empty(size, dtype=np.int8),
        spans=np.empty((size, 4), dtype=np.int32),
    )


def _look(block: bytes, rows: Rows, form: Form) -> list[Fault]:
    """Read the numbers that are left with Python's own float; return what cannot be read.

    The lines are counted from 0 at the start of the block, for those that will be named.
    """
    faults: list[Fault] = []
    for row in np.flatnonzero((rows.state == LOOK) | (rows.state == UNEVEN)).tolist():
        if rows.state[row] == UNEVEN:
            reason = f"the number of cells is not that of the header, expected {form.cells}"
        else:
            reason = _numbers(block, rows, row)
        if reason:
            named = len(faults) < FAULTS_NAMED
            line = block.count(b"\n", 0, int(rows.begin[row])) if named else 0
            faults.append(Fault(line, reason))
    return faults


def _numbers(data: bytes, rows: Rows, row: int) -> str:
    """Read both numbers of a row, or return why that cannot be done."""
    spans = rows.spans[row].tolist()
    read = []
    for name, first, last in (("lon", *spans[:2]), ("lat", *spans[2:])):
        text = data[first:last].strip(b' "')
        try:
            read.append(float(text.replace(b"_", b"?") or b"nan"))  # Python alone allows 1_000
        except ValueError:
            rows.lon[row] = rows.lat[row] = np.nan
            return f"{name} is {text.decode(errors='replace')[:40]!r}, expected degrees"
    rows.lon[row], rows.lat[row] = read
    return ""
