"""200 patches of photographs, 25x25, half of them faces, that come with scikit-image.

From Huang et al., "Labeled Faces in the Wild", 2007; scikit-image's choice has 100 faces and 100
patches of their backgrounds.
"""

from __future__ import annotations

import numpy as np

from edgekit.datasets._samples import Array
from edgekit.errors import ToolError

DESCRIPTION = "200 face and non-face patches, 25x25, of Labeled Faces in the Wild (scikit-image)"

_TEST_EVERY = 4
_SEED = 0


def pictures(split: str) -> tuple[Array, Array, tuple[str, ...]]:
    """The training (150) or the test (50) part, half faces, shuffled.

    Raises:
        ToolError: scikit-image is not installed.
    """
    try:
        from skimage.data import lfw_subset
    except ImportError as error:
        raise ToolError(
            "the faces data set needs scikit-image", "pip install 'edgekit[datasets]'"
        ) from error
    x = lfw_subset()
    y = (np.arange(len(x)) < len(x) // 2).astype(np.int64)  # the faces come first
    is_test = np.arange(len(x)) % _TEST_EVERY == 0
    wanted = np.flatnonzero(is_test if split == "test" else ~is_test)
    order = np.random.default_rng(_SEED).permutation(wanted)
    return x[order].astype(np.float32), y[order], ("other", "face")
