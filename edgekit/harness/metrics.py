"""How far two sets of outputs are from each other, in the figures that the field prints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Real = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Metrics:
    """A device's outputs against the reference's, over all samples, in real units.

    Attributes:
        acc: share of samples with the same largest output.
        rmse: root of the mean squared difference.
        mae: mean absolute difference.
        l2r: norm of the difference over the norm of the device's outputs.
        cos: cosine of the angle between both; 1 where both are all zero.
    """

    acc: float
    rmse: float
    mae: float
    l2r: float
    cos: float


def metrics(got: Real, expected: Real) -> Metrics:
    """The metrics of outputs [samples, ...] against the expected ones of the same shape."""
    a, b = got.reshape(len(got), -1), expected.reshape(len(expected), -1)
    difference = a - b
    norm_a, norm_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    distance = float(np.linalg.norm(difference))
    if norm_a == 0.0 or norm_b == 0.0:
        cosine = 1.0 if norm_a == norm_b else 0.0
    else:
        cosine = float(np.vdot(a, b)) / (norm_a * norm_b)
    if distance == 0.0:
        relative, cosine = 0.0, 1.0
    else:
        relative = distance / norm_a if norm_a else math.inf
    return Metrics(
        float(np.mean(a.argmax(axis=1) == b.argmax(axis=1))),
        float(np.sqrt(np.mean(difference**2))),
        float(np.mean(np.abs(difference))),
        relative,
        cosine,
    )
