"""The element types in a .tflite, op by op; read without TensorFlow and without trusting it.

It looks at any .tflite, also at those that edgekit doesn't compile, since its use is to say why.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.errors import InputError
from edgekit.flatbuffer import Table, root
from edgekit.ir import DType
from edgekit.tflite._schema import TENSOR_TYPES, operator_name

_INTEGERS = frozenset({DType.INT4, DType.INT8, DType.INT32})
_WIDE = _INTEGERS | {DType.INT16, DType.INT64}
_BRIDGES = frozenset({"QUANTIZE", "DEQUANTIZE"})


@dataclass(frozen=True, slots=True)
class ValueType:
    """A tensor, seen from outside.

    Attributes:
        name: the model's own name.
        dtype: element type.
        shape: dimensions.
        scale: of a per-tensor quantization, 0 where there is none.
        zero_point: likewise.
        index: its number in the file.
    """

    name: str
    dtype: DType
    shape: tuple[int, ...]
    scale: float
    zero_point: int
    index: int = -1


@dataclass(frozen=True, slots=True)
class OpTypes:
    """An op and the tensors that it touches.

    Attributes:
        kind: TFLite's name of the operator.
        tensors: its inputs, without those left out, then its outputs.
    """

    kind: str
    tensors: tuple[ValueType, ...]

    @property
    def is_integer(self) -> bool:
        """Whether every tensor is int8, int4 or int32 (biases, shapes)."""
        return all(tensor.dtype in _INTEGERS for tensor in self.tensors)

    @property
    def computes_in_integers(self) -> bool:
        """Whether every tensor is of an integer type that edgekit compiles, int16 included."""
        return all(tensor.dtype in _WIDE for tensor in self.tensors)

    @property
    def is_bridge(self) -> bool:
        """Whether it is a QUANTIZE or a DEQUANTIZE, where floats may begin or end."""
        return self.kind in _BRIDGES


@dataclass(frozen=True, slots=True)
class ModelTypes:
    """What a .tflite computes with.

    Attributes:
        ops: in the file's order.
        inputs: of the model.
        outputs: of the model.
    """

    ops: tuple[OpTypes, ...]
    inputs: tuple[ValueType, ...]
    outputs: tuple[ValueType, ...]

    @property
    def other_ops(self) -> tuple[tuple[int, OpTypes], ...]:
        """The ops, with their position, that compute with something else than integers."""
        return tuple(
            (i, o) for i, o in enumerate(self.ops) if not (o.computes_in_integers or o.is_bridge)
        )

    def describe(self, found: tuple[tuple[int, OpTypes], ...], most: int = 5) -> str:
        """Ops in words: position, kind, output's name and the odd types."""
        parts = []
        for position, op in found[:most]:
            odd = sorted({t.dtype.value for t in op.tensors if t.dtype not in _WIDE})
            name = op.tensors[-1].name if op.tensors else ""
            parts.append(f"op {position} {op.kind} {name!r} ({', '.join(odd)})")
        more = f" and {len(found) - most} more" if len(found) > most else ""
        return "; ".join(parts) + more


def look(data: bytes) -> ModelTypes:
    """Read a .tflite's ops, their tensors' types, inputs and outputs (first subgraph).

    Raises:
        InputError: the file is damaged or holds no ops.
    """
    model = root(data, b"TFL3")
    subgraphs = model.tables(2)
    if not subgraphs:
        raise InputError("the .tflite has no subgraph", "is the file whole?")
    main = subgraphs[0]
    tensors = [_value(table, index) for index, table in enumerate(main.tables(0))]
    codes = [_code(table) for table in model.tables(1)]
    ops = []
    for operator in main.tables(3):
        code = int(operator.scalar(0, "I"))
        if code >= len(codes):
            raise InputError(f"the .tflite is damaged: an op has the operator code {code}")
        touched = _pick(tensors, operator, 1) + _pick(tensors, operator, 2)
        ops.append(OpTypes(codes[code], touched))
    if not ops:
        raise InputError("the .tflite has no ops", "is it the right file?")
    return ModelTypes(tuple(ops), _pick(tensors, main, 1), _pick(tensors, main, 2))


def _code(table: Table) -> str:
    """The operator's name; old files have its number in a byte of its own."""
    return operator_name(max(table.int8(0), table.int32(3)))


def _value(table: Table, index: int) -> ValueType:
    shape = table.array(0, "<i4")
    scale, zero_point = 0.0, 0
    quant = table.table(4)
    if quant is not None:
        scales, zeros = quant.array(2, "<f4"), quant.array(3, "<i8")
        if scales is not None and scales.size == 1 and zeros is not None and zeros.size == 1:
            scale, zero_point = float(scales[0]), int(zeros[0])
    return ValueType(
        table.text(3),
        TENSOR_TYPES.get(table.int8(1), DType.OTHER),
        () if shape is None else tuple(int(size) for size in shape),
        scale,
        zero_point,
        index,
    )


def _pick(tensors: list[ValueType], table: Table, field: int) -> tuple[ValueType, ...]:
    """Tensors by the index vector in a field; -1 marks one that is left out."""
    indices = table.array(field, "<i4")
    wanted = [] if indices is None else [int(i) for i in indices if i != -1]
    if any(not 0 <= i < len(tensors) for i in wanted):
        raise InputError("the .tflite is damaged: an op names a tensor that isn't there")
    return tuple(tensors[i] for i in wanted)
