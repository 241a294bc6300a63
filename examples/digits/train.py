"""Train a small depthwise-separable network on real handwritten digits; save it and its data.

    python examples/digits/train.py --out build/digits

writes OUT/digits.keras, OUT/calibration.npz (typical inputs, for `edgekit convert`) and
OUT/test.npz (pictures that training never saw, with their classes). The digits are scikit-learn's
1,797 pictures of 8x8 pixels, made 16x16. Takes about twenty seconds on two cores.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import datasets
from edgekit.datasets import Form, Samples

# Before TensorFlow is imported: quiet, and the same arithmetic on every processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

SEED = 7
SIZE = 16
EPOCHS = 30
BATCH = 64


def network() -> Any:
    """16x16 grey -> 10 classes; 9,610 weights and statistics."""
    import keras

    layers = keras.layers
    inputs = keras.Input((SIZE, SIZE, 1), name="picture")
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(inputs)
    x = normalized(x, "conv")
    for number, (channels, stride) in enumerate(((32, 1), (64, 2), (64, 1)), start=1):
        name = f"block{number}"
        x = layers.DepthwiseConv2D(
            3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
        )(x)
        x = normalized(x, f"{name}_depthwise")
        x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")(x)
        x = normalized(x, f"{name}_pointwise")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(10, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="digits")


def normalized(x: Any, name: str) -> Any:
    """BatchNormalization and ReLU; the converter folds both into the convolution."""
    import keras

    # 0.9, not Keras' 0.99: over some hundred steps the moving statistics would lag behind the
    # true ones, and the network would be far worse in use than in training.
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def shifted(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each picture moved by up to one pixel to each side: more data for nothing."""
    moves = rng.integers(-1, 2, (len(x), 2))
    return np.stack([np.roll(p, move, (0, 1)) for p, move in zip(x, moves.tolist(), strict=True)])


def train(data: Samples) -> Any:
    """A trained network; the same seeds give the same weights on the same machine."""
    import keras

    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = network()
    steps = EPOCHS * -(-len(data.x) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(4e-3, steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    pictures = np.concatenate([shifted(data.x, rng) for _ in range(EPOCHS)])
    classes = np.tile(np.asarray(data.y), EPOCHS)
    # One long epoch over freshly moved pictures, each of them once per pass.
    model.fit(pictures, classes, batch_size=BATCH, shuffle=False, verbose=0)
    return model


def main() -> None:
    """Train, save, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/digits"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    form = Form((SIZE, SIZE, 1))
    training, test = (datasets.read("digits", form, split=part) for part in ("train", "test"))
    start = time.monotonic()
    model = train(training)
    _, accuracy = model.evaluate(test.x, test.y, verbose=0)
    seconds = time.monotonic() - start
    model.save(out / "digits.keras")
    labels = np.array(training.labels)
    np.savez(out / "calibration.npz", x=training.x[::5], labels=labels)
    np.savez(out / "test.npz", x=test.x, y=test.y, labels=labels)
    print(
        f"{model.count_params():,} weights, {seconds:.0f} s; {100 * accuracy:.1f} % of "
        f"{len(test.x)} test pictures right; written: {out / 'digits.keras'}"
    )


if __name__ == "__main__":
    main()
