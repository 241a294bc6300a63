from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import DType, Quant
from edgekit.ops import quantize
from tests.support.cases import build_graph
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite
from tests.support.value_checks import compare, compare_every_value, random_quants

OP = "quantize"

BROKEN = [
    Broken("constraint_input", "'in0' is uint8", tensors={0: {"dtype": DType.UINT8}}),
    Broken("constraint_input", "'in0' has no quant", tensors={0: {"quant": None}}, case="s8_finer"),
    Broken("constraint_output", "'out' is uint8", tensors={-1: {"dtype": DType.UINT8}}),
    Broken("constraint_output", "'out' has no quantization", tensors={-1: {"quant": None}}),
    Broken(
        "constraint_scales",
        "0.05 and 1e-09",
        tensors={-1: {"quant": Quant((1e-9,), (0,))}},
        case="s8_finer",
    ),
]

SHAPES = {
    "f32_usual": (1, 5, 7, 3),
    "s8_finer": (1, 5, 7, 3),
}


class TestQuantize(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize("position", range(40))
def test_every_int8_value(position: int) -> None:
    quant, output = QUANTS[2 * position : 2 * position + 2]
    compare_every_value(OP, quant, output)


@pytest.mark.parametrize("output", random_quants(40), ids=str)
def test_float_ties_and_their_neighbours(output: dict[str, float]) -> None:
    ties = (np.arange(-600, 600) / np.float32(2)).astype(np.float32) * np.float32(output["scale"])
    values = np.concatenate(
        [np.nextafter(ties, np.float32(-np.inf)), ties, np.nextafter(ties, np.float32(np.inf))]
    )
    inputs = [{"shape": [values.size], "dtype": "float32"}]
    compare(OP, {"inputs": inputs, "output": {"dtype": "int8", **output}}, [values])


def test_floats_without_a_meaning_in_int32_end_at_the_limits() -> None:
    """TFLite Micro leaves these open: it casts to int32 what does not fit."""
    values = np.array([np.inf, -np.inf, 3e38, -3e38, np.nan, 1e-45, -1e-45], np.float32)
    graph = build_graph(
        OP,
        {
            "name": "open",
            "inputs": [{"shape": [7], "dtype": "float32"}],
            "output": {"dtype": "int8", "scale": 0.1, "zero_point": 5},
        },
    )
    found = quantize.reference(graph.ops[0], graph, [values])
    assert found.tolist() == [127, -128, 127, -128, -128, 5, 5]


QUANTS = random_quants(80)
