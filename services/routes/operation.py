"""For those who run the service: is it ready, what does it count, take the new data."""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from services.deps import Set
from services.metrics import MEDIA_TYPE, Metrics
from services.refused import RefusedError
from services.world import Holder

router = APIRouter(tags=["operation"])
PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


@router.get("/ready", responses={503: PROBLEM | {"description": "Starting, or about to end."}})
async def ready(request: Request) -> dict[str, str]:
    """Say whether requests may be sent here."""
    state = request.app.state
    if state.draining:
        msg = "the service is about to end; ask another one"
        raise RefusedError(503, msg, retry_after_s=5)
    holder: Holder = state.holder
    return {"status": "ready", "key": holder.world.key}


@router.get("/metrics", response_class=Response, responses={404: PROBLEM | {"description": "Off."}})
async def metrics(request: Request, settings: Set) -> Response:
    """Return the counts, in the text format of Prometheus."""
    if not settings.metrics:
        raise RefusedError(404, "metrics are switched off by the operator")
    counts: Metrics = request.app.state.metrics
    return Response(counts.text(), media_type=MEDIA_TYPE)


@router.post(
    "/admin/reload",
    responses={
        401: PROBLEM | {"description": "No token, or another one."},
        403: PROBLEM | {"description": "The operator has set no token."},
        422: PROBLEM | {"description": "The new data is broken; the old is served on."},
    },
)
async def reload(request: Request, settings: Set, bearer: Bearer) -> dict[str, str]:
    """Read the data anew and serve it; where it is broken, the old is served on."""
    if not settings.token:
        msg = "reload over HTTP is off: the operator has set no token; send SIGHUP instead"
        raise RefusedError(403, msg)
    given = bearer.credentials if bearer else ""
    if not hmac.compare_digest(given.encode(), settings.token.encode()):
        raise RefusedError(401, "reload needs the operator's token: Authorization: Bearer TOKEN")
    world = await run_in_threadpool(request.app.state.reload)
    request.app.state.announce()
    modified = world.modified.isoformat()
    return {"key": world.key, "digest": world.catalog.digest, "modified": modified}
