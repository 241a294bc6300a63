from __future__ import annotations

import numpy as np
import pytest

from edgekit.ir import Quant
from edgekit.ops import softmax
from tests.support.broken import TYPE_RULES
from tests.support.cases import build_graph, random_inputs
from tests.support.op_checks import Broken, case_of
from tests.support.op_suite import OpSuite
from tests.support.value_checks import INT8, PROBABILITY, compare, random_quants

OP = "softmax"

BROKEN = [
    *TYPE_RULES,
    Broken("constraint_output", "zero point 0", tensors={-1: {"quant": Quant((1 / 256,), (0,))}}),
    Broken("constraint_output", "scale 0.005", tensors={-1: {"quant": Quant((0.005,), (-128,))}}),
    Broken(
        "constraint_shape",
        "4096",
        tensors={i: {"shape": (1, 4096)} for i in (0, -1)},
    ),
    Broken("constraint_shape", "the shape ()", tensors={i: {"shape": ()} for i in (0, -1)}),
    Broken("constraint_beta", "beta 0,", attrs={"beta": 0.0}),
    Broken("constraint_beta", "beta -1,", attrs={"beta": -1.0}),
    Broken("constraint_beta", "beta nan,", attrs={"beta": float("nan")}),
    Broken("constraint_beta", "scale 1e-09", tensors={0: {"quant": Quant((1e-9,), (0,))}}),
]

SHAPES = {
    "usual": (1, 12),
    "rank_1": (17,),
    "rank_5": (2, 1, 3, 2, 7),
}


class TestSoftmax(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES
    not_in_tflm = ("thousand_classes",)


@pytest.mark.parametrize("quant", random_quants(40, 1e-6, 40.0), ids=str)
def test_every_difference(quant: dict[str, float]) -> None:
    """Rows of two with every distance, and of many; betas that change the scale."""
    pairs = np.stack([INT8, np.full(256, 127, np.int8)], axis=1)
    beta = float(np.float32(0.3 + quant["zero_point"] % 5))
    spec = {"attrs": {"beta": beta}, "output": PROBABILITY}
    compare(OP, {**spec, "inputs": [{"shape": [256, 2], **quant}]}, [pairs])
    values = np.random.default_rng(1).integers(-128, 127, (20, 37), np.int8, endpoint=True)
    compare(OP, {**spec, "inputs": [{"shape": [20, 37], **quant}]}, [values])


@pytest.mark.parametrize("depth", [512, 1001, 4095])
def test_many_classes(depth: int) -> None:
    spec = {"inputs": [{"shape": [1, depth], "scale": 0.1}], "output": PROBABILITY}
    graph = build_graph(OP, {"name": "many", **spec})
    for (sample,) in random_inputs(graph, 3):
        compare(OP, spec, [sample])


def test_equal_elements_beyond_what_tflite_micro_computes() -> None:
    """From 512 equal maxima on its own check fails; no share reaches half a step of 1/256."""
    graph = case_of(OP, "thousand_classes").graph
    found = softmax.reference(graph.ops[0], graph, [np.zeros((1, 1001), np.int8)])
    np.testing.assert_array_equal(found, -128)
