"""Files of points against pyarrow alone, all in one run: ``make bench`` prints the ratios.

pyarrow alone reads and writes the same file and assigns nothing. Sizes are read from
TZKC_BENCH_ROWS (10 million), the folder from TZKC_BENCH_FOLDER (a temporary one). Each figure is
the best of three runs; memory is the peak of a process that does nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from distributed import LocalCluster

import tzkc_geo
from tzkc_geo.bulk import Engine, Question, assign_file

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = int(os.environ.get("TZKC_BENCH_ROWS", "10_000_000"))
EDGE_ROWS = max(ROWS // 100, 1000)
GROUP = 1_000_000
FILES = 8  # of the folder for Dask
TIMES = 3


def points(rows: int, *, digits: int, seed: int = 0) -> Any:  # noqa: ANN401  (no types)
    """Return points around the corridor."""
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "lon": rng.uniform(121.2, 121.7, rows).round(digits),
            "lat": rng.uniform(28.5, 28.8, rows).round(digits),
        }
    )


def write_parquet(path: Path, rows: int, *, codec: str, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = points(0, digits=7).schema
    with pq.ParquetWriter(path, schema, compression=codec, use_dictionary=False) as out:
        for at, begin in enumerate(range(0, rows, GROUP)):
            held = points(min(GROUP, rows - begin), digits=7, seed=seed * 1000 + at)
            out.write_table(held)
    return path


def write_csv(path: Path, rows: int, *, digits: int) -> Path:
    with pa_csv.CSVWriter(path, points(0, digits=7).schema) as out:
        for at, begin in enumerate(range(0, rows, GROUP)):
            out.write_table(points(min(GROUP, rows - begin), digits=digits, seed=at))
    return path


def pyarrow_parquet(source: Path, target: Path) -> None:
    with pq.ParquetFile(source) as file:
        codec = file.metadata.row_group(0).column(0).compression
        with pq.ParquetWriter(
            target, file.schema_arrow, compression=codec, use_dictionary=False
        ) as out:
            for batch in file.iter_batches(1 << 18):
                out.write_batch(batch)


def pyarrow_csv(source: Path, target: Path) -> None:
    with pa_csv.open_csv(source) as file, pa_csv.CSVWriter(target, file.schema) as out:
        for batch in file:
            out.write_batch(batch)


def ours(source: Path, target: Path, *, edges: bool = False) -> None:
    assign_file(source, target, question(edges=edges))


@cache
def question(*, edges: bool = False) -> Question:
    return Question.of(tzkc_geo.load(), edges=edges)


JOBS: dict[str, Callable[[Path, Path], None]] = {
    "ours": ours,
    "ours with edges": partial(ours, edges=True),
    "pyarrow parquet": pyarrow_parquet,
    "pyarrow csv": pyarrow_csv,
}


def child(job: str, source: Path, warm: Path) -> None:
    """Print the shortest of some runs, its seconds of processor, and the peak of memory, MiB."""
    target = source.with_name("out" + source.suffix)
    JOBS[job](warm, target)  # compiled code is loaded
    took = []
    for _ in range(TIMES):
        start, busy = time.perf_counter(), time.process_time()
        JOBS[job](source, target)
        took.append((time.perf_counter() - start, time.process_time() - busy))
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    sys.stdout.write(json.dumps([*min(took), peak]))


def measured(job: str, source: Path, warm: Path) -> tuple[float, float, float]:
    """Return what a process of its own printed."""
    command = [sys.executable, __file__, job, str(source), str(warm)]
    out = subprocess.run(command, check=True, capture_output=True).stdout
    seconds, busy, peak = json.loads(out)
    return seconds, busy, peak


def line(name: str, rows: int, seconds: float, busy: float = 0.0, peak: float = 0.0) -> float:
    """Print a rate; the processor time says more of it where others use the machine too."""
    millions = rows / seconds / 1e6
    more = f", {busy / rows * 1e9:7.0f} ns of processor a point, peak {peak:4.0f} MiB"
    sys.stdout.write(f"{name:42s} {millions:9.2f} M points/s{more if peak else ''}\n")
    return millions


def against_pyarrow(folder: Path) -> None:
    few = {
        ".parquet": write_parquet(folder / "few.parquet", 200_000, codec="snappy"),
        ".csv": write_csv(folder / "few.csv", 200_000, digits=7),
    }
    sources = {
        "Parquet snappy": write_parquet(folder / "snappy.parquet", ROWS, codec="snappy"),
        "Parquet zstd": write_parquet(folder / "zstd.parquet", ROWS, codec="zstd"),
        "CSV 7 decimals": write_csv(folder / "seven.csv", ROWS, digits=7),
        "CSV all digits": write_csv(folder / "all.csv", ROWS, digits=15),
    }
    for name, source in sources.items():
        warm = few[source.suffix]
        mine = line(f"assign, {name}", ROWS, *measured("ours", source, warm))
        peer = f"pyarrow {source.suffix.removeprefix('.')}"
        other = line(f"pyarrow reads and writes, {name}", ROWS, *measured(peer, source, warm))
        sys.stdout.write(f"  ratio {name}: {mine / other:.2f} x pyarrow alone\n")
    edges = write_parquet(folder / "edges.parquet", EDGE_ROWS, codec="snappy")
    line("assign --edges, Parquet", EDGE_ROWS, *measured("ours with edges", edges, edges))


def on_dask(folder: Path) -> None:
    """Compare two workers with two threads; the start of the cluster does not count."""
    for k in range(FILES):
        write_parquet(folder / "in" / f"{k}.parquet", ROWS // FILES, codec="snappy", seed=k)
    few = write_parquet(folder / "warm" / "0.parquet", 200_000, codec="snappy").parent
    asked = question()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        engines = {
            "threads": Engine(),
            "Dask": Engine(name="dask", scheduler=cluster.scheduler_address),
        }
        took: dict[str, list[float]] = {name: [] for name in engines}
        for k in range(TIMES + 1):
            for name, engine in engines.items():
                source = folder / "in" if k else few  # the first loads the compiled code
                start = time.perf_counter()
                assign_file(source, folder / f"{name}-{k}", asked, engine=engine)
                took[name].append(time.perf_counter() - start)
    rates = [
        line(f"assign a folder, {name}", ROWS, min(seconds[1:])) for name, seconds in took.items()
    ]
    for file in sorted((folder / "threads-1").iterdir()):
        if file.read_bytes() != (folder / "Dask-1" / file.name).read_bytes():
            sys.exit(f"{file.name}: differs between the engines")
    sys.stdout.write(f"  ratio Dask, 2 workers: {rates[1] / rates[0]:.2f} x threads, same bytes\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        chosen = os.environ.get("TZKC_BENCH_FOLDER")
        with tempfile.TemporaryDirectory(dir=chosen) as name:
            against_pyarrow(Path(name))
            on_dask(Path(name))
