"""Random 3x3 depthwise convolutions, every one computed by the DSP variant, as C and assembler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import builder, emulators, kernels, ops, targets
from edgekit.emulators import host
from edgekit.errors import EdgekitError
from edgekit.kernels import Goal
from tests.kernels.test_kernels import expect_all_right
from tests.support.cases import Case, build_graph
from tests.support.kernel_bundle import write_bundle
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda target: ("mve" not in target.core.features, target.ram_bytes),
)
COUNT = 24


def _spec(random: np.random.Generator) -> dict[str, Any]:
    channels, multiplier = int(random.integers(1, 12)), int(random.choice([1, 1, 1, 2, 5]))
    height, width = (int(each) for each in random.integers(1, 18, 2))
    stride = int(random.integers(1, 3))
    attrs = {
        "stride_h": stride,
        "stride_w": stride,
        "depth_multiplier": multiplier,
        "padding": str(random.choice(["SAME", "VALID"])),
        "fused_activation_function": "RELU",
    }
    scale = float(10 ** random.uniform(-2.5, -1))
    zero_point = int(random.choice([-128, 127, 0, int(random.integers(-128, 128))]))
    weights = {"shape": [1, 3, 3, channels * multiplier], "scale": 0.02, "axis": 3, "const": True}
    return {
        "attrs": attrs,
        "inputs": [
            {"shape": [int(random.integers(1, 3)), height, width, channels]}
            | {"scale": scale, "zero_point": zero_point},
            weights | {"per_channel": True},
            {"shape": [channels * multiplier], "bias": True},
        ],
        "output": {"scale": scale * float(random.uniform(0.5, 8)), "zero_point": -128},
    }


def _cases(seed: int) -> list[Case]:
    random = np.random.default_rng(seed)
    found: list[Case] = []
    while len(found) < COUNT:
        name = f"random_{len(found)}"
        try:
            graph = build_graph("depthwise_conv_2d", {"name": name, **_spec(random)})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit; draw again
            continue
        found.append(Case("depthwise_conv_2d", name, graph))
    return found


def test_the_variant_takes_all_cases() -> None:
    for case in _cases(seed=1):
        choice = kernels.select(case.graph.ops[0], case.graph, TARGET, Goal.BALANCED)
        assert choice.variant == "s8_dsp_3x3", case.name


def test_host(tmp_path: Path) -> None:
    write_bundle(tmp_path / "firmware", _cases(seed=1), TARGET, samples=1)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, TARGET) as link:
        expect_all_right(link, COUNT)


@pytest.mark.emulated
def test_emulator(tmp_path: Path) -> None:
    needs_emulator(TARGET)
    write_bundle(tmp_path / "firmware", _cases(seed=1), TARGET, samples=1)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        expect_all_right(link, COUNT)
