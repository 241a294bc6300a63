"""Tests for PCA and feature selection: fitted right, and the same in the compiled network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgekit import ops, targets, tflite
from edgekit.compiler import compile_tflite
from edgekit.compress.input_stage import pca, selection
from edgekit.datasets import Samples
from edgekit.errors import InputError
from edgekit.models._freezing import freeze
from edgekit.quantize import Network, int8_ptq
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


def _samples() -> Samples:
    """Nine features: two tell the class, one never changes, the rest is noise."""
    random = np.random.default_rng(0)
    y = np.arange(200) % 2
    x = random.normal(0, 1, (200, 3, 3)).astype(np.float32)
    x[:, 0, 1] += 3 * y
    x[:, 2, 2] -= 5 * y
    x[:, 1, 1] = 7.0
    return Samples("made", x, y, (), 200)


def test_components_are_those_of_the_covariance() -> None:
    data = _samples()
    stage = pca(data, 3)
    flat = data.x.reshape(200, 9).astype(np.float64)
    values = np.sort(np.linalg.eigvalsh(np.cov(flat.T)))[::-1]
    assert stage.explained == pytest.approx(values[:3].sum() / values.sum(), rel=1e-6)
    made = flat @ stage.kernel + stage.bias
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(made.T), np.eye(3), atol=1e-3)


def test_the_features_that_tell_the_classes_apart_are_chosen() -> None:
    stage = selection(_samples(), 2)
    assert stage.features == (8, 1)
    x = _samples().x.reshape(200, 9)
    np.testing.assert_array_equal(x @ stage.kernel + stage.bias, x[:, [8, 1]])


def test_it_becomes_part_of_the_int8_network() -> None:
    import keras

    data = _samples()

    def head(features: int) -> Any:
        keras.utils.set_random_seed(0)
        inputs = keras.Input((features,))
        return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(inputs))

    model = pca(data, 4).before(head, (3, 3))
    function = freeze(lambda x: model(x, training=False), (1, 3, 3))
    made = int8_ptq.quantize(Network(function, data.x))
    graph = tflite.read(made)
    dense = [op for op in graph.ops if op.kind == "FULLY_CONNECTED"]
    assert [ops.find(op.kind).macs(op, graph) for op in dense] == [9 * 4, 4 * 2]
    compiled = compile_tflite(made, targets.all_boards()[0])
    assert compiled.code.plan.arena_bytes > 0


def test_refused() -> None:
    data = _samples()
    with pytest.raises(InputError, match="10 features can't be made of 200 samples with 9"):
        pca(data, 10)
    with pytest.raises(InputError, match="has no classes"):
        selection(Samples("bare", data.x, None, (), 200), 2)
    with pytest.raises(InputError, match="fitted on 9"):
        pca(data, 2).before(lambda n: n, (4, 4))
