import numpy as np
import pytest

from edgekit import registry
from edgekit.convert import sets
from edgekit.convert._data import Picture
from edgekit.errors import InputError

pytest.importorskip("sklearn")


def test_every_set_has_both_parts():
    for name, module in registry.load_all("edgekit.convert.sets").items():
        assert name in sets.names()
        assert module.DESCRIPTION
        for split in ("train", "test"):
            x, y, labels = module.pictures(split)
            assert x.dtype == np.float32
            assert (x.min(), x.max()) == (0.0, 1.0)
            assert len(x) == len(y) >= 100
            assert set(y) == set(range(len(labels)))


def test_parts_share_no_picture():
    module = registry.load("edgekit.convert.sets", "digits")
    train, test = (module.pictures(split)[0] for split in ("train", "test"))
    assert len(train) + len(test) == 1797
    known = {picture.tobytes() for picture in train}
    assert not any(picture.tobytes() in known for picture in test)


def test_fits_the_model():
    data = sets.load("digits", "test", Picture((16, 12, 3), -1.0, 1.0))
    assert data.x.shape == (450, 16, 12, 3)
    assert (data.x[..., 0] == data.x[..., 2]).all()
    assert data.x.min() == -1.0
    assert 0.9 < data.x.max() <= 1.0


def test_unknown():
    with pytest.raises(InputError, match="unknown data set 'digit'"):
        sets.load("digit", "test", Picture((8, 8, 1), 0.0, 1.0))


def test_resized_keeps_what_has_the_size():
    x = np.random.default_rng(0).random((2, 5, 7)).astype(np.float32)
    np.testing.assert_array_equal(sets.resized(x, 5, 7), x)


def test_resized_is_bilinear():
    x = np.array([[[0.0, 1.0]]])
    np.testing.assert_allclose(sets.resized(x, 1, 4), [[[0, 0.25, 0.75, 1]]])
    np.testing.assert_allclose(sets.resized(x, 2, 1), [[[0.5], [0.5]]])


def test_resized_like_pillow():
    image = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    theirs = image.fromarray(x).resize((20, 13), image.Resampling.BILINEAR)
    np.testing.assert_allclose(sets.resized(x[None], 13, 20)[0], np.asarray(theirs), atol=1e-6)
