import numpy as np
import pytest

from edgekit.errors import UnsupportedError
from edgekit.importers import keras
from edgekit.ir import DType
from edgekit.quantize import Network, int8_ptq, look, to_float
from tests.support.corpus import corpus_path
from tests.support.tensorflow import digits, digits_keras, needs_tensorflow


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hello_world_float", "not int8 throughout: op 0 FULLY_CONNECTED"),
        ("rock_paper_scissors", "not int8 throughout: op 0 QUANTIZE"),
    ],
)
def test_check_names_the_float_op(name, message):
    with pytest.raises(UnsupportedError, match=message):
        int8_ptq.check(corpus_path("models", f"{name}.tflite").read_bytes())


def test_check_accepts_int8():
    int8_ptq.check(corpus_path("models", "resnet8_int8.tflite").read_bytes())


class TestConverter:
    pytestmark = needs_tensorflow

    def test_int8_and_float(self):
        function = keras.load(str(digits_keras())).function
        samples = digits("train")[0][:50]
        data = int8_ptq.quantize(Network(function, samples))
        int8_ptq.check(data)
        kinds = [op.kind for op in look(data).ops]
        assert kinds == ["CONV_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]
        # The input's scale covers the calibration set's range, 0 to 1, in 255 steps.
        assert look(data).inputs[0].scale == pytest.approx(1 / 255, rel=1e-3)
        floats = look(to_float(function))
        assert floats.inputs[0].dtype is DType.FLOAT32
        assert len(floats.other_ops) == len(floats.ops)

    def test_float_result_is_refused(self):
        """What an empty calibration set silently gives."""
        data = to_float(keras.load(str(digits_keras())).function)
        with pytest.raises(UnsupportedError, match="not int8 throughout"):
            int8_ptq.check(data)

    def test_layer_without_int8_kernel(self, tmp_path):
        import keras as k

        inputs = k.Input((8, 8, 1))
        x = k.layers.LayerNormalization()(k.layers.Conv2D(4, 3)(inputs))
        path = tmp_path / "net.keras"
        k.Model(inputs, k.layers.Dense(2)(k.layers.Flatten()(x))).save(path)
        model = keras.load(str(path))
        samples = np.random.default_rng(0).random((20, 8, 8, 1), np.float32)
        with pytest.raises(UnsupportedError, match="layer_normalization"):
            int8_ptq.check(int8_ptq.quantize(Network(model.function, samples)))
