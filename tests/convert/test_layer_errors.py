import dataclasses
import math

import numpy as np
import pytest

from edgekit.convert import Converted, to_tflite
from edgekit.convert.layer_errors import _advice, _Sums, layer_errors
from edgekit.errors import InputError
from edgekit.ir import DType
from edgekit.quantize import ModelTypes, OpTypes, ValueType
from tests.support.corpus import corpus_path
from tests.support.tensorflow import (
    digits_converted,
    digits_keras,
    digits_model,
    tensorflow_here,
)

pytestmark = tensorflow_here


def test_every_layer_worst_first():
    found = layer_errors(digits_converted(), "digits", limit=20)
    kinds = {error.op for error in found}
    assert kinds == {"CONV_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"}
    ratios = [error.snr_db for error in found]
    assert ratios == sorted(ratios)
    assert min(ratios) > 15
    assert all(0.97 < error.cosine <= 1.0 + 1e-9 for error in found)
    assert {error.weights for error in found} == {"int8", ""}
    assert all(error.advice for error in found)


def test_a_spoilt_layer_is_found():
    good = digits_converted()
    clean = {e.position: e.snr_db for e in layer_errors(good, "digits", limit=10)}
    spoilt = _with_first_weights_negated(good)
    found = {e.position: e for e in layer_errors(spoilt, "digits", limit=10)}
    assert clean[0] > 25
    assert found[0].snr_db < 10
    assert "comes from op" not in found[0].advice
    assert found[0].advice != "fine"


def _sums(real, noise):
    sums = _Sums()
    sums.add(real, real + noise)
    return sums


@pytest.mark.parametrize(
    ("weights", "real", "noise", "advice"),
    [
        ("int8", [1.0, 2.0, -1.0, 1.5], 0.01, "fine"),
        ("int8", [1.0, 2.0, -1.0, 1.5], 0.5, "comes from op 0"),
        ("int4", [1.0, 2.0, -1.0, 1.5], 0.9, "4 bits"),
        ("int8", [*[0.1] * 400, 100.0], 4.0, "times its root mean square"),
        ("int8", [0.01, 0.02, 0.01, 100.0], 50.0, "channels' ranges differ"),
        ("int8", [1.0, 2.0, -1.0, 1.5], 0.9, "train with"),
    ],
)
def test_advice(weights, real, noise, advice):
    def value(index, dtype="int8"):
        return ValueType(f"t{index}", DType(dtype), (1, 4), 0.1, 0, index)

    first = OpTypes("CONV_2D", (value(0), value(1), value(2)))
    second = OpTypes("CONV_2D", (value(2), value(3, weights), value(4)))
    model = ModelTypes((first, second), (value(0),), (value(4),))
    before = np.array([1.0, 2.0, -1.0, 1.5])
    sums = {
        0: _sums(before, 0.4 if "op 0" in advice else 0.01),
        1: _sums(np.array(real), noise),
    }
    assert advice in _advice(model, 1, weights, sums)


def _with_first_weights_negated(converted):
    from edgekit import tflite

    weights = tflite.read(converted.tflite)
    first = weights.input(weights.ops[0], 1).data
    raw = np.ascontiguousarray(first).tobytes()
    assert converted.tflite.count(raw) == 1
    changed = (-first).astype(np.int8).tobytes()
    return dataclasses.replace(converted, tflite=converted.tflite.replace(raw, changed))


def test_equal_layers_have_no_noise():
    same = dataclasses.replace(digits_converted(), tflite=digits_converted().float_model)
    assert {error.snr_db for error in layer_errors(same, "digits", limit=3)} == {math.inf}


def test_layers_with_few_bits_are_named():
    model = digits_model()
    converted = to_tflite(digits_keras(), "digits", method="qat_int4", epochs=0)
    found = {e.layer: e for e in layer_errors(converted, "digits", limit=10) if e.layer}
    named = {layer.name for layer in model.layers if layer.weights}
    weighted = {name for name in named if not name.startswith("batch_norm")}
    assert set(found) == weighted
    advice = [e.advice for e in found.values() if "--keep" in e.advice]
    assert advice
    assert all(text.rpartition(" ")[2] in weighted for text in advice)


def test_without_a_float_model():
    data = corpus_path("models", "kws_ref_model_int8.tflite").read_bytes()
    with pytest.raises(InputError, match="quantized already"):
        layer_errors(Converted("kws", data), "digits")


def test_other_layers():
    other = dataclasses.replace(
        digits_converted(), tflite=corpus_path("models", "resnet8_int8.tflite").read_bytes()
    )
    with pytest.raises(InputError, match="not those of the float model"):
        layer_errors(other, "digits")
