"""How much each channel matters, measured on data.

The first-order Taylor criterion of Molchanov et al., "Pruning Convolutional Neural Networks for
Resource Efficient Inference", 2017 (arXiv:1611.06440): how much the loss would change, to first
order, without the channel: the sum of activation times gradient. What a channel adds to a layer
that mixes channels is linear in that layer's weights, so the same sum is weight times gradient
over the weights that read it; a channel that several layers read gets the sum of all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from edgekit.compress._channels import Channels, mixes
from edgekit.ir.tensor import Array
from edgekit.quantize._flatten import Step

_BATCH = 16  # the changes of one batch may cancel each other: small batches, squared, then summed


def importance(model: Any, channels: Channels, x: Array, targets: Array, loss: Any) -> Array:
    """The importance of each channel by its number, >= 0; comparable between layers.

    Args:
        model: the model that `channels` were found in.
        channels: from `_channels.find`.
        x: samples (n, ...).
        targets: what the loss is taken against, (n, ...).
        loss: a Keras loss.
    """
    import tensorflow as tf

    readers = {id(s.layer): s for s in channels.flat.steps if mixes(s)}
    kernels = [_reading_kernel(step) for step in readers.values()]

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]  # TensorFlow has no types, its decorator neither
    def products(batch: Any, wanted: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for kernel in kernels:
                tape.watch(kernel)
            value = loss(wanted, model(batch, training=False))
        return [k * g for k, g in zip(kernels, tape.gradient(value, kernels), strict=True)]

    total = np.zeros(len(channels.fixed))
    for start in range(0, len(x), _BATCH):
        found = np.zeros(len(channels.fixed))
        batch, wanted = x[start : start + _BATCH], targets[start : start + _BATCH]
        for step, product in zip(readers.values(), products(batch, wanted), strict=True):
            np.add.at(found, channels.of[step.inputs[0]], _by_input(step, np.asarray(product)))
        total += found**2
    return total / max(1, -(-len(x) // _BATCH))


def _reading_kernel(step: Step) -> Any:
    """The weights that read a layer's input channels."""
    layer = step.layer
    return (layer.depthwise_kernel if step.kind.startswith("Separable") else layer.kernel).value


def _by_input(step: Step, product: Array) -> Array:
    """Summed over everything but the input channels."""
    axis = product.ndim - (1 if step.kind == "Conv2DTranspose" else 2)
    return np.asarray(product.sum(axis=tuple(i for i in range(product.ndim) if i != axis)))
