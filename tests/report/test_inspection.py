"""What a .tflite is and where it fits."""

import pytest

from edgekit.errors import InputError
from edgekit.report.inspection import inspect
from tests.support.corpus import corpus_path


def test_every_board():
    found = inspect(corpus_path("models", "kws_ref_model_int8.tflite"))
    assert found.summary.macs == 2_656_768
    assert [row.op for row in found.summary.ops][:2] == ["CONV_2D", "DEPTHWISE_CONV_2D"]
    assert {fit.board for fit in found.fits if fit.fits} >= {"netduino_plus_2", "mps2_an386"}


def test_one_board():
    found = inspect(corpus_path("models", "kws_ref_model_int8.tflite"), "mps2_an386")
    assert [fit.board for fit in found.fits] == ["mps2_an386"]


def test_another_format_is_named():
    path = corpus_path("keras", "resnet8.h5")
    with pytest.raises(InputError, match=r"resnet8\.h5") as caught:
        inspect(path)
    assert "edgekit convert" in caught.value.hint
