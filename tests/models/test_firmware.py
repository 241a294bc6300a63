"""Every architecture: trained a few steps, quantized after and by training, compiled, verified.

And `share`.
"""

import functools

import numpy as np
import pytest

from edgekit import models, pipeline, registry, train
from edgekit.datasets import Dataset, Samples
from edgekit.importers import _keras_model
from edgekit.packaging import ConvertOptions
from edgekit.quantize import Network, int8_ptq, qat
from edgekit.train import Options
from tests.support.firmware import needs_emulator
from tests.support.tensorflow import eagerly, needs_tensorflow
from tests.support.zoo import small

BOARD = "mps2_an386"
# Its core has no DSP: kernels of those that do keep each layer's rescaling among its weights, so
# that no two layers have equal arrays, and nothing is stored once.
WITHOUT_DSP = "mps2_an385"
pytestmark = [*needs_emulator, *needs_tensorflow, pytest.mark.slow]


@functools.lru_cache(maxsize=1)
def learned(url):
    """A network that has learned from noise for two steps, with the noise."""
    import keras

    keras.backend.clear_session()
    model = models.build(models.parse_url(url))
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (40, *model.inputs[0].shape[1:])).astype(np.float32)
    y = np.arange(40) % int(model.outputs[0].shape[-1])
    parts = Samples("noise", x[:32], y[:32]), Samples("noise", x[32:], y[32:])
    with eagerly():
        train.fit(model, Dataset("noise", *parts, None, (), ""), Options(epochs=1, batch_size=16))
    function = _keras_model.to_float_model(model, "zoo", url).function
    return Network(function, x, keras=model, classes=y, epochs=1)


def quantized(url, method=int8_ptq):
    """The int8 .tflite."""
    network = learned(url)
    with eagerly():
        data = method.quantize(network)
    int8_ptq.check(data)
    return data


def converted(data, folder, board=BOARD):
    """A folder of `convert`."""
    folder.mkdir()
    path = folder / "zoo.tflite"
    path.write_bytes(data)
    pipeline.convert(ConvertOptions(str(path), board, folder / "out"))
    return folder / "out"


@pytest.mark.parametrize(
    ("name", "method"),
    [(name, method) for name in registry.names("edgekit.models") for method in (int8_ptq, qat)],
    ids=lambda each: each if isinstance(each, str) else each.__name__.rpartition(".")[-1],
)
def test_architecture(name, method, tmp_path):
    out = converted(quantized(small(name), method), tmp_path / "made")
    found = pipeline.verify(out, count=1)
    assert set(found.places) == {"host", "emulator"}
    assert [place.mismatches for place in found.places.values()] == [0, 0]


@pytest.mark.parametrize(
    ("url", "saved"),
    [
        # Four blocks of a 3x3 depthwise and a pointwise layer, of which one is left.
        ("zoo:ds_cnn?filters=32", 3 * (9 * 32 + 32 * 32)),
        ("zoo:autoencoder?input=64&width=64&depth=3", 2 * 64 * 64),
        ("zoo:mlp?hidden=64&layers=4", 2 * 64 * 64),
    ],
)
def test_shared_weights_are_stored_once(url, saved, tmp_path):
    """In the linked image: the weights of the blocks that are left out are gone."""
    alone, shared = (
        pipeline.build(
            converted(quantized(f"{url}{share}"), tmp_path / f"made{i}", WITHOUT_DSP)
        ).sizes
        for i, share in enumerate(("&share=0", "&share=1"))
    )
    assert alone.weights_bytes - shared.weights_bytes >= saved
    assert alone.flash_bytes - shared.flash_bytes >= saved
