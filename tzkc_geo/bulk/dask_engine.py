"""The same work on a Dask cluster: one task a partition, the same kernel and the same writer.

A partition is a file of a folder, which its task writes on the shared file system; or some row
groups of one file, of which the task gives back the encoded new columns. The question with the
index goes to every worker once. What a lost worker was doing is done again by another.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.bulk.folder import open_folder
from tzkc_geo.bulk.parquet import (
    assign_parquet,
    check_parquet,
    encode_groups,
    group_rows,
    write_parquet,
)
from tzkc_geo.bulk.question import Tally
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tzkc_geo.bulk.parquet import Encoded
    from tzkc_geo.bulk.question import Progress, Question
    from tzkc_geo.bulk.run import Engine

    Submit = Callable[..., Any]

PARTITION_ROWS: Final = 1 << 21  # of one file: small row groups are taken together
AHEAD: Final = 2  # tasks a worker that wait, or whose answer waits to be written
RETRIES: Final = 3
ANSWER_S: Final = 10  # how long a scheduler may take to answer


def assign_on_dask(
    source: Path, target: Path, question: Question, *, engine: Engine, progress: Progress
) -> tuple[Tally, int, int]:
    """Assign a Parquet file or a folder of them on a Dask cluster; see `run.assign_file`.

    Returns the tally, the number of files, and how many of them were finished before.

    Raises
    ------
    DataError
        Dask is not installed, or the scheduler does not answer.
    """
    source, target = source.resolve(), target.resolve()
    with _client(engine) as client:
        shared = client.scatter(question, broadcast=True)

        def submit(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
            return client.submit(function, shared, *arguments, pure=False, retries=RETRIES)

        if source.is_dir():
            return _folder(submit, source, target, question, progress)
        check_parquet(source, question)
        ahead = AHEAD * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
        encoded = _encoded(submit, source, ahead)
        return write_parquet(source, target, question, encoded, progress=progress), 1, 0


@contextmanager
def _client(engine: Engine) -> Iterator[Any]:
    """Give a client of the scheduler that was named, or of a cluster on this machine."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as exc:
        msg = (
            "--engine dask: expected the packages dask and distributed, got none;"
            " install them with pip install 'tzkc_geo[dask]'"
        )
        raise DataError(msg) from exc
    if engine.scheduler is None:
        with (
            LocalCluster(
                n_workers=engine.workers, threads_per_worker=1, dashboard_address=":0"
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(engine.scheduler, timeout=ANSWER_S)
    except (OSError, ValueError) as exc:
        msg = (
            f"--scheduler: {engine.scheduler!r} does not answer, expected the address of a Dask"
            " scheduler, such as tcp://host:8786"
        )
        raise DataError(msg) from exc
    with client:
        yield client


def _folder(
    submit: Submit, source: Path, target: Path, question: Question, progress: Progress
) -> tuple[Tally, int, int]:
    """Assign the files of a folder, one task each."""
    from distributed import as_completed

    files, left = open_folder(source, target, question)
    rows = sum(sum(group_rows(source / file)) for file in left)
    total = Tally.none(question)
    tasks = [submit(_one_file, source / file, target / file) for file in left]
    for task in as_completed(tasks):
        total += task.result()
        progress(total.rows, rows)
    return total, len(files), len(files) - len(left)


def _encoded(submit: Submit, source: Path, ahead: int) -> Iterator[Encoded]:
    """Yield the new columns of all row groups in order; only some tasks are ahead of the writer."""
    tasks = (submit(_row_groups, source, numbers) for numbers in _partitions(source))
    waiting = deque(islice(tasks, ahead))
    while waiting:
        yield from waiting.popleft().result()
        waiting.extend(islice(tasks, 1))


def _partitions(source: Path) -> Iterator[range]:
    """Yield the numbers of row groups that make a task."""
    begin = rows = 0
    sizes = group_rows(source)
    for number, size in enumerate(sizes):
        rows += size
        if rows >= PARTITION_ROWS or number + 1 == len(sizes):
            yield range(begin, number + 1)
            begin, rows = number + 1, 0


def _one_file(question: Question, source: Path, target: Path) -> Tally:
    """Assign one file; runs on a worker."""
    return assign_parquet(source, target, question)


def _row_groups(question: Question, source: Path, numbers: range) -> list[Encoded]:
    """Return the encoded new columns of row groups; runs on a worker."""
    return list(encode_groups(source, question, numbers))
