"""Routes that are called often: nothing is solved before them, yet OpenAPI lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response


class HotRoute(APIRoute):
    """A route whose function takes the request alone, as a route of Starlette does.

    Notes
    -----
    FastAPI spends most of a small request on solving parameters. The parameters are therefore
    read from ``request.path_params`` and stated in ``openapi_extra``.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function itself."""
        return self.endpoint
