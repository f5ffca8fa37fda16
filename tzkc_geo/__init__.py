"""Put a science corridor that was planned in words on the ground, with grounds and accuracy.

Boundaries are data, geometry is derived, every answer carries its grounds.

>>> import tzkc_geo
>>> catalog = tzkc_geo.load()
>>> tzkc_geo.locate(121.45, 28.645, catalog).cluster
'c01'
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from tzkc_geo._version import __version__

if TYPE_CHECKING:
    from tzkc_geo.adjacency import adjacency
    from tzkc_geo.areas import areas
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.io.load import load
    from tzkc_geo.membership import assign
    from tzkc_geo.network.reach import reach
    from tzkc_geo.verdict import locate

__all__ = ["Catalog", "__version__", "adjacency", "areas", "assign", "load", "locate", "reach"]

_HOMES = {
    "Catalog": "tzkc_geo.catalog",
    "adjacency": "tzkc_geo.adjacency",
    "areas": "tzkc_geo.areas",
    "assign": "tzkc_geo.membership",
    "load": "tzkc_geo.io.load",
    "locate": "tzkc_geo.verdict",
    "reach": "tzkc_geo.network.reach",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that the package itself is light."""
    if name not in _HOMES:
        msg = f"module 'tzkc_geo' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


class _Package(ModuleType):
    """The package, in which a public function stays one though a module has the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, but do not bind a module over a public function on its import."""
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
