"""Who is let in: not too many at once, not too often, not with too much, not for ever."""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING

from services.refused import RefusedError
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from services.settings import Limits

UNLIMITED = frozenset({"/health", "/ready", "/metrics"})  # what watches the service is let in


class Gate:
    """Sends away what comes on a connection beyond the limit, and closes that connection."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.most = limits.connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with 503."""
        if scope["type"] == "http" and scope["app"].state.connections() > self.most:
            msg = f"too many connections, {self.most} are served; come back later"
            raise RefusedError(503, msg, retry_after_s=2, closes=True)
        await self.app(scope, receive, send)


class RateLimit:
    """Counts the requests of each address, in the memory of this worker alone.

    Parameters
    ----------
    app
        What is limited.
    rate
        Of `parsed_rate`; several workers together let so many times more pass.
    """

    def __init__(self, app: ASGIApp, rate: RateLimitItem) -> None:
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self.app = app
        self.rate = rate
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with 429."""
        if scope["type"] == "http" and scope["path"] not in UNLIMITED:
            address = (scope.get("client") or ("",))[0]
            if not self.limiter.hit(self.rate, address):
                window = self.limiter.get_window_stats(self.rate, address)
                wait_s = max(1, int(window.reset_time - time()) + 1)
                msg = f"too many requests of one address, expected at most {self.rate}"
                raise RefusedError(429, msg, retry_after_s=wait_s)
        await self.app(scope, receive, send)


def parsed_rate(rate: str) -> RateLimitItem:
    """Return a rate such as ``120/minute``, or raise `DataError`."""
    from limits import parse

    try:
        return parse(rate)
    except ValueError as exc:
        msg = f"settings: rate is wrong, expected a rate such as 120/minute, got {rate!r}"
        raise DataError(msg) from exc


class BodyLimit:
    """Lets no body in that is larger, or comes slower, than the limits say."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what comes is counted, whatever the headers say."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            too_large = value.isdigit() and int(value) > self.limits.body_bytes
            if name == b"content-length" and too_large:
                raise _too_large(self.limits)
        body = _Body(receive, send, self.limits)
        try:
            await self.app(scope, body.receive, body.send)
        except RefusedError:
            if body.refused is None or not body.started:
                raise
        if body.refused is not None and not body.started:
            raise body.refused


class _Body:
    """The body of one request while it comes in."""

    def __init__(self, receive: Receive, send: Send, limits: Limits) -> None:
        self._receive = receive
        self._send = send
        self._limits = limits
        self._bytes = 0
        self._whole = False
        self._until: float | None = None
        self.refused: RefusedError | None = None
        self.started = False

    async def receive(self) -> Message:
        """Return the next piece; raises `RefusedError` where it is too much or too slow."""
        if self._whole:  # what may come now is that the client goes away
            return await self._receive()
        try:
            message = await self._in_time()
        except TimeoutError as exc:
            msg = f"the body came too slowly, expected it whole within {self._limits.body_s} s"
            self.refused = RefusedError(408, msg, closes=True)
            raise self.refused from exc
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._bytes > self._limits.body_bytes:
            self.refused = _too_large(self._limits)
            raise self.refused
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on; a body that was refused has no other answer than that."""
        if self.refused is None or self.started:
            self.started = True
            await self._send(message)

    async def _in_time(self) -> Message:
        """Return the next piece, in what is left of the time for the whole."""
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._limits.body_s
        async with asyncio.timeout_at(self._until):
            return await self._receive()


def _too_large(limits: Limits) -> RefusedError:
    """Return the refusal of a large body."""
    msg = f"the body is too large, expected at most {limits.body_bytes} bytes"
    return RefusedError(413, msg, closes=True)
