"""A short training of a prepared model."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.ir.tensor import Array
from edgekit.quantize._network import Network

_BATCH = 32
_RATE = 5e-4  # a tenth to a half of what training from scratch takes: the weights are good already
_SEED = 0


def train(model: Any, network: Network) -> None:
    """Fit a prepared model: to the classes, where the data have them, else to the float model.

    Args:
        model: from `qat.prepare`.
        network: the float network with its samples, classes and epochs. Without classes the
            answers of the float model are what is learned.
    """
    import keras

    keras.utils.set_random_seed(_SEED)
    goal, loss = _goal(model, network)
    steps = max(1, network.epochs * -(-len(network.samples) // _BATCH))
    rate = keras.optimizers.schedules.CosineDecay(_RATE, steps)
    # Compiled by XLA the first step takes longer than these few epochs.
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    model.fit(
        network.samples, goal, batch_size=_BATCH, epochs=network.epochs, shuffle=True, verbose=0
    )


def _goal(model: Any, network: Network) -> tuple[Array | None, str]:
    shape = model.outputs[0].shape
    classes = network.classes
    fits = classes is not None and len(shape) == 2 and shape[1] > int(classes.max()) > 0
    if fits and _is_distribution(model, network.samples[:_BATCH]):
        return classes, "sparse_categorical_crossentropy"
    answers = network.keras.predict(network.samples, batch_size=_BATCH, verbose=0)
    return np.asarray(answers, np.float32), "mean_squared_error"


def _is_distribution(model: Any, samples: Array) -> bool:
    """Whether the outputs are probabilities: 8 bits leave their sum within a few hundredths."""
    answers = np.asarray(model(samples, training=False))
    return bool((answers >= 0).all() and np.abs(answers.sum(axis=1) - 1).max() < 0.1)
