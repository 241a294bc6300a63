"""Out of memory for real: the command and its children get less than the work takes."""

import subprocess
import sys

import numpy as np
import pytest

from edgekit.errors import ExitCode
from tests.support.tensorflow import needs_tensorflow

resource = pytest.importorskip("resource", reason="limits of memory are of POSIX systems")
pytestmark = needs_tensorflow
# Bytes of addresses. TensorFlow alone takes 1.7 to 2.4 GB; with little more, what fails first is a
# small allocation of one of its threads, and it crashes.
LIMIT = 5_000_000_000
# 12.6 GB in one piece behind its first layer, for the batch below.
CNN = "zoo:cnn?input=64x64x1&classes=2&filters=256&blocks=1"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """As many that TensorFlow finds no room for what a layer makes of all of them at once."""
    path = tmp_path_factory.mktemp("memory") / "samples.npz"
    np.savez_compressed(path, x=np.zeros((4000, 64, 64, 1), np.float32), y=np.arange(4000) % 2)
    return path


def short_of_memory(*words):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))

    command = [sys.executable, "-m", "edgekit", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, preexec_fn=limit
    )


def told(done, option):
    assert done.returncode == ExitCode.MEMORY, done.stderr
    assert "does not suffice: " in done.stderr or "can't be read: " in done.stderr
    assert option in done.stderr
    assert "Traceback" not in done.stderr


def test_train(samples, tmp_path):
    out = tmp_path / "run"
    done = short_of_memory(
        "train", CNN, "--data", samples, "--epochs", 1, "--batch-size", 3000, "--out", out
    )
    told(done, "--batch-size")
    assert [path.name for path in out.iterdir()] == ["run.json"]  # what repeats it


def test_optimize(samples, tmp_path):
    out = tmp_path / "project"
    done = short_of_memory(
        *("optimize", CNN, "--data", samples, "--train-epochs", 1, "--batch-size", 3000),
        *("--board", "netduino_plus_2", "--max-latency", "10ms", "--out", out),
    )
    told(done, "--batch-size")
    assert not list(tmp_path.iterdir())


def test_convert(tmp_path):
    data, out = tmp_path / "larger.npy", tmp_path / "project"
    np.lib.format.open_memmap(data, "w+", np.float32, (400_000, 64, 64, 1))  # takes no disk
    done = short_of_memory(
        "convert", CNN, "--calibration", data, "--board", "netduino_plus_2", "--out", out
    )
    told(done, "fewer samples")
    assert list(tmp_path.iterdir()) == [data]
