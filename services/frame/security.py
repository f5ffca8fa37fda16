"""Headers that tell a browser what an answer may do: nothing outside of this service."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = b"content-security-policy"
BASE = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'"
)
FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),  # the address of a page may hold a position
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
INLINE = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", flags=re.DOTALL | re.IGNORECASE)


def policy_of(page: str) -> str:
    """Return the content security policy that lets the inline scripts and styles of a page run.

    Parameters
    ----------
    page
        HTML of ours, with no word in it that came with a request: whatever script stands there
        is allowed.

    Returns
    -------
    str
        For the header ``Content-Security-Policy``; `SecurityHeaders` adds who may frame it.
    """
    hashes: dict[str, dict[str, None]] = {"script": {}, "style": {}}
    for kind, text in INLINE.findall(page):
        # A browser hashes what its parser makes of the text: line ends are always \n there.
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        digest = base64.b64encode(sha256(plain.encode()).digest()).decode()
        hashes[kind.lower()][f"'sha256-{digest}'"] = None
    scripts, styles = (" ".join(["'self'", *found]) for found in hashes.values())
    attributes = "style-src-attr 'unsafe-inline'"  # colours of map legends; no script among them
    return f"{BASE}; script-src {scripts}; style-src {styles}; {attributes}"


class SecurityHeaders:
    """Adds the headers; a policy that a page brings is kept."""

    def __init__(self, app: ASGIApp, ancestors: Sequence[str]) -> None:
        self.app = app
        self.closed = b"; frame-ancestors 'none'"
        named = f"; frame-ancestors {' '.join(ancestors)}".encode()
        self.framed = named if ancestors else self.closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        framed = scope["path"].startswith("/embed/")
        ancestors = self.framed if framed else self.closed

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = BASE.encode()
                headers = list(FIXED)
                for name, value in message["headers"]:
                    if name == POLICY:
                        policy = value
                    else:
                        headers.append((name, value))
                message["headers"] = [*headers, (POLICY, policy + ancestors)]
            await send(message)

        await self.app(scope, receive, secured)
