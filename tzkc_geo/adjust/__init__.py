"""Least-squares adjustment (测量平差) of reference lines to what is known of them."""

from tzkc_geo.adjust.check import Finding, check
from tzkc_geo.adjust.problem import Options, Problem
from tzkc_geo.adjust.results import AdjustedLine, Adjustment, ObservationResult
from tzkc_geo.adjust.solve import solve

__all__ = [
    "AdjustedLine",
    "Adjustment",
    "Finding",
    "ObservationResult",
    "Options",
    "Problem",
    "check",
    "solve",
]
