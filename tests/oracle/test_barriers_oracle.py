"""Many ways are blocked where GEOS says so for each of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.toy import network as toy
from tzkc_geo.network import barriers
from tzkc_geo.network.barriers import Barriers, barriers_of

TOY = barriers_of(toy.transport().barriers)
SIZE = 4000


def both(monkeypatch: pytest.MonkeyPatch, known: Barriers, ways: NDArray[np.float64]) -> None:
    """Check the ways by both rules."""
    assert len(ways) >= barriers.MANY
    many = known.blocked(*ways.T)
    monkeypatch.setattr(barriers, "MANY", len(ways) + 1)
    each = known.blocked(*ways.T)
    assert np.array_equal(many, each)
    assert many.any()
    assert not many.all()


def test_ways_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    begin = toy.plane(rng.uniform((-6000.0, -1000.0), (10_000.0, 7000.0), (SIZE, 2)))
    both(monkeypatch, TOY, np.hstack([begin, begin + rng.normal(0.0, 800.0, (SIZE, 2))]))


def test_ways_that_touch_begin_on_and_run_along_a_barrier(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    segments = TOY.ends[rng.integers(0, len(TOY.ends), SIZE)]
    share = rng.uniform(0.0, 1.0, (SIZE, 2, 1)).round(1)  # some on the ends themselves
    first, second = (
        segments[:, 0] + share[:, side] * (segments[:, 1] - segments[:, 0]) for side in (0, 1)
    )
    kinds = np.arange(SIZE) % 4
    aside = rng.choice([-1.0, -0.02, -0.005, 0.0, 0.005, 0.02, 1.0], SIZE)[:, None]
    north = np.column_stack([np.zeros(SIZE), np.ones(SIZE)])
    begin = first + aside * north
    end = np.where(kinds[:, None] == 0, begin, begin + rng.normal(0.0, 300.0, (SIZE, 2)))
    end = np.where(kinds[:, None] == 1, second + aside * north, end)
    end = np.where(kinds[:, None] == 2, begin + np.abs(aside) * 100.0 * north, end)
    both(monkeypatch, TOY, np.hstack([begin, end]))


def test_without_barriers_nothing_is_blocked() -> None:
    ways = np.zeros((SIZE, 4))
    assert not barriers_of(()).blocked(*ways.T).any()
