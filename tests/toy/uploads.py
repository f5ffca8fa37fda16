"""What tests send to ``POST /locate``, and how."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from services.uploads import ENDING_OF
from tests.toy.world import middle

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

MEDIA = {ending: media for media, ending in ENDING_OF.items()}
OCTETS = "application/octet-stream"
ARROW = "application/vnd.apache.arrow.stream"
SITES = [("a", *middle("c01")), ("b", *middle("c09")), ("c", 121.2, 28.5)]
TEXT = "id,lon,lat\n" + "".join(f"{name},{lon!r},{lat!r}\n" for name, lon, lat in SITES)


def post(client: TestClient, data: bytes | str, media: str, **more: Any) -> Any:  # noqa: ANN401
    """Return the answer to a body of a media type."""
    return client.post("/locate", content=data, headers={"content-type": media}, **more)


def positions(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return positions in and about the toy world, shape ``(count, 2)``, little-endian."""
    draw = np.random.default_rng(6)
    return draw.uniform([121.38, 28.63], [121.47, 28.74], (count, 2)).astype("<f8")


def stream(points: Any, **more: Any) -> bytes:  # noqa: ANN401
    """Return positions and further columns as an Arrow stream."""
    table = pa.table({"lon": points[:, 0], "lat": points[:, 1], **more})
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as out:
        out.write_table(table)
    return buffer.getvalue()
