"""Raw data become samples by a contract that is recorded with the model and goes to the device."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edgekit import contract, datasets
from edgekit.cli import main
from edgekit.contract import audio, image, vector
from edgekit.errors import ExitCode, InputError
from edgekit.train._config import parse
from edgekit.train._prepare import Prepared, prepare
from tests.support.boards import roomiest
from tests.support.prepare import python_module, run_c
from tests.support.tensorflow import tensorflow_here

RATE = 8000
ZOO = "zoo:ds_cnn?input=12x10x1&classes=2&filters=4&blocks=1"
SHAPE = (12, 10, 1)


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of tones in noise, a quarter of a second each."""
    folder = tmp_path_factory.mktemp("waves")
    random = np.random.default_rng(0)
    for label, hz in (("high", 2200), ("low", 500)):
        (folder / label).mkdir()
        for number in range(20):
            t = np.arange(RATE // 4) / RATE
            values = 9000 * np.sin(2 * np.pi * hz * t) + random.normal(0, 900, len(t))
            with wave.open(str(folder / label / f"{number}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(values.astype("<i2").tobytes())
    return folder


def prepared(source: Path, shape: tuple[int, ...], **more: Any) -> Prepared:
    values = {"model": ZOO, "data": {"source": str(source)}, **more}
    return prepare(parse(values, "the test"), shape, 2)


class TestRecordings:
    def test_the_architecture_says_how(self, waves: Path) -> None:
        found = prepared(waves, SHAPE)
        bound = found.contract
        assert isinstance(bound, audio.Contract)
        assert (bound.frame, bound.step, bound.coefficients) == (320, 160, 10)
        assert (bound.window, bound.high_hz) == (320 + 11 * 160, 4000.0)
        assert found.data.train.x.shape == (32, *SHAPE)
        assert abs(found.data.train.x.mean()) < 1e-3
        assert found.data.train.x.std() == pytest.approx(1.0, abs=1e-3)

    def test_samples_are_what_the_recorded_contract_makes(self, waves: Path) -> None:
        found = prepared(waves, SHAPE)
        assert found.contract is not None
        form = contract.form(found.contract, SHAPE, 0.0, 1.0)
        again = datasets.read(str(waves), form).x
        for sample in found.data.train.x[:5]:
            assert np.abs(again - sample).max(axis=(1, 2, 3)).min() < 1e-5

    def test_the_config_says_more(self, waves: Path) -> None:
        table = {"frame": 256, "step": 128, "bands": 10, "mean": 1.5, "magnitude": False}
        bound = prepared(waves, SHAPE, contract={"audio": table}).contract
        assert isinstance(bound, audio.Contract)
        assert (bound.frame, bound.bands, bound.mean, bound.coefficients) == (256, 10, 1.5, 0)

    def test_a_network_of_one_axis_takes_waves_or_the_users_features(self, waves: Path) -> None:
        found = prepared(waves, (2000,))
        assert found.contract is None
        assert found.data.train.x.shape == (32, 2000)
        table = {"bands": 20, "window": 2000}
        found = prepared(waves, (11 * 20,), contract={"audio": table})
        assert found.data.train.x.shape == (32, 220)

    @pytest.mark.parametrize(
        ("shape", "table", "said"),
        [
            ((96, 96, 3), {}, "no frames x features"),
            (SHAPE, {"sample_rate_hz": 16_000}, "8000 samples per second instead of 16000"),
            (SHAPE, {"bands": 12, "coefficients": 0}, "makes 12x12, but zoo:ds_cnn"),
            (SHAPE, {"low_hz": 5000.0}, "low_hz < high_hz"),
        ],
    )
    def test_refused(
        self, waves: Path, shape: tuple[int, ...], table: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(InputError, match=said):
            prepared(waves, shape, **({"contract": {"audio": table}} if table else {}))


class TestPictures:
    def test_as_the_device_fits_them(self, tmp_path: Path) -> None:
        pictures = np.random.default_rng(1).integers(0, 256, (12, 9, 14, 3), dtype=np.uint8)
        for number, pixels in enumerate(pictures):
            (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / "ab"[number % 2] / f"{number:02}.png")
        table = {"colours": "bgr"}
        data = {"source": str(tmp_path), "low": -1.0}
        found = prepared(tmp_path, (4, 6, 3), data=data, contract={"image": table})
        bound = found.contract
        assert isinstance(bound, image.Contract)
        assert (bound.colours, bound.resize, bound.offset) == ("bgr", "area", (-1.0,))
        blue = pictures[0, :2, :2, 2].mean() / 127.5 - 1
        assert bound.prepare(pictures[0])[0, 0, 0] == pytest.approx(blue, abs=1 / 127)
        wanted = np.stack([bound.prepare(each) for each in pictures])
        for sample in found.data.train.x:
            assert (wanted == sample).all(axis=(1, 2, 3)).any()


class TestRows:
    TABLE = "heat,noise,constant,label\n"

    def table(self, folder: Path, names: str = TABLE) -> Path:
        random = np.random.default_rng(2)
        rows = [
            f"{300 + 40 * random.normal():.3f},{random.normal():.4f},7,{'ab'[i % 2]}"
            for i in range(40)
        ]
        path = folder / "table.csv"
        path.write_text(names + "\n".join(rows) + "\n")
        return path

    def test_each_column_by_its_mean_and_deviation(self, tmp_path: Path) -> None:
        found = prepared(self.table(tmp_path), (3,))
        bound = found.contract
        assert isinstance(bound, vector.Contract)
        assert bound.names == ("heat", "noise", "constant")
        assert bound.deviation[2] == 1.0, "of what never changes"
        assert bound.mean[0] == pytest.approx(300, abs=20)
        assert np.abs(found.data.train.x.mean(axis=0)).max() < 1e-3
        assert contract.parse(contract.plain(bound), "again") == bound

    def test_a_network_of_another_width_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="makes 3, but") as caught:
            prepared(self.table(tmp_path), (4,))
        assert "input=3" in caught.value.hint

    def test_other_columns_are_refused(self, tmp_path: Path) -> None:
        bound = prepared(self.table(tmp_path), (3,)).contract
        form = contract.form(bound, (3,), 0.0, 1.0)
        swapped = self.table(tmp_path, "noise,heat,constant,label\n")
        with pytest.raises(InputError, match="'noise' where the contract takes 'heat'"):
            datasets.read(str(swapped), form)
        one = tmp_path / "one.csv"
        one.write_text("heat,label\n1,a\n2,b\n")
        with pytest.raises(InputError, match="1 columns of values, the contract takes 3"):
            datasets.read(str(one), form)


def test_the_wrong_kind_of_contract(tmp_path: Path) -> None:
    path = TestRows().table(tmp_path)
    with pytest.raises(InputError, match=r"write \[contract.vector\]"):
        prepared(path, (3,), contract={"audio": {"frame": 256}})


def test_arrays_are_held_against_the_contract(tmp_path: Path) -> None:
    """Nobody knows how an array was made: it is taken as prepared, and as the contract can."""
    path = tmp_path / "pictures.npz"
    x = np.random.default_rng(3).uniform(0, 1, (20, 4, 4, 1))
    np.savez(path, x=x, y=np.arange(20) % 2)
    assert prepared(path, (4, 4, 1)).contract is None
    assert prepared(path, (4, 4, 1), contract={"image": {"colours": "grey"}}).contract is not None
    np.savez(path, x=255 * x, y=np.arange(20) % 2)
    with pytest.raises(InputError, match="the contract makes values from 0 to 1"):
        prepared(path, (4, 4, 1), contract={"image": {"colours": "grey"}})


class TestThroughTheCommands:
    pytestmark = tensorflow_here

    def test_from_recordings_to_the_device(
        self, waves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Trained, converted without a word on the contract; C, Python and training agree."""
        run, out = tmp_path / "run", tmp_path / "out"
        words = ["train", ZOO, "--data", str(waves), "--out", str(run), "--epochs", "1"]
        assert main(words) == ExitCode.OK, capsys.readouterr().err
        bound = contract.load(run / "contract.toml")
        assert isinstance(bound, audio.Contract)
        assert contract.recorded(str(run / "model.keras")) == bound
        assert json.loads((run / "run.json").read_text())["contract"] == contract.plain(bound)
        board = roomiest().board.name
        words = ["convert", str(run), "--board", board, "--out", str(out), "--name", "net"]
        assert main([*words, "--evaluate", str(waves)]) == ExitCode.OK, capsys.readouterr().err
        assert "calibrated with what" in capsys.readouterr().out
        assert json.loads((out / "manifest.json").read_text())["contract"] == contract.plain(bound)
        module = python_module((out / "python/net_input.py").read_text(), tmp_path)
        quant = contract.Quantized(*_input(out / "model.tflite"))
        samples = np.random.default_rng(5).integers(-9000, 9000, (3, bound.window)).astype(np.int16)
        outputs = run_c(bound, quant, list(samples), tmp_path)
        for name in ("net_input.c", "net_input.h"):
            made = (out / "firmware/models/net" / name).read_text()
            assert made == (tmp_path / "models/net" / name).read_text(), (
                "what was run is the project's"
            )
        for recording, output in zip(samples, outputs, strict=True):
            assert np.array_equal(module.prepare(recording), output.reshape(bound.shape))
            real = bound(recording / 32768) / quant.scale + quant.zero_point
            assert np.abs(np.clip(real, -128, 127) - output.reshape(bound.shape)).max() < 0.51


def _input(tflite: Path) -> tuple[float, int]:
    from edgekit.quantize import look

    taken = look(tflite.read_bytes()).inputs[0]
    return taken.scale, taken.zero_point
