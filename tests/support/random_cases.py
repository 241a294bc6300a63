"""Random one-op graphs of the ops that compute on shapes and quantizations, from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit import ops
from edgekit.errors import EdgekitError
from edgekit.ir import DType
from tests.support.cases import Case, build_graph

OPS = (
    "add",
    "average_pool_2d",
    "conv_2d",
    "depth_to_space",
    "depthwise_conv_2d",
    "fully_connected",
    "l2_normalization",
    "max_pool_2d",
    "mean",
    "mul",
    "pack",
    "reduce_max",
    "reduce_min",
    "resize_bilinear",
    "space_to_depth",
    "sub",
    "sum",
    "transpose_conv",
)
_INT8_ALONE = {
    *("depth_to_space", "l2_normalization", "reduce_max", "reduce_min", "resize_bilinear"),
    *("space_to_depth", "transpose_conv"),
}
#: Those that compute int16, too.
OPS_OF_INT16 = tuple(op for op in OPS if op not in _INT8_ALONE)
# Layers that are drawn for each one wanted; if these are too few, the drawing is wrong.
_MOST_DRAWN = 200
_ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


@dataclass(frozen=True, slots=True)
class Sizes:
    """The largest extents that are drawn."""

    image: int = 9
    channels: int = 5
    depth: int = 40
    kernel: int = 5
    groups: int = 3


#: Every remainder that a block of a kernel can leave, and some blocks in front of it.
WIDE = Sizes(image=17, channels=70, depth=300, kernel=5, groups=2)


def random_cases(
    op: str,
    count: int,
    seed: int = 0,
    sizes: Sizes | None = None,
    dtype: DType = DType.INT8,
) -> list[Case]:
    """`count` supported graphs of one of OPS, with activations of int8 or int16."""
    found: list[Case] = []
    generator = _Generator(np.random.default_rng(seed), sizes or Sizes(), dtype)
    for _ in range(_MOST_DRAWN * count):
        if len(found) == count:
            return found
        name = f"random_{seed}_{len(found)}"
        try:
            graph = build_graph(op, {"name": name, **getattr(generator, op)()})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit; draw again
            continue
        found.append(Case(op, name, graph))
    raise AssertionError(f"{op}: {len(found)} layers of {_MOST_DRAWN * count} are supported")


class _Generator:
    """Draws what a case of cases.toml says, one method an op."""

    def __init__(self, random: np.random.Generator, sizes: Sizes, dtype: DType) -> None:
        self._random = random
        self._sizes = sizes
        self._dtype = dtype
        # A step of int16 is so much smaller that the range is about the same.
        self._steps_of_int8 = 256 if dtype is DType.INT16 else 1

    def _int(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high, endpoint=True))

    def _chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)

    def _scale(self) -> float:
        return float(10 ** self._random.uniform(-4, 0.3))

    def _zero_point(self) -> int:
        drawn = int(self._random.choice([-128, 127, 0, self._int(-128, 127)]))
        return 0 if self._dtype is DType.INT16 else drawn

    def _data(self, channels: int) -> dict[str, Any]:
        most = self._sizes.image
        shape = [self._int(1, 2), self._int(1, most), self._int(1, most), channels]
        return {
            "shape": shape,
            "dtype": self._dtype.value,
            "scale": self._scale() / self._steps_of_int8,
            "zero_point": self._zero_point(),
        }

    def _channels(self) -> int:
        return self._int(1, self._sizes.channels)

    def _kernel(self) -> int:
        return int(self._random.choice([1, 3, self._int(1, self._sizes.kernel)]))

    def _activation(self) -> dict[str, Any]:
        return {"fused_activation_function": str(self._random.choice(_ACTIVATIONS))}

    def _steps(self) -> dict[str, Any]:
        padding = str(self._random.choice(["SAME", "VALID"]))
        high, wide = (int(self._random.choice([1, 1, 2, 3, 4])) for _ in range(2))
        return {"padding": padding, "stride_h": high, "stride_w": wide}

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
            limit = self._int(1, 1_000_000) * self._steps_of_int8
            inputs.append({"shape": [weights[axis]], "bias": True, "low": -limit, "high": limit})
        taps = int(np.prod(weights)) // weights[axis]
        spread = taps**0.5 * float(10 ** self._random.uniform(-1, 2.5))
        output_scale = data["scale"] * scale * spread
        output = {"scale": output_scale, "zero_point": self._zero_point()}
        return {"attrs": attrs, "inputs": inputs, "output": output}

    def _convolution_attrs(self) -> dict[str, Any]:
        attrs = self._activation() | self._steps()
        if self._chance(0.3):
            attrs |= {"dilation_h_factor": self._int(1, 3), "dilation_w_factor": self._int(1, 3)}
        return attrs

    def conv_2d(self) -> dict[str, Any]:
        groups = self._int(1, self._sizes.groups) if self._chance(0.4) else 1
        depth, filters = (-(-self._channels() // groups) for _ in range(2))
        weights = [groups * filters, self._kernel(), self._kernel(), depth]
        return self._sum(self._data(groups * depth), weights, 0, self._convolution_attrs())

    def transpose_conv(self) -> dict[str, Any]:
        attrs = self._activation() | self._steps()
        data, kernel = self._data(self._channels()), [self._kernel(), self._kernel()]
        extents = []
        for axis, name in enumerate(("stride_h", "stride_w")):
            windows = (data["shape"][1 + axis] - 1) * attrs[name]
            least = 1 if attrs["padding"] == "SAME" else kernel[axis]
            extents.append(windows + least + self._int(0, attrs[name] - 1))
        filters = self._channels()
        spec = self._sum(data, [filters, *kernel, data["shape"][3]], 0, attrs)
        source, weights, *bias = spec["inputs"]
        shape = {"dtype": "int32", "values": [data["shape"][0], *extents, filters]}
        if bias:  # its scale goes by the inputs in front, which are others here
            limit = bias[0]["high"]
            bias = [
                {"dtype": "int32", "shape": [filters], "const": True, "low": -limit, "high": limit}
            ]
        spec["output"]["dtype"] = "int8"
        return spec | {"inputs": [shape, weights, source, *bias]}

    def depthwise_conv_2d(self) -> dict[str, Any]:
        multiplier = int(self._random.choice([1, 1, 2, 3]))
        channels = -(-self._channels() // multiplier)
        weights = [1, self._kernel(), self._kernel(), channels * multiplier]
        attrs = self._convolution_attrs() | {"depth_multiplier": multiplier}
        return self._sum(self._data(channels), weights, 3, attrs)

    def fully_connected(self) -> dict[str, Any]:
        depth = self._int(1, self._sizes.depth)
        attrs = self._activation() | {"keep_num_dims": self._chance(0.5)}
        data = self._data(depth)
        data["shape"][1:3] = [1, self._int(1, 2)]
        return self._sum(data, [self._channels(), depth], 0, attrs)

    def average_pool_2d(self) -> dict[str, Any]:
        window = {"filter_height": self._int(1, 6), "filter_width": self._int(1, 6)}
        attrs = self._activation() | self._steps() | window
        return {"attrs": attrs, "inputs": [self._data(self._channels())]}

    def max_pool_2d(self) -> dict[str, Any]:
        return self.average_pool_2d()

    def add(self) -> dict[str, Any]:
        first, second = (self._data(self._channels()) for _ in range(2))
        second["shape"] = first["shape"]
        scale = max(first["scale"], second["scale"]) * float(10 ** self._random.uniform(-1, 1))
        return {
            "attrs": self._activation(),
            "inputs": [first, second],
            "output": {"scale": scale, "zero_point": self._zero_point()},
        }

    def sub(self) -> dict[str, Any]:
        return self.add()

    def mul(self) -> dict[str, Any]:
        spec = self.add()
        first, second = (each["scale"] for each in spec["inputs"])
        spec["output"]["scale"] = first * second * float(10 ** self._random.uniform(0, 2.5))
        return spec

    def _reduction(self) -> dict[str, Any]:
        data = self._data(self._channels())
        rank = self._int(1, 4)
        data["shape"] = data["shape"][-rank:]
        axes = [self._int(-rank, rank - 1) for _ in range(self._int(1, 2))]
        return {
            "attrs": {"keep_dims": self._chance(0.5)},
            "inputs": [data, {"dtype": "int32", "values": axes}],
        }

    def mean(self) -> dict[str, Any]:
        scale = self._scale() / self._steps_of_int8
        output = {"scale": scale, "zero_point": self._zero_point()}
        return self._reduction() | ({"output": output} if self._chance(0.7) else {})

    def sum(self) -> dict[str, Any]:
        spec = self._reduction()
        scale = spec["inputs"][0]["scale"] * float(10 ** self._random.uniform(-0.5, 2))
        return spec | {"output": {"scale": scale, "zero_point": self._zero_point()}}

    def reduce_max(self) -> dict[str, Any]:
        return self._reduction()

    def reduce_min(self) -> dict[str, Any]:
        return self._reduction()

    def space_to_depth(self) -> dict[str, Any]:
        data, size = self._data(self._channels()), self._int(1, 3)
        data["shape"][1:3] = [size * -(-extent // size) for extent in data["shape"][1:3]]
        return {"attrs": {"block_size": size}, "inputs": [data]}

    def depth_to_space(self) -> dict[str, Any]:
        size = self._int(1, 3)
        data = self._data(-(-self._channels() // size**2) * size**2)
        return {"attrs": {"block_size": size}, "inputs": [data]}

    def pack(self) -> dict[str, Any]:
        data, count = self._data(self._channels()), self._int(1, 3)
        attrs = {"values_count": count, "axis": self._int(-5, 4)}
        return {"attrs": attrs, "inputs": [data] * count}

    def l2_normalization(self) -> dict[str, Any]:
        data = self._data(self._int(1, self._sizes.depth))
        return {"inputs": [data], "output": {"scale": 1 / 128, "zero_point": 0}}

    def resize_bilinear(self) -> dict[str, Any]:
        size = [self._int(1, 2 * self._sizes.image) for _ in range(2)]
        attrs = [{}, {"align_corners": True}, {"half_pixel_centers": True}][self._int(0, 2)]
        inputs = [self._data(self._channels()), {"dtype": "int32", "values": size}]
        return {"attrs": attrs, "inputs": inputs}
