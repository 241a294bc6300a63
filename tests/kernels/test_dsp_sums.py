"""Every kernel for DSP cores x random layers x the numpy reference, exact equality.

On the host the twins in C run, with the sanitizers; on the emulated board, the assembler.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import builder, emulators, ops, registry, targets
from edgekit.emulators import host
from edgekit.errors import EdgekitError
from edgekit.kernels import Variant
from tests.kernels.test_kernels import expect_all_right
from tests.support.cases import Case, build_graph
from tests.support.kernel_bundle import write_bundle
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if "dsp" in each.core.features),
    key=lambda target: target.ram_bytes,
)
VARIANTS = [
    "conv_2d_s8_dsp_w16",
    "conv_2d_s8_dsp_w8",
    "conv_2d_s8_dsp_small",
    "conv_2d_s8_dsp_winograd",
    "fully_connected_s8_dsp_w16",
    "fully_connected_s8_dsp_w8",
    "fully_connected_s8_dsp_small",
    "fully_connected_s8_dsp_bytes",
]
COUNT = 40
LIMIT_S = 120.0


def _convolution(random: np.random.Generator) -> dict[str, Any]:
    def draw(low: int, high: int) -> int:
        return int(random.integers(low, high, endpoint=True))

    kernel = [draw(1, 4), draw(1, 4)] if draw(0, 1) else [1, 1]
    # Up to 8 taps have a block of their own.
    depth = draw(1, 9) if draw(0, 3) == 0 else draw(1, 70) if kernel == [1, 1] else draw(1, 19)
    steps = {"stride_h": draw(1, 3), "stride_w": draw(1, 3)} if draw(0, 1) else {}
    dilation = {"dilation_h_factor": draw(1, 3)}
    attrs = {"padding": ["SAME", "VALID"][draw(0, 1)], **steps, **dilation}
    shape = [draw(1, 2), draw(1, 5), draw(1, 17), depth]
    return _layer(random, shape, [draw(1, 35), *kernel, depth], attrs)


def _fully_connected(random: np.random.Generator) -> dict[str, Any]:
    depth, units, rows = (int(random.integers(1, most)) for most in (200, 71, 4))
    if depth % 3 == 0:  # layers with so many weights that they share a function
        depth, units = 32 * int(random.integers(3, 7)), int(random.integers(86, 97))
    elif depth % 3 == 1:  # rows that can be read as they are
        depth, units = 8 * (depth // 8 + 1), 4 * (units // 4 + 1)
    return _layer(random, [rows, depth], [units, depth], {})


def _layer(
    random: np.random.Generator, shape: list[int], weights: list[int], attrs: dict[str, Any]
) -> dict[str, Any]:
    """Zero points at their limits, every activation, outputs that use their range."""
    scale = 0.02
    taps = int(np.prod(weights[1:]))
    zero_points = [int(random.choice([-128, 127, int(random.integers(-128, 128))])) for _ in "ab"]
    activation = str(random.choice(["NONE", "NONE", "RELU", "RELU6", "RELU_N1_TO_1"]))
    bias = {"shape": [weights[0]], "bias": True, "low": -9000, "high": 9000}
    weighted = {"shape": weights, "scale": scale, "const": True, "per_channel": True}
    output_scale = 0.05 * scale * 70 * taps**0.5 * float(2 ** random.uniform(-2, 2))
    return {
        "attrs": {**attrs, "fused_activation_function": activation},
        "inputs": [{"shape": shape, "scale": 0.05, "zero_point": zero_points[0]}, weighted, bias],
        "output": {"scale": output_scale, "zero_point": zero_points[1]},
    }


def _winograd(random: np.random.Generator) -> dict[str, Any]:
    height, width, depth = (int(random.integers(1, most)) for most in (5, 5, 7))
    padding = str(random.choice(["SAME", "VALID"]))
    more = 2 if padding == "VALID" else 0
    shape = [int(random.integers(1, 3)), 2 * height + more, 4 * width + more, 4 * depth]
    weights = [2 * int(random.integers(1, 13)), 3, 3, 4 * depth]
    return _layer(random, shape, weights, {"padding": padding})


GENERATORS: dict[str, Callable[[np.random.Generator], dict[str, Any]]] = {
    "CONV_2D": _convolution,
    "FULLY_CONNECTED": _fully_connected,
    "conv_2d_s8_dsp_winograd": _winograd,
}


def _cases(name: str, variant: Variant) -> list[Case]:
    """Random layers that the variant serves."""
    random = np.random.default_rng(7)
    found: list[Case] = []
    for number in range(COUNT * 10):
        spec = GENERATORS.get(name, GENERATORS[variant.OP])(random)
        try:
            graph = build_graph(variant.OP.lower(), {"name": f"random_{number}", **spec})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit
            continue
        if variant.choose(graph.ops[0], graph, TARGET) is not None:
            found.append(Case(variant.OP.lower(), f"random_{number}", graph))
        if len(found) == COUNT:
            return found
    raise AssertionError(f"{variant} serves only {len(found)} layers of {COUNT * 10}")


@pytest.fixture(params=VARIANTS)
def cases(request: pytest.FixtureRequest) -> list[Case]:
    """Layers that the variant applies to."""
    return _cases(request.param, registry.load("edgekit.kernels", request.param))


def test_host(cases: list[Case], tmp_path: Path) -> None:
    models = write_bundle(tmp_path / "firmware", cases, TARGET, samples=2)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, TARGET) as link:
        expect_all_right(link, models)


@pytest.mark.emulated
def test_emulator(cases: list[Case], tmp_path: Path) -> None:
    needs_emulator(TARGET)
    models = write_bundle(tmp_path / "firmware", cases, TARGET, samples=2)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        expect_all_right(link, models)
