"""Files of points over the toy world, with the units that have them known by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.toy.world import ROWS, catalog, corner, middle
from tzkc_geo.bulk.question import Question

WORLD = catalog()
QUESTION = Question.of(WORLD)
EDGES = Question.of(WORLD, edges=True)
INFILL = tuple(np.add(corner(3, 0), 0.004))  # in the core, in no cluster
FAR = (121.0, 28.0)
# lon, lat, cluster, zone
PLACES: list[tuple[float, float, str | None, str | None]] = [
    *((*middle(unit), unit, zone) for zone, units in ROWS.items() for unit in units),
    (*INFILL, None, "core"),
    (*FAR, None, None),
    (float("nan"), 28.65, None, None),
    (121.4, float("inf"), None, None),
    (121.4, 91.0, None, None),
    (-181.0, 28.65, None, None),
]
LOST = 4  # of the places have no position


def places(size: int, *, seed: int = 0) -> list[tuple[float, float, str | None, str | None]]:
    """Return so many of the places, in any order."""
    chosen = np.random.default_rng(seed).integers(0, len(PLACES), size)
    return [PLACES[number] for number in chosen]


def table(size: int, *, seed: int = 0) -> pa.Table:
    """Return points between columns of other kinds, some of them null."""
    rows = places(size, seed=seed)
    return pa.table(
        {
            "name": pa.array([f"点{k % 7}" if k % 3 else None for k in range(size)], pa.string()),
            "lon": pa.array([row[0] for row in rows], pa.float64()),
            "parts": pa.array(
                [[k] * 2 if k % 4 else None for k in range(size)], pa.list_(pa.int64())
            ),
            "lat": pa.array([row[1] for row in rows], pa.float64()),
            "when": pa.array(
                [k * 1000 for k in range(size)], pa.timestamp("ms", tz="Asia/Shanghai")
            ),
        }
    ).replace_schema_metadata({"note": "kept", "谁": "台州"})


def expected(size: int, *, seed: int = 0) -> dict[str, list[str | None]]:
    """Return the columns that answer for `table`."""
    rows = places(size, seed=seed)
    return {"cluster": [row[2] for row in rows], "zone": [row[3] for row in rows]}


def answers(held: Any) -> dict[str, list[str | None]]:  # noqa: ANN401  (pyarrow ships no types)
    """Return the columns that answer in an Arrow table."""
    return {name: held.column(name).to_pylist() for name in ("cluster", "zone")}


def bits(held: Any) -> Any:  # noqa: ANN401
    """Return an Arrow table with its doubles as whole numbers, so that NaN equals NaN."""
    for at, name in enumerate(held.schema.names):
        if held.schema.field(name).type == pa.float64():
            whole = [chunk.view(pa.int64()) for chunk in held.column(name).chunks]
            held = held.set_column(at, name, pa.chunked_array(whole, pa.int64()))
    return held


def parquet(path: Path, size: int, *, seed: int = 0, **how: Any) -> Path:  # noqa: ANN401
    """Write such a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(size, seed=seed), path, **how)
    return path


def parts(folder: Path) -> list[Path]:
    """Return what an interrupted run would leave behind."""
    return list(folder.rglob("*.part-*"))
