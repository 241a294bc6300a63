"""Made-up features with the shape and range of MFCCs, to quantize an untrained network with.

python examples/keyword_spotting/features.py OUT.npz
"""

from __future__ import annotations

import sys

import numpy as np


def features(count: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth random tracks [count, 49 frames, 10 coefficients, 1], the first one far below zero.

    Real MFCCs look so: the first coefficient is the loudness, the others fall off in size, and
    neighbouring frames are alike.
    """
    steps = rng.normal(size=(count, 49, 10, 1))
    tracks = np.stack([steps[:, max(0, t - 4) : t + 1].mean(axis=1) for t in range(49)], axis=1)
    size = np.array([40.0, *(16.0 / np.arange(1, 10))]).reshape(10, 1)
    loudness = np.array([-40.0, *[0.0] * 9]).reshape(10, 1)
    return (tracks * size + loudness).astype(np.float32)


if __name__ == "__main__":
    np.savez(sys.argv[1], x=features(200, np.random.default_rng(0)))
