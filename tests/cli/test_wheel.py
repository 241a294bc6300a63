"""The wheel is whole: installed into an empty environment, it works from `/`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpus import corpus_path

ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
    # The checkout must not be found by accident.
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, env=env, cwd=cwd, timeout=600)


@pytest.fixture(scope="module")
def edgekit(tmp_path_factory) -> Path:
    """The command of a fresh installation."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    built = run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    if built.returncode and "Could not find a version" in built.stderr:
        pytest.skip("building the wheel needs a package index, and none is reachable")
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    installed = run(python, "-m", "pip", "--disable-pip-version-check", "install", wheel)
    assert installed.returncode == 0, installed.stderr
    return folder / "venv" / "bin" / "edgekit"


@pytest.mark.slow
def test_boards(edgekit):
    result = run(edgekit, "boards", "--json")
    assert result.returncode == 0, result.stderr
    assert "netduino_plus_2" in {board["name"] for board in json.loads(result.stdout)}


@pytest.mark.slow
def test_inspect(edgekit):
    result = run(edgekit, "inspect", corpus_path("models", "kws_ref_model_int8.tflite"), "--json")
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout)["macs"] == 2_656_768


@pytest.mark.slow
def test_convert(edgekit, tmp_path):
    model = corpus_path("models", "hello_world_int8.tflite")
    out = tmp_path / "out"
    result = run(edgekit, "convert", model, "--board", "netduino_plus_2", "--out", out)
    assert result.returncode == 0, result.stderr
    assert (out / "firmware" / "CMakeLists.txt").is_file()
    assert (out / "firmware" / "include" / "ek_quant.h").is_file()


@pytest.mark.slow
def test_float_models_need_tensorflow(edgekit, tmp_path):
    model = corpus_path("keras", "resnet8.h5")
    data = corpus_path("kws01", "kws01.npz")
    options = ["--board", "mps2_an386", "--out", tmp_path / "out", "--calibration", data]
    result = run(edgekit, "convert", model, *options)
    assert result.returncode == 6
    assert "needs TensorFlow" in result.stderr
    assert "pip install" in result.stderr
