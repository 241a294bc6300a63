import numpy as np
import pytest

from edgekit.convert import Converted, evaluate, to_tflite
from edgekit.errors import InputError
from edgekit.ops.quantize import to_codes
from tests.support.corpus import corpus_path
from tests.support.tensorflow import (
    digits_converted,
    kws_converted,
    kws_data,
    tensorflow_here,
)


def interpreter(model: bytes):
    """LiteRT's reference kernels: not our oracle, but near enough for an accuracy."""
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    runner = litert.Interpreter(
        model_content=model,
        num_threads=1,
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
    )
    runner.allocate_tensors()

    def run(x):
        runner.set_tensor(runner.get_input_details()[0]["index"], x)
        runner.invoke()
        return runner.get_tensor(runner.get_output_details()[0]["index"])

    return run


def reference_model() -> Converted:
    path = corpus_path("models", "kws_ref_model_int8.tflite")
    return Converted("kws", path.read_bytes())


def test_int8_data_for_an_int8_model():
    """The figure of TRAINING.md for the reference kernels."""
    converted = reference_model()
    data = corpus_path("kws01", "kws01.npz")
    result = evaluate(converted, data, interpreter(converted.tflite))
    assert result.samples == 1000
    assert result.int8_accuracy == pytest.approx(0.901)
    assert (result.float_accuracy, result.agreement) == (None, None)


def test_float_data_gives_the_same():
    converted = reference_model()
    taken = {}

    def run(x):
        taken["dtype"], taken["shape"] = x.dtype, x.shape
        return np.eye(12, dtype=np.int8)[[3]]

    result = evaluate(converted, kws_data(), run, limit=100)
    assert (taken["dtype"], taken["shape"]) == (np.int8, (1, 49, 10, 1))
    with np.load(kws_data()) as data:
        expected = (data["y"][::10] == 3).mean()
    assert result.int8_accuracy == pytest.approx(expected)


def test_bytes_for_a_model_that_takes_bytes(tmp_path):
    converted = to_tflite(corpus_path("models", "resnet8_int8.tflite"))
    x = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    np.savez(tmp_path / "a.npz", x=x, y=[4, 4, 4])
    taken = []

    def run(sample):
        taken.append(sample)
        return np.eye(10, dtype=np.int8)[[4]]

    assert evaluate(converted, tmp_path / "a.npz", run).int8_accuracy == 1.0
    # The input's scale is 1 and its zero point -128.
    np.testing.assert_array_equal(np.concatenate(taken), x.astype(int) - 128)


def test_to_codes():
    x = np.array([-100, -0.26, -0.25, 0.0, 0.25, 0.24, 100], np.float32)
    assert to_codes(x, 0.5, 3).tolist() == [-128, 2, 2, 3, 4, 3, 127]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.zeros((3, 49, 10, 1), np.float32)}, "no classes"),
        (
            {"x": np.zeros((1, 49, 10, 1), np.float32), "y": [12]},
            "the first is 12 in sample 0; the model has 12",
        ),
        ({"x": np.zeros((1, 49, 10, 1), np.float32), "y": [-1]}, "the first is -1 in sample 0"),
        ({"x": np.zeros((1, 9, 10, 1), np.float32), "y": [1]}, "don't fit"),
        ({"x": np.zeros((1, 49, 10, 1), np.uint8), "y": [1]}, "x is uint8"),
    ],
)
def test_refusals(tmp_path, arrays, message):
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=message):
        evaluate(reference_model(), path, lambda _: pytest.fail("was run"))


def test_single_output_is_a_yes_above_a_half(tmp_path):
    converted = Converted("str_ww", corpus_path("models", "hello_world_int8.tflite").read_bytes())
    path = tmp_path / "a.npz"
    np.savez(path, x=np.zeros((4, 1), np.float32), y=[0, 1, 1, 1])
    # scale 0.0085, zero point 4: 100 means 0.8, 4 means 0.
    answers = iter([100, 100, 4, 100])
    result = evaluate(converted, path, lambda _: np.array([[next(answers)]], np.int8))
    assert result.int8_accuracy == 0.5


class TestFloat:
    pytestmark = tensorflow_here

    def test_digits(self):
        converted = digits_converted()
        result = evaluate(converted, "digits", interpreter(converted.tflite))
        assert result.samples == 450
        assert result.float_accuracy is not None
        assert result.agreement is not None
        assert result.float_accuracy > 0.85
        assert abs(result.int8_accuracy - result.float_accuracy) < 0.03
        assert result.agreement > 0.95

    def test_keywords(self):
        converted = kws_converted()
        result = evaluate(converted, kws_data(), interpreter(converted.tflite))
        assert result.float_accuracy is not None
        assert result.float_accuracy > 0.9
        assert result.int8_accuracy > 0.88
