import pytest

from edgekit import importers, registry
from edgekit.errors import InputError


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a/b/net.tflite", "tflite"),
        ("net.keras", "keras"),
        ("NET.H5", "keras_h5"),
        ("net.hdf5", "keras_h5"),
        ("zoo:ds_cnn", "zoo"),
    ],
)
def test_find(source, name):
    assert importers.find(source).__name__ == f"edgekit.importers.{name}"


def test_find_saved_model(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    assert importers.find(str(tmp_path)).__name__ == "edgekit.importers.saved_model"


def test_every_source_has_one_importer(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    modules = registry.load_all("edgekit.importers").values()
    for source in ("n.tflite", "n.keras", "n.h5", "zoo:ds_cnn", str(tmp_path)):
        assert sum(module.accepts(source) for module in modules) == 1


@pytest.mark.parametrize("source", ["no/such/net.onnx", ""])
def test_missing(source):
    with pytest.raises(InputError, match=r"there is no model|is no model") as caught:
        importers.find(source)
    assert ".keras" in caught.value.hint


def test_unknown_format(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match="no model that edgekit can read"):
        importers.find(str(path))


def test_model_name(tmp_path):
    assert importers.model_name("a/kws.int8.tflite") == "kws.int8"
    assert importers.model_name("zoo:ds_cnn?classes=3") == "ds_cnn"
    assert importers.model_name(str(tmp_path)) == tmp_path.name
