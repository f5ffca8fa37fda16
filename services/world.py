"""The data that the service answers from, and its exchange for new data in one step."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from tzkc_geo._version import __version__
from tzkc_geo.outlines import outlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.io.papers import Papers

    Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """One catalog and what is made of it; a request sees one world from its start to its end."""

    catalog: Catalog
    modified: datetime  # when its files were last changed, UTC, whole seconds
    key: str  # of everything that an answer follows from: data, network, papers and version
    papers: Papers | None = None  # what an audit sets the geometry against; None: not loaded
    _made: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[Catalog], Made]) -> Made:
        """Return what ``make`` gives for this catalog; it is made once, and kept.

        Parameters
        ----------
        name
            Of the thing; a name always goes with the same ``make``.
        make
            Called with the catalog, by one thread at a time; other things are not held up.
        """
        if name not in self._made:
            with self._locks.setdefault(name, threading.RLock()):
                if name not in self._made:
                    self._made[name] = make(self.catalog)
        made: Made = self._made[name]
        return made


def as_world(found: Catalog | World) -> World:
    """Return a world as it is, and a catalog as a world of this moment."""
    return found if isinstance(found, World) else world_of(found)


def world_of(
    catalog: Catalog, modified: datetime | None = None, *, papers: Papers | None = None
) -> World:
    """Return a world with the outlines of its catalog ready for the first request."""
    outlines(catalog)
    read = "" if papers is None else papers.digest
    parts = (catalog.digest, catalog.transport.digest, read, __version__)
    return World(
        catalog=catalog,
        modified=(modified or datetime.now(UTC)).replace(microsecond=0),
        key=sha256("\0".join(parts).encode()).hexdigest(),
        papers=papers,
    )


class Holder:
    """Holds the world that requests are answered from; `swap` exchanges it in one step."""

    def __init__(self, load: Callable[[], World]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self.world = load()

    def reload(self) -> World:
        """Load the data anew and put it in place; where that fails, the old world stays.

        Raises
        ------
        TzkcError
            The new data is broken; the message says where.
        """
        with self._lock:
            fresh = self._load()
            self.world = fresh
        return fresh
