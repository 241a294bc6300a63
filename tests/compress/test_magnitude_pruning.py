"""Tests for magnitude pruning: the smallest weights are zero, and only the download shrinks."""

from __future__ import annotations

import numpy as np

from edgekit.compress.magnitude_pruning import SparseOptions, gzip_bytes, sparsify
from edgekit.train import evaluate, fit
from tests.support.compression import LEARNING, levels, small_cnn
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


def test_each_layer_loses_its_share_and_the_network_is_still_right() -> None:
    data, model = levels(), small_cnn(16)
    fit(model, data, LEARNING)
    depthwise = np.array(model.get_layer("depthwise").get_weights()[0])
    whole = model.count_params()
    options = SparseOptions(0.75, training=LEARNING)
    found = sparsify(model, data, options)
    for name in ("conv", "classes"):
        kernel = model.get_layer(name).get_weights()[0]
        assert (kernel == 0).mean() >= 0.74
    assert not (
        model.get_layer("depthwise").get_weights()[0] == 0
    ).any()  # depthwise ones are left whole
    assert not np.array_equal(
        depthwise, model.get_layer("depthwise").get_weights()[0]
    )  # but trained on
    assert found.weights == sum(w.size for w in model.get_weights() if w.ndim > 1)
    assert found.zeros == sum((w == 0).sum() for w in model.get_weights() if w.ndim > 1)
    assert model.count_params() == whole
    assert (evaluate(model, data)["validation"].accuracy or 0) > 0.9


def test_a_download_has_the_same_size_at_any_time() -> None:
    random = np.random.default_rng(0).integers(0, 256, 4000).astype(np.uint8)
    sparse = np.where(np.arange(4000) % 5, np.uint8(0), random)
    assert gzip_bytes(sparse.tobytes()) < 0.5 * gzip_bytes(random.tobytes())
    assert gzip_bytes(random.tobytes()) == gzip_bytes(random.tobytes())
