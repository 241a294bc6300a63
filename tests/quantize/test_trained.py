"""Models that were prepared and trained elsewhere."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from edgekit.convert import to_tflite
from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.quantize import int8_ptq, look, qat
from tests.support.tensorflow import digits, digits_keras, digits_model, tensorflow_here

pytestmark = tensorflow_here

# tfmot and Keras 2 live in a process of their own: both versions of Keras don't share one well.
TFMOT = """
import sys
import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras

keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(6, 3, use_bias=False),
    keras.layers.BatchNormalization(),
    keras.layers.ReLU(),
    keras.layers.DepthwiseConv2D(3),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
model = tfmot.quantization.keras.quantize_model(model)
model.compile("adam", "sparse_categorical_crossentropy")
with np.load(sys.argv[1]) as data:
    model.fit(data["x"], data["y"], epochs=1, verbose=0)
model.save(sys.argv[2])
tf.saved_model.save(model, sys.argv[3])
"""


@pytest.fixture(scope="module")
def from_tfmot(tmp_path_factory):
    """The .h5 file and the SavedModel of a model that tfmot prepared and trained."""
    for package in ("tf_keras", "tensorflow_model_optimization"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install 'edgekit[tfmot]'")
    folder = tmp_path_factory.mktemp("tfmot")
    x, y = digits("train")
    np.savez(folder / "digits.npz", x=x[:320], y=y[:320])
    paths = [folder / "net.h5", folder / "net"]
    command = [sys.executable, "-c", TFMOT, folder / "digits.npz", *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1], ids=["h5", "saved_model"])
def test_tfmot(from_tfmot, which):
    converted = to_tflite(from_tfmot[which], method="trained")
    int8_ptq.check(converted.tflite)
    kinds = [op.kind for op in look(converted.tflite).ops]
    assert kinds[:2] == ["CONV_2D", "DEPTHWISE_CONV_2D"]
    assert kinds[-1] == "SOFTMAX"


@pytest.mark.slow
def test_tfmot_is_not_quantized_a_second_time(from_tfmot):
    with pytest.raises(EdgekitError, match="already") as caught:
        to_tflite(from_tfmot[1], "digits")
    assert "--quantize trained" in caught.value.hint


def test_our_own(tmp_path):
    prepared = qat.prepare(digits_model())
    qat.calibrate(prepared, digits("train")[0][:64])
    prepared.save(tmp_path / "net.keras")
    converted = to_tflite(tmp_path / "net.keras", method="trained")
    assert converted.tflite == qat.convert(prepared)


def test_our_own_without_data(tmp_path):
    qat.prepare(digits_model()).save(tmp_path / "net.keras")
    with pytest.raises(InputError, match="never saw data"):
        to_tflite(tmp_path / "net.keras", method="trained")


def test_not_prepared():
    with pytest.raises(UnsupportedError, match="no fake quantization"):
        to_tflite(digits_keras(), method="trained")
