"""Each layer by itself: trained model -> prepared -> int8, without a float op and agreeing."""

import importlib.util

import numpy as np
import pytest

from edgekit import train
from edgekit.datasets import Dataset, Samples
from edgekit.errors import InputError, UnsupportedError
from edgekit.quantize import Network, int8_ptq, look, qat, qat_int4
from edgekit.train import Options
from tests.support.tensorflow import digits, digits_model, needs_tensorflow

pytestmark = needs_tensorflow

IMAGE, ROW, SEQUENCE = (8, 8, 4), (10,), (16, 4)


def _squeeze_and_excite(k, x, gate):
    y = k.layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = k.layers.Conv2D(2, 1, activation="relu")(y)
    return k.layers.Multiply()([x, k.layers.Conv2D(4, 1, activation=gate)(y)])


def _normalized(k, x):
    return k.layers.BatchNormalization()(x)


def _nested(k, x):
    inner = k.Sequential([k.Input(IMAGE), k.layers.Conv2D(4, 3, padding="same")])
    inner.add(k.layers.BatchNormalization())
    return inner(k.layers.ReLU()(inner(x)))


LAYERS = {
    "conv_bn_relu": (IMAGE, lambda k, x: k.layers.ReLU()(_normalized(k, k.layers.Conv2D(6, 3)(x)))),
    "depthwise_bn_relu6": (
        IMAGE,
        lambda k, x: k.layers.ReLU(6.0)(
            _normalized(k, k.layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False)(x))
        ),
    ),
    "separable": (IMAGE, lambda k, x: _normalized(k, k.layers.SeparableConv2D(6, 3)(x))),
    "strided_after_padding": (
        IMAGE,
        lambda k, x: k.layers.Conv2D(3, 3, strides=2)(k.layers.ZeroPadding2D(((0, 1), (0, 1)))(x)),
    ),
    "transposed": (IMAGE, lambda k, x: k.layers.Conv2DTranspose(6, 3, strides=2)(x)),
    "conv1d": (
        SEQUENCE,
        lambda k, x: k.layers.MaxPooling1D(2)(
            k.layers.ReLU()(_normalized(k, k.layers.Conv1D(6, 3)(x)))
        ),
    ),
    "dense_bn_dense": (
        ROW,
        lambda k, x: k.layers.Dense(4, activation="softmax")(
            k.layers.ReLU()(_normalized(k, k.layers.Dense(8)(x)))
        ),
    ),
    "bn_without_convolution": (ROW, lambda k, x: k.layers.Dense(3)(_normalized(k, x))),
    "rescaling": (IMAGE, lambda k, x: k.layers.Conv2D(3, 3)(k.layers.Rescaling(1 / 3, 0.2)(x))),
    "residual": (
        IMAGE,
        lambda k, x: k.layers.ReLU()(
            k.layers.Add()([x, _normalized(k, k.layers.Conv2D(4, 3, padding="same")(x))])
        ),
    ),
    "three_added": (
        IMAGE,
        lambda k, x: k.layers.Add()([x, k.layers.Conv2D(4, 1)(x), k.layers.Conv2D(4, 1)(x)]),
    ),
    "concatenation": (
        IMAGE,
        lambda k, x: k.layers.Concatenate()(
            [k.layers.MaxPooling2D(2)(x), k.layers.Conv2D(4, 3, strides=2, padding="same")(x)]
        ),
    ),
    "pools": (
        IMAGE,
        lambda k, x: k.layers.Flatten()(k.layers.AveragePooling2D(2)(k.layers.MaxPooling2D(2)(x))),
    ),
    "squeeze_and_excite": (IMAGE, lambda k, x: _squeeze_and_excite(k, x, "hard_sigmoid")),
    "squeeze_and_excite_sigmoid": (IMAGE, lambda k, x: _squeeze_and_excite(k, x, "sigmoid")),
    "hard_swish": (
        IMAGE,
        lambda k, x: k.layers.Activation("hard_silu")(_normalized(k, k.layers.Conv2D(4, 1)(x))),
    ),
    "hard_swish_by_hand": (IMAGE, lambda k, x: x * k.ops.relu6(x + 3.0) * (1 / 6)),
    "silu": (IMAGE, lambda k, x: k.layers.Conv2D(4, 1, activation="silu")(x)),
    "tanh": (IMAGE, lambda k, x: k.layers.Conv2D(4, 1, activation="tanh")(x)),
    "leaky_relu": (IMAGE, lambda k, x: k.layers.LeakyReLU(0.1)(k.layers.Conv2D(4, 1)(x))),
    "leaky_relu_by_name": (IMAGE, lambda k, x: k.layers.Conv2D(4, 1, activation="leaky_relu")(x)),
    "prelu": (
        IMAGE,
        lambda k, x: k.layers.PReLU("ones", shared_axes=[1, 2])(k.layers.Conv2D(4, 1)(x)),
    ),
    "limited_relu": (IMAGE, lambda k, x: k.layers.ReLU(1.0)(k.layers.Conv2D(4, 1)(x))),
    "operations": (IMAGE, lambda k, x: k.ops.relu(x + k.ops.relu6(x * 2.0))),
    "nested_and_shared": (IMAGE, _nested),
    "dropout": (ROW, lambda k, x: k.layers.Dense(3)(k.layers.Dropout(0.5)(x))),
}


def _model(shape, build):
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input(shape)
    model = keras.Model(inputs, build(keras, inputs))
    random = np.random.default_rng(0)
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model


def _int8_answers(tflite, samples):
    """What LiteRT's reference kernels answer, in real numbers, and one step of its output."""
    if importlib.util.find_spec("ai_edge_litert") is None:
        pytest.skip("LiteRT is not installed")
    from ai_edge_litert import interpreter as litert

    run = litert.Interpreter(
        model_content=tflite,
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
    )
    run.allocate_tensors()
    taken, given = run.get_input_details()[0], run.get_output_details()[0]
    scale, zero_point = taken["quantization"]
    answers = []
    for sample in samples:
        codes = np.clip(np.round(sample / scale) + zero_point, -128, 127).astype(np.int8)
        run.set_tensor(taken["index"], codes[None])
        run.invoke()
        answers.append(run.get_tensor(given["index"])[0].astype(np.float32))
    step, zero = given["quantization"]
    return (np.array(answers) - zero) * step, step


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    shape, build = LAYERS[name]
    model = _model(shape, build)
    samples = np.random.default_rng(1).uniform(-1, 1, (24, *shape)).astype(np.float32)
    prepared = qat.prepare(model)
    qat.calibrate(prepared, samples)
    tflite = qat.convert(prepared)
    int8_ptq.check(tflite)
    fake = np.asarray(prepared(samples, training=False))
    real = np.asarray(model(samples, training=False))
    # The rewritten model is the old one, to a few steps of 8 bits.
    assert np.abs(fake - real).max() < 0.06 * max(np.abs(real).max(), 1.0)
    # And the int8 model is the rewritten one, to a rounding here and there.
    answers, step = _int8_answers(tflite, samples[:6])
    assert np.abs(answers - fake[:6]).max() <= 3.01 * step


@pytest.mark.parametrize("name", ["LSTM", "LayerNormalization", "GELU"])
def test_unsupported_layer_is_named(name):
    def build(k, x):
        if name == "GELU":
            return k.layers.Dense(3, activation="gelu", name="bad")(x)
        return getattr(k.layers, name)(**({"units": 3} if name == "LSTM" else {}), name="bad")(x)

    with pytest.raises(UnsupportedError, match=r"layer 'bad' .* can't be trained") as caught:
        qat.prepare(_model(SEQUENCE, build))
    assert "replace the layer" in caught.value.hint


def test_custom_and_subclassed():
    import keras

    class Mine(keras.layers.Layer):
        def call(self, x):
            return x * 2.0

    class Whole(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(UnsupportedError, match=r"\(Mine\)"):
        qat.prepare(_model(ROW, lambda k, x: Mine()(x)))
    with pytest.raises(UnsupportedError, match="subclassed"):
        qat.prepare(Whole())


def test_a_range_without_data_is_refused():
    with pytest.raises(InputError, match="never saw data"):
        qat.convert(qat.prepare(_model(*LAYERS["residual"])))


def test_keep_names_a_layer_that_is_not_there():
    with pytest.raises(InputError, match=r"unknown layer .* 'conv_9'"):
        qat.prepare(_model(*LAYERS["residual"]), weight_bits=4, keep=frozenset({"conv_9"}))


def test_prepared_model_is_saved_and_loaded(tmp_path):
    import keras

    samples = digits("train")[0][:40]
    prepared = qat.prepare(digits_model())
    qat.calibrate(prepared, samples)
    prepared.save(tmp_path / "prepared.keras")
    loaded = keras.saving.load_model(tmp_path / "prepared.keras")
    np.testing.assert_array_equal(prepared(samples), loaded(samples))
    assert qat.convert(loaded) == qat.convert(prepared)


def _trained(method, epochs):
    """A method's model of digits: its .tflite, and the classes that it answers."""
    x, y = digits("train")
    network = Network(None, x, keras=digits_model(), classes=y, epochs=epochs)
    tflite = method.quantize(network)
    method.check(tflite)
    return tflite, _int8_answers(tflite, digits("test")[0])[0].argmax(axis=1)


def test_training_keeps_the_accuracy():
    x, y = digits("test")
    before = np.asarray(digits_model()(x)).argmax(axis=1)
    _, classes = _trained(qat, 2)
    assert (classes == before).mean() > 0.95
    assert (classes == y).mean() >= (before == y).mean() - 0.02


def test_without_classes_the_float_model_is_learned():
    x, _ = digits("train")
    tflite = qat.quantize(Network(None, x[:400], keras=digits_model(), epochs=1))
    before = np.asarray(digits_model()(digits("test")[0])).argmax(axis=1)
    answers = _int8_answers(tflite, digits("test")[0])[0].argmax(axis=1)
    assert (answers == before).mean() > 0.95


def test_four_bits():
    x, y = digits("test")
    before = np.asarray(digits_model()(x)).argmax(axis=1)
    tflite, classes = _trained(qat_int4, 3)
    kinds = {op.kind for op in look(tflite).ops if any(t.dtype.value == "int4" for t in op.tensors)}
    assert kinds == {"CONV_2D", "FULLY_CONNECTED"}
    assert (classes == y).mean() >= (before == y).mean() - 0.05


def test_kept_layers_have_eight_bits():
    model = digits_model()
    conv = next(layer.name for layer in model.layers if type(layer).__name__ == "Conv2D")
    prepared = qat.prepare(model, weight_bits=4, keep=frozenset({conv}))
    qat.calibrate(prepared, digits("train")[0][:32])
    ops = look(qat.convert(prepared)).ops
    types = {op.kind: op.tensors[1].dtype.value for op in ops if len(op.tensors) > 2}
    assert types["CONV_2D"] == types["DEPTHWISE_CONV_2D"] == "int8"
    assert types["FULLY_CONNECTED"] == "int4"


def test_source_without_keras_model():
    with pytest.raises(UnsupportedError, match="needs the Keras model"):
        qat.quantize(Network(None, np.zeros((1, 8, 8, 1), np.float32)))


def test_trained_as_any_other_model():
    """`edgekit.train.fit` takes a prepared model, and ends with ranges that can be converted."""
    x, y = digits("train")
    parts = Samples("digits", x[:800], y[:800]), Samples("digits", x[800:1000], y[800:1000])
    prepared = qat.prepare(digits_model())
    history = train.fit(
        prepared, Dataset("digits", *parts, None, (), "0" * 64), Options(epochs=1, batch_size=64)
    )
    assert history.epochs[0].validation.accuracy > 0.8
    int8_ptq.check(qat.convert(prepared))
