"""The methods whose result stays on phones and computers, and int16x8."""

import pytest

from edgekit.errors import UnsupportedError
from edgekit.importers import keras
from edgekit.quantize import Network, dynamic_range, float16, int16x8, look, to_float
from tests.support.tensorflow import digits, digits_keras, needs_tensorflow

pytestmark = needs_tensorflow


def _types(data):
    return {tensor.dtype.value for op in look(data).ops for tensor in op.tensors}


def test_float16():
    network = Network(keras.load(str(digits_keras())).function, digits("train")[0][:0])
    data = float16.quantize(network)
    float16.check(data)
    assert "float16" in _types(data)
    assert len(data) < len(to_float(network.function))


def test_dynamic_range():
    network = Network(keras.load(str(digits_keras())).function, digits("train")[0][:0])
    data = dynamic_range.quantize(network)
    dynamic_range.check(data)
    assert look(data).inputs[0].dtype.value == "float32"


def test_int16x8():
    network = Network(keras.load(str(digits_keras())).function, digits("train")[0][:20])
    data = int16x8.quantize(network)
    int16x8.check(data)
    assert _types(data) <= {"int8", "int16", "int32", "int64"}


@pytest.mark.parametrize("method", [float16, dynamic_range, int16x8])
def test_a_float_model_is_refused(method):
    data = to_float(keras.load(str(digits_keras())).function)
    with pytest.raises(UnsupportedError):
        method.check(data)
