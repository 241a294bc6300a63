import numpy as np
import pytest

from edgekit import datasets
from edgekit.datasets import Form, evenly
from edgekit.errors import InputError

FORM = Form((4, 4, 1))


def load(source, form=FORM, limit=200):
    return datasets.read(str(source), form, limit=limit)


def test_npz(tmp_path):
    path = tmp_path / "a.npz"
    x = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    np.savez(path, x=x, y=[2, 0, 1], labels=["a", "b", "c"])
    data = load(path)
    assert (data.x == x).all()
    assert data.y is not None
    assert data.y.tolist() == [2, 0, 1]
    assert data.labels == ("a", "b", "c")
    assert data.total == 3


def test_only_array_of_an_npz(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, features=np.ones((3, 2)), y=np.eye(3))
    data = load(path)
    assert data.x.shape == (3, 2)
    assert data.y is not None
    assert data.y.tolist() == [0, 1, 2]


def test_npy(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.ones((3, 2)))
    assert load(path).x.shape == (3, 2)


def test_evenly_spread():
    assert evenly(10, 4).tolist() == [0, 2, 5, 7]
    assert evenly(3, 4).tolist() == [0, 1, 2]
    assert evenly(0, 4).tolist() == []
    spread = evenly(1_000, 200)
    assert set(np.diff(spread)) == {5}


def test_limit(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(100), y=np.arange(100))
    data = load(path, limit=10)
    assert data.x.tolist() == list(range(0, 100, 10))
    assert data.y is not None
    assert data.y.tolist() == data.x.tolist()
    assert data.total == 100


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": [1], "b": [2]}, "no array x"),
        ({}, "no array x"),
        ({"x": 1.0}, "a single number"),
        ({"x": [1, 2], "y": [0]}, "y has the shape"),
        ({"x": [1, 2], "y": [0.5, 1]}, "not class numbers"),
        ({"x": [1, 2], "y": ["cat", "dog"]}, "not class numbers"),
        ({"x": np.array([{}], dtype=object)}, "can't be read"),
    ],
)
def test_refused_arrays(tmp_path, arrays, message):
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=message):
        load(path)


@pytest.mark.parametrize("name", ["a.npz", "a.npy"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\3\4 cut"])
def test_damaged_file(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match="can't be read"):
        load(path)


def test_cut_off_npz(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.ones((100, 10)))
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(InputError, match="can't be read"):
        load(path)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("digit", "unknown built-in data set 'digit'", "did you mean 'digits'"),
        ("no/such.npz", "there is no data", "an .npz"),
    ],
)
def test_missing(source, message, hint):
    with pytest.raises(InputError) as caught:
        datasets.check(source)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_other_format(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("1,2")
    with pytest.raises(InputError, match="can't read data"):
        datasets.check(str(path))


class TestImages:
    @pytest.fixture(autouse=True)
    def _pillow(self):
        pytest.importorskip("PIL")

    def save(self, path, value, mode="L", size=(8, 6)):
        from PIL import Image

        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, value).save(path)

    def test_folder_with_classes(self, tmp_path):
        self.save(tmp_path / "no" / "1.png", 0)
        self.save(tmp_path / "yes" / "1.png", 255)
        self.save(tmp_path / "yes" / "2.jpg", 255)
        data = load(tmp_path)
        assert data.x.shape == (3, 4, 4, 1)
        assert data.x.dtype == np.float32
        assert data.labels == ("no", "yes")
        assert data.y is not None
        assert data.y.tolist() == [0, 1, 1]
        assert data.x[0].max() == 0
        assert data.x[1].min() == 1

    def test_range_and_colour(self, tmp_path):
        self.save(tmp_path / "1.png", (255, 0, 51), "RGB")
        data = load(tmp_path, Form((2, 2, 3), -1.0, 1.0))
        np.testing.assert_allclose(data.x[0, 1, 1], [1, -1, -0.6], atol=1e-6)
        assert data.y is None

    def test_grey_from_colour_and_palette(self, tmp_path):
        self.save(tmp_path / "1.png", (255, 255, 255), "RGB")
        self.save(tmp_path / "2.gif", 0, "P")
        assert load(tmp_path).x[0].min() == 1

    def test_limit_opens_only_those(self, tmp_path):
        for number in range(10):
            self.save(tmp_path / f"{number}.png", number)
        (tmp_path / "1.png").write_bytes(b"broken, but not needed")
        data = load(tmp_path, limit=5)
        assert len(data.x) == 5
        assert data.total == 10

    def test_broken_image(self, tmp_path):
        (tmp_path / "1.png").write_bytes(b"nonsense")
        with pytest.raises(InputError, match=r"1\.png is no readable image"):
            load(tmp_path)

    def test_empty_folder(self, tmp_path):
        with pytest.raises(InputError, match="has no images"):
            load(tmp_path)

    def test_model_without_pictures(self, tmp_path):
        with pytest.raises(InputError, match="no picture"):
            load(tmp_path, Form((10,)))
