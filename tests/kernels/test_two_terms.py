"""The linear forms of ADD and MUL against the ops' references, for every pair of values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgekit import ops, targets
from edgekit.errors import EdgekitError
from edgekit.ir import Graph
from edgekit.kernels import add_s8_linear, mul_s8_linear, sub_s8_linear
from edgekit.kernels._two_terms import VALUES, prove
from tests.support.cases import build_graph

TARGET = targets.all_boards()[0]
INT32 = 2**31


def _graph(op: str, random: np.random.Generator) -> Graph:
    def quant() -> dict[str, Any]:
        zero_point = int(random.choice([-128, 127, int(random.integers(-128, 128))]))
        return {"scale": float(10 ** random.uniform(-2.5, -0.5)), "zero_point": zero_point}

    activation = str(random.choice(["NONE", "RELU", "RELU6", "RELU_N1_TO_1"]))
    graph = build_graph(
        op,
        {
            "name": "random",
            "attrs": {"fused_activation_function": activation},
            "inputs": [{"shape": [1, 256, 1]} | quant(), {"shape": [256]} | quant()],
            "output": quant(),
        },
    )
    ops.check(graph.ops[0], 0, graph)
    return graph


def _results(params: dict[str, Any]) -> np.ndarray[Any, Any]:
    a, b = VALUES[:, None], VALUES[None, :]
    if "input1_factor" in params:
        terms = [a * params["input1_factor"], b * params["input2_factor"]]
        high = terms[0] + params["addend"] + terms[1]
        assert max(abs(terms[0] + params["addend"]).max(), abs(high).max()) < INT32
    else:
        product = (a - params["input1_zero_point"]) * (b - params["input2_zero_point"])
        scaled = product << params["prescale"]
        assert abs(scaled).max() < INT32
        high = ((scaled * params["multiplier"]) >> 32) + params["addend"]
        high = high - np.where(product < 0, params["negative_step"], 0)
    shifted = high >> params["exponent"]
    return np.asarray(np.clip(shifted, params["output_min"], params["output_max"]))


@pytest.mark.parametrize(
    ("op", "variant"),
    [("add", add_s8_linear), ("mul", mul_s8_linear), ("sub", sub_s8_linear)],
)
def test_equals_the_reference_for_every_pair(op: str, variant: Any) -> None:
    random = np.random.default_rng(3)
    served = 0
    for _ in range(40):
        try:
            graph = _graph(op, random)
        except EdgekitError:  # scales too far apart for the op
            continue
        choice = variant.choose(graph.ops[0], graph, TARGET)
        if choice is not None:
            inputs = [VALUES.astype(np.int8)[None, :, None], VALUES.astype(np.int8)]
            expected = ops.find(op.upper()).reference(graph.ops[0], graph, inputs)
            assert (_results(dict(choice.calls[0].params)) == expected).all()
            served += 1
    assert served > 25


def test_nothing_is_proven_for_what_is_not_linear() -> None:
    table = np.clip((VALUES[:, None] * VALUES[None, :]) >> 7, -128, 127)
    assert prove(table, (0.5, 0.5), 0.0, -128, 127) is None
