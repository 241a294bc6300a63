"""Blocks of small networks: quantized both ways, compiled, and the same bits as TFLite Micro."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import pipeline, tflite
from edgekit.models._freezing import freeze
from edgekit.packaging import ConvertOptions
from edgekit.quantize import Network, int8_ptq, qat
from tests.support.boards import roomiest
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow

SHAPE = (12, 12, 3)


def _mobilenet_v3(k: Any) -> Any:
    """An inverted residual with hard-swish and squeeze-and-excite (Howard et al. 2019)."""
    layers = k.layers

    def normalized(x: Any, active: bool = True) -> Any:
        x = layers.BatchNormalization()(x)
        return layers.Activation("hard_silu")(x) if active else x

    inputs = k.Input(SHAPE)
    x = first = normalized(layers.Conv2D(8, 3, strides=2, padding="same")(inputs))
    x = normalized(layers.Conv2D(16, 1, use_bias=False)(x))
    x = normalized(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x))
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(4, 1, activation="relu")(y)
    y = layers.Conv2D(16, 1, activation="hard_sigmoid")(y)
    x = layers.Multiply()([x, y])
    x = layers.Add()([normalized(layers.Conv2D(8, 1, use_bias=False)(x), active=False), first])
    x = layers.Activation("hard_silu")(layers.Dense(12)(layers.GlobalAveragePooling2D()(x)))
    return k.Model(inputs, layers.Dense(3, activation="softmax")(x))


def _cut_and_compared(k: Any) -> Any:
    """What exported models move and compare by: slices, axes of 1, extremes, PReLU, ABS."""
    inputs = k.Input(SHAPE)
    x = k.layers.Conv2D(6, 3)(inputs)
    x = k.layers.PReLU(k.initializers.RandomUniform(-0.5, 0.5, seed=1), shared_axes=[1, 2])(x)
    one, other = x[:, 1:, ::2, :3], x[:, :-1, 1::2, 3:]
    x = k.ops.maximum(one, other) + k.ops.minimum(one, other)
    x = k.layers.Conv2D(4, 3)(x)
    x = k.ops.expand_dims(k.ops.abs(x), axis=1)
    x = k.ops.squeeze(x, axis=1)
    return k.Model(inputs, k.layers.Dense(3)(k.layers.Flatten()(x)))


def _ptq(model: Any, samples: np.ndarray) -> bytes:
    function = freeze(lambda x: model(x, training=False), (1, *SHAPE))
    return int8_ptq.quantize(Network(function, samples))


def _qat(model: Any, samples: np.ndarray) -> bytes:
    prepared = qat.prepare(model)
    qat.calibrate(prepared, samples)
    return qat.convert(prepared)


@pytest.mark.parametrize(
    ("build", "method", "kinds"),
    [
        (_mobilenet_v3, _ptq, {"HARD_SWISH", "MUL", "MEAN"}),
        (_mobilenet_v3, _qat, {"HARD_SWISH", "MUL", "MEAN"}),
        (_cut_and_compared, _ptq, {"PRELU", "STRIDED_SLICE", "MAXIMUM", "MINIMUM", "ABS"}),
    ],
    ids=["mobilenet_v3-ptq", "mobilenet_v3-qat", "cut_and_compared-ptq"],
)
def test_verified(build: Any, method: Any, kinds: set[str], tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(5)
    model = build(keras)
    samples = np.random.default_rng(0).uniform(-1, 1, (32, *SHAPE)).astype(np.float32)
    made = method(model, samples)
    int8_ptq.check(made)
    assert kinds <= {op.kind for op in tflite.read(made).ops}
    path = tmp_path / "net.tflite"
    path.write_bytes(made)
    out = tmp_path / "out"
    pipeline.convert(ConvertOptions(str(path), roomiest().board.name, out))
    found = pipeline.verify(out, places=["host"], count=2)
    assert [place.mismatches for place in found.places.values()] == [0]
