"""The mark of tests that need TensorFlow, and what they share: built once per process."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.convert import Converted, to_tflite
from edgekit.datasets import Form, builtin
from edgekit.ir.tensor import Array
from tests.support.corpus import corpus_path
from tests.support.here import here

needs_tensorflow = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(
        importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed"
    ),
]

# The same, and what `child` starts a process for is done in this one.
tensorflow_here = [*needs_tensorflow, pytest.mark.usefixtures("tensorflow_in_this_process")]

# Of kws_ref_model_int8.tflite's input: kws01's features are codes of this quantization.
KWS_SCALE, KWS_ZERO_POINT = 0.5847029, 83


@contextlib.contextmanager
def eagerly() -> Iterator[None]:
    """Keras trains op by op: for the few steps of a test, tracing a graph takes far longer."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


@functools.cache
def folder() -> Path:
    """A folder for files that live as long as the test process."""
    # Kept in a list so that it isn't removed before the process ends.
    _KEPT.append(tempfile.TemporaryDirectory(prefix="edgekit-test-"))
    return Path(_KEPT[-1].name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def digits(split: str) -> tuple[Array, Array]:
    """Digits 8x8x1 from 0 to 1, and their classes."""
    data = builtin.read("digits", Form((8, 8, 1)), split, None)
    assert data.y is not None
    return data.x, data.y


@functools.cache
def digits_model() -> Any:
    """A small convolutional Keras model, trained for seconds: well above guessing."""
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Flatten()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*digits("train"), epochs=6, batch_size=32, verbose=0)
    return model


@functools.cache
def digits_keras() -> Path:
    """`digits_model` as a .keras file."""
    path = folder() / "digits_net.keras"
    digits_model().save(path)
    return path


@functools.cache
def digits_converted() -> Converted:
    """`digits_model`, quantized."""
    with here():
        return to_tflite(digits_keras(), "digits")


def kws_data() -> Path:
    """The real keyword features as floats, with their classes, as .npz."""
    path = folder() / "kws.npz"
    if not path.exists():
        with np.load(corpus_path("kws01", "kws01.npz")) as data:
            x = (data["x"].astype(np.float32) - KWS_ZERO_POINT) * np.float32(KWS_SCALE)
            np.savez(path, x=x, y=data["y"])
    return path


@functools.cache
def kws_converted() -> Converted:
    """The corpus' keyword SavedModel, quantized on real features."""
    with here():
        return to_tflite(corpus_path("keras", "kws_saved_model"), kws_data())


@functools.cache
def resnet8_converted() -> Converted:
    """The corpus' Keras 2 ResNet8, quantized."""
    with here():
        return to_tflite(corpus_path("keras", "resnet8.h5"), resnet8_data())


def resnet8_data() -> Path:
    """Coloured noise in ResNet8's range, 0 to 255, as .npz."""
    path = folder() / "resnet8.npz"
    if not path.exists():
        np.savez(path, x=smooth_noise(60))
    return path


def smooth_noise(count: int) -> Array:
    """Pictures 32x32x3 from 0 to 255 with neighbouring pixels alike, as photographs have."""
    coarse = np.random.default_rng(0).random((count * 3, 8, 8))
    fine = builtin.resized(coarse, 32, 32).reshape(count, 3, 32, 32)
    return (fine.transpose(0, 2, 3, 1) * 255).astype(np.float32)
