"""What a Keras model costs by its channels, before anything is converted.

These figures steer which channels go; whether a target is met is decided by whoever set it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edgekit.compress._channels import DEPTHWISE, MIXING, Channels
from edgekit.ir.tensor import Array
from edgekit.quantize._flatten import Step


@dataclass(frozen=True, slots=True)
class Costs:
    """Of a model with the channels that are left.

    Attributes:
        macs: multiply-accumulates of one inference.
        parameters: weights and biases, with BatchNormalization folded into them.
        peak: the most elements that are alive while a layer runs: its inputs, its output and what
            later layers still read.
    """

    macs: int
    parameters: int
    peak: int


def costs(channels: Channels, keep: Array) -> Costs:
    """The costs with the channels for which `keep`, by their number, is true."""
    steps = channels.flat.steps
    left = {value: int(keep[ids].sum()) for value, ids in channels.of.items()}
    macs = [_macs(channels, step, left) for step in steps]
    layers = {id(step.layer): step for step in steps}
    parameters = sum(_parameters(channels, step, left) for step in layers.values())
    return Costs(sum(macs), parameters, int(_alive(channels, left).max(initial=0)))


def _positions(channels: Channels, value: int) -> int:
    return math.prod(channels.shapes[value][:-1])


def _macs(channels: Channels, step: Step, left: dict[int, int]) -> int:
    kind = step.kind
    if kind not in MIXING and kind not in DEPTHWISE:
        return 0
    taken, given = left[step.inputs[0]], left[step.output]
    places = _positions(channels, step.output)
    if kind == "Conv2DTranspose":
        places = _positions(channels, step.inputs[0])
    taps = int(math.prod(getattr(step.layer, "kernel_size", (1,))))
    if kind in DEPTHWISE:
        return places * taps * given
    if kind.startswith("Separable"):
        inner = taken * int(step.layer.depth_multiplier)
        return places * inner * (taps + given)
    return places * taps * taken * given // int(getattr(step.layer, "groups", 1))


def _parameters(channels: Channels, step: Step, left: dict[int, int]) -> int:
    if step.kind not in MIXING and step.kind not in DEPTHWISE:
        return 0
    return _macs(channels, step, left) // max(1, _places(channels, step)) + left[step.output]


def _places(channels: Channels, step: Step) -> int:
    value = step.inputs[0] if step.kind == "Conv2DTranspose" else step.output
    return _positions(channels, value)


def _alive(channels: Channels, left: dict[int, int]) -> Array:
    """Elements alive while each layer with weights, merge or pooling runs.

    What works on each element by itself is done in place or fused: it makes no tensor.
    """
    steps = channels.flat.steps
    root = {number: number for number in channels.flat.inputs}
    for step in steps:
        same = step.kind in _IN_PLACE
        root[step.output] = root[step.inputs[0]] if same else step.output
    last = {root[number]: len(steps) for number in channels.flat.outputs}
    for position, step in enumerate(steps):
        for number in step.inputs:
            last[root[number]] = max(last.get(root[number], 0), position)
    alive = np.zeros(len(steps), np.int64)
    first = dict.fromkeys(channels.flat.inputs, 0)
    for position, step in enumerate(steps):
        first.setdefault(root[step.output], position)
    for value, begin in first.items():
        size = _positions(channels, value) * left[value]
        alive[begin : last.get(value, begin) + 1] += size
    return alive


_IN_PLACE = frozenset(
    {"Activation", "BatchNormalization", "Dropout", "Flatten", "LeakyReLU", "ReLU", "Relu", "Relu6"}
    | {"Reshape", "ZeroPadding2D"}
)
