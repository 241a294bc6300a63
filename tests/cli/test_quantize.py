"""`edgekit quantize`, by the real command."""

import json

import pytest

from tests.support.command import edgekit
from tests.support.tensorflow import digits_keras, tensorflow_here


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zoo:ds_cnn"], "nothing to do"),
        (["zoo:ds_cnn", "--report"], "there are none"),
        (["zoo:ds_cnn", "--out", "x.tflite"], "needs calibration data"),
        (["zoo:ds_cnn", "--quantize", "int9", "--report"], "int9"),
        (
            [
                *["zoo:ds_cnn", "--quantize", "qat", "--data", "digits"],
                *["--calibration-select", "5", "--out", "x.tflite"],
            ],
            "trains on all samples",
        ),
    ],
)
def test_refused(words, message, tmp_path):
    done = edgekit("quantize", *words)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("method", ["float16", "dynamic_range"])
def test_phones_are_no_boards(method, tmp_path):
    done = edgekit(
        *["convert", "zoo:ds_cnn", "--board", "mps2_an386", "--quantize", method],
        *["--out", tmp_path / "out"],
    )
    assert done.returncode != 0
    assert "for phones and computers" in done.stderr
    assert "edgekit quantize" in done.stderr
    assert not (tmp_path / "out").exists()


class TestWithTensorFlow:
    pytestmark = tensorflow_here

    def test_report_and_file(self, tmp_path):
        out = tmp_path / "net.tflite"
        words = ["quantize", digits_keras(), "--data", "digits", "--report", "--out", out]
        done = edgekit(*words, "--calibration-select", "20", "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["calibration_samples"] == 20
        assert found["tflite_bytes"] == out.stat().st_size
        assert {"op", "snr_db", "cosine", "max_error", "advice"} <= set(found["layers"][0])
        again = edgekit(*words)
        assert again.returncode != 0
        assert "exists" in again.stderr
        shown = edgekit(*words, "--force")
        assert shown.returncode == 0, shown.stderr
        assert "worst first" in shown.stdout

    def test_without_data_for_phones(self, tmp_path):
        out = tmp_path / "net.tflite"
        done = edgekit("quantize", digits_keras(), "--quantize", "float16", "--out", out)
        assert done.returncode == 0, done.stderr
        assert out.stat().st_size > 0
