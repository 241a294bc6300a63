"""What a .tflite is and where it fits."""

import pytest

from edgekit import targets
from edgekit.errors import InputError
from edgekit.report.inspection import inspect
from tests.support.corpus import corpus_path


def test_every_board():
    found = inspect(corpus_path("models", "kws_ref_model_int8.tflite"))
    assert found.summary.macs == 2_656_768
    assert [row.op for row in found.summary.ops][:2] == ["CONV_2D", "DEPTHWISE_CONV_2D"]
    fitting = {fit.board for fit in found.fits if fit.fits}
    assert fitting >= {"netduino_plus_2", "mps2_an386"}
    boards = [b for b in targets.all_boards() if b.board.name in fitting and b.board.emulator]
    smallest = min(boards, key=lambda b: b.flash_bytes + b.ram_bytes)
    assert found.suggested == smallest.board.name


def test_a_board_without_an_emulator_is_better_than_none():
    model = corpus_path("models", "kws_ref_model_int8.tflite")
    assert inspect(model, "nucleo_f446re").suggested == "nucleo_f446re"
    assert inspect(corpus_path("models", "resnet8_int8.tflite"), "microbit").suggested == ""


def test_one_board():
    found = inspect(corpus_path("models", "kws_ref_model_int8.tflite"), "mps2_an386")
    assert [fit.board for fit in found.fits] == ["mps2_an386"]


def test_another_format_is_named():
    path = corpus_path("keras", "resnet8.h5")
    with pytest.raises(InputError, match=r"resnet8\.h5") as caught:
        inspect(path)
    assert "edgekit convert" in caught.value.hint
