"""The kernels for cores without SIMD x random layers x the numpy reference, exact equality.

On the host the twins in C run, with the sanitizers, one of each that differs; on the emulated
boards, the assembler. The portable kernels have their own tests.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.targets import Target
from tests.kernels.test_kernels import emulate, on_host
from tests.support.boards import roomiest_of_each_core
from tests.support.cases import Case
from tests.support.kernel_bundle import Selections, each_by_its_own, served
from tests.support.tools import needs_emulator

TARGETS = [t for t in roomiest_of_each_core() if "dsp" not in t.core.features]
# The Cortex-M0's and M3's kernels have one twin.
ON_HOST = [t for t in TARGETS if "thumb2" not in t.core.features]
COUNT = 12


class _Draw:
    """Random layers; the outputs use their range, and zero points are often at their limits."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(11)

    def number(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high, endpoint=True))

    def convolution(self) -> dict[str, Any]:
        kernel = [self.number(1, 4), self.number(1, 4)] if self.number(0, 1) else [1, 1]
        # Few taps often: then a channel is little more than what is around the sums.
        depth = self.number(1, 70) if kernel == [1, 1] else self.number(1, 19)
        depth = self.number(1, 9) if self.number(0, 3) == 0 else depth
        steps = {f"stride_{axis}": self.number(1, 3) for axis in "hw"} if self.number(0, 1) else {}
        attrs = {**steps, "dilation_h_factor": self.number(1, 3), "padding": self.padding()}
        shape = [self.number(1, 2), self.number(1, 5), self.number(1, 17), depth]
        return self._layer(shape, [self.number(1, 35), *kernel, depth], attrs)

    def depthwise(self) -> dict[str, Any]:
        kernel = [3, 3] if self.number(0, 1) else [self.number(1, 5), self.number(1, 5)]
        channels = self.number(1, 20)
        multiplier = max(1, self.number(-3, 3))
        stride = self.number(1, 3)
        attrs = {
            "stride_h": stride,
            "stride_w": stride if self.number(0, 2) else self.number(1, 3),
            "dilation_h_factor": max(1, self.number(-3, 3)),
            "dilation_w_factor": max(1, self.number(-3, 3)),
            "depth_multiplier": multiplier,
            "padding": self.padding(),
        }
        shape = [self.number(1, 2), self.number(1, 18), self.number(1, 18), channels]
        return self._layer(shape, [1, *kernel, channels * multiplier], attrs)

    def fully_connected(self) -> dict[str, Any]:
        depth, units, rows = 2 * self.number(1, 100), self.number(1, 70), self.number(1, 3)
        return self._layer([rows, depth], [units, depth], {})

    def padding(self) -> str:
        return ["SAME", "VALID"][self.number(0, 1)]

    def _layer(self, shape: list[int], weights: list[int], attrs: dict[str, Any]) -> dict[str, Any]:
        depthwise = weights[0] == 1 and len(weights) == 4 and "depth_multiplier" in attrs
        filters, taps = (weights[3], weights[1] * weights[2]) if depthwise else (weights[0], 0)
        scale, taps = float(10 ** self._random.uniform(-2.5, -1)), taps or int(np.prod(weights[1:]))
        activation = str(self._random.choice(["NONE", "NONE", "RELU", "RELU", "RELU6"]))
        zero_points = [int(self._random.choice([-128, 127, 0, self.number(-128, 127)]))] * 2
        if activation == "RELU":
            zero_points[1] = -128
        # From layers whose sums are mostly beyond the range to those that use little of it.
        spread = float(taps) ** 0.5 * float(self._random.uniform(0.3, 3))
        return {
            "attrs": {"fused_activation_function": activation, **attrs},
            "inputs": [
                {"shape": shape, "scale": scale, "zero_point": zero_points[0]},
                {
                    "shape": weights,
                    "scale": 0.02,
                    "axis": 3 if depthwise else 0,
                    "const": True,
                    "per_channel": len(weights) == 4,
                },
                {"shape": [filters], "bias": True},
            ],
            "output": {"scale": scale * spread, "zero_point": zero_points[1]},
        }


VARIANTS: dict[str, Callable[[_Draw], dict[str, Any]]] = {
    "conv_2d_s8_swar": _Draw.convolution,
    "depthwise_conv_2d_s8_plane": _Draw.depthwise,
    "fully_connected_s8_swar": _Draw.fully_connected,
}


@functools.cache
def _layers(target: Target) -> tuple[list[Case], Selections]:
    """Layers that each variant serves, to be compiled with it."""
    found = {
        name: served(name, functools.partial(draw, _Draw()), target, COUNT)
        for name, draw in VARIANTS.items()
    }
    return each_by_its_own(found)


@pytest.mark.parametrize("target", ON_HOST, ids=lambda target: target.core.name)
def test_host(target: Target, tmp_path: Path) -> None:
    cases, selections = _layers(target)
    on_host(tmp_path, cases, target, 1, selections)


@pytest.mark.emulated
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.core.name)
def test_emulator(target: Target, tmp_path: Path) -> None:
    needs_emulator(target)
    cases, selections = _layers(target)
    emulate(tmp_path, cases, target, 1, selections)
