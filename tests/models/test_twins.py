"""The zoo against published figures and the corpus' models: exact MACs and sizes."""

import math

import pytest

from edgekit import models, ops, tflite
from tests.support.corpus import corpus_path
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow


def built(url):
    import keras

    keras.backend.clear_session()
    return models.build(models.parse_url(url))


def multiplying(model):
    """The layers with kernels; none of these models calls one twice."""
    kinds = {"Conv2D", "DepthwiseConv2D", "Dense"}
    return [layer for layer in model.layers if type(layer).__name__ in kinds]


def macs(model) -> list[int]:
    """Of each layer: a kernel's elements times the places where it is applied."""
    return [
        math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape)
        for layer in multiplying(model)
    ]


def folded(model) -> int:
    """Weights once batch normalization is folded: each kernel and one bias per output."""
    return sum(
        math.prod(layer.kernel.shape) + int(layer.output.shape[-1]) for layer in multiplying(model)
    )


@pytest.mark.parametrize(
    ("url", "parameters", "millions"),
    [
        # Keras' own table (keras.io/api/applications) and table 8 of the paper: 569 million.
        ("zoo:mobilenet_v1?alpha=1&input=224x224x3&classes=1000", 4_253_864, 569),
        # Keras' own figure and table 4 of the paper: 300 million (301 with its classifier).
        ("zoo:mobilenet_v2?alpha=1&input=224x224x3&classes=1000", 3_538_984, 301),
    ],
)
def test_published(url, parameters, millions):
    model = built(url)
    assert model.count_params() == parameters
    assert round(sum(macs(model)) / 1e6) == millions


@pytest.mark.parametrize(
    ("url", "millions", "published"),
    [
        ("zoo:efficientnet_lite?scale=0&classes=1000", 4.652008, 407),
        ("zoo:efficientnet_lite?depth=1.1&width=1&resolution=240&classes=1000", 5.42, 631),
    ],
)
def test_efficientnet_lite(url, millions, published):
    """Against the table in TensorFlow's tpu repository, and keras-hub's count of lite0's weights.

    The table counts the normalizations too: its multiply-adds are 5 to 6 % above those of the
    convolutions and the classifier, which is what edgekit counts.
    """
    model = built(url)
    trained = sum(math.prod(v.shape) for v in model.trainable_variables)
    assert trained / 1e6 == pytest.approx(millions, abs=0 if millions == 4.652008 else 0.005)
    assert 1.05 < published * 1e6 / sum(macs(model)) < 1.06


@pytest.mark.parametrize(
    ("url", "file", "parameters"),
    [
        ("zoo:ds_cnn", "kws_ref_model_int8", 24_908),
        ("zoo:mobilenet_v1", "vww_96_int8", None),
        ("zoo:mobilenet_v1?input=96x96x1", "person_detect_int8", None),
        ("zoo:resnet8", "resnet8_int8", 78_666),
        ("zoo:autoencoder", "ad01_int8", 269_992),
        ("zoo:wake_word", "str_ww_ref_model_int8", None),
    ],
)
def test_corpus(url, file, parameters):
    """The same layers in the same order, MAC for MAC; parameters are MLPerf Tiny's own count."""
    model = built(url)
    graph = tflite.read(corpus_path("models", f"{file}.tflite").read_bytes())
    theirs = [count for op in graph.ops if (count := ops.find(op.kind).macs(op, graph))]
    assert sorted(macs(model)) == sorted(theirs)
    constants = [t.size for t in graph.tensors if t.data is not None and t.quant is not None]
    assert sum(constants) == folded(model)
    if parameters is not None:
        assert model.count_params() == parameters
