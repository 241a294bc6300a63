"""A Keras model built again with fewer channels, with the weights of those that stay."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.compress._channels import DEPTHWISE, Channels, arguments
from edgekit.ir.tensor import Array
from edgekit.quantize._flatten import Step

_FILTERS = frozenset({"Conv1D", "Conv2D", "Conv2DTranspose", "SeparableConv1D", "SeparableConv2D"})
_VECTORS = frozenset({"BatchNormalization", "PReLU"})  # every weight: channels on the last axis


def rebuild(model: Any, channels: Channels, keep: Array) -> Any:
    """A model without some of its channels.

    Args:
        model: a functional or sequential Keras model.
        channels: from `_channels.find(model)`.
        keep: by a channel's number, whether it stays; all that are fixed have to.

    Returns:
        a functional model of new layers, nested models opened; `model` stays as it is.
    """
    import keras

    inputs = [keras.Input(t.shape[1:], dtype=t.dtype, name=t.name) for t in model.inputs]
    values: dict[int, Any] = dict(zip(channels.flat.inputs, inputs, strict=True))
    maker = _Maker(channels, keep)
    for step in channels.flat.steps:
        given = arguments(step, values)
        made = maker.layer(step, given)
        values[step.output] = made(*given)
    outputs = [values[number] for number in channels.flat.outputs]
    single = len(inputs) == 1 and len(outputs) == 1
    return keras.Model(
        inputs[0] if single else inputs, outputs[0] if single else outputs, name=model.name
    )


class _Maker:
    """Makes each layer once."""

    def __init__(self, channels: Channels, keep: Array) -> None:
        self._channels, self._keep = channels, keep
        self._made: dict[int, Any] = {}
        self._names: set[str] = set()

    def layer(self, step: Step, given: list[Any]) -> Any:
        """The narrower twin of a step's layer, built, with its weights."""
        key = id(step.layer)
        if key not in self._made:
            self._made[key] = self._make(step, given)
        return self._made[key]

    def _make(self, step: Step, given: list[Any]) -> Any:
        import keras

        layer = step.layer
        if not isinstance(layer, keras.Layer):
            return layer  # an operation such as x + y has no weights and no channels of its own
        config = {**layer.get_config(), "name": self._unique(layer.name)}
        taken, left = self._left(step.inputs[0]), self._left(step.output)
        if step.kind in _FILTERS:
            config["filters"] = int(left.sum())
        elif step.kind == "Dense":
            config["units"] = int(left.sum())
        elif step.kind == "Reshape" and not left.all():
            config["target_shape"] = (*config["target_shape"][:-1], int(left.sum()))
        made = type(layer).from_config(config)
        if layer.weights:
            with_list = isinstance(given[0], list)
            made.build([g.shape for g in given[0]] if with_list else given[0].shape)
            made.set_weights(_sliced(step, taken, left))
        made.trainable = layer.trainable
        return made

    def _left(self, value: int) -> Array:
        """By position of a value's last axis, whether the channel stays."""
        found: Array = self._keep[self._channels.of[value]]
        return found

    def _unique(self, name: str) -> str:
        found, count = name, 1
        while found in self._names:
            count += 1
            found = f"{name}_{count}"
        self._names.add(found)
        return found


def _sliced(step: Step, taken: Array, left: Array) -> list[Array]:
    """A layer's weights, in the order of `layer.weights`, for the channels that stay."""
    weights = [np.asarray(w) for w in step.layer.weights]
    if taken.all() and left.all():
        return weights
    if step.kind in _VECTORS:
        return [w[..., left] if w.shape and w.shape[-1] == len(left) else w for w in weights]
    if step.kind == "Conv2DTranspose":
        return [weights[0][:, :, left][..., taken], *(w[left] for w in weights[1:])]
    if step.kind in DEPTHWISE:
        return [weights[0][..., taken, :], *(w[left] for w in weights[1:])]
    if step.kind.startswith("SeparableConv"):
        inner = np.repeat(taken, step.layer.depth_multiplier)
        pointwise = weights[1][..., inner, :][..., left]
        return [weights[0][..., taken, :], pointwise, *(w[left] for w in weights[2:])]
    if step.kind in _FILTERS or step.kind == "Dense":
        return [weights[0][..., taken, :][..., left], *(w[left] for w in weights[1:])]
    return weights
