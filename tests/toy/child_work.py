"""Work for a child process: good, slow, greedy, deadly and wrong."""

import os
import signal
import sys
import time
from pathlib import Path

from tzkc_geo.errors import DataError


def reversed_bytes(data: bytes, tail: bytes = b"") -> bytes:
    """Return the bytes from the end, and print, which must not mix with the answer."""
    sys.stdout.write("a library that prints\n")
    return data[::-1] + tail


def environment(_: bytes) -> dict[str, str]:
    """Return what the child sees of the environment."""
    return dict(os.environ)


def wrong(_: bytes) -> None:
    """Raise an error of the library."""
    msg = "sites.csv:3: lat is missing, expected a number, got ''"
    raise DataError(msg)


def slow(data: bytes) -> None:
    """Write the process id to the file that the data names, then sleep."""
    Path(data.decode()).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(60)


def greedy(_: bytes) -> int:
    """Ask for 8 GiB."""
    return len(bytearray(8 * 2**30))


def deadly(_: bytes) -> None:
    """Die as a fault in machine code does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def faulty(_: bytes) -> int:
    """Fail as a parser may on odd bytes."""
    return int("seven")
