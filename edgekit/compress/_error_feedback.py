"""Coarser weights whose errors cancel out in the layer's sums, by what the layer reads.

After Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
Transformers", 2022 (arXiv:2210.17323): taps are rounded one after the other, and what a tap loses
is made up for by those that are still free, as far as the inputs go together with its own. Inputs
count from their means, because biases take up what the means contribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import quant_of
from edgekit.ops._conv import patches
from edgekit.oracles import numpy_reference

Floats = npt.NDArray[np.float64]

# Layers of more taps would take too much memory and time.
_MOST_TAPS = 1536
# Added to the variances, of which a few samples know little: a share of their mean.
_DAMPING = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Of what a layer reads, counted from the zero point.

    Attributes:
        mean: [taps].
        covariance: [taps, taps].
    """

    mean: Floats
    covariance: Floats


def moments_of(
    graph: Graph, layers: Sequence[int], samples: Sequence[Sequence[Array]]
) -> dict[int, Moments]:
    """Moments of CONV_2D and FULLY_CONNECTED layers; of those that are too large there are none.

    Args:
        graph: the model.
        layers: positions of ops.
        samples: per sample one array per model input.
    """
    measured = [i for i in layers if _is_whole(graph, graph.ops[i])]
    sums = {i: (0, np.zeros(()), np.zeros(())) for i in measured}
    for sample, outputs in zip(samples, numpy_reference.run(b"", graph, samples), strict=True):
        values = dict(zip(graph.inputs, sample, strict=True))
        values |= {op.outputs[0]: out for op, out in zip(graph.ops, outputs, strict=True)}
        for i in measured:
            rows = _rows(graph.ops[i], graph, values[graph.ops[i].inputs[0]])
            count, first, second = sums[i]
            sums[i] = count + len(rows), first + rows.sum(axis=0), second + rows.T @ rows
    found = {}
    for i, (count, first, second) in sums.items():
        if count:
            mean = first / count
            found[i] = Moments(mean, second / count - np.outer(mean, mean))
    return found


def fitted(weights: Array, book: Array, moments: Moments) -> npt.NDArray[np.int64]:
    """Weights out of a book.

    Args:
        weights: [channels, taps].
        book: the values that there are, ascending.
        moments: of what the layer reads.
    """
    taps = weights.shape[1]
    covariance = moments.covariance
    damped = covariance + np.eye(taps) * max(_DAMPING * covariance.trace() / taps, 1e-6)
    order = np.argsort(-damped.diagonal(), kind="stable")
    inverse = np.linalg.inv(damped[np.ix_(order, order)])
    upper = np.linalg.cholesky((inverse + inverse.T) / 2).T
    free = weights[:, order].astype(np.float64)
    middles = (book[1:] + book[:-1]) / 2
    result = np.empty(weights.shape, np.int64)
    for tap in range(taps):
        taken = book[np.searchsorted(middles, free[:, tap])]
        lost = (free[:, tap] - taken) / upper[tap, tap]
        free[:, tap + 1 :] -= lost[:, None] * upper[tap, tap + 1 :]
        result[:, order[tap]] = taken
    return result


def _is_whole(graph: Graph, op: Op) -> bool:
    """Whether each sum reads all channels, of few enough taps."""
    weights, taken = graph.input(op, 1), graph.input(op, 0)
    whole = op.kind == "FULLY_CONNECTED" or weights.shape[3] == taken.shape[3]
    return whole and weights.size // weights.shape[0] <= _MOST_TAPS


def _rows(op: Op, graph: Graph, value: Array) -> Floats:
    """What each sum reads, [sums, taps]."""
    x = value.astype(np.float64) - quant_of(graph.input(op, 0)).zero_point
    taps = graph.input(op, 1).size // graph.input(op, 1).shape[0]
    return (patches(x, op, graph) if op.kind == "CONV_2D" else x).reshape(-1, taps)
