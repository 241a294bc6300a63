"""Graphs that break the rules which several ops share."""

from __future__ import annotations

import numpy as np

from edgekit.ir import DType, Quant
from edgekit.ops._common import Activation, Padding
from tests.support.op_checks import Broken

TENSOR_RULES = [
    Broken("constraint_input", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_input", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_input", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken(
        "constraint_input",
        "'out' has 2 scales",
        tensors={-1: {"quant": Quant((0.1, 0.2), (0, 0))}},
    ),
    Broken("constraint_input", "has the scale 0.0", tensors={0: {"quant": Quant((0.0,), (0,))}}),
]

# Of an op whose input and output are int8 with one scale each, or both int16 as well.
TYPE_RULES = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in0' has no quantization", tensors={0: {"quant": None}}),
    Broken("constraint_types", "2 scales", tensors={-1: {"quant": Quant((0.1, 0.2), (0, 0))}}),
    Broken("constraint_types", "zero point 128", tensors={0: {"quant": Quant((0.1,), (128,))}}),
]

ACTIVATION_RULES = [
    Broken(
        "constraint_options",
        "activation TANH",
        attrs={"fused_activation_function": Activation.TANH},
    ),
    Broken(
        "constraint_options",
        "RELU6 with the scale",
        attrs={"fused_activation_function": Activation.RELU6},
        tensors={-1: {"quant": Quant((1e-30,), (0,))}},
    ),
]

# Of ADD, MUL and SUB, whose inputs are (1, 5, 7, 3).
ARITHMETIC_RULES = [
    *TYPE_RULES,
    Broken("constraint_types", "'in1' is int32", tensors={1: {"dtype": DType.INT32}}),
    Broken("constraint_shapes", "do not go together", tensors={1: {"shape": (1, 5, 6, 3)}}),
    Broken(
        "constraint_shapes",
        "more than 4 loops",
        tensors={0: {"shape": (2, 1, 2, 1, 2)}, 1: {"shape": (1, 2, 1, 2, 1)}},
    ),
    *ACTIVATION_RULES,
]

# Of MAXIMUM and MINIMUM.
EXTREMUM_RULES = [
    Broken("constraint_types", "'in0' is int16", tensors={0: {"dtype": DType.INT16}}),
    Broken("constraint_types", "'in1' has no quant", tensors={1: {"quant": None}}),
    Broken("constraint_types", "'in1' has scale 0.1", tensors={1: {"quant": Quant((0.1,), (-3,))}}),
    Broken("constraint_shapes", "do not go together", tensors={1: {"shape": (1, 5, 2, 3)}}),
]

# Of PAD and PADV2, whose input is (1, 5, 7, 3).
PADDING_RULES = [
    Broken("constraint_paddings", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_paddings", "type int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_paddings", "shape (8,)", tensors={1: {"shape": (8,)}}),
    Broken(
        "constraint_paddings",
        "-1",
        tensors={1: {"data": np.array([[0, 0], [0, 0], [-1, 1], [0, 0]], np.int32)}},
    ),
    Broken(
        "constraint_paddings",
        "6 dimensions",
        tensors={0: {"shape": (1, 1, 1, 5, 7, 3)}, 1: {"shape": (6, 2)}},
    ),
]

# Of an op that only moves elements.
COPY_RULES = [
    Broken("constraint_types", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'out' is float32", tensors={-1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'in0' has no quant", tensors={0: {"quant": None}}),
    Broken("constraint_quantization", "'out' has no quant", tensors={-1: {"quant": None}}),
    Broken("constraint_quantization", "0.1 and 0", tensors={-1: {"quant": Quant((0.1,), (0,))}}),
]

# Of an op whose inputs are joined, of scale 0.05 and zero point 0.
JOIN_RULES = [
    Broken("constraint_types", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_types", "'in1' is float32", tensors={1: {"dtype": DType.FLOAT32}}),
    Broken("constraint_quantization", "'out' has no quant", tensors={-1: {"quant": None}}),
    Broken("constraint_quantization", "'in1' has no quant", tensors={1: {"quant": None}}),
    Broken(
        "constraint_quantization",
        "zero point 1, the output 0.05 and 0",
        tensors={1: {"quant": Quant((0.05,), (1,))}},
    ),
]

IMAGE_RULES = [
    *TENSOR_RULES,
    Broken("constraint_input", "the shape (5, 6, 3)", tensors={0: {"shape": (5, 6, 3)}}),
]

# Of a 3x3 window over 5x6, SAME.
CONVOLUTION_RULES = [
    *IMAGE_RULES,
    Broken("constraint_options", "stride 0", attrs={"stride_h": 0}),
    Broken("constraint_options", "stride -1", attrs={"stride_w": -1}),
    Broken("constraint_options", "dilation 0", attrs={"dilation_w_factor": 0}),
    Broken("constraint_options", "stride 32768", attrs={"stride_h": 2**15}),
    Broken("constraint_options", "reaches over 40001", attrs={"dilation_h_factor": 20000}),
    Broken(
        "constraint_options",
        "a VALID window that reaches over 7 of 6",
        attrs={"padding": Padding.VALID, "dilation_w_factor": 3},
    ),
    *ACTIVATION_RULES,
]

# Of a 2x2 window with stride 2 over 4x6, VALID.
POOL_RULES = [
    *IMAGE_RULES,
    Broken(
        "constraint_input",
        "the output 0.0502",
        tensors={-1: {"quant": Quant((0.0502,), (-3,))}},
    ),
    Broken(
        "constraint_input",
        "and 4",
        tensors={-1: {"quant": Quant((0.05,), (4,))}},
    ),
    Broken("constraint_options", "stride 0", attrs={"stride_h": 0}),
    Broken("constraint_options", "stride -1", attrs={"stride_w": -1}),
    Broken("constraint_options", "a window of 0", attrs={"filter_width": 0}),
    Broken("constraint_options", "reaches over 32768", attrs={"filter_height": 2**15}),
    Broken(
        "constraint_options", "a VALID window that reaches over 7 of 6", attrs={"filter_width": 7}
    ),
    Broken(
        "constraint_options",
        "activation TANH",
        attrs={"fused_activation_function": Activation.TANH},
    ),
]

# Of an input of 4 dimensions, whose axes are input 1.
AXES_RULES = [
    Broken("constraint_input", "the shape ()", tensors={0: {"shape": ()}}),
    Broken("constraint_input", "the shape (1, 1, 1,", tensors={0: {"shape": (1,) * 6}}),
    Broken("constraint_axes", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_axes", "at run time", tensors={1: {"data": None}}),
    Broken("constraint_axes", "the axes [4] of 4", tensors={1: {"data": np.array([4])}}),
    Broken("constraint_axes", "the axes [-5] of 4", tensors={1: {"data": np.array([-5])}}),
    Broken("constraint_axes", "the axes [0, 1, -2]", tensors={1: {"data": np.array([0, 1, -2])}}),
    Broken("constraint_axes", "the axes []", tensors={1: {"data": np.array([], np.int32)}}),
]

REDUCED_EXTREMUM_RULES = [
    *TENSOR_RULES,
    *AXES_RULES,
    Broken("constraint_input", "the output 0.06", tensors={-1: {"quant": Quant((0.06,), (-3,))}}),
]
REDUCED_EXTREMUM_SHAPES = {
    "rows_and_columns": (1, 9),
    "rows_and_columns_kept": (1, 1, 1, 9),
    "time_steps": (1, 16),
    "everything": (),
}


def weights_rules(axis: int, channels: int, bias: int = 2) -> list[Broken]:
    """Weights at input 1 with `channels` along `axis`, a bias at input `bias`."""
    too_many = {bias: {"shape": (99,)}}
    return [
        Broken("constraint_weights", "at run time", tensors={1: {"data": None}}),
        Broken("constraint_weights", "is int16", tensors={1: {"dtype": DType.INT16}}),
        Broken("constraint_weights", "have the shape", tensors={1: {"shape": (3, 3, 3)}}),
        Broken("constraint_weights", "no quantization", tensors={1: {"quant": None}}),
        Broken(
            "constraint_weights",
            "zero point that is not 0",
            tensors={1: {"quant": Quant((0.1,), (1,))}},
        ),
        Broken(
            "constraint_weights",
            f"2 scales along axis {axis}",
            tensors={1: {"quant": Quant((0.1, 0.2), (0, 0), axis)}},
        ),
        Broken(
            "constraint_weights",
            "scales along axis 1",
            tensors={1: {"quant": Quant((0.1,) * channels, (0,) * channels, 1)}},
        ),
        Broken(
            "constraint_weights",
            "negative or not finite",
            tensors={1: {"quant": Quant((float("nan"),), (0,))}},
        ),
        Broken("constraint_bias", "is int16", tensors={bias: {"dtype": DType.INT16}}),
        Broken("constraint_bias", "at run time", tensors={bias: {"data": None}}),
        Broken("constraint_bias", f"has 99 values for {channels}", tensors=too_many),
        Broken(
            "constraint_sums",
            "can add up to",
            tensors={bias: {"data": np.full(channels, -(2**31), np.int32)}},
        ),
    ]


def size_rules(image: tuple[int, int, int]) -> list[Broken]:
    """A new height and width at input 1, for an input that is made this shape."""
    empty = {1: {"data": np.array([0, 10], np.int32)}}
    return [
        Broken("constraint_size", "'in1' is float32", tensors={1: {"dtype": DType.FLOAT32}}),
        Broken("constraint_size", "computed at run time", tensors={1: {"data": None}}),
        Broken("constraint_size", "the size [0, 10]", tensors=empty),
        Broken("constraint_size", f"of the shape {image}", tensors={0: {"shape": image}}),
    ]


def part_rules(source: int, last: int) -> list[Broken]:
    """What outputs share with the input that they are parts of, at `source`; one is at `last`."""
    name, unsigned = f"'in{source}'", {source: {"dtype": DType.UINT8}}
    return [
        Broken("constraint_types", f"{name} is uint8", tensors=unsigned),
        Broken("constraint_types", "is float32", tensors={last: {"dtype": DType.FLOAT32}}),
        Broken(
            "constraint_quantization",
            f"{name} has no quantization",
            tensors={source: {"quant": None}},
        ),
        Broken("constraint_quantization", "has no quantization", tensors={last: {"quant": None}}),
        Broken(
            "constraint_quantization",
            "has scale 0.05 and zero point -3, the output 0.1 and 0",
            tensors={last: {"quant": Quant((0.1,), (0,))}},
        ),
    ]
