import numpy as np
import pytest

from edgekit import models, registry
from edgekit.errors import InputError
from tests.support.tensorflow import needs_tensorflow


def test_parse():
    recipe = models.parse_url("zoo:mobilenet_v1?alpha=0.5&input=64x48x1&classes=7")
    assert recipe.architecture == "mobilenet_v1"
    assert (recipe.params.alpha, recipe.params.input) == (0.5, (64, 48, 1))
    assert (recipe.params.classes, recipe.weights) == (7, None)


def test_defaults_are_valid():
    for name, module in registry.load_all("edgekit.models").items():
        assert module.check(models.parse_url(f"zoo:{name}").params) is None
        assert module.DESCRIPTION


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        ("zoo:", "names no architecture", "ds_cnn"),
        ("zoo:mobilnet", "unknown architecture 'mobilnet'", "did you mean 'mobilenet_v"),
        ("zoo:_recipe", "unknown architecture", "ds_cnn"),
        ("zoo:mobilenet_v1?alfa=1", "unknown parameter of mobilenet_v1 'alfa'", "'alpha'"),
        ("zoo:mobilenet_v1?alpha=big", "alpha='big' is not a number", "alpha=0.25"),
        ("zoo:mobilenet_v1?alpha=nan", "alpha must lie in", ""),
        (
            "zoo:mobilenet_v1?alpha=0",
            "alpha must lie in",
            "write e.g. zoo:mobilenet_v1?alpha=0.25&input=96x96x3&classes=2",
        ),
        ("zoo:mobilenet_v1?classes=2.5", "classes='2.5' is not a whole number", "classes=2"),
        ("zoo:mobilenet_v1?classes=1", "classes must lie in", ""),
        ("zoo:mobilenet_v1?input=96", "input must be HEIGHTxWIDTHxCHANNELS", ""),
        ("zoo:mobilenet_v1?input=96x-1x1", "is no shape", "96x96x3"),
        ("zoo:mobilenet_v1?input=16x16x1", "at least 32x32", ""),
        ("zoo:mobilenet_v1?classes=2&classes=3", "given twice", ""),
        ("zoo:mobilenet_v1?classes", "is no zoo URL", "PARAMETER=VALUE"),
        ("zoo:ds_cnn?blocks=0", "blocks must lie in 1 to 32", ""),
        ("zoo:ds_cnn?weights=no/such.keras", "weights file 'no/such.keras' isn't there", ""),
    ],
)
def test_refusals(url, message, hint):
    with pytest.raises(InputError) as caught:
        models.parse_url(url)
    assert message in caught.value.message
    assert hint in caught.value.hint


class TestBuild:
    pytestmark = needs_tensorflow

    def test_mobilenet_v1_is_the_paper_s(self):
        recipe = models.parse_url("zoo:mobilenet_v1?alpha=0.25&input=96x96x3&classes=2")
        model = models.build(recipe)
        kinds = [type(layer).__name__ for layer in model.layers]
        assert (kinds.count("DepthwiseConv2D"), kinds.count("Conv2D")) == (13, 14)
        assert model.layers[-3].output.shape == (None, 3, 3, 256)
        # Keras' own MobileNet has as many weights: the same layers in other hands.
        import keras

        theirs = keras.applications.MobileNet((96, 96, 3), 0.25, weights=None, classes=2)
        assert model.count_params() == theirs.count_params()

    def test_ds_cnn_is_mlperf_tiny_s(self):
        model = models.build(models.parse_url("zoo:ds_cnn"))
        assert model.input_shape == (None, 49, 10, 1)
        assert model.output_shape == (None, 12)
        assert model.count_params() == 24_908  # the reference model's

    @pytest.mark.parametrize("url", ["zoo:mobilenet_v1?input=96x96x1&alpha=1", "zoo:ds_cnn"])
    def test_untrained_activations_do_not_vanish(self, url):
        """They would with Keras' default weights: to 1e-8 in MobileNetV1, refused by SOFTMAX."""
        import keras

        model = models.build(models.parse_url(url))
        head = keras.Model(model.input, model.layers[-1].input)
        x = np.random.default_rng(0).random((4, *model.input_shape[1:]), np.float32)
        assert 1e-3 < float(np.abs(head(x, training=False)).mean()) < 10

    def test_seeded(self):
        recipe = models.parse_url("zoo:ds_cnn?filters=4&blocks=1")
        first, second = (models.build(recipe).get_weights() for _ in range(2))
        assert all((a == b).all() for a, b in zip(first, second, strict=True))

    @pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
    def test_weights(self, tmp_path, suffix):
        path = tmp_path / f"trained{suffix}"
        model = models.build(models.parse_url("zoo:ds_cnn?filters=4&blocks=1"))
        model.set_weights([w + 1 for w in model.get_weights()])
        model.save_weights(path) if suffix == ".weights.h5" else model.save(path)
        url = f"zoo:ds_cnn?filters=4&blocks=1&weights={path}"
        loaded = models.build(models.parse_url(url))
        assert all(
            (a == b).all() for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True)
        )
        with pytest.raises(InputError, match="has no weights for ds_cnn"):
            models.build(models.parse_url(f"zoo:ds_cnn?filters=8&blocks=1&weights={path}"))


class TestTransfer:
    pytestmark = needs_tensorflow

    def test_layers_of_equal_name_and_shape(self, tmp_path):
        trained = models.build(models.parse_url("zoo:mlp?classes=3"), seed=5)
        trained.save(tmp_path / "trained.keras")
        model = models.build(models.parse_url("zoo:mlp?classes=4"))
        taken = models.transfer(model, tmp_path / "trained.keras")
        assert taken == ("hidden1", "hidden1_bn", "hidden2", "hidden2_bn")
        pairs = zip(model.get_weights()[:-2], trained.get_weights()[:-2], strict=True)
        assert all((ours == theirs).all() for ours, theirs in pairs)

    def test_refused(self, tmp_path):
        models.build(models.parse_url("zoo:mlp?hidden=4")).save(tmp_path / "other.keras")
        model = models.build(models.parse_url("zoo:cnn"))
        with pytest.raises(InputError, match=r"no layer of .* has the name and the shapes"):
            models.transfer(model, tmp_path / "other.keras")
        with pytest.raises(InputError, match="without the names of their layers"):
            models.transfer(model, tmp_path / "other.weights.h5")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("zoo:mobilenet_v2?alpha=0.01", "alpha must lie in 0.05 to 2"),
        ("zoo:mobilenet_v2?input=16x16x3", "at least 32x32"),
        ("zoo:resnet8?filters=0", "filters must lie in 1 to 512"),
        ("zoo:efficientnet_lite?scale=9", "scale must lie in -12 to 4"),
        ("zoo:efficientnet_lite?resolution=8", "resolution must lie in 32 to 1024"),
        ("zoo:autoencoder?input=8x8", "one number of features"),
        ("zoo:wake_word?input=30x40", "TIMEx1xFEATURES"),
        ("zoo:wake_word?input=12x1x40", "time must lie in 16 to 1024"),
        ("zoo:cnn?blocks=3&input=6x6x1", "at least 8x8"),
        ("zoo:mlp?share=2", "share must lie in 0 to 1"),
        ("zoo:mlp?input=300x300", "size must lie in 1 to 65536"),
    ],
)
def test_out_of_range(url, message):
    with pytest.raises(InputError, match=message):
        models.parse_url(url)
