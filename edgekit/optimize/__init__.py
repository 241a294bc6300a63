"""From a trained network to the one that meets a board's limits, and what that cost."""

from __future__ import annotations

from edgekit.optimize._limits import Limits, parse_bytes, parse_points, parse_time
from edgekit.optimize._optimize import Optimized, OptimizeOptions, optimize
from edgekit.optimize._result import Figures, Variant

__all__ = [
    "Figures",
    "Limits",
    "OptimizeOptions",
    "Optimized",
    "Variant",
    "optimize",
    "parse_bytes",
    "parse_points",
    "parse_time",
]
