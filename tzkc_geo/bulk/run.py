"""Assign a file or a folder of points: choose the form and the engine, refuse what cannot be."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from tzkc_geo import kernel
from tzkc_geo.bulk import kernels
from tzkc_geo.bulk.arrow_file import assign_arrow
from tzkc_geo.bulk.csv_file import assign_csv
from tzkc_geo.bulk.folder import open_folder
from tzkc_geo.bulk.parquet import assign_parquet, group_rows
from tzkc_geo.bulk.question import Tally, silent
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tzkc_geo.bulk.question import Progress, Question

PARQUET, ARROW, CSV, FOLDER = "parquet", "arrow", "csv", "folder"
FORMS: Final = {
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".arrow": ARROW,
    ".arrows": ARROW,
    ".feather": ARROW,
    ".ipc": ARROW,
    ".csv": CSV,
    ".tsv": CSV,
    ".txt": CSV,
}
FILES: Final = {PARQUET: assign_parquet, ARROW: assign_arrow, CSV: assign_csv}
COMPILE_FROM: Final = 1 << 20  # bytes; below, plain Python is faster than to load numba
ENGINES: Final = ("local", "dask")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What does the work."""

    name: str = "local"  # or dask
    scheduler: str | None = None  # address of a Dask scheduler; None: a cluster on this machine
    workers: int | None = None  # threads, or processes of Dask; None: one a processor

    @property
    def threads(self) -> int:
        """How many threads assign."""
        return self.workers or len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was done."""

    question: Question
    tally: Tally
    seconds: float
    files: int
    kept: int  # of them finished before

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``tzkc assign --json`` prints."""
        counted = self.tally.to_json(self.question)
        rate = self.tally.rows / self.seconds if self.seconds > 0 else None
        return {
            **counted,
            "files": self.files,
            "kept": self.kept,
            "seconds": round(self.seconds, 3),
            "rows_per_s": rate and round(rate),
            "digest": self.question.digest,
        }


def assign_file(
    source: Path,
    target: Path,
    question: Question,
    *,
    engine: Engine = Engine(),
    progress: Progress = silent,
) -> Summary:
    """Write the rows of a file again, with the unit that holds each (批量归属).

    Memory is bounded whatever the size. The target is whole or not there: it is written beside
    its place and takes its name at the end. Of a folder each file does; files that an earlier
    run with the same catalog and columns has finished are kept, as long as the file that they
    were made from has kept its size and time.

    Parameters
    ----------
    source
        A Parquet file, an Arrow IPC file or stream, a table of text (comma, semicolon or tab),
        or a folder of Parquet files.
    target
        Of the same form; an existing file is replaced.
    question
        The units, and the columns with the positions.
    engine
        Threads here, or a Dask cluster (Parquet only) that sees the same file system.
    progress
        Called with the rows done, and with all rows where that is known.

    Returns
    -------
    Summary
        The rows of the target are those of the source, in their order, with the columns
        ``cluster`` and ``zone`` added: an id or null.

    Raises
    ------
    DataError
        There is no such source, or not in such a form; a column is missing, is no number, or
        would be there twice; source and target are the same; the target cannot be written.
    LimitError
        A row group of Parquet or a line of text is too long.
    """
    form = form_of(source)
    check_target(source, target, form)
    start = time.perf_counter()
    try:
        tally, files, kept = _run(form, engine)(
            source, target, question, engine=engine, progress=progress
        )
    except (OSError, pa.ArrowException) as exc:
        told = str(exc).partition("\n")[0] or type(exc).__name__
        msg = f"{source.name}: cannot be assigned, expected to read it and to write, got {told}"
        raise DataError(msg) from exc
    return Summary(
        question=question,
        tally=tally,
        seconds=time.perf_counter() - start,
        files=files,
        kept=kept,
    )


def form_of(path: Path) -> str:
    """Return the form of a file by its ending, or that it is a folder."""
    if path.is_dir():
        return FOLDER
    if not path.is_file():
        msg = f"{path}: does not exist, expected a file or a folder of Parquet files"
        raise DataError(msg)
    return _form(path)


def check_target(source: Path, target: Path, form: str) -> None:
    """Refuse a target that is the source, holds it, or has another form."""
    old, new = source.resolve(), target.resolve()
    if old == new or (target.exists() and source.samefile(target)):
        msg = f"{target}: is the source itself, expected another OUT than IN"
        raise DataError(msg)
    if form == FOLDER:
        if old in new.parents or new in old.parents:
            msg = f"{target}: lies in {source} or holds it, expected a folder apart from it"
            raise DataError(msg)
        if target.is_file():
            msg = f"{target}: is a file, expected a folder, because {source} is one"
            raise DataError(msg)
        return
    if target.is_dir():
        msg = f"{target}: is a folder, expected a file, because {source.name} is one"
        raise DataError(msg)
    if _form(target) != form:
        fitting = " ".join(ending for ending, kind in FORMS.items() if kind == form)
        msg = f"{target.name}: is not the form of {source.name}, expected one of {fitting}"
        raise DataError(msg)


def _form(path: Path) -> str:
    form = FORMS.get(path.suffix.lower())
    if form is None:
        msg = f"{path.name}: form is not known, expected one of {' '.join(FORMS)}"
        raise DataError(msg)
    return form


def _run(form: str, engine: Engine) -> Callable[..., tuple[Tally, int, int]]:
    """Return what assigns this form; it gives the tally, the number of files, and those kept."""
    if engine.name != "dask":
        return _folder_here if form == FOLDER else _file_here
    if form not in {PARQUET, FOLDER}:
        msg = f"--engine dask: expected Parquet, got {form}; leave --engine out"
        raise DataError(msg)
    from tzkc_geo.bulk.dask_engine import assign_on_dask

    return assign_on_dask


def _file_here(
    source: Path, target: Path, question: Question, *, engine: Engine, progress: Progress
) -> tuple[Tally, int, int]:
    """Assign a file with threads."""
    _compile_for(source.stat().st_size)
    run = FILES[_form(source)]
    return run(source, target, question, workers=engine.threads, progress=progress), 1, 0


def _folder_here(
    source: Path, target: Path, question: Question, *, engine: Engine, progress: Progress
) -> tuple[Tally, int, int]:
    """Assign a folder with threads, file by file."""
    files, left = open_folder(source, target, question)
    _compile_for(sum((source / file).stat().st_size for file in left))
    rows = sum(sum(group_rows(source / file)) for file in left)
    total = Tally.none(question)
    for file in left:
        total += assign_parquet(
            source / file,
            target / file,
            question,
            workers=engine.threads,
            progress=_from(total.rows, rows, progress),
        )
    return total, len(files), len(files) - len(left)


def _from(before: int, rows: int, progress: Progress) -> Progress:
    """Return a progress that begins behind other files."""
    return lambda done, _: progress(before + done, rows)


def _compile_for(size: int) -> None:
    """Compile what runs over rows, where there are enough of them; size in bytes."""
    if size >= COMPILE_FROM:
        kernel.compiled()
        kernels.compiled()
