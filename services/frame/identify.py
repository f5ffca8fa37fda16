"""An id for every request, taken from the client where it is a sane one."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from services.logs import REQUEST_ID

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SANE = re.compile(rb"[0-9A-Za-z][0-9A-Za-z._-]{7,63}")
HEADER = b"x-request-id"


class Identify:
    """Gives each request an id: in ``X-Request-ID``, in log lines, in problem details."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its id in the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope["headers"])
        REQUEST_ID.set(request_id)
        header = (HEADER, request_id.encode())

        async def identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], header]
            await send(message)

        await self.app(scope, receive, identified)


def request_id_of(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the client's id if it is 8 to 64 letters, digits, dots, dashes; else a new one."""
    for name, value in headers:
        if name == HEADER and SANE.fullmatch(value):
            return value.decode()
    return secrets.token_hex(8)
