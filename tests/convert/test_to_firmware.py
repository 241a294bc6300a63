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
        assert place.tensors >= 8  # those that no band and no fused op keeps from memory
        assert place.mismatches == 0


@pytest.mark.slow
def test_weights_of_four_bits_save_flash(tmp_path):
    flash = {}
    for method in ("qat", "qat_int4"):
        options = ConvertOptions(
            "zoo:ds_cnn",
            "mps2_an386",
            tmp_path / method,
            calibration=str(kws_data()),
            quantize=method,
            epochs=0,
        )
        pipeline.convert(options)
        found = pipeline.verify(tmp_path / method, count=2)
        assert [place.mismatches for place in found.places.values()] == [0, 0]
        flash[method] = pipeline.build(tmp_path / method).sizes.flash_bytes
    # 2,560 + 4 x 4,096 + 768 weights of a convolution or a fully connected layer, half a byte each.
    assert flash["qat"] - flash["qat_int4"] > 8_000
