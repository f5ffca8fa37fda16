"""What a client has already: validators, 304, HEAD and ranges, the same way for every route.

An answer follows from the world, the settings, the address and a few headers of the request; so
its strong ETag is known before the route runs, and a client that has it is answered at once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from services.errors import problem
from services.frame.ranges import wanted

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from services.settings import Settings
    from services.world import World

Headers = list[tuple[bytes, bytes]]
OF_NOW = ("/health", "/ready", "/metrics", "/admin")  # the state of this moment: nothing to keep
NEGOTIATED = (b"accept", b"accept-encoding", b"accept-language")
OF_A_TILE = (b"accept-encoding",)
HAS_BODY, EMPTY = 200, 204  # an empty tile is as good to keep as a full one
REVALIDATE = b"no-cache"
NEVER = b"no-store"
FOREVER = b"public, max-age=31536000, immutable"
OURS = frozenset({b"etag", b"last-modified", b"vary"})
OF_A_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})


def varies(path: str) -> tuple[bytes, ...]:
    """Return the headers of a request that its answer may follow from; a tile has one form."""
    return OF_A_TILE if path.startswith("/tiles/") else NEGOTIATED


class Conditional:
    """Answers HEAD, conditional requests and ranges; the routes know of none of them.

    Parameters
    ----------
    app
        Its answers to GET are the same for the same world, settings, address and `varies` headers.
    settings
        They count for the ETag: a change of them may change answers.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = repr(replace(settings, token="")).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with as little as the client lacks."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or path.startswith(OF_NOW):
            answer = _Answer(scope, receive, send, kept=None)
        else:
            kept = _Kept(scope, self.settings)
            if kept.is_known():
                headers = [*kept.headers(), (b"cache-control", kept.age)]
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body"})
                return
            answer = _Answer(scope, receive, send, kept=kept)
        inner = _as_whole_get(scope)
        await self.app(inner, receive, answer.send)
        if "route" in inner:
            scope["route"] = inner["route"]


def _as_whole_get(scope: Scope) -> Scope:
    """Return a request for the whole: GET for HEAD; no range, and no coding where it had one."""
    asked = any(name == b"range" for name, _ in scope["headers"]) and scope["method"] == "GET"
    if scope["method"] != "HEAD" and not asked:
        return scope
    hidden = {b"range", b"if-range", b"accept-encoding"} if asked else {b"range", b"if-range"}
    headers = [header for header in scope["headers"] if header[0] not in hidden]
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "method": method, "headers": headers}


class _Kept:
    """What a client may keep of an answer, and what it says it has."""

    def __init__(self, scope: Scope, settings: bytes) -> None:
        self.world: World = scope["app"].state.holder.world
        scope["world"] = self.world  # of the body too, though new data may come in meanwhile
        self.varies = varies(scope["path"])
        self.asked = dict(scope["headers"])
        ranged = b"range" in self.asked and scope["method"] == "GET"
        counted = [
            name + b":" + value
            for name, value in scope["headers"]
            if name == b"host"
            or (name in self.varies and not (ranged and name == b"accept-encoding"))
        ]
        address = (scope["scheme"], scope.get("root_path", ""), scope["path"])
        parts = (
            *(self.world.key.encode(), settings),
            *(part.encode("utf-8", "surrogatepass") for part in address),
            *(scope.get("raw_path") or b"", scope["query_string"], *counted),
        )
        self.etag = b'"%s"' % sha256(b"\0".join(parts)).hexdigest()[:32].encode()
        self.modified = self.world.once("last-modified", lambda _: _http_date(self.world))
        version = b"v=" + self.world.key[:12].encode()
        self.age = FOREVER if version in scope["query_string"].split(b"&") else REVALIDATE

    def is_known(self) -> bool:
        """Return whether the client names this very answer; ``*`` names none."""
        given = self.asked.get(b"if-none-match", b"")
        return any(tag.strip().removeprefix(b"W/") == self.etag for tag in given.split(b","))

    def is_fresh(self) -> bool:
        """Return whether a good answer, now that there is one, is no newer than the client's."""
        if (tags := self.asked.get(b"if-none-match")) is not None:
            return bool(tags.strip() == b"*")
        with suppress(ValueError):
            since = parsedate_to_datetime(self.asked.get(b"if-modified-since", b"").decode("ascii"))
            return since.timestamp() >= self.world.modified.timestamp()
        return False

    def part(self, size: int) -> range | None:
        """Return which bytes are asked for, None for all; another version is sent whole."""
        condition = self.asked.get(b"if-range", self.etag).strip()
        if condition not in {self.etag, self.modified}:
            return None
        return wanted(self.asked.get(b"range", b""), size)

    def headers(self) -> Headers:
        """Return the headers that tell a cache what this answer is."""
        vary = b", ".join(name.title() for name in self.varies)
        return [(b"etag", self.etag), (b"last-modified", self.modified), (b"vary", vary)]


def _http_date(world: World) -> bytes:
    """Return when the data of a world was changed, as headers write it."""
    return format_datetime(world.modified, usegmt=True).encode()


class _Answer:
    """Turns what a route sends into what was asked for."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, kept: _Kept | None) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._kept = kept
        self._bodiless = scope["method"] == "HEAD"
        self._part: range | None = None
        self._position = 0
        self._over = False

    async def send(self, message: Message) -> None:
        """Pass on the start with its headers, and of the body what was asked for."""
        if message["type"] == "http.response.start":
            await self._start(message)
        elif not self._over:
            await self._body(message)

    async def _start(self, message: Message) -> None:
        """Send the status and headers."""
        kept = self._kept
        if kept is None or message["status"] not in {HAS_BODY, EMPTY}:
            message["headers"] = _with_age(message["headers"], NEVER)
            await self._send(message)
            return
        headers = [*(one for one in message["headers"] if one[0] not in OURS), *kept.headers()]
        headers = _with_age(headers, kept.age)
        if kept.is_fresh():
            message["status"] = 304
            headers = [one for one in headers if one[0] not in OF_A_BODY]
            self._bodiless = True
        elif message["status"] == HAS_BODY and not self._bodiless:
            found = dict(headers)
            if b"content-length" in found and b"content-encoding" not in found:
                headers.append((b"accept-ranges", b"bytes"))
                if await self._is_refused(message, headers, int(found[b"content-length"])):
                    return
        message["headers"] = headers
        await self._send(message)

    async def _is_refused(self, message: Message, headers: Headers, size: int) -> bool:
        """Make the answer one of a part, where one is asked for; 416 where there is no such."""
        part = self._kept.part(size) if self._kept else None
        if part is None:
            return False
        if not part:
            self._over = True
            msg = f"no byte of the answer lies in the range, expected one within {size} bytes"
            refused = {"Content-Range": f"bytes */{size}"}
            answer = problem(416, msg, title="Range Not Satisfiable", headers=refused)
            await answer(self._scope, self._receive, self._send)
            return True
        self._part = part
        message["status"] = 206
        headers[:] = [one for one in headers if one[0] != b"content-length"]
        span = f"bytes {part.start}-{part.stop - 1}/{size}"
        headers += [(b"content-range", span.encode()), (b"content-length", b"%d" % len(part))]
        return False

    async def _body(self, message: Message) -> None:
        """Send what is asked for of a piece of the body."""
        if self._bodiless:
            self._over = True
            await self._send({"type": "http.response.body"})
            return
        if self._part is not None:
            piece, at = message.get("body", b""), self._position
            self._position += len(piece)
            first = max(self._part.start - at, 0)
            message = {**message, "body": piece[first : max(self._part.stop - at, 0)]}
        await self._send(message)


def _with_age(headers: Headers, age: bytes) -> Headers:
    """Return the headers with how long an answer may be kept, unless the route says so itself."""
    if any(name == b"cache-control" for name, _ in headers):
        return list(headers)
    return [*headers, (b"cache-control", age)]
