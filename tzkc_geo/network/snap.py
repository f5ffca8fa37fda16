"""From a position to the network: the entries that can be seen from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tzkc_geo.network.edges import TENTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.network.build import Network
    from tzkc_geo.transport import Mode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seeds:
    """The entries of the network about one position, each mode in its own layer."""

    nodes: NDArray[np.int32]  # (k,)
    costs: NDArray[np.int32]  # (k,) tenths of a second between the position and the entry
    metres: NDArray[np.float64]  # (k,) straight
    reason: str | None  # why there is none; None: there are some

    @property
    def snap_m(self) -> float | None:
        """How far the nearest of them is, metres; None: there is none."""
        return float(self.metres.min()) if self.metres.size else None


def snap(network: Network, x: float, y: float) -> Seeds:
    """Return the entries within reach of a position that no barrier hides.

    Parameters
    ----------
    network
        From `build.network`.
    x, y
        Metres, EPSG:4549.

    Returns
    -------
    Seeds
        In the order of ``network.access`` and of the nodes; empty with a reason where the
        position lies in water or no entry is within ``network.access_m`` and in sight.
    """
    if network.barriers.wet(x, y)[0]:
        return _none("lies in a river")
    found = [_around(network, mode, x, y) for mode in network.access]
    nodes, costs, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    if nodes.size:
        return Seeds(nodes=nodes, costs=costs, metres=metres, reason=None)
    return _none(_why(network, x, y))


def _none(reason: str) -> Seeds:
    ints = np.empty(0, dtype=np.int32)
    return Seeds(nodes=ints, costs=ints, metres=np.empty(0), reason=reason)


def _around(
    network: Network, mode: Mode, x: float, y: float
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return the entries of one mode, their costs and distances."""
    nodes = network.entries(mode)
    ends = network.graph.xy[nodes]
    metres = np.hypot(ends[:, 0] - x, ends[:, 1] - y)
    near = np.flatnonzero(metres <= network.access_m(mode))
    seen = near[~network.barriers.blocked(x, y, ends[near, 0], ends[near, 1])]
    costs = np.rint(metres[seen] * network.seconds_per_m(mode) * TENTHS).astype(np.int32)
    return nodes[seen], costs, metres[seen]


def _why(network: Network, x: float, y: float) -> str:
    """Say why no entry can be used: how far the nearest is, and what lies before it."""
    modes = ", ".join(network.access)
    nodes = np.concatenate([network.entries(mode) for mode in network.access])
    if not nodes.size:
        return f"has no network about it: nothing is open to {modes} in {network.scenario.name}"
    ends = network.graph.xy[nodes]
    metres = np.hypot(ends[:, 0] - x, ends[:, 1] - y)
    nearest = int(metres.argmin())
    most = max(network.access_m(mode) for mode in network.access)
    said = f"the nearest entry for {modes}, {network.node_name[nodes[nearest]]}, is "
    said += f"{metres[nearest]:.0f} m away"
    met = network.barriers.met(x, y, *ends[nearest].tolist())
    behind = f" behind {'、'.join(row.name_zh for row in met)}" if met else ""
    return f"has no network within {most:.0f} m: {said}{behind}"
