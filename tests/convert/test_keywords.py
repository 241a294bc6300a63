"""The corpus' keyword spotter, quantized on one half of real keywords, judged on the other."""

import numpy as np
import pytest

from edgekit.convert import to_tflite
from edgekit.convert._litert import LiteRt
from tests.support.corpus import corpus_path
from tests.support.tensorflow import kws_data, tensorflow_here

pytestmark = tensorflow_here

# One sample of the half is 0.2 points.
_MOST_BELOW = 0.5


def _accuracy(model, x, y):
    """Percent; the answers are those of the reference kernels."""
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    run = LiteRt(model)
    return 100.0 * np.mean(
        [run.invoke_real(s[None]).argmax() == c for s, c in zip(x, y, strict=True)]
    )


def test_no_worse_than_the_published_model(tmp_path):
    published = corpus_path("models", "kws_ref_model_int8.tflite").read_bytes()
    source = corpus_path("keras", "kws_saved_model")
    with np.load(kws_data()) as data:
        x, y = data["x"], data["y"]
    np.savez(tmp_path / "half.npz", x=x[::2], y=y[::2])
    converted = to_tflite(source, tmp_path / "half.npz", samples=len(x[::2]))
    other_half = x[1::2], y[1::2]
    theirs = _accuracy(published, *other_half)
    assert theirs > 85.0
    assert _accuracy(converted.tflite, *other_half) >= theirs - _MOST_BELOW
