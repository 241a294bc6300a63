"""Every kernel for DSP cores x random layers x the numpy reference, exact equality.

On the host the twins in C run, with the sanitizers; on the emulated board, the assembler.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import targets
from tests.kernels.test_kernels import emulate, on_host
from tests.support.cases import Case
from tests.support.kernel_bundle import Selections, each_by_its_own, served
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if "dsp" in each.core.features),
    key=lambda target: target.ram_bytes,
)
COUNT = 18


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


VARIANTS: dict[str, Callable[[np.random.Generator], dict[str, Any]]] = {
    "conv_2d_s8_dsp_w16": _convolution,
    "conv_2d_s8_dsp_w8": _convolution,
    "conv_2d_s8_dsp_small": _convolution,
    "conv_2d_s8_dsp_winograd": _winograd,
    "fully_connected_s8_dsp_w16": _fully_connected,
    "fully_connected_s8_dsp_w8": _fully_connected,
    "fully_connected_s8_dsp_small": _fully_connected,
    "fully_connected_s8_dsp_bytes": _fully_connected,
}


@functools.cache
def _layers() -> tuple[list[Case], Selections]:
    """Layers that each variant serves, to be compiled with it."""
    found = {
        name: served(name, functools.partial(draw, np.random.default_rng(7)), TARGET, COUNT)
        for name, draw in VARIANTS.items()
    }
    return each_by_its_own(found)


def test_host(tmp_path: Path) -> None:
    cases, selections = _layers()
    on_host(tmp_path, cases, TARGET, 2, selections)


@pytest.mark.emulated
def test_emulator(tmp_path: Path) -> None:
    needs_emulator(TARGET)
    cases, selections = _layers()
    emulate(tmp_path, cases, TARGET, 2, selections)
