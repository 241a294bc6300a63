from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from edgekit.ops import fully_connected
from edgekit.ops._common import Activation
from tests.support.broken import TENSOR_RULES, weights_rules
from tests.support.cases import Case, build_graph
from tests.support.op_checks import Broken, case_of, changed, check_reference
from tests.support.op_suite import OpSuite

OP = "fully_connected"

BROKEN = [
    *TENSOR_RULES,
    *weights_rules(axis=0, channels=10),
    Broken("constraint_depth", "(1, 34) for weights of depth 33", tensors={0: {"shape": (1, 34)}}),
    Broken(
        "constraint_depth",
        "(33, 1) for weights of depth 33",
        attrs={"keep_num_dims": True},
        tensors={0: {"shape": (33, 1)}},
    ),
    Broken(
        "constraint_depth",
        "() for weights",
        attrs={"keep_num_dims": True},
        tensors={0: {"shape": ()}},
    ),
    Broken(
        "constraint_bias_scale",
        "has the scale 0.0042, not 0.00065",
        tensors={2: {"quant": Quant((0.0042,), (0,))}},
    ),
    Broken(
        "constraint_options",
        "the weights format SHUFFLED4X16INT8",
        attrs={"weights_format": fully_connected.WeightsFormat.SHUFFLED4X16INT8},
    ),
    Broken(
        "constraint_options",
        "activation SIGN_BIT",
        attrs={"fused_activation_function": Activation.SIGN_BIT},
    ),
    Broken(
        "constraint_options",
        "RELU_N1_TO_1 with the scale",
        attrs={"fused_activation_function": Activation.RELU_N1_TO_1},
        tensors={2: {"quant": None}, -1: {"quant": Quant((1e-30,), (0,))}},
    ),
    Broken(
        "constraint_weights",
        "have 2 scales",
        tensors={1: {"dtype": DType.INT4, "quant": Quant((0.1, 0.2), (0, 0))}},
    ),
]

SHAPES = {
    "per_tensor": (1, 10),
    "image_flattened_into_rows": (2, 5),
    "more_rows_than_batches": (6, 5),
    "vector_input": (1, 5),
    "kept_dimensions": (2, 3, 4, 5),
}


class TestFullyConnected(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    macs = 10 * 33
    optional_inputs = 1


def test_per_channel_bias_may_have_any_scale() -> None:
    """TFLite Micro checks the bias' scale only where the weights have one scale."""
    case = case_of(OP, "per_channel")
    other = changed(case.graph, tensors={2: {"quant": Quant((1.0,), (0,))}})
    check_reference(Case(OP, case.name, other))


@pytest.mark.parametrize("per_channel", [False, True])
def test_scales_are_multiplied_as_tflite_micro_does(per_channel: bool) -> None:
    """In float64, also per tensor: sums beside a rounding boundary tell."""
    scales = np.array([0.0513, 0.0137], np.float32)
    output_scale = np.float32(8000.0)
    step = float(output_scale) / (float(scales[0]) * float(scales[1]))  # sums per output value
    bias = [round((k + 0.5) * step) + d for k in (90, -101) for d in range(-40, 41)]
    weights = {
        "shape": [len(bias), 1],
        "values": [0] * len(bias),
        "scales": [float(scales[1])] * (len(bias) if per_channel else 1),
    }
    spec = {
        "name": "boundary",
        "inputs": [
            {"shape": [1, 1], "scale": float(scales[0])},
            weights,
            {"bias": True, "values": bias},
        ],
        "output": {"scale": float(output_scale)},
    }
    check_reference(Case(OP, "boundary", build_graph(OP, spec)))
