"""The full audit of the plan from a cold start, in a process of its own; the figure is 2 s."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.bench_membership import best

AUDIT = "from tzkc_geo.cli import main; main(['audit', '--json'])"


def cold() -> None:
    """Run the audit in a new interpreter."""
    subprocess.run([sys.executable, "-c", AUDIT], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Print the first and the best of three cold runs."""
    start = time.perf_counter()
    cold()
    first = time.perf_counter() - start
    sys.stdout.write(f"audit, cold: first {first:.2f} s, best {best(cold):.2f} s\n")


if __name__ == "__main__":
    main()
