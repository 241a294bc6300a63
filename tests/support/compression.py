"""A task that a small network learns within a second, and a network for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.datasets import Dataset, Samples
from edgekit.train import Options

LEARNING = Options(epochs=10, batch_size=8, learning_rate=2e-2)


def levels() -> Dataset:
    """Three classes told apart by the mean of the first of two channels, 8x8."""
    random = np.random.default_rng(0)
    y = np.arange(160) % 3
    x = random.normal(0, 0.3, (160, 8, 8, 2)).astype(np.float32)
    x[..., 0] += y[:, None, None]
    parts = [Samples("made", x[i::2], y[i::2], (), 80) for i in range(2)]
    return Dataset("made", parts[0], parts[1], None, (), "")


def small_cnn(width: int = 8, seed: int = 0) -> Any:
    """A convolution, a depthwise one and a Dense layer."""
    import keras

    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((8, 8, 2))
    x = keras.layers.Conv2D(width, 3, padding="same", name="conv")(x)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.8)(x))
    x = keras.layers.ReLU()(keras.layers.DepthwiseConv2D(3, strides=2, name="depthwise")(x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(3, activation="softmax", name="classes")(x)
    return keras.Model(inputs, x, name="small_cnn")
