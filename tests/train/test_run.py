"""Run folders, by the real command in processes of their own."""

import hashlib
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode
from tests.support.here import here
from tests.support.tensorflow import needs_tensorflow, tensorflow_here

CONFIG = """\
model = "zoo:mlp?input=4&classes=3&hidden=8"
[data]
source = "{data}"
[training]
epochs = {epochs}
batch_size = 8
learning_rate = 0.01
[training.augment]
noise = 0.01
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "blobs.npz"
    y = np.arange(240) % 3
    x = np.eye(4)[y] + np.random.default_rng(0).normal(0, 0.2, (240, 4))
    np.savez(path, x=x.astype(np.float32), y=y, labels=["a", "b", "c"])
    return path


def config(tmp_path, data, epochs):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(data=data, epochs=epochs))
    return path


def weights(folder):
    import keras

    return keras.saving.load_model(folder / "model.keras").get_weights()


def equal(first, second):
    return all((a == b).all() for a, b in zip(weights(first), weights(second), strict=True))


class TestTraining:
    pytestmark = needs_tensorflow

    def test_interrupted_resumed_repeated(self, tmp_path, data, capsys):
        """Ctrl-C after some epochs; resumed, and repeated from run.json here: the same weights."""
        out, text = tmp_path / "run", config(tmp_path, data, 16)
        command = [sys.executable, "-m", "edgekit", "train", str(text), "--out", str(out)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            lines = []
            for line in process.stderr:
                lines.append(line)
                if line.startswith("epoch 4 "):
                    process.send_signal(signal.SIGINT)
                    break
            rest = process.stderr.read()
            assert process.wait(timeout=60) == ExitCode.INTERRUPTED, "".join(lines) + rest
        assert "interrupted; every finished epoch is kept" in rest
        assert f"edgekit train --resume {out}" in rest
        assert "Traceback" not in rest
        assert not (out / "model.keras").exists()
        assert json.loads((out / "run.json").read_text())["state"] == "running"
        assert main(["train", "--resume", str(out), "--json"]) == ExitCode.OK
        record = json.loads(capsys.readouterr().out)
        assert record["metrics"]["validation"]["accuracy"] > 0.9
        again = tmp_path / "again"
        with here():
            assert main(["train", str(out / "run.json"), "--out", str(again)]) == ExitCode.OK
        assert equal(out, again)
        self.holds_everything(out, record)

    def holds_everything(self, out, record):
        names = {path.name for path in out.iterdir()}
        files = {"model.keras", "run.json", "history.csv", "labels.txt", "checkpoint.npz"}
        assert names == files, "and no part of a file"
        assert (out / "labels.txt").read_text().split() == ["a", "b", "c"]
        lines = (out / "history.csv").read_text().splitlines()
        assert len(lines) == 17
        found = json.loads((out / "run.json").read_text())
        assert found["state"] == "done"
        assert found["config"]["training"]["epochs"] == 16
        assert {"python", "keras", "numpy"} <= set(found["versions"])
        assert found["data"]["train"] + found["data"]["validation"] == 240
        assert len(found["data"]["sha256"]) == 64
        model = (out / "model.keras").read_bytes()
        assert found["model_sha256"] == hashlib.sha256(model).hexdigest()
        assert found["metrics"] == record["metrics"]

    @pytest.mark.usefixtures("tensorflow_in_this_process")
    def test_records(self, tmp_path, data):
        """TensorBoard, MLflow and CodeCarbon, each switched on."""
        for package in ("tensorboard", "mlflow", "codecarbon"):
            pytest.importorskip(package)
        text = config(tmp_path, data, 1)
        uri = f"sqlite:///{tmp_path}/mlflow.db"
        more = f'[log]\ntensorboard = true\nmlflow = "{uri}"\ncodecarbon = "DEU"\n'
        text.write_text(text.read_text() + more)
        out = tmp_path / "run"
        assert main(["train", str(text), "--out", str(out), "--seed", "3"]) == ExitCode.OK
        assert list((out / "tensorboard").rglob("events*"))
        assert (tmp_path / "mlflow.db").stat().st_size > 0
        energy = json.loads((out / "run.json").read_text())["energy"]
        assert energy["energy_kwh"] > 0
        assert energy["co2_kg"] > 0
        assert energy["country"] == "DEU"

    @pytest.mark.usefixtures("tensorflow_in_this_process")
    def test_transfer_and_mixed_precision(self, tmp_path, data, capsys):
        import keras

        from edgekit import models

        path = tmp_path / "trained.keras"
        trained = models.build(models.parse_url("zoo:mlp?input=4&classes=7&hidden=8"))
        trained.get_layer("hidden1").kernel.assign_add(np.ones((4, 8), np.float32))
        trained.save(path)
        text = config(tmp_path, data, 1)
        changed = text.read_text().replace("batch", 'precision = "mixed_bfloat16"\nbatch')
        text.write_text(changed)
        out = tmp_path / "run"
        options = ["--out", str(out), "--weights", str(path), "--frozen-epochs", "1", "--json"]
        assert main(["train", str(text), *options]) == ExitCode.OK, capsys.readouterr().out
        record = json.loads(capsys.readouterr().out)
        assert record["taken_over"] == ["hidden1", "hidden1_bn", "hidden2", "hidden2_bn"]
        made = keras.saving.load_model(out / "model.keras")
        kernels = [m.get_layer("hidden1").kernel.numpy() for m in (made, trained)]
        np.testing.assert_array_equal(*kernels)
        assert all(layer.compute_dtype == "float32" for layer in made.layers)


def fails(capsys, *words):
    code = main(["train", *map(str, words)])
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    return code, shown


class TestRefused:
    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            ((), 2, "give a SOURCE and --out DIR"),
            (("zoo:mlp",), 2, "give a SOURCE and --out DIR"),
            (("zoo:mlp", "--out", "x"), 2, "give --data DATA"),
            (("--resume", "x", "--epochs", "3"), 2, "--resume takes everything"),
            (("--resume", "x", "--seed", "0"), 2, "--resume takes everything"),
            (("--resume", "nowhere"), 3, "has no training"),
            (("zoo:mpl", "--out", "x", "--data", "digits"), 3, "did you mean 'mlp'"),
            (("zoo:mlp", "--out", "x", "--data", "digit"), 3, "did you mean 'digits'"),
            (("model.tflite", "--out", "x", "--data", "digits"), 3, "no model that can be trained"),
            (("no.keras", "--out", "x", "--data", "digits"), 3, "there is no model"),
            (("no.toml", "--out", "x"), 3, "can't read no.toml"),
            (
                ("zoo:mlp", "--out", "x", "--data", "digits", "--learning-rate", "-1"),
                3,
                "training.learning_rate",
            ),
        ],
    )
    def test_before_tensorflow(self, words, code, message, capsys, monkeypatch):
        from edgekit import child

        monkeypatch.setattr(child, "answered", lambda *_: pytest.fail("started TensorFlow"))
        found, shown = fails(capsys, *words)
        assert found == code
        assert message in shown

    def test_folder_in_use(self, tmp_path, data, capsys):
        words = ("zoo:mlp?input=4", "--data", data, "--out", tmp_path)
        (tmp_path / "mine.txt").write_text("mine")
        code, shown = fails(capsys, *words)
        assert (code, "did not make" in shown) == (3, True)
        (tmp_path / "run.json").write_text("{}")
        code, shown = fails(capsys, *words)
        assert code == 3
        assert f"edgekit train --resume {tmp_path}" in shown


class TestBadData:
    """Each an error of a sentence, and no folder is made."""

    pytestmark = tensorflow_here

    @pytest.mark.parametrize(
        ("arrays", "message"),
        [
            ({"x": np.full((30, 4), np.nan), "y": np.arange(30) % 3}, "NaN"),
            (
                {"x": np.zeros((30, 4)), "y": np.arange(30) % 5},
                "out of range, the first is 3 in sample 3",
            ),
            ({"x": np.zeros((30, 4))}, "has no classes"),
        ],
        ids=["nan", "labels", "no classes"],
    )
    def test_refused(self, arrays, message, tmp_path, capsys):
        np.savez(tmp_path / "bad.npz", **arrays)
        words = ("zoo:mlp?input=4&classes=3", "--data", tmp_path / "bad.npz")
        code, shown = fails(capsys, *words, "--out", tmp_path / "run")
        assert code == ExitCode.INPUT
        assert message in shown
        assert "hint:" in shown
        assert not (tmp_path / "run").exists()
