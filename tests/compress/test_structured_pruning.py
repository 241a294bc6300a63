"""Tests for channel pruning: what is left computes what the whole did without the channels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgekit.compress import _channels, _costs, _rebuild, structured_pruning
from edgekit.compress.structured_pruning import Limit, PruneOptions, prune
from edgekit.errors import UnsupportedError
from edgekit.train import Options, evaluate, fit
from tests.support.compression import LEARNING, levels
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


def _conv(filters: int, size: int = 3, **options: Any) -> Any:
    import keras

    return keras.layers.Conv2D(filters, size, padding="same", **options)


def _residual() -> Any:
    import keras

    x = inputs = keras.Input((8, 8, 2))
    x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.8)(_conv(12)(x)))
    y = keras.layers.BatchNormalization(momentum=0.8)(_conv(12, name="tied")(x))
    x = keras.layers.ReLU()(keras.layers.Add()([x, y]))
    x = keras.layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, use_bias=False)(x)
    x = keras.layers.GlobalAveragePooling2D()(_conv(10)(x))
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))


def _branches() -> Any:
    import keras

    x = inputs = keras.Input((8, 8, 3))
    one, two = _conv(8, 1)(x), keras.layers.PReLU(shared_axes=[1, 2])(_conv(6)(x))
    x = keras.layers.Concatenate()([one, two])
    x = keras.layers.SeparableConv2D(9, 3, depth_multiplier=2)(keras.layers.MaxPooling2D()(x))
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(12, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def _squeeze_excite() -> Any:
    import keras

    x = inputs = keras.Input((8, 8, 3))
    x = _conv(8, activation="relu")(x)
    scale = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = _conv(8, 1, activation="sigmoid")(_conv(4, 1, activation="relu")(scale))
    x = keras.layers.Multiply()([x, scale])
    x = keras.layers.Conv2DTranspose(6, 3, strides=2)(x) * 0.5 + 1.0
    x = keras.layers.Reshape((-1, 6))(x)
    x = keras.layers.GlobalMaxPooling1D()(keras.layers.Conv1D(5, 3)(x))
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def _nested_and_shared() -> Any:
    import keras

    inner_in = keras.Input((8, 8, 6))
    inner = keras.Model(inner_in, keras.layers.ReLU()(_conv(6)(inner_in)), name="inner")
    inputs = keras.Input((8, 8, 1))
    x = inner(inner(_conv(6)(inputs)))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def _unknown() -> Any:
    import keras

    x = inputs = keras.Input((8, 8, 2))
    x = keras.layers.LayerNormalization()(_conv(8)(x))  # normalizes over channels: they stay
    x = _conv(8, groups=2)(x)
    x = keras.layers.GlobalAveragePooling2D()(_conv(8)(x))
    return keras.Model(inputs, keras.layers.Dense(2)(x))


NETWORKS = [_residual, _branches, _squeeze_excite, _nested_and_shared, _unknown]


def _random_weights(model: Any) -> None:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(0.1, 1.0, w.shape) for w in model.get_weights()])


@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_left_computes_what_the_whole_does_without_the_channels(network: Any) -> None:
    model = network()
    _random_weights(model)
    channels = _channels.find(model)
    keep = np.ones(len(channels.fixed), bool)
    random = np.random.default_rng(2)
    for family in channels.families:
        keep[random.choice(family, len(family) // 2, replace=False)] = False
    narrow = _rebuild.rebuild(model, channels, keep)
    for step in channels.flat.steps:  # nothing reads the channels any more
        if _channels.mixes(step):
            weights = step.layer.get_weights()
            gone = ~keep[channels.of[step.inputs[0]]]
            if step.kind == "Conv2DTranspose":
                weights[0][..., gone] = 0
            else:
                weights[0][..., gone, :] = 0
            step.layer.set_weights(weights)
    x = random.uniform(size=(3, *model.inputs[0].shape[1:])).astype(np.float32)
    assert narrow.count_params() < model.count_params()
    np.testing.assert_allclose(narrow(x), model(x), rtol=1e-4)


def test_channels_are_tied_across_a_residual_sum() -> None:
    model = _residual()
    channels = _channels.find(model)
    steps = {step.layer.name: step for step in channels.flat.steps}
    (first,) = (s for s in channels.flat.steps if s.inputs == channels.flat.inputs)
    tied = channels.of[steps["tied"].output]
    np.testing.assert_array_equal(channels.of[first.output], tied)
    assert sorted(map(len, channels.families)) == [10, 12]


def test_inputs_outputs_and_what_unknown_layers_read_stay() -> None:
    channels = _channels.find(_unknown())
    assert [len(family) for family in channels.families] == [8]  # of the last convolution


def test_macs_are_those_of_the_formula() -> None:
    channels = _channels.find(_branches())
    found = _costs.costs(channels, np.ones(len(channels.fixed), bool))
    separable = 2 * 2 * 28 * (9 + 9)
    macs = 64 * 3 * 8 + 64 * 9 * 3 * 6 + separable + 36 * 12 + 12 * 2
    assert found.macs == macs
    assert found.peak == 64 * 2 * (8 + 6)  # what is concatenated, and where it goes


@pytest.mark.slow
def test_a_network_is_pruned_to_its_limits_and_still_right() -> None:
    import keras

    keras.utils.set_random_seed(0)
    model, data = _residual(), levels()
    fit(model, data, LEARNING)
    before = [np.array(w) for w in model.get_weights()]
    whole = structured_pruning.costs_of(model)
    limits = (Limit("MACs", whole.macs / 3, "macs"), Limit("RAM", whole.peak / 2, "peak"))
    pruned = prune(model, data, PruneOptions(limits, rate=0.7, training=LEARNING))
    assert pruned.reached
    assert pruned.steps[0].costs == whole
    assert pruned.steps[-1].costs.macs <= whole.macs / 3
    assert pruned.steps[-1].costs.peak <= whole.peak / 2
    assert len(pruned.steps) > 2  # a few channels at a time
    assert (evaluate(pruned.model, data)["validation"].accuracy or 0) > 0.9
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)  # the network itself is as it was


def test_the_least_important_channels_go_first() -> None:
    import keras

    keras.utils.set_random_seed(0)
    model, data = _residual(), levels()
    fit(model, data, LEARNING)
    dead = [2, 5, 7, 11]
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            weights = layer.get_weights()
            weights[0][dead] = weights[1][dead] = 0.0  # gamma and beta: always 0
            layer.set_weights(weights)
    channels = _channels.find(model)
    tied = max(channels.families, key=len)
    task = structured_pruning.task_of(model, data)
    loss, x = task.loss(), data.train
    matters = structured_pruning.importance(model, channels, x.x, task.targets(x), loss)
    assert sorted(np.argsort(matters[tied])[:4]) == dead


def test_a_limit_out_of_reach_is_said_to_be() -> None:
    import keras

    keras.utils.set_random_seed(0)
    pruned = prune(
        _residual(),
        levels(),
        PruneOptions((Limit("MACs", 10, "macs"),), rate=0.3, training=Options(epochs=1)),
    )
    assert not pruned.reached
    assert pruned.steps[-1].costs.macs > 10


def test_a_network_of_one_layer_is_refused() -> None:
    import keras

    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    with pytest.raises(UnsupportedError, match="no channel that could be left out"):
        prune(model, levels(), PruneOptions((Limit("MACs", 1, "macs"),)))
