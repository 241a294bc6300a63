"""flatbuffer -> Graph.

The field numbers are those of TFLite's schema (tensorflow/compiler/mlir/lite/schema/schema.fbs).
"""

from __future__ import annotations

import math

import numpy as np

from edgekit import ops
from edgekit.errors import InputError, UnsupportedError
from edgekit.flatbuffer import Table, root
from edgekit.ir import DType, Graph, Op, Quant, Tensor, verify_graph
from edgekit.ir.tensor import Array
from edgekit.ops._nibbles import unpack
from edgekit.tflite._schema import TENSOR_TYPES, operator_name
from edgekit.tflite._separate import separate

_CUSTOM = 32


def read(data: bytes) -> Graph:
    """Read a .tflite file's first subgraph and hold every op against its rules.

    Args:
        data: the file's contents.

    Returns:
        The graph, in the file's order of ops and tensors; an op of several outputs is several ops.

    Raises:
        InputError: the file is damaged or not consistent.
        UnsupportedError: an op, a type or an option is not supported; all unsupported kinds of
            ops are named at once.
    """
    model = root(data, b"TFL3")
    subgraphs = model.tables(2)
    if not subgraphs:
        raise InputError("the model has no subgraph")
    main = subgraphs[0]
    codes = [_operator_code(table) for table in model.tables(1)]
    buffers = model.tables(4)
    operators = main.tables(3)
    inputs = [_indices(operator, 1) for operator in operators]
    tensor_tables = main.tables(0)
    names = [table.text(3) for table in tensor_tables]
    kinds = [_kind(operator, codes) for operator in operators]
    outputs = [_indices(operator, 2) for operator in operators]
    titles = [names[o[0]] if o and 0 <= o[0] < len(names) else "" for o in outputs]
    _refuse_unknown(kinds, titles)
    constants = {i for indices in inputs for i in indices}
    graph = Graph(
        tuple(
            Op(kind, title, i, o, _attrs(kind, position, operator))
            for position, (kind, title, i, o, operator) in enumerate(
                zip(kinds, titles, inputs, outputs, operators, strict=True)
            )
        ),
        tuple(
            _tensor(table, names[i], buffers if i in constants else [])
            for i, table in enumerate(tensor_tables)
        ),
        _indices(main, 1),
        _indices(main, 2),
    )
    verify_graph(graph)
    for position, op in enumerate(graph.ops):
        _check(op, position, graph)
    return separate(graph)


def constant_places(data: bytes) -> dict[int, tuple[int, int]]:
    """Where in the file the contents of the first subgraph's constants begin and end, by tensor.

    Tensors of the same contents may share a place.

    Raises:
        InputError: the file is damaged.
    """
    model = root(data, b"TFL3")
    buffers = model.tables(4)
    found = {}
    for index, table in enumerate(model.tables(2)[0].tables(0)):
        buffer = int(table.scalar(2, "I"))
        place = buffers[buffer].place(0) if 0 < buffer < len(buffers) else None
        if place is not None and place[0] < place[1]:
            found[index] = place
    return found


def _operator_code(table: Table) -> tuple[int, str]:
    """Builtin code (old files have it in a byte of its own) and custom name."""
    return max(table.int8(0), table.int32(3)), table.text(1)


def _kind(operator: Table, codes: list[tuple[int, str]]) -> str:
    index = int(operator.scalar(0, "I"))
    if index >= len(codes):
        raise InputError(f"the file is damaged: an op has the operator code {index}")
    code, custom = codes[index]
    return f"CUSTOM {custom!r}" if code == _CUSTOM else operator_name(code)


def _indices(table: Table, field: int) -> tuple[int, ...]:
    found = table.array(field, "<i4")
    return () if found is None else tuple(int(i) for i in found)


def _refuse_unknown(kinds: list[str], titles: list[str]) -> None:
    known = ops.kinds()
    strange = [i for i, kind in enumerate(kinds) if kind not in known]
    if not strange:
        return
    listed = [f"op {i}, {kinds[i]} {titles[i]!r}" for i in strange[:8]]
    more = f" and {len(strange) - 8} more" if len(strange) > 8 else ""
    raise UnsupportedError(
        f"not supported: {'; '.join(listed)}{more}",
        f"supported: {', '.join(sorted(known))}. {_advice({kinds[i] for i in strange})}",
    )


def _advice(kinds: set[str]) -> str:
    """What to do about an op that is not supported."""
    if "SHAPE" in kinds:
        return (
            "SHAPE comes from a free batch size: export with "
            "keras.Input(batch_shape=(1, ...)), or let edgekit convert the Keras model itself."
        )
    return "Replace the layer by supported ones before exporting, or add the op: docs/own-op.md."


def _attrs(kind: str, position: int, operator: Table) -> object:
    try:
        return ops.find(kind).parse(operator.table(4))
    except ValueError as error:
        raise UnsupportedError(
            f"op {position}, {kind}: an option has a value that TFLite does not define: {error}",
            "the file is damaged, or was written by a newer TFLite than edgekit knows",
        ) from error


def _tensor(table: Table, name: str, buffers: list[Table]) -> Tensor:
    """A tensor; `buffers` is empty for one that no op reads, whose contents don't matter."""
    dtype = TENSOR_TYPES.get(table.int8(1), DType.OTHER)
    shape = _indices(table, 0)
    quant = _quant(table.table(4))
    index = int(table.scalar(2, "I"))
    data = buffers[index].array(0, "u1") if 0 < index < len(buffers) else None
    if data is None or data.size == 0:
        return Tensor(name, dtype, shape, quant)
    return Tensor(name, dtype, shape, quant, _contents(name, dtype, shape, data))


def _contents(name: str, dtype: DType, shape: tuple[int, ...], data: Array) -> Array:
    if dtype is DType.INT4:
        return _nibbles(name, shape, data)
    if dtype is DType.OTHER:
        raise UnsupportedError(
            f"the constant {name!r} has a type ({dtype.value}) that is not supported",
            "quantize the model to full int8: int8 weights, int32 biases",
        )
    if min(shape, default=1) < 0 or data.size != math.prod(shape) * dtype.itemsize:
        raise InputError(f"the file is damaged: {name!r} of shape {shape} holds {data.size} bytes")
    little = dtype.numpy.newbyteorder("<")
    values: Array = np.frombuffer(data.tobytes(), little).astype(dtype.numpy).reshape(shape)
    values.setflags(write=False)
    return values


def _nibbles(name: str, shape: tuple[int, ...], data: Array) -> Array:
    count = math.prod(shape)
    if min(shape, default=1) < 0 or data.size != -(-count // 2):
        raise InputError(f"the file is damaged: {name!r} of shape {shape} holds {data.size} bytes")
    values = unpack(data, count).reshape(shape)
    values.setflags(write=False)
    return values


def _quant(table: Table | None) -> Quant | None:
    if table is None:
        return None
    scales, zero_points = table.array(2, "<f4"), table.array(3, "<i8")
    if scales is None or scales.size == 0:
        return None
    points = [0] * scales.size if zero_points is None else [int(z) for z in zero_points]
    if len(points) == 1:
        points *= scales.size
    return Quant(tuple(float(s) for s in scales), tuple(points), table.int32(6))


def _check(op: Op, position: int, graph: Graph) -> None:
    """`ops.check`, with an op of too few inputs or dimensions as an error of the file."""
    try:
        ops.check(op, position, graph)
    except (IndexError, ValueError, ZeroDivisionError, OverflowError, TypeError) as error:
        raise InputError(
            f"op {position}, {op.kind} {op.name!r}: its inputs or outputs are not those of a "
            f"{op.kind}: {error}",
            "the file is damaged, or an op is used in a way that TFLite does not define",
        ) from error
