"""The DSP variants of DEPTHWISE_CONV_2D x random layers x the numpy reference, exact equality.

On the host the twins in C run, with the sanitizers; on the emulated board, the assembler.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import builder, emulators, targets
from edgekit.emulators import host
from tests.kernels.test_kernels import expect_all_right
from tests.support.kernel_bundle import only, served, write_bundle
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda target: ("mve" not in target.core.features, target.ram_bytes),
)
COUNT = 16


class _Draw:
    """Random layers; the outputs use their range."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(5)

    def number(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high, endpoint=True))

    def strips(self) -> dict[str, Any]:
        """3x3 with a clamp that int8's range is."""
        stride = self.number(1, 2)
        return self._layer((3, 3), (stride, stride), "RELU", -128)

    def lines(self) -> dict[str, Any]:
        """Any kernel, along one dimension every third time."""
        kernel = (self.number(1, 10), self.number(1, 8))
        turn = self.number(0, 5)
        kernel = (1, kernel[1]) if turn == 0 else ((kernel[0], 1) if turn == 1 else kernel)
        activation = str(self._random.choice(["NONE", "NONE", "RELU", "RELU6", "RELU_N1_TO_1"]))
        strides = (self.number(1, 3), self.number(1, 2))
        return self._layer(kernel, strides, activation, self.zero_point(), column=turn == 1)

    def zero_point(self) -> int:
        return int(self._random.choice([-128, 127, 0, self.number(-128, 127)]))

    def _layer(
        self,
        kernel: tuple[int, int],
        strides: tuple[int, int],
        activation: str,
        zero_point: int,
        column: bool = False,
    ) -> dict[str, Any]:
        channels, multiplier = self.number(1, 12), max(1, self.number(-3, 5))
        image = [self.number(1, 2), self.number(1, 18), 1 if column else self.number(1, 18)]
        if column:
            strides = (min(strides[0], 2), strides[1])
        filters = channels * multiplier
        scale = float(10 ** self._random.uniform(-2.5, -1))
        weights = {"shape": [1, *kernel, filters], "scale": 0.02, "axis": 3, "const": True}
        spread = float(kernel[0] * kernel[1]) ** 0.5 * float(self._random.uniform(0.3, 3))
        return {
            "attrs": {
                "stride_h": strides[0],
                "stride_w": strides[1],
                "depth_multiplier": multiplier,
                "padding": ["SAME", "VALID"][self.number(0, 1)],
                "fused_activation_function": activation,
            },
            "inputs": [
                {"shape": [*image, channels], "scale": scale, "zero_point": self.zero_point()},
                weights | {"per_channel": True},
                {"shape": [filters], "bias": True},
            ],
            "output": {"scale": scale * spread, "zero_point": zero_point},
        }


VARIANTS: dict[str, Callable[[_Draw], dict[str, Any]]] = {
    "depthwise_conv_2d_s8_dsp_3x3": _Draw.strips,
    "depthwise_conv_2d_s8_dsp_3x3_fixed": _Draw.strips,
    "depthwise_conv_2d_s8_dsp_3x3_small": _Draw.strips,
    "depthwise_conv_2d_s8_dsp": _Draw.lines,
    "depthwise_conv_2d_s8_dsp_small": _Draw.lines,
}


@pytest.fixture(params=VARIANTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Layers that a variant serves, compiled with it."""
    draw = functools.partial(VARIANTS[request.param], _Draw())
    cases = served(request.param, draw, TARGET, COUNT)
    write_bundle(tmp_path / "firmware", cases, TARGET, 1, only(request.param))
    return tmp_path / "firmware"


def test_host(project: Path, tmp_path: Path) -> None:
    firmware = builder.build(project, tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, TARGET) as link:
        expect_all_right(link, COUNT)


@pytest.mark.emulated
def test_emulator(project: Path, tmp_path: Path) -> None:
    needs_emulator(TARGET)
    firmware = builder.build(project, tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        expect_all_right(link, COUNT)
