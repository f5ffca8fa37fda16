"""Tell in which encoding a Chinese text is; a guess that cannot be right raises."""

from __future__ import annotations

import codecs
import re
from typing import Final

from tzkc_geo.errors import DataError

BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]{6,}")  # two characters of UTF-8 or more
IDEOGRAPHS: Final = ("一", "鿿")


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Return the text of bytes and the name of its encoding.

    UTF-8 is tried first, because text in GBK is hardly ever valid UTF-8, while UTF-8 often
    passes as GBK. No byte is replaced or left out.

    Parameters
    ----------
    data
        All bytes of a file.
    name
        Of the file, for messages.

    Returns
    -------
    tuple of str
        The text without the mark at its start (BOM), and one of ``ascii``, ``utf-8``,
        ``utf-8-sig`` (with BOM), ``gbk``, ``gb18030``.

    Raises
    ------
    DataError
        The bytes are neither, or lines of both stand in one file; the message names the line.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        msg = f"{name}:1: is UTF-16, expected UTF-8 or GBK text; save it as UTF-8"
        raise DataError(msg)
    for encoding in ("ascii", "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as exc:
            fault = exc
    if data.startswith(codecs.BOM_UTF8):
        raise _neither(data, fault, name=name) from fault
    text, encoding = _gb(data, name=name)
    for line, content in enumerate(data.split(b"\n"), start=1):
        if any(_is_utf8(run) for run in BEYOND_ASCII.findall(content)):
            msg = f"{name}:{line}: is UTF-8, expected GBK as in the rest; save it in one encoding"
            raise DataError(msg)
    return text, encoding


def _gb(data: bytes, *, name: str) -> tuple[str, str]:
    """Return text in GBK, or else in GB18030."""
    try:
        return data.decode("gbk"), "gbk"
    except UnicodeDecodeError:
        pass  # GB18030 has more characters
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as exc:
        raise _neither(data, exc, name=name) from exc


def _neither(data: bytes, fault: UnicodeDecodeError, *, name: str) -> DataError:
    line = data[: fault.start].count(b"\n") + 1
    got = f"byte {data[fault.start]:#x}"
    return DataError(
        f"{name}:{line}: encoding is not clear, expected UTF-8 or GBK, got {got}; save it as UTF-8"
    )


def _is_utf8(run: bytes) -> bool:
    """Say whether bytes beyond ASCII are Chinese characters in UTF-8."""
    first, last = IDEOGRAPHS
    try:
        return all(first <= character <= last for character in run.decode())
    except UnicodeDecodeError:
        return False
