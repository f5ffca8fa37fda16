"""Days and instants: the parameter ``datetime``, and the opening of stations and roads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from services.ogc.faults import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

OPENING: Final = "opening"  # the column that says since when a feature exists
DAY: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
END_OF_DAY: Final = timedelta(days=1) - timedelta(microseconds=1)
OPEN: Final = ("", "..")


def since(text: object) -> datetime | None:
    """Return the beginning of a year, month or day, or an instant, UTC; None: not known."""
    if not isinstance(text, str):
        return None
    if found := DAY.fullmatch(text):
        year, month, day = (int(part or 1) for part in found.groups())
        try:
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return None
    return _instant(text)


def parse_datetime(text: str) -> tuple[datetime | None, datetime | None]:
    """Return start and end of an instant or interval; None: open.

    Parameters
    ----------
    text
        RFC 3339, ``2028-01-01T00:00:00Z`` or a day; two of them with ``/`` between, ``..`` or
        nothing where an interval is open.

    Raises
    ------
    QueryError
        It is none of these, or ends before it starts.
    """
    parts = text.split("/")
    ends = [_end(part, last=index == len(parts) - 1) for index, part in enumerate(parts)]
    if len(parts) > 2 or (len(parts) == 1 and ends[0] is None):  # noqa: PLR2004 - start and end
        msg = f"datetime: is no interval, expected START/END, got {text!r}"
        raise QueryError(msg)
    start, end = (_start(parts[0]), ends[0]) if len(parts) == 1 else (_start(parts[0]), ends[1])
    if start is not None and end is not None and start > end:
        msg = f"datetime: ends before it starts, expected START/END, got {text!r}"
        raise QueryError(msg)
    return start, end


def exists_in(
    column: Sequence[object], when: tuple[datetime | None, datetime | None]
) -> list[bool]:
    """Say of each opening whether its feature exists in an interval.

    A feature exists from its opening on; one without an opening has no time and always counts,
    as the standard says.
    """
    _, end = when
    openings = [since(text) for text in column]
    return [end is None or start is None or start <= end for start in openings]


def _start(text: str) -> datetime | None:
    return None if text in OPEN else since(text)


def _end(text: str, *, last: bool) -> datetime | None:
    """Return the last instant of a day, or an instant; check what is not the end too."""
    if text in OPEN:
        return None
    found = since(text)
    if found is None or re.fullmatch(r"\d{4}(-\d\d)?", text):
        msg = f"datetime: is no instant, expected such as 2028-01-01T00:00:00Z, got {text!r}"
        raise QueryError(msg)
    is_day = last and DAY.fullmatch(text) is not None
    return min(found, datetime.combine(date.max, time(0), UTC)) + END_OF_DAY if is_day else found


def _instant(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
