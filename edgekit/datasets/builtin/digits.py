"""1,797 hand-written digits, 8x8, that come with scikit-learn.

From the UCI repository's "Optical Recognition of Handwritten Digits" (Alpaydin, Kaynak, 1998).
"""

from __future__ import annotations

import numpy as np

from edgekit.datasets._samples import Array
from edgekit.errors import ToolError

DESCRIPTION = "1,797 hand-written digits, 8x8, of scikit-learn"

_TEST_SHARE = 0.25
_SEED = 0


def pictures(split: str) -> tuple[Array, Array, tuple[str, ...]]:
    """The training (1,347) or the test (450) part; every class has its share in both.

    Raises:
        ToolError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise ToolError(
            "the digits data set needs scikit-learn", "pip install 'edgekit[tensorflow]'"
        ) from error
    digits = load_digits()
    x = (digits.images / 16.0).astype(np.float32)
    parts = train_test_split(
        x, digits.target, test_size=_TEST_SHARE, random_state=_SEED, stratify=digits.target
    )
    which = 0 if split == "train" else 1
    return parts[which], parts[2 + which], tuple(str(number) for number in range(10))
