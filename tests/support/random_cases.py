"""Random one-op graphs of the weighted sums, poolings and MEAN, from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit import ops
from edgekit.errors import EdgekitError
from tests.support.cases import Case, build_graph

OPS = (
    "average_pool_2d",
    "conv_2d",
    "depthwise_conv_2d",
    "fully_connected",
    "max_pool_2d",
    "mean",
)
_ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def random_cases(op: str, count: int, seed: int = 0) -> list[Case]:
    """`count` supported graphs of one of OPS."""
    found: list[Case] = []
    generator = _Generator(np.random.default_rng(seed))
    while len(found) < count:
        name = f"random_{seed}_{len(found)}"
        try:
            graph = build_graph(op, {"name": name, **getattr(generator, op)()})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit; draw again
            continue
        found.append(Case(op, name, graph))
    return found


class _Generator:
    """Draws what a case of cases.toml says, one method an op."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    def _int(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high, endpoint=True))

    def _chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)

    def _scale(self) -> float:
        return float(10 ** self._random.uniform(-4, 0.3))

    def _zero_point(self) -> int:
        return int(self._random.choice([-128, 127, 0, self._int(-128, 127)]))

    def _data(self, channels: int) -> dict[str, Any]:
        shape = [self._int(1, 2), self._int(1, 9), self._int(1, 9), channels]
        return {"shape": shape, "scale": self._scale(), "zero_point": self._zero_point()}

    def _activation(self) -> dict[str, Any]:
        return {"fused_activation_function": str(self._random.choice(_ACTIVATIONS))}

    def _steps(self) -> dict[str, Any]:
        padding = str(self._random.choice(["SAME", "VALID"]))
        return {"padding": padding, "stride_h": self._int(1, 4), "stride_w": self._int(1, 4)}

    def _sum(
        self, data: dict[str, Any], weights: list[int], axis: int, attrs: dict[str, Any]
    ) -> dict[str, Any]:
        """Input, weights with a scale or one per channel, mostly a bias, and an output."""
        scale = self._scale() / 10
        inputs = [
            data,
            {
                **{"shape": weights, "scale": scale, "const": True, "axis": axis},
                "per_channel": self._chance(0.5),
            },
        ]
        if self._chance(0.7):
            limit = self._int(1, 1_000_000)
            inputs.append({"shape": [weights[axis]], "bias": True, "low": -limit, "high": limit})
        output_scale = data["scale"] * scale * float(10 ** self._random.uniform(-1, 2.5))
        output = {"scale": output_scale, "zero_point": self._zero_point()}
        return {"attrs": attrs, "inputs": inputs, "output": output}

    def _convolution_attrs(self) -> dict[str, Any]:
        dilations = {"dilation_h_factor": self._int(1, 3), "dilation_w_factor": self._int(1, 3)}
        return self._activation() | self._steps() | dilations

    def conv_2d(self) -> dict[str, Any]:
        groups = self._int(1, 3)
        depth, filters = self._int(1, 4), groups * self._int(1, 4)
        weights = [filters, self._int(1, 5), self._int(1, 5), depth]
        return self._sum(self._data(groups * depth), weights, 0, self._convolution_attrs())

    def depthwise_conv_2d(self) -> dict[str, Any]:
        channels, multiplier = self._int(1, 5), self._int(1, 3)
        weights = [1, self._int(1, 5), self._int(1, 5), channels * multiplier]
        attrs = self._convolution_attrs() | {"depth_multiplier": multiplier}
        return self._sum(self._data(channels), weights, 3, attrs)

    def fully_connected(self) -> dict[str, Any]:
        depth = self._int(1, 40)
        attrs = self._activation() | {"keep_num_dims": self._chance(0.5)}
        return self._sum(self._data(depth), [self._int(1, 9), depth], 0, attrs)

    def average_pool_2d(self) -> dict[str, Any]:
        window = {"filter_height": self._int(1, 6), "filter_width": self._int(1, 6)}
        attrs = self._activation() | self._steps() | window
        return {"attrs": attrs, "inputs": [self._data(self._int(1, 7))]}

    def max_pool_2d(self) -> dict[str, Any]:
        return self.average_pool_2d()

    def mean(self) -> dict[str, Any]:
        data = self._data(self._int(1, 7))
        rank = self._int(1, 4)
        data["shape"] = data["shape"][-rank:]
        axes = [self._int(-rank, rank - 1) for _ in range(self._int(1, 2))]
        output = {"scale": self._scale(), "zero_point": self._zero_point()}
        return {
            "attrs": {"keep_dims": self._chance(0.5)},
            "inputs": [data, {"dtype": "int32", "values": axes}],
            "output": output if self._chance(0.7) else {},
        }
