"""FULLY_CONNECTED: int8 or int16, per-tensor or per-channel weights."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.flatbuffer import Table
from edgekit.ir import DType, Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import (
    Activation,
    quant_of,
    wrong_activation,
    wrong_activations,
)
from edgekit.ops._conv import (
    bias_of,
    is_wide,
    requantized,
    sum_params,
    weight_types,
    weighted_inputs,
    wrong_accumulator,
    wrong_bias,
    wrong_weights,
)
from edgekit.ops._kernel import KernelCall, KernelChoice
from edgekit.targets import Target

TFLITE_CODE = 9


class WeightsFormat(enum.IntEnum):
    """How the weights are laid out, with the schema's numbers."""

    DEFAULT = 0
    SHUFFLED4X16INT8 = 1


@dataclass(frozen=True, slots=True)
class Attrs:
    """FullyConnectedOptions of the TFLite schema."""

    fused_activation_function: Activation = Activation.NONE
    weights_format: WeightsFormat = WeightsFormat.DEFAULT
    keep_num_dims: bool = False


def parse(options: Table | None) -> Attrs:
    """Read FullyConnectedOptions."""
    if options is None:
        return Attrs()
    return Attrs(Activation(options.int8(0)), WeightsFormat(options.int8(1)), options.boolean(2))


constraint_inputs = weighted_inputs


def constraint_input(op: Op, graph: Graph) -> str | None:
    """Input and output must both be int8 or both int16, with one scale each."""
    return wrong_activations(graph.input(op, 0), graph.output(op))


def constraint_weights(op: Op, graph: Graph) -> str | None:
    """Weights must be constant [units, depth], zero point 0: int8 with one scale or one per unit,
    or, with an int8 input, int4 with one scale, as TFLite Micro has them.
    """
    weights = graph.input(op, 1)
    quant = weights.quant
    if weights.dtype is DType.INT4 and quant is not None and quant.per_channel:
        return f"the int4 weights {weights.name!r} have {len(quant.scales)} scales"
    return wrong_weights(graph.input(op, 1), axis=0, rank=2, dtypes=weight_types(op, graph))


def constraint_depth(op: Op, graph: Graph) -> str | None:
    """The input must be whole rows of the weights' depth; kept dimensions end in it."""
    data, (_, depth) = graph.input(op, 0), graph.input(op, 1).shape
    fits = data.size % depth == 0
    if op.attrs.keep_num_dims:
        fits = bool(data.shape) and data.shape[-1] == depth
    return None if fits else f"an input of {data.shape} for weights of depth {depth}"


def constraint_bias(op: Op, graph: Graph) -> str | None:
    """The bias, where there is one, must be constant int32, or int64 with an int16 input, one
    value per unit.
    """
    return wrong_bias(op, graph, graph.input(op, 1).shape[0])


def constraint_bias_scale(op: Op, graph: Graph) -> str | None:
    """With one scale for all weights, the bias must have the scale of input times weights, to
    2 % of the output's scale: TFLite Micro checks so.
    """
    bias, weights = graph.optional_input(op, 2), quant_of(graph.input(op, 1))
    if bias is None or bias.quant is None or weights.per_channel:
        return None
    product = quant_of(graph.input(op, 0)).scale * weights.scale
    if abs(product - bias.quant.scale) > 0.02 * quant_of(graph.output(op)).scale:
        return f"the bias {bias.name!r} has the scale {bias.quant.scale}, not {product}"
    return None


def constraint_sums(op: Op, graph: Graph) -> str | None:
    """No sum of weighted inputs and bias may leave 32 bits; with an int16 input, 48 bits, and
    scaled 32.
    """
    return wrong_accumulator(op, graph, axis=0)


def constraint_options(op: Op, graph: Graph) -> str | None:
    """The weights' format must be DEFAULT; the activation NONE, RELU, RELU_N1_TO_1 or RELU6."""
    attrs: Attrs = op.attrs
    if attrs.weights_format is not WeightsFormat.DEFAULT:
        return f"the weights format {attrs.weights_format.name}"
    return wrong_activation(attrs.fused_activation_function, graph.output(op))


def infer_shape(op: Op, graph: Graph) -> tuple[int, ...]:
    """[rows, units], or the input's shape with its last dimension replaced by units."""
    data, (units, depth) = graph.input(op, 0), graph.input(op, 1).shape
    if op.attrs.keep_num_dims:
        return (*data.shape[:-1], units)
    return (data.size // depth, units)


def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
    """The matrix product, then requantization.

    Sums run in float64, which holds every one of them exactly: constraint_sums keeps them below
    2**47.
    """
    x, weights = inputs[0], inputs[1]
    assert x is not None
    assert weights is not None
    units, depth = weights.shape
    rows = x.reshape(-1, depth).astype(np.float64) - quant_of(graph.input(op, 0)).zero_point
    accumulators = (rows @ weights.T.astype(np.float64)).astype(np.int64)
    result = requantized(op, graph, accumulators + bias_of(op, graph, units))
    return result.reshape(infer_shape(op, graph))


def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
    """Portable C."""
    units, depth = graph.input(op, 1).shape
    params = (
        ("rows", graph.input(op, 0).size // depth),
        ("depth", depth),
        ("units", units),
        *sum_params(op, graph),
    )
    if is_wide(op, graph):
        return KernelChoice("fully_connected", "s16", (KernelCall(params),), own_params=True)
    if graph.input(op, 1).dtype is DType.INT4:
        return KernelChoice("fully_connected", "s4", (KernelCall(params),), own_params=True)
    return KernelChoice("fully_connected", "s8", (KernelCall(params),))


def macs(op: Op, graph: Graph) -> int:
    """Output elements times depth."""
    return graph.output(op).size * graph.input(op, 1).shape[1]
