"""A multilayer perceptron: fully connected layers, for features of any kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from edgekit.models import _limits
from edgekit.models._builder import Builder, classifier

DESCRIPTION = "multilayer perceptron for features of any kind"


@dataclass(frozen=True, slots=True)
class Params:
    """The architecture's parameters.

    Attributes:
        input: the features' shape, of any rank.
        classes: outputs of the softmax.
        hidden: units of each hidden layer.
        layers: hidden layers.
        share: 1 gives the hidden layers but the first one set of weights.
    """

    input: tuple[int, ...] = (64,)
    classes: int = 10
    hidden: int = 32
    layers: int = 2
    share: int = 0


def check(params: Params) -> str | None:
    """What is wrong with the values, or None."""
    return _limits.first(
        _limits.between("input's size", math.prod(params.input), 1, 65_536),
        _limits.between("input's rank", len(params.input), 1, 4),
        _limits.between("hidden", params.hidden, 1, 8192),
        _limits.between("layers", params.layers, 1, 32),
        _limits.classes(params.classes),
        _limits.between("share", params.share, 0, 1),
    )


def build(params: Params) -> Any:
    """The Keras 3 model; needs TensorFlow."""
    import keras

    layers = Builder()
    inputs = keras.Input(params.input, name="features")
    x = inputs if len(params.input) == 1 else keras.layers.Flatten(name="flatten")(inputs)
    for number in range(1, params.layers + 1):
        shown = min(number, 2) if params.share else number
        x = layers.dense(x, f"hidden{shown}", params.hidden)
    return keras.Model(inputs, classifier(x, params.classes), name="mlp")
