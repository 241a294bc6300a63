"""Tests for PCA and feature selection: fitted right, and the same in the compiled network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import ops, targets, tflite
from edgekit.cli import main
from edgekit.compiler import compile_tflite
from edgekit.datasets import Samples
from edgekit.errors import ExitCode, InputError
from edgekit.models._freezing import freeze
from edgekit.quantize import Network, int8_ptq
from edgekit.train.input_stage import pca, selection
from tests.support.boards import roomiest
from tests.support.tensorflow import tensorflow_here

pytestmark = tensorflow_here


def _samples() -> Samples:
    """Nine features: two tell the class, one never changes, the rest is noise."""
    random = np.random.default_rng(0)
    y = np.arange(200) % 2
    x = random.normal(0, 1, (200, 3, 3)).astype(np.float32)
    x[:, 0, 1] += 3 * y
    x[:, 2, 2] -= 5 * y
    x[:, 1, 1] = 7.0
    return Samples("made", x, y, (), 200)


def test_components_are_those_of_the_covariance() -> None:
    data = _samples()
    stage = pca(data, 3)
    flat = data.x.reshape(200, 9).astype(np.float64)
    values = np.sort(np.linalg.eigvalsh(np.cov(flat.T)))[::-1]
    assert stage.explained == pytest.approx(values[:3].sum() / values.sum(), rel=1e-6)
    made = flat @ stage.kernel + stage.bias
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(made.T), np.eye(3), atol=1e-3)


def test_the_features_that_tell_the_classes_apart_are_chosen() -> None:
    stage = selection(_samples(), 2)
    assert stage.features == (8, 1)
    x = _samples().x.reshape(200, 9)
    np.testing.assert_array_equal(x @ stage.kernel + stage.bias, x[:, [8, 1]])


def test_it_becomes_part_of_the_int8_network() -> None:
    import keras

    data = _samples()

    def head(features: int) -> Any:
        keras.utils.set_random_seed(0)
        inputs = keras.Input((features,))
        return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(inputs))

    model = pca(data, 4).before(head, (3, 3))
    function = freeze(lambda x: model(x, training=False), (1, 3, 3))
    made = int8_ptq.quantize(Network(function, data.x))
    graph = tflite.read(made)
    dense = [op for op in graph.ops if op.kind == "FULLY_CONNECTED"]
    assert [ops.find(op.kind).macs(op, graph) for op in dense] == [9 * 4, 4 * 2]
    compiled = compile_tflite(made, targets.all_boards()[0])
    assert compiled.code.plan.arena_bytes > 0


def test_refused() -> None:
    data = _samples()
    with pytest.raises(InputError, match="10 features can't be made of 200 samples with 9"):
        pca(data, 10)
    with pytest.raises(InputError, match="has no classes"):
        selection(Samples("bare", data.x, None, (), 200), 2)
    with pytest.raises(InputError, match="fitted on 9"):
        pca(data, 2).before(lambda n: n, (4, 4))


def test_from_a_table_to_verified_firmware(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six columns in, three principal components inside, the same bits as TFLite Micro."""
    random = np.random.default_rng(1)
    y = np.arange(120) % 2
    x = random.normal(0, 1, (120, 6)) @ random.normal(0, 1, (6, 6)) + 50
    x[:, 2] += 4 * y
    rows = [",".join(f"{v:.4f}" for v in row) + f",{'ab'[c]}" for row, c in zip(x, y, strict=True)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["t0,t1,t2,t3,t4,t5,label", *rows]) + "\n")
    run, out = tmp_path / "run", tmp_path / "out"
    words = ["train", "zoo:mlp?input=3&classes=2&hidden=8", "--data", str(table), "--out", str(run)]
    assert main([*words, "--epochs", "1", "--input-stage", "pca"]) == 0, capsys.readouterr().err
    assert "6 to 3 inputs" in capsys.readouterr().out
    record = json.loads((run / "run.json").read_text())
    assert 0.5 < record["input_stage"]["explained"] < 1
    assert len(record["contract"]["vector"]["names"]) == 6
    board = roomiest().board.name
    assert main(["convert", str(run), "--board", board, "--out", str(out)]) == 0
    assert main(["verify", str(out), "--on", "host"]) == ExitCode.OK, capsys.readouterr().out
    macs = json.loads((out / "report.json").read_text())["model"]["macs"]
    assert macs == 6 * 3 + 3 * 8 + 8 * 8 + 8 * 2
