"""DS-CNN: the keyword-spotting network of MLPerf Tiny.

After Zhang et al., "Hello Edge: Keyword Spotting on Microcontrollers", 2017 (arXiv:1711.07128):
a 10x4 convolution with stride 2 over time and frequency, then depthwise-separable blocks of
equal width, average pooling and a classifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _init

DESCRIPTION = "DS-CNN keyword spotter on a time x frequency picture (MLPerf Tiny)"


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: time steps, frequency coefficients and channels.
        classes: outputs of the softmax.
        filters: channels of every layer.
        blocks: depthwise-separable blocks.
    """

    input: tuple[int, ...] = (49, 10, 1)
    classes: int = 12
    filters: int = 64
    blocks: int = 4


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    if len(params.input) != 3:
        return f"input must be TIMExFREQUENCYxCHANNELS, not {len(params.input)} numbers"
    if min(params.input[:2]) < 4 or max(params.input) > 2048:
        return "input must be at least 4x4 and no side above 2048"
    for name, value, most in (("filters", params.filters, 1024), ("blocks", params.blocks, 32)):
        if not 1 <= value <= most:
            return f"{name} must lie in 1 to {most}, not {value}"
    if not 2 <= params.classes <= 10_000:
        return f"classes must lie in 2 to 10000, not {params.classes}"
    return None


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    inputs = keras.Input(params.input, name="features")
    x = keras.layers.Conv2D(
        params.filters,
        (10, 4),
        strides=2,
        padding="same",
        kernel_initializer=_init.dense(),
        name="conv",
    )(inputs)
    x = _normalized(x, "conv")
    x = keras.layers.Dropout(0.2)(x)
    for number in range(1, params.blocks + 1):
        name = f"block{number}"
        x = keras.layers.DepthwiseConv2D(
            3, padding="same", depthwise_initializer=_init.depthwise(), name=f"{name}_depthwise"
        )(x)
        x = _normalized(x, f"{name}_depthwise")
        x = keras.layers.Conv2D(
            params.filters, 1, kernel_initializer=_init.dense(), name=f"{name}_pointwise"
        )(x)
        x = _normalized(x, f"{name}_pointwise")
    x = keras.layers.Dropout(0.4)(x)
    x = keras.layers.AveragePooling2D(tuple(x.shape[1:3]), name="pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    outputs = keras.layers.Dense(params.classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="ds_cnn")


def _normalized(x: Any, name: str) -> Any:
    import keras

    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
