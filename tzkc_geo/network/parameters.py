"""Speeds, factors and times of the travel-time model, from the rows of the impedances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError
from tzkc_geo.transport import Grounds, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tzkc_geo.transport import Impedance

REQUIRED: Final = (
    "walk_kmh",
    "bike_kmh",
    "local_free_kmh",
    "local_peak_kmh",
    "detour_walk",
    "detour_bike",
    "detour_road",
    "connector_m",
    "entry_step_m",
    "park_s",
)
OPTIONAL: Final = ("station_access_s", "alight_s", "transfer_s")  # 0 where no row gives them
STATION_M: Final = 100.0  # to and from a station on foot where `walk` is not among the modes
SURFACE: Final = (Mode.WALK, Mode.BIKE, Mode.ROAD)
WORST_LAST: Final = tuple(Grounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The travel-time model at one time of the day (参数)."""

    values: Mapping[str, float]  # of `REQUIRED` and `OPTIONAL`, units as their names say
    grounds: Mapping[str, Grounds]
    peak: bool

    def __getitem__(self, name: str) -> float:
        """Return one value."""
        return self.values[name]

    def speed_id(self, mode: Mode) -> str:
        """Return the row that gives the speed of a surface mode off the network."""
        if mode is Mode.ROAD:
            return "local_peak_kmh" if self.peak else "local_free_kmh"
        return f"{mode}_kmh"

    def seconds_per_m(self, mode: Mode) -> float:
        """Return seconds a metre of straight line off the network: detour factor by speed."""
        return 3.6 * self[f"detour_{mode}"] / self[self.speed_id(mode)]

    @property
    def change_s(self) -> float:
        """The least time from gate to gate where one changes, so that a transfer is as stated."""
        return self["transfer_s"] - self["alight_s"] - self["station_access_s"]

    def surface_grounds(self, mode: Mode) -> Grounds:
        """Return what travel off the network rests on."""
        ids = self.speed_id(mode), f"detour_{mode}"
        return worst([self.grounds[name] for name in ids])


def parameters_of(rows: Sequence[Impedance], *, peak: bool) -> Parameters:
    """Return the parameters that the rows give.

    Raises
    ------
    DataError
        A row that is needed is not there; its value is not above 0, or below 0 for a time; a
        detour factor is below 1.
    """
    given = {row.impedance_id: row for row in rows}
    for name in REQUIRED:
        if name not in given:
            msg = f"impedances.csv: no row {name!r}, expected rows {', '.join(REQUIRED)}; add it"
            raise DataError(msg)
    for name, row in given.items():
        expected = _expected(name, row.value)
        if expected:
            msg = f"impedances.csv: {name!r} is too small, expected {expected}, got {row.value}"
            raise DataError(msg)
    names = [*REQUIRED, *OPTIONAL]
    values = {name: given[name].value if name in given else 0.0 for name in names}
    return Parameters(
        values=values, grounds={name: row.grounds for name, row in given.items()}, peak=peak
    )


def _expected(name: str, value: float) -> str:
    """Return what a value that is too small should be; empty: it is large enough."""
    if name.startswith("detour_"):
        return "" if value >= 1 else "at least 1"
    if name.endswith("_s"):
        return "" if value >= 0 else "0 or more"
    return "" if value > 0 else "a number above 0"


def worst(grounds: Sequence[Grounds]) -> Grounds:
    """Return the weakest of some grounds: assumed before derived, measured and published."""
    return max(grounds, key=WORST_LAST.index)
