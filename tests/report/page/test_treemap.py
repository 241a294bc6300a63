"""Areas are in proportion to bytes, fill the rectangle and do not overlap."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.report.page.treemap import Box, leaves, squarify
from tests.support.findings import findings


@pytest.mark.parametrize("seed", range(8))
def test_areas(seed: int) -> None:
    random = np.random.default_rng(seed)
    sizes = sorted(random.pareto(1.0, int(random.integers(1, 60))) + 1e-3, reverse=True)
    box = Box(3, 5, 400, float(random.integers(40, 800)))
    found = squarify(sizes, box)
    scale = box.width * box.height / sum(sizes)
    for size, area in zip(sizes, found, strict=True):
        assert area.width * area.height == pytest.approx(size * scale)
        assert area.x >= box.x - 1e-6
        assert area.y >= box.y - 1e-6
        assert area.x + area.width <= box.x + box.width + 1e-6
        assert area.y + area.height <= box.y + box.height + 1e-6
    for i, one in enumerate(found):
        for other in found[:i]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(across, down) < 1e-6


def test_the_first_example_of_the_paper() -> None:
    """Areas 6 6 4 3 2 2 1 in a rectangle of 6 by 4: the first row is both sixes, 3 by 2 each."""
    found = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(b.width, b.height) for b in found[:2]] == [(3, 2), (3, 2)]
    assert found[2].width == pytest.approx(12 / 7)
    assert found[2].height == pytest.approx(7 / 3)


def test_leaves_are_the_whole_image() -> None:
    full = findings()
    assert full.build is not None
    parts = leaves(full)
    assert sum(leaf.nbytes for leaf in parts) == full.build["sizes"]["flash_bytes"]
    weights = sum(leaf.nbytes for leaf in parts if leaf.role == "weights")
    assert weights == full.build["sizes"]["weights_bytes"]


def test_nothing_to_divide() -> None:
    assert squarify([], Box(0, 0, 10, 10)) == []
