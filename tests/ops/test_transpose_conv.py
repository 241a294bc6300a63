from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from edgekit.ops._common import Activation, Padding
from tests.support.broken import weights_rules
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite


def shape(*extents: int) -> dict[int, dict[str, object]]:
    return {0: {"data": np.array(extents, np.int32)}}


BROKEN = [
    *weights_rules(axis=0, channels=4, bias=3),
    Broken("constraint_weights", "6 input channels, w", tensors={2: {"shape": (1, 4, 3, 6)}}),
    Broken("constraint_types", "'in2' is int16", tensors={2: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in2' has no quantization", tensors={2: {"quant": None}}),
    Broken("constraint_types", "the shape (4, 3, 5)", tensors={2: {"shape": (4, 3, 5)}}),
    Broken("constraint_options", "the strides 0 and 2", attrs={"stride_h": 0}),
    Broken("constraint_options", "the strides 2 and -1", attrs={"stride_w": -1}),
    Broken(
        "constraint_options",
        "activation TANH",
        attrs={"fused_activation_function": Activation.TANH},
    ),
    Broken("constraint_shape", "'in0' is int64", tensors={0: {"dtype": DType.INT64}}),
    Broken("constraint_shape", "computed at run time", tensors={0: {"data": None}}),
    Broken("constraint_shape", "of 1 batches and 4 filters", tensors=shape(2, 8, 6, 4)),
    Broken("constraint_shape", "of 1 batches and 4 filters", tensors=shape(1, 8, 6, 3)),
    Broken("constraint_shape", "[1, 8, 24] of", tensors=shape(1, 8, 24)),
    Broken("constraint_shape", "[1, 9, 6, 4] for 4x3", tensors=shape(1, 9, 6, 4)),
    Broken(
        "constraint_shape",
        "a VALID window that reaches over 3 of 2",
        attrs={"padding": Padding.VALID},
        tensors=shape(1, 2, 6, 4),
    ),
    Broken("constraint_shape", "with stride 32768", attrs={"stride_h": 2**15}),
]

SHAPES = {
    "doubled_same": (1, 8, 6, 4),
    "valid_batch_2": (2, 9, 7, 3),
    "stride_larger_than_kernel": (1, 7, 8, 2),
}


class TestTransposeConv(OpSuite):
    op = "transpose_conv"
    broken = BROKEN
    shapes = SHAPES
    macs = 4 * 3 * 5 * 4 * 3 * 3
    optional_inputs = 1
