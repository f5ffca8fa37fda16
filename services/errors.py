"""Errors as RFC 9457 problem details; the one place where the service catches them."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from services.logs import REQUEST_ID
from services.ogc.faults import QueryError
from services.refused import RefusedError
from tzkc_geo.errors import (
    ClauseError,
    CrsError,
    DataError,
    DerivationError,
    LimitError,
    NetworkError,
    TzkcError,
    UnknownIdError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI, Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger(__name__)
STATUS: dict[type[TzkcError], int] = {
    QueryError: 400,
    UnknownIdError: 404,
    DataError: 422,
    CrsError: 422,
    ClauseError: 422,
    NetworkError: 422,
    LimitError: 413,
    DerivationError: 500,
    TzkcError: 500,
}
OURS = "the fault is on our side and has been logged"
FOLDERS = re.compile(r"(?<![\w/])(?:[A-Za-z]:)?[\\/](?:[^\s'\":,;]+[\\/])+")


def add_handlers(app: FastAPI) -> None:
    """Make the application answer every error with problem details."""
    app.add_exception_handler(RefusedError, on_refusal)
    app.add_exception_handler(TzkcError, on_library_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)


class Faults:
    """Answers what the layers further in refuse, and what nobody expected; that is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, come what may; an answer that has begun can only be cut."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to answer
        except RefusedError as exc:
            if started or scope["type"] != "http":
                raise
            await refusal(exc)(scope, receive, send)
        except Exception:  # the outermost place: no fault goes unanswered or tells of the inside
            if started or scope["type"] != "http":
                raise
            LOG.exception("a request failed")
            await problem(500, OURS, title="Internal Server Error")(scope, receive, send)


async def on_library_error(_: Request, exc: Exception) -> JSONResponse:
    """Answer an error that the library raised on purpose."""
    status = next(STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("%s: %s", type(exc).__name__, exc)
        return problem(status, OURS, title=type(exc).__name__)
    return problem(status, FOLDERS.sub("", str(exc)), title=type(exc).__name__)


async def on_refusal(_: Request, exc: Exception) -> JSONResponse:
    """Answer what the service refuses."""
    if not isinstance(exc, RefusedError):
        raise exc
    return refusal(exc)


def refusal(exc: RefusedError) -> JSONResponse:
    """Return a refusal as problem details."""
    headers = {"Retry-After": str(exc.retry_after_s)} if exc.retry_after_s else {}
    headers |= {"Connection": "close"} if exc.closes else {}
    headers |= {"WWW-Authenticate": "Bearer"} if exc.status == HTTPStatus.UNAUTHORIZED else {}
    return problem(exc.status, exc.detail, title=HTTPStatus(exc.status).phrase, headers=headers)


async def on_validation_error(_: Request, exc: Exception) -> JSONResponse:
    """Answer a request whose parameters are missing or malformed."""
    found: Sequence[Any] = exc.errors() if isinstance(exc, RequestValidationError) else ()
    errors = [
        {"where": ".".join(str(step) for step in one["loc"]), "what": one["msg"]} for one in found
    ]
    detail = "; ".join(f"{one['where']}: {one['what']}" for one in errors)
    return problem(422, detail, title="ValidationError", more={"errors": errors})


async def on_http_error(_: Request, exc: Exception) -> JSONResponse:
    """Answer an unknown route or a method that a route does not have."""
    status, headers = 500, None
    if isinstance(exc, HTTPException):
        status, headers = exc.status_code, exc.headers
    words = HTTPStatus(status).description or HTTPStatus(status).phrase
    return problem(status, words, title=HTTPStatus(status).phrase, headers=headers)


def problem(
    status: int,
    detail: str,
    *,
    title: str,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return problem details as a response, with the id of the request where there is one."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    asked = {"request_id": request_id} if (request_id := REQUEST_ID.get()) else {}
    return JSONResponse(
        {**body, **asked, **(more or {})},
        status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )
