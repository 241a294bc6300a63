"""LiteRT's interpreter with every tensor kept, reference kernels only."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

import numpy as np

from edgekit.errors import ToolError, UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.quantize import ValueType


class LiteRt:
    """A .tflite of one input, ready to run.

    Raises:
        ToolError: no package that runs it is installed.
        UnsupportedError: the interpreter has no kernel for an op.
    """

    def __init__(self, model: bytes, *, keep_all: bool = True) -> None:
        litert = _module()
        try:
            self._run = litert.Interpreter(
                model_content=model,
                # More threads were up to 180 times slower on a small machine.
                num_threads=1,
                # The default delegate computes other values, and announces itself on the terminal.
                experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF
                if keep_all
                else litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
                # Otherwise intermediate tensors are overwritten by those that follow.
                experimental_preserve_all_tensors=keep_all,
            )
            self._run.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            line = str(error).strip().splitlines()[0][:300]
            raise UnsupportedError(f"LiteRT can't run the model: {line}") from error
        self._taken = self._run.get_input_details()[0]
        self._given = self._run.get_output_details()[0]

    def invoke(self, sample: Array) -> Array:
        """Run on an input of the model's own type; returns the first output."""
        self._run.set_tensor(self._taken["index"], sample)
        self._run.invoke()
        return np.asarray(self._run.get_tensor(self._given["index"]))

    def invoke_real(self, sample: Array) -> Array:
        """Run on real values, quantized as the input is."""
        dtype = np.dtype(self._taken["dtype"])
        if dtype.kind == "f":
            return self.invoke(sample)
        scale, zero_point = self._taken["quantization"]
        limits = np.iinfo(dtype)
        codes = np.round(sample / np.float32(scale)) + zero_point
        clipped: Array = np.clip(codes, limits.min, limits.max).astype(dtype)
        return self.invoke(clipped)

    def value(self, tensor: ValueType) -> Array:
        """A tensor of the last run."""
        return np.asarray(self._run.get_tensor(tensor.index))

    def real(self, tensor: ValueType) -> Array:
        """A tensor of the last run in real numbers."""
        values = self.value(tensor)
        if values.dtype.kind == "f" or not tensor.scale:
            return values
        centred = values.astype(np.float32) - np.float32(tensor.zero_point)
        return np.asarray(centred * np.float32(tensor.scale))


def _module() -> Any:
    for package in ("ai_edge_litert", "tflite_runtime"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(f"{package}.interpreter")
    raise ToolError("running the float model needs LiteRT", "pip install ai-edge-litert")
