"""DS-CNN: the keyword-spotting network of MLPerf Tiny.

After Zhang et al., "Hello Edge: Keyword Spotting on Microcontrollers", 2017 (arXiv:1711.07128):
a 10x4 convolution with stride 2 over time and frequency, then depthwise-separable blocks of
equal width, average pooling and a classifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier
from edgekit.models._speech import Speech

DESCRIPTION = "DS-CNN keyword spotter on a time x frequency picture (MLPerf Tiny)"


#: 10 MFCC of 40 bands in the second that 49 frames take.
FRONT_END = Speech(frame_ms=40, step_ms=20, low_hz=20, high_hz=4000)


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: time steps, frequency coefficients and channels.
        classes: outputs of the softmax.
        filters: channels of every layer.
        blocks: depthwise-separable blocks.
        share: 1 gives all blocks one set of weights.
    """

    input: tuple[int, ...] = (49, 10, 1)
    classes: int = 12
    filters: int = 64
    blocks: int = 4
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    if len(params.input) != 3:
        return f"input must be TIMExFREQUENCYxCHANNELS, not {len(params.input)} numbers"
    if min(params.input[:2]) < 4 or max(params.input) > 2048:
        return "input must be at least 4x4 and no side above 2048"
    return _limits.first(
        _limits.between("filters", params.filters, 1, 1024),
        _limits.between("blocks", params.blocks, 1, 32),
        _limits.classes(params.classes),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder(bias=True)
    inputs = keras.Input(params.input, name="features")
    x = layers.conv(inputs, "conv", params.filters, (10, 4), stride=2)
    x = keras.layers.Dropout(0.2)(x)
    for number in range(1, params.blocks + 1):
        name = "block1" if params.share else f"block{number}"
        x = layers.depthwise(x, f"{name}_depthwise")
        x = layers.conv(x, f"{name}_pointwise", params.filters)
    x = keras.layers.Dropout(0.4)(x)
    x = keras.layers.AveragePooling2D(tuple(x.shape[1:3]), name="pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, classifier(x, params.classes), name="ds_cnn")
