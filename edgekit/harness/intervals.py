"""How far a share that was counted may be from the true one."""

from __future__ import annotations

import math

#: Standard deviations that 95 % of a normal distribution lie within.
_Z = 1.959964


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share.

    After Wilson, "Probable inference, the law of succession, and statistical inference", 1927:
    unlike the share plus and minus a deviation it stays within 0 and 1, and is honest for few
    samples and for shares near 1.

    Args:
        right: how many were right, 0 to `count`.
        count: how many there were, at least 1.

    Returns:
        the lowest and the highest share that fit what was seen.
    """
    share, z2 = right / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    half /= 1 + z2 / count
    return max(0.0, middle - half), min(1.0, middle + half)
