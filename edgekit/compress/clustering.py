"""Clustering: the weights of each layer of an int8 model become 2, 4, 8 or 16 values.

The result is a .tflite of the same form and size, exact on every interpreter. The compiler sees
how few values a layer has, stores codes of 1 to 4 bits and a book of the values, and decodes them
before the layer runs, where flash is what is short.

The values are the best there are: in one dimension k-means is solved exactly by dynamic programming
(Wang and Song, "Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming",
The R Journal 3/2, 2011), here over the 255 values that a weight can have, with int8 centres. A
weight counts by its channel's scale squared: errors are those of the real numbers. With samples,
the weights are chosen so that their errors cancel out (_error_feedback.py), and what they move the
mean of each channel's sums by is taken back by its bias (Nagel et al., "Data-free quantization
through weight equalization and bias correction", 2019, section 4.2, with measured means).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit import tflite
from edgekit.compress._error_feedback import fitted, moments_of
from edgekit.errors import InputError, UnsupportedError
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array

DESCRIPTION = "16, 8, 4 or 2 values per layer: codes of few bits in flash"

MOST_BITS = 4
# What layers with fewer weights could save does not pay for book and decoder.
_FEWEST_WEIGHTS = 512
# Depthwise convolutions have few weights and need them.
_KINDS = frozenset({"CONV_2D", "FULLY_CONNECTED"})
# A book of few values is too coarse to keep one of them for 0; of more, layers get it, because what
# kernels fill up with has no other value.
_LEAST_WITH_ZERO = 8

Floats = npt.NDArray[np.float64]
Accuracy = Callable[[bytes], float]


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """How far clustering goes.

    Attributes:
        bits: of a code, at least; 1 to 4.
        max_drop: accuracy that may be lost against the model as it was, as a share of 1; used
            where accuracy can be measured.
        min_snr_db: signal to noise of a layer, at least; used where it can't.
        ends: also the first and the last layer with weights, on which accuracy depends most; they
            keep 16 values.
    """

    bits: int = 2
    max_drop: float = 0.01
    min_snr_db: float = 18.0
    ends: bool = True


@dataclass(frozen=True, slots=True)
class LayerClusters:
    """What became of a layer's weights.

    Attributes:
        index: of the op in the file.
        op: TFLite's name of the operator.
        name: the layer's.
        weights: how many there are.
        values: how many different ones are left.
        bits: of a code; 8 where the layer was left as it is.
        snr_db: power over that of the errors; of the layer's sums where samples were given, else
            of its weights; infinite where there are none.
        max_error: the greatest change of a weight, in steps of its scale.
    """

    index: int
    op: str
    name: str
    weights: int
    values: int
    bits: int
    snr_db: float
    max_error: int


@dataclass(frozen=True, slots=True)
class Clustered:
    """A clustered model.

    Attributes:
        tflite: the model; of the same length as before.
        layers: those with weights, in the file's order.
        before: accuracy of the model as it was, share of 1; None where it was not measured.
        after: of the clustered one.
    """

    tflite: bytes
    layers: tuple[LayerClusters, ...]
    before: float | None = None
    after: float | None = None


def cluster(
    model: bytes,
    options: ClusterOptions,
    accuracy: Accuracy | None = None,
    samples: Sequence[Array] = (),
) -> Clustered:
    """Give every layer as few values as the limits allow.

    With `accuracy`: all layers begin with 16 values. If that is too few already, the first and the
    last layer go back to what they were, then those with the largest errors. The others get half
    as many again, the largest ones first, as long as no more is lost than `max_drop`. Without it
    each layer has the fewest values that keep to `min_snr_db`, at most 16; layers that can't stay
    as they are.

    Args:
        model: an int8 .tflite.
        options: the limits.
        accuracy: of a .tflite, share of 1.
        samples: inputs as the model takes them, from which the weights and the biases learn what
            the layers read; a few dozen are enough.

    Raises:
        InputError: the file is damaged, or an option is out of range.
        UnsupportedError: nothing in it can be clustered.
    """
    if not 1 <= options.bits <= MOST_BITS:
        raise InputError(f"{options.bits} bits per code", f"give 1 to {MOST_BITS}")
    work = _Work(model, options, samples)
    if accuracy is None:
        return work.made(work.by_error())
    before = accuracy(model)
    bits = _by_accuracy(work, options, lambda made: before - accuracy(made) <= options.max_drop)
    made = work.made(bits)
    return dataclasses.replace(made, before=before, after=accuracy(made.tflite))


def optimal_values(counts: Floats, values: int) -> npt.NDArray[np.int64]:
    """The book that loses least: for each int8 weight from -128 to 127, what it becomes.

    Args:
        counts: [256], how much an error of each weight counts, from -128.
        values: how many different ones may be left.
    """
    numbers: npt.NDArray[np.int64] = np.arange(-128, 128)
    zero = values >= _LEAST_WITH_ZERO
    used = np.flatnonzero(counts) if not zero else np.union1d(np.flatnonzero(counts), [128])
    result: npt.NDArray[np.int64] = numbers.copy()
    if used.size <= values:
        return result
    cost, centres = _costs(numbers[used].astype(np.float64), counts[used], zero=zero)
    for first, last in _splits(cost, values):
        result[used[first] : used[last] + 1] = centres[first, last]
    return result


def _costs(numbers: Floats, counts: Floats, *, zero: bool) -> tuple[Floats, Floats]:
    """Of every run of values as one cluster: its error, and its int8 centre; [first, last]."""
    sums = [np.append(0.0, np.cumsum(counts * numbers**power)) for power in range(3)]
    mass, first, second = (each[None, 1:] - each[:-1, None] for each in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(mass > 0, np.rint(first / mass), 0.0)
    if zero:
        centre[(numbers[:, None] <= 0) & (numbers[None, :] >= 0)] = 0.0
    centre = np.clip(centre, -127, 127)
    return second - 2 * centre * first + centre**2 * mass, centre


def _splits(cost: Floats, values: int) -> list[tuple[int, int]]:
    """The runs of the best division into so many, by dynamic programming."""
    size = len(cost)
    best = cost[0].copy()
    begins = np.zeros((values, size), np.int64)
    for k in range(1, values):
        # [begin of the last run, its end]; a run begins behind at least k others.
        tried = np.full((size, size), math.inf)
        tried[1:] = best[:-1, None] + cost[1:]
        tried[np.tril_indices(size, -1)] = math.inf
        tried[:k] = math.inf
        begins[k] = tried.argmin(axis=0)
        best = tried.min(axis=0)
    found = []
    last = size - 1
    for k in range(values - 1, -1, -1):
        first = int(begins[k][last]) if k else 0
        found.append((first, last))
        last = first - 1
    return found[::-1]


class _Work:
    """A model's layers, clustered on request."""

    def __init__(self, model: bytes, options: ClusterOptions, samples: Sequence[Array]) -> None:
        self._model, self._options = model, options
        self._graph = tflite.read(model)
        self._places = tflite.constant_places(model)
        self._users: dict[tuple[int, int], list[int]] = {}
        for i, op in enumerate(self._graph.ops):
            for tensor in {t for t in op.inputs if t in self._places}:
                self._users.setdefault(self._places[tensor], []).append(i)
        self.layers = [i for i, op in enumerate(self._graph.ops) if self._may(i, op)]
        if not self.layers:
            raise UnsupportedError(
                f"no CONV_2D or FULLY_CONNECTED with at least {_FEWEST_WEIGHTS} int8 weights",
                "clustering is for int8 models; smaller layers save nothing",
            )
        self._clustered: dict[tuple[int, int], Array] = {}
        given = [[_shaped(sample, self._graph)] for sample in samples]
        every = [i for first in self.layers for i in self._sharing(first)]
        self._moments = moments_of(self._graph, every, given)

    def _may(self, index: int, op: Op) -> bool:
        """Whether it has weights enough; of layers that share them the first one stands for all."""
        if op.kind not in _KINDS:
            return False
        weights = self._graph.tensors[op.inputs[1]]
        whole = weights.dtype is DType.INT8 and weights.data is not None
        if not whole or weights.size < _FEWEST_WEIGHTS:
            return False
        users = self._sharing(index)
        return users[0] == index and all(self._graph.ops[i].kind == op.kind for i in users)

    def _sharing(self, index: int) -> list[int]:
        """The ops with the weights of this one, itself included."""
        return self._users[self._places[self._graph.ops[index].inputs[1]]]

    def weights(self, index: int) -> Array:
        """[channels, taps], int64."""
        data = np.asarray(self._graph.input(self._graph.ops[index], 1).data, np.int64)
        return data.reshape(len(data), -1)

    def clustered(self, index: int, bits: int) -> Array:
        """The same with few values."""
        if (index, bits) not in self._clustered:
            weights = self.weights(index)
            counts = np.zeros(256)
            squares = np.broadcast_to(self._scales(index) ** 2, weights.shape)
            np.add.at(counts, weights + 128, squares)
            found = optimal_values(counts, 2**bits)[weights + 128]
            if index in self._moments:
                found = fitted(weights, np.unique(found), self._moments[index])
            self._clustered[index, bits] = found
        return self._clustered[index, bits]

    def snr_db(self, index: int, bits: int) -> float:
        """Power over that of the errors: of the sums where moments are known, else of weights."""
        weights, scales = self.weights(index), self._scales(index)
        noise = self._power((self.clustered(index, bits) - weights) * scales, index)
        power = self._power(weights * scales, index)
        return 10 * math.log10(power / noise) if noise > 0 and power > 0 else math.inf

    def _power(self, weights: Floats, index: int) -> float:
        if index in self._moments:
            return float(((weights @ self._moments[index].covariance) * weights).sum())
        return float((weights**2).sum())

    def _scales(self, index: int) -> Floats:
        quant = self._graph.input(self._graph.ops[index], 1).quant
        assert quant is not None  # the rule of the ops
        return np.array(quant.scales, np.float64)[:, None]

    @property
    def ends(self) -> list[int]:
        """The first and the last layer."""
        return sorted({self.layers[0], self.layers[-1]})

    def inner(self) -> list[int]:
        """The layers that may be clustered."""
        return [i for i in self.layers if self._options.ends or i not in self.ends]

    def by_error(self) -> dict[int, int]:
        """Bits of each layer by its weights' errors."""
        found = {}
        for index in self.inner():
            least = MOST_BITS if index in self.ends else self._options.bits
            for bits in range(least, MOST_BITS + 1):
                if self.snr_db(index, bits) >= self._options.min_snr_db:
                    found[index] = bits
                    break
        return found

    def made(self, bits: Mapping[int, int]) -> Clustered:
        """The model with these layers clustered."""
        data = bytearray(self._model)
        rows = []
        for index in self.layers:
            op, weights = self._graph.ops[index], self.weights(index)
            after = self.clustered(index, bits[index]) if index in bits else weights
            if index in bits:
                self._write(data, op.inputs[1], after.astype(np.int8))
                for user in self._sharing(index):
                    self._correct(data, user, weights - after)
            rows.append(
                LayerClusters(
                    index,
                    op.kind,
                    op.name,
                    weights.size,
                    np.unique(after).size,
                    bits.get(index, 8),
                    self.snr_db(index, bits[index]) if index in bits else math.inf,
                    int(np.abs(after - weights).max()),
                )
            )
        return Clustered(bytes(data), tuple(rows))

    def _correct(self, data: bytearray, index: int, lost: Array) -> None:
        """Add to the biases what the means of the sums lose."""
        op = self._graph.ops[index]
        if index not in self._moments or len(op.inputs) < 3 or op.inputs[2] not in self._places:
            return
        if len(self._users[self._places[op.inputs[2]]]) > 1:
            return  # another op has the same biases
        tensor = self._graph.tensors[op.inputs[2]]
        held = tensor.dtype.numpy  # int32, or int64 beside int16 activations
        limits = np.iinfo(held)
        moved = np.rint(lost @ self._moments[index].mean).astype(np.int64)
        fixed = np.clip(np.asarray(tensor.data, np.int64) + moved, limits.min, limits.max)
        self._write(data, op.inputs[2], fixed.astype(held.newbyteorder("<")))

    def _write(self, data: bytearray, tensor: int, values: Array) -> None:
        start, end = self._places[tensor]
        data[start:end] = values.tobytes()


def _by_accuracy(
    work: _Work, options: ClusterOptions, suffices: Callable[[bytes], bool]
) -> dict[int, int]:
    """Bits of each layer; `suffices` says of a model whether it is accurate enough."""
    bits = dict.fromkeys(work.inner(), MOST_BITS)
    worst = sorted(bits, key=lambda i: (i not in work.ends, work.snr_db(i, MOST_BITS)))
    while bits and not suffices(work.made(bits).tflite):
        del bits[worst.pop(0)]
    inner = [i for i in bits if i not in work.ends]
    for index in sorted(inner, key=lambda i: -work.weights(i).size):
        while bits[index] > options.bits:
            tried = {**bits, index: bits[index] - 1}
            if not suffices(work.made(tried).tflite):
                break
            bits = tried
    return bits


def _shaped(sample: Array, graph: Graph) -> Array:
    """A sample as the model's only input."""
    taken = graph.tensors[graph.inputs[0]]
    right = sample.dtype == taken.dtype.numpy and sample.size == taken.size
    if len(graph.inputs) != 1 or not right:
        raise InputError(
            f"samples of {sample.dtype} {sample.shape} for a model of {len(graph.inputs)} inputs, "
            f"{taken.dtype.value} {taken.shape}",
            "give samples as the model takes them, of a model with one input",
        )
    return sample.reshape(taken.shape)
