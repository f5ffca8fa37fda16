"""Put a file in its place whole or not at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from glob import escape
from secrets import token_hex
from threading import Event
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY_S: Final = 0.25  # how often a file is sent to the disk


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a path beside the target to write to; it takes the target's name at the end.

    An error or a killed process leaves the target as it was. Parts that killed processes left
    behind are removed.

    Parameters
    ----------
    target
        The file to write or to replace.

    Raises
    ------
    DataError
        The folder does not exist, or the file cannot be written.
    """
    part = target.with_name(f".{target.name}.part-{token_hex(4)}")
    try:
        remove_parts(target)
        part.touch(exist_ok=False)
    except OSError as exc:
        msg = f"{target}: cannot be written, expected a folder to write to, got {exc.strerror}"
        raise DataError(msg) from exc
    try:
        with _going_to_disk(part):
            yield part
        _to_disk(part)
        part.replace(target)
        _to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def remove_parts(target: Path) -> None:
    """Remove the parts of a file that killed processes left behind."""
    for part in target.parent.glob(f".{escape(target.name)}.part-*"):
        part.unlink(missing_ok=True)


@contextmanager
def _going_to_disk(path: Path) -> Iterator[None]:
    """Let a file go to the disk while it is written, so that little is left to wait for."""
    done = Event()

    def send() -> None:
        while not done.wait(EVERY_S):
            _to_disk(path)

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        try:
            yield
        finally:
            done.set()
    sending.result()  # what the disk has refused is said once only


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
