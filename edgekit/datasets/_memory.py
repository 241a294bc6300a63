"""Refuses samples that can't be held, before the computer swaps or the system ends the process."""

from __future__ import annotations

import math
import os

from edgekit.errors import InputError

_COPIES = 2  # the split into training and validation copies them once


def check_room(origin: str, count: int, shape: tuple[int, ...]) -> None:
    """Hold float32 samples against the computer's memory.

    Args:
        origin: where they come from.
        count: how many.
        shape: of each.

    Raises:
        InputError: they need more than there is.
    """
    needed = _COPIES * count * math.prod(shape) * 4
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if needed > there > 0:
            raise InputError(
                f"{origin}: {count:,} samples of {'x'.join(map(str, shape))} need "
                f"{needed / 2**30:,.0f} GiB of memory, and this computer has {there / 2**30:,.0f}",
                "use fewer samples (limit), or a model with a smaller input",
            )
