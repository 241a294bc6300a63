"""The .keras importer, and what it shares with the .h5 one."""

import zipfile

import numpy as np
import pytest

from edgekit.errors import InputError, UnsupportedError
from edgekit.importers import FloatModel, keras, keras_h5, zoo
from tests.support.corpus import corpus_path
from tests.support.tensorflow import digits, digits_keras, digits_model, needs_tensorflow

pytestmark = needs_tensorflow


def saved(tmp_path, inputs, outputs) -> str:
    import keras as k

    path = tmp_path / "net.keras"
    k.Model(inputs, outputs).save(path)
    return str(path)


def run(model: FloatModel, x):
    import tensorflow as tf

    return np.asarray(model.function(tf.constant(x[None]))[0])[0]


def test_frozen_function_computes_what_keras_does():
    model = keras.load(str(digits_keras()))
    assert (model.name, model.input_shape, model.output_shape) == (
        "digits_net",
        (1, 8, 8, 1),
        (1, 10),
    )
    assert not model.function.variables
    x, _ = digits("test")
    expected = np.asarray(digits_model()(x[:5]))
    for sample, answer in zip(x, expected, strict=False):
        np.testing.assert_allclose(run(model, sample), answer, atol=1e-5)


def test_names_that_tensorflow_refuses(tmp_path):
    import keras as k

    inner = k.Sequential(
        [k.Input((4,)), k.layers.Dense(3, name="first (wide)")], name="_der Körper"
    )
    whole = k.Sequential([k.Input((4,)), inner, k.layers.Dense(2, name="last one")], name="my net")
    whole.save(tmp_path / "net.keras")
    found = keras.load(str(tmp_path / "net.keras"))
    assert found.keras is not None
    assert [layer.name for layer in found.keras.layers] == ["layer_der_K_rper", "last_one"]
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_allclose(run(found, x), np.asarray(whole(x[None]))[0], rtol=1e-5)


def test_probe_sees_the_first_batch_normalization():
    model = keras.load(str(digits_keras()))
    assert model.probe is not None
    seen = model.probe.activations(digits("train")[0])
    assert seen.shape[1:] == (8, 8, 8)
    np.testing.assert_allclose(seen.mean(axis=(0, 1, 2)), model.probe.mean, atol=0.2)


def test_untrained_batch_normalization_says_nothing():
    model = zoo.load("zoo:ds_cnn?filters=4&blocks=1")
    assert model.probe is None
    assert "untrained" in model.notes[0]


@pytest.mark.parametrize(
    ("scale", "offset", "low", "high"),
    [
        (1 / 255, 0.0, 0, 255),
        (1 / 127.5, -1.0, 0, 255),
        (1 / 16, 0.0, 0, 16),
        (0.1, -1.0, 0, 20),
    ],
)
def test_rescaling_tells_the_range(tmp_path, scale, offset, low, high):
    import keras as k

    inputs = k.Input((4, 4, 1))
    x = k.layers.Rescaling(scale, offset)(inputs)
    path = saved(tmp_path, inputs, k.layers.Dense(2)(k.layers.Flatten()(x)))
    expects = keras.load(path).expects
    assert expects is not None
    assert (expects.low, expects.high) == pytest.approx((low, high), abs=1e-4)
    assert "Rescaling" in expects.because


def test_normalization_tells_the_range(tmp_path):
    import keras as k

    inputs = k.Input((3,))
    layer = k.layers.Normalization(mean=10.0, variance=4.0)
    path = saved(tmp_path, inputs, k.layers.Dense(2)(layer(inputs)))
    expects = keras.load(path).expects
    assert expects is not None
    assert (expects.low, expects.high) == pytest.approx((2, 18))


def test_open_shape(tmp_path):
    import keras as k

    inputs = k.Input((None, None, 1))
    path = saved(tmp_path, inputs, k.layers.GlobalAveragePooling2D()(inputs))
    with pytest.raises(InputError, match=r"shape \?x\?x\?x1 is not fixed"):
        keras.load(path)


def test_two_inputs(tmp_path):
    import keras as k

    inputs = [k.Input((3,)), k.Input((3,))]
    path = saved(tmp_path, inputs, k.layers.Add()(inputs))
    with pytest.raises(UnsupportedError, match="2 inputs and 1 outputs"):
        keras.load(path)


def test_integer_input(tmp_path):
    import keras as k

    inputs = k.Input((3,), dtype="int32")
    path = saved(tmp_path, inputs, k.layers.Embedding(4, 2)(inputs))
    with pytest.raises(UnsupportedError, match="int32, not float32"):
        keras.load(path)


def test_large_batch(tmp_path):
    import keras as k

    inputs = k.Input(batch_shape=(8, 3))
    path = saved(tmp_path, inputs, k.layers.Dense(2)(inputs))
    with pytest.raises(UnsupportedError, match="batch of 8"):
        keras.load(path)


def test_code_in_the_file_is_not_run(tmp_path):
    import keras as k

    inputs = k.Input((3,))
    path = saved(tmp_path, inputs, k.layers.Lambda(lambda x: x * 2)(inputs))
    with pytest.raises(InputError, match="can't load") as caught:
        keras.load(path)
    assert "Lambda" in caught.value.hint


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.98])
def test_cut_off(tmp_path, keep):
    whole = digits_keras().read_bytes()
    path = tmp_path / "cut.keras"
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=r"empty|damaged or cut off"):
        keras.load(str(path))


def test_flipped_byte(tmp_path):
    data = bytearray(digits_keras().read_bytes())
    data[len(data) // 2] ^= 0x55
    path = tmp_path / "flipped.keras"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"damaged|can't load"):
        keras.load(str(path))


def test_other_archive(tmp_path):
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"config\.json, model\.weights\.h5 missing"):
        keras.check(str(path))


def test_nonsense_inside(tmp_path):
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("config.json", "metadata.json", "model.weights.h5"):
            archive.writestr(name, "{}")
    with pytest.raises(InputError, match="Keras can't load"):
        keras.load(str(path))


def test_real_keras_2_file():
    model = keras_h5.load(str(corpus_path("keras", "resnet8.h5")))
    assert (model.input_shape, model.output_shape) == ((1, 32, 32, 3), (1, 10))
    assert model.probe is not None


@pytest.mark.parametrize("keep", [0.0, 0.001, 0.5])
def test_h5_cut_off(tmp_path, keep):
    whole = corpus_path("keras", "resnet8.h5").read_bytes()
    path = tmp_path / "cut.h5"
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=r"empty|damaged or cut off"):
        keras_h5.load(str(path))


def test_h5_of_weights_only(tmp_path):
    path = tmp_path / "only.weights.h5"
    digits_model().save_weights(path)
    with pytest.raises(InputError, match="weights only"):
        keras_h5.load(str(path))


def test_h5_of_something_else(tmp_path):
    path = tmp_path / "net.h5"
    path.write_bytes(b"PK\3\4 not hdf5")
    with pytest.raises(InputError, match="not an HDF5 file"):
        keras_h5.check(str(path))


def test_nested_model(tmp_path):
    """Transfer learning: a base network inside another model, as Keras' own guides build it."""
    import keras as k

    base_input = k.Input((16, 16, 3))
    x = k.layers.Conv2D(4, 3)(base_input)
    base = k.Model(base_input, k.layers.BatchNormalization(name="inner")(x))
    inputs = k.Input((16, 16, 3))
    x = k.layers.GlobalAveragePooling2D()(base(k.layers.Rescaling(1 / 255)(inputs)))
    outer = k.Model(inputs, k.layers.Dense(2)(x))
    base.layers[-1].moving_variance.assign([2.0] * 4)
    outer.save(tmp_path / "net.keras")
    model = keras.load(str(tmp_path / "net.keras"))
    assert model.expects is not None
    assert (model.expects.low, model.expects.high) == (0, 255)
    assert model.probe is not None
    assert model.probe.layer == "inner"
    samples = np.random.default_rng(0).random((5, 16, 16, 3), np.float32)
    assert model.probe.activations(samples).shape == (5, 14, 14, 4)
    assert run(model, samples[0]).shape == (2,)


def test_h5_with_the_groups_of_keras_2(tmp_path):
    """Keras 2 wrote `groups: 1` for layers that have no groups in Keras 3, e.g. in MobileNets."""
    import json

    import h5py
    import keras as k

    inputs = k.Input((8, 8, 2))
    x = k.layers.SeparableConv2D(3, 3)(k.layers.DepthwiseConv2D(3)(inputs))
    x = k.layers.Conv2DTranspose(4, 3)(x)
    net = k.Model(inputs, k.layers.Dense(2)(k.layers.Flatten()(x)))
    path = tmp_path / "old.h5"
    net.save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if "Conv" in layer["class_name"]:
                layer["config"]["groups"] = 1
        file.attrs["model_config"] = json.dumps(config)
    model = keras_h5.load(str(path))
    sample = np.random.default_rng(0).random((8, 8, 2), np.float32)
    np.testing.assert_allclose(run(model, sample), np.asarray(net(sample[None]))[0], atol=1e-5)
