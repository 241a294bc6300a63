"""A small convolutional network: convolution and pooling by turns, then one hidden layer.

After LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, with what
has become usual since: ReLU, batch normalization, maximum pooling and dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier

DESCRIPTION = "small CNN for pictures such as digits: convolutions, pooling, one hidden layer"


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: height, width and channels of the image.
        classes: outputs of the softmax.
        filters: channels of the first convolution; each next one has twice as many.
        blocks: convolutions, each with a pooling that halves the picture.
        hidden: units of the hidden layer.
    """

    input: tuple[int, ...] = (28, 28, 1)
    classes: int = 10
    filters: int = 8
    blocks: int = 2
    hidden: int = 32


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.between("blocks", params.blocks, 1, 6),
        _limits.picture(params.input, 2**params.blocks if 1 <= params.blocks <= 6 else 2),
        _limits.between("filters", params.filters, 1, 256),
        _limits.between("hidden", params.hidden, 1, 4096),
        _limits.classes(params.classes),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder()
    inputs = keras.Input(params.input, name="image")
    x = inputs
    for number in range(1, params.blocks + 1):
        x = layers.conv(x, f"block{number}", params.filters * 2 ** (number - 1), 3)
        x = keras.layers.MaxPooling2D(name=f"block{number}_pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dropout(0.2)(x)
    x = layers.dense(x, "hidden", params.hidden)
    return keras.Model(inputs, classifier(x, params.classes), name="cnn")
