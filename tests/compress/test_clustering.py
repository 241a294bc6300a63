"""Clustered weights: the best values there are, in a .tflite that is otherwise what it was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit import tflite
from edgekit.compress import clustering
from edgekit.compress._error_feedback import fitted, moments_of
from edgekit.compress.clustering import ClusterOptions, cluster, optimal_values
from edgekit.errors import InputError, UnsupportedError
from edgekit.oracles import numpy_reference
from tests.support.cases import random_inputs
from tests.support.corpus import corpus_path

RANDOM = np.random.default_rng(11)


@pytest.fixture(scope="module")
def model() -> bytes:
    return corpus_path("models", "kws_ref_model_int8.tflite").read_bytes()


def _loss(numbers: np.ndarray, counts: np.ndarray, values: tuple[int, ...]) -> float:
    nearest = np.abs(numbers[:, None] - np.array(values)).min(axis=1)
    return float((counts * nearest**2).sum())


@pytest.mark.parametrize("values", [2, 3, 4])
def test_no_other_values_lose_less(values: int) -> None:
    """Against every choice of so many values."""
    for _ in range(5):
        used = np.sort(RANDOM.choice(np.arange(-12, 13), 9, replace=False))
        weights = RANDOM.integers(1, 30, 9).astype(float)
        counts = np.zeros(256)
        counts[used + 128] = weights
        found = optimal_values(counts, values)[used + 128]
        assert np.unique(found).size <= values
        best = min(
            _loss(used, weights, each)
            for each in itertools.combinations(range(int(used[0]), int(used[-1]) + 1), values)
        )
        assert (weights * (found - used) ** 2).sum() == pytest.approx(best)


def test_zero_stays_where_there_are_values_enough() -> None:
    counts = np.zeros(256)
    counts[[128 + i for i in (-100, -50, -3, 2, 7, 30, 31, 60, 64, 90, 99)]] = 1.0
    for values in (8, 16):
        assert optimal_values(counts, values)[128] == 0
    few = np.zeros(256)
    few[[100, 200, 250]] = 2.0
    assert np.array_equal(optimal_values(few, 4), np.arange(-128, 128)), "nothing to do"


def test_errors_cancel_out_in_what_the_layer_sums(model: bytes) -> None:
    graph = tflite.read(model)
    samples = random_inputs(graph, 3)
    (moments,) = moments_of(graph, [2], samples).values()
    weights = np.asarray(graph.input(graph.ops[2], 1).data, np.int64).reshape(64, -1)
    book = np.unique(np.clip(np.arange(-120, 121, 30), -127, 127))
    nearest = book[np.abs(weights[..., None] - book).argmin(axis=-1)]
    chosen = fitted(weights, book, moments)
    assert np.isin(chosen, book).all()

    def noise(made: np.ndarray) -> float:
        lost = made - weights
        return float(((lost @ moments.covariance) * lost).sum())

    assert noise(chosen) < 0.75 * noise(nearest)


def test_only_weights_and_biases_change(model: bytes) -> None:
    graph = tflite.read(model)
    samples = [each[0] for each in random_inputs(graph, 2)]
    found = cluster(model, ClusterOptions(bits=4), samples=samples)
    assert len(found.tflite) == len(model)
    made = tflite.read(found.tflite)
    assert [op.kind for op in made.ops] == [op.kind for op in graph.ops]
    layers = {each.index: each for each in found.layers}
    changed = {i for each in layers for i in graph.ops[each].inputs[1:]}
    for i, (before, after) in enumerate(zip(graph.tensors, made.tensors, strict=True)):
        assert before.quant == after.quant
        if before.data is not None and i not in changed:
            assert np.array_equal(before.data, after.data)  # type: ignore[arg-type] # has data, too
    for index, each in layers.items():
        weights = made.input(made.ops[index], 1).data
        assert weights is not None
        assert np.unique(weights).size == each.values <= 16
        assert 0 in weights
        assert each.bits == 4
        assert each.snr_db > 15
    next(numpy_reference.run(b"", made, random_inputs(made, 1)))


def test_errors_decide_without_samples(model: bytes) -> None:
    fine = cluster(model, ClusterOptions(min_snr_db=18.0))
    assert {each.bits for each in fine.layers} == {4}
    coarse = cluster(model, ClusterOptions(min_snr_db=8.5))
    first, *inner, last = coarse.layers
    assert {each.bits for each in inner} == {2}
    assert first.bits == last.bits == 4, "the ends keep 16 values"
    kept = cluster(model, ClusterOptions(ends=False)).layers
    assert kept[0].bits == kept[-1].bits == 8
    strict = cluster(model, ClusterOptions(min_snr_db=60.0))
    assert strict.tflite == model


def test_accuracy_decides_where_it_is_known(model: bytes) -> None:
    """A made-up accuracy: what the small values of one layer cost."""
    graph = tflite.read(model)
    first = graph.ops[0].inputs[1]

    def accuracy(tried: bytes) -> float:
        made = tflite.read(tried)
        data = made.tensors[first].data
        assert data is not None
        return 0.9 if np.unique(data).size > 16 else 0.8

    found = cluster(model, ClusterOptions(bits=3, max_drop=0.01), accuracy)
    assert found.before == found.after == 0.9
    assert found.layers[0].bits == 8
    assert [each.bits for each in found.layers[1:-1]] == [3] * 4


def test_what_is_refused(model: bytes) -> None:
    with pytest.raises(InputError, match="5 bits"):
        cluster(model, ClusterOptions(bits=5))
    with pytest.raises(InputError, match="samples of"):
        cluster(model, ClusterOptions(), samples=[np.zeros(3, np.int8)])
    with pytest.raises(InputError):
        cluster(model[:2000], ClusterOptions())
    small = corpus_path("models", "hello_world_int8.tflite").read_bytes()
    with pytest.raises(UnsupportedError, match="512"):
        cluster(small, ClusterOptions())
    assert clustering.DESCRIPTION
