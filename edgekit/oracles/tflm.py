"""TFLite Micro's own interpreter, from the package tflite-micro."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence

import numpy as np

from edgekit.errors import ToolError
from edgekit.ir import Graph
from edgekit.ir.tensor import Array

TITLE = "TFLite Micro"

# The interpreter keeps every tensor and adds what it needs for itself.
_SPARE_BYTES = 4_000_000


def unavailable() -> str | None:
    """The package has wheels for x86_64 Linux only."""
    if importlib.util.find_spec("tflite_micro") is None:
        return "the package tflite-micro is not installed: pip install 'edgekit[tflm]'"
    return None


def run(model: bytes, graph: Graph, samples: Sequence[Sequence[Array]]) -> Iterator[list[Array]]:
    """Every op's output, sample by sample.

    Raises:
        ToolError: the interpreter refuses the model.
    """
    from tflite_micro.python.tflite_micro import runtime

    # Without this configuration reading an intermediate tensor succeeds and returns memory
    # that later ops have overwritten. The keyword is spelt so in the package.
    keep_all = runtime.InterpreterConfig.kPreserveAllTensors
    size = _SPARE_BYTES + 2 * sum(t.nbytes for t in graph.tensors)
    try:
        interpreter = runtime.Interpreter.from_bytes(
            model, arena_size=size, intrepreter_config=keep_all
        )
    except Exception as error:  # its parser fails with whatever a damaged file leads it to
        raise ToolError(
            f"TFLite Micro refuses the model: {error}",
            "the file is damaged in a part that edgekit does not use: export it again",
        ) from error
    for sample in samples:
        for position, array in enumerate(sample):
            interpreter.set_input(array, position)
        interpreter.invoke()
        yield [np.array(interpreter.GetTensor(op.outputs[0], 0)["tensor_data"]) for op in graph.ops]
