import pytest

from edgekit.errors import InputError
from edgekit.ir import DType
from edgekit.quantize import look
from tests.support.corpus import corpus_path


def test_int8_model():
    types = look(corpus_path("models", "kws_ref_model_int8.tflite").read_bytes())
    assert [op.kind for op in types.ops][-3:] == ["RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]
    assert not types.other_ops
    assert types.inputs[0].dtype is DType.INT8
    assert types.inputs[0].shape == (1, 49, 10, 1)
    assert types.inputs[0].scale == pytest.approx(0.5847029)
    assert types.inputs[0].zero_point == 83


def test_float_model():
    types = look(corpus_path("models", "hello_world_float.tflite").read_bytes())
    assert len(types.other_ops) == len(types.ops)
    text = types.describe(types.other_ops, most=1)
    assert text.startswith("op 0 FULLY_CONNECTED ")
    assert text.endswith(f"(float32) and {len(types.ops) - 1} more")


def test_float_ends_are_bridges():
    types = look(corpus_path("models", "rock_paper_scissors.tflite").read_bytes())
    assert types.inputs[0].dtype is DType.FLOAT32
    assert not types.other_ops
    assert {op.kind for op in types.ops if not op.is_integer} == {"QUANTIZE", "DEQUANTIZE"}


def test_damage_is_an_input_error_or_nothing():
    whole = corpus_path("models", "hello_world_int8.tflite").read_bytes()
    errors = []
    for position in range(0, len(whole), 7):
        data = bytearray(whole)
        data[position] ^= 0xFF
        try:
            look(bytes(data))
        except InputError as error:
            errors.append(error)
    assert len(errors) > 5
    assert all(error.message for error in errors)


@pytest.mark.parametrize("keep", [0, 4, 8, 100, 1000])
def test_cut_off(keep):
    whole = corpus_path("models", "hello_world_int8.tflite").read_bytes()
    with pytest.raises(InputError):
        look(whole[:keep])
