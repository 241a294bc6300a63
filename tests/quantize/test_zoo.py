"""Every architecture of the zoo: trained for some steps with int8's rounding, then verified."""

import numpy as np
import pytest

from edgekit import models, pipeline, registry
from edgekit.packaging import ConvertOptions
from edgekit.quantize import int8_ptq
from tests.support.firmware import needs_emulator
from tests.support.tensorflow import needs_tensorflow
from tests.support.zoo import small

pytestmark = [pytest.mark.slow, *needs_emulator, *needs_tensorflow]


@pytest.mark.parametrize("name", registry.names("edgekit.models"))
def test_architecture(name, tmp_path):
    url = small(name)
    model = models.build(models.parse_url(url))
    shape = model.inputs[0].shape[1:]
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (40, *shape)).astype(np.float32)
    outputs = model.outputs[0].shape
    np.savez(tmp_path / "data.npz", x=x, y=random.integers(0, max(outputs[-1], 2), 40))
    options = ConvertOptions(
        url,
        "mps2_an386",
        tmp_path / "out",
        calibration=str(tmp_path / "data.npz"),
        quantize="qat",
        epochs=1,
    )
    pipeline.convert(options)
    int8_ptq.check((tmp_path / "out" / "model.tflite").read_bytes())
    found = pipeline.verify(tmp_path / "out", count=1)
    assert set(found.places) == {"host", "emulator"}
    assert [place.mismatches for place in found.places.values()] == [0, 0]
