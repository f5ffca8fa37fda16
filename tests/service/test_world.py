"""A world is made once and exchanged whole."""

from dataclasses import replace
from itertools import count

import pytest

from services.world import Holder, World, world_of
from tests.toy.world import catalog
from tzkc_geo.catalog import Catalog
from tzkc_geo.errors import DataError

TOY = catalog()


def test_a_thing_is_made_once_for_a_world() -> None:
    numbers = count()

    def make(given: Catalog) -> int:
        assert given is TOY
        return next(numbers)

    world = world_of(TOY)
    assert [world.once("n", make), world.once("n", make)] == [0, 0]
    assert world_of(TOY).once("n", make) == 1


def test_the_key_follows_from_the_data() -> None:
    assert world_of(TOY).key == world_of(TOY).key
    assert world_of(TOY).key != world_of(replace(TOY, digest="other")).key


def test_broken_new_data_leaves_the_old_in_place() -> None:
    fresh = replace(TOY, digest="fresh")
    answers = iter([TOY, fresh, None])

    def load() -> World:
        found = next(answers)
        if found is None:
            msg = "units.csv:3: wrong"
            raise DataError(msg)
        return world_of(found)

    holder = Holder(load)
    assert holder.reload().catalog is fresh
    with pytest.raises(DataError, match=r"units\.csv:3"):
        holder.reload()
    assert holder.world.catalog is fresh
