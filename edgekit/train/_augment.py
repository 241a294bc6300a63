"""Random changes to a batch, by Keras' own layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edgekit.ir.tensor import Array
from edgekit.train._options import Augment

Change = Callable[[Array], Array]


def changes(options: Augment, shape: tuple[int, ...], low: float, high: float, seed: int) -> Change:
    """What happens to each batch of an epoch.

    Args:
        options: which changes, how strong.
        shape: of a sample: (height, width, channels), (time, frequency), or (length,).
        low: the least value of the data.
        high: their greatest.
        seed: of this epoch.
    """
    layers = _layers(options, low, high, np.random.default_rng(seed))
    if not layers:
        return lambda batch: batch
    height, width, channels = {
        1: (*shape, 1, 1),
        2: (*shape, 1),
    }.get(len(shape), shape)

    def change(batch: Array) -> Array:
        x: Any = batch.reshape(len(batch), height, width, channels)
        for layer in layers:
            x = layer(x, training=True)
        return np.asarray(x, np.float32).reshape(batch.shape)

    return change


def _layers(options: Augment, low: float, high: float, random: np.random.Generator) -> list[Any]:
    import keras

    layers = keras.layers

    def seed() -> int:
        return int(random.integers(2**31))

    made: list[Any] = []
    if options.flip:
        made.append(layers.RandomFlip("horizontal", seed=seed()))
    if options.shift_x or options.shift_y:
        shift = layers.RandomTranslation(
            options.shift_y, options.shift_x, fill_mode="nearest", seed=seed()
        )
        made.append(shift)
    if options.rotate:
        made.append(layers.RandomRotation(options.rotate, fill_mode="nearest", seed=seed()))
    if options.zoom:
        made.append(layers.RandomZoom(options.zoom, fill_mode="nearest", seed=seed()))
    if options.contrast:
        contrast = layers.RandomContrast(options.contrast, value_range=(low, high), seed=seed())
        made.append(contrast)
    if options.brightness:
        brightness = layers.RandomBrightness(
            options.brightness, value_range=(low, high), seed=seed()
        )
        made.append(brightness)
    if options.erase:
        erase = layers.RandomErasing(
            scale=(0.0, options.erase**2), value_range=(low, high), seed=seed()
        )
        made.append(erase)
    if options.noise:
        made.append(layers.GaussianNoise(options.noise * (high - low), seed=seed()))
    return made
