import pytest

from edgekit import datasets
from edgekit.errors import InputError


def read(tmp_path, text, **options):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return datasets.read(str(path), **options)


def test_header_with_a_class_column(tmp_path):
    data = read(tmp_path, "a,Label,b\n1,cat,2\n3,ant,4\n")
    assert data.x.tolist() == [[1, 2], [3, 4]]
    assert data.labels == ("ant", "cat")
    assert data.y is not None
    assert data.y.tolist() == [1, 0]


def test_header_without_classes(tmp_path):
    data = read(tmp_path, "a;b\n1;2\n3;4\n")
    assert data.x.tolist() == [[1, 2], [3, 4]]
    assert data.y is None


def test_no_header_and_text_at_the_end(tmp_path):
    data = read(tmp_path, "\ufeff1,2,no\n\n3,4,yes\n")
    assert data.x.tolist() == [[1, 2], [3, 4]]
    assert data.labels == ("no", "yes")


def test_whole_numbers_stay_class_numbers(tmp_path):
    data = read(tmp_path, "a,y\n1,2\n3,0\n")
    assert data.y is not None
    assert data.y.tolist() == [2, 0]
    assert data.labels == ()


def test_one_column(tmp_path):
    assert read(tmp_path, "1\n2\n3\n").x.tolist() == [[1], [2], [3]]


def test_limit(tmp_path):
    assert read(tmp_path, "1\n2\n3\n4\n", limit=2).x.tolist() == [[1], [3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n", "a header and no rows"),
        ("1,2\n3\n", "line 2: 1 columns instead of 2"),
        ("a,b\n1,x\n", "line 2: 'x' is no number"),
        ("a,b\n1,\n", "line 2: a cell is empty"),
        ("y\n1\n", "no column beside"),
        (b"\xff\xfe1,2", "can't be read"),
    ],
)
def test_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)
