"""Compiled loops give what the plain ones give, wherever their machine code can be kept."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from tzkc_geo import datum, machine_code


def double(x: float) -> float:
    return 2.0 * x


def shifted(x: float) -> float:
    return double(x) + 1.0


def test_a_function_calls_the_compiled_one_before_it() -> None:
    names = machine_code.compiled(globals(), (double, shifted))
    assert names["shifted"](3.0) == shifted(3.0) == 7.0
    assert names["shifted"] is not shifted


def test_where_nothing_can_be_kept_it_is_compiled_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = numba.njit

    def njit(*, nogil: bool, cache: bool = False) -> Callable[..., Any]:
        if cache:
            msg = "cannot cache function: no locator available"
            raise RuntimeError(msg)
        compiler: Callable[..., Any] = real(nogil=nogil)
        return compiler

    monkeypatch.setattr(numba, "njit", njit)
    assert machine_code.compiled(globals(), (double, shifted))["shifted"](3.0) == 7.0


@pytest.mark.parametrize(
    "convert",
    [datum.wgs84_to_gcj02, datum.gcj02_to_wgs84, datum.gcj02_to_bd09, datum.bd09_to_gcj02],
)
def test_shifts_of_many_are_those_of_few(
    convert: Callable[..., tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform((60.0, -5.0), (150.0, 60.0), (600, 2)).T
    lon[:3], lat[3] = (np.nan, np.inf, -np.inf), np.nan
    plain = np.array(convert(lon, lat))
    monkeypatch.setattr(datum, "COMPILE_FROM", 100)
    fast = np.array(convert(lon.reshape(20, 30), lat.reshape(20, 30)))
    assert fast.shape == (2, 20, 30)
    assert np.array_equal(np.isnan(plain), np.isnan(fast.reshape(2, -1)))
    assert np.nanmax(np.abs(plain - fast.reshape(2, -1))) < 1e-12
