"""TFLite Micro's own interpreter: the oracle of every reference and kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from edgekit.ir import Graph
from edgekit.ir.tensor import Array
from tests.support.tflite_writer import write_tflite

ARENA_BYTES = 8_000_000


def run_tflm(
    model: bytes, inputs: Sequence[Sequence[Array]], tensors: Sequence[int]
) -> list[list[Array]]:
    """Run a .tflite on TFLite Micro.

    Args:
        model: the file's contents.
        inputs: samples, each with one array per model input.
        tensors: indices of the tensors wanted, intermediate ones included.

    Returns:
        Per sample, one array per wanted tensor.

    Raises:
        RuntimeError: the interpreter refuses the model.

    Skips the test where the package tflite-micro is not installed.
    """
    runtime = pytest.importorskip(
        "tflite_micro.python.tflite_micro.runtime",
        reason="the package tflite-micro is not installed (wheels for x86_64 Linux only)",
    )
    # Only this configuration keeps intermediate tensors from being overwritten.
    interpreter = runtime.Interpreter.from_bytes(
        model,
        arena_size=ARENA_BYTES,
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    results = []
    for sample in inputs:
        for position, array in enumerate(sample):
            interpreter.set_input(array, position)
        interpreter.invoke()
        results.append([_tensor(interpreter, index) for index in tensors])
    return results


def _tensor(interpreter: Any, index: int) -> Array:
    return np.array(interpreter.GetTensor(index, 0)["tensor_data"])


def run_graph(graph: Graph, inputs: Sequence[Sequence[Array]]) -> list[list[Array]]:
    """Run a graph on TFLite Micro: per sample, every op's first output in order of execution."""
    return run_tflm(write_tflite(graph), inputs, [op.outputs[0] for op in graph.ops])
