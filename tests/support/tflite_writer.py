"""Graph -> .tflite bytes, to hand our graphs to other interpreters and to our own reader.

Generic: an op's options are found by its name, and `Attrs` has the schema's own field names.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from edgekit import ops
from edgekit.ir import DType, Graph, Op, Quant, Tensor
from edgekit.ops._nibbles import stored

# Ops whose options are not called after them.
_OPTIONS = {
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    **dict.fromkeys(("MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"), "ReducerOptions"),
}


def write_tflite(graph: Graph, versions: Mapping[str, int] | None = None) -> bytes:
    """The graph as a .tflite file.

    Args:
        graph: one or more ops; names go into the file as they are.
        versions: op versions by kind; 1 where it says nothing. No interpreter here cares.

    Skips the test where ai-edge-litert, which has the schema, is not installed.
    """
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    flatbuffers = pytest.importorskip("flatbuffers")
    kinds = sorted({op.kind for op in graph.ops})
    model = schema.ModelT()
    model.version = 3
    model.description = "edgekit test"
    model.operatorCodes = [
        _operator_code(schema, kind, (versions or {}).get(kind, 1)) for kind in kinds
    ]
    model.buffers = [schema.BufferT()]  # buffer 0 is empty by convention
    subgraph = schema.SubGraphT()
    subgraph.name = "main"
    subgraph.tensors = [_tensor(schema, tensor, model.buffers) for tensor in graph.tensors]
    subgraph.inputs = _int32(graph.inputs)
    subgraph.outputs = _int32(graph.outputs)
    subgraph.operators = [_operator(schema, op, kinds.index(op.kind)) for op in graph.ops]
    model.subgraphs = [subgraph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _int32(values: tuple[int, ...]) -> Any:
    return np.array(values, np.int32)


def _operator_code(schema: Any, kind: str, version: int) -> Any:
    code = schema.OperatorCodeT()
    number = ops.find(kind).TFLITE_CODE
    assert getattr(schema.BuiltinOperator, kind) == number, f"{kind} is not operator {number}"
    code.builtinCode = number
    code.deprecatedBuiltinCode = min(number, 127)
    code.version = version
    return code


def _tensor(schema: Any, tensor: Tensor, buffers: list[Any]) -> Any:
    made = schema.TensorT()
    made.name = tensor.name
    made.shape = _int32(tensor.shape)
    made.type = getattr(schema.TensorType, tensor.dtype.name)
    made.buffer = 0
    if tensor.data is not None:
        buffer = schema.BufferT()
        data = np.ascontiguousarray(stored(tensor))
        buffer.data = np.frombuffer(data.astype(data.dtype.newbyteorder("<")).tobytes(), np.uint8)
        made.buffer = len(buffers)
        buffers.append(buffer)
    if tensor.quant is not None:
        made.quantization = _quantization(schema, tensor.quant)
    return made


def _quantization(schema: Any, quant: Quant) -> Any:
    made = schema.QuantizationParametersT()
    made.scale = np.array(quant.scales, np.float32)
    made.zeroPoint = np.array(quant.zero_points, np.int64)
    made.quantizedDimension = quant.axis
    return made


def _operator(schema: Any, op: Op, code: int) -> Any:
    made = schema.OperatorT()
    made.opcodeIndex = code
    made.inputs = _int32(op.inputs)
    made.outputs = _int32(op.outputs)
    name = _options_name(schema, op.kind)
    if name is not None and op.attrs is not None:
        made.builtinOptionsType = getattr(schema.BuiltinOptions, name)
        made.builtinOptions = _options(getattr(schema, f"{name}T")(), op)
    return made


def _options_name(schema: Any, kind: str) -> str | None:
    """The schema's table of an op's options, e.g. `Conv2DOptions`; None where it has none."""
    if kind in _OPTIONS:
        return _OPTIONS[kind]
    wanted = kind.replace("_", "").lower() + "options"
    return next((n for n in vars(schema.BuiltinOptions) if n.lower() == wanted), None)


def _options(options: Any, op: Op) -> Any:
    for field in dataclasses.fields(op.attrs):
        first, *rest = field.name.split("_")
        name = first + "".join(word.capitalize() for word in rest)
        assert hasattr(options, name), f"{op.kind}: the schema has no {field.name}"
        value = getattr(op.attrs, field.name)
        if isinstance(value, enum.Enum):
            value = value.value
        if isinstance(value, DType):
            value = value.name
        setattr(options, name, list(value) if isinstance(value, tuple) else value)
    return options
