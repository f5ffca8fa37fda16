"""What the service refuses, as an error that knows its answer; needs no web library."""

from __future__ import annotations


class RefusedError(Exception):
    """The service does not do what was asked: too much, too slow, too busy, or not allowed.

    Parameters
    ----------
    status
        Of the answer, such as 503.
    detail
        What is refused and what would be taken, for the reader.
    retry_after_s
        After how many seconds it may go better; zero where waiting does not help.
    closes
        Whether the connection is closed, because the rest of the request is not read.
    """

    def __init__(
        self, status: int, detail: str, *, retry_after_s: int = 0, closes: bool = False
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.closes = closes
