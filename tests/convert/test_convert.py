"""The whole way, through the child process, with real models."""

import importlib.util

import numpy as np
import pytest

from edgekit.convert import _convert, to_tflite
from edgekit.errors import InputError, ToolError, UnsupportedError
from edgekit.ir import DType
from edgekit.quantize import int8_ptq, look
from tests.support.corpus import corpus_path
from tests.support.tensorflow import (
    digits,
    digits_converted,
    digits_keras,
    kws_converted,
    needs_tensorflow,
    resnet8_converted,
    tensorflow_here,
)


@pytest.mark.parametrize(
    "name", ["kws_ref_model_int8", "rock_paper_scissors", "person_detect_int8", "ad01_int8"]
)
def test_int8_tflite_passes_through(name):
    path = corpus_path("models", f"{name}.tflite")
    converted = to_tflite(path)
    assert converted.tflite == path.read_bytes()
    assert (converted.name, converted.is_quantized_here) == (name, False)
    assert converted.float_model is None
    assert converted.notes == ()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("person_detect_int8", -1, 1),
        ("resnet8_int8", 0, 255),
        ("rock_paper_scissors", -5.26, 7.77),
    ],
)
def test_int8_input_tells_the_range_of_pictures(name, low, high):
    converted = to_tflite(corpus_path("models", f"{name}.tflite"))
    assert converted.picture_range == pytest.approx((low, high), abs=0.05)


def test_needless_calibration_is_said():
    converted = to_tflite(corpus_path("models", "hello_world_int8.tflite"), "digits")
    assert "quantized already" in converted.notes[0]


def test_float_tflite():
    with pytest.raises(UnsupportedError, match="is a float model: op 0") as caught:
        to_tflite(corpus_path("models", "hello_world_float.tflite"))
    assert "Keras model" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "calibration", "message"),
    [
        ("zoo:ds_cnn", None, "needs calibration data"),
        ("zoo:ds_cnn", "digit", "unknown built-in data set"),
        ("zoo:ds_cn", "digits", "unknown architecture"),
        ("no/such.keras", "digits", "can't read"),
        ("no/such/folder", "digits", "there is no model"),
    ],
)
def test_refused_before_tensorflow_is_started(source, calibration, message, monkeypatch):
    monkeypatch.setattr(_convert, "_in_child", lambda *_: pytest.fail("started TensorFlow"))
    with pytest.raises(InputError, match=message):
        to_tflite(source, calibration)


def test_options_are_checked():
    with pytest.raises(InputError, match="0 calibration samples"):
        to_tflite("zoo:ds_cnn", "digits", samples=0)
    with pytest.raises(InputError, match="unknown quantization method 'int8_ptk'"):
        to_tflite("zoo:ds_cnn", "digits", method="int8_ptk")


def test_without_tensorflow(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ToolError, match="needs TensorFlow") as caught:
        to_tflite("zoo:ds_cnn", "digits")
    assert caught.value.hint == "pip install 'edgekit[tensorflow]'"


class TestHere:
    pytestmark = tensorflow_here

    def test_trained_keras_model(self):
        converted = digits_converted()
        int8_ptq.check(converted.tflite)
        assert (converted.name, converted.is_quantized_here) == ("digits_net", True)
        assert converted.labels == tuple("0123456789")
        assert converted.calibration_samples == 200
        assert (converted.notes, converted.warnings) == ((), ())
        assert converted.float_model is not None
        assert look(converted.float_model).inputs[0].dtype is DType.FLOAT32
        assert dict(converted.versions)["keras"].startswith("3.")

    def test_keyword_saved_model(self):
        converted = kws_converted()
        int8_ptq.check(converted.tflite)
        types = look(converted.tflite)
        # The float model's graph is the reference model's; no shape arithmetic is left.
        assert [op.kind for op in types.ops] == [
            *["CONV_2D", "DEPTHWISE_CONV_2D"] * 4,
            "CONV_2D",
            "AVERAGE_POOL_2D",
            "FULLY_CONNECTED",
            "SOFTMAX",
        ]
        assert types.inputs[0].shape == (1, 49, 10, 1)
        assert converted.warnings == ()

    def test_keras_2_resnet8(self):
        converted = resnet8_converted()
        int8_ptq.check(converted.tflite)
        kinds = [op.kind for op in look(converted.tflite).ops]
        assert (kinds.count("CONV_2D"), kinds.count("ADD")) == (9, 3)
        assert converted.warnings == ()

    def test_wrongly_scaled_calibration_is_noticed(self, tmp_path):
        path = tmp_path / "bytes.npz"
        np.savez(path, x=digits("train")[0] * 255)
        converted = to_tflite(digits_keras(), path, samples=50)
        assert "times as wide as the training data" in converted.warnings[0]
        assert converted.calibration_samples == 50

    def test_zoo(self):
        converted = to_tflite("zoo:mobilenet_v1?input=32x32x1&classes=10", "digits", samples=10)
        int8_ptq.check(converted.tflite)
        assert "untrained" in converted.notes[0]
        assert look(converted.tflite).outputs[0].shape == (1, 10)

    def test_data_that_do_not_fit(self, tmp_path):
        path = tmp_path / "wrong.npz"
        np.savez(path, x=np.zeros((20, 9, 9, 1), np.float32))
        with pytest.raises(InputError, match="don't fit the model's input of 8x8x1"):
            to_tflite(digits_keras(), path)


class TestChild:
    pytestmark = needs_tensorflow

    def test_same_input_same_bytes(self):
        """In a process of its own and in this one."""
        again = to_tflite(digits_keras(), "digits")
        assert again == digits_converted()

    def test_out_of_time(self):
        with pytest.raises(ToolError, match="did not end within"):
            to_tflite(digits_keras(), "digits", timeout_s=0.2)
