"""The picture of the memory plan."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from edgekit.report.page import svg, timeline
from edgekit.report.page.findings import Findings
from tests.support.findings import findings


def drawn(blocks: list[tuple[int, int, int, int]], arena: int = 100, ops: int = 4) -> str:
    """The picture of blocks (offset, bytes, first, last) whose names are their positions."""
    full = findings()
    rows = [
        dict(zip(("offset", "nbytes", "first", "last"), block, strict=True))
        | {"role": "activation", "tensors": [f"tensor_{i}"]}
        for i, block in enumerate(blocks)
    ]
    memory = {"arena_bytes": arena, "blocks": rows, "streams": []}
    model = {**full.report["model"], "ops": full.ops[:ops]}
    report: dict[str, Any] = {**full.report, "memory": memory, "model": model}
    made: Findings = dataclasses.replace(full, report=report)
    return str(timeline.draw(made, svg.WIDE))


def boxes(text: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="[\d.]+" '
        r'class="block',
        text,
    )
    return [tuple(map(float, each)) for each in found]  # type: ignore[misc] # four each


def test_bytes_upward_and_ops_to_the_right() -> None:
    low, high = boxes(drawn([(0, 50, -1, 0), (50, 50, 1, 3)]))
    assert low[1] > high[1], "the larger offset lies above"
    assert high[1] + high[3] == low[1]
    assert low[3] == high[3], "equal sizes are equally high"
    assert high[0] > low[0] + low[2], "alive later"
    assert abs(high[2] / low[2] - 1.5) < 0.02, "3 ops and 2"


def test_a_caption_that_would_be_covered_is_not_drawn() -> None:
    assert ">tensor_0<" in drawn([(0, 100, 0, 1), (0, 100, 2, 3)])
    covered = drawn([(0, 100, 0, 1), (0, 100, 0, 3)])
    assert ">tensor_0<" not in covered
    assert "tensor_0\n100 bytes at arena+0" in covered, "its tip still has the name"
    assert ">tensor_1<" in covered


def test_every_block_of_a_plan_is_drawn() -> None:
    full = findings()
    text = str(timeline.draw(full, svg.NARROW))
    assert len(boxes(text)) == len(full.report["memory"]["blocks"])
