import dataclasses

import numpy as np
import pytest

from edgekit import datasets
from edgekit.datasets import Form, Samples
from edgekit.errors import InputError


def save(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **arrays)
    return str(path)


def whole(tmp_path, count=50):
    x = np.arange(count, dtype=np.float32)[:, None]
    return save(tmp_path, x=x, y=np.arange(count) % 5)


def test_parts(tmp_path):
    data = datasets.load(whole(tmp_path))
    assert (len(data.train), len(data.validation), data.test) == (40, 10, None)
    assert sorted([*data.train.x.ravel(), *data.validation.x.ravel()]) == list(range(50))
    assert data.validation.y is not None
    assert np.bincount(data.validation.y).tolist() == [2] * 5, "each class by its share"
    assert (data.train.x.ravel() % 5 == data.train.y).all()
    assert data.classes == 5


def test_seed_decides_the_split_and_the_hash(tmp_path):
    source = whole(tmp_path)
    first, again, other = (datasets.load(source, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train.x, again.train.x)
    assert first.sha256 == again.sha256
    assert first.sha256 != other.sha256
    assert len(first.sha256) == 64


def test_hash_sees_classes_and_labels(tmp_path):
    x, y = np.zeros((10, 1)), np.arange(10) % 2
    hashes = {
        datasets.load(save(tmp_path, **arrays)).sha256
        for arrays in (
            {"x": x},
            {"x": x, "y": y},
            {"x": x, "y": 1 - y},
            {"x": x, "y": y, "labels": ["a", "b"]},
        )
    }
    assert len(hashes) == 4


def test_builtin_keeps_its_test_part():
    pytest.importorskip("sklearn")
    data = datasets.load("digits", Form((8, 8, 1)))
    assert data.test is not None
    assert (len(data.train) + len(data.validation), len(data.test)) == (1347, 450)
    assert data.labels == tuple("0123456789")


def test_other_source_for_the_test(tmp_path):
    source = whole(tmp_path)
    other = tmp_path / "test.npz"
    np.savez(other, x=np.ones((3, 1)), y=[0, 1, 4])
    data = datasets.load(source, test=str(other))
    assert data.test is not None
    assert data.test.x.tolist() == [[1], [1], [1]]
    np.savez(other, x=np.ones((3, 1)), y=[0, 1, 5])
    with pytest.raises(InputError, match="1 classes are out of range, the first is 5 in sample 2"):
        datasets.load(source, test=str(other))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.array([[0.0], [np.nan]] * 5)}, "5 values are NaN.*sample 1"),
        ({"x": np.array([[0.0], [1e300]] * 5)}, "too large for float32"),
        ({"x": np.zeros((10, 1)), "y": [-1] * 10}, "classes are out of range"),
        ({"x": np.zeros((4, 1)), "y": [0, 1, 2, 3], "labels": ["a", "b"]}, "the model has 2"),
        ({"x": np.zeros((0, 1))}, "no samples"),
        ({"x": np.zeros((1, 1))}, "too few"),
        ({"x": np.array([["a"]] * 10)}, "store numbers"),
        ({"x": np.zeros((10, 4), np.uint8)}, "scale pixels as in training"),
        ({"x": np.zeros((10, 2))}, "don't fit the model's input of 1"),
    ],
)
def test_refused(tmp_path, arrays, message):
    with pytest.raises(InputError, match=message):
        datasets.load(save(tmp_path, **arrays), Form((1,)))


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_share_out_of_range(tmp_path, share):
    with pytest.raises(InputError, match="leaves nothing"):
        datasets.load(whole(tmp_path), validation=share)


def test_images_of_mixed_sizes(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for number, size in enumerate([(4, 4), (4, 4), (5, 4)]):
        image.new("L", size, 100).save(tmp_path / f"{number}.png")
    with pytest.raises(InputError, match=r"mixed sizes.*0\.png is 4x4.*2\.png is 5x4"):
        datasets.read(str(tmp_path))
    assert datasets.read(str(tmp_path), Form((6, 6, 1))).x.shape == (3, 6, 6, 1)
    (tmp_path / "2.png").unlink()
    assert datasets.read(str(tmp_path)).x.shape == (2, 4, 4, 1)


def test_files_beside_class_folders(tmp_path):
    image = pytest.importorskip("PIL.Image")
    (tmp_path / "a").mkdir()
    for path in ("a/1.png", "2.png"):
        image.new("L", (4, 4)).save(tmp_path / path)
    with pytest.raises(InputError, match="1 beside them"):
        datasets.read(str(tmp_path))


def test_more_than_the_memory_holds():
    pytest.importorskip("sklearn")
    with pytest.raises(InputError, match=r"1,347 samples of 90000x90000x3 need .* GiB of memory"):
        datasets.read("digits", Form((90_000, 90_000, 3)))


def test_take():
    data = Samples("x", np.arange(4), np.arange(4))
    assert data.take(np.array([2, 0])).x.tolist() == [2, 0]
    assert dataclasses.replace(data, y=None).take(np.array([1])).y is None
