import numpy as np

from edgekit.importers import keras
from edgekit.quantize import representative
from edgekit.quantize._selection import nearest_to_centers
from tests.support.tensorflow import digits, digits_keras, needs_tensorflow


def test_one_of_each_cluster():
    random = np.random.default_rng(0)
    centers = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
    sizes = (50, 3, 3, 3)
    points = np.concatenate(
        [random.normal(c, 0.1, (n, 2)) for c, n in zip(centers, sizes, strict=True)]
    )
    labels = np.repeat(np.arange(4), sizes)
    chosen = nearest_to_centers(points, np.zeros(len(points)), 4)
    assert sorted(labels[chosen]) == [0, 1, 2, 3]
    assert np.array_equal(chosen, nearest_to_centers(points, np.zeros(len(points)), 4))


def test_doubt_moves_the_center():
    points = np.array([[0.0], [1.0], [10.0], [11.0], [11.8]])
    assert 3 in nearest_to_centers(points, np.zeros(5), 2)
    assert 4 in nearest_to_centers(points, np.array([0.0, 0.0, 0.0, 0.0, 30.0]), 2)


def test_as_many_as_wanted_from_equal_samples():
    points = np.zeros((6, 2))
    assert nearest_to_centers(points, np.zeros(6), 3).tolist() == [0, 1, 2]


class TestModel:
    pytestmark = needs_tensorflow

    def test_classes_are_covered(self):
        x, y = digits("train")
        order = np.argsort(y, kind="stable")[:400]  # the first classes only: unlike a spread
        function = keras.load(str(digits_keras())).function
        chosen = representative(function, x[order], 12)
        assert len(set(chosen)) == 12
        assert set(y[order][chosen]) == set(y[order])

    def test_no_more_than_there_are(self):
        x = digits("train")[0][:5]
        function = keras.load(str(digits_keras())).function
        assert representative(function, x, 9).tolist() == [0, 1, 2, 3, 4]
