"""From a Keras 3 model in memory to a FloatModel, with what the model says of its training."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.errors import InputError
from edgekit.importers import _frozen
from edgekit.importers._model import BatchNormProbe, FloatModel, ValueRange
from edgekit.ir.tensor import Array
from edgekit.models import flat_layers
from edgekit.models._freezing import freeze


def to_float_model(model: Any, name: str, source: str, notes: tuple[str, ...] = ()) -> FloatModel:
    """Fix the batch to 1, freeze the weights, and look for what the model says of its input.

    Raises:
        InputError: the input's shape is open, or the model was never built.
        UnsupportedError: not one float32 input and one output, or a batch above 1.
    """
    if not getattr(model, "inputs", None):
        raise InputError(
            f"{source}: the model has no inputs yet",
            "build it before saving: add keras.Input(...) or call model.build(input_shape)",
        )
    _frozen.one_of_each(model.inputs, model.outputs, source)
    _frozen.float_input(str(model.inputs[0].dtype), source)
    shape = _frozen.batch_one(tuple(model.inputs[0].shape), source)
    function = freeze(lambda x: model(x, training=False), shape)
    return FloatModel(
        name=name,
        input_shape=shape,
        output_shape=tuple(int(size) for size in function.outputs[0].shape),
        function=function,
        expects=_expected_range(model),
        probe=_probe(model),
        notes=notes,
        keras=model,
    )


def _expected_range(model: Any) -> ValueRange | None:
    """The training data's range, where the first real layer scales its input."""
    for layer in flat_layers(model):
        kind = type(layer).__name__
        if kind in {"InputLayer", "Reshape", "ZeroPadding2D"}:
            continue
        if kind == "Rescaling":
            return _rescaling_range(layer)
        if kind == "Normalization":
            return _normalization_range(layer)
        return None
    return None


def _rescaling_range(layer: Any) -> ValueRange | None:
    """The input range that a Rescaling layer maps onto 0..1 or -1..1."""
    scale, offset = np.asarray(layer.scale).ravel(), np.asarray(layer.offset).ravel()
    if scale.size != 1 or offset.size != 1 or float(scale[0]) == 0.0:
        return None
    because = f"its Rescaling layer {layer.name!r}"
    width = abs(float(scale[0])) * 255
    if 0.9 < width < 2.1:  # 1/255, 1/256, 1/127.5, 1/128: an eight-bit picture
        return ValueRange(0.0, 255.0, because)
    target_low = 0.0 if float(offset[0]) >= 0.0 else -1.0
    ends = sorted((t - float(offset[0])) / float(scale[0]) for t in (target_low, 1.0))
    return ValueRange(ends[0], ends[1], because)


def _normalization_range(layer: Any) -> ValueRange | None:
    """Four standard deviations about the mean that a Normalization layer learned."""
    if layer.mean is None or layer.variance is None:
        return None
    mean, deviation = np.asarray(layer.mean), np.sqrt(np.asarray(layer.variance))
    low, high = float((mean - 4 * deviation).min()), float((mean + 4 * deviation).max())
    return ValueRange(low, high, f"its Normalization layer {layer.name!r}")


def _probe(model: Any) -> BatchNormProbe | None:
    """The first BatchNormalization, also in a nested model, if it was trained."""
    layer = next((x for x in flat_layers(model) if type(x).__name__ == "BatchNormalization"), None)
    if layer is None or layer.axis not in (-1, len(layer.input.shape) - 1):
        return None
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    if not mean.any() and (variance == 1.0).all():
        return None  # as it was initialised: it has seen no data
    return BatchNormProbe(
        layer.name, mean, variance, lambda samples: _arriving(model, layer, samples)
    )


def _arriving(model: Any, layer: Any, samples: Array) -> Array:
    """What reaches a layer when the model runs on samples.

    A model cut off at the layer would spare the rest of the run, but a layer of a nested model
    can't be reached from the outer one's inputs. So the layer's call is listened to.
    """
    arrived: list[Array] = []
    original = layer.call

    def listening(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        arrived.append(np.asarray(inputs))
        return original(inputs, *args, **kwargs)

    layer.call = listening
    try:
        model(samples, training=False)
    finally:
        layer.call = original
    return arrived[0]
