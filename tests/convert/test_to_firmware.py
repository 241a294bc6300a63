"""Real Keras models, all the way to verified firmware."""

from __future__ import annotations

import pytest

from edgekit import pipeline
from edgekit.packaging import ConvertOptions
from edgekit.quantize import int8_ptq
from tests.support.corpus import corpus_path
from tests.support.firmware import needs_emulator
from tests.support.tensorflow import (
    kws_data,
    needs_tensorflow,
    resnet8_data,
)

pytestmark = [*needs_emulator, *needs_tensorflow]


@pytest.mark.parametrize("name", ["resnet8.h5", "kws_saved_model"])
def test_keras_source_becomes_verified_firmware(tmp_path, name):
    data = kws_data() if name == "kws_saved_model" else resnet8_data()
    options = ConvertOptions(
        str(corpus_path("keras", name)), "mps2_an386", tmp_path / "out", calibration=str(data)
    )
    pipeline.convert(options)
    int8_ptq.check((tmp_path / "out" / "model.tflite").read_bytes())
    found = pipeline.verify(tmp_path / "out", count=3)
    assert set(found.places) == {"host", "emulator"}
    for place in found.places.values():
        assert place.samples >= 3
        assert place.tensors >= 12
        assert place.mismatches == 0
