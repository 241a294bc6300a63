import pytest

from edgekit.errors import InputError
from edgekit.importers import tflite
from tests.support.corpus import corpus_path


def test_load():
    path = corpus_path("models", "kws_ref_model_int8.tflite")
    model = tflite.load(str(path))
    assert model.name == "kws_ref_model_int8"
    assert model.data == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"x", "no TensorFlow Lite model"),
        (b"PK\3\4abcdefgh", "no TensorFlow Lite model"),
    ],
)
def test_refusals(tmp_path, content, message):
    path = tmp_path / "net.tflite"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        tflite.check(str(path))


def test_not_a_file(tmp_path):
    with pytest.raises(InputError, match="can't read"):
        tflite.check(str(tmp_path / "none.tflite"))
    folder = tmp_path / "folder.tflite"
    folder.mkdir()
    with pytest.raises(InputError, match="can't read"):
        tflite.check(str(folder))
