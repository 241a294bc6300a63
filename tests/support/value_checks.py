"""Checks of ops that can be tried over all of their values, and of the number of inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from edgekit import ops
from edgekit.errors import UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.oracles import numpy_reference
from tests.support import tflm
from tests.support.cases import build_graph
from tests.support.op_checks import Broken, case_of

INT8 = np.arange(-128, 128).astype(np.int8)
PROBABILITY = {"scale": 1 / 256, "zero_point": -128}

# For check_every_rule_is_broken: check_arity breaks this one.
ARITY = Broken("constraint_inputs", "inputs")


def random_quants(count: int, low: float = 1e-5, high: float = 100.0) -> list[dict[str, Any]]:
    """Seeded scales, spread evenly over their magnitude, and zero points, the limits first."""
    random = np.random.default_rng(count)
    scales = 10.0 ** random.uniform(np.log10(low), np.log10(high), count)
    zero_points = [-128, 127, 0, *random.integers(-128, 127, count, endpoint=True)]
    return [
        {"scale": float(scale), "zero_point": int(zero_point)}
        for scale, zero_point in zip(scales, zero_points, strict=False)
    ]


def compare(op: str, spec: dict[str, Any], sample: Sequence[Array]) -> Array:
    """Reference and TFLite Micro on one sample of a graph that the rules allow.

    Returns:
        The output.
    """
    graph = build_graph(op, {"name": "values", **spec})
    ops.check(graph.ops[0], 0, graph)
    (want,) = tflm.run_graph(graph, [list(sample)])[0]
    (got,) = next(iter(numpy_reference.run(b"", graph, [list(sample)])))
    np.testing.assert_array_equal(got, want.reshape(got.shape), err_msg=str(spec))
    return got


def compare_every_value(op: str, quant: dict[str, Any], output: dict[str, Any]) -> Array:
    """The same over all 256 inputs of an op that takes one int8 tensor."""
    return compare(op, {"inputs": [{"shape": [256], **quant}], "output": output}, [INT8])


def check_arity(op: str, optional: int = 0) -> None:
    """An op with an input too few, too many or left out, or with two outputs, is refused.

    Args:
        op: its first case is changed.
        optional: how many of that case's inputs the op can do without.
    """
    graph = case_of(op).graph
    good = graph.ops[0]
    first = good.inputs[0]
    changes: list[dict[str, tuple[int, ...]]] = [
        {"inputs": good.inputs[: -1 - optional]},
        {"inputs": (*good.inputs, first, first)},
        {"inputs": (-1, *good.inputs[1:])},
        {"outputs": (*good.outputs, first)},
    ]
    rule = " ".join((ops.find(good.kind).constraint_inputs.__doc__ or "").split())  # type: ignore[attr-defined]  # not of the protocol
    for change in changes:
        bad = dataclasses.replace(good, **change)  # type: ignore[arg-type]  # fields by name
        with pytest.raises(UnsupportedError) as caught:
            ops.check(bad, 7, graph)
        assert caught.value.message.startswith(f"op 7, {good.kind} 'out': not supported: ")
        assert rule in caught.value.hint
