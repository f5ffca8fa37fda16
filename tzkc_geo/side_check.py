"""What was found on one side of a boundary that was checked: offsets, figures, verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tzkc_geo.bounds import Bound
    from tzkc_geo.named_lines import NamedLine

    Floats = NDArray[np.float64]

TOLERANCE_M: Final = 1.0  # below this an outline and a line are one, however well the line is known
CONSTANT_M: Final = (5.0, 40.0)  # half of a road, from a lane to an avenue with its green
SCATTER_SHARE: Final = 0.1  # a constant offset scatters by less than this share of it …
SCATTER_M: Final = 2.0  # … or than this


class SideVerdict(StrEnum):
    """What is said of one side (判定)."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SideCheck:
    """One step of one side of an outline against its line; offsets are positive outward."""

    bound: Bound
    line: NamedLine | None  # the one it was compared with
    length_m: float  # of the outline on this side
    along_m: Floats  # (n,) where the compared pieces lie, from the start of the side, clockwise
    offset_m: Floats  # (n,) from the line to the outline
    reach_m: Floats  # (n,) 95 % accuracy of the line there; nan where only its band is known
    piece_m: Floats  # (n,) lengths of the pieces
    points: Floats  # (n, 2) lon lat, EPSG:4490, of the outline
    feet: Floats  # (n, 2) lon lat, of the line
    beyond_m: float  # length of the side past the known ends of the line, not compared
    verdict: SideVerdict = SideVerdict.NOT_CHECKABLE
    words: str = ""

    @property
    def compared_m(self) -> float:
        """Length that runs along the line, between its known ends."""
        return float(self.piece_m.sum())

    @property
    def turned_m(self) -> float:
        """Length that turns away from the line by more than 60 degrees, not compared."""
        return max(self.length_m - self.compared_m - self.beyond_m, 0.0)

    @property
    def strays(self) -> bool:
        """Whether no part of the side runs along its line, or most of it turns away."""
        return self.compared_m + self.beyond_m <= self.turned_m

    @property
    def mean_m(self) -> float | None:
        """Mean offset; None where nothing was compared."""
        return self._weighted(self.offset_m)

    @property
    def rms_m(self) -> float | None:
        """Root of the mean square offset."""
        square = self._weighted(self.offset_m**2)
        return None if square is None else float(np.sqrt(square))

    @property
    def max_m(self) -> float | None:
        """The largest offset, with its sign."""
        if not self.offset_m.size:
            return None
        return float(self.offset_m[np.argmax(np.abs(self.offset_m))])

    @property
    def scatter_m(self) -> float | None:
        """Standard deviation of the offset along the side."""
        if self.mean_m is None:
            return None
        square = self._weighted((self.offset_m - self.mean_m) ** 2)
        return None if square is None else float(np.sqrt(square))

    @property
    def accuracy_m(self) -> float | None:
        """95 % accuracy of the line, the largest where it was compared; None: only a band."""
        if self.line is None or self.line.sigma_m is None or not self.reach_m.size:
            return None
        return float(self.reach_m.max())

    @property
    def within_share(self) -> float | None:
        """Share of the compared length within the accuracy; None where there is none."""
        if self.line is None or self.line.sigma_m is None:
            return None
        return self._weighted((np.abs(self.offset_m) <= self.reach_m + TOLERANCE_M).astype(float))

    @property
    def constant_m(self) -> float | None:
        """The offset, if it is the same all along and fits half a road's width."""
        mean, scatter = self.mean_m, self.scatter_m
        if mean is None or scatter is None:
            return None
        least, most = CONSTANT_M
        steady = scatter <= max(SCATTER_M, SCATTER_SHARE * abs(mean))
        return mean if steady and least <= abs(mean) <= most else None

    def _weighted(self, values: Floats) -> float | None:
        return float(np.average(values, weights=self.piece_m)) if values.size else None

    def to_json(self) -> dict[str, Any]:
        """Return one element of ``sides`` of ``tzkc check-boundary --json``."""
        line = self.line
        reach = [None if np.isnan(r) else float(r) for r in self.reach_m]
        return {
            "side": self.bound.side,
            "step": self.bound.step,
            "limit_zh": self.bound.limit_zh,
            "line_id": None if line is None else line.line_id,
            "name_zh": None if line is None else line.name_zh,
            "grade": None if line is None else line.grade,
            "band_m": None if line is None else line.band_m,
            "accuracy_m": self.accuracy_m,
            "length_m": self.length_m,
            "compared_m": self.compared_m,
            "beyond_m": self.beyond_m,
            "turned_m": self.turned_m,
            "mean_m": self.mean_m,
            "rms_m": self.rms_m,
            "max_m": self.max_m,
            "scatter_m": self.scatter_m,
            "within_share": self.within_share,
            "constant_m": self.constant_m,
            "verdict": self.verdict,
            "words": self.words,
            "profile": [
                {"along_m": at, "offset_m": off, "reach_m": reach_}
                for at, off, reach_ in zip(
                    self.along_m.tolist(), self.offset_m.tolist(), reach, strict=True
                )
            ],
        }
