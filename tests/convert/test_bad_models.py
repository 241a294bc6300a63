"""Models that can't be quantized, or only with care: refused in words or converted, no crash."""

import numpy as np
import pytest

from edgekit import pipeline
from edgekit.convert import to_tflite
from edgekit.errors import InputError, UnsupportedError
from edgekit.packaging import ConvertOptions
from edgekit.quantize import int8_ptq, look
from tests.support.tensorflow import tensorflow_here

pytestmark = tensorflow_here


def _saved(folder, shape, build, **options):
    """A model as .keras, and typical inputs for it as .npz."""
    import keras

    inputs = keras.Input(shape, **options)
    path = folder / "net.keras"
    keras.Model(inputs, build(keras.layers, inputs)).save(path)
    sizes = [size or 6 for size in inputs.shape[1:]]
    data = folder / "x.npz"
    x = np.random.default_rng(0).random((20, *sizes), np.float32)
    np.savez(data, x=x, y=np.arange(20) % 2)
    return path, data


@pytest.mark.parametrize("method", ["int8_ptq", "int16x8", "qat"])
def test_recurrent_layers(tmp_path, method):
    path, data = _saved(tmp_path, (10, 4), lambda layers, x: layers.LSTM(8, name="memory")(x))
    with pytest.raises(UnsupportedError, match=r"memory.*LSTM") as caught:
        to_tflite(path, data, method=method, epochs=0)
    assert caught.value.hint


def test_recurrent_layer_of_a_saved_model(tmp_path):
    import keras

    path, data = _saved(tmp_path, (10, 4), lambda layers, x: layers.GRU(4, name="memory")(x))
    keras.saving.load_model(path).export(tmp_path / "folder", verbose=False)
    with pytest.raises(UnsupportedError, match=r"output's shape|memory") as caught:
        to_tflite(tmp_path / "folder", data)
    assert "GRU" in str(caught.value)


def test_unsupported_layer(tmp_path):
    def build(layers, x):
        return layers.Dense(2)(layers.Flatten()(layers.LayerNormalization(name="strange")(x)))

    path, data = _saved(tmp_path, (8, 8, 1), build)
    for method in ("int8_ptq", "qat"):
        with pytest.raises(UnsupportedError, match="strange"):
            to_tflite(path, data, method=method, epochs=0)


def test_custom_layer(tmp_path):
    import keras

    class Doubling(keras.layers.Layer):
        def call(self, x):
            return x * 2.0

    path, data = _saved(tmp_path, (4,), lambda layers, x: layers.Dense(2)(Doubling()(x)))
    with pytest.raises(InputError, match=r"can't load .* layer 'Doubling'") as caught:
        to_tflite(path, data)
    assert "SavedModel" in caught.value.hint


def test_dynamic_shape(tmp_path):
    def build(layers, x):
        return layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(x))

    path, data = _saved(tmp_path, (None, None, 1), build)
    with pytest.raises(InputError, match="not fixed"):
        to_tflite(path, data)


def test_large_batch(tmp_path):
    def build(layers, x):
        return layers.Dense(2)(x)

    path, data = _saved(tmp_path, None, build, batch_shape=(8, 4))
    with pytest.raises(UnsupportedError, match="batch of 8"):
        to_tflite(path, data)


@pytest.mark.parametrize("method", ["int8_ptq", "qat"])
def test_batch_of_one(tmp_path, method):
    def build(layers, x):
        return layers.Dense(2, activation="softmax")(layers.Flatten()(layers.Conv2D(2, 3)(x)))

    path, data = _saved(tmp_path, None, build, batch_shape=(1, 6, 6, 1))
    converted = to_tflite(path, data, method=method, epochs=1)
    int8_ptq.check(converted.tflite)
    assert look(converted.tflite).inputs[0].shape == (1, 6, 6, 1)


def test_classes_that_the_model_does_not_have(tmp_path):
    path, data = _saved(tmp_path, (4,), lambda layers, x: layers.Dense(2)(x))
    np.savez(data, x=np.random.default_rng(0).random((20, 4), np.float32), y=np.arange(20))
    with pytest.raises(InputError, match="classes go from 0 to 19, but the model has 2"):
        to_tflite(path, data, method="qat", epochs=1)


def test_untrained_network_that_lets_nothing_through(tmp_path):
    """The warning says why, beside the rule of the layer that can't be compiled."""

    def build(layers, x):
        small = layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(stddev=1e-8))
        return layers.Softmax(name="end")(small(x))

    import keras

    path, data = _saved(tmp_path, (4,), build)
    out = tmp_path / "out"
    options = ConvertOptions(str(path), "mps2_an386", out, calibration=str(data))
    with pytest.raises(UnsupportedError, match="SOFTMAX") as caught:
        pipeline.convert(options)
    assert "is the model trained" in caught.value.hint
    assert not out.exists()
