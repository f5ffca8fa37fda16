"""Plain Python loops made machine code where there is enough to do: one source for both.

A module of loops keeps its functions plain; `compiled` returns them compiled by numba, and
`in_slices` runs one over slices of its arrays, on several threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SLICES: Final = 4  # a thread, so that a slow one leaves work to the others


def compiled(
    names: Mapping[str, Any], functions: Iterable[Callable[..., Any]]
) -> dict[str, Callable[..., Any]]:
    """Return the names of a module with some of its functions compiled.

    Parameters
    ----------
    names
        The ``globals()`` of the module.
    functions
        Of this module, each after those that it calls.

    Returns
    -------
    dict
        They release the interpreter lock. The machine code is kept beside the module, or in the
        user's cache, for the next process; where neither can be written it is made again each
        time. ``NUMBA_DISABLE_JIT=1`` gives the plain functions.
    """
    from numba import njit  # heavy, and not needed for small arrays

    space = dict(names)
    for function in functions:
        copy = FunctionType(function.__code__, space, function.__name__)
        try:
            space[function.__name__] = njit(nogil=True, cache=True)(copy)
        except RuntimeError:  # numba found no folder to keep it in
            space[function.__name__] = njit(nogil=True)(copy)
    return space


def in_slices(run: Callable[[slice], None], size: int, threads: int | None = None) -> None:
    """Run compiled code over ``size`` items, some slices a thread.

    Parameters
    ----------
    run
        Is given a slice of the items; called once with an empty one first, so that threads do
        not compile at the same time.
    size
        Number of items.
    threads
        None: as many as there are processors that this process may run on.
    """
    workers = threads or len(os.sched_getaffinity(0))
    run(slice(0, 0))
    ends = np.linspace(0, size, workers * SLICES + 1).astype(int).tolist()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, map(slice, ends[:-1], ends[1:])))
