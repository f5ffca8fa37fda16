"""A folder of Parquet files: one target a file, those that are finished are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tzkc_geo.bulk.parquet import MADE_KEY, made_from
from tzkc_geo.bulk.place import remove_parts
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.bulk.question import Question

ENDINGS = (".parquet", ".pq")


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and of those in it, below the folder, sorted.

    Hidden ones and those that begin with ``_`` (the footers of whole data sets) do not count.
    """
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in ENDINGS)
    return sorted(path for path in found if not any(part[0] in "._" for part in path.parts))


def open_folder(source: Path, target: Path, question: Question) -> tuple[list[Path], list[Path]]:
    """Return all files, and those that are left to be assigned; make folders for what is written.

    Raises
    ------
    DataError
        The source holds no Parquet file, or the target holds one that is not from it.
    """
    files = parquet_files(source)
    if not files:
        msg = f"{source}: expected a folder with files {' or '.join(ENDINGS)}, got none"
        raise DataError(msg)
    if strange := sorted(set(parquet_files(target)) - set(files)):
        msg = (
            f"{target}: expected an empty folder, or what was made from {source},"
            f" got {strange[0]}, which is not there; give another folder"
        )
        raise DataError(msg)
    for file in files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        remove_parts(target / file)
    left = [file for file in files if not is_finished(source / file, target / file, question)]
    return files, left


def is_finished(source: Path, target: Path, question: Question) -> bool:
    """Say whether a target was made from this source, unchanged, to answer this question."""
    try:
        kept = pq.read_metadata(target).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return False
    return bool(kept.get(MADE_KEY) == made_from(source, question))
