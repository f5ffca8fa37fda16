"""A look at a ZIP archive before it is unpacked: no bomb, no damage."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from tzkc_geo.errors import DataError, LimitError

MAX_BYTES: Final = 1 << 30  # unpacked
MAX_RATIO: Final = 200.0  # unpacked to packed
SMALL: Final = 1 << 24  # below this any ratio is harmless


def check_zip(
    data: bytes,
    kind: str,
    *,
    name: str,
    max_bytes: int = MAX_BYTES,
    max_ratio: float = MAX_RATIO,
) -> None:
    """Look at the directory of an archive before anything is unpacked, then at its sums.

    Parameters
    ----------
    data
        All bytes.
    kind
        What is expected, in words, such as ``a workbook (.xlsx)``.
    name
        Of the file, for messages.
    max_bytes, max_ratio
        An archive that would unpack to more bytes, or to more than this many times its size (and
        16 MiB), is refused before it is unpacked.

    Raises
    ------
    DataError
        It is no archive, is encrypted, or is damaged.
    LimitError
        It unpacks to more than allowed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            ratio = size / max(len(data), 1)
            if size > max_bytes or (size > SMALL and ratio > max_ratio):
                msg = (
                    f"{name}: unpacks to {size} bytes, {ratio:.0f} times its size, expected at most"
                    f" {max_bytes} bytes and {max_ratio:g} times; save its rows as CSV"
                )
                raise LimitError(msg)
            damaged = archive.testzip()  # reads no more than the directory says
    # What zipfile raises for a file that is damaged, cut short, encrypted or packed in another way.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as exc:
        got = "nothing" if not data else f"{exc}".lower() or "a damaged archive"
        msg = f"{name}: cannot be read, expected {kind}, got {got}"
        raise DataError(msg) from exc
    if damaged is not None:
        msg = (
            f"{name}: is damaged, expected sound parts, got a wrong sum in {damaged}; copy it anew"
        )
        raise DataError(msg)
