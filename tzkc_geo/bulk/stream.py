"""Arrow in memory: the bytes of a stream in, those with the columns that answer out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tzkc_geo.bulk.run import Engine, assign_file
from tzkc_geo.errors import LimitError

if TYPE_CHECKING:
    from tzkc_geo.bulk.question import Question, Tally


def assign_stream(data: bytes, question: Question, most: int) -> tuple[bytes, Tally]:
    """Return an Arrow IPC stream (or file) again with the columns that answer.

    Parameters
    ----------
    data
        All bytes; degrees, EPSG:4490.
    question
        What is asked.
    most
        Rows at most.

    Returns
    -------
    tuple
        The bytes, in the form and compression that came in, and the tally of all rows.

    Raises
    ------
    DataError
        As in `run.assign_file`.
    LimitError
        There are more rows.
    """
    with TemporaryDirectory(prefix="tzkc-") as folder:
        source, target = Path(folder) / "upload.arrow", Path(folder) / "located.arrow"
        source.write_bytes(data)
        tally = assign_file(source, target, question, engine=Engine(workers=1)).tally
        if tally.rows > most:
            msg = f"upload: too many points, expected at most {most}, got {tally.rows}; send parts"
            raise LimitError(msg)
        return target.read_bytes(), tally
