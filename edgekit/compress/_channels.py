"""Which channels of a Keras model belong together: left out, they are left out everywhere.

Every value (a tensor between layers) gets one number per channel of its last axis. Layers that
work on each channel by itself pass the numbers on, layers that mix channels make new ones, and
residual sums declare those of their operands equal. What a layer does that is not known here keeps
all channels that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.quantize._flatten import Flat, Step, Value, flatten

#: Layers that make channels of their own, mixing all that they read.
MIXING = frozenset(
    {
        "Conv1D",
        "Conv2D",
        "Conv2DTranspose",
        "Dense",
        "SeparableConv1D",
        "SeparableConv2D",
    }
)
DEPTHWISE = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})
_EACH_BY_ITSELF = frozenset(
    {
        "Activation",
        "AveragePooling1D",
        "AveragePooling2D",
        "BatchNormalization",
        "Cropping1D",
        "Cropping2D",
        "Dropout",
        "ELU",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "LeakyReLU",
        "MaxPooling1D",
        "MaxPooling2D",
        "PReLU",
        "ReLU",
        "Relu",
        "Relu6",
        "Sigmoid",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "Tanh",
        "UpSampling1D",
        "UpSampling2D",
        "ZeroPadding1D",
        "ZeroPadding2D",
    }
)
_MERGING = frozenset(
    {"Add", "Average", "Divide", "Maximum", "Minimum", "Multiply", "Subtract", "TrueDivide"}
)
_COUPLED = frozenset({"softmax", "log_softmax", "glu"})  # each output depends on all channels


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """The channels of a model.

    Attributes:
        flat: the model's steps.
        of: value -> the number of the channel at each position of its last axis; channels with
            the same number stay or go together.
        shapes: value -> its shape without the batch.
        fixed: by number, whether it has to stay.
        families: numbers made by the same layers, of those that may go; a layer each, or several
            that a residual sum ties.
    """

    flat: Flat
    of: dict[int, Array]
    shapes: dict[int, tuple[int, ...]]
    fixed: Array
    families: tuple[Array, ...]


def find(model: Any) -> Channels:
    """The channels of a functional or sequential Keras 3 model.

    Raises:
        UnsupportedError: a subclassed model, or a layer with several outputs.
    """
    return _Finder(flatten(model), model).find()


def mixes(step: Step) -> bool:
    """Whether a layer mixes all channels that it reads, each by weights of its own."""
    return step.kind in MIXING and getattr(step.layer, "groups", 1) == 1


def arguments(step: Step, values: Mapping[int, Any]) -> list[Any]:
    """What a step is called with, when its inputs are these values.

    Raises:
        UnsupportedError: it takes a value by keyword, or several in a way that is not known here.
    """
    if len(step.arguments) == 1 and isinstance(step.arguments[0], (list, tuple)):
        return [[values[number] for number in step.inputs]]
    named = [a.number for a in step.arguments if isinstance(a, Value)]
    if named != list(step.inputs):
        raise UnsupportedError(
            f"layer {step.layer.name!r} ({type(step.layer).__name__}) is called in a way that "
            "can't be repeated",
            "give its inputs by position, as layer(x) or layer([x, y])",
        )
    return [values[a.number] if isinstance(a, Value) else a for a in step.arguments]


class _Finder:
    def __init__(self, flat: Flat, model: Any) -> None:
        self._flat, self._model = flat, model
        self._parents: list[int] = []
        self._pinned: list[int] = []
        self._made: list[tuple[int, Array]] = []  # (layer's id, the channels that it makes)
        self._of: dict[int, Array] = {}
        self._shapes: dict[int, tuple[int, ...]] = {}
        self._specs: dict[int, Any] = {}
        self._calls: dict[int, tuple[list[Array], Array]] = {}

    def find(self) -> Channels:
        for number, tensor in zip(self._flat.inputs, self._model.inputs, strict=True):
            self._specs[number] = tensor
            self._put(number, tensor.shape[1:])
            self._pin(self._of[number])
        for step in self._flat.steps:
            self._step(step)
            self._tie_calls(step)
        for number in self._flat.outputs:
            self._pin(self._of[number])
        return self._channels()

    def _channels(self) -> Channels:
        roots = np.array([self._root(i) for i in range(len(self._parents))], np.int64)
        _, numbers = np.unique(roots, return_inverse=True)
        of = {value: numbers[ids] for value, ids in self._of.items()}
        fixed = np.zeros(int(numbers.max()) + 1, bool)
        fixed[numbers[np.array(self._pinned, np.int64)]] = True
        makers: dict[int, set[int]] = {}
        for layer, ids in self._made:
            for number in numbers[ids]:
                makers.setdefault(int(number), set()).add(layer)
        families: dict[frozenset[int], list[int]] = {}
        for number, layers in sorted(makers.items()):
            if not fixed[number]:
                families.setdefault(frozenset(layers), []).append(number)
        found = tuple(np.array(each, np.int64) for each in families.values())
        return Channels(self._flat, of, self._shapes, fixed, found)

    def _step(self, step: Step) -> None:
        inputs = [self._of[n] for n in step.inputs]
        made = step.layer.compute_output_spec(*arguments(step, self._specs))
        self._specs[step.output], shape = made, tuple(made.shape[1:])
        handle = self._handler(step)
        if handle is None or not inputs or None in shape:
            for ids in inputs:
                self._pin(ids)
            self._put(step.output, shape)
            self._pin(self._of[step.output])
            return
        self._shapes[step.output] = shape
        self._of[step.output] = handle(step, inputs)

    def _handler(self, step: Step) -> Callable[[Step, list[Array]], Array] | None:
        kind, layer = step.kind, step.layer
        name = _activation(step)
        if kind in MIXING:
            return self._mixing if mixes(step) and _channels_last(layer) else None
        if kind in DEPTHWISE:
            return self._depthwise if _channels_last(layer) and name not in _COUPLED else None
        if kind in _EACH_BY_ITSELF:
            fits = _channels_last(layer) and self._on_last_axis(step) and name not in _COUPLED
            return self._passing if fits and len(step.inputs) == 1 else None
        if kind in _MERGING:
            return self._merging
        if kind == "Concatenate":
            return self._concatenated
        if kind in {"Flatten", "Reshape"}:
            return self._reshaped if _channels_last(layer) else None
        return None

    def _mixing(self, step: Step, _inputs: list[Array]) -> Array:
        known = self._calls.get(id(step.layer))
        if known is not None:  # a shared layer has one set of channels
            return known[1]
        ids = self._new(self._shapes[step.output][-1])
        self._made.append((id(step.layer), ids))
        if _activation(step) in _COUPLED:
            self._pin(ids)
        return ids

    def _depthwise(self, step: Step, inputs: list[Array]) -> Array:
        return np.repeat(inputs[0], step.layer.depth_multiplier)

    def _passing(self, _step: Step, inputs: list[Array]) -> Array:
        return inputs[0]

    def _merging(self, step: Step, inputs: list[Array]) -> Array:
        count = self._shapes[step.output][-1]
        whole = [ids for ids in inputs if len(ids) == count]
        for ids in inputs:
            if len(ids) != count:  # one value for all channels
                self._pin(ids)
        for ids in whole[1:]:
            self._tie(whole[0], ids)
        if len(step.arguments) == 2 and len(inputs) == 1 and not np.isscalar(step.arguments[1]):
            self._pin(inputs[0])  # a constant with a value per channel
        return whole[0]

    def _concatenated(self, step: Step, inputs: list[Array]) -> Array:
        if self._on_last_axis(step):
            return np.concatenate(inputs)
        for ids in inputs[1:]:
            self._tie(inputs[0], ids)
        return inputs[0]

    def _reshaped(self, step: Step, inputs: list[Array]) -> Array:
        taken, given = self._shapes[step.inputs[0]], self._shapes[step.output]
        if given and taken and given[-1] == taken[-1]:
            return inputs[0]
        if len(given) == 1:  # row by row: the channels are the fastest to change
            return np.tile(inputs[0], given[0] // taken[-1])
        self._pin(inputs[0])
        ids = self._new(given[-1])
        self._pin(ids)
        return ids

    def _tie_calls(self, step: Step) -> None:
        """A layer that is called again has to find the same channels."""
        if not step.kind or not getattr(step.layer, "weights", None):
            return
        inputs, output = [self._of[n] for n in step.inputs], self._of[step.output]
        known = self._calls.setdefault(id(step.layer), (inputs, output))
        for one, other in zip((*known[0], known[1]), (*inputs, output), strict=True):
            if one is not other and len(one) == len(other):
                self._tie(one, other)

    def _on_last_axis(self, step: Step) -> bool:
        rank = len(self._shapes[step.inputs[0]]) + 1
        return getattr(step.layer, "axis", -1) in (-1, rank - 1)

    def _put(self, number: int, shape: Any) -> None:
        self._shapes[number] = tuple(shape)
        self._of[number] = self._new(int(shape[-1] or 1) if len(shape) else 1)

    def _new(self, count: int) -> Array:
        first = len(self._parents)
        self._parents.extend(range(first, first + count))
        return np.arange(first, first + count)

    def _pin(self, ids: Array) -> None:
        self._pinned.extend(int(i) for i in ids)

    def _tie(self, one: Array, other: Array) -> None:
        for a, b in zip(one, other, strict=True):
            self._parents[self._root(int(a))] = self._root(int(b))

    def _root(self, i: int) -> int:
        while self._parents[i] != i:
            self._parents[i] = self._parents[self._parents[i]]
            i = self._parents[i]
        return i


def _channels_last(layer: Any) -> bool:
    return getattr(layer, "data_format", "channels_last") in (None, "channels_last")


def _activation(step: Step) -> str:
    return str(getattr(getattr(step.layer, "activation", None), "__name__", ""))
