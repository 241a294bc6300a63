"""Contracts as people write them, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit import contract
from edgekit.errors import InputError

IMAGE = '[image]\nheight = 4\nwidth = 6\ncolours = "rgb"\n'
AUDIO = """[audio]
sample_rate_hz = 16_000
window = 16_000
frame = 480
step = 320
bands = 40
low_hz = 20.0
high_hz = 4000.0
"""


def written(text: str, folder: Path) -> Path:
    path = folder / "contract.toml"
    path.write_text(text)
    return path


def test_read_and_written_again(tmp_path: Path) -> None:
    for text in (IMAGE, AUDIO):
        found = contract.load(written(text, tmp_path))
        assert contract.parse(contract.plain(found), "again") == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one table"),
        (IMAGE + AUDIO, "one table"),
        ("height = 4", "one table"),
        ("[imgae]\nheight = 4", "image"),
        (IMAGE.replace("height", "hight"), "height"),
        (IMAGE.replace("height = 4\n", ""), "height: is missing"),
        (IMAGE.replace("4", "0"), "height"),
        (IMAGE.replace('"rgb"', '"cmyk"'), "colours"),
        (IMAGE + "scale = [1.0, 2.0]", "scale has 2 values"),
        (AUDIO.replace("20.0", "5000.0"), "low_hz < high_hz"),
        (AUDIO.replace("frame = 480", "frame = 4800"), "frame"),
        (AUDIO + "coefficients = 41", "coefficients"),
        ('[vector]\nnames = ["a"]\nmean = [1.0, 2.0]\ndeviation = [1.0]', "one value for each"),
        ('[vector]\nnames = ["a"]\nmean = [1.0]\ndeviation = [0.0]', "above 0"),
        ("[image", "not valid TOML"),
    ],
)
def test_what_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        contract.load(written(text, tmp_path))
    assert said in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't read"):
        contract.load(tmp_path / "none.toml")


def test_the_models_input_must_have_its_shape(tmp_path: Path) -> None:
    found = contract.load(written(AUDIO, tmp_path))
    contract.check_input(found, (49, 40, 1), "the model")
    contract.check_input(found, (49, 40), "the model")
    with pytest.raises(InputError, match="makes 49x40, but the model takes 49x10x1"):
        contract.check_input(found, (49, 10, 1), "the model")


def test_calibration_data_that_was_prepared_otherwise(tmp_path: Path) -> None:
    found = contract.load(written(IMAGE, tmp_path))
    pictures = np.random.default_rng(0).uniform(0, 1, (5, 4, 6, 3)).astype(np.float32)
    contract.check_data(found, pictures, "cal.npz")
    pictures[0, 0, 0, :2] = 0, 1
    with pytest.raises(InputError, match="from 0 to 255"):
        contract.check_data(found, pictures * 255, "cal.npz")
    with pytest.raises(InputError, match="scaled twice"):
        contract.check_data(found, pictures / 255, "cal.npz")
