"""What became of every request: one line of log, and the counts of /metrics."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from services.logs import ACCESS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CUT = 499  # in the log: the client went away before an answer began


@dataclass(slots=True)
class Answered:
    """One request and what became of it."""

    scope: Scope
    status: int = CUT
    body_bytes: int = 0
    seconds: float = 0.0

    @property
    def route(self) -> str:
        """The route with its parameters' names, such as ``/units/{unit_id}``; ``-`` for none."""
        return getattr(self.scope.get("route"), "path", "-")


class Watch:
    """Tells each watcher of each request, when it is answered or cut off."""

    def __init__(self, app: ASGIApp, watchers: Sequence[Callable[[Answered], None]]) -> None:
        self.app = app
        self.watchers = watchers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and tell of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered, begun = Answered(scope), perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
            else:
                answered.body_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            answered.seconds = perf_counter() - begun
            for watcher in self.watchers:
                watcher(answered)


def log_line(answered: Answered, *, positions: bool = False) -> None:
    """Write a line of the access log; where a user looked is written only with ``positions``.

    A path has the numbers of tiles in it, and a query the position of a site: both tell what
    somebody plans. Without ``positions`` the line has the route alone.
    """
    scope = answered.scope
    fields: dict[str, Any] = {
        "method": scope["method"],
        "route": answered.route,
        "status": answered.status,
        "bytes": answered.body_bytes,
        "ms": round(answered.seconds * 1000, 3),
        "client": (scope.get("client") or ("",))[0],
    }
    if positions:
        fields |= {"path": scope["path"], "query": scope["query_string"].decode("latin-1")}
    ACCESS.info("", extra={"fields": fields})
