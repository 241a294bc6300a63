import shutil

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.importers import saved_model
from tests.support.corpus import corpus_path
from tests.support.tensorflow import digits, digits_model, kws_data, needs_tensorflow

pytestmark = needs_tensorflow


def test_tensorflow_2_3_keyword_model():
    model = saved_model.load(str(corpus_path("keras", "kws_saved_model")))
    assert (model.name, model.input_shape) == ("kws_saved_model", (1, 49, 10, 1))
    assert model.output_shape == (1, 12)
    kinds = {op.type for op in model.function.graph.get_operations()}
    assert not kinds & {"Shape", "StridedSlice", "Pack", "StatefulPartitionedCall"}
    assert model.probe is not None
    with np.load(kws_data()) as data:
        seen = model.probe.activations(data["x"][:50])
    # Real features spread at the first BatchNormalization as the training data did.
    ratio = np.median(seen.std(axis=(0, 1, 2)) / np.sqrt(model.probe.variance))
    assert 0.5 < ratio < 2


def test_keras_3_export(tmp_path):
    import tensorflow as tf

    digits_model().export(tmp_path / "net", verbose=False)
    model = saved_model.load(str(tmp_path / "net"))
    x, _ = digits("test")
    answer = np.asarray(model.function(tf.constant(x[:1]))[0])
    np.testing.assert_allclose(answer, np.asarray(digits_model()(x[:1])), atol=1e-5)


@pytest.mark.parametrize("content", [b"", b"nonsense that is no protobuf"])
def test_damaged_graph(tmp_path, content):
    (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(InputError, match=r"missing or empty|can't load"):
        saved_model.load(str(tmp_path))


def test_missing_variables(tmp_path):
    shutil.copy(corpus_path("keras", "kws_saved_model") / "saved_model.pb", tmp_path)
    with pytest.raises(InputError, match="can't load the SavedModel"):
        saved_model.load(str(tmp_path))


def test_other_signature(tmp_path):
    import tensorflow as tf

    module = tf.Module()
    spec = tf.TensorSpec((1, 3), tf.float32)
    module.go = tf.function(lambda x: x + 1, input_signature=[spec])
    tf.saved_model.save(module, str(tmp_path), signatures={"go": module.go})
    with pytest.raises(InputError, match="no signature 'serving_default'") as caught:
        saved_model.load(str(tmp_path))
    assert "go" in caught.value.hint
