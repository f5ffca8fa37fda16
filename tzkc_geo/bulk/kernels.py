"""The loops over rows and bytes: plain Python that numba can compile, as in `tzkc_geo.kernel`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.cells import COMPILE_FROM
from tzkc_geo.machine_code import compiled as machine_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[Any]


def look_up(codes: Ints, table: Ints, counts: Ints, out: Ints, valid: Ints) -> None:
    """Look codes up, and count them.

    Parameters
    ----------
    codes
        Shape ``(n,)``, from -1.
    table
        Shape ``(codes, columns)``, by code + 1: the entry in each column, -1 for none.
    counts
        Shape ``(codes,)``, by code + 1: the number of rows is added.
    out
        Shape ``(columns, n)``: the entries, 0 for none.
    valid
        Shape ``(columns, bytes)``, zeros: of each row a bit, lowest first, one where there is
        an entry (the validity bitmap of Arrow).
    """
    columns = table.shape[1]
    for k in range(codes.size):
        at = codes[k] + 1
        counts[at] += 1
        for column in range(columns):
            entry = table[at, column]
            if entry >= 0:
                out[column, k] = entry
                valid[column, k >> 3] |= 1 << (k & 7)
            else:
                out[column, k] = 0


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions of this module compiled, by name; see `machine_code`."""
    return machine_code(globals(), KERNELS)


def functions(size: int) -> dict[str, Callable[..., Any]]:
    """Return the functions for this many rows, compiled where that is worth it or done already."""
    done = compiled.cache_info().currsize > 0
    return compiled() if done or size >= COMPILE_FROM else globals()


KERNELS: Final = (look_up,)
