"""Magnitude pruning: sets the smallest weights to zero, and tells what that is good for.

After Zhu and Gupta, "To prune, or not to prune", 2017 (arXiv:1710.01878): the share of zeros rises
along a cubic while the network is trained on. What comes out has the same layers: a firmware stores
and multiplies the zeros, so that flash, RAM and latency stay as they are. A compressed file, as it
is sent over the air, gets smaller.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from edgekit.compress._channels import DEPTHWISE, MIXING
from edgekit.datasets import Dataset
from edgekit.ir.tensor import Array
from edgekit.train import Events, History, Options, fit

DESCRIPTION = "small weights become zero: a smaller download; flash and latency stay"


@dataclass(frozen=True, slots=True)
class SparseOptions:
    """How the weights go.

    Attributes:
        sparsity: share of a layer's weights that end as zero.
        ramp: share of the epochs in which the share of zeros rises to that.
        depthwise: also in depthwise convolutions, which have few weights and need them.
        training: while they go and after.
    """

    sparsity: Annotated[float, Gt(0.0), Lt(1.0)] = 0.8
    ramp: Annotated[float, Ge(0.0), Lt(1.0)] = 0.6
    depthwise: bool = False
    training: Options = field(default_factory=lambda: Options(epochs=6, learning_rate=1e-3))


@dataclass(frozen=True, slots=True)
class Sparse:
    """What became of the weights.

    Attributes:
        zeros: of all kernels, how many weights are zero.
        weights: how many there are.
        history: of the training with all of the zeros.
    """

    zeros: int
    weights: int
    history: History


def sparsify(
    model: Any, data: Dataset, options: SparseOptions, events: Events | None = None
) -> Sparse:
    """Set the smallest weights of each layer to zero, in place, while the model is trained.

    Args:
        model: a trained Keras model.
        data: see `train.fit`.
        options: see `SparseOptions`.
        events: who is told.
    """
    kernels = _kernels(model, MIXING | DEPTHWISE if options.depthwise else MIXING)
    training = options.training
    rising = min(round(options.ramp * training.epochs), training.epochs - 1)
    for epoch in range(1, rising + 1):
        # One training an epoch: the best of several would be that with the fewest zeros.
        share = options.sparsity * (1.0 - (1.0 - epoch / (rising + 1)) ** 3)
        one = replace(training, epochs=1, seed=training.seed + epoch)
        fit(model, data, one, events, after_step=partial(_without_smallest, kernels, share))
    _without_smallest(kernels, options.sparsity)
    history = fit(
        model,
        data,
        replace(training, epochs=training.epochs - rising),
        events,
        after_step=partial(_without_smallest, kernels, options.sparsity),
    )
    every = [np.asarray(kernel) for kernel in _kernels(model, MIXING | DEPTHWISE)]
    zeros = sum(int((kernel == 0).sum()) for kernel in every)
    return Sparse(zeros, sum(kernel.size for kernel in every), history)


def gzip_bytes(data: bytes) -> int:
    """The size of a file as gzip -9 sends it; always the same for the same bytes."""
    return len(gzip.compress(data, 9, mtime=0))


def _without_smallest(kernels: Sequence[Any], share: float) -> None:
    """Set this share of each kernel's weights to zero, the smallest ones."""
    for kernel in kernels:
        weights: Array = np.asarray(kernel).copy()
        flat, count = weights.reshape(-1), round(share * weights.size)
        if count:
            flat[np.argpartition(np.abs(flat), count - 1)[:count]] = 0.0
            kernel.assign(weights)


def _kernels(model: Any, kinds: frozenset[str]) -> list[Any]:
    """The kernels of all layers of these kinds, each once, those of nested models too."""
    found: dict[int, Any] = {}
    for layer in model._flatten_layers(include_self=False, recursive=True):
        if type(layer).__name__ in kinds:
            for name in ("kernel", "depthwise_kernel", "pointwise_kernel"):
                kernel = getattr(layer, name, None)
                if kernel is not None:
                    found[id(kernel)] = kernel
    return list(found.values())
