"""Pages: how many features stand on one, and the cursor that says where it starts."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.ogc.faults import QueryError

if TYPE_CHECKING:
    from services.settings import Limits

KEY_LENGTH: Final = 12  # characters of the key of the world
START: Final = re.compile(r"([0-9a-f]+):(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the features that match."""

    start: int
    limit: int

    def before(self) -> Page | None:
        """Return the page before, or None for the first."""
        return Page(max(self.start - self.limit, 0), self.limit) if self.start else None

    def after(self, matched: int) -> Page | None:
        """Return the page after, or None for the last."""
        start = self.start + self.limit
        return Page(start, self.limit) if start < matched else None


def parse_page(limit: str | None, cursor: str | None, *, key: str, limits: Limits) -> Page:
    """Return the page of a request; a limit above the largest is taken as the largest.

    Raises
    ------
    QueryError
        The limit is not a whole number from 1, or the cursor is none of this data.
    """
    number = limits.page
    if limit is not None:
        digits = limit.isascii() and limit.isdigit()
        number = int(limit[:10]) if digits else 0
        if number < 1:
            msg = f"limit: expected a whole number from 1 to {limits.page_most}, got {limit!r}"
            raise QueryError(msg)
    start = 0 if cursor is None else start_of(cursor, key=key)
    return Page(start, min(number, limits.page_most))


def cursor_of(start: int, *, key: str) -> str:
    """Return the cursor of a place in the features that match, for the data of a key."""
    text = f"{key[:KEY_LENGTH]}:{start}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def start_of(cursor: str, *, key: str) -> int:
    """Return the place of a cursor, or raise `QueryError`."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    found = START.fullmatch(text)
    if found is None:
        msg = "cursor: is none of ours, expected that of a link next or prev"
        raise QueryError(msg)
    if found[1] != key[:KEY_LENGTH]:
        msg = "cursor: the data has changed since the first page, start again without cursor"
        raise QueryError(msg)
    return int(found[2])
