"""A model of int16 activations from the command line: into firmware, and proven."""

import json

from edgekit.ir import DType
from edgekit.ops._common import Activation
from tests.support.command import edgekit
from tests.support.firmware import needs_emulator
from tests.support.networks import Network
from tests.support.tensorflow import digits_keras, tensorflow_here
from tests.support.tflite_writer import write_tflite

BOARD = "mps2_an386"
pytestmark = needs_emulator


def network():
    """A residual block, pooling, a classifier."""
    net = Network(5, DType.INT16)
    relu = {"fused_activation_function": Activation.RELU}
    x = net.conv(net.input((1, 8, 8, 3)), 4, 3, **relu)
    y = net.conv(net.depthwise(x, 3), 4, 1)
    x = net.add("ADD", (x, y), relu)
    pool = {"filter_height": 8, "filter_width": 8}
    x = net.add("AVERAGE_POOL_2D", (x,), {**pool, "stride_h": 8, "stride_w": 8})
    return net.graph(net.softmax(net.dense(x, 5)))


def expect_proven(folder):
    done = edgekit("verify", folder, "--samples", "2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for place in ("host", "emulator"):
        assert found[place]["samples"] == 4  # with the edge inputs
        assert found[place]["mismatches"] == 0


def test_tflite(tmp_path):
    model = tmp_path / "wide.tflite"
    model.write_bytes(write_tflite(network()))
    done = edgekit("convert", model, "--board", BOARD, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    header = (tmp_path / "out/firmware/models/wide/wide.h").read_text()
    assert "int16_t *wide_input(void);" in header
    assert "const int16_t *wide_output(void);" in header
    expect_proven(tmp_path / "out")
    done = edgekit("bench", tmp_path / "out", "--emulate", "--runs", "1", "--json")
    assert done.returncode == 0, done.stderr


def test_what_has_no_int16_kernel_is_refused(tmp_path):
    net = Network(6, DType.INT16)
    x = net.conv(net.input((1, 4, 4, 3)), 4, 1)
    model = tmp_path / "wide.tflite"
    model.write_bytes(write_tflite(net.graph(net.add("HARD_SWISH", (x,)))))
    done = edgekit("convert", model, "--board", BOARD, "--out", tmp_path / "out")
    assert done.returncode != 0
    assert "HARD_SWISH" in done.stderr
    assert "is int16" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


class TestFromKeras:
    pytestmark = tensorflow_here

    def test_converts(self, tmp_path):
        words = [digits_keras(), "--calibration", "digits", "--quantize", "int16x8"]
        out = tmp_path / "out"
        done = edgekit("convert", *words, "--board", BOARD, "--out", out, "--evaluate", "digits")
        assert done.returncode == 0, done.stderr
        assert "accuracy, int16" in done.stdout
        expect_proven(out)
