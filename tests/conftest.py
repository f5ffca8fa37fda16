"""Settings and fixtures that hold for all tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tzkc_geo.adjust import Adjustment, Problem
    from tzkc_geo.catalog import Catalog, Tables

# The same examples on every machine and no time limit for one: a red test is a fault of the code.
settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")

# Small matrices: where the tests share the cores, threads of OpenBLAS wait for each other, and a
# build takes a minute instead of four seconds. This counts only before NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def real_tables() -> Tables:
    """Return the shipped tables; `TZKC_DATA` does not count."""
    from tzkc_geo.io.folder import find_folder
    from tzkc_geo.io.tables import read_tables

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TZKC_DATA", raising=False)
        return read_tables(find_folder())


@pytest.fixture(scope="session")
def real_problem(real_tables: Tables) -> Problem:
    """Return the adjustment problem of the shipped tables."""
    from tzkc_geo.build import problem_of

    return problem_of(real_tables)


@pytest.fixture(scope="session")
def real_adjustment(real_problem: Problem) -> Adjustment:
    """Return the adjustment of the shipped tables."""
    from tzkc_geo.adjust import solve

    return solve(real_problem)


@pytest.fixture(scope="session")
def real_catalog(real_tables: Tables) -> Catalog:
    """Return the catalog of the shipped tables, built in memory; some 4 s."""
    from tzkc_geo.build import build

    return build(real_tables)
