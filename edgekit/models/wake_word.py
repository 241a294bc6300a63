"""A streaming wake-word network: separable convolutions over time, without padding.

The streaming keyword task of MLPerf Tiny v1.3 (2025) has such a network: the features are the
channels, each convolution spans some time steps, and the last one spans all that are left. No
layer pads, so that every new frame only adds one new value per layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _init, _limits
from edgekit.models._builder import Builder, classifier
from edgekit.models._speech import Speech

DESCRIPTION = "streaming wake-word spotter, convolutions over time (MLPerf Tiny)"

_SPANS = (3, 5, 10)  # time steps of the depthwise convolutions but the last
_LEAST = sum(span - 1 for span in _SPANS) + 1


FRONT_END = Speech(frame_ms=64, step_ms=32)


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: time steps, 1, and features per step.
        classes: outputs of the softmax.
        filters: channels of every layer but the last.
        embedding: channels of the last one.
    """

    input: tuple[int, ...] = (30, 1, 40)
    classes: int = 3
    filters: int = 128
    embedding: int = 32


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    if len(params.input) != 3 or params.input[1] != 1:
        return "input must be TIMEx1xFEATURES"
    return _limits.first(
        _limits.between("input's time", params.input[0], _LEAST, 1024),
        _limits.between("input's features", params.input[2], 1, 1024),
        _limits.between("filters", params.filters, 1, 1024),
        _limits.between("embedding", params.embedding, 1, 1024),
        _limits.classes(params.classes),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder()
    inputs = keras.Input(params.input, name="features")
    x = inputs
    for number, span in enumerate(_SPANS, start=1):
        x = _separable(layers, x, f"block{number}", span, params.filters)
    x = _separable(layers, x, "block4", int(x.shape[1]), params.embedding)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dropout(0.2)(x)
    return keras.Model(inputs, classifier(x, params.classes), name="wake_word")


def _separable(layers: Builder, x: Any, name: str, span: int, filters: int) -> Any:
    """Over time per feature, then over the features; nothing in between."""
    import keras

    x = keras.layers.DepthwiseConv2D(
        (span, 1),
        padding="valid",
        use_bias=False,
        depthwise_initializer=_init.depthwise(),
        name=f"{name}_depthwise",
    )(x)
    return layers.conv(x, f"{name}_pointwise", filters)
