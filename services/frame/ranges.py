"""A part of an answer: one range of bytes (RFC 9110, section 14)."""

from __future__ import annotations

import re

ONE_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})", flags=re.IGNORECASE)


def wanted(header: bytes, size: int) -> range | None:
    """Return which bytes a ``Range`` header asks for.

    Parameters
    ----------
    header
        Such as ``bytes=0-99``, ``bytes=100-`` or ``bytes=-100``, the last 100.
    size
        Of the whole, bytes.

    Returns
    -------
    range
        The positions; empty where the header is sound and none of the whole lies in it. None for
        a header that counts for nothing: malformed, of another unit, or several ranges at once.
    """
    found = ONE_RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == b"":
        return None
    if found[1] == b"":
        return range(max(size - int(found[2]), 0), size)
    first = int(found[1])
    last = int(found[2]) if found[2] else max(first, size - 1)
    return range(first, min(last + 1, size)) if first <= last else None
