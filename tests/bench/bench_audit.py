"""The full audit of the plan from a cold start, in a process of its own; the figure is 2 s."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench.bench_membership import best

AUDIT = "import sys; from tzkc_geo.cli import main; main(['audit', '--json', *sys.argv[1:]])"


def cold(*options: str) -> None:
    """Run the audit in a new interpreter."""
    command = [sys.executable, "-c", AUDIT, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Print the first and the best of three cold runs, without files and with the PDF."""
    with tempfile.TemporaryDirectory() as folder:
        for name, options in (("audit", ()), ("with PDF", ("--pdf", str(Path(folder) / "a.pdf")))):
            run = partial(cold, *options)
            start = time.perf_counter()
            run()
            first = time.perf_counter() - start
            sys.stdout.write(f"{name}, cold: first {first:.2f} s, best {best(run):.2f} s\n")


if __name__ == "__main__":
    main()
