"""Whether the service runs, and on which data."""

from fastapi import APIRouter

from services.deps import Ready

router = APIRouter()


@router.get("/health")
async def health(world: Ready) -> dict[str, str]:
    """Say that the service is up, and the digest of its data."""
    return {"status": "ok", "digest": world.catalog.digest}
