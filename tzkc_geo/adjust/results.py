"""What the adjustment returns: frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.derive import Ring
    from tzkc_geo.model import Grade

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedLine:
    """A line after the adjustment; coordinates EPSG:4549, metres."""

    line_id: str
    points: Floats  # (n, 2), prolonged to the farthest corner at either end
    sigma_m: Floats  # (n,), across the line, one standard deviation; grows where extrapolated
    grade: Grade  # located: own evidence; closed: placed by one area; schematic: prior only
    accuracy_m: float | None  # 95 %, largest vertex; None: schematic or an active constraint
    offset_m: float
    rotation_m_per_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationResult:
    """One observation after the adjustment; unused ones are predicted from the rest."""

    observation_id: str
    kind: str
    value: float
    computed: float
    sigma: float
    residual: float  # value - computed
    redundancy: float  # 0 to 1; for an unused one 1: all of it is independent
    w: float | None  # standardised residual; None where redundancy is nil
    detectable: float | None  # smallest detectable error, same unit; None where redundancy is nil
    used: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitArea:
    """A unit's area after the adjustment, with and without its own reported area."""

    unit_id: str
    area_km2: float
    sigma_km2: float
    leave_one_out_km2: float | None
    leave_one_out_sigma_km2: float | None
    redundancy: float | None
    w: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """The whole result; coordinates EPSG:4549, metres."""

    x: Floats  # (2 * lines,) offset m, rotation m per km
    covariance: Floats  # (2 * lines, 2 * lines), a priori (unit weights as stated)
    order: tuple[str, ...]
    lines: Mapping[str, AdjustedLine]
    rings: Mapping[tuple[str, int], Ring]
    observations: tuple[ObservationResult, ...]
    areas: Mapping[str, UnitArea]
    active: tuple[str, ...]  # constraint ids
    violated: tuple[str, ...]  # ids not met by half their tolerance, although active
    sigma0: float
    rank: int
    unknowns: int
    iterations: int
