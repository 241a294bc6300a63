"""ResNet8: the image classifier of MLPerf Tiny, three residual stacks of two convolutions.

After He et al., "Deep Residual Learning for Image Recognition", 2015 (arXiv:1512.03385), cut
down by Banbury et al., "MLPerf Tiny Benchmark", 2021 (arXiv:2106.07597).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _init, _limits
from edgekit.models._builder import Builder, classifier

DESCRIPTION = "ResNet8 image classifier of small pictures (MLPerf Tiny)"


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: height, width and channels of the image.
        classes: outputs of the softmax.
        filters: channels of the first stack; the next two have twice and four times as many.
        share: 1 gives the two equal convolutions of the first stack one set of weights.
    """

    input: tuple[int, ...] = (32, 32, 3)
    classes: int = 10
    filters: int = 16
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.picture(params.input, 8),
        _limits.between("filters", params.filters, 1, 512),
        _limits.classes(params.classes),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder(bias=True)
    inputs = keras.Input(params.input, name="image")
    x = layers.conv(inputs, "conv", params.filters, 3)
    for number in range(1, 4):
        name, filters = f"stack{number}", params.filters * 2 ** (number - 1)
        stride = 1 if number == 1 else 2
        y = layers.conv(x, f"{name}_conv1", filters, 3, stride=stride)
        second = f"{name}_conv1" if params.share and number == 1 else f"{name}_conv2"
        y = layers.conv(y, second, filters, 3, active=False)
        if stride != 1:
            x = keras.layers.Conv2D(
                filters,
                1,
                strides=stride,
                padding="same",
                kernel_initializer=_init.dense(),
                name=f"{name}_shortcut",
            )(x)
        x = layers.activation(keras.layers.Add()([x, y]), f"{name}_relu")
    x = keras.layers.AveragePooling2D(tuple(x.shape[1:3]), name="pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, classifier(x, params.classes), name="resnet8")
